/*
 * The keys store: the option-byte keys (OBK), of which only the slots of the present level read.
 */
#include <garrison/port.h>

#include "base/secret.h"
#include "image.h"
#include "layout.h"
#include "regs.h"

#define SLOT        16u
#define UPDATES_MAX 8u

/** Slots of one level, in bytes from the start of the store (RM0481, "OBK"). */
struct keys_area {
    uint32_t first;
    uint32_t behind;
};

static const struct keys_area areas[] = {
    [0] = {0x0000, 0x0100},
    [1] = {0x0100, 0x0900},
    [2] = {0x0900, 0x0C00},
    [3] = {0x0C00, 0x1800}, /* the Secure part */
};

/** The slots of the present level; NULL: there is no such level. */
static const struct keys_area *keys_area(void)
{
    const unsigned level = port_hdpl();
    return level < sizeof(areas) / sizeof(areas[0]) ? &areas[level] : NULL;
}

static bool keys_area_has(const struct keys_area *area, uint32_t off, uint32_t len)
{
    return off >= area->first && off <= area->behind && len <= area->behind - off;
}

enum garrison_status port_keys_read(uint32_t off, uint8_t *data, uint32_t len)
{
    const struct keys_area *area = keys_area();
    if (area == NULL || !keys_area_has(area, off, len)) {
        return GARRISON_ERROR_DEVICE;
    }
    flash_clear_ecc_error();
    mapped_read(LAYOUT_OBK_S + off, data, len);
    return flash_ecc_failed() ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

/*
 * Writing (RM0481, "OBK"): the store is two sectors of which one is current. New slots go into the
 * other one, erased before; the hardware's swap copies to it the slots that have none there and
 * makes it the current one. Whatever is cut short before that leaves the current one as it was.
 */

static bool keys_overlap(const struct port_keys_update *a, const struct port_keys_update *b)
{
    return a->off < b->off + b->len && b->off < a->off + a->len;
}

static bool keys_updates_fit(const struct port_keys_update *updates, uint32_t count)
{
    const struct keys_area *area = keys_area();
    if (area == NULL || count > UPDATES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (updates[i].off % SLOT != 0 || updates[i].len % SLOT != 0 ||
            !keys_area_has(area, updates[i].off, updates[i].len)) {
            return false;
        }
        for (uint32_t k = 0; k < i; k++) {
            if (keys_overlap(&updates[i], &updates[k])) {
                return false;
            }
        }
    }
    return true;
}

/** Whether the selected sector reads as all updates say. */
static bool keys_updates_stand(const struct port_keys_update *updates, uint32_t count)
{
    uint8_t slot[SLOT];
    uint8_t differ = 0;
    flash_clear_ecc_error();
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t off = 0; off < updates[i].len; off += SLOT) {
            mapped_read(LAYOUT_OBK_S + updates[i].off + off, slot, SLOT);
            for (uint32_t k = 0; k < SLOT; k++) {
                differ |= (uint8_t)(slot[k] ^ updates[i].data[off + k]);
            }
            secret_wipe(slot, sizeof(slot));
        }
    }
    return !flash_ecc_failed() && differ == 0;
}

/** Opens OBKCFGR. A second pair of keys would close it until the next reset. */
static bool keys_configuration_open(void)
{
    if (reg_read(FLASH_SECOBKCFGR) & FLASH_OBKCFGR_LOCK) {
        reg_write(FLASH_SECOBKKEYR, FLASH_OBK_KEY_1);
        reg_write(FLASH_SECOBKKEYR, FLASH_OBK_KEY_2);
    }
    return !(reg_read(FLASH_SECOBKCFGR) & FLASH_OBKCFGR_LOCK);
}

/** Starts what the bits ask for and waits for its end. */
static enum garrison_status keys_configure(uint32_t bits)
{
    reg_write(FLASH_SECOBKCFGR, bits);
    reg_barrier();
    return flash_keys_wait();
}

/** Fills the alternate sector with the new slots, and nothing else. It stays selected. */
static enum garrison_status keys_stage(const struct port_keys_update *updates, uint32_t count)
{
    enum garrison_status status = keys_configure(FLASH_OBKCFGR_ALT_SECT);
    if (status == GARRISON_OK) {
        status = keys_configure(FLASH_OBKCFGR_ALT_SECT | FLASH_OBKCFGR_ALT_SECT_ERASE);
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t off = 0; off < updates[i].len && status == GARRISON_OK; off += SLOT) {
            status = flash_keys_program(updates[i].off + off, updates[i].data + off);
        }
    }
    if (status == GARRISON_OK && !keys_updates_stand(updates, count)) {
        status = GARRISON_ERROR_DEVICE;
    }
    return status;
}

/** Makes the staged slots and the rest of the present ones the keys store. */
static enum garrison_status keys_swap(void)
{
    const uint32_t all = FLASH_OBKCFGR_SWAP_ALL << FLASH_OBKCFGR_SWAP_OFFSET_POS;
    const enum garrison_status status = keys_configure(all);
    return status == GARRISON_OK ? keys_configure(all | FLASH_OBKCFGR_SWAP_SECT_REQ) : status;
}

enum garrison_status port_keys_write(const struct port_keys_update *updates, uint32_t count)
{
    if (!keys_updates_fit(updates, count)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (count == 0) {
        return GARRISON_OK;
    }
    enum garrison_status status = flash_keys_open();
    if (status == GARRISON_OK && !keys_configuration_open()) {
        status = GARRISON_ERROR_DEVICE;
    }
    if (status == GARRISON_OK) {
        status = keys_stage(updates, count);
    }
    if (status == GARRISON_OK) {
        status = keys_swap();
    }
    /* The current sector, whichever it is now. */
    reg_write(FLASH_SECOBKCFGR, 0);
    if (status == GARRISON_OK && !keys_updates_stand(updates, count)) {
        status = GARRISON_ERROR_MISMATCH;
    }
    reg_write(FLASH_SECOBKCFGR, FLASH_OBKCFGR_LOCK);
    flash_keys_close();
    return status;
}
