/*
 * Isolation of the iROT: all Secure but the application's flash; its own slot runs, the rest of the
 * flash is data.
 */
#include "isolation_stage.h"
#include "linker.h"

const struct isolation_row isolation_rows[] = {
    STAGE_ROWS_WATERMARK,
    STAGE_ROWS_FILTERS,
    STAGE_ROWS_SAU,
    ROW_MPU(0, linker_stage, linker_stage_end, ISOLATION_RO),
    ROW_MPU_PLACE(1, PLACE_BEHIND_IROT, ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),
    STAGE_ROWS_MPU,
    STAGE_ROWS_FLASH,
    STAGE_ROWS_MPU_ON,
};

const uint32_t isolation_row_count = sizeof(isolation_rows) / sizeof(isolation_rows[0]);
