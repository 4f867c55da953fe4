/*
 * The one const table of partitions, without attestation.
 */
#include "spm/partition_rows.h"

const struct partition partition_table[] = {
    PARTITION_ROW_CRYPTO,
    PARTITION_ROW_UPDATE,
    PARTITION_ROW_ITS,
    PARTITION_ROW_PS,
};

const uint32_t partition_count = PARTITION_ROWS(partition_table);
