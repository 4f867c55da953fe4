/*
 * Partitions that do not come back: their time is limited, and only what they use of it counts.
 * tests/system/firmware/hostile_table.c has the limits.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "support/partition_lab.h"

#define TICK         640000u /* instructions of 10 ms */
#define CRYPTO_TICKS 10u
#define ITS_TICKS    20u
#define TIME_IS_UP   "time is up (restart 1 of 3)\n"

#define NESTED_DIRTY  14u
#define NESTED_STATUS 15u

/** Rounds of the loop of hostile_partition.h in a tick, at least: each has six instructions. */
#define ROUNDS (TICK / 7u)

/** Runs an attack that takes long. @return in ticks, how long */
static unsigned ticks_of(struct lab *lab, char letter, uint32_t addr)
{
    const uint64_t start = sim_time(lab->device.sim);
    (void)lab_attack_again(lab, letter, addr);
    return (unsigned)((sim_time(lab->device.sim) - start) / TICK);
}

static void expect_time_up(struct lab *lab, const char *name)
{
    char words[64];
    (void)snprintf(words, sizeof words, "partition %s: " TIME_IS_UP, name);
    lab_expect_words(lab, "loops", lab->device.uart, words);
    assert_null(strstr(lab->device.uart, "changed"));
    assert_null(strstr(lab->device.events, "fault:"));
}

static void a_partition_that_loops_is_ended_when_its_time_is_up(void **state)
{
    struct lab *lab = *state;
    uint32_t words[12];
    for (unsigned floating = 0; floating < 2; floating++) {
        lab->floating = floating != 0;
        (void)lab_attack(lab, 'a', 0);
        const unsigned ticks = ticks_of(lab, 't', 0);
        lab_expect_words(lab, "loops", lab->device.uart, LAB_STOPPED);
        expect_time_up(lab, "crypto");
        assert_in_range(ticks, CRYPTO_TICKS, CRYPTO_TICKS + 2);
        assert_true(lab_attack_again(lab, 'e', 0));
        lab_answer(lab, words, COUNT_OF(words));
        for (unsigned i = 0; i < COUNT_OF(words); i++) {
            assert_int_equal(words[i], 0);
        }
    }
    lab->floating = false;
}

/** Interrupts go on meanwhile, and what they take is not the partition's. */
static void interrupts_use_up_no_time_of_a_partition(void **state)
{
    struct lab *lab = *state;
    lab->floating = true;
    (void)lab_attack(lab, 'a', 0);
    const unsigned ticks = ticks_of(lab, 'T', 0);
    lab_expect_words(lab, "interrupted", lab->device.uart, "client: interrupts\n");
    expect_time_up(lab, "crypto");
    assert_in_range(ticks, 2 * CRYPTO_TICKS, 6 * CRYPTO_TICKS);
    lab->floating = false;
}

static void every_call_has_its_own_time(void **state)
{
    struct lab *lab = *state;
    (void)lab_attack(lab, 'a', 0);
    for (unsigned i = 0; i < 3; i++) {
        const unsigned ticks = ticks_of(lab, 't', 8 * ROUNDS);
        assert_in_range(ticks, 5, CRYPTO_TICKS - 1);
        lab_expect_words(lab, "call", lab->device.uart, "client: status 0\n");
    }
}

/** "its" has more time than its caller, who does not lose any by waiting. */
static void a_call_of_another_partition_is_not_the_callers_time(void **state)
{
    struct lab *lab = *state;
    uint32_t words[16];
    (void)lab_attack(lab, 'a', 16 * ROUNDS);
    const unsigned ticks = ticks_of(lab, 'N', 't');
    assert_in_range(ticks, CRYPTO_TICKS + 1, ITS_TICKS);
    lab_answer(lab, words, COUNT_OF(words));
    assert_int_equal(words[NESTED_STATUS], 0);
    (void)lab_attack(lab, 'a', 0);
    assert_in_range(ticks_of(lab, 'N', 't'), ITS_TICKS, ITS_TICKS + 2);
    expect_time_up(lab, "its");
    lab_answer(lab, words, COUNT_OF(words));
    assert_int_equal((int32_t)words[NESTED_STATUS], -145);
    assert_int_equal(words[NESTED_DIRTY], 0);
}

/** Between calls the tick is off: the application's time is its own. */
static void nothing_ticks_between_calls(void **state)
{
    struct lab *lab = *state;
    (void)lab_attack(lab, 'e', 0);
    lab->device.uart_len = 0;
    (void)device_run(&lab->device, 30 * (uint64_t)TICK);
    assert_null(strstr(lab->device.events, "fault:"));
    assert_true(lab_attack_again(lab, 'e', 0));
}

static int open_crypto(void **state)
{
    return lab_open(state, "crypto");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partition_that_loops_is_ended_when_its_time_is_up),
        cmocka_unit_test(interrupts_use_up_no_time_of_a_partition),
        cmocka_unit_test(every_call_has_its_own_time),
        cmocka_unit_test(a_call_of_another_partition_is_not_the_callers_time),
        cmocka_unit_test(nothing_ticks_between_calls),
    };
    return cmocka_run_group_tests(tests, open_crypto, lab_close);
}
