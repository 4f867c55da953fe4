/*
 * Areas that somebody has tampered with, and what may be believed of them.
 *
 * The raw material are areas of real stores: the device's own one now and earlier, the same changes
 * in another device (another key), in another area of this one, and what another client has stored
 * here. An area to be judged is made of any of their quad-words. Whatever it is, the store must come
 * to an end, keep the flash's rules, and tell only values that this owner has once stored under this
 * uid on this device; with an anchor only the last of them.
 *
 * With the anchor in a counter, as on the device, the counter's area is tampered with as well. A
 * counter then is what it once was. While one of the two areas is untouched, only the last values
 * may be told; with neither, all values must be those of one moment.
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

/** What says which state is the newest; the values index world_anchoring's worlds. */
#define HOSTILE_WORLDS 3u

#define HOSTILE_SECTORS 4u
#define HOSTILE_SECTOR  1024u
#define HOSTILE_BYTES   4096u /**< HOSTILE_SECTORS of them. */
#define HOSTILE_UNITS   (HOSTILE_BYTES / 16u)

#define HOSTILE_COUNTER_SECTOR 512u
#define HOSTILE_COUNTER_BYTES  1024u /**< Two of them. */
#define HOSTILE_COUNTER_UNITS  (HOSTILE_COUNTER_BYTES / 16u)

/** Bytes and cells of an area. */
typedef uint8_t hostile_area[HOSTILE_BYTES + HOSTILE_UNITS];
typedef uint8_t hostile_counters[HOSTILE_COUNTER_BYTES + HOSTILE_COUNTER_UNITS];

/** Makes the raw material of all worlds; once. NULL, or what went wrong. */
const char *hostile_open(void);

const uint8_t *hostile_image(enum world_anchoring world, enum hostile_image image);

/** The counters at the same moment, of WORLD_COUNTED. */
const uint8_t *hostile_counters_image(enum hostile_image image);

/** Makes each cell fit its bytes, which it stands behind: what is all ones looks erased, and is not. */
void hostile_fit_cells(uint8_t *bytes, uint32_t units);

/**
 * Mounts an area, reads all of it, and uses it as a device does.
 * @param counters  NULL: as they are at HOSTILE_NOW
 * @param changed   may be NULL: whether something is missing or older than it was
 * @return NULL, or what is wrong
 */
const char *hostile_judge(enum world_anchoring world, const hostile_area area,
                          const uint8_t *counters, bool *changed);
