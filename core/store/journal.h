/*
 * The update journal: which component is in which state of an update, and how far the one operation
 * under way has come. Boot stages and the update service share it; docs/SPEC.md, "Update journal".
 *
 * Sixteen-byte records with a CRC, appended in a ring of sectors; the newest of its kind counts. A
 * sector that is full is followed by one that begins with a copy of all that counts, whose header is
 * written last. After a power cut each call has happened or not, and nothing else has changed.
 *
 * The journal decides about nothing that is not decided by a signature as well: whoever could write
 * to it could make a device forget an update, not run an image that its owner did not sign.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/flash.h>
#include <garrison/status.h>

#define JOURNAL_COMPONENTS_MAX 11u

/** As PSA Firmware Update 1.0.1, section 4.2, numbers them. */
enum journal_state {
    JOURNAL_READY = 0,
    JOURNAL_WRITING = 1,
    JOURNAL_CANDIDATE = 2,
    JOURNAL_STAGED = 3,
    JOURNAL_FAILED = 4,
    JOURNAL_TRIAL = 5,
    JOURNAL_REJECTED = 6,
    JOURNAL_UPDATED = 7,
};

struct journal_component {
    uint8_t state;    /**< enum journal_state. */
    uint8_t reason;   /**< Of JOURNAL_FAILED: garrison_status_index(). */
    uint32_t size;    /**< Of CANDIDATE and later: bytes of the staged image; of WRITING: most that
                           it may have; of REJECTED, and FAILED for that: what the client gave. */
    uint16_t sectors; /**< Sectors that are swapped, from STAGED on; of WRITING: the sector that
                           the update service is mending, from 1. */
    uint16_t sealed;  /**< Low half of the number of the operation that has sealed what came out of
                           the active slot. */
};

enum journal_kind {
    JOURNAL_NOTHING = 0, /**< No operation is under way. */
    JOURNAL_INSTALL = 1,
    JOURNAL_REVERT = 2,
};

/** The operation under way. */
struct journal_operation {
    uint8_t kind;    /**< enum journal_kind. */
    uint16_t set;    /**< A bit for each component that it is about. */
    uint32_t number; /**< One higher than the last one's. */
    uint32_t steps;  /**< Steps that are done. */
};

/** An open journal. The caller owns the memory; all members are the journal's. */
struct journal {
    const struct flash_device *device;
    struct journal_component component[JOURNAL_COMPONENTS_MAX];
    struct journal_operation operation;
    uint32_t sequence; /**< Of the sector that is written to. */
    uint32_t sector;
    uint32_t end; /**< Offset in it of the next record. */
};

/**
 * Reads the journal; a device without any is as if all components were READY, and nothing is
 * written before there is something to tell.
 * @param device  the area alone: 2 to 8 sectors, unit 16
 * @return GARRISON_ERROR_ARGUMENT: the device; GARRISON_ERROR_UNSUPPORTED: a newer format;
 *         GARRISON_ERROR_DEVICE: the flash fails.
 */
enum garrison_status journal_open(struct journal *journal,
                                  const struct flash_device *device) GARRISON_MUST_USE;

/*
 * Each of these is on the flash when it has returned GARRISON_OK, and read back.
 * GARRISON_ERROR_DEVICE: the flash fails; GARRISON_ERROR_ARGUMENT: no such component or state.
 */

/** Puts a component into a state. */
enum garrison_status journal_set(struct journal *journal, unsigned index,
                                 const struct journal_component *component) GARRISON_MUST_USE;

/**
 * Begins an operation, or ends it with JOURNAL_NOTHING, and puts every component of its set into
 * `state`, all at once.
 */
enum garrison_status journal_begin(struct journal *journal, enum journal_kind kind, uint16_t set,
                                   enum journal_state state, uint8_t reason) GARRISON_MUST_USE;

/** Notes that the next step of the operation is done. */
enum garrison_status journal_step(struct journal *journal) GARRISON_MUST_USE;
