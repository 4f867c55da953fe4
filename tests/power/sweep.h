/*
 * Power cuts at every flash operation, in every way the emulator knows, and a second one at every
 * operation of the recovery.
 *
 * The recovery is: mounting, and making the same change again, as a device does that finds it
 * undone. After each cut the subject is mounted; what it holds must be all old or all new, and once
 * it was new it must never be old again. Then it must still work. A cut right after an operation
 * leaves what a cut before the next one leaves, so only the last operation is cut after as well.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/status.h>

#include "support/flash_emulator.h"

enum sweep_look { SWEEP_BROKEN = 0, SWEEP_OLD = 1, SWEEP_NEW = 2, SWEEP_SAME = 3 };

struct sweep_memory {
    void *at;
    size_t len;
};

#define SWEEP_MEMORIES 6u

/** What is swept; `context` is the subject's own. */
struct sweep_subject {
    void *context;
    struct flash_power *power;
    struct sweep_memory lasting[SWEEP_MEMORIES];  /**< What survives a power cut. */
    struct sweep_memory fleeting[SWEEP_MEMORIES]; /**< What mounting makes. */

    enum garrison_status (*mount)(void *context);
    /** Makes the change; `again`: what it finds is this. */
    enum garrison_status (*change)(void *context, enum sweep_look found);
    enum sweep_look (*look)(void *context);
    /** Uses it and leaves what look() sees as it was; `turn`: until all sectors were erased. */
    bool (*use)(void *context, bool turn);
    /** A rule of the flash that was broken, or what look() or use() have found wrong; NULL. */
    const char *(*problem)(void *context);
};

/** What is swept of it. */
struct sweep_plan {
    const char *name;
    uint32_t shard; /**< Takes the first cuts at one operation in `shards`, all ways of each. */
    uint32_t shards;
    uint32_t second; /**< Takes one in so many of the second cuts; 0: none. */
    uint32_t turns;  /**< One in so many cuts is followed by a turn of the ring; 0: none. */
    uint64_t seed;   /**< Of what is torn. */
    bool quick;      /**< Ends at the first failure. */
};

struct sweep_result {
    uint64_t cuts;      /**< Power cuts, first and second. */
    uint64_t positions; /**< Distinct pairs of the operation cut and the one cut after it, if any:
                             however many ways of cutting each were tried. */
    uint64_t old;       /**< Outcomes of each cut. */
    uint64_t new;
    uint64_t operations; /**< Of the uncut change. */
    uint64_t failures;
    char first[200]; /**< The first failure. */
};

/** Sweeps a subject that is mounted and holds the old state; adds to `result`. */
void sweep_run(const struct sweep_subject *subject, const struct sweep_plan *plan,
               struct sweep_result *result);
