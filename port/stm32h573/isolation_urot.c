/*
 * Isolation of the uROT: all Secure but the application's flash, which it reads as Non-secure.
 */
#include "isolation_stage.h"

#define UROT_ADDR       (LAYOUT_FLASH_S + LAYOUT_UROT_OFF)
#define UROT_END        (UROT_ADDR + LAYOUT_UROT_SIZE)
#define NON_SECURE_ADDR (LAYOUT_FLASH_NS + LAYOUT_SECURE_END)
#define NON_SECURE_END  (LAYOUT_FLASH_NS + LAYOUT_STORAGE_OFF)

const struct isolation_row isolation_rows[] = {
    STAGE_ROWS_FILTERS,
    ROW_SAU(0, NON_SECURE_ADDR, NON_SECURE_END, 0),
    ROW_SAU_OFF(1),
    ROW_SAU_OFF(2),
    ROW_SAU_OFF(3),
    ROW_SAU_OFF(4),
    ROW_SAU_OFF(5),
    ROW_SAU_OFF(6),
    ROW_SAU_OFF(7),
    ROW_WORD(SAU_CTRL, 0x3u, SAU_CTRL_ENABLE),
    ROW_MPU(0, UROT_ADDR, UROT_END, ISOLATION_RO),
    ROW_MPU(1, UROT_END, LAYOUT_FLASH_S + LAYOUT_SECURE_END,
            ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),
    STAGE_ROWS_MPU,
    ROW_MPU(6, NON_SECURE_ADDR, NON_SECURE_END, ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),
    ROW_MPU_OFF(7),
    ROW_MPU_OFF(8),
    ROW_MPU_OFF(9),
    ROW_MPU_OFF(10),
    ROW_MPU_OFF(11),
    STAGE_ROWS_MPU_ON,
};

const uint32_t isolation_row_count = sizeof(isolation_rows) / sizeof(isolation_rows[0]);
