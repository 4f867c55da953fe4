/*
 * The ring of sectors as a log: what is living in it, and records appended to it.
 *
 * A sector is known by its sequence number; modulo the number of sectors that is its place. Sectors
 * from `tail` to `sequence` are in use, those behind are free up to `tail` of the next turn.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/format.h"
#include "store/store.h"

/** What no record but a mark may use at the end of a sector, so that reclaiming can always end. */
#define LOG_MARK_ROOM FORMAT_BARE_BYTES

uint32_t log_sectors(const struct store *store);

/** Offset in the device of the sector with that sequence. */
uint32_t log_sector_off(const struct store *store, uint32_t sequence);

/** Good sectors that are not in use. */
uint32_t log_free_sectors(const struct store *store);

/** Reads a record's header, which is not authenticated again; false: it cannot be one. */
bool log_read_header(const struct store *store, uint32_t off, struct record *record);

/** Reads a record's header; false: it is not the one that was written there. */
bool log_read_sound(const struct store *store, uint32_t off, struct record *record);

/** Reads a record into the buffer and decrypts its body; GARRISON_ERROR_DIGEST: it is damaged. */
enum garrison_status log_load(struct store *store, const struct record *record) GARRISON_MUST_USE;

/** Body of the record in the buffer. */
uint8_t *log_body(struct store *store);

/** Sequence of the sector in use that an offset of the device lies in. */
uint32_t log_sequence_at(const struct store *store, uint32_t off);

/** Makes a record living or dead. */
void log_set_live(struct store *store, const struct record *record, bool live);

/** Whether there is a living record at `*off` or behind, in the device; says where. */
bool log_next_live(const struct store *store, uint32_t *off);

/** The next living record of an object, tombstones and marks apart, from `record->off` on. */
bool log_next_of(const struct store *store, const struct store_key *key, struct record *record);

/** Finds a living record of that kind; `index` 0 for a head. */
bool log_find(const struct store *store, const struct store_key *key, enum record_kind kind,
              uint32_t version, uint32_t index, struct record *record);

/** Whether the change that writes `record` leaves another living record of its object without use. */
bool log_replaces(const struct record *record, const struct record *other);

/** Whether a record of that many bytes fits into the sector that is written to. */
bool log_fits(const struct store *store, uint32_t bytes, enum record_kind kind);

/**
 * Erases the next free sector and makes it the one that is written to. A sector that cannot be is
 * marked bad and the next one tried; GARRISON_ERROR_DEVICE: there is none.
 */
enum garrison_status log_open_sector(struct store *store) GARRISON_MUST_USE;

/**
 * Appends a record and reads it back. Body and tag are those of the record in `raw` or, if that is
 * NULL, of the one at `from` in flash. A place that cannot be programmed is passed over; after several the
 * sector is marked bad. Fills in where the record stands and its serial number.
 * @return GARRISON_ERROR_MISMATCH: there is no room for it in this sector (any more);
 *         GARRISON_ERROR_DIGEST: what is at `from` cannot be read
 */
enum garrison_status log_append(struct store *store, struct record *record, const uint8_t *raw,
                                uint32_t from) GARRISON_MUST_USE;

/** Notes the record at the end of the log as the one that finished the last change. */
void log_set_commit(struct store *store, const struct record *record);

/** Adds a record to the state, or takes it away. */
enum garrison_status log_toggle_state(const struct store *store, const struct record *record,
                                      uint8_t state[STORE_TAG_BYTES]) GARRISON_MUST_USE;

/**
 * Gives up a living record that has been damaged; its object is damaged from now on.
 * @param sound  whether its header is; if not, whose it was is not known
 */
void log_drop(struct store *store, struct record *record, bool sound);

/** Adds the name of a damaged object, or takes it away. */
void log_add_damage(struct store *store, uint32_t name);
void log_clear_damage(struct store *store, const struct store_key *key);
