/*
 * Isolation of the manager: which memory and which peripherals are the application's, what is the
 * manager's own, and what unprivileged Secure code may touch.
 */
#include <garrison/port.h>

#include <isolation_mpu.h>

#include "isolation.h"
#include "layout.h"
#include "linker.h"
#include "regs.h"

#define GATE_ADDR       (LAYOUT_FLASH_S + LAYOUT_GATE_OFF)
#define READ_ONLY_END   0x09000000u /* behind the device id */
#define PERIPHERALS_END 0x60000000u

/* Peripherals that stay Secure; bits of SECCFGR3. All others are the application's, the watchdog
 * too: once started nothing stops it, and only the application knows whether it is alive. */
#define TZSC3_SECURE (1u << 12 | 0x1Fu << 16 | 1u << 26) /* ICACHE; AES to PKA; RAMCFG */
#define TZSC1_ALL    0xFFFFFFFFu
#define TZSC2_ALL    0xFF0FFF07u
#define TZSC3_ALL    0x05FFFF03u

/* Interrupts that stay Secure: RTC_S, TAMP, FLASH_S, GTZC, RCC_S; SAES; RNG, AES, HASH, PKA. */
#define ITNS0 (~(1u << 3 | 1u << 4 | 1u << 7 | 1u << 8 | 1u << 10))
#define ITNS1 (~(1u << 4))
#define ITNS2 0xFFFFFFFFu
#define ITNS3 (~(1u << 18 | 1u << 20 | 1u << 21 | 1u << 22))
#define ITNS4 0x7u

/* Where the bits of the modules' devices, TIM6 and TIM7, begin. */
#define TZSC1_TIM6        4u
#define ITNS1_TIM6        17u
#define RCC_APB1LENR_TIM6 4u

/* PRIS: the application's interrupts never come before the manager's exceptions. The faults that
 * BFHFNMINS would give away stay Secure. */
#define SHPR3_TICK      0xFF000000u /* priority of SysTick */
#define SHPR3_TICK_HIGH 0x40000000u
#define AIRCR_MASK      0x6008u /* SYSRESETREQS, BFHFNMINS, PRIS */

#define NSACR_FP 0xC00u
#define CPACR_FP 0xF00000u

/* Late stacking on; who may change it and clear-on-return: Secure only; TS: registers not Secure. */
#define FPCCR_MASK      0x7C000000u
#define FPCCR_LSPEN     (1u << 30)
#define FPCCR_LSPENS    (1u << 29)
#define FPCCR_CLRONRETS (1u << 27)

#define ROW_MPCBB(n, size, value)                                                                  \
    ROW_WORDS(GTZC_MPCBB_SECCFGR(n), (size) / GTZC_MPCBB_SUPERBLOCK, UINT32_MAX, value)
#define ROW_MPCBB_ANY(n, size)                                                                     \
    ROW_WORDS(GTZC_MPCBB_PRIVCFGR(n), (size) / GTZC_MPCBB_SUPERBLOCK, UINT32_MAX, 0)
#define ROW_MPCBB_LOCK(n, size)                                                                    \
    ROW_WORD(GTZC_MPCBB_CFGLOCKR(n), (1u << (size) / GTZC_MPCBB_SUPERBLOCK) - 1u,                  \
             (1u << (size) / GTZC_MPCBB_SUPERBLOCK) - 1u)

#define RAMS       3u /* filters of SRAM1 to SRAM3 */
#define GPIO_PORTS 9u

const struct isolation_row isolation_rows[] = {
    /* What Secure code may use; not in force before the MPU is on. Row n is region n. */
    ROW_MPU(0, GATE_ADDR, GATE_ADDR + LAYOUT_GATE_SIZE, ISOLATION_RO_ANY),
    ROW_MPU(1, linker_spm_text, linker_spm_text_end, ISOLATION_RO),
    ROW_MPU(2, LAYOUT_HANDOFF_ADDR, linker_spm_ram_end, ISOLATION_RW | ISOLATION_XN),
    ROW_MPU_FROM(3, PLACE_FROM_APPLICATION, READ_ONLY_END,
                 ISOLATION_RO | ISOLATION_XN | ISOLATION_UNCACHED),
    ROW_TO_MODULES(ISOLATION_MPU, 4, LAYOUT_SRAM1_NS, LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE,
                   ISOLATION_RW | ISOLATION_XN),
    ROW_MPU(5, PERIPHERALS_NS, CRYPTO_BASE, ISOLATION_RW | ISOLATION_XN | ISOLATION_DEVICE),
    ROW_MPU(6, PKA_END, PERIPHERALS_END, ISOLATION_RW | ISOLATION_XN | ISOLATION_DEVICE),
    /* Storage areas, and what is staged. */
    ROW_MPU_PLACE(7, PLACE_SECURE_2, ISOLATION_RW | ISOLATION_XN | ISOLATION_UNCACHED),
    /* Regions from 8 on change with the partition that runs. Between calls: the gate's stack for its
     * entries, and for the manager alone the library, the code of services that it calls itself to
     * prepare them, the data that a restart begins with, what it prepares a call with, and the blocks
     * of cryptography, SAES among them: while a partition runs nobody reaches that one. */
    ROW_MPU(8, linker_partition_text, linker_image_end, ISOLATION_RO),
    ROW_MPU(9, linker_gate_stack_limit, linker_gate_ram_end, ISOLATION_RW_ANY | ISOLATION_XN),
    ROW_MPU(10, linker_partition_ram, linker_partition_ram_end, ISOLATION_RW | ISOLATION_XN),
    ROW_MPU(11, CRYPTO_BASE, PKA_END, ISOLATION_RW | ISOLATION_XN | ISOLATION_DEVICE),

    /* What the option bytes must have made Secure: all flash but the application's slot. */
    ROW_WATERMARK(FLASH_SECWM1R_CUR, 0),
    ROW_WATERMARK(FLASH_SECWM2R_CUR, 1),

    /* The application's memory. */
    ROW_SAU(0, GATE_ADDR, GATE_ADDR + LAYOUT_GATE_SIZE, ISOLATION_CALLABLE),
    ROW_SAU_PLACE(1, PLACE_APPLICATION, 0),
    ROW_SAU(2, LAYOUT_SRAM1_NS, LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE, 0),
    ROW_TO_MODULES(ISOLATION_SAU, 3, LAYOUT_SRAM3_NS, LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE, 0),
    ROW_SAU(4, PERIPHERALS_NS, PERIPHERALS_NS_END, 0),
    ROW_SAU(5, LAYOUT_SYSTEM_NS, LAYOUT_SYSTEM_NS_END, 0),
    ROW_SAU_OFF(6, 2),
    ROW_WORD(SAU_CTRL, 0x3u, SAU_CTRL_ENABLE),
    ROW_WORD(RCC_AHB1ENR, RCC_AHB1ENR_TZSC1EN, RCC_AHB1ENR_TZSC1EN),
    ROW_DEVICES(RCC_APB1LENR, 0, 0, RCC_APB1LENR_TIM6), /* their clocks */
    ROW_MPCBB(1, LAYOUT_SRAM1_SIZE, 0),
    ROW_MPCBB(2, LAYOUT_SRAM2_SIZE, UINT32_MAX),
    ROW_BLOCKS(GTZC_MPCBB_SECCFGR(3), LAYOUT_SRAM3_SIZE / GTZC_MPCBB_SUPERBLOCK, LAYOUT_SRAM3_SIZE),

    /* Privilege is the business of each side's MPU; the filters let both through. */
    ROW_MPCBB_ANY(1, LAYOUT_SRAM1_SIZE),
    ROW_MPCBB_ANY(2, LAYOUT_SRAM2_SIZE),
    ROW_MPCBB_ANY(3, LAYOUT_SRAM3_SIZE),
    ROW_WORD(GTZC_TZSC_PRIVCFGR(1), TZSC1_ALL, 0),
    ROW_WORD(GTZC_TZSC_PRIVCFGR(2), TZSC2_ALL, 0),
    ROW_WORD(GTZC_TZSC_PRIVCFGR(3), TZSC3_ALL, 0),

    /* Its peripherals, pins and interrupts. */
    ROW_DEVICES(GTZC_TZSC_SECCFGR(1), TZSC1_ALL, 0, TZSC1_TIM6),
    ROW_WORD(GTZC_TZSC_SECCFGR(2), TZSC2_ALL, 0),
    ROW_WORD(GTZC_TZSC_SECCFGR(3), TZSC3_ALL, TZSC3_SECURE),
    /* The instruction cache can put other memory in the place of flash: it is switched on for all,
     * and then out of the application's reach. */
    ROW_WORD(ICACHE_CR, ICACHE_CR_EN, ICACHE_CR_EN),
    ROW_WORD(RCC_AHB2ENR, RCC_AHB2ENR_GPIOS, RCC_AHB2ENR_GPIOS),
    ROW_ALIKE(GPIOA_BASE + GPIO_SECCFGR, GPIO_PORTS, 0xFFFFu, 0),
    ROW_WORD(NVIC_ITNS(0), UINT32_MAX, ITNS0),
    ROW_DEVICES(NVIC_ITNS(1), UINT32_MAX, ITNS1, ITNS1_TIM6),
    ROW_WORD(NVIC_ITNS(2), UINT32_MAX, ITNS2),
    ROW_WORD(NVIC_ITNS(3), UINT32_MAX, ITNS3),
    ROW_WORD(NVIC_ITNS(4), ITNS4, ITNS4),
    ROW_KEYED(SCB_AIRCR, AIRCR_MASK, AIRCR_PRIS),
    /* Its tick comes before all of theirs, and after the manager's own calls. */
    ROW_WORD(SCB_SHPR3, SHPR3_TICK, SHPR3_TICK_HIGH),

    /* Floating point is the application's alone: no Secure image is built to use it. Its registers
     * are stacked late, with the rights of the Secure code that an interrupt of the application's
     * has interrupted, so that side needs the permission as well. svc.c relies on it. */
    ROW_WORD(SCB_CPACR, CPACR_FP, CPACR_FP),
    ROW_WORD(SCB_NSACR, NSACR_FP, NSACR_FP),
    ROW_WORD(FPCCR, FPCCR_MASK, FPCCR_LSPEN | FPCCR_LSPENS | FPCCR_CLRONRETS),

    /* Backup registers: the application reads them, the manager writes them. */
    ROW_WORD(RCC_APB3ENR, RCC_APB3ENR_RTCAPBEN, RCC_APB3ENR_RTCAPBEN),
    ROW_WORD(PWR_DBPCR, PWR_DBPCR_DBP, PWR_DBPCR_DBP),
    ROW_WORD(TAMP_SECCFGR, TAMP_SECCFGR_MASK, TAMP_SECCFGR_WRITE_SECURE),

    ROW_WORD(MPU_MAIR0, UINT32_MAX, ISOLATION_MAIR),
    ROW_MPU_ON,

    /* From here to the next reset. The Secure MPU stays open for the partitions. */
    ROW_WORD(GTZC_TZSC_CR, GTZC_TZSC_LCK, GTZC_TZSC_LCK),
    ROW_MPCBB_LOCK(1, LAYOUT_SRAM1_SIZE),
    ROW_MPCBB_LOCK(2, LAYOUT_SRAM2_SIZE),
    ROW_MPCBB_LOCK(3, LAYOUT_SRAM3_SIZE),
    ROW_ALIKE(GTZC_MPCBB_CR(1), RAMS, GTZC_MPCBB_GLOCK, GTZC_MPCBB_GLOCK),
    ROW_WORD(SBS_CSLCKR, SBS_CSLCKR_VTAIRCR | SBS_CSLCKR_SAU, SBS_CSLCKR_VTAIRCR | SBS_CSLCKR_SAU),
};

const uint32_t isolation_row_count = sizeof(isolation_rows) / sizeof(isolation_rows[0]);
