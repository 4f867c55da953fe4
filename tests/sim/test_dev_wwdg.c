#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define RCC_CFGR2 (0x44020c00u + 0x20u)
#define WWDG      0x40002c00u
#define CR        (WWDG + 0x00u)
#define CFR       (WWDG + 0x04u)
#define SR        (WWDG + 0x08u)

#define WDGA     0x80u
#define EWI      0x200u
#define WDGTB(n) ((n) << 11)
#define EWIF     1u
#define IRQ_WWDG 0u

#define COUNT 4096u /* Ticks of one count: PCLK1 is the core's clock after reset. */

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
    assert_int_equal(bench_read(b, CR), 0x7f);
    assert_int_equal(bench_read(b, CFR), 0x7f);
    assert_int_equal(bench_read(b, SR), 0);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CFR, 0xffffffff);
    assert_int_equal(bench_read(b, CFR), 0x3a7f);
    bench_write(b, CR, 0xffffff7f);
    assert_int_equal(bench_read(b, CR), 0x7f);
    bench_write(b, SR, 0xffffffff);
    assert_int_equal(bench_read(b, SR), 0);
}

static void it_counts_freely_and_does_nothing_while_off(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, 3u * COUNT);
    assert_int_equal(bench_read(b, CR), 0x7c);
    bench_wait(b, 0x80u * COUNT);
    assert_int_equal(bench_read(b, CR), 0x7c);
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(b->resets, 0);
}

static void activation_can_only_be_set(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, WDGA | 0x7f);
    bench_write(b, CR, 0x7f);
    assert_int_equal(bench_read(b, CR), WDGA | 0x7f);
    bench_write(b, CFR, EWI | 0x7f);
    bench_write(b, CFR, 0x7f);
    assert_int_equal(bench_read(b, CFR), EWI | 0x7f);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(bench_read(b, CR), 0x7f);
    assert_int_equal(bench_read(b, CFR), 0x7f);
}

static void reset_comes_below_0x40(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, WDGA | 0x50);
    bench_wait(b, 0x11u * COUNT - 1u);
    assert_int_equal(b->resets, 0);
    assert_int_equal(bench_read(b, CR), WDGA | 0x40);
    bench_wait(b, 1);
    assert_int_equal(b->resets, 1);
    assert_int_equal(b->cause, CHIP_RESET_WWDG);
    bench_wait(b, 1000u * COUNT);
    assert_int_equal(b->resets, 1); /* asked for once */
}

static void prescaler_and_bus_clock_stretch_the_count(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, RCC_CFGR2, 5u << 4); /* PPRE1: /4 */
    bench_write(b, CFR, WDGTB(7u) | 0x7f);
    bench_write(b, CR, WDGA | 0x41);
    bench_wait(b, 2u * 4u * 128u * COUNT - 1u);
    assert_int_equal(b->resets, 0);
    bench_wait(b, 1);
    assert_int_equal(b->resets, 1);
}

static void change_of_clock_keeps_the_count(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, WDGA | 0x60);
    bench_wait(b, 0x10u * COUNT - 1u);
    bench_write(b, RCC_CFGR2, 0); /* changes nothing, not even the divider's phase */
    bench_wait(b, 1);
    bench_write(b, RCC_CFGR2, 4u << 4); /* PPRE1: /2 */
    assert_int_equal(bench_read(b, CR), WDGA | 0x50);
    bench_wait(b, 0x11u * 2u * COUNT - 1u);
    assert_int_equal(b->resets, 0);
    bench_wait(b, 1);
    assert_int_equal(b->resets, 1);
}

static void refreshing_in_the_window_keeps_it_quiet(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CFR, 0x50);
    bench_write(b, CR, WDGA | 0x7f);
    for (unsigned i = 0; i < 5u; i++) {
        bench_wait(b, 0x2fu * COUNT); /* count 0x50 */
        bench_write(b, CR, WDGA | 0x7f);
    }
    assert_int_equal(b->resets, 0);
}

static void refreshing_before_the_window_resets(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CFR, 0x50);
    bench_write(b, CR, WDGA | 0x7f);
    bench_wait(b, 0x2eu * COUNT); /* count 0x51 */
    bench_write(b, CR, WDGA | 0x7f);
    assert_int_equal(b->resets, 1);
}

static void clearing_t6_resets_at_once(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0x3f); /* not while it is off */
    assert_int_equal(b->resets, 0);
    bench_write(b, CR, WDGA | 0x3f);
    assert_int_equal(b->resets, 1);
}

static void early_interrupt_comes_at_0x40(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CFR, EWI | 0x7f);
    bench_write(b, CR, WDGA | 0x43);
    bench_wait(b, 3u * COUNT - 1u);
    assert_false(bench_irq(b, IRQ_WWDG));
    bench_wait(b, 1);
    assert_true(bench_irq(b, IRQ_WWDG));
    assert_int_equal(bench_read(b, SR), EWIF);
    bench_write(b, CR, WDGA | 0x7f);
    assert_true(bench_irq(b, IRQ_WWDG)); /* it stays until it is cleared */
    bench_write(b, SR, 0);
    assert_false(bench_irq(b, IRQ_WWDG));
    assert_int_equal(b->resets, 0);
}

static void count_written_as_0x40_is_early_at_once(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CFR, EWI | 0x7f);
    bench_write(b, CR, WDGA | 0x41);
    assert_int_equal(bench_read(b, SR), 0);
    assert_false(bench_irq(b, IRQ_WWDG));
    bench_write(b, CR, WDGA | 0x40);
    assert_int_equal(bench_read(b, SR), EWIF);
    assert_true(bench_irq(b, IRQ_WWDG));
    assert_int_equal(b->resets, 0);
}

static void flag_without_interrupt(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, WDGA | 0x41);
    bench_wait(b, COUNT);
    assert_int_equal(bench_read(b, SR), EWIF);
    assert_false(bench_irq(b, IRQ_WWDG));
}

static void option_byte_starts_it_at_reset(void **state)
{
    struct dev_bench *b = *state;
    b->nv->option[NV_OB_OPTSR] &= ~(1u << 4); /* WWDG_SW */
    chip_reset(b->chip, CHIP_RESET_OPTION_LOAD);
    assert_int_equal(bench_read(b, CR), WDGA | 0x7f);
    bench_wait(b, 0x40u * COUNT);
    assert_int_equal(b->resets, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(it_counts_freely_and_does_nothing_while_off),
        CASE(activation_can_only_be_set),
        CASE(reset_comes_below_0x40),
        CASE(prescaler_and_bus_clock_stretch_the_count),
        CASE(change_of_clock_keeps_the_count),
        CASE(refreshing_in_the_window_keeps_it_quiet),
        CASE(refreshing_before_the_window_resets),
        CASE(clearing_t6_resets_at_once),
        CASE(early_interrupt_comes_at_0x40),
        CASE(count_written_as_0x40_is_early_at_once),
        CASE(flag_without_interrupt),
        CASE(option_byte_starts_it_at_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
