/* Helpers that most devices share: a register with bits that can be written and bits that cannot. */
#pragma once

#include "device.h"

/** `old` after a write of any size, in which only the bits of `mask` can change. */
static inline uint32_t reg_put(uint32_t old, const struct sim_txn *txn, uint32_t value,
                               uint32_t mask)
{
    return (old & ~mask) | (txn_merge(txn, old, value) & mask);
}

/** The bits of a narrow write in their places within the word; what was not written is zero. */
static inline uint32_t reg_ones(const struct sim_txn *txn, uint32_t value)
{
    return txn_merge(txn, 0, value);
}

/** The offset of the word that an access lies in. */
static inline uint32_t reg_off(const struct sim_txn *txn)
{
    return txn->off & ~3u;
}
