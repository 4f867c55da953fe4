/*
 * Exchanging images: what stands in active slots against what was staged, sector by sector, so that
 * a power cut at any moment costs nothing.
 *
 * A new image is staged one sector behind the start of its download slot D; P is the active slot.
 * Forward, for i from 0: erase D[i] and copy P[i] there; erase P[i] and copy D[i + 1] there. In the
 * end P holds the new image and D, from its start, the old one. Back, for i from the last: erase
 * D[i + 1] and copy P[i] there; erase P[i] and copy D[i] there. Each of these steps reads only what
 * it does not write, so it can be repeated from any point of itself; the journal knows how many are
 * done. No sector is erased twice in one swap, and there is no scratch area to wear out.
 *
 * Nothing here decides whether an image is good: it is verified before and after.
 */
#pragma once

#include <stdint.h>

#include <garrison/flash.h>
#include <garrison/status.h>

#include "store/journal.h"

/** What is done to bytes on the way between the slots; its own inverse for the way back. */
struct swap_transform {
    void *context;
    /** @param off  of the bytes, from the start of the image; a multiple of 16 */
    void (*apply)(void *context, uint32_t off, uint8_t *data, uint32_t len);
};

/** One component. Both slots are whole sectors; D has one sector more than is swapped. */
struct swap_part {
    uint32_t active_off;   /**< P, from the start of the device. */
    uint32_t download_off; /**< D. */
    uint32_t sectors;      /**< That are swapped: as many as the larger of both images has. */
    const struct swap_transform *in;  /**< From D to P; NULL: bytes are copied as they are. */
    const struct swap_transform *out; /**< From P to D. */
};

struct swap {
    const struct flash_device *flash;
    struct journal *journal; /**< Its operation is this swap. */
    const struct swap_part *part;
    uint32_t count;
    uint8_t *buffer;      /**< To copy through; of the caller, who wipes it. */
    uint32_t buffer_size; /**< Bytes; a multiple of 16 that divides a sector. */
};

/** Steps of a swap in either direction. */
uint32_t swap_steps(const struct swap *swap);

/**
 * Does the steps that the journal does not have yet. A quad-word that cannot be read is left erased
 * at the other place: whoever verifies the image will tell.
 * @return GARRISON_ERROR_DEVICE: a sector cannot be erased or programmed, or the journal fails.
 */
enum garrison_status swap_forward(const struct swap *swap) GARRISON_MUST_USE;
enum garrison_status swap_back(const struct swap *swap) GARRISON_MUST_USE;

/**
 * Copies what is staged in the download slot of the one part over its active slot, through `in`. The download slot stays as it is, so that all of it can be repeated; the journal is
 * not used.
 */
enum garrison_status swap_overwrite(const struct swap *swap) GARRISON_MUST_USE;

/** The incoming image of a part, as the steps so far have left it, partly here and partly there. */
struct swap_view {
    struct flash_device device; /**< From the image's start, `sectors` long; it can only be read. */
    const struct swap *swap;
    uint32_t index;
};

/** Opens the view on a forward swap. What has come in already is read as it came out of `in`. */
void swap_view_open(struct swap_view *view, const struct swap *swap, uint32_t index);
