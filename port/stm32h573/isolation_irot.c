/*
 * Isolation of the iROT: all Secure; its own slot runs, the rest of the Secure flash is data.
 */
#include "isolation_stage.h"

#define IROT_END (LAYOUT_FLASH_S + LAYOUT_IROT_OFF + LAYOUT_IROT_SIZE)

const struct isolation_row isolation_rows[] = {
    STAGE_ROWS_FILTERS,
    ROW_WORD(SAU_CTRL, 0x3u, 0),
    ROW_MPU(0, LAYOUT_FLASH_S + LAYOUT_IROT_OFF, IROT_END, ISOLATION_RO),
    ROW_MPU(1, IROT_END, LAYOUT_FLASH_S + LAYOUT_SECURE_END,
            ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),
    STAGE_ROWS_MPU,
    ROW_MPU_OFF(6),
    ROW_MPU_OFF(7),
    ROW_MPU_OFF(8),
    ROW_MPU_OFF(9),
    ROW_MPU_OFF(10),
    ROW_MPU_OFF(11),
    STAGE_ROWS_MPU_ON,
};

const uint32_t isolation_row_count = sizeof(isolation_rows) / sizeof(isolation_rows[0]);
