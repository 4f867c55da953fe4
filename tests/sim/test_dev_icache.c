#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define ICACHE 0x40030400u
#define CR     (ICACHE + 0x00u)
#define SR     (ICACHE + 0x04u)
#define IER    (ICACHE + 0x08u)
#define FCR    (ICACHE + 0x0cu)
#define HMONR  (ICACHE + 0x10u)
#define MMONR  (ICACHE + 0x14u)
#define CRR(n) (ICACHE + 0x20u + 4u * (n))

#define BUSYF       0x1u
#define BSYENDF     0x2u
#define IRQ_ICACHE  104u
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

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, CR), 0x4);
    assert_int_equal(bench_read(b, SR), BUSYF);
    assert_int_equal(bench_read(b, IER), 0);
    assert_int_equal(bench_read(b, HMONR), 0);
    assert_int_equal(bench_read(b, MMONR), 0);
    for (uint32_t i = 0; i < 4u; i++) {
        assert_int_equal(bench_read(b, CRR(i)), 0x200);
    }
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), 0);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0xfffffffc);
    assert_int_equal(bench_read(b, CR), 0xf0004);
    bench_write(b, IER, 0xffffffff);
    assert_int_equal(bench_read(b, IER), 0x6);
    bench_write(b, CRR(3), 0xffffffff);
    assert_int_equal(bench_read(b, CRR(3)), 0x97ff8eff);
}

static void invalidation_is_busy_then_flagged(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, 0x6);
    assert_int_equal(bench_read(b, CR), 0x4);
    assert_int_equal(bench_read(b, SR), BUSYF);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), BSYENDF);
    bench_write(b, FCR, 0x4);
    assert_int_equal(bench_read(b, SR), BSYENDF);
    bench_write(b, FCR, 0x2);
    assert_int_equal(bench_read(b, SR), 0);
}

static void interrupt_comes_at_the_end(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, IER, 0x2);
    bench_write(b, CR, 0x6);
    assert_false(bench_irq(b, IRQ_ICACHE));
    bench_wait(b, LONG_ENOUGH);
    assert_true(bench_irq(b, IRQ_ICACHE));
    bench_write(b, FCR, 0x2);
    assert_false(bench_irq(b, IRQ_ICACHE));
}

static void ways_and_regions_are_fixed_while_enabled(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0x5);
    bench_write(b, CR, 0x1);
    assert_int_equal(bench_read(b, CR), 0x5);
    bench_write(b, CRR(0), 0x8080);
    assert_int_equal(bench_read(b, CRR(0)), 0x200);
    bench_write(b, CR, 0x4);
    bench_write(b, CR, 0x0);
    assert_int_equal(bench_read(b, CR), 0x0);
    bench_write(b, CRR(0), 0x8080);
    assert_int_equal(bench_read(b, CRR(0)), 0x8080);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(invalidation_is_busy_then_flagged),
        CASE(interrupt_comes_at_the_end),
        CASE(ways_and_regions_are_fixed_while_enabled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
