/* From a store to a write operation: the write buffer of quad-words, and half-words. */
#include "dev_flash.h"

#include <string.h>

#define FLASH_BUFFER_FULL 0xFFFFu

/**
 * What programming a unit a second time since its erase leaves, unless the data is the same: the
 * bits of both, as on an STM32H563, which raises no flag. That the ECC is of neither follows. [U]
 */
#define FLASH_TWICE_CELL NV_CELL_ECC_DOUBLE

bool flash_write_protected(const struct dev_flash *flash, uint32_t phys)
{
    const struct sim_nv *nv = flash->dev.chip->nv;
    const bool second = phys >= FLASH_BANK_BYTES;
    const uint32_t group = (phys % FLASH_BANK_BYTES) / (4u * NV_SECTOR_BYTES);
    return ((nv->option[second ? NV_OB_WRP2 : NV_OB_WRP1] >> group) & 1u) == 0;
}

static const char *flash_space_name(enum flash_space space)
{
    static const char *const names[] = {"flash", "high-cycle data", "OTP", "OBK"};
    return names[space];
}

/** PG, WRP: what stands before any data is taken. */
static bool flash_write_ready(struct dev_flash *flash, enum flash_world world,
                              enum flash_space space, uint32_t off)
{
    flash_operation_settle(flash);
    if ((flash->cr[world] & FLASH_CR_PG) == 0) {
        flash_error(flash, world, FLASH_SR_PGSERR, "a write to %s at offset 0x%X while %s is clear",
                    flash_space_name(space), (unsigned)off,
                    world == FLASH_S ? "SECCR.PG" : "NSCR.PG");
        return false;
    }
    const bool sector = space == FLASH_MAIN || space == FLASH_EDATA;
    if (sector && flash_write_protected(flash, off)) {
        const unsigned bank = off >= FLASH_BANK_BYTES ? 2u : 1u;
        const uint32_t number = (off % FLASH_BANK_BYTES) / NV_SECTOR_BYTES;
        flash_error(flash, world, FLASH_SR_WRPERR,
                    "sector %u of bank %u is write-protected (WRP%u group %u)", (unsigned)number,
                    bank, bank, (unsigned)number / 4u);
        return false;
    }
    return true;
}

static void flash_buffer_drop(struct dev_flash *flash)
{
    memset(&flash->buffer, 0, sizeof(flash->buffer));
}

static void flash_buffer_start(struct dev_flash *flash)
{
    const struct flash_buffer *buffer = &flash->buffer;
    struct flash_operation op = {
        .code = FLASH_OP_WRITE,
        .world = buffer->world,
        .space = buffer->space,
        .sector = buffer->sector,
        .off = buffer->off,
        .len = FLASH_QUAD,
    };
    memcpy(op.data, buffer->data, sizeof(op.data));
    flash_buffer_drop(flash);
    flash_operation_start(flash, &op);
}

void flash_write_quad(struct dev_flash *flash, enum flash_world world, enum flash_space space,
                      uint8_t sector, uint32_t off, unsigned size, uint32_t value)
{
    struct flash_buffer *buffer = &flash->buffer;
    const uint32_t quad = off & ~(FLASH_QUAD - 1u);
    const uint32_t first = off - quad;
    if (!flash_write_ready(flash, world, space, off)) {
        return;
    }
    const bool other = buffer->filled != 0 && (buffer->world != world || buffer->space != space ||
                                               buffer->sector != sector || buffer->off != quad);
    if (other || first + size > FLASH_QUAD) {
        flash_buffer_drop(flash);
        flash_error(flash, world, FLASH_SR_INCERR,
                    "a write to %s at offset 0x%X while another quad-word is being filled",
                    flash_space_name(space), (unsigned)off);
        return;
    }
    const uint16_t mask = (uint16_t)(((1u << size) - 1u) << first);
    if ((buffer->filled & mask) != 0) {
        flash_buffer_drop(flash);
        flash_error(flash, world, FLASH_SR_STRBERR,
                    "the byte of %s at offset 0x%X is twice in the write buffer",
                    flash_space_name(space), (unsigned)off);
        return;
    }
    if (buffer->filled == 0) {
        *buffer =
            (struct flash_buffer){.world = world, .space = space, .sector = sector, .off = quad};
        memset(buffer->data, 0xFF, sizeof(buffer->data));
    }
    for (unsigned i = 0; i < size; i++) {
        buffer->data[first + i] = (uint8_t)(value >> (8u * i));
    }
    buffer->filled = (uint16_t)(buffer->filled | mask);
    if (buffer->filled == FLASH_BUFFER_FULL) {
        flash_buffer_start(flash);
    }
}

void flash_write_force(struct dev_flash *flash, enum flash_world world)
{
    if (flash->buffer.filled != 0 && flash->buffer.world == world) {
        flash_operation_settle(flash);
        flash_buffer_start(flash);
    }
}

void flash_write_half(struct dev_flash *flash, enum flash_world world, enum flash_space space,
                      uint32_t off, unsigned size, uint32_t value)
{
    if (!flash_write_ready(flash, world, space, off)) {
        return;
    }
    if (size != 2u || (off & 1u) != 0) { /* Other sizes: which error is not known. [U] */
        flash_error(flash, world, FLASH_SR_INCERR,
                    "%s at offset 0x%X is written in half-words, not in %u bytes",
                    flash_space_name(space), (unsigned)off, size);
        return;
    }
    const struct flash_operation op = {
        .code = FLASH_OP_WRITE,
        .world = world,
        .space = space,
        .off = off,
        .len = 2u,
        .data = {(uint8_t)value, (uint8_t)(value >> 8)},
    };
    flash_operation_start(flash, &op);
}

/** Programs one unit; true when it was virgin or already held the same. */
static bool flash_program(uint8_t *bytes, enum nv_cell *cell, const struct flash_operation *op)
{
    if (*cell == NV_CELL_VIRGIN) {
        memcpy(bytes, op->data, op->len);
        *cell = NV_CELL_PROGRAMMED;
        return true;
    }
    if (*cell == NV_CELL_PROGRAMMED && memcmp(bytes, op->data, op->len) == 0) {
        return true;
    }
    for (uint32_t i = 0; i < op->len; i++) {
        bytes[i] &= op->data[i];
    }
    *cell = FLASH_TWICE_CELL;
    return false;
}

void flash_write_finish(struct dev_flash *flash, const struct flash_operation *op)
{
    struct sim_chip *chip = flash->dev.chip;
    struct sim_nv *nv = chip->nv;
    enum nv_cell cell = NV_CELL_VIRGIN;
    bool good = true;
    switch (op->space) {
    case FLASH_MAIN:
        cell = (enum nv_cell)nv->flash_cell[op->off / FLASH_QUAD];
        good = flash_program(nv->flash + op->off, &cell, op);
        nv->flash_cell[op->off / FLASH_QUAD] = (uint8_t)cell;
        flash_changed(flash, op->off, op->len);
        break;
    case FLASH_EDATA:
        cell = flash_edata_cell(nv, op->off);
        good = flash_program(nv->flash + op->off, &cell, op);
        flash_edata_set_cell(nv, op->off, cell);
        flash_changed(flash, op->off & ~(NV_SECTOR_BYTES - 1u), NV_SECTOR_BYTES);
        break;
    case FLASH_OTP:
        cell = (enum nv_cell)nv->otp_cell[op->off / 2u];
        good = flash_program(nv->otp + op->off, &cell, op);
        nv->otp_cell[op->off / 2u] = (uint8_t)cell;
        nv_touch(nv, NV_PART_OTP, op->off, op->len);
        break;
    case FLASH_OBK: /* OBKWERR has refused what is not virgin. */
        cell = (enum nv_cell)nv->obk_cell[op->sector][op->off / FLASH_QUAD];
        good = flash_program(nv->obk[op->sector] + op->off, &cell, op);
        nv->obk_cell[op->sector][op->off / FLASH_QUAD] = (uint8_t)cell;
        nv_touch(nv, NV_PART_OBK, op->off, op->len);
        break;
    }
    if (!good) {
        chip_map_changed(chip); /* The quad-word is no longer direct. */
        chip_event(chip, SIM_EVENT_FLASH,
                   "%s at offset 0x%X was programmed twice since its last erase: ECC is lost",
                   flash_space_name(op->space), (unsigned)op->off);
    }
}
