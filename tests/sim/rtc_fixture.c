#include "rtc_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RCC_BDCR  (0x44020c00u + 0xf0u)
#define PWR_DBPCR (0x44020800u + 0x24u)

void rtc_open_domain(struct dev_bench *b)
{
    bench_write_as(b, chip_trustzone(b->chip), true, PWR_DBPCR, 1);
}

void rtc_unlock(struct dev_bench *b)
{
    bench_write(b, WPR, 0xca);
    bench_write(b, WPR, 0x53);
}

int rtc_setup_dead(void **state)
{
    *state = bench_open(false);
    return 0;
}

int rtc_setup(void **state)
{
    rtc_setup_dead(state);
    rtc_open_domain(*state);
    bench_write(*state, RCC_BDCR, BDCR_LSE);
    rtc_unlock(*state);
    return 0;
}

int rtc_setup_trustzone(void **state)
{
    *state = bench_open(true);
    rtc_open_domain(*state);
    bench_write(*state, RCC_BDCR, BDCR_LSE);
    rtc_unlock(*state);
    return 0;
}

int rtc_teardown(void **state)
{
    bench_close(*state);
    return 0;
}

void rtc_set(struct dev_bench *b, uint32_t tr, uint32_t dr)
{
    bench_write(b, ICSR, bench_read(b, ICSR) | INIT);
    bench_wait(b, 2u * PULSE);
    assert_int_equal(bench_read(b, ICSR) & INITF, INITF);
    bench_write(b, TR, tr);
    bench_write(b, DR, dr);
    bench_write(b, ICSR, bench_read(b, ICSR) & ~INIT);
}

void rtc_expect(struct dev_bench *b, uint32_t tr, uint32_t dr)
{
    assert_int_equal(bench_read(b, TR), tr);
    assert_int_equal(bench_read(b, DR), dr);
}
