/*
 * The main function of a sweep: several processes, each with its share of the cuts, and a table.
 *
 * usage: SWEEP [--jobs N] [--share N] [--ages N] [--seconds N] [--least N] [--seed N] [--only NAME]
 *              [--quick]
 *   --share N    makes one in N of the second cuts; 0: none
 *   --ages N     sweeps from so many starting points each (at most as many as are worth it)
 *   --seconds N  begins no further starting point after so many seconds
 *   --least N    fails with fewer cuts
 *   --only NAME  sweeps what has this name
 *   --quick      ends at the first failure
 */
#pragma once

#include "power/sweep.h"

struct sweep_entry {
    char name[40];
    uint32_t ages;   /**< Starting points that it is worth to be swept from. */
    unsigned number; /**< For run(). */
    /** Builds the subject of that age and sweeps it; NULL, or why it cannot be built. */
    const char *(*run)(unsigned number, uint32_t age, const struct sweep_plan *plan,
                       struct sweep_result *result);
};

#define SWEEP_ENTRIES_MAX 64u

/** 0 when every cut has ended well. */
int sweep_main(int argc, char **argv, const struct sweep_entry *entries, unsigned count);
