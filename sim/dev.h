/*
 * Constructors of the chip's devices, one per kind of block, and the table they stand in.
 *
 * chip_stm32h573.c holds one row per block; chip_new() calls the constructor of each row that has
 * one. A constructor allocates the device's own struct, whose first member is `struct sim_device`,
 * with device_new() and fills only `ops` and its own members (chip_new() fills the rest before the
 * first reset). It returns NULL when the host has no memory left. The chip frees a device with
 * free(): a device owns nothing but its struct.
 */
#pragma once

#include "chip.h"

/** No line of the NVIC, in a row. */
#define DEV_NO_IRQ 0xffu

/** Neither under the TZSC nor known to the TZIC. */
#define DEV_NO_GTZC 0xffu

/** First GTZC bit that only the TZIC has: such a block looks at an access's security itself. */
#define DEV_GTZC_AWARE 96u

/** One block of the chip. A block without a constructor is known by name but not modelled. */
struct dev_row {
    const char *name; /**< As the reference manual writes it: "USART1". */
    uint32_t base;    /**< Non-secure base address. */
    uint32_t size;    /**< Bytes decoded from there. */
    uint8_t irq[2];   /**< NVIC lines or DEV_NO_IRQ. FLASH, RCC, RTC: Non-secure, then Secure;
                           EXTI, GPDMA: the first of 16 and of 8. */
    uint8_t gtzc;     /**< 32 * (n - 1) + bit of TZSC_SECCFGRn, PRIVCFGRn, TZIC_SRn, or none. */
    uint8_t index;    /**< Which of several: 0 for GPIOA, 1 for USART1 and MPCBB1; else 0. */
    bool ns_only;     /**< Has no Secure alias. */
    struct sim_device *(*make)(struct sim_chip *chip, const struct dev_row *row);
};

/** Every block of the STM32H573, ascending by base. */
extern const struct dev_row chip_rows[];
extern const unsigned chip_row_count;

/** The memories of the STM32H573, by enum chip_memory_id, without their bytes. */
extern const struct chip_memory chip_memories[CHIP_MEMORIES];

/** Sets the TZIC flag of a GTZC bit: an access that a block has refused as illegal. */
void gtzc_flag(struct sim_chip *chip, unsigned gtzc);

/** Whether TZSC_SECCFGR has made a block Secure; false for a bit that only the TZIC has. */
bool gtzc_is_secure(const struct sim_chip *chip, unsigned gtzc);

/** Whether the backup domain may be written: PWR_DBPCR.DBP. */
bool pwr_backup_open(const struct sim_chip *chip);

/** Whether RCC keeps the LSI running: RCC_BDCR.LSION. */
bool rcc_lsi_on(const struct sim_chip *chip);

/** Whether RCC gives the RNG its clock, without which SAES and PKA get no random numbers. */
bool rcc_rng_clocked(const struct sim_chip *chip);

/** Whether SAES must do without its hardware keys: since a tamper, or until one is cleared. */
bool tamp_active(const struct sim_chip *chip);

/** Whether TAMP keeps everybody from a memory: BKBLOCK, or a tamper that is not confirmed. */
bool tamp_blocks(const struct sim_chip *chip, enum chip_memory_id id);

/** Whether a store to SRAM2 at `off` is kept out by RAMCFG_M2WPRn (1-KB pages). */
bool ramcfg_sram2_protected(const struct sim_chip *chip, uint32_t off);

/** Says that `ops->dma_request` of a device may have become true. */
void gpdma_wake(struct sim_chip *chip);

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
struct sim_device *aes_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *saes_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *pka_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *tamp_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *iwdg_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *crc_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *dcache_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *exti_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *gpdma_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *rtc_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *tim_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *wwdg_new(struct sim_chip *chip, const struct dev_row *row);
struct sim_device *dbgmcu_new(struct sim_chip *chip, const struct dev_row *row);
