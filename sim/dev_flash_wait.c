/*
 * Who has to wait for the end of an operation: the other bank can be read while one is written or
 * erased, the same bank cannot, and the controller takes no other request.
 */
#include "dev_flash.h"

#define BANK1      1u
#define BANK2      2u
#define BOTH_BANKS (BANK1 | BANK2)

/** The banks of what is not main flash: option words, OBK, OTP, system flash. [U] */
#define OTHER_BANKS BOTH_BANKS /* busy_banks() takes them together with a mass erase */

static unsigned bank_of(uint32_t phys)
{
    return phys >= FLASH_BANK_BYTES ? BANK2 : BANK1;
}

/** The banks that cannot be read while an operation runs. */
static unsigned busy_banks(const struct flash_operation *op)
{
    switch (op->code) {
    case FLASH_OP_WRITE:
    case FLASH_OP_SECTOR_ERASE:
    case FLASH_OP_BANK_ERASE:
        return op->space == FLASH_MAIN || op->space == FLASH_EDATA ? bank_of(op->off) : OTHER_BANKS;
    case FLASH_OP_NONE:
        return 0;
    case FLASH_OP_OBK_ERASE:
    case FLASH_OP_OBK_SWAP:
    case FLASH_OP_OPTION:
    case FLASH_OP_MASS_ERASE:
    default:
        return BOTH_BANKS;
    }
}

/** The banks that a read has to do with; 0: none. */
static unsigned read_banks(const struct sim_chip *chip, const struct chip_memory *memory,
                           const struct sim_device *dev, uint32_t off)
{
    if (memory == &chip->memory[CHIP_FLASH]) {
        return bank_of(flash_physical(chip, off));
    }
    if (memory == &chip->memory[CHIP_SYSTEM_FLASH]) {
        return OTHER_BANKS;
    }
    if (dev == NULL || !flash_owns_area(dev)) {
        return 0;
    }
    return flash_is_edata_area(dev) ? bank_of(flash_edata_phys(off)) : OTHER_BANKS;
}

/** Registers with a bit that begins an operation; they cannot be written during one. [U] */
static bool is_control(uint32_t off)
{
    static const uint8_t control[] = {0x1C, 0x28, 0x2C, 0x40, 0x44};
    for (size_t i = 0; i < sizeof control; i++) {
        if ((off & ~3u) == control[i]) {
            return true;
        }
    }
    return false;
}

static bool takes_stores(const struct sim_chip *chip, const struct chip_memory *memory,
                         const struct sim_device *dev)
{
    return memory == &chip->memory[CHIP_FLASH] || (dev != NULL && flash_owns_area(dev));
}

uint64_t flash_busy_until(const struct sim_chip *chip)
{
    const struct dev_flash *flash = flash_of(chip);
    return flash->op.code != FLASH_OP_NONE ? flash->op.end : 0;
}

bool flash_holds(const struct sim_chip *chip, const struct chip_memory *memory,
                 const struct sim_device *dev, uint32_t off, enum sim_access_kind kind)
{
    const struct flash_operation *op = &flash_of(chip)->op;
    if (kind != SIM_WRITE) {
        return (busy_banks(op) & read_banks(chip, memory, dev, off)) != 0;
    }
    return op->code != FLASH_OP_NONE &&
           (takes_stores(chip, memory, dev) || (dev == chip->flash && is_control(off)));
}

bool flash_may_begin(const struct sim_chip *chip, const struct bus_decision *decision)
{
    return decision->device == chip->flash ||
           takes_stores(chip, decision->memory, decision->device);
}
