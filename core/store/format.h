/*
 * What the storage area's bytes mean: sector headers and records, and how they are made authentic.
 * docs/SPEC.md, "Storage area".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define FORMAT_QUAD           16u
#define FORMAT_SECTOR_BYTES   32u /* Of a sector's header. */
#define FORMAT_HEADER_BYTES   32u /* Of a record's header. */
#define FORMAT_BARE_BYTES     48u /* Of a record without a body: header and tag. */
#define FORMAT_COMMIT_BYTES   20u /* At the start of a body with RECORD_ANCHORED. */
#define FORMAT_INFO_BYTES     12u /* Of a head's body, before its data. */
#define FORMAT_FIRST_SERIAL   1u  /* 0 is in records of format 1, which are not numbered. */
#define FORMAT_NUMBERED_SINCE 2u  /* The first format with serial numbers and links. */

enum record_kind {
    RECORD_HEAD = 1,  /* An object; its data, unless they are in chunks. Commits the change. */
    RECORD_CHUNK,     /* Part of an object's data. */
    RECORD_TOMBSTONE, /* An object has been removed. Commits the change. */
    RECORD_MARK       /* Sectors before the one whose sequence is `uid` are not needed any more.
                         With index 1 that is a change of its own: everything was removed. */
};

#define RECORD_ANCHORED 1u /* Flag: the body begins with the number before, and the state. */
#define RECORD_COPY     2u /* Flag, not under the tag: copied while a sector was reclaimed. */
#define RECORD_ONCE     4u /* Flag, of heads: the object is STORE_WRITE_ONCE. */
#define RECORD_FLAGS    7u /* All there are. */

/** A record's header, and where it stands. */
struct record {
    uint32_t off;    /**< In the device. */
    uint8_t kind;    /**< enum record_kind */
    uint8_t flags;   /**< RECORD_... */
    uint16_t index;  /**< Of a chunk, from 1; of a head: how many chunks there are. */
    uint16_t len;    /**< Bytes of the body. */
    uint16_t serial; /**< Number in the log, 1 to 0xFFFF, then 1 again; 0: not numbered. */
    uint32_t version;
    uint32_t link; /**< Name of the key that the record before commits; 0: it commits none. */
    struct store_key key;
};

struct sector_header {
    uint8_t format;
    uint8_t tail;    /**< How many sequence numbers before its own the oldest needed one is. */
    uint16_t serial; /**< Of the next record. */
    uint32_t sequence;
    uint32_t link; /**< As the next record's. */
};

/** Bytes of data in one record: less in small sectors, so that less is lost at their ends. */
uint32_t format_chunk_bytes(const struct store_config *config);

/** Bytes of flash that a record with a body of that many bytes takes. */
uint32_t format_record_bytes(uint32_t len);

/** Bytes of the longest body. */
uint32_t format_body_max(const struct store_config *config);

/** Whether the record is the last step of a change. */
bool format_commits(const struct record *record);

uint16_t format_next_serial(uint16_t serial);

/** Makes a record's header, for its place. */
void format_put_record(const struct store_config *config, uint32_t sequence,
                       const struct record *record, uint8_t raw[FORMAT_HEADER_BYTES]);

/** Takes a header apart; false if it cannot be one. Says nothing of its authenticity. */
bool format_get_record(const struct store_config *config, const uint8_t raw[FORMAT_HEADER_BYTES],
                       struct record *record);

/** Whether the header was made here, for this place in the sector with that sequence. */
bool format_check_record(const struct store_config *config, uint32_t sequence, uint32_t off,
                         const uint8_t raw[FORMAT_HEADER_BYTES]);

/** Encrypts the body of the record in `raw` (header, body, tag) and makes padding and tag. */
void format_seal(const struct store_config *config, const struct record *record, uint8_t *raw);

/** Decrypts the body of the record in `raw`; GARRISON_ERROR_DIGEST: not authentic. */
enum garrison_status format_open(const struct store_config *config, const struct record *record,
                                 uint8_t *raw) GARRISON_MUST_USE;

void format_put_sector(const struct store_config *config, const struct sector_header *header,
                       uint8_t raw[FORMAT_SECTOR_BYTES]);

/** Takes a sector's header apart; false if it is not authentic. */
bool format_get_sector(const struct store_config *config, const uint8_t raw[FORMAT_SECTOR_BYTES],
                       struct sector_header *header);

/** Whether the bytes look like a sector's header, authentic or not. */
bool format_like_sector(const uint8_t raw[FORMAT_SECTOR_BYTES]);

/** Keyed name of a key, never 0: tells which object a lost record belonged to. */
uint32_t format_name(const struct store_config *config, const struct store_key *key);

/** Adds a record to the state, or takes it away again: both are the same. */
void format_toggle_state(const struct store_config *config, const uint8_t tag[STORE_TAG_BYTES],
                         uint8_t state[STORE_TAG_BYTES]);
