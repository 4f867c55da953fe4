/*
 * Published vectors of cryptography, and every function of PSA Crypto with its answers. Nothing but
 * the API is needed, so the same tables go through the manager natively, hosted, and on the chip.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** One run. Set before it: `medium`, `rows` and `say`. */
struct vectors {
    bool medium;                   /**< The manager has the set "medium": the rest is refused. */
    bool rows;                     /**< Whether each row is told, for the oracle. */
    void (*say)(const char *text); /**< Parts of lines: failures, rows, calls of the API. */
    unsigned checks;               /**< So far. */
    unsigned failures;             /**< Of these. */
};
extern struct vectors vectors;

struct vectors_group {
    const char *name;
    void (*run)(void);
    bool needs_full; /**< Uses algorithms that the set "medium" does not have. */
};
extern const struct vectors_group vectors_groups[];
extern const size_t vectors_group_count;
