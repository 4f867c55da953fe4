/*
 * Decisions that survive one fault.
 *
 * Somebody who holds the board can make the processor skip an instruction, or flip bits of a
 * register, at a moment of his choosing. Where such a fault would let an unsigned image run or a
 * client reach memory that is not his, the code uses this vocabulary and nothing else:
 *
 * - Refusal is the default. A verdict starts refused, and every path that is not the one intended
 *   leaves it so. Results are `enum garrison_status`, whose values are far apart; zero, one and a
 *   leftover pointer in the result register are none of them.
 * - A permission is stored twice, as a value and its complement (`struct hardened_verdict`). The
 *   halves are written by two separate instructions behind two separate checks, so that one skipped
 *   branch gives half a permission, which is none.
 * - It is also read twice. hardened_launder() hides a value from the compiler, which would otherwise
 *   see that the second check repeats the first one and drop it.
 * - Loops are counted: hardened_loop_complete() refuses when a loop over checks ended early.
 * - A comparison that decides is made twice, by two branches that each give half of GARRISON_OK
 *   (hardened_both() and what is built on it): one skipped branch gives a word that is no result.
 * - Results that must all be good are joined (hardened_join()): the later one is added to the earlier
 *   one, not put in its place, so that a skipped branch between them does not hide a refusal.
 * - A sequence of steps adds up (`struct hardened_steps`): each step adds its own constant and its
 *   result, in two sums that are compared before the irreversible act. A skipped call is a missing
 *   summand, and a skipped refusal a wrong one.
 *
 * What it does not do: it stops one fault at a time, not two well placed ones, and it does not hide
 * what power consumption tells.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/status.h>

/** The value, without what the compiler knows of it. */
static inline uint32_t hardened_launder(uint32_t value)
{
    __asm__ volatile("" : "+r"(value));
    return value;
}

/** Nothing read from memory is known any more: a check that is repeated reads it again. */
static inline void hardened_forget(void)
{
    __asm__ volatile("" ::: "memory");
}

/** Whether the status is GARRISON_OK, looked at twice. */
bool hardened_ok(enum garrison_status status);

#define HARDENED_YES 0x6A3C95D2u

/** A permission and its complement; anything but the pair HARDENED_YES, ~HARDENED_YES is a no. */
struct hardened_verdict {
    uint32_t yes;
    uint32_t not_yes;
};

/** No permission: neither half is right. */
#define HARDENED_REFUSED                                                                           \
    {                                                                                              \
        0, 0                                                                                       \
    }

static inline void hardened_grant_first(struct hardened_verdict *verdict)
{
    verdict->yes = hardened_launder(HARDENED_YES);
}

static inline void hardened_grant_second(struct hardened_verdict *verdict)
{
    verdict->not_yes = hardened_launder(~HARDENED_YES);
}

/** Whether both halves were granted. */
static inline bool hardened_granted(const struct hardened_verdict *verdict)
{
    if (hardened_launder(verdict->yes) != HARDENED_YES) {
        return false;
    }
    return hardened_launder(verdict->yes ^ verdict->not_yes) == UINT32_MAX;
}

/** Whether a loop of `count` rounds that ended at `index` ran all of them. */
static inline bool hardened_loop_complete(uint32_t index, uint32_t count)
{
    return hardened_launder(index) == count && hardened_launder(~index) == ~count;
}

/** GARRISON_OK if both looks at the same thing say yes, `otherwise` if none, else no result at all. */
enum garrison_status hardened_both(bool first, bool second, enum garrison_status otherwise);

/** GARRISON_OK if the values are equal, or `otherwise`; looked at twice. */
enum garrison_status hardened_equal(uint32_t a, uint32_t b, enum garrison_status otherwise);

/** GARRISON_OK if the value is not above the limit, or `otherwise`; looked at twice. */
enum garrison_status hardened_at_most(uint32_t value, uint32_t limit,
                                      enum garrison_status otherwise);

/** GARRISON_OK if both results are; else the first that is not, as long as no branch is skipped. */
enum garrison_status hardened_join(enum garrison_status first, enum garrison_status next);

/** What hardened_join() gives when its branch is skipped. GARRISON_OK is the neutral element. */
static inline uint32_t hardened_sum(uint32_t first, uint32_t next)
{
    return first + (hardened_launder(next) - (uint32_t)GARRISON_OK);
}

/** Which steps of a sequence were taken and how they ended, as a sum and its negative. */
struct hardened_steps {
    uint32_t sum;
    uint32_t negative;
};

/** Adds a step of which `status` came: its constant for GARRISON_OK, and for no other. */
static inline void hardened_step(struct hardened_steps *steps, uint32_t constant,
                                 enum garrison_status status)
{
    steps->sum = hardened_sum(hardened_launder(steps->sum) + constant, (uint32_t)status);
    steps->negative = hardened_launder(steps->negative) - constant +
                      (hardened_launder(~(uint32_t)status) - ~(uint32_t)GARRISON_OK);
}

/**
 * How far the sums are from the expected ones: 0 for a sequence that was taken as it is meant. Besides
 * being compared, it is mixed into what the sequence leads to.
 */
uint32_t hardened_steps_off(const struct hardened_steps *steps, uint32_t expected);

/** Whether the sums are the expected ones. */
static inline bool hardened_steps_are(const struct hardened_steps *steps, uint32_t expected)
{
    return hardened_ok(
        hardened_equal(hardened_steps_off(steps, expected), 0, GARRISON_ERROR_POLICY));
}
