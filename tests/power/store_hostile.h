/*
 * Areas that somebody has tampered with, and what may be believed of them.
 *
 * The raw material are areas of real stores: the device's own one now and earlier, the same changes
 * in another device (another key), in another area of this one, and what another client has stored
 * here. An area to be judged is made of any of their quad-words. Whatever it is, the store must come
 * to an end, keep the flash's rules, and tell only values that this owner has once stored under this
 * uid on this device; with an anchor only the last of them.
 */
#pragma once

#include "power/store_world.h"

enum hostile_image {
    HOSTILE_NOW,
    HOSTILE_EARLIER,      /**< A few changes ago. */
    HOSTILE_MUCH_EARLIER, /**< A turn of the ring ago. */
    HOSTILE_OLD_FORMAT,   /**< The same changes in format 1. */
    HOSTILE_OTHER_DEVICE, /**< Other values, sealed with another key. */
    HOSTILE_OTHER_AREA,   /**< Other values, with the same key and another area_id. */
    HOSTILE_EMPTY,
    HOSTILE_IMAGES
};

#define HOSTILE_SECTORS 4u
#define HOSTILE_SECTOR  1024u
#define HOSTILE_BYTES   4096u /**< HOSTILE_SECTORS of them. */
#define HOSTILE_UNITS   (HOSTILE_BYTES / 16u)

/** Bytes and cells of an area. */
typedef uint8_t hostile_area[HOSTILE_BYTES + HOSTILE_UNITS];

/** Makes the raw material, with and without an anchor; once. NULL, or what went wrong. */
const char *hostile_open(void);

const uint8_t *hostile_image(bool anchor, enum hostile_image image);

/** Makes each cell of an area fit its bytes: what is all ones looks erased, and is not. */
void hostile_fit_cells(hostile_area area);

/**
 * Mounts an area, reads all of it, and uses it as a device does.
 * @param changed  may be NULL: whether something is missing or older than it was
 * @return NULL, or what is wrong
 */
const char *hostile_judge(bool anchor, const hostile_area area, bool *changed);
