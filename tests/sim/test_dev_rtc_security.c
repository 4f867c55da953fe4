#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtc_fixture.h"

#define TZIC_SR4 (0x40032800u + 0x1cu)
#define TZIC_RTC (1u << 7)

static uint32_t sread(struct dev_bench *b, uint32_t addr)
{
    return bench_read_as(b, true, true, addr);
}

static void swrite(struct dev_bench *b, uint32_t addr, uint32_t value)
{
    bench_write_as(b, true, true, addr, value);
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

static void privilege_of_secure_functions_is_for_secure_software(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, SECCFGR, 0x4005); /* INIT, WUT, ALRA */
    bench_write(b, PRIVCFGR, 0xe00f);
    assert_int_equal(sread(b, PRIVCFGR), 0xa00a);
    swrite(b, PRIVCFGR, 0x4005);
    bench_write(b, PRIVCFGR, 0); /* takes away what is Non-secure only: nothing is set there */
    assert_int_equal(sread(b, PRIVCFGR), 0x4005);
    bench_write_as(b, true, false, PRIVCFGR, 0);
    assert_int_equal(sread(b, PRIVCFGR), 0x4005);
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

#define CASE(name)    cmocka_unit_test_setup_teardown(name, rtc_setup, rtc_teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, rtc_setup_trustzone, rtc_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TZ(secure_functions_resist_nonsecure),
        CASE_TZ(secure_functions_have_their_own_interrupt),
        CASE_TZ(all_of_it_can_be_secure),
        CASE_TZ(privilege_of_secure_functions_is_for_secure_software),
        CASE(privileged_functions_resist_unprivileged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
