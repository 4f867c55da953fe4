/*
 * What debug authentication can permit, as masks of 128 bits: in certificates, in the data that a
 * device keeps, in what a host asks for.
 *
 * A mask is 16 bytes, the least significant first. Only the 8 bits below have a meaning.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VENDOR_PERMISSION_BYTES 16u
#define VENDOR_PERMISSIONS      8u

struct vendor_permission {
    uint8_t
        bit; /**< 0 to 127. That of level3 is confirmed by public logs, other levels' are [I]. */
    char letter; /**< How the vendor's own tool names it, by order of bits from the highest on. */
    const char *name; /**< How ours do. */
    const char *words;
};

/** By bit, from the highest on. */
extern const struct vendor_permission vendor_permissions[VENDOR_PERMISSIONS];

/** Bytes of any text below, with its NUL. */
#define VENDOR_PERMISSION_TEXT 256u

/**
 * Reads "full-regression,level3-nonsecure", "all", "none", or a number such as 0x5077, of up to 128
 * bits in groups that '_' may part.
 * @param why  out, when false: what is wrong with the text, in words
 */
bool vendor_permission_parse(const char *text, uint8_t mask[VENDOR_PERMISSION_BYTES],
                             char why[VENDOR_PERMISSION_TEXT]);

/** Writes a mask as vendor_permission_parse() reads it: bits without a name as one number. */
void vendor_permission_text(const uint8_t mask[VENDOR_PERMISSION_BYTES],
                            char text[VENDOR_PERMISSION_TEXT]);

bool vendor_permission_has(const uint8_t mask[VENDOR_PERMISSION_BYTES], unsigned bit);

/** Keeps in `mask` what `other` has too. */
void vendor_permission_keep(uint8_t mask[VENDOR_PERMISSION_BYTES],
                            const uint8_t other[VENDOR_PERMISSION_BYTES]);

/** Whether `mask` has a bit that `other` has not. */
bool vendor_permission_beyond(const uint8_t mask[VENDOR_PERMISSION_BYTES],
                              const uint8_t other[VENDOR_PERMISSION_BYTES]);
