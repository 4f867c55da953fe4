/*
 * A stand-in for authenticated encryption in tests of what is stored: fast, deterministic, and of
 * no use against anybody. It notices every change that a test makes.
 */
#pragma once

#include "store/protection.h"

struct toy_protection {
    struct store_protection protection;
    uint64_t key;
    uint64_t seals; /**< Calls so far. */
    uint64_t opens;
};

/** Sets it up with a key; `toy` must stay where it is. */
void toy_protection_init(struct toy_protection *toy, uint64_t key);
