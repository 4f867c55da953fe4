/*
 * What MCUboot's format has names for, and a walk over the TLVs of a file.
 *
 * The boot stages' parser says whether an image is one; this says what it is made of, and which part
 * of a refused one the parser did not want. Nothing here decides anything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/status.h>

/** One TLV of a file. */
struct image_entry {
    bool is_protected;
    uint16_t type;
    uint16_t len; /**< Bytes of the value. */
    size_t off;   /**< Of the value, from the start of the file; all of it is in the file. */
};

/** A walk in progress, over a file that the caller keeps. */
struct image_walk {
    const uint8_t *data;
    size_t len;
    size_t at;
    size_t area_end;
    unsigned areas; /**< How many have been entered. */
    bool is_protected;
};

void image_walk_start(struct image_walk *walk, const uint8_t *data, size_t len);

/** The next TLV; false: there is no more, or what follows is no TLV. */
bool image_walk_next(struct image_walk *walk, struct image_entry *entry);

/** Names as MCUboot's image.h has them, in words: "key hash", "RAM load". NULL: none. */
const char *image_tlv_name(uint16_t type);
const char *image_flag_name(uint32_t flag);

#define IMAGE_REASON_BYTES 256u

/**
 * Says why the parser refused a file.
 * @param where   image.where after the refusal
 * @param status  what image_parse() answered
 */
void image_refusal(const uint8_t *data, size_t len, const char *where, enum garrison_status status,
                   char reason[IMAGE_REASON_BYTES]);

/** What stands behind an image: "erased", "a trailer of MCUboot" or "other data". */
const char *image_tail_name(const uint8_t *data, size_t len);

/**
 * The software type in a boot record as imgtool writes it (CBOR, the measurement left to the boot
 * loader). @return its length and place in the record; 0: it is of another form
 */
size_t image_record_type(const uint8_t *record, size_t len, const char **type);
