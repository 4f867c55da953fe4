/*
 * Looks for what only the Secure side may have where the application can read: a leak need not be
 * foreseen to be found.
 *
 * Looked for are eight bytes in a row, at any byte: whatever lies in Secure memory, four-byte aligned,
 * and not in open memory when the scan was prepared; and of secrets that are named, every eight bytes,
 * in any order of the bytes in a word and of the two words. Four bytes of a named secret are enough in
 * a register.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/device_maker.h"

#define SCAN_NAMED_MAX 8u

/** A secret that is known, and so can be called by its name. */
struct scan_named {
    const char *name;
    uint8_t data[64];
    size_t len; /**< Bytes; a multiple of 4. */
};

#define SCAN_PAIRS_MAX   65536u
#define SCAN_FILTER_BITS 20u

struct scan {
    uint64_t pair[SCAN_PAIRS_MAX]; /**< Sorted. */
    size_t count;
    uint32_t filter[(1u << SCAN_FILTER_BITS) / 32u]; /**< A bit for what a pair hashes to. */
    struct scan_named named[SCAN_NAMED_MAX];
    size_t names;
};

/** Takes what lies in Secure memory and not in open memory. Names are added afterwards. */
void scan_prepare(struct scan *scan, const struct device *device);

/** Adds a secret of at most 64 bytes by its name, which is kept. */
void scan_name(struct scan *scan, const char *name, const void *data, size_t len);

/** Whether the eight bytes are looked for. */
bool scan_has(const struct scan *scan, const uint8_t bytes[8]);

/** Whether all of it lies in Secure memory, in a piece. */
bool scan_in_secure(const struct device *device, const void *data, size_t len);

/**
 * Looks into all that is open: RAM, backup SRAM, the application's flash, backup registers, what was
 * sent by UART; and the registers if the processor is in Non-secure state.
 * @return whether something was found, which then stands in `leak` in words
 */
bool scan_finds(const struct scan *scan, const struct device *device, char *leak, size_t max);
