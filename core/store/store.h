/*
 * Keyed objects that survive power cuts, in a log over a few sectors of flash.
 *
 * The area is a ring of sectors written from one end to the other; a sector is erased when it is
 * opened and never otherwise, so each is erased as often as any other. A record is written once
 * and never changed: an object is what its newest record says, and the record that is written last
 * (its head) is the moment at which an object changes. When only one free sector is left, the
 * oldest one's living records are copied behind the newest, and nothing of the oldest is needed any
 * more. Mounting reads everything and believes what is authentic; it writes only to a new area.
 * docs/SPEC.md, "Storage area", has every byte.
 *
 * After a power cut at any moment, also while mounting, every object has its old value or, of the
 * one being written, its old or its new one. Without an anchor, a quad-word of the area that goes bad
 * later costs at most the object it belongs to, which then reads as GARRISON_ERROR_DIGEST (once the
 * damaged sector has been reused, after the next mount, as GARRISON_ERROR_BLANK) and never as an
 * older value of itself; only the last record of the log cannot be told from a write that was cut
 * short. While mounted it may not be known which object a damaged record belonged to: then any object
 * that is not found reads as GARRISON_ERROR_DIGEST, until the next mount.
 * Whoever can write to the area can make objects disappear, and can put back an older image of the
 * whole area: that is what an anchor is for. With one, a living record that has gone bad makes the
 * next mount refuse the area as a whole, unless its loss has been noticed while mounted and a change
 * was made after that: such a change goes on without it, and the next mount finds the object new, or
 * GARRISON_ERROR_BLANK. An area that is refused can only be made new, with store_format(), which takes
 * all objects: provisioning has to, or a regression. Nothing calls it yet.
 *
 * Nothing here knows what a client or a permission is: owners are numbers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/flash.h>
#include <garrison/status.h>

#include "store/protection.h"

#define STORE_FORMAT_OLDEST  1u /**< Oldest format that is read. */
#define STORE_FORMAT_CURRENT 2u /**< What is written unless the configuration says otherwise. */

#define STORE_SECTORS_MIN 2u
#define STORE_SECTORS_MAX 64u

/** Data of an object in one record, at most; below 4096 bytes an eighth of the sector. */
#define STORE_CHUNK_BYTES 512u

/** Words of `live` for an area of that many bytes: a bit for each quad-word. */
#define STORE_LIVE_WORDS(bytes) ((bytes) / 16u / 32u)

/** Names an object. */
struct store_key {
    int32_t owner;
    uint64_t uid;
};

/** What an object is, without its data. */
struct store_info {
    uint32_t size;     /**< Bytes of data. */
    uint32_t capacity; /**< Bytes that store_write() may fill; `size` unless it was reserved. */
    uint32_t flags;    /**< The caller's own, 16 bits; STORE_WRITE_ONCE is the store's too. */
};

/**
 * The object can never be changed or removed: not even when it is damaged, as long as the header of
 * its head is sound, it is not the log's last record, and its sector has not been reused.
 */
#define STORE_WRITE_ONCE 1u

/**
 * Something outside the area that says which state of it is the newest. The store calls `confirm`
 * as the last step of every change, with a number higher than the last and a tag that only this
 * state has; mounting compares them.
 */
struct store_anchor {
    void *context;
    /** Reads the last confirmed number, and whether it was confirmed with this tag. */
    enum garrison_status (*check)(void *context, uint32_t *number,
                                  const uint8_t tag[STORE_TAG_BYTES],
                                  bool *matches) GARRISON_MUST_USE;
    /** Confirms; atomic: after a power cut the old or the new number and tag are there. */
    enum garrison_status (*confirm)(void *context, uint32_t number,
                                    const uint8_t tag[STORE_TAG_BYTES]) GARRISON_MUST_USE;
};

/** What a store is made of; const, in flash. */
struct store_config {
    const struct flash_device *device; /**< The area alone: STORE_SECTORS_MIN to _MAX sectors, each
                                            a multiple of 512 bytes, unit 16. */
    const struct store_protection *protection;
    const struct store_anchor *anchor; /**< NULL: an older image of the area is not noticed. */
    uint32_t *live;                    /**< STORE_LIVE_WORDS(device->size) words. */
    uint32_t write_format; /**< 0: STORE_FORMAT_CURRENT. A manager on trial writes what the one it
                                replaces can read, until it is accepted; see store_upgrade(). */
    uint32_t area_id;      /**< Bound into every record: one area is no other's. */
};

/** Why something of the area was not believed. */
enum store_drop {
    STORE_DROP_UNFINISHED = 0, /**< Cut short while being written; nothing is lost. */
    STORE_DROP_UNREADABLE,     /**< A quad-word that is neither blank nor a record, in mid-log. */
    STORE_DROP_NOT_AUTHENTIC,  /**< A record whose tag is wrong: damage, or not written here. */
    STORE_DROP_ORPHAN,         /**< Data of an object whose head was never written. */
    STORE_DROP_SECTOR,         /**< A sector header that is not authentic. */
    STORE_DROP_KINDS
};

/** What mounting found. */
struct store_report {
    bool formatted;                     /**< There was nothing: the area has been made new. */
    bool upgraded;                      /**< Sectors of an older format are still there. */
    uint32_t objects;                   /**< Objects there are. */
    uint32_t damaged;                   /**< Objects known to be lost to damage. */
    uint32_t dropped[STORE_DROP_KINDS]; /**< Records, quad-words or sectors, by reason. */
    uint32_t first_drop_off;            /**< Where the first that is not STORE_DROP_UNFINISHED or
                                             _ORPHAN stands; device->size if there is none. */
};

#define STORE_DAMAGED_MAX 8u

/** A mounted store. The caller owns the memory; all members are the store's. */
struct store {
    const struct store_config *config;
    uint32_t sequence;   /**< Of the sector that is written to; modulo the number of sectors it
                               says which that is. */
    uint32_t tail;       /**< Sequence of the oldest sector that is needed. */
    uint32_t end;        /**< Offset in the sector written to at which the next record goes. */
    uint32_t version;    /**< Highest number that a change has had, finished or not. */
    uint32_t committed;  /**< Number of the last finished change, 0 before the first. */
    uint32_t commit_off; /**< Where the record stands that finished it. */
    bool commit_bare;    /**< That is no object, but has to be kept like one. */
    bool unconfirmed;    /**< The anchor has not been told of it. */
    uint8_t format;      /**< Of the sector that is written to. */
    uint16_t serial;     /**< Of the next record. */
    uint32_t link;       /**< Names what the record before it commits. */
    uint32_t live_bytes; /**< Of all living records of objects. */
    uint32_t keep_free;  /**< store_keep_free(). */
    uint64_t bad;        /**< A bit for each sector that cannot be erased or programmed. */
    uint32_t damaged[STORE_DAMAGED_MAX]; /**< Names of damaged objects. */
    uint32_t damaged_count; /**< More than the maximum: any absent object may be a damaged one. */
    uint8_t state[STORE_TAG_BYTES];          /**< Sum over all living records; with an anchor. */
    uint8_t buffer[STORE_CHUNK_BYTES + 96u]; /**< The record being read or written. */
};

/**
 * Mounts an area; one that holds no sector header at all is made new.
 * @param report  may be NULL
 * @return GARRISON_ERROR_ARGUMENT: the configuration breaks a rule above;
 *         GARRISON_ERROR_UNSUPPORTED: written by a newer format, nothing is changed;
 *         GARRISON_ERROR_STALE: the anchor has confirmed a newer state than this one;
 *         GARRISON_ERROR_DIGEST: records are missing from the state that the anchor confirmed;
 *         GARRISON_ERROR_DEVICE: the flash fails.
 *         Unless it is GARRISON_OK the store is not mounted, and the area has not been changed.
 */
enum garrison_status store_mount(struct store *store, const struct store_config *config,
                                 struct store_report *report) GARRISON_MUST_USE;

/**
 * Makes the area new: every object is gone. With an anchor the numbers go on. After a power cut all
 * objects are there or none; with an anchor, and if none, it has to be done again. An area that
 * cannot be mounted is erased first.
 */
enum garrison_status store_format(struct store *store,
                                  const struct store_config *config) GARRISON_MUST_USE;

/** Rewrites every sector of an older format in the one that is configured. */
enum garrison_status store_upgrade(struct store *store) GARRISON_MUST_USE;

/*
 * Errors of all below: GARRISON_ERROR_BLANK: no such object; GARRISON_ERROR_DIGEST: it is damaged;
 * GARRISON_ERROR_POLICY: it is STORE_WRITE_ONCE; GARRISON_ERROR_FULL: no room, and nothing has
 * changed; GARRISON_ERROR_DEVICE: the flash fails; GARRISON_ERROR_ARGUMENT: a range.
 */

/** Tells what an object is. */
enum garrison_status store_info(struct store *store, struct store_key key,
                                struct store_info *info) GARRISON_MUST_USE;

/** Reads `len` bytes from `off` of an object; the range must lie within its size. */
enum garrison_status store_read(struct store *store, struct store_key key, uint32_t off,
                                uint8_t *data, uint32_t len) GARRISON_MUST_USE;

/**
 * Gives the next bytes of an object that is being written, exactly `len`.
 * Anything but GARRISON_OK ends the write, which then has not happened, with that status.
 */
typedef enum garrison_status store_source_fn(void *context, uint8_t *data, uint32_t len);

/**
 * Makes an object or replaces it whole.
 * @param info    its size, capacity (at least the size) and flags
 * @param source  asked for `info->size` bytes in order, in portions of at most STORE_CHUNK_BYTES;
 *                before the first, room for the whole capacity has been found
 */
enum garrison_status store_set(struct store *store, struct store_key key,
                               const struct store_info *info, store_source_fn *source,
                               void *context) GARRISON_MUST_USE;

/**
 * Writes part of an object: `off` at most its size, `off + len` at most its capacity. The rest is
 * kept; it changes as a whole.
 */
enum garrison_status store_write(struct store *store, struct store_key key, uint32_t off,
                                 uint32_t len, store_source_fn *source,
                                 void *context) GARRISON_MUST_USE;

/** Bytes of flash that an object of that size takes. */
uint32_t store_object_bytes(const struct store *store, uint32_t size);

/**
 * From now on store_set() and store_write() answer GARRISON_ERROR_FULL unless so many bytes are left
 * beside what they write; 0 after mounting. Who has promised room to an object keeps it free so.
 */
void store_keep_free(struct store *store, uint32_t bytes);

/** Removes an object; a damaged one too. */
enum garrison_status store_remove(struct store *store, struct store_key key) GARRISON_MUST_USE;

/** Called for each object; false ends it. The store must not be changed meanwhile. */
typedef bool store_visit_fn(void *context, struct store_key key, const struct store_info *info);

/** Visits all objects, in no order. */
enum garrison_status store_each(struct store *store, store_visit_fn *visit,
                                void *context) GARRISON_MUST_USE;
