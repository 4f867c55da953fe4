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

/** Reads a whole record into the buffer, header first, as it stands in flash. */
enum garrison_status log_read_raw(struct store *store,
                                  const struct record *record) GARRISON_MUST_USE;

/** The same, with its body decrypted; GARRISON_ERROR_DIGEST: it is damaged. */
enum garrison_status log_load(struct store *store, const struct record *record) GARRISON_MUST_USE;

/** Body of the record in the buffer. */
uint8_t *log_body(struct store *store);

/** Makes a record living or dead. */
void log_set_live(struct store *store, const struct record *record, bool live);

/** Whether there is a living record at `*off` or behind, in the device; says where. */
bool log_next_live(const struct store *store, uint32_t *off);

/** The next living record of an object, tombstones and marks apart, from `record->off` on. */
bool log_next_of(const struct store *store, struct store_key key, struct record *record);

/** Finds a living record of that kind; `index` 0 for a head. */
bool log_find(const struct store *store, struct store_key key, enum record_kind kind,
              uint32_t version, uint32_t index, struct record *record);

/** Whether a record of that many bytes fits into the sector that is written to. */
bool log_fits(const struct store *store, uint32_t bytes, enum record_kind kind);

/**
 * Erases the next free sector and makes it the one that is written to. A sector that cannot be is
 * marked bad and the next one tried; GARRISON_ERROR_DEVICE: there is none.
 */
enum garrison_status log_open_sector(struct store *store) GARRISON_MUST_USE;

/**
 * Appends the record whose sealed body and tag are in the buffer, and reads it back. It must fit.
 * A place that cannot be programmed is passed over. Fills in the record's place and serial number.
 */
enum garrison_status log_append(struct store *store, struct record *record) GARRISON_MUST_USE;

/** Notes the record at the end of the log as the one that finished the last change. */
void log_set_commit(struct store *store, const struct record *record);

/** Adds a record to the state, or takes it away. */
enum garrison_status log_toggle_state(const struct store *store, const struct record *record,
                                      uint8_t state[STORE_TAG_BYTES]) GARRISON_MUST_USE;

/** Adds the name of a damaged object, or takes it away. */
void log_add_damage(struct store *store, uint32_t name);
void log_clear_damage(struct store *store, struct store_key key);
