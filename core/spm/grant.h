/*
 * Memory that a client named: not ours to touch until it is granted.
 *
 * A `struct claim` is what the client said. grant_check() is the one function that turns a claim
 * into memory; nothing else in the manager uses a client's address.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/partition.h>

/** What a client says is his. */
struct claim {
    uintptr_t base;
    size_t len; /**< Bytes; 0 claims nothing, whatever the base. */
    bool write; /**< Whether it will be written. */
};

/** Memory that was his when it was checked. */
struct grant {
    uint8_t *data; /**< NULL with a length of 0. */
    size_t len;    /**< Bytes. */
    size_t used;   /**< Bytes read or written so far. */
};

/** Whether one region of the partition's memory, devices apart, holds the range with that access. */
bool claim_is_own(const struct partition *partition, uintptr_t base, size_t len, uint32_t access);

/**
 * Checks that the range does not wrap and that the client itself may use it so. The decision is
 * taken twice. It stays true for the whole call: which memory is Secure does not change any more
 * once the application runs, and the client can only take away from himself.
 * @param client  the partition that calls; NULL: the Non-secure side does
 * @return whether `grant` was set
 */
bool grant_check(const struct partition *client, struct claim claim, struct grant *grant);

/** The next bytes of a grant, at most `len`, which are then used up. @return how many */
size_t grant_take(struct grant *grant, size_t len, uint8_t **data);

/** Whether two claims share a byte. */
bool claims_overlap(struct claim a, struct claim b);
