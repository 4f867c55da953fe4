#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"
#include "dev_exti.h"

#define GPIOC     0x42020800u
#define EXTI      0x44022000u
#define RTSR1     (EXTI + 0x00u)
#define FTSR1     (EXTI + 0x04u)
#define SWIER1    (EXTI + 0x08u)
#define RPR1      (EXTI + 0x0cu)
#define FPR1      (EXTI + 0x10u)
#define SECCFGR1  (EXTI + 0x14u)
#define PRIVCFGR1 (EXTI + 0x18u)
#define RTSR2     (EXTI + 0x20u)
#define SWIER2    (EXTI + 0x28u)
#define RPR2      (EXTI + 0x2cu)
#define SECCFGR2  (EXTI + 0x34u)
#define PRIVCFGR2 (EXTI + 0x38u)
#define EXTICR(n) (EXTI + 0x60u + 4u * ((n)-1u))
#define LOCKR     (EXTI + 0x70u)
#define IMR1      (EXTI + 0x80u)
#define EMR1      (EXTI + 0x84u)
#define IMR2      (EXTI + 0x90u)
#define EMR2      (EXTI + 0x94u)
#define TZIC_SR4  (0x40032800u + 0x1cu)
#define TZIC_EXTI (1u << 11)

#define IRQ_PVD     1u
#define IRQ_EXTI(n) (11u + (n))
#define PORT_C      2u

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

static uint32_t sread(struct dev_bench *b, uint32_t addr)
{
    return bench_read_as(b, true, true, addr);
}

static void swrite(struct dev_bench *b, uint32_t addr, uint32_t value)
{
    bench_write_as(b, true, true, addr, value);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x80u; off += 4u) {
        assert_int_equal(bench_read(b, EXTI + off), 0);
    }
    assert_int_equal(bench_read(b, IMR1), 0xfffe0000);
    assert_int_equal(bench_read(b, IMR2), 0x03dbbfff);
    assert_int_equal(bench_read(b, EMR1), 0);
    assert_int_equal(bench_read(b, EMR2), 0);
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        uint32_t addr, mask;
    } row[] = {{RTSR1, 0x0001ffff},
               {FTSR1, 0x0001ffff},
               {SWIER1, 0},
               {FPR1, 0},
               {PRIVCFGR1, 0xffffffff},
               {RTSR2, 0x00244000},
               {PRIVCFGR2, 0x03ffffff},
               {EXTICR(4), 0xffffffff},
               {IMR1, 0xffffffff},
               {EMR1, 0xffffffff},
               {IMR2, 0x03ffffff},
               {EMR2, 0x03ffffff}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, row[i].addr, 0xffffffff);
        assert_int_equal(bench_read(b, row[i].addr), row[i].mask);
    }
}

static void software_trigger_pends_whatever_the_edges(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, IMR1, 0x8001);
    bench_write(b, SWIER1, 0x8001);
    assert_int_equal(bench_read(b, RPR1), 0x8001);
    assert_true(bench_irq(b, IRQ_EXTI(0)));
    assert_true(bench_irq(b, IRQ_EXTI(15)));
    assert_false(bench_irq(b, IRQ_EXTI(1)));
    bench_write(b, RPR1, 1);
    assert_int_equal(bench_read(b, RPR1), 0x8000);
    assert_false(bench_irq(b, IRQ_EXTI(0)));
    assert_true(bench_irq(b, IRQ_EXTI(15)));
    bench_write(b, SWIER2, 0xffffffff);
    assert_int_equal(bench_read(b, RPR2), 0x00244000);
}

static void masked_line_is_pending_without_interrupt(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SWIER1, 1u << 5);
    assert_int_equal(bench_read(b, RPR1), 1u << 5);
    assert_false(bench_irq(b, IRQ_EXTI(5)));
    bench_write(b, IMR1, 1u << 5);
    assert_true(bench_irq(b, IRQ_EXTI(5)));
}

static void line_16_is_the_voltage_detector(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, IMR1, 1u << 16);
    bench_write(b, SWIER1, 1u << 16);
    assert_true(bench_irq(b, IRQ_PVD));
    assert_false(bench_irq(b, IRQ_EXTI(15)));
}

static void edges_pend_as_selected(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, RTSR1, 1u << 13);
    bench_write(b, FTSR1, 1u << 12);
    exti_pin(b->chip, 0, 13, true);
    exti_pin(b->chip, 0, 12, true);
    assert_int_equal(bench_read(b, RPR1), 1u << 13);
    exti_pin(b->chip, 0, 13, false);
    exti_pin(b->chip, 0, 12, false);
    assert_int_equal(bench_read(b, FPR1), 1u << 12);
    bench_write(b, FPR1, 1u << 12);
    assert_int_equal(bench_read(b, FPR1), 0);
    assert_int_equal(bench_read(b, RPR1), 1u << 13);
}

static void only_the_selected_port_counts(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, RTSR1, 1u << 13);
    bench_write(b, EXTICR(4), PORT_C << 8);
    exti_pin(b->chip, 0, 13, true);
    assert_int_equal(bench_read(b, RPR1), 0);
    exti_pin(b->chip, PORT_C, 13, true);
    assert_int_equal(bench_read(b, RPR1), 1u << 13);
}

static void output_pin_triggers_its_line(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, GPIOC, 1u << 26); /* PC13: output */
    bench_write(b, EXTICR(4), PORT_C << 8);
    bench_write(b, RTSR1, 1u << 13);
    bench_write(b, FTSR1, 1u << 13);
    bench_write(b, GPIOC + 0x18u, 1u << 13);
    assert_int_equal(bench_read(b, RPR1), 1u << 13);
    assert_int_equal(bench_read(b, FPR1), 0);
    bench_write(b, GPIOC + 0x28u, 1u << 13);
    assert_int_equal(bench_read(b, FPR1), 1u << 13);
}

static void secure_lines_are_hidden_from_nonsecure(void **state)
{
    static const uint32_t plain[] = {RTSR1, FTSR1, IMR1, EMR1};
    struct dev_bench *b = *state;
    swrite(b, SECCFGR1, 1u << 3);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        swrite(b, plain[i], 0x18);
        assert_int_equal(bench_read(b, plain[i]), 0x10);
        bench_write(b, plain[i], 0);
        assert_int_equal(sread(b, plain[i]), 0x08);
    }
    swrite(b, EXTICR(1), 0x04030201);
    assert_int_equal(bench_read(b, EXTICR(1)), 0x00030201);
    bench_write(b, EXTICR(1), 0);
    assert_int_equal(sread(b, EXTICR(1)), 0x04000000);
    bench_write(b, SWIER1, 0x18);
    assert_int_equal(sread(b, RPR1), 0x10);
    swrite(b, SWIER1, 0x08);
    assert_int_equal(bench_read(b, RPR1), 0x10);
    bench_write(b, RPR1, 0xffffffff);
    assert_int_equal(sread(b, RPR1), 0x08);
}

static void privileged_lines_are_hidden_from_unprivileged(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, PRIVCFGR1, 1u << 3);
    bench_write(b, RTSR1, 0x18);
    assert_int_equal(bench_read_as(b, false, false, RTSR1), 0x10);
    bench_write_as(b, false, false, RTSR1, 0);
    assert_int_equal(bench_read(b, RTSR1), 0x08);
    bench_write_as(b, false, false, PRIVCFGR1, 0);
    assert_int_equal(bench_read(b, PRIVCFGR1), 1u << 3);
}

static void only_secure_configures_security(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SECCFGR1, 0xff);
    assert_int_equal(sread(b, SECCFGR1), 0);
    assert_int_equal(sread(b, TZIC_SR4) & TZIC_EXTI, TZIC_EXTI);
    swrite(b, SECCFGR1, 0xf0);
    swrite(b, SECCFGR2, 0xffffffff);
    assert_int_equal(bench_read(b, SECCFGR1), 0xf0);
    assert_int_equal(bench_read(b, SECCFGR2), 0x03ffffff);
    bench_write(b, PRIVCFGR1, 0xff); /* not that of Secure lines */
    assert_int_equal(bench_read(b, PRIVCFGR1), 0x0f);
    swrite(b, PRIVCFGR1, 0xff);
    bench_write_as(b, true, false, SECCFGR1, 0); /* not of privileged lines */
    assert_int_equal(sread(b, SECCFGR1), 0xf0);
}

static void security_is_not_there_without_trustzone(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SECCFGR1, 0xff);
    assert_int_equal(bench_read(b, SECCFGR1), 0);
}

static void lock_freezes_the_configuration_until_reset(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, LOCKR, 1); /* not by Non-secure */
    bench_write_as(b, true, false, LOCKR, 1);
    assert_int_equal(sread(b, LOCKR), 0);
    swrite(b, SECCFGR1, 1);
    swrite(b, LOCKR, 1);
    swrite(b, LOCKR, 0);
    assert_int_equal(sread(b, LOCKR), 1);
    swrite(b, SECCFGR1, 2);
    swrite(b, PRIVCFGR1, 2);
    assert_int_equal(sread(b, SECCFGR1), 1);
    assert_int_equal(sread(b, PRIVCFGR1), 0);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(sread(b, LOCKR), 0);
    assert_int_equal(sread(b, SECCFGR1), 0);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(software_trigger_pends_whatever_the_edges),
        CASE(masked_line_is_pending_without_interrupt),
        CASE(line_16_is_the_voltage_detector),
        CASE(edges_pend_as_selected),
        CASE(only_the_selected_port_counts),
        CASE(output_pin_triggers_its_line),
        CASE_TZ(secure_lines_are_hidden_from_nonsecure),
        CASE(privileged_lines_are_hidden_from_unprivileged),
        CASE_TZ(only_secure_configures_security),
        CASE(security_is_not_there_without_trustzone),
        CASE_TZ(lock_freezes_the_configuration_until_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
