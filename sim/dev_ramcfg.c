/*
 * RAMCFG: erase of an SRAM on request, write protection of SRAM2, ECC control. No ECC error ever
 * happens in an SRAM, so its flags stay zero.
 */
#include <string.h>

#include "dev.h"
#include "dev_reg.h"

#define RAMCFG_STRIDE 0x40u
#define RAMCFG_RAMS   5u /* SRAM1, SRAM2, SRAM3, none, backup SRAM */

/* Within one RAM's registers. */
#define RAMCFG_CR      0x00u
#define RAMCFG_IER     0x04u
#define RAMCFG_ISR     0x08u
#define RAMCFG_WPR1    0x18u
#define RAMCFG_WPR2    0x1Cu
#define RAMCFG_ECCKEYR 0x24u
#define RAMCFG_ERKEYR  0x28u

#define CR_ECCE      (1u << 0)
#define CR_ALE       (1u << 4)
#define CR_SRAMER    (1u << 8)
#define ISR_SRAMBUSY (1u << 8)
#define IER_MASK     0xBu
#define IER_ECCNMI   (1u << 3)

#define OPTSR2_BKPRAM_ECC_OFF (1u << 4)
#define OPTSR2_SRAM3_ECC_OFF  (1u << 5)
#define OPTSR2_SRAM2_ECC_OFF  (1u << 6)

/** What an erased SRAM holds, and how long the erase of 8 bytes keeps SRAMBUSY set. [U] */
#define RAMCFG_ERASED_BYTE       0x00
#define RAMCFG_TICKS_PER_8_BYTES 1u

#define SRAM2_PAGE_BYTES 1024u
#define SRAM2_INDEX      1u

/** Two bytes, written in this order, lift a write protection until the next protected write. */
struct ramcfg_key {
    uint8_t first;
    uint8_t second;
};
static const struct ramcfg_key ramcfg_erase_key = {0xCA, 0x53};
static const struct ramcfg_key ramcfg_ecc_key = {0xAE, 0x75};

enum ramcfg_lock { RAMCFG_LOCKED, RAMCFG_HALF_OPEN, RAMCFG_OPEN };

struct ramcfg_ram {
    bool present;
    bool has_ecc;
    enum chip_memory_id memory;
    uint32_t ecc_off; /**< Bit of OPTSR2 that turns ECC off after reset; 0: no ECC. */
};

static const struct ramcfg_ram ramcfg_rams[RAMCFG_RAMS] = {
    {true, false, CHIP_SRAM1, 0},
    {true, true, CHIP_SRAM2, OPTSR2_SRAM2_ECC_OFF},
    {true, true, CHIP_SRAM3, OPTSR2_SRAM3_ECC_OFF},
    {false, false, CHIP_MEMORIES, 0},
    {true, true, CHIP_BKPSRAM, OPTSR2_BKPRAM_ECC_OFF},
};

struct ramcfg_state {
    uint32_t cr; /**< ECCE and ALE. */
    uint32_t ier;
    uint64_t busy_until; /**< SRAMBUSY is set before this time. */
    enum ramcfg_lock erase;
    enum ramcfg_lock ecc;
};

struct ramcfg {
    struct sim_device dev;
    struct ramcfg_state ram[RAMCFG_RAMS];
    uint32_t sram2_protected[2];
};

static void ramcfg_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    struct ramcfg *ramcfg = (struct ramcfg *)dev;
    for (unsigned i = 0; i < RAMCFG_RAMS; i++) {
        const bool ecc_on = ramcfg_rams[i].has_ecc &&
                            (dev->chip->nv->option[NV_OB_OPTSR2] & ramcfg_rams[i].ecc_off) == 0;
        ramcfg->ram[i] = (struct ramcfg_state){.cr = ecc_on ? CR_ECCE : 0};
    }
    ramcfg->sram2_protected[0] = 0;
    ramcfg->sram2_protected[1] = 0;
    chip_map_changed(dev->chip);
}

static bool ramcfg_busy(const struct ramcfg *ramcfg, unsigned index)
{
    return ramcfg->dev.chip->now < ramcfg->ram[index].busy_until;
}

static uint32_t ramcfg_word(const struct ramcfg *ramcfg, unsigned index, uint32_t reg)
{
    const bool busy = ramcfg_busy(ramcfg, index);
    switch (reg) {
    case RAMCFG_CR:
        return ramcfg->ram[index].cr | (busy ? CR_SRAMER : 0);
    case RAMCFG_IER:
        return ramcfg->ram[index].ier;
    case RAMCFG_ISR:
        return busy ? ISR_SRAMBUSY : 0;
    case RAMCFG_WPR1:
    case RAMCFG_WPR2:
        return index == SRAM2_INDEX ? ramcfg->sram2_protected[(reg - RAMCFG_WPR1) / 4u] : 0;
    default:
        return 0;
    }
}

static uint32_t ramcfg_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const unsigned index = reg_off(txn) / RAMCFG_STRIDE;
    if (index >= RAMCFG_RAMS || !ramcfg_rams[index].present) {
        return 0;
    }
    return txn_cut(txn,
                   ramcfg_word((const struct ramcfg *)dev, index, reg_off(txn) % RAMCFG_STRIDE));
}

static enum ramcfg_lock ramcfg_key_next(enum ramcfg_lock lock, const struct ramcfg_key *key,
                                        uint32_t value)
{
    if (lock == RAMCFG_HALF_OPEN && value == key->second) {
        return RAMCFG_OPEN;
    }
    return value == key->first ? RAMCFG_HALF_OPEN : RAMCFG_LOCKED;
}

/** Asks for an event when the next erase ends: code that polls is to see time pass. */
static void ramcfg_plan(struct ramcfg *ramcfg)
{
    uint64_t when = SIM_NEVER;
    for (unsigned i = 0; i < RAMCFG_RAMS; i++) {
        if (ramcfg_busy(ramcfg, i) && ramcfg->ram[i].busy_until < when) {
            when = ramcfg->ram[i].busy_until;
        }
    }
    chip_deadline(ramcfg->dev.chip, &ramcfg->dev, when);
}

static void ramcfg_event(struct sim_device *dev, uint64_t now)
{
    (void)now;
    ramcfg_plan((struct ramcfg *)dev);
}

static void ramcfg_erase(struct ramcfg *ramcfg, unsigned index)
{
    struct sim_chip *chip = ramcfg->dev.chip;
    const enum chip_memory_id id = ramcfg_rams[index].memory;
    const struct chip_memory *memory = &chip->memory[id];
    memset(memory->bytes, RAMCFG_ERASED_BYTE, memory->size);
    chip_memory_changed(chip, id, 0, memory->size);
    if (id == CHIP_BKPSRAM) {
        nv_touch(chip->nv, NV_PART_BACKUP, 0, memory->size);
    }
    ramcfg->ram[index].busy_until = chip->now + memory->size / 8u * RAMCFG_TICKS_PER_8_BYTES;
    ramcfg_plan(ramcfg);
}

static void ramcfg_write_cr(struct ramcfg *ramcfg, const struct sim_txn *txn, uint32_t value,
                            unsigned index)
{
    struct ramcfg_state *ram = &ramcfg->ram[index];
    const uint32_t wanted = txn_merge(txn, ram->cr, value);
    if (ramcfg_rams[index].has_ecc) {
        ram->cr = (ram->cr & ~CR_ALE) | (wanted & CR_ALE);
        if ((wanted & CR_ECCE) != 0) {
            ram->cr |= CR_ECCE;
        } else if (ram->ecc == RAMCFG_OPEN) {
            ram->cr &= ~CR_ECCE;
        }
    }
    if ((wanted & CR_SRAMER) != 0 && ram->erase == RAMCFG_OPEN) {
        ram->erase = RAMCFG_LOCKED; /* one erase per key. [U] */
        ramcfg_erase(ramcfg, index);
    }
}

static void ramcfg_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct ramcfg *ramcfg = (struct ramcfg *)dev;
    const unsigned index = reg_off(txn) / RAMCFG_STRIDE;
    const uint32_t reg = reg_off(txn) % RAMCFG_STRIDE;
    if (index >= RAMCFG_RAMS || !ramcfg_rams[index].present) {
        return;
    }
    struct ramcfg_state *ram = &ramcfg->ram[index];
    switch (reg) {
    case RAMCFG_CR:
        ramcfg_write_cr(ramcfg, txn, value, index);
        return;
    case RAMCFG_IER:
        if (ramcfg_rams[index].has_ecc) {
            ram->ier = reg_put(ram->ier, txn, value, IER_MASK) | (ram->ier & IER_ECCNMI);
        }
        return;
    case RAMCFG_WPR1:
    case RAMCFG_WPR2:
        if (index == SRAM2_INDEX) {
            ramcfg->sram2_protected[(reg - RAMCFG_WPR1) / 4u] |= reg_ones(txn, value);
            chip_map_changed(dev->chip);
        }
        return;
    case RAMCFG_ECCKEYR:
        ram->ecc = ramcfg_key_next(ram->ecc, &ramcfg_ecc_key, reg_ones(txn, value) & 0xFFu);
        return;
    case RAMCFG_ERKEYR:
        ram->erase = ramcfg_key_next(ram->erase, &ramcfg_erase_key, reg_ones(txn, value) & 0xFFu);
        return;
    default:
        return;
    }
}

static const struct sim_device_ops ramcfg_ops = {
    .reset = ramcfg_reset,
    .read = ramcfg_read,
    .write = ramcfg_write,
    .event = ramcfg_event,
};

struct sim_device *ramcfg_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct ramcfg *ramcfg = device_new(sizeof *ramcfg);
    if (ramcfg == NULL) {
        return NULL;
    }
    ramcfg->dev.ops = &ramcfg_ops;
    chip->ramcfg = &ramcfg->dev;
    return &ramcfg->dev;
}

bool ramcfg_sram2_protected(const struct sim_chip *chip, uint32_t off)
{
    const struct ramcfg *ramcfg = (const struct ramcfg *)chip->ramcfg;
    const uint32_t page = off / SRAM2_PAGE_BYTES;
    return (ramcfg->sram2_protected[page / 32u] & (1u << (page % 32u))) != 0;
}
