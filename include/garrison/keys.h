/*
 * The key record: the public keys of all owners, which the boot stages verify images with.
 *
 * Provisioning writes one into the option-byte keys of HDPL1; the first stage checks it and hands it
 * on. All integers are little-endian.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>

#define KEY_RECORD_MAGIC    0x524B4147u /**< "GAKR" */
#define KEY_RECORD_VERSION  2u
#define KEY_RECORD_KEYS_MAX 11u    /**< uROT, manager, application, eight modules. */
#define KEY_RECORD_OFF      0x200u /**< From the start of the keys store. */

/** Where each level has the private key that images for it are encrypted to: 32 bytes, big-endian. */
#define IMAGE_KEY_OFF_HDPL1 0x7A0u
#define IMAGE_KEY_OFF_HDPL2 0x960u
#define IMAGE_KEY_BYTES     32u

struct key_record_entry {
    uint32_t role;     /**< enum image_role of the images this key signs. */
    uint8_t point[64]; /**< P-256 point, X then Y, big-endian each. */
};

struct key_record {
    uint8_t digest[32]; /**< SHA-256 of all bytes behind it, unused entries included. */
    uint32_t magic;     /**< KEY_RECORD_MAGIC. */
    uint16_t version;   /**< KEY_RECORD_VERSION. */
    uint16_t count;     /**< Entries in use; the rest are zero. */
    struct key_record_entry key[KEY_RECORD_KEYS_MAX];
    uint8_t reserved[28]; /**< Zero; makes the record whole quad-words. */
};

GARRISON_ASSERT(sizeof(struct key_record_entry) == 68, "entry is 68 bytes");
GARRISON_ASSERT(offsetof(struct key_record, key) == 40, "entries start at 40");
GARRISON_ASSERT(sizeof(struct key_record) == 816, "record is 816 bytes");
