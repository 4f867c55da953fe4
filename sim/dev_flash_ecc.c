/* ECC errors: ECCCORR, ECCDETR, ECCDR and the NMI. */
#include "dev_flash.h"

#define ECC_OBK       (1u << 20)
#define ECC_EDATA     (1u << 21)
#define ECC_BANK      (1u << 22)
#define ECC_OTP       (1u << 24)
#define ECC_CIE       (1u << 25) /* In ECCCORR. */
#define ECC_CORRECTED (1u << 30)
#define ECC_DETECTED  (1u << 31)

/** Where OTP begins in ADDR_ECC, which counts its half-words; as read on an STM32H563. */
#define ECC_OTP_FIRST 0x600u

/** Rows of ADDR_ECC that a sector has: one for each quad-word of main flash. */
#define ECC_SECTOR_ROWS (NV_SECTOR_BYTES / FLASH_QUAD)

/**
 * ADDR_ECC of high-cycle data: its words from the sector's first row on, as read on an STM32H563.
 * A sector has three times as many words as rows: that they begin again is not confirmed. [U]
 */
static uint32_t ecc_edata_row(uint32_t in_bank)
{
    const uint32_t word = in_bank % NV_SECTOR_BYTES / 4u;
    return in_bank / NV_SECTOR_BYTES * ECC_SECTOR_ROWS + word % ECC_SECTOR_ROWS;
}

/** ADDR_ECC and the area. That main flash and OBK count quad-words is not confirmed. [U] */
static uint32_t ecc_place(enum flash_space space, uint32_t off)
{
    const uint32_t in_bank = off % FLASH_BANK_BYTES;
    const uint32_t bank = off >= FLASH_BANK_BYTES ? ECC_BANK : 0;
    switch (space) {
    case FLASH_MAIN:
        return in_bank / FLASH_QUAD | bank;
    case FLASH_EDATA:
        return ecc_edata_row(in_bank) | bank | ECC_EDATA;
    case FLASH_OTP:
        return (ECC_OTP_FIRST + off / 2u) | ECC_OTP;
    case FLASH_OBK:
    default:
        return off / FLASH_QUAD | ECC_OBK;
    }
}

void flash_ecc_report(struct dev_flash *flash, enum flash_space space, uint32_t off,
                      enum nv_cell cell, uint32_t half)
{
    if (cell == NV_CELL_ECC_SINGLE && (flash->ecccorr & ECC_CORRECTED) == 0) {
        flash->ecccorr = (flash->ecccorr & ECC_CIE) | ECC_CORRECTED | ecc_place(space, off);
        flash_irq_update(flash);
    }
    /* Only the first error is kept, and only it raises the NMI, until ECCD is cleared. */
    if (cell != NV_CELL_ECC_DOUBLE || (flash->eccdetr & ECC_DETECTED) != 0) {
        return;
    }
    flash->eccdetr = ECC_DETECTED | ecc_place(space, off);
    flash->eccdr = half;
    chip_event(flash->dev.chip, SIM_EVENT_FLASH,
               "double ECC error while reading %s at offset 0x%X: NMI",
               space == FLASH_OTP     ? "OTP"
               : space == FLASH_OBK   ? "OBK"
               : space == FLASH_EDATA ? "high-cycle data"
                                      : "flash",
               (unsigned)off);
    chip_nmi(flash->dev.chip);
}

/** Clearing a flag clears its address too, and ECCD the data. [U] */
void flash_ecc_clear(struct dev_flash *flash, unsigned index, uint32_t value)
{
    if (index == 0) {
        const bool clear = (value & ECC_CORRECTED) != 0;
        flash->ecccorr = (clear ? 0 : flash->ecccorr & ~ECC_CIE) | (value & ECC_CIE);
        flash_irq_update(flash);
    } else if (index == 1 && (value & ECC_DETECTED) != 0) {
        flash->eccdetr = 0;
        flash->eccdr = 0;
    }
}

/** A corrected error interrupts the world that runs the chip: Secure with TrustZone. [U] */
bool flash_ecc_wants_irq(const struct dev_flash *flash, enum flash_world world)
{
    const uint32_t both = ECC_CORRECTED | ECC_CIE;
    const enum flash_world owner = chip_trustzone(flash->dev.chip) ? FLASH_S : FLASH_NS;
    return world == owner && (flash->ecccorr & both) == both;
}
