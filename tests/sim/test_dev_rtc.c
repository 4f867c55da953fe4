#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"
#include "dev_rtc.h"

#define RCC_CFGR2 (0x44020c00u + 0x20u)
#define RCC_BDCR  (0x44020c00u + 0xf0u)
#define PWR_DBPCR (0x44020800u + 0x24u)
#define TZIC_SR4  (0x40032800u + 0x1cu)
#define TZIC_RTC  (1u << 7)

#define RTC      0x44007800u
#define TR       (RTC + 0x00u)
#define DR       (RTC + 0x04u)
#define SSR      (RTC + 0x08u)
#define ICSR     (RTC + 0x0cu)
#define PRER     (RTC + 0x10u)
#define WUTR     (RTC + 0x14u)
#define CR       (RTC + 0x18u)
#define PRIVCFGR (RTC + 0x1cu)
#define SECCFGR  (RTC + 0x20u)
#define WPR      (RTC + 0x24u)
#define CALR     (RTC + 0x28u)
#define SHIFTR   (RTC + 0x2cu)
#define TSTR     (RTC + 0x30u)
#define TSDR     (RTC + 0x34u)
#define ALRMAR   (RTC + 0x40u)
#define ALRMASSR (RTC + 0x44u)
#define ALRMBR   (RTC + 0x48u)
#define ALRMBSSR (RTC + 0x4cu)
#define SR       (RTC + 0x50u)
#define MISR     (RTC + 0x54u)
#define SMISR    (RTC + 0x58u)
#define SCR      (RTC + 0x5cu)
#define OPTION   (RTC + 0x60u)
#define ALRABINR (RTC + 0x70u)

#define WUTWF   0x004u
#define INITS   0x010u
#define RSF     0x020u
#define INITF   0x040u
#define INIT    0x080u
#define BYPSHAD 0x00000020u
#define FMT     0x00000040u
#define ALRAE   0x00000100u
#define ALRBE   0x00000200u
#define WUTE    0x00000400u
#define ALRAIE  0x00001000u
#define ALRBIE  0x00002000u
#define WUTIE   0x00004000u
#define TSIE    0x00008000u
#define ADD1H   0x00010000u
#define SUB1H   0x00020000u
#define TAMPTS  0x02000000u
#define ALRAF   0x01u
#define ALRBF   0x02u
#define WUTF    0x04u
#define TSF     0x08u
#define TSOVF   0x10u
#define SSRUF   0x40u
#define MSK_ALL 0x80808080u

#define BDCR_LSE  0x00008101u /* RTCEN, RTCSEL LSE, LSEON */
#define BDCR_LSI  0x04008200u
#define IRQ_RTC   2u
#define IRQ_RTC_S 3u

#define CORE_HZ 32000000u /* After reset. */
#define SECOND  CORE_HZ   /* Ticks in a second. */
#define PULSE   977u      /* Ticks in a pulse of LSE, rounded up. */

static void open_domain(struct dev_bench *b)
{
    bench_write_as(b, chip_trustzone(b->chip), true, PWR_DBPCR, 1);
}

static void unlock(struct dev_bench *b)
{
    bench_write(b, WPR, 0xca);
    bench_write(b, WPR, 0x53);
}

static int setup_dead(void **state)
{
    *state = bench_open(false);
    return 0;
}

/* The backup domain is open, RTCCLK is the LSE, the keys are written. */
static int setup(void **state)
{
    setup_dead(state);
    open_domain(*state);
    bench_write(*state, RCC_BDCR, BDCR_LSE);
    unlock(*state);
    return 0;
}

static int setup_trustzone(void **state)
{
    *state = bench_open(true);
    open_domain(*state);
    bench_write(*state, RCC_BDCR, BDCR_LSE);
    unlock(*state);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static uint32_t sread(struct dev_bench *b, uint32_t addr)
{
    return bench_read_as(b, true, true, addr);
}

static void swrite(struct dev_bench *b, uint32_t addr, uint32_t value)
{
    bench_write_as(b, true, true, addr, value);
}

/* Sets time and date as a driver does. */
static void set(struct dev_bench *b, uint32_t tr, uint32_t dr)
{
    bench_write(b, ICSR, bench_read(b, ICSR) | INIT);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & INITF, INITF);
    bench_write(b, TR, tr);
    bench_write(b, DR, dr);
    bench_write(b, ICSR, bench_read(b, ICSR) & ~INIT);
}

static void expect(struct dev_bench *b, uint32_t tr, uint32_t dr)
{
    assert_int_equal(bench_read(b, TR), tr);
    assert_int_equal(bench_read(b, DR), dr);
}

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
        unlock(b); /* a write to WPR locks again */
        bench_write(b, row[i].addr, row[i].addr == CR ? ~(WUTE | 7u) : 0xffffffff);
        assert_int_equal(bench_read(b, row[i].addr), row[i].mask);
    }
    unlock(b);
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
    unlock(b);
    bench_write(b, CALR, 5);
    assert_int_equal(bench_read(b, CALR), 5);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    open_domain(b);
    bench_write(b, CALR, 6); /* a system reset does not lock */
    assert_int_equal(bench_read(b, CALR), 6);
}

static void without_a_clock_initialization_never_begins(void **state)
{
    struct dev_bench *b = *state;
    open_domain(b);
    unlock(b);
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
    set(b, 0, 0x252101);
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

static void calendar_counts_seconds(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x235958, 0x24e228); /* Sunday, 28 February 2024 as far as the RTC knows */
    bench_wait(b, SECOND - 1u);
    expect(b, 0x235958, 0x24e228);
    bench_wait(b, 1);
    expect(b, 0x235959, 0x24e228);
    bench_wait(b, SECOND);
    expect(b, 0x000000, 0x242229); /* a leap year; Monday follows Sunday */
    bench_wait(b, 86400u * (uint64_t)SECOND);
    expect(b, 0x000000, 0x244301);
    bench_wait(b, 365u * 86400u * (uint64_t)SECOND + 3661u * (uint64_t)SECOND);
    expect(b, 0x010101, 0x256301);
}

static void century_begins_anew(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x235959, 0x99f231);
    bench_wait(b, SECOND);
    expect(b, 0, 0x002101);
}

static void subseconds_count_down(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0, 0x2101);
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
    open_domain(b);
    bench_write(b, RCC_BDCR, BDCR_LSI);
    bench_wait(b, 2u * (uint64_t)SECOND);
    assert_int_equal(bench_read(b, TR), 0x01); /* 64000 pulses of 32768 */
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0x02);
}

static void change_of_the_core_clock_changes_nothing(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0, 0x2101);
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
    set(b, 0x235959, 0x252131);
    assert_int_equal(bench_read(b, SSR), 255);
    bench_wait(b, SECOND);
    expect(b, 0x235959, 0x252131);
    expect(b, 0, 0x254201);
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
    set(b, 0x115959, 0x2101);
    bench_wait(b, SECOND);
    expect(b, 0x520000, 0x2101); /* 12 PM */
    bench_wait(b, 3600u * (uint64_t)SECOND);
    expect(b, 0x410000, 0x2101);
    bench_wait(b, 11u * 3600u * (uint64_t)SECOND);
    expect(b, 0x120000, 0x4102); /* 12 AM */
}

static void hours_are_added_and_subtracted(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x013000, 0x2101);
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
    set(b, 0x10, 0x2101);
    bench_write(b, SHIFTR, 0x80000000u | 64u); /* a second forward, a quarter back */
    assert_int_equal(bench_read(b, SSR), 255u + 64u);
    bench_write(b, CR, BYPSHAD);
    assert_int_equal(bench_read(b, TR), 0x11);
    bench_wait(b, SECOND);
    assert_int_equal(bench_read(b, TR), 0x11);
    bench_wait(b, SECOND / 4u);
    assert_int_equal(bench_read(b, TR), 0x12);
}

static void alarm_comes_at_its_time(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x095955, 0x252114);
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
    set(b, 0x000050, 0x252114);
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
    set(b, 0x235959, 0x252114);          /* Monday */
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
    set(b, 0x110000, 0x252114);
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
    set(b, 0, 0x2101);
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

static void it_goes_on_through_a_system_reset(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x120000, 0x252114);
    bench_write(b, ALRMAR, 0x14120005);
    bench_write(b, CR, ALRAE | ALRAIE);
    bench_wait(b, SECOND / 2u);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    bench_wait(b, 3u * (uint64_t)SECOND);
    expect(b, 0x120003, 0x252114);
    assert_false(bench_irq(b, IRQ_RTC));
    bench_wait(b, 2u * (uint64_t)SECOND);
    assert_true(bench_irq(b, IRQ_RTC));
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_true(bench_irq(b, IRQ_RTC));
}

static void domain_reset_clears_everything(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x120000, 0x252114);
    bench_write(b, ALRMAR, 5);
    bench_write(b, CALR, 5);
    bench_write(b, PRIVCFGR, 1);
    bench_write(b, RCC_BDCR, 0x10000); /* VSWRST */
    reset_values(state);
}

static void power_on_resets_it(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x120000, 0x252114);
    bench_power(b);
    reset_values(state);
}

static void tamper_takes_a_time_stamp(void **state)
{
    struct dev_bench *b = *state;
    set(b, 0x101112, 0x252114);
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

static void secure_functions_resist_nonsecure(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, SECCFGR, 0x4005); /* INIT, WUT, ALRA */
    swrite(b, ALRMAR, 7);
    bench_write(b, ALRMAR, 1);
    bench_write(b, ALRMBR, 1);
    bench_write(b, ICSR, INIT);
    bench_write(b, WUTR, 1);
    bench_write(b, CR, ALRAE | ALRBE | WUTE | FMT);
    assert_int_equal(bench_read(b, ALRMAR), 0);
    assert_int_equal(sread(b, ALRMAR), 7);
    assert_int_equal(bench_read(b, ALRMBR), 1);
    assert_int_equal(sread(b, ICSR) & INIT, 0);
    assert_int_equal(sread(b, WUTR), 0xffff);
    assert_int_equal(sread(b, CR), ALRBE);
    assert_int_equal(sread(b, TZIC_SR4) & TZIC_RTC, TZIC_RTC);
}

static void secure_functions_have_their_own_interrupt(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, ALRMAR, MSK_ALL);
    bench_write(b, ALRMBR, MSK_ALL);
    bench_write(b, CR, ALRAE | ALRAIE | ALRBE | ALRBIE);
    swrite(b, SECCFGR, 1);
    bench_wait(b, SECOND);
    assert_true(bench_irq(b, IRQ_RTC));
    assert_true(bench_irq(b, IRQ_RTC_S));
    assert_int_equal(sread(b, MISR), ALRBF);
    assert_int_equal(sread(b, SMISR), ALRAF);
    assert_int_equal(bench_read(b, SMISR), 0);
    bench_write(b, SCR, ALRAF | ALRBF); /* the Secure flag stays */
    assert_false(bench_irq(b, IRQ_RTC));
    assert_true(bench_irq(b, IRQ_RTC_S));
    swrite(b, SCR, ALRAF);
    assert_false(bench_irq(b, IRQ_RTC_S));
}

static void all_of_it_can_be_secure(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SECCFGR, 0x8000);
    assert_int_equal(sread(b, SECCFGR), 0);
    swrite(b, SECCFGR, 0x8000);
    bench_write(b, ALRMAR, 1);
    bench_write(b, OPTION, 1);
    bench_write(b, CR, BYPSHAD);
    bench_write(b, PRIVCFGR, 0xe00f);
    assert_int_equal(sread(b, ALRMAR), 0);
    assert_int_equal(sread(b, OPTION), 0);
    assert_int_equal(sread(b, CR), 0);
    assert_int_equal(sread(b, PRIVCFGR), 0);
    swrite(b, ALRMAR, 1);
    assert_int_equal(sread(b, ALRMAR), 1);
}

static void privileged_functions_resist_unprivileged(void **state)
{
    struct dev_bench *b = *state;
    bench_write_as(b, false, false, PRIVCFGR, 0xe00f);
    assert_int_equal(bench_read(b, PRIVCFGR), 0);
    bench_write(b, PRIVCFGR, 0x2001); /* CAL, ALRA */
    bench_write(b, ALRMAR, 7);
    bench_write_as(b, false, false, ALRMAR, 1);
    bench_write_as(b, false, false, CALR, 1);
    bench_write_as(b, false, false, ALRMBR, 1);
    bench_write_as(b, false, false, CR, ALRAE | ALRBE);
    assert_int_equal(bench_read_as(b, false, false, ALRMAR), 0);
    assert_int_equal(bench_read(b, ALRMAR), 7);
    assert_int_equal(bench_read(b, CALR), 0);
    assert_int_equal(bench_read(b, ALRMBR), 1);
    assert_int_equal(bench_read(b, CR), ALRBE);
}

#define CASE(name)      cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_DEAD(name) cmocka_unit_test_setup_teardown(name, setup_dead, teardown)
#define CASE_TZ(name)   cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

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
        CASE(alarm_comes_at_its_time),
        CASE(masked_fields_do_not_count),
        CASE(alarm_by_weekday),
        CASE(alarm_is_flagged_however_late_one_looks),
        CASE(alarm_by_fraction),
        CASE(wakeup_timer_reloads),
        CASE(wakeup_timer_has_five_clocks),
        CASE(it_goes_on_through_a_system_reset),
        CASE(domain_reset_clears_everything),
        CASE(power_on_resets_it),
        CASE(tamper_takes_a_time_stamp),
        CASE_TZ(secure_functions_resist_nonsecure),
        CASE_TZ(secure_functions_have_their_own_interrupt),
        CASE_TZ(all_of_it_can_be_secure),
        CASE(privileged_functions_resist_unprivileged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
