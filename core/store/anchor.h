/*
 * The state of the area, and who vouches for it from outside.
 *
 * The state is a sum over the tags of all living records. Each record that finishes a change says
 * under its tag what the state is without itself, and which change was the one before; the anchor
 * holds number and tag of the last one. So nothing can be taken away, put back or replayed.
 */
#pragma once

#include "store/log.h"

/** Sums the state up anew over all living records; what cannot be read leaves a state of nothing. */
void anchor_renew_state(struct store *store);

/** Adds all living records to the state. */
enum garrison_status anchor_sum_state(struct store *store) GARRISON_MUST_USE;

/** The state when all living records are gone that the change of `record` replaces. */
enum garrison_status anchor_state_after(const struct store *store, const struct record *record,
                                        uint8_t state[STORE_TAG_BYTES]) GARRISON_MUST_USE;

/** Tells the anchor, if there is one, of the last change, unless it knows. */
enum garrison_status anchor_confirm(struct store *store) GARRISON_MUST_USE;

/**
 * Compares the area with what the anchor has confirmed, and confirms a change that was cut off from
 * it. GARRISON_ERROR_STALE: it is not the newest; GARRISON_ERROR_DIGEST: something is missing.
 */
enum garrison_status anchor_check(struct store *store) GARRISON_MUST_USE;
