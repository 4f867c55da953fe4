/* What the generator of random sequences and the program that runs them agree on. */
#pragma once

#include <stdint.h>

#define RANDOM_MAGIC  0x52414E44u
#define RANDOM_HALVES 56u /* of code, the last one executed is SVC 0xE0 */

#define RANDOM_NON_SECURE   1u
#define RANDOM_UNPRIVILEGED 2u
#define RANDOM_UNALIGN_TRP  4u

/** A sequence and the state it begins in. Memory and FP registers follow from the seed. */
struct random_sequence {
    uint32_t flags; /**< RANDOM_NON_SECURE and so on. */
    uint32_t seed;
    uint32_t r[13];
    uint32_t apsr;
    uint32_t fpscr;
    uint32_t sp; /**< Bytes below the top of the process stack. */
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
