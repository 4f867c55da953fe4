/*
 * Option-byte keys: slots of 16 bytes, each of one HDPL, in two sectors of which one is current.
 */
#include "dev_flash.h"

#include <stdio.h>
#include <string.h>

#define OBK_SLOT         FLASH_QUAD
#define OBK_OFFSET_SHIFT 16u
#define OBK_OFFSET_MASK  0x1FFu
#define OBK_CONFIG_MASK  (FLASH_OBKCFGR_ALT_SECT | (OBK_OFFSET_MASK << OBK_OFFSET_SHIFT))

/** Whose slots stand where. While TrustZone is off the world makes no difference. */
static const struct obk_area {
    uint16_t first; /**< First byte. */
    uint16_t last;  /**< Last byte. */
    uint8_t hdpl;
    bool secure; /**< Below HDPL 3: [U]. */
    const char *name;
} obk_areas[] = {
    {0x0000, 0x00FF, 0, true, "HDPL0"},
    {0x0100, 0x08FF, 1, true, "HDPL1"},
    {0x0900, 0x0BFF, 2, true, "HDPL2"},
    {0x0C00, 0x17FF, 3, true, "HDPL3, Secure"},
    {0x1800, 0x1FEF, 3, false, "HDPL3, Non-secure"},
};

#define OBK_SELECTOR_OFF (FLASH_OBK_SELECTOR * OBK_SLOT)

/** Smallest SWAP_OFFSET by OBK level: what lies below a level's own slots is always kept. */
static const uint16_t obk_min_swap[4] = {0, 16, 144, 192};

static struct dev_flash *obk_flash(const struct sim_device *dev)
{
    return flash_of(dev->chip);
}

static unsigned obk_alternate(const struct sim_chip *chip)
{
    return (chip->nv->obk_current & 1u) ^ 1u;
}

/** The sector that an access of a world reaches. */
static uint8_t obk_sector(const struct dev_flash *flash, enum flash_world world)
{
    const struct sim_chip *chip = flash->dev.chip;
    const bool alternate = (flash->obkcfgr[world] & FLASH_OBKCFGR_ALT_SECT) != 0;
    return (uint8_t)(alternate ? obk_alternate(chip) : obk_alternate(chip) ^ 1u);
}

bool flash_obk_check(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                     struct sim_attr attr, struct bus_decision *out)
{
    const unsigned level = chip_obk_hdpl(chip);
    const bool trustzone = chip_trustzone(chip);
    const uint32_t base = out->first;
    for (size_t i = 0; i < sizeof(obk_areas) / sizeof(obk_areas[0]); i++) {
        const struct obk_area *area = &obk_areas[i];
        if (off < area->first || off > area->last) {
            continue;
        }
        flash_narrow(out, base + area->first, base + area->last);
        if (area->hdpl != level) {
            (void)snprintf(out->why, sizeof(out->why),
                           "OBK slot at 0x%X belongs to %s, OBK level is %u",
                           (unsigned)(off & ~(OBK_SLOT - 1u)), area->name, level);
            return flash_refuse(out, BUS_FILTER_OBK, kind);
        }
        if (trustzone && area->secure != attr.secure) {
            (void)snprintf(out->why, sizeof(out->why),
                           "OBK slot at 0x%X belongs to %s, the access is %s",
                           (unsigned)(off & ~(OBK_SLOT - 1u)), area->name,
                           attr.secure ? "Secure" : "Non-secure");
            out->illegal = area->secure;
            return flash_refuse(out, BUS_FILTER_OBK, kind);
        }
        return true;
    }
    flash_narrow(out, base + OBK_SELECTOR_OFF, base + NV_OBK_BYTES - 1u);
    (void)snprintf(out->why, sizeof(out->why), "OBK slot at 0x%X is the hardware's own",
                   (unsigned)off);
    return flash_refuse(out, BUS_FILTER_OBK, kind);
}

/* Configuration: erase of the alternate sector, swap. */

/** Whether ALT_SECT is set makes no difference: the vendor's driver erases without it. [U] */
static void obk_erase_request(struct dev_flash *flash, enum flash_world world)
{
    flash_operation_settle(flash);
    const struct flash_operation op = {
        .code = FLASH_OP_OBK_ERASE,
        .world = world,
        .space = FLASH_OBK,
        .sector = (uint8_t)obk_alternate(flash->dev.chip),
        .len = NV_OBK_BYTES,
    };
    flash_operation_start(flash, &op);
}

static void obk_swap_request(struct dev_flash *flash, enum flash_world world)
{
    flash_operation_settle(flash);
    const struct sim_chip *chip = flash->dev.chip;
    const unsigned alternate = obk_alternate(chip);
    const uint32_t slots = (flash->obkcfgr[world] >> OBK_OFFSET_SHIFT) & OBK_OFFSET_MASK;
    const unsigned least = obk_min_swap[chip_obk_hdpl(chip)];
    if (slots < least) { /* That OBKERR says so is not known. [U] */
        flash_error(flash, world, FLASH_SR_OBKERR,
                    "SWAP_OFFSET is %u, at OBK level %u it is at least %u", (unsigned)slots,
                    chip_obk_hdpl(chip), least);
        return;
    }
    if (chip->nv->obk_cell[alternate][FLASH_OBK_SELECTOR] != NV_CELL_VIRGIN) {
        flash_error(flash, world, FLASH_SR_OBKWERR,
                    "the alternate OBK sector has not been erased before the swap");
        return;
    }
    const struct flash_operation op = {
        .code = FLASH_OP_OBK_SWAP,
        .world = world,
        .space = FLASH_OBK,
        .sector = (uint8_t)alternate,
        .len = slots * OBK_SLOT,
    };
    flash_operation_start(flash, &op);
}

void flash_obk_configure(struct dev_flash *flash, enum flash_world world, uint32_t value)
{
    const uint32_t changed = flash->obkcfgr[world] ^ value;
    const bool filling = flash->buffer.filled != 0 && flash->buffer.space == FLASH_OBK;
    if ((changed & FLASH_OBKCFGR_ALT_SECT) != 0 && filling) {
        memset(&flash->buffer, 0, sizeof(flash->buffer));
        flash_error(flash, world, FLASH_SR_OBKERR,
                    "ALT_SECT has changed while the write buffer was being filled");
    }
    flash->obkcfgr[world] = value & OBK_CONFIG_MASK;
    if ((value & FLASH_OBKCFGR_ALT_SECT_ERASE) != 0) {
        obk_erase_request(flash, world);
    } else if ((value & FLASH_OBKCFGR_SWAP_SECT_REQ) != 0) {
        obk_swap_request(flash, world);
    }
}

/* A swap: copies what has not been updated, then the selector makes the alternate sector current. */

uint32_t flash_obk_next_slot(const struct sim_nv *nv, const struct flash_operation *op,
                             uint32_t slot)
{
    const uint8_t *to = nv->obk_cell[op->sector];
    const uint8_t *from = nv->obk_cell[op->sector ^ 1u];
    while (slot < op->len / OBK_SLOT &&
           (to[slot] != NV_CELL_VIRGIN || from[slot] == NV_CELL_VIRGIN)) {
        slot++;
    }
    return slot < op->len / OBK_SLOT ? slot : FLASH_OBK_SELECTOR;
}

const uint8_t *flash_obk_slot_data(const struct sim_nv *nv, const struct flash_operation *op,
                                   uint32_t slot)
{
    static const uint8_t selector[OBK_SLOT] = {0}; /* Its content is not known. [U] */
    return slot == FLASH_OBK_SELECTOR ? selector
                                      : nv->obk[op->sector ^ 1u] + (size_t)slot * OBK_SLOT;
}

bool flash_obk_write_slot(struct sim_nv *nv, const struct flash_operation *op, uint32_t slot)
{
    const bool selector = slot == FLASH_OBK_SELECTOR;
    memcpy(nv->obk[op->sector] + (size_t)slot * OBK_SLOT, flash_obk_slot_data(nv, op, slot),
           OBK_SLOT);
    nv->obk_cell[op->sector][slot] =
        selector ? (uint8_t)NV_CELL_PROGRAMMED : nv->obk_cell[op->sector ^ 1u][slot];
    nv->obk_current = selector ? op->sector : nv->obk_current;
    return !selector;
}

static void obk_swap(struct sim_nv *nv, const struct flash_operation *op)
{
    uint32_t slot = flash_obk_next_slot(nv, op, 0);
    while (flash_obk_write_slot(nv, op, slot)) {
        slot = flash_obk_next_slot(nv, op, slot + 1u);
    }
}

void flash_obk_finish(struct dev_flash *flash, const struct flash_operation *op)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    if (op->code == FLASH_OP_OBK_SWAP) {
        obk_swap(nv, op);
    } else {
        memset(nv->obk[op->sector], 0xFF, NV_OBK_BYTES);
        memset(nv->obk_cell[op->sector], NV_CELL_VIRGIN, sizeof(nv->obk_cell[op->sector]));
    }
    nv_touch(nv, NV_PART_OBK, 0, NV_OBK_BYTES);
}

/* The area on the bus: the bus has asked flash_obk_check() before. */

static void obk_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)dev;
    (void)kind;
}

static uint32_t obk_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct dev_flash *flash = obk_flash(dev);
    const struct sim_nv *nv = dev->chip->nv;
    const uint8_t sector = obk_sector(flash, flash_world(dev->chip, txn->attr));
    uint32_t value = 0;
    for (unsigned i = 0; i < txn->size; i++) {
        value |= (uint32_t)nv->obk[sector][txn->off + i] << (8u * i);
    }
    flash_ecc_report(flash, FLASH_OBK, txn->off,
                     (enum nv_cell)nv->obk_cell[sector][txn->off / OBK_SLOT], 0);
    return value;
}

static void obk_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct dev_flash *flash = obk_flash(dev);
    const enum flash_world world = flash_world(dev->chip, txn->attr);
    const uint8_t sector = obk_sector(flash, world);
    const unsigned lock = world == FLASH_S ? FLASH_LOCK_SECOBK : FLASH_LOCK_NSOBK;
    flash_operation_settle(flash);
    if (flash->lock[lock] != FLASH_UNLOCKED) { /* [U] */
        flash_error(flash, world, FLASH_SR_OBKERR, "a write to OBK at 0x%X while OBKCFGR is locked",
                    (unsigned)txn->off);
        return;
    }
    if (dev->chip->nv->obk_cell[sector][txn->off / OBK_SLOT] != NV_CELL_VIRGIN) {
        flash_error(flash, world, FLASH_SR_OBKWERR, "the OBK slot at 0x%X is not virgin",
                    (unsigned)(txn->off & ~(OBK_SLOT - 1u)));
        return;
    }
    flash_write_quad(flash, world, FLASH_OBK, sector, txn->off, txn->size, value);
}

static const struct sim_device_ops obk_ops = {
    .reset = obk_reset,
    .read = obk_read,
    .write = obk_write,
};

bool flash_is_obk(const struct sim_device *dev)
{
    return dev->ops == &obk_ops;
}

struct sim_device *obk_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct sim_device *dev = device_new(sizeof *dev);
    if (dev != NULL) {
        dev->ops = &obk_ops;
    }
    return dev;
}
