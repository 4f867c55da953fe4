/* Flash operations that take time: how long, what they leave, what a reset in them leaves. */
#include "dev_flash.h"
#include "rss.h"

#include <string.h>

/*
 * Durations in microseconds of virtual time. That of a sector is the typical one of the data sheet
 * (DS14258, flash memory characteristics), which has 10 ms at most; the others are assumed. [U]
 */
#define FLASH_PROGRAM_US      30u
#define FLASH_SECTOR_ERASE_US 2000u
#define FLASH_BANK_ERASE_US   128000u
#define FLASH_MASS_ERASE_US   256000u
#define FLASH_OPTION_US       5000u
#define FLASH_OBK_ERASE_US    2000u
#define FLASH_OBK_SWAP_US     10000u

static const uint32_t flash_op_us[] = {
    [FLASH_OP_WRITE] = FLASH_PROGRAM_US,
    [FLASH_OP_OBK_ERASE] = FLASH_OBK_ERASE_US,
    [FLASH_OP_SECTOR_ERASE] = FLASH_SECTOR_ERASE_US,
    [FLASH_OP_BANK_ERASE] = FLASH_BANK_ERASE_US,
    [FLASH_OP_MASS_ERASE] = FLASH_MASS_ERASE_US,
    [FLASH_OP_OPTION] = FLASH_OPTION_US,
    [FLASH_OP_OBK_SWAP] = FLASH_OBK_SWAP_US,
};

#define FLASH_OPSR_ADDR       0x000FFFFFu
#define FLASH_OPSR_DATA       (1u << 21)
#define FLASH_OPSR_BANK       (1u << 22)
#define FLASH_OPSR_OTP        (1u << 24)
#define FLASH_OPSR_CODE_SHIFT 29u

void flash_changed(struct dev_flash *flash, uint32_t phys, uint32_t len)
{
    struct sim_chip *chip = flash->dev.chip;
    nv_touch(chip->nv, NV_PART_FLASH, phys, len);
    chip_memory_changed(chip, CHIP_FLASH, phys, len);
}

void flash_operation_start(struct dev_flash *flash, const struct flash_operation *op)
{
    struct sim_chip *chip = flash->dev.chip;
    flash->op = *op;
    flash->op.begin = chip->now;
    flash->op.end = chip->now + chip_ticks(chip, flash_op_us[op->code]);
    chip_deadline(chip, &flash->dev, flash->op.end);
    chip_flash_busy(chip);
}

static void flash_erase_finish(struct dev_flash *flash, const struct flash_operation *op)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    memset(nv->flash + op->off, 0xFF, op->len);
    memset(nv->flash_cell + op->off / FLASH_QUAD, NV_CELL_VIRGIN, op->len / FLASH_QUAD);
    flash_changed(flash, op->off, op->len);
    chip_map_changed(flash->dev.chip); /* Quad-words with ECC errors may be direct again. */
}

static void flash_operation_finish(struct dev_flash *flash)
{
    const struct flash_operation op = flash->op;
    memset(&flash->op, 0, sizeof(flash->op));
    switch (op.code) {
    case FLASH_OP_NONE:
        return;
    case FLASH_OP_WRITE:
        flash_write_finish(flash, &op);
        break;
    case FLASH_OP_SECTOR_ERASE:
    case FLASH_OP_BANK_ERASE:
    case FLASH_OP_MASS_ERASE:
        flash_erase_finish(flash, &op);
        break;
    case FLASH_OP_OPTION:
        flash_option_finish(flash);
        break;
    case FLASH_OP_OBK_ERASE:
    case FLASH_OP_OBK_SWAP:
        flash_obk_finish(flash, &op);
        break;
    }
    flash_flag(flash, op.world, FLASH_SR_EOP);
    if (flash->regression.what != NULL) {
        rss_regression_step(flash);
    }
}

void flash_operation_event(struct sim_device *dev, uint64_t now)
{
    (void)now;
    chip_deadline(dev->chip, dev, SIM_NEVER);
    flash_operation_finish((struct dev_flash *)(void *)dev);
}

void flash_operation_settle(struct dev_flash *flash)
{
    if (flash->op.code == FLASH_OP_NONE) {
        return;
    }
    chip_deadline(flash->dev.chip, &flash->dev, SIM_NEVER);
    flash_operation_finish(flash);
}

/* A reset in the middle. What is left is a function of the device's state alone (splitmix64). */

static uint64_t flash_noise(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/** Programming clears bits: each bit that was to be cleared may or may not have been. */
static void flash_tear_program(uint8_t *cells, const uint8_t *data, uint32_t len, uint64_t *noise)
{
    for (uint32_t i = 0; i < len; i++) {
        cells[i] = (uint8_t)(cells[i] & (data[i] | (uint8_t)flash_noise(noise)));
    }
}

/** What a cut leaves of one unit of ECC: half are torn, a quarter each is old or done. [U] */
enum flash_cut { FLASH_CUT_OLD, FLASH_CUT_DONE, FLASH_CUT_TORN };

static enum flash_cut flash_cut_draw(uint64_t *noise)
{
    static const enum flash_cut outcomes[] = {FLASH_CUT_OLD, FLASH_CUT_DONE, FLASH_CUT_TORN,
                                              FLASH_CUT_TORN};
    return outcomes[flash_noise(noise) & 3u];
}

/** Erasing sets bits: a torn quad-word is somewhere on the way. */
static enum flash_cut flash_tear_quad(uint8_t *bytes, uint8_t *cell, uint64_t *noise)
{
    const enum flash_cut cut = flash_cut_draw(noise);
    if (cut == FLASH_CUT_DONE) {
        memset(bytes, 0xFF, FLASH_QUAD);
        *cell = NV_CELL_VIRGIN;
    } else if (cut == FLASH_CUT_TORN) {
        for (uint32_t i = 0; i < FLASH_QUAD; i++) {
            bytes[i] |= (uint8_t)flash_noise(noise);
        }
        *cell = NV_CELL_ECC_DOUBLE;
    }
    return cut;
}

static void flash_tear_erase(uint8_t *bytes, uint8_t *cells, uint32_t len, uint64_t *noise)
{
    for (uint32_t quad = 0; quad < len / FLASH_QUAD; quad++) {
        (void)flash_tear_quad(bytes + (size_t)quad * FLASH_QUAD, cells + quad, noise);
    }
}

/** High-cycle data keeps the state of its half-words in the sector, which is not torn itself. */
static void flash_tear_edata(struct sim_nv *nv, uint32_t sector, uint64_t *noise)
{
    for (uint32_t off = 0; off < FLASH_EDATA_BYTES; off += FLASH_QUAD) {
        const uint32_t phys = sector + off;
        const enum flash_cut cut =
            flash_tear_quad(nv->flash + phys, nv->flash_cell + phys / FLASH_QUAD, noise);
        const enum nv_cell cell = cut == FLASH_CUT_DONE ? NV_CELL_VIRGIN : NV_CELL_ECC_DOUBLE;
        for (uint32_t half = 0; cut != FLASH_CUT_OLD && half < FLASH_QUAD; half += 2u) {
            flash_edata_set_cell(nv, phys + half, cell);
        }
    }
}

/** Main flash, sector by sector: some of them may be high-cycle data. */
static void flash_tear_sectors(struct dev_flash *flash, const struct flash_operation *op,
                               uint64_t *noise)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    for (uint32_t sector = op->off; sector < op->off + op->len; sector += NV_SECTOR_BYTES) {
        if (flash_is_edata(nv, sector)) {
            flash_tear_edata(nv, sector, noise);
        } else {
            flash_tear_erase(nv->flash + sector, nv->flash_cell + sector / FLASH_QUAD,
                             NV_SECTOR_BYTES, noise);
        }
    }
    flash_changed(flash, op->off, op->len);
}

static void flash_tear_write(struct dev_flash *flash, const struct flash_operation *op,
                             uint64_t *noise)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    const enum flash_cut cut = flash_cut_draw(noise);
    if (cut == FLASH_CUT_OLD) {
        return;
    }
    if (cut == FLASH_CUT_DONE) {
        flash_write_finish(flash, op);
        return;
    }
    switch (op->space) {
    case FLASH_MAIN:
        flash_tear_program(nv->flash + op->off, op->data, op->len, noise);
        nv->flash_cell[op->off / FLASH_QUAD] = NV_CELL_ECC_DOUBLE;
        flash_changed(flash, op->off, op->len);
        break;
    case FLASH_EDATA:
        flash_tear_program(nv->flash + op->off, op->data, op->len, noise);
        flash_edata_set_cell(nv, op->off, NV_CELL_ECC_DOUBLE);
        flash_changed(flash, op->off & ~(NV_SECTOR_BYTES - 1u), NV_SECTOR_BYTES);
        break;
    case FLASH_OTP:
        flash_tear_program(nv->otp + op->off, op->data, op->len, noise);
        nv->otp_cell[op->off / 2u] = NV_CELL_ECC_DOUBLE;
        nv_touch(nv, NV_PART_OTP, op->off, op->len);
        break;
    case FLASH_OBK:
        flash_tear_program(nv->obk[op->sector] + op->off, op->data, op->len, noise);
        nv->obk_cell[op->sector][op->off / FLASH_QUAD] = NV_CELL_ECC_DOUBLE;
        nv_touch(nv, NV_PART_OBK, op->off, op->len);
        break;
    }
}

/**
 * A swap has come as far as its time had: slots before that are done, those behind it untouched,
 * the one under way is old, done or torn. A torn selector leaves the old sector current. [U]
 */
static void flash_tear_swap(struct dev_flash *flash, const struct flash_operation *op,
                            uint64_t *noise)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    const uint64_t elapsed = flash->dev.chip->reset_at - op->begin;
    uint32_t slot = flash_obk_next_slot(nv, op, 0);
    uint32_t steps = 1; /* The selector. */
    for (uint32_t at = slot; at < FLASH_OBK_SELECTOR; at = flash_obk_next_slot(nv, op, at + 1u)) {
        steps++;
    }
    const uint64_t done = elapsed * steps / (op->end - op->begin);
    for (uint64_t left = done < steps ? done : steps - 1u; left > 0; left--) {
        (void)flash_obk_write_slot(nv, op, slot);
        slot = flash_obk_next_slot(nv, op, slot + 1u);
    }
    const enum flash_cut cut = flash_cut_draw(noise);
    if (cut == FLASH_CUT_DONE) {
        (void)flash_obk_write_slot(nv, op, slot);
    } else if (cut == FLASH_CUT_TORN) {
        flash_tear_program(nv->obk[op->sector] + (size_t)slot * FLASH_QUAD,
                           flash_obk_slot_data(nv, op, slot), FLASH_QUAD, noise);
        nv->obk_cell[op->sector][slot] = NV_CELL_ECC_DOUBLE;
    }
    nv_touch(nv, NV_PART_OBK, 0, NV_OBK_BYTES);
}

static void flash_tear(struct dev_flash *flash, const struct flash_operation *op)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    uint64_t noise = nv->rng_state ^ ((uint64_t)nv->boots << 32) ^ op->off;
    switch (op->code) {
    case FLASH_OP_NONE:
    case FLASH_OP_OPTION: /* The old words stay. [U] */
        break;
    case FLASH_OP_WRITE:
        flash_tear_write(flash, op, &noise);
        break;
    case FLASH_OP_SECTOR_ERASE:
    case FLASH_OP_BANK_ERASE:
    case FLASH_OP_MASS_ERASE:
        flash_tear_sectors(flash, op, &noise);
        break;
    case FLASH_OP_OBK_SWAP:
        flash_tear_swap(flash, op, &noise);
        break;
    case FLASH_OP_OBK_ERASE:
        flash_tear_erase(nv->obk[op->sector], nv->obk_cell[op->sector], NV_OBK_BYTES, &noise);
        nv_touch(nv, NV_PART_OBK, 0, NV_OBK_BYTES);
        break;
    }
}

/** OPSR after a reset that interrupted `op`; ADDR_OP counts bytes from the start of the bank. [U] */
static uint32_t flash_opsr(const struct flash_operation *op)
{
    uint32_t value = (uint32_t)op->code << FLASH_OPSR_CODE_SHIFT;
    if (op->code == FLASH_OP_OPTION) {
        return value;
    }
    value |= op->off & (FLASH_BANK_BYTES - 1u) & FLASH_OPSR_ADDR;
    if (op->space == FLASH_OTP || op->space == FLASH_OBK) {
        return value | FLASH_OPSR_OTP;
    }
    value |= op->off >= FLASH_BANK_BYTES ? FLASH_OPSR_BANK : 0;
    return value | (op->space == FLASH_EDATA ? FLASH_OPSR_DATA : 0);
}

void flash_operation_cut(struct dev_flash *flash)
{
    static const char *const names[] = {
        [FLASH_OP_WRITE] = "a write",
        [FLASH_OP_OBK_ERASE] = "the erase of the alternate OBK sector",
        [FLASH_OP_SECTOR_ERASE] = "a sector erase",
        [FLASH_OP_BANK_ERASE] = "a bank erase",
        [FLASH_OP_MASS_ERASE] = "a mass erase",
        [FLASH_OP_OPTION] = "an option-byte change",
        [FLASH_OP_OBK_SWAP] = "the swap of the OBK sectors",
    };
    const struct flash_operation op = flash->op;
    memset(&flash->op, 0, sizeof(flash->op));
    flash->opsr = 0;
    if (op.code == FLASH_OP_NONE) {
        return;
    }
    chip_deadline(flash->dev.chip, &flash->dev, SIM_NEVER);
    flash->opsr = flash_opsr(&op);
    flash_tear(flash, &op);
    chip_event(flash->dev.chip, SIM_EVENT_FLASH,
               "the reset has interrupted %s at offset 0x%X: what it was changing is undefined",
               names[op.code], (unsigned)op.off);
}
