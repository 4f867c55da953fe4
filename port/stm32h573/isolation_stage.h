/*
 * Rows that all boot stages have in common: everything is Secure.
 */
#pragma once

#include "isolation_mpu.h"
#include "layout.h"
#include "regs.h"

/* Bits of the TZSC's registers that exist; the rest reads as zero. */
#define TZSC1_ALL 0xFFFFFFFFu
#define TZSC2_ALL 0xFF0FFF07u
#define TZSC3_ALL 0x05FFFF03u

#define STAGE_RAM_END (LAYOUT_STAGE_RAM_ADDR + LAYOUT_STAGE_RAM_SIZE)

#define STAGE_ROWS_FILTERS                                                                         \
    ROW_WORD(RCC_AHB1ENR, RCC_AHB1ENR_TZSC1EN, RCC_AHB1ENR_TZSC1EN),                               \
        ROW_WORD(GTZC_TZSC_SECCFGR(1), TZSC1_ALL, TZSC1_ALL),                                      \
        ROW_WORD(GTZC_TZSC_SECCFGR(2), TZSC2_ALL, TZSC2_ALL),                                      \
        ROW_WORD(GTZC_TZSC_SECCFGR(3), TZSC3_ALL, TZSC3_ALL),                                      \
        ROW_WORDS(GTZC_MPCBB_SECCFGR(1), LAYOUT_SRAM1_SIZE / GTZC_MPCBB_SUPERBLOCK, UINT32_MAX,    \
                  UINT32_MAX),                                                                     \
        ROW_WORDS(GTZC_MPCBB_SECCFGR(2), LAYOUT_SRAM2_SIZE / GTZC_MPCBB_SUPERBLOCK, UINT32_MAX,    \
                  UINT32_MAX),                                                                     \
        ROW_WORDS(GTZC_MPCBB_SECCFGR(3), LAYOUT_SRAM3_SIZE / GTZC_MPCBB_SUPERBLOCK, UINT32_MAX,    \
                  UINT32_MAX)

/* Nothing is both writable and executable; the code of the last moment lies in RAM. */
#define STAGE_ROWS_MPU                                                                             \
    ROW_MPU(2, LAYOUT_HANDOFF_ADDR, LAYOUT_TRAMPOLINE_ADDR, ISOLATION_RW | ISOLATION_XN),          \
        ROW_MPU(3, LAYOUT_TRAMPOLINE_ADDR, STAGE_RAM_END, ISOLATION_RO),                           \
        ROW_MPU(4, LAYOUT_OBK_S, LAYOUT_OBK_S + LAYOUT_OBK_SIZE,                                   \
                ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),                                 \
        ROW_MPU(5, 0x50000000, 0x60000000, ISOLATION_RW | ISOLATION_XN | ISOLATION_DEVICE)

/* The flash that is installed into, once the layout is known: the application's is Non-secure. */
#define STAGE_ROWS_SAU                                                                             \
    ROW_SAU_PLACE(0, PLACE_APPLICATION, 0), ROW_SAU_OFF(1, 7),                                     \
        ROW_WORD(SAU_CTRL, 0x3u, SAU_CTRL_ENABLE)
#define STAGE_ROWS_WATERMARK                                                                       \
    ROW_WATERMARK(FLASH_SECWM1R_CUR, 0), ROW_WATERMARK(FLASH_SECWM2R_CUR, 1)
#define STAGE_ROWS_FLASH                                                                           \
    ROW_MPU_PLACE(6, PLACE_SECURE_2, ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),            \
        ROW_MPU_PLACE(7, PLACE_APPLICATION, ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),     \
        ROW_MPU_OFF(8, 4)

#define STAGE_ROWS_MPU_ON ROW_WORD(MPU_MAIR0, UINT32_MAX, ISOLATION_MAIR), ROW_MPU_ON
