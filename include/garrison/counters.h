/*
 * The boot counters: the lowest security counter that an image of each role may have.
 *
 * One record stands in the option-byte keys of each level that verifies something; only that level
 * can read or write it. docs/SPEC.md, "Boot counters".
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>

#define BOOT_COUNTERS_MAGIC   0x43424147u /**< "GABC" */
#define BOOT_COUNTERS_VERSION 1u
#define BOOT_COUNTERS_MAX     11u

/** Where the records stand, in bytes from the start of the keys store. */
#define BOOT_COUNTERS_OFF_HDPL1 0x740u
#define BOOT_COUNTERS_OFF_HDPL2 0x900u

struct boot_counters {
    uint8_t digest[32];                  /**< SHA-256 of all bytes behind it. */
    uint32_t magic;                      /**< BOOT_COUNTERS_MAGIC. */
    uint16_t version;                    /**< BOOT_COUNTERS_VERSION. */
    uint16_t reserved;                   /**< 0. */
    uint32_t counter[BOOT_COUNTERS_MAX]; /**< By component: uROT, manager, application, modules. */
    uint8_t unused[12];                  /**< Zero; makes the record whole quad-words. */
};

GARRISON_ASSERT(sizeof(struct boot_counters) == 96, "record is 96 bytes");
