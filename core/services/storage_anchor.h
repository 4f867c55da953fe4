/*
 * The anchor of a store: a counter that holds the number of its last change, bound to that change's
 * tag. It stands in an area of its own, so an older image of the store's area does not fit it.
 *
 * Functions of a `struct store_anchor`; `context` is the `struct storage_anchor`.
 */
#pragma once

#include <garrison/abi.h>

#include "store/counter.h"
#include "store/store.h"

/** All members are filled before the store is mounted. */
struct storage_anchor {
    struct counters *counters; /**< Mounted. */
    unsigned id;               /**< Of them, the one that is nobody else's. */
};

/** `check` of a struct store_anchor. */
GARRISON_ENTRY enum garrison_status storage_anchor_check(void *anchor, uint32_t *number,
                                                         const uint8_t tag[STORE_TAG_BYTES],
                                                         bool *matches) GARRISON_MUST_USE;

/** `confirm` of a struct store_anchor. */
GARRISON_ENTRY enum garrison_status
storage_anchor_confirm(void *anchor, uint32_t number,
                       const uint8_t tag[STORE_TAG_BYTES]) GARRISON_MUST_USE;
