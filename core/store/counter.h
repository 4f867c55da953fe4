/*
 * Counters that only go up and survive power cuts, in a log over a few sectors of flash.
 *
 * A step takes one quad-word, so an 8-KB sector takes 500 steps before the next sector of the
 * ring is opened with a table of all counters; each sector is erased once a turn. A step is bound to
 * 48 bits that its caller chooses: who stores a state elsewhere and steps a counter with that
 * state's tag knows later whether it still has the newest. docs/SPEC.md, "Counter area".
 *
 * After a power cut a counter has its old or its new value and binding, whatever else it is used
 * for, and no other counter has changed. Every step and table is authenticated, with its place.
 * A quad-word that goes bad later costs the step in it and no other; of a table, nothing as long as
 * the sector before it is good.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/flash.h>
#include <garrison/status.h>

#include "store/protection.h"

#define COUNTER_MAX           16u
#define COUNTER_BINDING_BYTES 6u

/** What counters are made of; const, in flash. */
struct counters_config {
    const struct flash_device *device; /**< The area alone: 2 to 64 sectors of at least 512 bytes,
                                            unit 16. */
    const struct store_protection *protection;
    uint32_t area_id; /**< Bound into everything: one area is no other's. */
};

struct counter {
    uint32_t value;
    uint8_t binding[COUNTER_BINDING_BYTES];
};

/** Mounted counters. The caller owns the memory; all members are the counters'. */
struct counters {
    const struct counters_config *config;
    struct counter counter[COUNTER_MAX];
    uint32_t sequence; /**< Of the sector that is written to: its number in the ring is this modulo
                            the number of sectors. */
    uint32_t end;      /**< Offset in it of the next step. */
    uint32_t table;    /**< The sector whose table counts; another one than that only when that
                            one's header has gone bad. Never erased. */
    uint64_t bad;      /**< A bit for each sector that cannot be erased or programmed. */
};

/** What mounting found. */
struct counters_report {
    bool formatted;   /**< There was nothing: all counters are zero. */
    uint32_t dropped; /**< Quad-words that are neither blank nor authentic steps. */
};

/**
 * Mounts an area; one without any sector header is made new, all counters zero.
 * @param report  may be NULL
 * @return GARRISON_ERROR_DIGEST: headers are there, but no table that is authentic;
 *         GARRISON_ERROR_UNSUPPORTED: a newer format; GARRISON_ERROR_ARGUMENT: the configuration;
 *         GARRISON_ERROR_DEVICE: the flash fails.
 */
GARRISON_ENTRY enum garrison_status
counters_mount(struct counters *counters, const struct counters_config *config,
               struct counters_report *report) GARRISON_MUST_USE;

/** Value and binding of a counter; 0 and zeros before its first step. */
enum garrison_status counter_read(const struct counters *counters, unsigned id,
                                  struct counter *counter) GARRISON_MUST_USE;

/**
 * Raises a counter. Success is only told after the step has been read back. Raising it to what it
 * is, with the same binding, does nothing and is GARRISON_OK.
 * @param binding  NULL: zeros
 * @return GARRISON_ERROR_POLICY: `value` is below the present one, or is it with another binding;
 *         GARRISON_ERROR_ARGUMENT: no such counter; GARRISON_ERROR_DEVICE: the flash fails.
 */
enum garrison_status counter_raise(struct counters *counters, unsigned id, uint32_t value,
                                   const uint8_t binding[COUNTER_BINDING_BYTES]) GARRISON_MUST_USE;
