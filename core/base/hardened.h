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
 * - A sequence of steps adds up (`struct hardened_steps`): each step adds its own constant, and the
 *   sum is compared before the irreversible act. A skipped call is a missing summand.
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

/** Which steps of a sequence were taken, as a sum. */
struct hardened_steps {
    uint32_t sum;
};

static inline void hardened_step(struct hardened_steps *steps, uint32_t constant)
{
    steps->sum = hardened_launder(steps->sum) + constant;
}

/** Whether the sum is the expected one, looked at twice. */
static inline bool hardened_steps_are(const struct hardened_steps *steps, uint32_t expected)
{
    return hardened_launder(steps->sum) == expected && hardened_launder(~steps->sum) == ~expected;
}
