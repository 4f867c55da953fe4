/*
 * Images in memory: built and signed, parsed and verified.
 *
 * Parsing and verifying are the boot stages' own code (core/boot), on a flash device that is a
 * buffer; so the command and the chip never disagree about an image.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/image.h>
#include <garrison/status.h>

#include "boot/image.h"
#include "keyfile.h"

/** Largest image that any slot of the part could hold. */
#define IMAGE_FILE_BYTES_MAX 0x200000u

/** What an image is built from. */
struct image_plan {
    const uint8_t *body;
    size_t body_len;
    uint32_t load_addr; /**< Used with IMAGE_FLAG_ROM_FIXED in `flags`; else 0. */
    uint32_t flags;
    uint16_t header_size; /**< Bytes before the body, at least IMAGE_HEADER_BYTES. */
    struct image_version version;
    bool has_counter;
    uint32_t counter;
    const char *record_type; /**< Software type in the boot record; NULL: there is no record. */
    struct image_dependency dependency[IMAGE_DEPENDENCIES_MAX];
    uint32_t dependencies;
    const struct key *encrypt_to; /**< With one of IMAGE_FLAGS_ENCRYPTED in `flags`; else NULL. */
    bool clear;                   /**< The body is left as it is; `image encrypt` does it later. */
};

/** Longest software type, as in imgtool. */
#define IMAGE_RECORD_TYPE_MAX 12u

/**
 * Builds and signs an image. One to be encrypted is filled up with zeros to a multiple of 16 bytes, as
 * imgtool does.
 * @param out  on the heap, to be freed with free()
 * @return exit status, having said why.
 */
int image_build(const struct image_plan *plan, const struct key *key, uint8_t **out, size_t *len);

/** An image in memory as a slot of a flash device. Keep it where it is while it is used. */
struct image_memory {
    struct flash_device flash;
    const uint8_t *data;
    size_t len;
};

/** Sets up `memory` over `data`, which must outlive it, and parses the image in it. */
enum garrison_status image_parse_memory(struct image_memory *memory, const uint8_t *data,
                                        size_t len, struct image *image) GARRISON_MUST_USE;

/** Whether the image is whole and signed by the owner of `point`. */
enum garrison_status image_verify_key(const struct image *image,
                                      const uint8_t point[64]) GARRISON_MUST_USE;
