#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define RNG  0x420c0800u
#define CR   (RNG + 0x00u)
#define SR   (RNG + 0x04u)
#define DR   (RNG + 0x08u)
#define NSCR (RNG + 0x0cu)
#define HTCR (RNG + 0x10u)

#define RNGEN       0x4u
#define IE          0x8u
#define CONDRST     0x40000000u
#define CONFIGLOCK  0x80000000u
#define DRDY        0x1u
#define IRQ_RNG     114u
#define LONG_ENOUGH 100000u

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static uint32_t next_word(struct dev_bench *b)
{
    if (!(bench_read(b, SR) & DRDY)) {
        bench_wait(b, LONG_ENOUGH);
    }
    assert_int_equal(bench_read(b, SR), DRDY);
    return bench_read(b, DR);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, CR), 0x00871f00);
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(bench_read(b, DR), 0);
    assert_int_equal(bench_read(b, NSCR), 0x3ffff);
    assert_int_equal(bench_read(b, HTCR), 0x72ac);
}

static void configuration_needs_condrst_in_the_same_write(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0x00f00e00);
    assert_int_equal(bench_read(b, CR), 0x00871f00);
    bench_write(b, NSCR, 0x3af66);
    bench_write(b, HTCR, 0x6a91);
    assert_int_equal(bench_read(b, NSCR), 0x3ffff);
    assert_int_equal(bench_read(b, HTCR), 0x72ac);

    bench_write(b, CR, 0x00f00e00u | CONDRST);
    bench_write(b, NSCR, 0xfff3af66u);
    bench_write(b, HTCR, 0x6a91);
    assert_int_equal(bench_read(b, CR), 0x00f00e00u | CONDRST);
    assert_int_equal(bench_read(b, NSCR), 0x3af66);
    assert_int_equal(bench_read(b, HTCR), 0x6a91);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0x7fffffff);
    assert_int_equal(bench_read(b, CR), 0x43ffffac);
}

static void health_test_key_is_not_stored(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, CONDRST);
    bench_write(b, HTCR, 0x17590abc);
    assert_int_equal(bench_read(b, HTCR), 0x72ac);
    bench_write(b, HTCR, 0xaa74);
    assert_int_equal(bench_read(b, HTCR), 0xaa74);
}

static void condrst_reads_zero_only_after_a_while(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0x00f00e00u | CONDRST);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, CR) & CONDRST, CONDRST);
    bench_write(b, CR, 0x00f00e00u);
    assert_int_equal(bench_read(b, CR) & CONDRST, CONDRST);
    bench_wait(b, 100);
    assert_int_equal(bench_read(b, CR), 0x00f00e00u);
}

static void configlock_lasts_until_reset(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0x00f00e00u | CONDRST | CONFIGLOCK);
    assert_int_equal(bench_read(b, CR), 0x00f00e00u | CONDRST | CONFIGLOCK);
    bench_write(b, CR, CONDRST);
    assert_int_equal(bench_read(b, CR), 0x00f00e00u | CONDRST | CONFIGLOCK);
    bench_write(b, NSCR, 0);
    assert_int_equal(bench_read(b, NSCR), 0x3ffff);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(bench_read(b, CR), 0x00871f00);
}

static void data_comes_after_enabling_and_in_fours(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), 0);
    bench_write(b, CR, RNGEN);
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(bench_read(b, DR), 0);
    bench_wait(b, LONG_ENOUGH);
    for (unsigned i = 0; i < 4u; i++) {
        assert_int_equal(bench_read(b, SR), DRDY);
        assert_int_not_equal(bench_read(b, DR), 0);
    }
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(bench_read(b, DR), 0);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), DRDY);
}

static void condrst_throws_the_data_away(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, RNGEN);
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, RNGEN | CONDRST);
    assert_int_equal(bench_read(b, SR), 0);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), 0);
    bench_write(b, CR, RNGEN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), DRDY);
}

static void interrupt_follows_data_ready(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, RNGEN | IE);
    assert_false(bench_irq(b, IRQ_RNG));
    bench_wait(b, LONG_ENOUGH);
    assert_true(bench_irq(b, IRQ_RNG));
    for (unsigned i = 0; i < 4u; i++) {
        (void)bench_read(b, DR);
    }
    assert_false(bench_irq(b, IRQ_RNG));
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, RNGEN);
    assert_false(bench_irq(b, IRQ_RNG));
}

/* Upper halves of xoshiro256** after SplitMix64 from 1, computed by an independent program. */
static void numbers_are_those_of_the_named_generator(void **state)
{
    static const uint32_t expected[] = {0xb3f2af6d, 0x853b5596, 0x92f89756,
                                        0x642e1c7b, 0xb27a48e2, 0x24c12312};
    struct dev_bench *b = *state;
    b->chip->seed = 1;
    bench_power(b);
    bench_write(b, CR, RNGEN);
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(next_word(b), expected[i]);
    }
}

static void same_seed_same_numbers_other_seed_others(void **state)
{
    struct dev_bench *b = *state;
    uint32_t word[3];
    static const uint64_t seed[3] = {7, 7, 8};
    for (unsigned i = 0; i < 3u; i++) {
        b->chip->seed = seed[i];
        bench_power(b);
        bench_write(b, CR, RNGEN);
        word[i] = next_word(b);
    }
    assert_int_equal(word[0], word[1]);
    assert_int_not_equal(word[0], word[2]);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(configuration_needs_condrst_in_the_same_write),
        CASE(reserved_bits_stay_zero),
        CASE(health_test_key_is_not_stored),
        CASE(condrst_reads_zero_only_after_a_while),
        CASE(configlock_lasts_until_reset),
        CASE(data_comes_after_enabling_and_in_fours),
        CASE(condrst_throws_the_data_away),
        CASE(interrupt_follows_data_ready),
        CASE(numbers_are_those_of_the_named_generator),
        CASE(same_seed_same_numbers_other_seed_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
