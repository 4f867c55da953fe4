/*
 * Makes signed images, right or wrong in any field.
 */
#pragma once

#include <stdbool.h>

#include <garrison/image.h>
#include <garrison/keys.h>
#include <garrison/layout.h>

#include "base/view.h"

#define IMAGE_MAKER_BYTES 8192u

/** What is wanted. image_recipe() gives one that is right; tests change what they are about. */
struct image_recipe {
    struct image_header header; /**< protected_tlv_size and body_size are filled in if zero. */
    uint8_t owner;              /**< Whose key signs: test_private_key(owner). */
    uint8_t body[2048];
    uint32_t body_len;
    uint8_t protected_entries[256]; /**< Protected TLVs without their area's head. */
    uint32_t protected_len;
    uint8_t extra_entries[256]; /**< Unprotected TLVs before the usual ones. */
    uint32_t extra_len;
    bool no_sha256;
    bool no_keyhash;
    bool no_ecdsa;
};

struct made_image {
    uint8_t bytes[IMAGE_MAKER_BYTES];
    uint32_t len;
    uint32_t signed_len;
    uint32_t signature_off; /**< Of the DER signature. */
    uint32_t signature_len;
};

/** The test owners' keys: P-256, fixed. */
void test_private_key(uint8_t owner, uint8_t key[32]);
void test_public_key(uint8_t owner, uint8_t point[64]);

/** A small image that stands at `addr` with its vector table behind `header_size` bytes. */
void image_recipe(struct image_recipe *recipe, uint32_t addr, uint16_t header_size, uint32_t stack);

/** Appends a TLV. */
void recipe_add_protected(struct image_recipe *recipe, uint16_t type, const void *data,
                          uint16_t len);
void recipe_add_extra(struct image_recipe *recipe, uint16_t type, const void *data, uint16_t len);

void image_make(const struct image_recipe *recipe, struct made_image *image);

/** DER of r || s, 32 bytes each. @return bytes, at most 72 */
uint32_t test_der_encode(const uint8_t raw[64], uint8_t der[72]);

/** A key record with keys for `count` roles: roles[i] belongs to owners[i]. */
void test_key_record(struct key_record *record, const uint32_t *roles, const uint8_t *owners,
                     uint16_t count);

/** Makes a layout record's digest right. */
void test_layout_seal(struct layout_record *record);

/** Makes the record's digest right again. */
void test_key_record_seal(struct key_record *record);
