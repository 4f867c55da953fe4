/*
 * The one const table of partitions. A manager with other partitions has another table in its place.
 */
#include "services/attest.h"
#include "services/attest_protocol.h"
#include "spm/partition_rows.h"

static const struct partition_service attest_services[] = {
    {.sid = ATTEST_SID,
     .version = ATTEST_VERSION,
     .handle = ATTEST_HANDLE,
     .callers = PARTITION_FOR_ALL},
};

/** It signs what attestation tells. */
static const uint32_t attest_uses[] = {CRYPTO_SID};

const struct partition partition_table[] = {
    PARTITION_ROW_CRYPTO,
    PARTITION_ROW_UPDATE,
    PARTITION_ROW_ITS,
    PARTITION_ROW_PS,
    {
        .id = 5,
        .name = "attest",
        .function = attest_service,
        .memory = &partition_memory_attest,
        .services = attest_services,
        .service_count = PARTITION_ROWS(attest_services),
        .uses = attest_uses,
        .use_count = PARTITION_ROWS(attest_uses),
        .prepare = manager_prepare_attest,
    },
};

const uint32_t partition_count = PARTITION_ROWS(partition_table);
