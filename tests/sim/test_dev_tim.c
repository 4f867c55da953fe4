#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define RCC_CFGR1 (0x44020c00u + 0x1cu)
#define RCC_CFGR2 (0x44020c00u + 0x20u)
#define TZSC_SEC1 (0x40032400u + 0x10u)

#define TIM2  0x40000000u
#define TIM3  0x40000400u
#define TIM6  0x40001000u
#define TIM14 0x40002000u

#define CR1    0x00u
#define CR2    0x04u
#define SMCR   0x08u
#define DIER   0x0cu
#define SR     0x10u
#define EGR    0x14u
#define CCMR1  0x18u
#define CCER   0x20u
#define CNT    0x24u
#define PSC    0x28u
#define ARR    0x2cu
#define CCR(n) (0x30u + 4u * (n))

#define CEN      0x001u
#define UDIS     0x002u
#define URS      0x004u
#define OPM      0x008u
#define DIR      0x010u
#define CMS(n)   ((n) << 5)
#define ARPE     0x080u
#define UIFREMAP 0x800u
#define UIF      0x01u
#define CCIF(n)  (1u << (n))
#define TIF      0x40u
#define UG       0x01u

#define IRQ_TIM2 45u
#define IRQ_TIM6 49u

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int setup_trustzone(void **state)
{
    *state = bench_open(true);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static uint32_t get(struct dev_bench *b, uint32_t off)
{
    return bench_read(b, TIM2 + off);
}

static void put(struct dev_bench *b, uint32_t off, uint32_t value)
{
    bench_write(b, TIM2 + off, value);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x400u; off += 4u) {
        assert_int_equal(get(b, off), off == ARR ? 0xffffffff : 0);
        assert_int_equal(bench_read(b, TIM3 + off), off == ARR ? 0xffff : 0);
        assert_int_equal(bench_read(b, TIM6 + off), off == ARR ? 0xffff : 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        uint32_t addr, mask;
    } row[] = {{TIM2 + CR1, 0x1bff},        {TIM2 + CR2, 0x020000f8},   {TIM2 + SMCR, 0x0331ffff},
               {TIM2 + DIER, 0x00f05f5f},   {TIM2 + CCMR1, 0x0101ffff}, {TIM2 + CCER, 0xbbbb},
               {TIM2 + PSC, 0xffff},        {TIM2 + CNT, 0xffffffff},   {TIM3 + CNT, 0xffff},
               {TIM3 + ARR, 0xffff},        {TIM3 + CCR(4), 0xffff},    {TIM6 + CR1, 0x188f},
               {TIM6 + CR2, 0x70},          {TIM6 + SMCR, 0},           {TIM6 + DIER, 0x101},
               {TIM6 + CCMR1, 0},           {TIM6 + CCR(1), 0},         {TIM14 + CCR(1), 0xffff},
               {TIM14 + CCR(2), 0},         {TIM2 + 0x58u, 0x07ff00ff}, {TIM2 + 0x5cu, 0x0f0f0f0f},
               {TIM2 + 0x3dcu, 0x000f1f1fu}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const uint32_t keep = row[i].addr % 0x400u == CR1 ? CEN : 0;
        bench_write(b, row[i].addr, 0xffffffffu & ~keep);
        assert_int_equal(bench_read(b, row[i].addr), row[i].mask & ~keep);
        bench_write(b, row[i].addr, 0); /* some of them change what others do */
    }
}

static void counts_up_to_the_reload_value(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    bench_wait(b, 100);
    assert_int_equal(get(b, CNT), 0);
    put(b, CR1, CEN);
    bench_wait(b, 9);
    assert_int_equal(get(b, CNT), 9);
    assert_int_equal(get(b, SR) & UIF, 0);
    bench_wait(b, 1);
    assert_int_equal(get(b, CNT), 0);
    assert_int_equal(get(b, SR) & UIF, UIF);
    bench_wait(b, 10000000000000007u); /* years: whole periods are skipped */
    assert_int_equal(get(b, CNT), 7);
    put(b, CR1, 0);
    bench_wait(b, 3);
    assert_int_equal(get(b, CNT), 7);
}

static void counts_down_from_the_reload_value(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, CNT, 4);
    put(b, CR1, CEN | DIR);
    bench_wait(b, 4);
    assert_int_equal(get(b, CNT), 0);
    assert_int_equal(get(b, SR) & UIF, 0);
    bench_wait(b, 1);
    assert_int_equal(get(b, CNT), 9);
    assert_int_equal(get(b, SR) & UIF, UIF);
    bench_wait(b, 12);
    assert_int_equal(get(b, CNT), 7);
}

static void center_aligned_counts_up_and_down(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 5);
    put(b, CR1, CEN | CMS(3u));
    bench_wait(b, 4);
    assert_int_equal(get(b, CNT), 4);
    assert_int_equal(get(b, CR1) & DIR, 0);
    bench_wait(b, 1);
    assert_int_equal(get(b, CNT), 5);
    assert_int_equal(get(b, SR) & UIF, UIF);
    put(b, SR, 0);
    bench_wait(b, 2);
    assert_int_equal(get(b, CNT), 3);
    assert_int_equal(get(b, CR1) & DIR, DIR);
    put(b, CR1, CEN | CMS(3u)); /* DIR is read-only here */
    assert_int_equal(get(b, CR1) & DIR, DIR);
    assert_int_equal(get(b, SR) & UIF, 0);
    bench_wait(b, 3);
    assert_int_equal(get(b, CNT), 0);
    assert_int_equal(get(b, SR) & UIF, UIF);
    bench_wait(b, 10u * 1000u + 2u);
    assert_int_equal(get(b, CNT), 2);
    assert_int_equal(get(b, CR1) & DIR, 0);
}

static void center_aligned_mode_says_when_to_compare(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 10);
    put(b, CCR(1), 4);
    put(b, CR1, CEN | CMS(1u)); /* only while counting down */
    bench_wait(b, 10);
    assert_int_equal(get(b, SR) & CCIF(1), 0);
    bench_wait(b, 6);
    assert_int_equal(get(b, SR) & CCIF(1), CCIF(1));
    put(b, CR1, 0);
    put(b, CNT, 0);
    put(b, CR1, CEN | CMS(2u)); /* only while counting up */
    put(b, SR, 0);
    bench_wait(b, 4);
    assert_int_equal(get(b, SR) & CCIF(1), CCIF(1));
    put(b, SR, 0);
    bench_wait(b, 19);
    assert_int_equal(get(b, SR) & CCIF(1), 0);
    bench_wait(b, 1);
    assert_int_equal(get(b, SR) & CCIF(1), CCIF(1));
}

static void prescaler_is_taken_over_by_an_update(void **state)
{
    struct dev_bench *b = *state;
    put(b, PSC, 99);
    put(b, CR1, CEN);
    bench_wait(b, 10);
    assert_int_equal(get(b, CNT), 10);
    put(b, EGR, UG);
    assert_int_equal(get(b, CNT), 0);
    bench_wait(b, 999);
    assert_int_equal(get(b, CNT), 9);
    bench_wait(b, 1);
    assert_int_equal(get(b, CNT), 10);
}

static void preloaded_reload_waits_for_the_update(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, CR1, CEN | ARPE);
    put(b, EGR, UG);
    put(b, ARR, 4);
    assert_int_equal(get(b, ARR), 4);
    bench_wait(b, 9);
    assert_int_equal(get(b, CNT), 9);
    bench_wait(b, 1u + 5u + 3u);
    assert_int_equal(get(b, CNT), 3);
}

static void preloaded_compare_waits_for_the_update(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, CCMR1, 8); /* OC1PE */
    put(b, CCR(1), 5);
    put(b, CR1, CEN);
    put(b, SR, 0);
    bench_wait(b, 9);
    assert_int_equal(get(b, SR) & CCIF(1), 0);
    bench_wait(b, 1); /* the update; 0, which has been compared with until now, comes with it */
    put(b, SR, 0);
    bench_wait(b, 4);
    assert_int_equal(get(b, SR) & CCIF(1), 0);
    bench_wait(b, 1);
    assert_int_equal(get(b, SR) & CCIF(1), CCIF(1));
}

static void flags_are_cleared_by_writing_zero(void **state)
{
    struct dev_bench *b = *state;
    put(b, EGR, UG | CCIF(1) | CCIF(2) | CCIF(3) | CCIF(4) | TIF);
    assert_int_equal(get(b, SR), 0x5f);
    put(b, SR, ~CCIF(2));
    assert_int_equal(get(b, SR), 0x5f & ~CCIF(2));
    put(b, SR, 0xffffffff);
    assert_int_equal(get(b, SR), 0x5f & ~CCIF(2));
}

static void compare_flags_come_at_their_counts(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 99);
    for (uint32_t n = 1; n <= 4u; n++) {
        put(b, CCR(n), 10u * n);
    }
    put(b, CR1, CEN);
    for (uint32_t n = 1; n <= 4u; n++) {
        bench_wait(b, 9);
        assert_int_equal(get(b, SR) & CCIF(n), 0);
        bench_wait(b, 1);
        assert_int_equal(get(b, SR) & CCIF(n), CCIF(n));
    }
    put(b, SR, 0);
    bench_wait(b, 10000);
    assert_int_equal(get(b, SR), 0x1f);
}

static void compare_beyond_the_reload_flags_at_overflow(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, CCR(1), 50);
    put(b, CCR(2), 3);
    put(b, CR1, CEN | DIR);
    put(b, CNT, 9);
    put(b, SR, 0);
    bench_wait(b, 6);
    assert_int_equal(get(b, SR), CCIF(2));
    bench_wait(b, 3);
    assert_int_equal(get(b, SR) & CCIF(1), 0);
    bench_wait(b, 1);
    assert_int_equal(get(b, SR) & CCIF(1), CCIF(1));
}

static void one_pulse_stops_at_the_update(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, CR1, CEN | OPM);
    bench_wait(b, 9);
    assert_int_equal(get(b, CR1), CEN | OPM);
    bench_wait(b, 100);
    assert_int_equal(get(b, CR1), OPM);
    assert_int_equal(get(b, CNT), 0);
    assert_int_equal(get(b, SR) & UIF, UIF);
}

static void update_can_be_disabled_or_left_unflagged(void **state)
{
    struct dev_bench *b = *state;
    put(b, CR1, URS);
    put(b, PSC, 1);
    put(b, EGR, UG);
    assert_int_equal(get(b, SR), 0);
    put(b, ARR, 9);
    put(b, CR1, CEN | UDIS);
    bench_wait(b, 2u * 25u);
    assert_int_equal(get(b, CNT), 5);
    assert_int_equal(get(b, SR) & UIF, 0);
}

static void zero_reload_blocks_the_counter(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 0);
    put(b, CR1, CEN);
    bench_wait(b, 1000);
    assert_int_equal(get(b, CNT), 0);
    assert_int_equal(get(b, SR) & UIF, 0);
    put(b, ARR, 100);
    bench_wait(b, 50);
    assert_int_equal(get(b, CNT), 50);
}

static void counter_past_the_reload_runs_to_its_end(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, TIM3 + ARR, 10);
    bench_write(b, TIM3 + CNT, 20);
    bench_write(b, TIM3 + CR1, CEN);
    bench_wait(b, 0xffff - 20);
    assert_int_equal(bench_read(b, TIM3 + CNT), 0xffff);
    bench_wait(b, 4);
    assert_int_equal(bench_read(b, TIM3 + CNT), 3);
    assert_int_equal(bench_read(b, TIM3 + SR) & UIF, 0);
}

static void update_interrupt_comes_in_time(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, TIM6 + PSC, 31);
    bench_write(b, TIM6 + ARR, 999);
    bench_write(b, TIM6 + EGR, UG);
    bench_write(b, TIM6 + SR, 0);
    bench_write(b, TIM6 + DIER, UIF);
    bench_write(b, TIM6 + CR1, CEN);
    for (unsigned i = 0; i < 3u; i++) { /* 1 ms at 32 MHz */
        bench_wait(b, 31999);
        assert_false(bench_irq(b, IRQ_TIM6));
        bench_wait(b, 1);
        assert_true(bench_irq(b, IRQ_TIM6));
        bench_write(b, TIM6 + SR, 0);
        assert_false(bench_irq(b, IRQ_TIM6));
    }
}

static void compare_interrupt_comes_in_time(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 99);
    put(b, CCR(3), 60);
    put(b, DIER, CCIF(3));
    put(b, CR1, CEN);
    for (unsigned i = 0; i < 3u; i++) {
        bench_wait(b, 59);
        assert_false(bench_irq(b, IRQ_TIM2));
        bench_wait(b, 1);
        assert_true(bench_irq(b, IRQ_TIM2));
        put(b, SR, 0);
        assert_false(bench_irq(b, IRQ_TIM2));
        bench_wait(b, 40);
    }
}

static void interrupt_without_enable_stays_low(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, CR1, CEN);
    bench_wait(b, 100);
    assert_int_equal(get(b, SR) & UIF, UIF);
    assert_false(bench_irq(b, IRQ_TIM2));
    put(b, DIER, UIF);
    assert_true(bench_irq(b, IRQ_TIM2));
}

static void clock_follows_the_bus_prescaler(void **state)
{
    struct dev_bench *b = *state;
    put(b, CR1, CEN);
    bench_wait(b, 100);
    bench_write(b, RCC_CFGR2, 4u << 4); /* PPRE1 /2: the timer still has the core's clock */
    bench_wait(b, 100);
    assert_int_equal(get(b, CNT), 200);
    bench_write(b, RCC_CFGR2, 6u << 4); /* PPRE1 /8: twice PCLK1 */
    bench_wait(b, 100);
    assert_int_equal(get(b, CNT), 225);
    bench_write(b, RCC_CFGR1, 1u << 15); /* TIMPRE: four times PCLK1 */
    bench_wait(b, 100);
    assert_int_equal(get(b, CNT), 275);
}

static void update_flag_shows_in_the_counter(void **state)
{
    struct dev_bench *b = *state;
    put(b, CR1, UIFREMAP);
    put(b, CNT, 5);
    assert_int_equal(get(b, CNT), 5);
    put(b, EGR, UG);
    put(b, CNT, 5);
    assert_int_equal(get(b, CNT), 0x80000005);
}

static void input_channel_captures_by_software_only(void **state)
{
    struct dev_bench *b = *state;
    put(b, CCMR1, 1); /* CC1S: input */
    put(b, CCR(1), 7);
    assert_int_equal(get(b, CCR(1)), 0);
    put(b, ARR, 99);
    put(b, CR1, CEN);
    bench_wait(b, 42);
    assert_int_equal(get(b, SR) & CCIF(1), 0);
    put(b, EGR, CCIF(1));
    assert_int_equal(get(b, CCR(1)), 42);
    assert_int_equal(get(b, SR) & CCIF(1), CCIF(1));
}

static void reset_of_the_block_stops_it(void **state)
{
    struct dev_bench *b = *state;
    put(b, ARR, 9);
    put(b, DIER, UIF);
    put(b, CR1, CEN);
    bench_wait(b, 20);
    assert_true(bench_irq(b, IRQ_TIM2));
    bench_write(b, 0x44020c00u + 0x74u, 1); /* APB1LRSTR.TIM2RST */
    assert_false(bench_irq(b, IRQ_TIM2));
    assert_int_equal(get(b, CR1), 0);
    assert_int_equal(get(b, ARR), 0xffffffff);
}

static void secured_by_the_tzsc_it_is_closed_to_nonsecure(void **state)
{
    struct dev_bench *b = *state;
    const struct sim_attr ns = {.privileged = true};
    uint32_t value = 1;
    bench_write_as(b, true, true, TZSC_SEC1, 1);
    assert_int_equal(bus_read(b->chip, TIM2 + ARR, 4, ns, &value, NULL), SIM_ANSWER_IGNORED);
    assert_int_equal(bus_write(b->chip, TIM2 + ARR, 4, ns, 5, NULL), SIM_ANSWER_IGNORED);
    assert_int_equal(bench_read_as(b, true, true, TIM2 + ARR), 0xffffffff);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(counts_up_to_the_reload_value),
        CASE(counts_down_from_the_reload_value),
        CASE(center_aligned_counts_up_and_down),
        CASE(center_aligned_mode_says_when_to_compare),
        CASE(prescaler_is_taken_over_by_an_update),
        CASE(preloaded_reload_waits_for_the_update),
        CASE(preloaded_compare_waits_for_the_update),
        CASE(flags_are_cleared_by_writing_zero),
        CASE(compare_flags_come_at_their_counts),
        CASE(compare_beyond_the_reload_flags_at_overflow),
        CASE(one_pulse_stops_at_the_update),
        CASE(update_can_be_disabled_or_left_unflagged),
        CASE(zero_reload_blocks_the_counter),
        CASE(counter_past_the_reload_runs_to_its_end),
        CASE(update_interrupt_comes_in_time),
        CASE(compare_interrupt_comes_in_time),
        CASE(interrupt_without_enable_stays_low),
        CASE(clock_follows_the_bus_prescaler),
        CASE(update_flag_shows_in_the_counter),
        CASE(input_channel_captures_by_software_only),
        CASE(reset_of_the_block_stops_it),
        CASE_TZ(secured_by_the_tzsc_it_is_closed_to_nonsecure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
