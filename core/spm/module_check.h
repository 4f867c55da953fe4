/*
 * What a module's record must say, on its own and for the place where it stands. The manager and
 * `garrison module pack` run the same check.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/module.h>

/** Where a module stands, by the layout, and on which device. */
struct module_place {
    uint32_t text_addr; /**< Of the body, as the CPU sees it. */
    uint32_t text_size; /**< Bytes of the body; at least those of a record have been read. */
    uint32_t ram_addr;  /**< Its window. */
    uint32_t ram_size;
    const uint8_t *device_id; /**< 12 bytes; NULL: whichever device. */
    uint32_t devices;         /**< Devices that there are, a bit for each number. */
};

/** Why a module is refused. */
enum module_refusal {
    MODULE_GRANTED = 0,
    MODULE_NO_RECORD,
    MODULE_OTHER_VERSION,
    MODULE_UNUSED,
    MODULE_NAME,
    MODULE_PLACE,
    MODULE_TEXT,
    MODULE_RAM_PLACE,
    MODULE_RAM,
    MODULE_STACK,
    MODULE_ENTRY,
    MODULE_DATA,
    MODULE_TIME,
    MODULE_SERVICES,
    MODULE_SID,
    MODULE_CALLERS,
    MODULE_USES,
    MODULE_DEVICE,
    MODULE_INTERRUPT,
    MODULE_LICENCE_FORM,
    MODULE_LICENCE,
    MODULE_LEAVES,
    /* What the manager alone finds out. */
    MODULE_IMAGE,
    MODULE_SID_TAKEN,
    MODULE_USE_UNKNOWN,
    MODULE_USE_CLOSED,
    MODULE_CIRCLE,
    MODULE_DEPTH,
    MODULE_DEVICE_TAKEN,
    MODULE_DEVICES_APART,
    MODULE_REFUSALS,
};

/** Whether a name has 1 to 15 of the characters that a name may have, and zeros behind. */
bool module_name_is_sound(const char name[MODULE_NAME_BYTES]);

/** In words: "device not granted". Never NULL. */
const char *module_refusal_text(enum module_refusal refusal);

/** The first rule that a record breaks; it may hold anything. */
enum module_refusal module_check(const struct module_record *record,
                                 const struct module_place *place);

/**
 * Finds BXNS and BLXNS: with them a module runs code of the Non-secure side's with the rights which
 * that side has, and need not come back. Every halfword counts, the second ones of long instructions
 * and literals too, since a jump may begin there.
 * @param code  from an even address on
 * @return offset of the first one, or `len`
 */
uint32_t module_find_exit(const uint8_t *code, uint32_t len);
