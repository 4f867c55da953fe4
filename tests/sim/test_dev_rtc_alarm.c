#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtc_fixture.h"

static void alarm_comes_at_its_time(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x095955, 0x252114);
    bench_write(b, ALRMAR, 0x14100000); /* the 14th, 10:00:00 */
    bench_write(b, CR, ALRAE | ALRAIE);
    bench_wait(b, 5u * (uint64_t)SECOND - 1u);
    assert_false(bench_irq(b, IRQ_RTC));
    bench_wait(b, 1);
    assert_true(bench_irq(b, IRQ_RTC));
    assert_int_equal(bench_read(b, SR) & ALRAF, ALRAF);
    assert_int_equal(bench_read(b, MISR), ALRAF);
    bench_write(b, SCR, ALRAF);
    assert_false(bench_irq(b, IRQ_RTC));
    bench_wait(b, 86399u * (uint64_t)SECOND);
    assert_false(bench_irq(b, IRQ_RTC));
    bench_wait(b, 86400u * (uint64_t)SECOND);
    assert_false(bench_irq(b, IRQ_RTC));
}

static void masked_fields_do_not_count(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x000050, 0x252114);
    bench_write(b, ALRMBR, 0x80808030); /* every minute, at 30 */
    bench_write(b, CR, ALRBE | ALRBIE);
    for (unsigned i = 0; i < 3u; i++) {
        bench_wait(b, (i == 0 ? 40u : 60u) * (uint64_t)SECOND - 1u);
        assert_false(bench_irq(b, IRQ_RTC));
        bench_wait(b, 1);
        assert_true(bench_irq(b, IRQ_RTC));
        assert_int_equal(bench_read(b, SR) & (ALRAF | ALRBF), ALRBF);
        bench_write(b, SCR, ALRBF);
        bench_wait(b, 0);
    }
}

static void alarm_by_weekday(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0x235959, 0x252114);      /* Monday */
    bench_write(b, ALRMAR, 0x43808080u); /* WDSEL, Wednesday: its first second */
    bench_write(b, CR, ALRAE);
    bench_wait(b, 86400u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, SR) & ALRAF, 0);
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, SR) & ALRAF, ALRAF);
}

static void alarm_is_flagged_however_late_one_looks(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, FMT);
    rtc_set(b, 0x110000, 0x252114);
    bench_write(b, ALRMAR, 0x80520000u); /* any day, 12 PM */
    bench_write(b, ALRMBR, 0x16000000);  /* the 16th; no hour is 0 */
    bench_write(b, CR, FMT | ALRAE | ALRBE);
    bench_wait(b, 3000u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, SR) & (ALRAF | ALRBF), 0);
    bench_wait(b, 4u * 86400u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, SR) & (ALRAF | ALRBF), ALRAF);
    bench_wait(b, 3600u * (uint64_t)SECOND);
    bench_write(b, SCR, ALRAF);
    bench_wait(b, 43200u * (uint64_t)SECOND); /* past midnight: 12 AM is not 12 PM */
    assert_int_equal(bench_read(b, SR) & ALRAF, 0);
}

static void alarm_by_fraction(void **state)
{
    struct dev_bench *b = *state;
    rtc_set(b, 0, 0x2101);
    bench_write(b, ALRMAR, MSK_ALL);
    bench_write(b, ALRMASSR, 0x08000000u | 127u); /* SS[7:0] = 127: the middle of each second */
    bench_write(b, CR, ALRAE | ALRAIE);
    for (unsigned i = 0; i < 3u; i++) {
        bench_wait(b, SECOND / 2u - 1u);
        assert_false(bench_irq(b, IRQ_RTC));
        bench_wait(b, 1);
        assert_true(bench_irq(b, IRQ_RTC));
        bench_write(b, SCR, ALRAF);
        bench_wait(b, SECOND / 2u);
    }
    assert_int_equal(bench_read(b, ALRABINR), 127);
}

static void wakeup_timer_reloads(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, WUTR, 2047); /* RTCCLK / 16: a second */
    bench_write(b, CR, WUTE | WUTIE);
    assert_int_equal(bench_read(b, ICSR) & WUTWF, 0);
    for (unsigned i = 0; i < 3u; i++) {
        bench_wait(b, SECOND - 1u);
        assert_false(bench_irq(b, IRQ_RTC));
        bench_wait(b, 1);
        assert_true(bench_irq(b, IRQ_RTC));
        bench_write(b, SCR, WUTF);
        assert_false(bench_irq(b, IRQ_RTC));
    }
    bench_write(b, CR, WUTE | WUTIE | 4u); /* the clock's selection stands while it runs */
    assert_int_equal(bench_read(b, CR), WUTE | WUTIE);
    bench_write(b, WUTR, 5); /* nor does the reload value change */
    assert_int_equal(bench_read(b, WUTR), 2047);
    bench_write(b, CR, 0);
    bench_write(b, WUTR, 5); /* nor before WUTWF */
    assert_int_equal(bench_read(b, WUTR), 2047);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & WUTWF, WUTWF);
    bench_write(b, WUTR, 5);
    assert_int_equal(bench_read(b, WUTR), 5);
}

static void wakeup_timer_has_five_clocks(void **state)
{
    static const struct {
        uint32_t select, reload, seconds;
    } row[] = {{1, 4095, 1}, {2, 8191, 1}, {3, 16383, 1}, {4, 9, 10}, {6, 9, 65546}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, CR, 0);
        bench_wait(b, 2u * PULSE);
        bench_write(b, WUTR, row[i].reload);
        bench_write(b, CR, row[i].select);
        bench_write(b, SCR, WUTF);
        bench_write(b, CR, row[i].select | WUTE);
        bench_wait(b, row[i].seconds * (uint64_t)SECOND - 977u);
        assert_int_equal(bench_read(b, SR) & WUTF, 0);
        bench_wait(b, 2u * 977u);
        assert_int_equal(bench_read(b, SR) & WUTF, WUTF);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, rtc_setup, rtc_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(alarm_comes_at_its_time),
        CASE(masked_fields_do_not_count),
        CASE(alarm_by_weekday),
        CASE(alarm_is_flagged_however_late_one_looks),
        CASE(alarm_by_fraction),
        CASE(wakeup_timer_reloads),
        CASE(wakeup_timer_has_five_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
