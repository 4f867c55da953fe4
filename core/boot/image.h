/*
 * Reading an image out of a slot.
 *
 * Nothing in a slot is trusted: every size and offset is checked against what contains it before it
 * is used, and nothing outside the slot is read. What this version requires of an image:
 *
 * - the header's magic, a body of at least one byte, `pad` zero, no flag but IMAGE_FLAGS_KNOWN;
 * - areas that join without a gap (header, body, protected TLVs, unprotected TLVs) and lie in the
 *   slot; in each TLV area the entries fill exactly the size in its head;
 * - exactly one SHA256, one KEYHASH and one ECDSA, all unprotected;
 * - with one of the flags that say encrypted, and never with both, exactly one ECIES, unprotected, of
 *   that key's size; without, none;
 * - at most one COUNTER and IMAGE_DEPENDENCIES_MAX DEPENDENCY, protected: one that is not signed is
 *   refused;
 * - a protected type that is not known is a demand that cannot be met, and refused; except boot
 *   records (0x60) and the range left to vendors (low byte 0xA0 and up), which only inform;
 * - no other unprotected type: it would not be signed, and a byte of it could change unnoticed. (The
 *   one thing in an image that can be rewritten is ECDSA's own: r, s and r, -s are both signatures.)
 *
 * Bytes behind the unprotected area are not part of the image and never looked at.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/flash.h>
#include <garrison/image.h>

/** Longest DER encoding of an ECDSA-P256 signature: two integers of 33 bytes. */
#define IMAGE_SIGNATURE_BYTES_MAX 72u

/** Longest value of an ECIES TLV: for AES-256. */
#define IMAGE_WRAPPED_BYTES_MAX 129u

#define IMAGE_DEPENDENCIES_MAX 4u

/** Where to look for an image. */
struct image_slot {
    const struct flash_device *flash;
    uint32_t off;  /**< Bytes from the start of the device. */
    uint32_t size; /**< Bytes. */
};

/** What the areas of an image say. Offsets count from the start of the slot. */
struct image {
    struct image_slot slot;
    struct image_header header;
    uint32_t signed_size; /**< Bytes under digest and signature: header, body, protected TLVs. */
    uint32_t total_size;  /**< Bytes of the whole image. */
    uint32_t found;       /**< IMAGE_FOUND_*: which TLVs there are. */
    uint32_t counter;     /**< Security counter; 0 if there is none. */
    uint8_t digest[32];
    uint8_t keyhash[32];
    uint8_t signature[IMAGE_SIGNATURE_BYTES_MAX]; /**< DER. */
    uint32_t signature_len;
    uint8_t wrapped[IMAGE_WRAPPED_BYTES_MAX]; /**< Value of the ECIES TLV. */
    uint32_t wrapped_len;                     /**< 0: not encrypted. */
    struct image_dependency dependency[IMAGE_DEPENDENCIES_MAX];
    uint32_t dependencies;
    const char *where; /**< After a refusal: the part that was being read, in words. */
};

#define IMAGE_FOUND_SHA256  1u
#define IMAGE_FOUND_ECDSA   2u
#define IMAGE_FOUND_KEYHASH 4u
#define IMAGE_FOUND_COUNTER 8u
#define IMAGE_FOUND_ECIES   16u

/**
 * Reads header and TLVs; says nothing about digest and signature.
 * @return GARRISON_ERROR_ARGUMENT: the slot leaves the device;
 *         GARRISON_ERROR_BLANK: the slot starts with erased flash;
 *         GARRISON_ERROR_FORMAT: not as above; GARRISON_ERROR_BOUNDS: an area or entry leaves its
 *         container; GARRISON_ERROR_UNSUPPORTED: a flag or TLV that is not known;
 *         GARRISON_ERROR_DEVICE: a read failed.
 */
enum garrison_status image_parse(const struct image_slot *slot,
                                 struct image *image) GARRISON_MUST_USE;

/** Reads bytes of a parsed image. @param off  from the start of the image */
enum garrison_status image_read(const struct image *image, uint32_t off, uint8_t *data,
                                uint32_t len) GARRISON_MUST_USE;
