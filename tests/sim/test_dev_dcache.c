#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define DCACHE     0x40031400u
#define CR         (DCACHE + 0x00u)
#define SR         (DCACHE + 0x04u)
#define IER        (DCACHE + 0x08u)
#define FCR        (DCACHE + 0x0cu)
#define RHMONR     (DCACHE + 0x10u)
#define CMDRSADDRR (DCACHE + 0x28u)
#define CMDREADDRR (DCACHE + 0x2cu)

#define EN          0x001u
#define CACHEINV    0x002u
#define CLEAN       0x100u
#define INVALIDATE  0x200u
#define BOTH        0x300u
#define STARTCMD    0x800u
#define BUSYF       0x01u
#define BSYENDF     0x02u
#define BUSYCMDF    0x08u
#define CMDENDF     0x10u
#define IRQ_DCACHE  105u
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
    assert_int_equal(bench_read(b, CR), 0);
    assert_int_equal(bench_read(b, SR), BUSYF);
    assert_int_equal(bench_read(b, IER), 0);
    assert_int_equal(bench_read(b, RHMONR), 0);
    assert_int_equal(bench_read(b, CMDRSADDRR), 0);
    assert_int_equal(bench_read(b, CMDREADDRR), 0);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), 0);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, 0xffffffff);
    assert_int_equal(bench_read(b, CR), 0x80ff0701);
    bench_write(b, IER, 0xffffffff);
    assert_int_equal(bench_read(b, IER), 0x16);
    bench_write(b, CMDRSADDRR, 0xffffffff);
    assert_int_equal(bench_read(b, CMDRSADDRR), 0xfffffff0);
    bench_write(b, CMDREADDRR, 0xffffffff);
    assert_int_equal(bench_read(b, CMDREADDRR), 0xfffffff0);
}

static void invalidation_is_busy_then_flags_its_end(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, CACHEINV);
    assert_int_equal(bench_read(b, SR), 0); /* not while it is off */
    bench_write(b, CR, EN);
    bench_write(b, IER, BSYENDF);
    bench_write(b, CR, EN | CACHEINV);
    assert_int_equal(bench_read(b, CR), EN);
    assert_int_equal(bench_read(b, SR), BUSYF);
    assert_false(bench_irq(b, IRQ_DCACHE));
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), BSYENDF);
    assert_true(bench_irq(b, IRQ_DCACHE));
    bench_write(b, FCR, BSYENDF);
    assert_int_equal(bench_read(b, SR), 0);
    assert_false(bench_irq(b, IRQ_DCACHE));
}

static void commands_are_busy_then_flag_their_end(void **state)
{
    static const uint32_t command[] = {CLEAN, INVALIDATE, BOTH};
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, EN);
    bench_write(b, IER, CMDENDF);
    for (size_t i = 0; i < sizeof command / sizeof command[0]; i++) {
        bench_write(b, CR, EN | command[i]);
        bench_write(b, CR, EN | command[i] | STARTCMD);
        assert_int_equal(bench_read(b, SR), BUSYCMDF);
        bench_write(b, CR, EN | CACHEINV); /* one at a time; nor does CACHECMD change meanwhile */
        assert_int_equal(bench_read(b, SR), BUSYCMDF);
        assert_int_equal(bench_read(b, CR), EN | command[i]);
        bench_wait(b, LONG_ENOUGH);
        assert_int_equal(bench_read(b, SR), CMDENDF);
        assert_true(bench_irq(b, IRQ_DCACHE));
        bench_write(b, FCR, CMDENDF);
        assert_false(bench_irq(b, IRQ_DCACHE));
    }
}

static void reserved_commands_start_nothing(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, CR, EN);
    for (uint32_t command = 0; command < 8u; command++) {
        if (command == 0 || command > 3u) {
            bench_write(b, CR, EN | command << 8 | STARTCMD);
            assert_int_equal(bench_read(b, SR), 0);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(invalidation_is_busy_then_flags_its_end),
        CASE(commands_are_busy_then_flag_their_end),
        CASE(reserved_commands_start_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
