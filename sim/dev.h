/*
 * Constructors of the chip's devices, one per kind of block.
 *
 * chip_stm32h573.c holds one row per device; chip_new() calls its constructor. A constructor
 * allocates the device's own struct, whose first member is `struct sim_device`, with calloc() and
 * fills only `ops` and its own members (chip_new() fills name, base, size, chip and deadline
 * afterwards, before the first reset). It returns NULL when the host has no memory left. The chip
 * frees a device with free(): a device owns nothing but its struct.
 */
#pragma once

#include "chip.h"

/** No line of the NVIC, in a row. */
#define DEV_NO_IRQ 0xffu

/** Not under the TZSC: the block looks at the security of each access itself, or not at all. */
#define DEV_NO_TZSC 0xffu

/** One device of the chip, as its table describes it. */
struct dev_row {
    const char *name;  /**< As the reference manual writes it: "USART1". */
    uint32_t base;     /**< Non-secure base address. */
    uint32_t size;     /**< Bytes decoded from there. */
    uint8_t irq[2];    /**< NVIC lines; DEV_NO_IRQ where there is none. FLASH, RCC: NS, Secure. */
    uint8_t tzsc;      /**< 32 * (n - 1) + bit of TZSC_SECCFGRn/PRIVCFGRn, or DEV_NO_TZSC. */
    uint8_t index;     /**< Which of several: 0 for GPIOA, 1 for USART1 and MPCBB1; else 0. */
    struct sim_device *(*make)(struct sim_chip *chip, const struct dev_row *row);
};

struct sim_device *sbs_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *tzsc_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *tzic_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *mpcbb_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *rcc_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *pwr_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *ramcfg_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *flash_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *obk_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *otp_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *edata_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *icache_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *gpio_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *usart_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *rng_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *hash_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *tamp_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *iwdg_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *dbgmcu_new(struct sim_chip *chip, const struct dev_row *row);
