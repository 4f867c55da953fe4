/*
 * The STM32H573, as const tables.
 *
 * Bases, interrupts and GTZC bits are those of the vendor's CMSIS header and SVD file. Where a
 * block ends is its next neighbour or its last register, whichever is known. [U]
 */
#include "dev.h"
#include "dev_usart.h"

const struct chip_memory chip_memories[CHIP_MEMORIES] = {
    [CHIP_FLASH] = {.name = "FLASH", .base_ns = 0x08000000, .base_s = 0x0C000000, .size = 0x200000},
    /* From the first byte of the root secure services to the last of the bootloader. [U] */
    [CHIP_SYSTEM_FLASH] = {.name = "system flash",
                           .base_ns = 0x0BF80000,
                           .base_s = 0x0FF80000,
                           .size = 0x29000},
    [CHIP_SRAM1] = {.name = "SRAM1",
                    .base_ns = 0x20000000,
                    .base_s = 0x30000000,
                    .size = 0x40000,
                    .writable = true},
    [CHIP_SRAM2] = {.name = "SRAM2",
                    .base_ns = 0x20040000,
                    .base_s = 0x30040000,
                    .size = 0x10000,
                    .writable = true},
    [CHIP_SRAM3] = {.name = "SRAM3",
                    .base_ns = 0x20050000,
                    .base_s = 0x30050000,
                    .size = 0x50000,
                    .writable = true},
    /* Stores go through the bus: they need PWR_DBPCR.DBP, and the device file is to hear of them. */
    [CHIP_BKPSRAM] = {.name = "BKPSRAM",
                      .base_ns = 0x40036400,
                      .base_s = 0x50036400,
                      .size = NV_BKPSRAM_BYTES},
};

#define GTZC(reg, bit) (32u * ((reg)-1u) + (bit))
#define NONE           DEV_NO_GTZC

/** A modelled device: interrupts, GTZC bit, which of several, constructor. */
#define DEVICE(name_, base_, size_, irq0, irq1, gtzc_, index_, make_)                              \
    {                                                                                              \
        .name = (name_), .base = (base_), .size = (size_), .irq = {(irq0), (irq1)},                \
        .gtzc = (gtzc_), .index = (index_), .make = (make_)                                        \
    }

/** The same, with one interrupt or none. */
#define DEVICE1(name, base, size, irq, gtzc, index, make)                                          \
    DEVICE(name, base, size, irq, DEV_NO_IRQ, gtzc, index, make)
#define DEVICE0(name, base, size, gtzc, index, make)                                               \
    DEVICE(name, base, size, DEV_NO_IRQ, DEV_NO_IRQ, gtzc, index, make)

/** An area of the non-volatile memory that the flash controller answers for. */
#define FLASH_AREA(name_, base_, size_, ns_only_, make_)                                           \
    {                                                                                              \
        .name = (name_), .base = (base_), .size = (size_), .irq = {DEV_NO_IRQ, DEV_NO_IRQ},        \
        .gtzc = NONE, .ns_only = (ns_only_), .make = (make_)                                       \
    }

/** A block that is not modelled. */
#define BLOCK(name_, base_, size_, gtzc_)                                                          \
    {                                                                                              \
        .name = (name_), .base = (base_), .size = (size_), .irq = {DEV_NO_IRQ, DEV_NO_IRQ},        \
        .gtzc = (gtzc_)                                                                            \
    }

/** An external memory, which has no Secure alias. Not modelled. */
#define EXTERNAL(name_, base_, size_)                                                              \
    {                                                                                              \
        .name = (name_), .base = (base_), .size = (size_), .irq = {DEV_NO_IRQ, DEV_NO_IRQ},        \
        .gtzc = NONE, .ns_only = true                                                              \
    }

const struct dev_row chip_rows[] = {
    FLASH_AREA("FLASH_OTP", 0x08FFF000, 0x1000, true, otp_new),
    FLASH_AREA("FLASH_EDATA", 0x09000000, 0x18000, false, edata_new),
    FLASH_AREA("FLASH_OBK", 0x0BFD0000, 0x2000, false, obk_new),

    /* APB1 */
    DEVICE1("TIM2", 0x40000000, 0x400, 45, GTZC(1, 0), 2, tim_new),
    DEVICE1("TIM3", 0x40000400, 0x400, 46, GTZC(1, 1), 3, tim_new),
    DEVICE1("TIM4", 0x40000800, 0x400, 47, GTZC(1, 2), 4, tim_new),
    DEVICE1("TIM5", 0x40000C00, 0x400, 48, GTZC(1, 3), 5, tim_new),
    DEVICE1("TIM6", 0x40001000, 0x400, 49, GTZC(1, 4), 6, tim_new),
    DEVICE1("TIM7", 0x40001400, 0x400, 50, GTZC(1, 5), 7, tim_new),
    DEVICE1("TIM12", 0x40001800, 0x400, 120, GTZC(1, 6), 12, tim_new),
    DEVICE1("TIM13", 0x40001C00, 0x400, 121, GTZC(1, 7), 13, tim_new),
    DEVICE1("TIM14", 0x40002000, 0x400, 122, GTZC(1, 8), 14, tim_new),
    DEVICE1("WWDG", 0x40002C00, 0x400, 0, GTZC(1, 9), 0, wwdg_new),
    DEVICE1("IWDG", 0x40003000, 0x400, 35, GTZC(1, 10), 0, iwdg_new),
    BLOCK("SPI2", 0x40003800, 0x400, GTZC(1, 11)),
    BLOCK("SPI3", 0x40003C00, 0x400, GTZC(1, 12)),
    DEVICE1("USART2", 0x40004400, 0x400, 59, GTZC(1, 13), 2, usart_new),
    DEVICE1("USART3", 0x40004800, 0x400, 60, GTZC(1, 14), 3, usart_new),
    DEVICE1("UART4", 0x40004C00, 0x400, 61, GTZC(1, 15), 4, usart_new),
    DEVICE1("UART5", 0x40005000, 0x400, 62, GTZC(1, 16), 5, usart_new),
    BLOCK("I2C1", 0x40005400, 0x400, GTZC(1, 17)),
    BLOCK("I2C2", 0x40005800, 0x400, GTZC(1, 18)),
    BLOCK("I3C1", 0x40005C00, 0x400, GTZC(1, 19)),
    BLOCK("CRS", 0x40006000, 0x400, GTZC(1, 20)),
    DEVICE1("USART6", 0x40006400, 0x400, 85, GTZC(1, 21), 6, usart_new),
    DEVICE1("USART10", 0x40006800, 0x400, 86, GTZC(1, 22), 10, usart_new),
    DEVICE1("USART11", 0x40006C00, 0x400, 87, GTZC(1, 23), 11, usart_new),
    BLOCK("CEC", 0x40007000, 0x400, GTZC(1, 24)),
    DEVICE1("UART7", 0x40007800, 0x400, 98, GTZC(1, 26), 7, usart_new),
    DEVICE1("UART8", 0x40007C00, 0x400, 99, GTZC(1, 27), 8, usart_new),
    DEVICE1("UART9", 0x40008000, 0x400, 100, GTZC(1, 28), 9, usart_new),
    DEVICE1("UART12", 0x40008400, 0x400, 101, GTZC(1, 29), 12, usart_new),
    BLOCK("DTS", 0x40008C00, 0x400, GTZC(1, 30)),
    BLOCK("LPTIM2", 0x40009400, 0x400, GTZC(1, 31)),
    BLOCK("FDCAN1", 0x4000A400, 0x100, GTZC(2, 0)),
    BLOCK("FDCAN_CONFIG", 0x4000A500, 0x300, GTZC(2, 0)),
    BLOCK("FDCAN2", 0x4000A800, 0x400, GTZC(2, 1)),
    BLOCK("SRAMCAN", 0x4000AC00, 0x800, GTZC(2, 0)),
    BLOCK("UCPD1", 0x4000DC00, 0x400, GTZC(2, 2)),

    /* APB2 */
    BLOCK("TIM1", 0x40012C00, 0x400, GTZC(2, 8)),
    BLOCK("SPI1", 0x40013000, 0x400, GTZC(2, 9)),
    BLOCK("TIM8", 0x40013400, 0x400, GTZC(2, 10)),
    DEVICE1("USART1", 0x40013800, 0x400, 58, GTZC(2, 11), 1, usart_new),
    BLOCK("TIM15", 0x40014000, 0x400, GTZC(2, 12)),
    BLOCK("TIM16", 0x40014400, 0x400, GTZC(2, 13)),
    BLOCK("TIM17", 0x40014800, 0x400, GTZC(2, 14)),
    BLOCK("SPI4", 0x40014C00, 0x400, GTZC(2, 15)),
    BLOCK("SPI6", 0x40015000, 0x400, GTZC(2, 16)),
    BLOCK("SAI1", 0x40015400, 0x400, GTZC(2, 17)),
    BLOCK("SAI2", 0x40015800, 0x400, GTZC(2, 18)),
    BLOCK("USB_DRD", 0x40016000, 0xC00, GTZC(2, 19)), /* with its 2 KB of packet memory */

    /* AHB1 */
    DEVICE1("GPDMA1", 0x40020000, 0x1000, 27, GTZC(4, 0), 0, gpdma_new),
    DEVICE1("GPDMA2", 0x40021000, 0x1000, 90, GTZC(4, 1), 0, gpdma_new),
    DEVICE("FLASH", 0x40022000, 0x400, 6, 7, GTZC(4, 2), 0, flash_new),
    DEVICE0("CRC", 0x40023000, 0x400, GTZC(3, 8), 0, crc_new),
    BLOCK("CORDIC", 0x40023800, 0x400, GTZC(3, 9)),
    BLOCK("FMAC", 0x40023C00, 0x400, GTZC(3, 10)),
    DEVICE1("RAMCFG", 0x40026000, 0x400, 5, GTZC(3, 26), 0, ramcfg_new),
    BLOCK("ETH", 0x40028000, 0x2000, GTZC(3, 11)),
    DEVICE1("ICACHE", 0x40030400, 0x400, 104, GTZC(3, 12), 0, icache_new),
    DEVICE1("DCACHE1", 0x40031400, 0x400, 105, GTZC(3, 13), 0, dcache_new),
    DEVICE0("GTZC_TZSC1", 0x40032400, 0x400, GTZC(4, 16), 0, tzsc_new),
    DEVICE1("GTZC_TZIC1", 0x40032800, 0x400, 8, GTZC(4, 17), 0, tzic_new),
    DEVICE0("GTZC_MPCBB1", 0x40032C00, 0x400, GTZC(4, 25), 1, mpcbb_new),
    DEVICE0("GTZC_MPCBB2", 0x40033000, 0x400, GTZC(4, 27), 2, mpcbb_new),
    DEVICE0("GTZC_MPCBB3", 0x40033400, 0x400, GTZC(4, 29), 3, mpcbb_new),

    /* AHB2 */
    DEVICE0("GPIOA", 0x42020000, 0x400, NONE, 0, gpio_new),
    DEVICE0("GPIOB", 0x42020400, 0x400, NONE, 1, gpio_new),
    DEVICE0("GPIOC", 0x42020800, 0x400, NONE, 2, gpio_new),
    DEVICE0("GPIOD", 0x42020C00, 0x400, NONE, 3, gpio_new),
    DEVICE0("GPIOE", 0x42021000, 0x400, NONE, 4, gpio_new),
    DEVICE0("GPIOF", 0x42021400, 0x400, NONE, 5, gpio_new),
    DEVICE0("GPIOG", 0x42021800, 0x400, NONE, 6, gpio_new),
    DEVICE0("GPIOH", 0x42021C00, 0x400, NONE, 7, gpio_new),
    DEVICE0("GPIOI", 0x42022000, 0x400, NONE, 8, gpio_new),
    BLOCK("ADC1", 0x42028000, 0x100, GTZC(3, 14)),
    BLOCK("ADC2", 0x42028100, 0x200, GTZC(3, 14)),
    BLOCK("ADC12_COMMON", 0x42028300, 0x100, GTZC(3, 14)),
    BLOCK("DAC1", 0x42028400, 0x400, GTZC(1, 25)),
    BLOCK("DCMI", 0x4202C000, 0x400, GTZC(3, 15)),
    BLOCK("PSSI", 0x4202C400, 0x400, GTZC(3, 15)),
    DEVICE1("AES", 0x420C0000, 0x400, 116, GTZC(3, 16), 0, aes_new),
    DEVICE1("HASH", 0x420C0400, 0x400, 117, GTZC(3, 17), 0, hash_new),
    DEVICE1("RNG", 0x420C0800, 0x400, 114, GTZC(3, 18), 0, rng_new),
    DEVICE1("SAES", 0x420C0C00, 0x400, 36, GTZC(3, 19), 0, saes_new),
    DEVICE1("PKA", 0x420C2000, 0x2000, 118, GTZC(3, 20), 0, pka_new), /* with its RAM */

    /* APB3 */
    DEVICE0("SBS", 0x44000400, 0x400, GTZC(4, 6), 0, sbs_new),
    BLOCK("SPI5", 0x44002000, 0x400, GTZC(2, 24)),
    DEVICE1("LPUART1", 0x44002400, 0x400, 63, GTZC(2, 25), USART_INDEX_LPUART1, usart_new),
    BLOCK("I2C3", 0x44002800, 0x400, GTZC(2, 26)),
    BLOCK("I2C4", 0x44002C00, 0x400, GTZC(2, 27)),
    BLOCK("LPTIM1", 0x44004400, 0x400, GTZC(2, 28)),
    BLOCK("LPTIM3", 0x44004800, 0x400, GTZC(2, 29)),
    BLOCK("LPTIM4", 0x44004C00, 0x400, GTZC(2, 30)),
    BLOCK("LPTIM5", 0x44005000, 0x400, GTZC(2, 31)),
    BLOCK("LPTIM6", 0x44005400, 0x400, GTZC(3, 0)),
    BLOCK("VREFBUF", 0x44007400, 0x400, GTZC(3, 1)),
    DEVICE("RTC", 0x44007800, 0x400, 2, 3, GTZC(4, 7), 0, rtc_new),
    DEVICE1("TAMP", 0x44007C00, 0x400, 4, GTZC(4, 8), 0, tamp_new),

    /* AHB3 */
    DEVICE0("PWR", 0x44020800, 0x400, GTZC(4, 9), 0, pwr_new),
    DEVICE("RCC", 0x44020C00, 0x400, 9, 10, GTZC(4, 10), 0, rcc_new),
    DEVICE1("EXTI", 0x44022000, 0x400, 11, GTZC(4, 11), 0, exti_new),
    DEVICE0("DBGMCU", 0x44024000, 0x1000, NONE, 0, dbgmcu_new),

    /* AHB4 and external memories */
    BLOCK("OTFDEC1", 0x46005000, 0x400, GTZC(4, 4)),
    BLOCK("SDMMC1", 0x46008000, 0x400, GTZC(3, 22)),
    BLOCK("DLYB_SDMMC1", 0x46008400, 0x400, GTZC(3, 22)),
    BLOCK("DLYB_SDMMC2", 0x46008800, 0x400, GTZC(3, 21)),
    BLOCK("SDMMC2", 0x46008C00, 0x400, GTZC(3, 21)),
    BLOCK("DLYB_OCTOSPI1", 0x4600F000, 0x400, GTZC(3, 24)),
    BLOCK("FMC", 0x47000400, 0x400, GTZC(3, 23)),
    BLOCK("OCTOSPI1", 0x47001400, 0x400, GTZC(3, 24)),
    EXTERNAL("FMC memory", 0x60000000, 0x30000000),
    EXTERNAL("OCTOSPI1 memory", 0x90000000, 0x10000000),
};

const unsigned chip_row_count = sizeof chip_rows / sizeof chip_rows[0];

_Static_assert(sizeof chip_rows / sizeof chip_rows[0] <= 256,
               "struct sim_chip has one touched_block per row");
