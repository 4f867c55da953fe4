/*
 * Writing an image into a download slot, block by block, so that it can be gone on with after a power
 * cut.
 *
 * A quad-word can be programmed once. One that holds what is to be written is passed over; one that
 * holds anything else, because a power cut has torn it or because the client changed its mind, needs
 * its sector erased: what is good of the sector is copied to the slot's first sector, the journal notes
 * that it is there, and the sector is erased and copied back. After a power cut that copying back is
 * begun anew. So a quad-word that was stored is never lost.
 */
#pragma once

#include <stdint.h>

#include <garrison/area.h>
#include <garrison/status.h>

#include "store/journal.h"

#define UPDATE_QUAD 16u

struct update_writer {
    /** The download slot alone; unit 16. The image starts in its second sector. */
    const struct flash_device *device;
    uint32_t limit; /**< Bytes that the image may have. */
    struct journal *journal;
    uint32_t index; /**< The component, WRITING. */
};

/** Erases what is not blank; whole sectors. GARRISON_ERROR_DEVICE: the flash fails. */
enum garrison_status update_write_blank(const struct flash_device *device, uint32_t off,
                                        uint32_t len) GARRISON_MUST_USE;

/** Ends what a power cut has left undone; before anything else is written. */
enum garrison_status update_write_resume(const struct update_writer *writer) GARRISON_MUST_USE;

/**
 * Stores a block and reads it back.
 * @param off   from the start of the image; a multiple of 16
 * @param data  `len` bytes, a multiple of 16, that end before `limit`
 * @return GARRISON_ERROR_DEVICE: the flash or the journal fails; the block may be there in part.
 */
enum garrison_status update_write_block(const struct update_writer *writer, uint32_t off,
                                        const uint8_t *data, uint32_t len) GARRISON_MUST_USE;

/** Bytes from the start of the image to the end of the last quad-word that is not erased. */
uint32_t update_write_end(const struct update_writer *writer);
