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

/** A word as DATATYPE 0 to 3 orders it: as it is, or half-words, bytes or bits swapped. */
static inline uint32_t reg_swap(uint32_t word, uint32_t datatype)
{
    if (datatype == 0) {
        return word;
    }
    word = word << 16 | word >> 16;
    if (datatype == 1u) {
        return word;
    }
    word = (word & 0x00ff00ffu) << 8 | (word >> 8 & 0x00ff00ffu);
    if (datatype == 2u) {
        return word;
    }
    word = (word & 0x0f0f0f0fu) << 4 | (word >> 4 & 0x0f0f0f0fu);
    word = (word & 0x33333333u) << 2 | (word >> 2 & 0x33333333u);
    return (word & 0x55555555u) << 1 | (word >> 1 & 0x55555555u);
}
