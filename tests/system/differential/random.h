/* What the generator of random sequences and the program that runs them agree on. */
#pragma once

#include <stdint.h>

#define RANDOM_MAGIC  0x52414E44u
#define RANDOM_HALVES 64u /* of code, the last one executed is SVC 0xE0, and literals */
#define RANDOM_POOL   56u /* the first half-word of the literals */

#define RANDOM_NON_SECURE   1u
#define RANDOM_UNPRIVILEGED 2u
#define RANDOM_UNALIGN_TRP  4u

#define RANDOM_NO_CROSSING 0xFFFFFFFFu

/** A sequence and the state it begins in. Memory and FP registers follow from the seed. */
struct random_sequence {
    uint32_t flags; /**< RANDOM_NON_SECURE and so on. */
    uint32_t seed;
    uint32_t r[13];
    uint32_t apsr;
    uint32_t fpscr;
    uint32_t sp; /**< Bytes below the top of the process stack. */
    /**
     * An unaligned access whose first byte is allowed and a later one refused: QEMU lets it pass
     * (unaligned-across-regions in defects.py). SVC 0xE2 follows, so that the sequence ends there.
     */
    uint32_t crossing;           /**< Its half-word of `code`; RANDOM_NO_CROSSING: there is none. */
    uint32_t crossing_addr;      /**< Its first byte. */
    uint32_t crossing_refused;   /**< The first byte refused. */
    uint32_t crossing_condition; /**< Of its IT block; 14: it stands in none. */
    uint32_t crossing_changes;   /**< Registers that it would change. */
    uint16_t code[RANDOM_HALVES];
};

struct random_blob {
    uint32_t magic;
    uint32_t first; /**< Number of the first sequence. */
    uint32_t count;
    uint32_t verbose; /**< 1: print all that is known, 0: a digest of each sequence. */
    struct random_sequence sequence[];
};

/*
 * The window of 1 KB that the sequences work on, by its offsets: free, then regions of the MPU that
 * an unprivileged sequence may write, read, or neither; in the Non-secure one, a part that is
 * Secure.
 */
#define RANDOM_READ_ONLY  0x280u
#define RANDOM_PRIVILEGED 0x2A0u
#define RANDOM_OPEN       0x2C0u
#define RANDOM_SECURE     0x2E0u
#define RANDOM_SECURE_END 0x300u
#define RANDOM_WINDOW_S   0x30004800u
#define RANDOM_WINDOW_NS  0x20007000u
