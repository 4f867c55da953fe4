/*
 * The key record: the owners' public keys that a boot stage verifies images with.
 *
 * One record stands in the option-byte keys of each level that verifies something, written by
 * provisioning, readable only at that level. All integers are little-endian.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>

#define KEY_RECORD_MAGIC    0x524B4147u /**< "GAKR" */
#define KEY_RECORD_VERSION  1u
#define KEY_RECORD_KEYS_MAX 10u

/** Where the records stand, in bytes from the start of the keys store. */
#define KEY_RECORD_OFF_HDPL1 0x200u
#define KEY_RECORD_OFF_HDPL2 0x900u

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
    uint8_t reserved[16]; /**< Zero; makes the record whole quad-words. */
};

GARRISON_ASSERT(sizeof(struct key_record_entry) == 68, "entry is 68 bytes");
GARRISON_ASSERT(offsetof(struct key_record, key) == 40, "entries start at 40");
GARRISON_ASSERT(sizeof(struct key_record) == 736, "record is 736 bytes");
