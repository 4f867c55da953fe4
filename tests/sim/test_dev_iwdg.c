#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define IWDG 0x40003000u
#define KR   (IWDG + 0x00u)
#define PR   (IWDG + 0x04u)
#define RLR  (IWDG + 0x08u)
#define SR   (IWDG + 0x0cu)
#define WINR (IWDG + 0x10u)
#define EWCR (IWDG + 0x14u)

#define RCC_BDCR 0x44020cf0u
#define LSION    0x4000000u

#define UNLOCK   0x5555u
#define REFRESH  0xaaaau
#define START    0xccccu
#define ONF      0x100u
#define EWIF     0x4000u
#define IRQ_IWDG 35u

/* Ticks of one LSI period: 32 MHz after reset over 32 kHz. */
#define LSI 1000u

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

/* Starts with /4, `reload` and `window`, refreshed just now. */
static void start(struct dev_bench *b, uint32_t reload, uint32_t window)
{
    bench_write(b, KR, START);
    bench_write(b, KR, UNLOCK);
    bench_write(b, RLR, reload);
    bench_write(b, WINR, window);
    bench_write(b, KR, 0);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, KR), 0);
    assert_int_equal(bench_read(b, PR), 0);
    assert_int_equal(bench_read(b, RLR), 0xfff);
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(bench_read(b, WINR), 0xfff);
    assert_int_equal(bench_read(b, EWCR), 0);
}

static void registers_are_locked_without_the_key(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, PR, 3);
    bench_write(b, RLR, 5);
    bench_write(b, WINR, 5);
    bench_write(b, EWCR, 0x8005);
    assert_int_equal(bench_read(b, PR), 0);
    assert_int_equal(bench_read(b, RLR), 0xfff);
    assert_int_equal(bench_read(b, WINR), 0xfff);
    assert_int_equal(bench_read(b, EWCR), 0);
    bench_write(b, KR, UNLOCK);
    bench_write(b, PR, 3);
    assert_int_equal(bench_read(b, PR), 3);
    bench_write(b, KR, REFRESH); /* any other key locks again */
    bench_write(b, RLR, 5);
    assert_int_equal(bench_read(b, RLR), 0xfff);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, KR, UNLOCK);
    bench_write(b, PR, 0xffffffff);
    bench_write(b, RLR, 0xffffffff);
    bench_write(b, WINR, 0xffffffff);
    bench_write(b, EWCR, 0xffffffff);
    assert_int_equal(bench_read(b, PR), 0xf);
    assert_int_equal(bench_read(b, RLR), 0xfff);
    assert_int_equal(bench_read(b, WINR), 0xfff);
    assert_int_equal(bench_read(b, EWCR), 0x8fff);
}

/* As on the part: without its clock no written value arrives. */
static void update_waits_for_the_lsi(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, KR, UNLOCK);
    bench_write(b, PR, 3);
    bench_wait(b, 1000u * LSI);
    assert_int_equal(bench_read(b, SR), 1);
    assert_int_equal(b->chip->next_event, SIM_NEVER);
    bench_write(b, RCC_BDCR, LSION);
    bench_wait(b, 3u * LSI - 1u);
    assert_int_equal(bench_read(b, SR), 1);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, SR), 0);
    bench_write(b, RCC_BDCR, 0);
    bench_write(b, RLR, 5);
    bench_wait(b, 1000u * LSI);
    assert_int_equal(bench_read(b, SR), 2);
    bench_write(b, KR, START); /* turns it on, too */
    bench_wait(b, 3u * LSI);
    assert_int_equal(bench_read(b, SR), ONF);
}

static void update_flags_last_three_periods_and_block_writes(void **state)
{
    static const struct {
        uint32_t addr, flag;
    } field[] = {{PR, 1}, {RLR, 2}, {WINR, 4}, {EWCR, 8}};
    struct dev_bench *b = *state;
    bench_write(b, RCC_BDCR, LSION);
    bench_write(b, KR, UNLOCK);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, field[i].addr, 2);
        assert_int_equal(bench_read(b, SR), field[i].flag);
        bench_write(b, field[i].addr, 5);
        assert_int_equal(bench_read(b, field[i].addr), 2);
        bench_wait(b, 3u * LSI - 1u);
        assert_int_equal(bench_read(b, SR), field[i].flag);
        bench_wait(b, 1);
        assert_int_equal(bench_read(b, SR), 0);
        bench_write(b, field[i].addr, 5);
        assert_int_equal(bench_read(b, field[i].addr), 5);
        bench_wait(b, 3u * LSI);
    }
}

static void it_does_nothing_before_it_is_started(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, KR, REFRESH);
    bench_wait(b, 1000000000);
    assert_int_equal(b->resets, 0);
}

static void first_count_is_the_longest(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, KR, START);
    assert_int_equal(bench_read(b, SR), ONF);
    bench_wait(b, 0x1000u * 4u * LSI - 1u);
    assert_int_equal(b->resets, 0);
    bench_wait(b, 1);
    assert_int_equal(b->resets, 1);
    assert_int_equal(b->cause, CHIP_RESET_IWDG);
}

static void reset_comes_after_reload_and_prescaler(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, KR, START);
    bench_write(b, KR, UNLOCK);
    bench_write(b, PR, 8); /* /1024 */
    bench_write(b, RLR, 9);
    bench_write(b, KR, REFRESH);
    bench_wait(b, 10u * 1024u * LSI - 1u);
    assert_int_equal(b->resets, 0);
    bench_wait(b, 1);
    assert_int_equal(b->resets, 1);
    bench_wait(b, 1000000000);
    assert_int_equal(b->resets, 1); /* asked for once */
}

static void refreshing_in_time_keeps_it_quiet(void **state)
{
    struct dev_bench *b = *state;
    start(b, 99, 0xfff);
    for (unsigned i = 0; i < 10u; i++) {
        bench_wait(b, 399u * LSI);
        bench_write(b, KR, REFRESH);
    }
    assert_int_equal(b->resets, 0);
}

static void starting_again_is_no_refresh(void **state)
{
    struct dev_bench *b = *state;
    start(b, 99, 0xfff);
    bench_wait(b, 399u * LSI);
    bench_write(b, KR, START);
    bench_wait(b, LSI);
    assert_int_equal(b->resets, 1);
}

static void refreshing_before_the_window_resets(void **state)
{
    struct dev_bench *b = *state;
    start(b, 99, 50);
    bench_wait(b, 4u * 48u * LSI); /* count 51 */
    bench_write(b, KR, REFRESH);
    assert_int_equal(b->resets, 1);
}

static void refreshing_within_the_window_does_not(void **state)
{
    struct dev_bench *b = *state;
    start(b, 99, 50);
    bench_wait(b, 4u * 49u * LSI); /* count 50 */
    bench_write(b, KR, REFRESH);
    bench_wait(b, 4u * 49u * LSI);
    assert_int_equal(b->resets, 0);
}

static void writing_the_window_refreshes(void **state)
{
    struct dev_bench *b = *state;
    start(b, 99, 0xfff);
    bench_wait(b, 399u * LSI);
    bench_write(b, KR, UNLOCK);
    bench_write(b, WINR, 0x800);
    bench_wait(b, 400u * LSI - 1u);
    assert_int_equal(b->resets, 0);
    bench_wait(b, 1);
    assert_int_equal(b->resets, 1);
}

static void early_interrupt_comes_once_per_count(void **state)
{
    struct dev_bench *b = *state;
    start(b, 99, 0xfff);
    bench_write(b, KR, UNLOCK);
    bench_write(b, EWCR, 0x8000u | 21u); /* at count 20 */
    bench_write(b, KR, REFRESH);
    bench_wait(b, 4u * 79u * LSI - 1u);
    assert_false(bench_irq(b, IRQ_IWDG));
    bench_wait(b, 1);
    assert_true(bench_irq(b, IRQ_IWDG));
    assert_int_equal(bench_read(b, SR), ONF | EWIF);
    bench_write(b, EWCR, 0x4000); /* EWIC, and nothing else: the registers are locked */
    assert_false(bench_irq(b, IRQ_IWDG));
    assert_int_equal(bench_read(b, EWCR), 0x8015);
    bench_wait(b, 4u * 20u * LSI);
    assert_false(bench_irq(b, IRQ_IWDG));
    assert_int_equal(b->resets, 0);
    bench_wait(b, 4u * LSI);
    assert_int_equal(b->resets, 1);
}

static void early_interrupt_needs_a_comparator_above_1(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t ewit = 0; ewit <= 2u; ewit++) {
        chip_reset(b->chip, CHIP_RESET_SOFTWARE);
        b->resets = 0;
        start(b, 9, 0xfff);
        bench_write(b, KR, UNLOCK);
        bench_write(b, EWCR, 0x8000u | ewit);
        bench_write(b, KR, REFRESH);
        bench_wait(b, 4u * 10u * LSI - 1u); /* up to the end of count 0 */
        assert_int_equal(bench_irq(b, IRQ_IWDG), ewit == 2u);
        assert_int_equal(b->resets, 0);
        bench_wait(b, 1);
        assert_int_equal(b->resets, 1);
    }
}

static void reset_stops_it(void **state)
{
    struct dev_bench *b = *state;
    start(b, 9, 0xfff);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(bench_read(b, SR), 0);
    bench_wait(b, 1000000000);
    assert_int_equal(b->resets, 0);
}

static void option_byte_starts_it_at_reset(void **state)
{
    struct dev_bench *b = *state;
    b->nv->option[NV_OB_OPTSR] &= ~(1u << 3); /* IWDG_SW */
    chip_reset(b->chip, CHIP_RESET_OPTION_LOAD);
    assert_int_equal(bench_read(b, SR), ONF);
    bench_wait(b, 0x1000u * 4u * LSI);
    assert_int_equal(b->resets, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(registers_are_locked_without_the_key),
        CASE(reserved_bits_stay_zero),
        CASE(update_waits_for_the_lsi),
        CASE(update_flags_last_three_periods_and_block_writes),
        CASE(it_does_nothing_before_it_is_started),
        CASE(first_count_is_the_longest),
        CASE(reset_comes_after_reload_and_prescaler),
        CASE(refreshing_in_time_keeps_it_quiet),
        CASE(starting_again_is_no_refresh),
        CASE(refreshing_before_the_window_resets),
        CASE(refreshing_within_the_window_does_not),
        CASE(writing_the_window_refreshes),
        CASE(early_interrupt_comes_once_per_count),
        CASE(early_interrupt_needs_a_comparator_above_1),
        CASE(reset_stops_it),
        CASE(option_byte_starts_it_at_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
