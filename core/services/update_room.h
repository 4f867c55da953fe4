/*
 * The download slots, which may share flash, and what is left of each.
 *
 * A component that is not READY holds the start of its download slot, as far as its images need it:
 * the new one one sector behind the start, and when they are swapped the old one from the start, so
 * one sector more than the larger of both has. What is WRITING or FAILED holds as much as it was
 * given. Nothing is started where another one holds flash, so what is held never overlaps.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/journal.h"

/** A component, by its number in the journal. */
struct update_slot {
    bool there;         /**< It is a component of this device. */
    bool swapped;       /**< Old and new image are swapped; else the new one is copied. */
    bool encrypted;     /**< Images come encrypted only. */
    uint32_t off;       /**< Download slot, bytes from the start of the flash; whole sectors. */
    uint32_t size;      /**< Bytes; 0: never updated. */
    uint32_t image_max; /**< Bytes of the active slot. */
    uint32_t installed; /**< Bytes of the active image, at most; 0: there is none. */
};

struct update_room {
    struct update_slot slot[JOURNAL_COMPONENTS_MAX];
    const struct journal *journal;
    uint32_t sector; /**< Bytes. */
};

/** Bytes of its download slot, from the start, that a component holds; whole sectors. */
uint32_t update_room_held(const struct update_room *room, uint32_t index);

/** Bytes of an image that a component could stage, if it was started now; 0: none. */
uint32_t update_room_image_max(const struct update_room *room, uint32_t index);
