#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_rtc.h"
#include "rtc_fixture.h"

#define RCC_CFGR2 (0x44020c00u + 0x20u)
#define RCC_BDCR  (0x44020c00u + 0xf0u)
#define PWR_DBPCR (0x44020800u + 0x24u)

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x78u; off += 4u) {
        uint32_t expected = off == 0x04u ? 0x2101 : 0;
        expected = off == 0x08u ? 0xff : expected;
        expected = off == 0x0cu ? 0x7 : expected;
        expected = off == 0x10u ? 0x7f00ff : expected;
        expected = off == 0x14u ? 0xffff : expected;
        assert_int_equal(bench_read(b, RTC + off), expected);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        uint32_t addr, mask;
    } row[] = {{PRER, 0x007f7fff},
               {CR, 0xfffcfbf8},
               {CALR, 0xf1ff},
               {ALRMAR, 0xffffffff},
               {ALRABINR, 0xffffffff},
               {ALRMASSR, 0xbf007fff},
               {PRIVCFGR, 0xe00f},
               {WPR, 0},
               {SR, 0},
               {OPTION, 1}};
    struct dev_bench *b = *state;
    bench_write(b, ICSR, INIT);
    bench_wait(b, 2u * PULSE);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        rtc_unlock(b); /* a write to WPR locks again */
        bench_write(b, row[i].addr, row[i].addr == CR ? ~(WUTE | 7u) : 0xffffffff);
        assert_int_equal(bench_read(b, row[i].addr), row[i].mask);
    }
    rtc_unlock(b);
    bench_write(b, TR, 0xffffffff);
    assert_int_equal(bench_read(b, TR), 0x007f7f7f);
    bench_write(b, DR, 0xffffffff);
    assert_int_equal(bench_read(b, DR), 0x00ffff3f);
}

static void nothing_is_written_while_the_domain_is_protected(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, PWR_DBPCR, 0);
    bench_write(b, ALRMAR, 5);
    bench_write(b, ICSR, INIT);
    bench_write(b, CR, BYPSHAD);
    assert_int_equal(bench_read(b, ALRMAR), 0);
    assert_int_equal(bench_read(b, ICSR) & INIT, 0);
    assert_int_equal(bench_read(b, CR), 0);
}

static void keys_protect_the_calendar(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, WPR, 0xff);
    bench_write(b, ICSR, INIT);
    bench_write(b, CALR, 5);
    bench_write(b, CR, FMT | BYPSHAD);
    assert_int_equal(bench_read(b, ICSR) & INIT, 0);
    assert_int_equal(bench_read(b, CALR), 0);
    assert_int_equal(bench_read(b, CR), BYPSHAD); /* not under the keys */
    bench_write(b, WPR, 0xca);
    bench_write(b, WPR, 0x00);
    bench_write(b, WPR, 0x53);
    bench_write(b, CALR, 5);
    assert_int_equal(bench_read(b, CALR), 0);
    rtc_unlock(b);
    bench_write(b, CALR, 5);
    assert_int_equal(bench_read(b, CALR), 5);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    rtc_open_domain(b);
    bench_write(b, CALR, 6); /* a system reset does not lock */
    assert_int_equal(bench_read(b, CALR), 6);
}

static void without_a_clock_initialization_never_begins(void **state)
{
    struct dev_bench *b = *state;
    rtc_open_domain(b);
    rtc_unlock(b);
    bench_write(b, ICSR, INIT);
    bench_wait(b, 10u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, ICSR) & (INIT | INITF | RSF), INIT);
    bench_write(b, RCC_BDCR, BDCR_LSE & ~1u); /* LSE is off */
    bench_wait(b, 10u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, ICSR) & INITF, 0);
    bench_write(b, RCC_BDCR, BDCR_LSE);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & INITF, INITF);
}

static void initialization_takes_two_pulses(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, TR, 0x123456);
    assert_int_equal(bench_read(b, TR), 0);
    bench_write(b, ICSR, INIT);
    bench_wait(b, PULSE);
    assert_int_equal(bench_read(b, ICSR), INIT | 3u); /* no INITF yet, WUTWF and RSF gone */
    bench_write(b, TR, 0x123456);
    bench_wait(b, PULSE);
    assert_int_equal(bench_read(b, ICSR), INIT | INITF | 3u);
    assert_int_equal(bench_read(b, TR), 0);
    bench_write(b, TR, 0x123456);
    bench_wait(b, 5u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, TR), 0x123456); /* the calendar stands */
}

static void synchronization_flag_follows(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0, 0x252101);
    assert_int_equal(bench_read(b, ICSR) & (RSF | INITS), INITS);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & RSF, RSF);
    bench_write(b, ICSR, ~(RSF | INIT));
    assert_int_equal(bench_read(b, ICSR) & RSF, 0);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & RSF, RSF);
    bench_write(b, CR, BYPSHAD);
    assert_int_equal(bench_read(b, ICSR) & RSF, 0);
    bench_write(b, CR, 0);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(bench_read(b, ICSR) & RSF, 0);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & RSF, RSF);
}

static void shadow_is_stale_once_init_falls(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, 10u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & RSF, RSF);
    bench_write(b, ICSR, bench_read(b, ICSR) | INIT);
    bench_wait(b, 10u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & (RSF | INITF), INITF);
    bench_write(b, ICSR, RSF); /* RSF is not cleared by this write, INIT is. */
    assert_int_equal(bench_read(b, ICSR) & (RSF | INIT), 0);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & RSF, RSF);
}

static void calendar_counts_seconds(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x235958, 0x24e228); /* Sunday, 28 February 2024 as far as the RTC knows */
    bench_wait(b, SECOND - 1u);
    rtc_expect(b, 0x235958, 0x24e228);
    bench_wait(b, 1);
    rtc_expect(b, 0x235959, 0x24e228);
    bench_wait(b, SECOND);
    rtc_expect(b, 0x000000, 0x242229); /* a leap year; Monday follows Sunday */
    bench_wait(b, 86400u * (uint64_t)SECOND);
    rtc_expect(b, 0x000000, 0x244301);
    bench_wait(b, 365u * 86400u * (uint64_t)SECOND + 3661u * (uint64_t)SECOND);
    rtc_expect(b, 0x010101, 0x256301);
}

static void century_begins_anew(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x235959, 0x99f231);
    bench_wait(b, SECOND);
    rtc_expect(b, 0, 0x002101);
}

static void subseconds_count_down(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0, 0x2101);
    assert_int_equal(bench_read(b, SSR), 255);
    bench_wait(b, SECOND / 256u * 100u);
    assert_int_equal(bench_read(b, SSR), 155);
    bench_wait(b, SECOND - SECOND / 256u * 100u - 1u);
    assert_int_equal(bench_read(b, SSR), 0);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, SSR), 255);
}

static void prescalers_make_the_second(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, ICSR, INIT);
    bench_wait(b, 2u * PULSE);
    bench_write(b, PRER, 31);
    bench_write(b, PRER, 31u << 16 | 31u); /* 1024 pulses: 32 seconds in one */
    bench_write(b, ICSR, 0);
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0x32);
}

static void clock_can_be_the_lsi(void **state)
{
    struct dev_bench *b = *state;
    rtc_open_domain(b);
    bench_write(b, RCC_BDCR, BDCR_LSI);
    bench_wait(b, 2u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, TR), 0x01); /* 64000 pulses of 32768 */
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0x02);
}

static void change_of_the_core_clock_changes_nothing(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0, 0x2101);
    bench_wait(b, SECOND / 2u);
    bench_write(b, RCC_CFGR2, 8); /* HPRE /2: a tick is twice as long now */
    bench_wait(b, SECOND / 4u - 1u);
    assert_int_equal(bench_read(b, TR), 0);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, TR), 1);
}

static void shadow_registers_stand_until_the_date_is_read(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x235959, 0x252131);
    assert_int_equal(bench_read(b, SSR), 255);
    bench_wait(b, SECOND);
    rtc_expect(b, 0x235959, 0x252131);
    rtc_expect(b, 0, 0x254201);
    bench_wait(b, 86399u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, TR), 0x235959);
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0); /* TR holds DR, not itself */
    assert_int_equal(bench_read(b, DR), 0x254201);
    bench_write(b, CR, BYPSHAD);
    bench_wait(b, 86399u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, SSR), 255);
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0); /* not without shadow registers */
}

static void twelve_hours_have_a_noon(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, FMT);
    rtc_set(b, 0x115959, 0x2101);
    bench_wait(b, SECOND);
    rtc_expect(b, 0x520000, 0x2101); /* 12 PM */
    bench_wait(b, 3600u * (uint64_t)SECOND);
    rtc_expect(b, 0x410000, 0x2101);
    bench_wait(b, 11u * 3600u * (uint64_t)SECOND);
    rtc_expect(b, 0x120000, 0x4102); /* 12 AM */
}

static void hours_are_added_and_subtracted(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x013000, 0x2101);
    bench_write(b, CR, ADD1H);
    assert_int_equal(bench_read(b, TR), 0x023000);
    assert_int_equal(bench_read(b, CR), 0);
    bench_write(b, CR, SUB1H);
    bench_write(b, CR, SUB1H);
    assert_int_equal(bench_read(b, TR), 0x003000);
    bench_write(b, CR, SUB1H); /* not from hour 0 */
    assert_int_equal(bench_read(b, TR), 0x003000);
}

static void shifting_moves_fractions(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x10, 0x2101);
    bench_write(b, SHIFTR, 0x80000000u | 64u); /* a second forward, a quarter back */
    assert_int_equal(bench_read(b, SSR), 255u + 64u);
    bench_write(b, CR, BYPSHAD);
    assert_int_equal(bench_read(b, TR), 0x11);
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0x11);
    bench_wait(b, SECOND / 4u);
    assert_int_equal(bench_read(b, TR), 0x12);
}

static void it_goes_on_through_a_system_reset(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x120000, 0x252114);
    bench_write(b, ALRMAR, 0x14120005);
    bench_write(b, CR, ALRAE | ALRAIE);
    bench_wait(b, SECOND / 2u);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    bench_wait(b, 3u * (uint64_t)SECOND);
    rtc_expect(b, 0x120003, 0x252114);
    assert_false(bench_irq(b, IRQ_RTC));
    bench_wait(b, 2u * (uint64_t)SECOND);
    assert_true(bench_irq(b, IRQ_RTC));
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_true(bench_irq(b, IRQ_RTC));
}

static void domain_reset_clears_everything(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x120000, 0x252114);
    bench_write(b, ALRMAR, 5);
    bench_write(b, CALR, 5);
    bench_write(b, PRIVCFGR, 1);
    bench_write(b, RCC_BDCR, 0x10000); /* VSWRST */
    reset_values(state);
}

static void power_on_resets_it(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x120000, 0x252114);
    bench_power(b);
    reset_values(state);
}

static void tamper_takes_a_time_stamp(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x101112, 0x252114);
    rtc_tamper(chip_device(b->chip, "RTC"));
    assert_int_equal(bench_read(b, SR), 0);
    bench_write(b, CR, TAMPTS);
    rtc_tamper(chip_device(b->chip, "RTC"));
    assert_int_equal(bench_read(b, SR), TSF);
    assert_int_equal(bench_read(b, TSTR), 0x101112);
    assert_int_equal(bench_read(b, TSDR), 0x2114);
    rtc_tamper(chip_device(b->chip, "RTC"));
    assert_int_equal(bench_read(b, SR), TSF | TSOVF);
    assert_false(bench_irq(b, IRQ_RTC));
    bench_write(b, CR, TAMPTS | TSIE);
    assert_int_equal(bench_read(b, MISR), TSF | TSOVF);
    assert_true(bench_irq(b, IRQ_RTC));
    bench_write(b, SCR, TSF | TSOVF);
    assert_int_equal(bench_read(b, SR), 0);
}

#define CASE(name)      cmocka_unit_test_setup_teardown(name, rtc_setup, rtc_teardown)
#define CASE_DEAD(name) cmocka_unit_test_setup_teardown(name, rtc_setup_dead, rtc_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_DEAD(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(nothing_is_written_while_the_domain_is_protected),
        CASE(keys_protect_the_calendar),
        CASE_DEAD(without_a_clock_initialization_never_begins),
        CASE(initialization_takes_two_pulses),
        CASE(synchronization_flag_follows),
        CASE(shadow_is_stale_once_init_falls),
        CASE(calendar_counts_seconds),
        CASE(century_begins_anew),
        CASE(subseconds_count_down),
        CASE(prescalers_make_the_second),
        CASE_DEAD(clock_can_be_the_lsi),
        CASE(change_of_the_core_clock_changes_nothing),
        CASE(shadow_registers_stand_until_the_date_is_read),
        CASE(twelve_hours_have_a_noon),
        CASE(hours_are_added_and_subtracted),
        CASE(shifting_moves_fractions),
        CASE(it_goes_on_through_a_system_reset),
        CASE(domain_reset_clears_everything),
        CASE(power_on_resets_it),
        CASE(tamper_takes_a_time_stamp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
