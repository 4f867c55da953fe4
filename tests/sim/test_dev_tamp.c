#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"
#include "dev_tamp.h"

#define RCC_BDCR  (0x44020c00u + 0xf0u)
#define PWR_DBPCR (0x44020800u + 0x24u)
#define TAMP      0x44007c00u
#define CR1       (TAMP + 0x00u)
#define CR2       (TAMP + 0x04u)
#define CR3       (TAMP + 0x08u)
#define SECCFGR   (TAMP + 0x20u)
#define PRIVCFGR  (TAMP + 0x24u)
#define IER       (TAMP + 0x2cu)
#define SR        (TAMP + 0x30u)
#define MISR      (TAMP + 0x34u)
#define SMISR     (TAMP + 0x38u)
#define SCR       (TAMP + 0x3cu)
#define COUNT1R   (TAMP + 0x40u)
#define RPCFGR    (TAMP + 0x54u)
#define BKP(n)    (TAMP + 0x100u + 4u * (n))

#define BHKLOCK   0x40000000u
#define BKBLOCK   0x00400000u
#define BKERASE   0x00800000u
#define CNT1      0x8000u
#define TAMPSEC   0x80000000u
#define BKPRWPRIV 0x20000000u
#define BKPWPRIV  0x40000000u
#define TAMPPRIV  0x80000000u
#define IRQ_TAMP  4u

static void open_domain(struct dev_bench *b)
{
    bench_write_as(b, chip_trustzone(b->chip), true, PWR_DBPCR, 1);
}

static int setup(void **state)
{
    *state = bench_open(false);
    open_domain(*state);
    return 0;
}

static int setup_trustzone(void **state)
{
    *state = bench_open(true);
    open_domain(*state);
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

static void registers_are_zero_on_a_virgin_chip(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x180u; off += 4u) {
        assert_int_equal(bench_read(b, TAMP + off), 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        uint32_t off, mask;
    } row[] = {{0x00, 0x5dff00ff}, {0x04, 0xff4700ff}, {0x08, 0x00005dff}, {0x0c, 0x000000ff},
               {0x10, 0xc707ffff}, {0x1c, 0xffffff00}, {0x20, 0xc0ff80ff}, {0x24, 0xe0008000},
               {0x2c, 0x5dff00ff}, {0x30, 0},          {0x50, 0x0000070e}, {0x54, 0x00000001}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, TAMP + row[i].off, 0xffffffff);
        assert_int_equal(bench_read(b, TAMP + row[i].off), row[i].mask);
    }
}

static void nothing_is_written_while_the_domain_is_protected(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, PWR_DBPCR, 0);
    bench_write(b, BKP(9), 5);
    bench_write(b, COUNT1R, 0);
    bench_write(b, SECCFGR, 0xff);
    assert_int_equal(bench_read(b, BKP(9)), 0);
    assert_int_equal(bench_read(b, COUNT1R), 0);
    assert_int_equal(bench_read(b, SECCFGR), 0);
}

static void backup_registers_survive_every_reset(void **state)
{
    struct dev_bench *b = *state;
    nv_clean(b->nv);
    for (uint32_t i = 0; i < 32u; i++) {
        bench_write(b, BKP(i), 0x1000u + i);
    }
    assert_true(b->nv->dirty_part[NV_PART_BACKUP]);
    bench_write(b, SECCFGR, 0x00100008);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    bench_power(b);
    for (uint32_t i = 0; i < 32u; i++) {
        assert_int_equal(bench_read(b, BKP(i)), 0x1000u + i);
        assert_int_equal(b->nv->backup[i], 0x1000u + i);
    }
    assert_int_equal(bench_read(b, SECCFGR), 0x00100008);
}

static void nothing_changed_touches_nothing(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, BKP(3), 7);
    nv_clean(b->nv);
    bench_write(b, BKP(3), 7);
    assert_false(b->nv->dirty);
}

static void narrow_writes_merge(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, BKP(1), 0x11223344);
    bench_write_size(b, BKP(1) + 1u, 1, 0xaa);
    assert_int_equal(bench_read(b, BKP(1)), 0x1122aa44);
    assert_int_equal(bench_read_size(b, BKP(1) + 2u, 2), 0x1122);
}

static void counter_only_counts_up(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, COUNT1R, 0);
    bench_write(b, COUNT1R, 0xffff);
    assert_int_equal(bench_read(b, COUNT1R), 2);
    bench_power(b);
    assert_int_equal(bench_read(b, COUNT1R), 2);
}

static void counter_stops_at_its_maximum(void **state)
{
    struct dev_bench *b = *state;
    for (size_t i = 32; i < NV_BACKUP_REGISTERS; i++) {
        b->nv->backup[i] = 0xffffffff; /* wherever the counter is kept */
    }
    bench_write(b, COUNT1R, 0);
    assert_int_equal(bench_read(b, COUNT1R), 0xffffffff);
}

static void erasing_clears_registers_and_key_lock(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t i = 0; i < 32u; i++) {
        bench_write(b, BKP(i), 1);
    }
    bench_write(b, SECCFGR, BHKLOCK | 0x8u);
    bench_write(b, CR2, BKERASE);
    assert_int_equal(bench_read(b, CR2), 0);
    assert_int_equal(bench_read(b, SECCFGR), 0x8);
    for (uint32_t i = 0; i < 32u; i++) {
        assert_int_equal(bench_read(b, BKP(i)), 0);
    }
}

static void erasing_takes_the_backup_sram_if_configured(void **state)
{
    struct dev_bench *b = *state;
    b->nv->bkpsram[5] = 9;
    bench_write(b, CR2, BKERASE);
    assert_int_equal(b->nv->bkpsram[5], 9);
    bench_write(b, RPCFGR, 1);
    bench_write(b, CR2, BKERASE);
    assert_int_equal(b->nv->bkpsram[5], 0);
}

static void key_lock_hides_the_first_eight_and_cannot_be_lifted(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, BKP(7), 7);
    bench_write(b, BKP(8), 8);
    bench_write(b, SECCFGR, BHKLOCK);
    bench_write(b, SECCFGR, 0);
    assert_int_equal(bench_read(b, SECCFGR), BHKLOCK);
    assert_int_equal(bench_read(b, BKP(7)), 0);
    assert_int_equal(bench_read(b, BKP(8)), 8);
    bench_write(b, BKP(7), 1);
    assert_int_equal(b->nv->backup[7], 7);
}

static void block_bit_hides_all_of_them(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, BKP(20), 20);
    bench_write(b, CR2, BKBLOCK);
    assert_int_equal(bench_read(b, BKP(20)), 0);
    bench_write(b, BKP(20), 1);
    bench_write(b, CR2, 0);
    assert_int_equal(bench_read(b, BKP(20)), 20);
}

static void zones_keep_nonsecure_out(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, SECCFGR, 0x00100008); /* 0-7 Secure, 8-15 written by Secure, the rest free */
    swrite(b, BKP(7), 7);
    swrite(b, BKP(8), 8);
    swrite(b, BKP(15), 15);
    bench_write(b, BKP(7), 99);
    bench_write(b, BKP(8), 99);
    bench_write(b, BKP(15), 99);
    bench_write(b, BKP(16), 16);
    assert_int_equal(bench_read(b, BKP(7)), 0);
    assert_int_equal(bench_read(b, BKP(8)), 8);
    assert_int_equal(bench_read(b, BKP(15)), 15);
    assert_int_equal(bench_read(b, BKP(16)), 16);
    assert_int_equal(sread(b, BKP(7)), 7);
    assert_int_equal(sread(b, BKP(16)), 16);
}

static void zones_ask_for_privilege_when_told(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SECCFGR, 0x00100008);
    bench_write(b, BKP(0), 5);
    bench_write(b, BKP(8), 6);
    bench_write(b, PRIVCFGR, BKPRWPRIV | BKPWPRIV);
    assert_int_equal(bench_read_as(b, false, false, BKP(0)), 0);
    assert_int_equal(bench_read_as(b, false, false, BKP(8)), 6);
    bench_write_as(b, false, false, BKP(0), 1);
    bench_write_as(b, false, false, BKP(8), 1);
    bench_write_as(b, false, false, BKP(16), 1);
    assert_int_equal(bench_read(b, BKP(0)), 5);
    assert_int_equal(bench_read(b, BKP(8)), 6);
    assert_int_equal(bench_read(b, BKP(16)), 1);
    bench_write_as(b, false, false, SECCFGR, 0);
    assert_int_equal(bench_read(b, SECCFGR), 0x00100008);
    bench_write_as(b, false, false, PRIVCFGR, 0);
    assert_int_equal(bench_read(b, PRIVCFGR), BKPRWPRIV | BKPWPRIV);
}

static void only_secure_configures_security(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SECCFGR, 0xc0ff80ff);
    assert_int_equal(bench_read(b, SECCFGR), 0);
    swrite(b, SECCFGR, CNT1 | TAMPSEC);
    assert_int_equal(bench_read(b, SECCFGR), CNT1 | TAMPSEC);
    bench_write(b, PRIVCFGR, 0xe0008000);
    assert_int_equal(bench_read(b, PRIVCFGR), 0);
    swrite(b, PRIVCFGR, 0xe0008000);
    assert_int_equal(bench_read(b, PRIVCFGR), 0xe0008000);
}

static void secure_counter_and_configuration_resist_nonsecure(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, CR3, 1);
    swrite(b, SECCFGR, CNT1 | TAMPSEC);
    swrite(b, COUNT1R, 0);
    bench_write(b, COUNT1R, 0);
    assert_int_equal(bench_read(b, COUNT1R), 1);
    bench_write(b, CR3, 2);
    assert_int_equal(bench_read(b, CR3), 0);
    assert_int_equal(sread(b, CR3), 1);
    bench_write(b, CR2, BKERASE);
    swrite(b, BKP(30), 3);
    bench_write(b, CR2, BKERASE);
    assert_int_equal(sread(b, BKP(30)), 3);
}

static void privileged_configuration_resists_unprivileged(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR3, 1);
    bench_write(b, PRIVCFGR, TAMPPRIV | CNT1);
    bench_write_as(b, false, false, CR3, 2);
    bench_write_as(b, false, false, COUNT1R, 0);
    assert_int_equal(bench_read_as(b, false, false, CR3), 0);
    assert_int_equal(bench_read(b, CR3), 1);
    assert_int_equal(bench_read(b, COUNT1R), 0);
}

static void tamper_sets_its_flag_and_erases(void **state)
{
    struct dev_bench *b = *state;
    struct sim_device *tamp = chip_device(b->chip, "TAMP");
    bench_write(b, BKP(2), 2);
    tamp_detect(tamp, 24);
    assert_int_equal(bench_read(b, SR), 0); /* not enabled */
    assert_int_equal(bench_read(b, BKP(2)), 2);
    bench_write(b, CR1, 1u << 24);
    bench_write(b, IER, 1u << 24);
    tamp_detect(tamp, 24);
    assert_int_equal(bench_read(b, SR), 1u << 24);
    assert_int_equal(bench_read(b, MISR), 1u << 24);
    assert_int_equal(bench_read(b, BKP(2)), 0);
    assert_true(bench_irq(b, IRQ_TAMP));
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    open_domain(b);
    assert_true(bench_irq(b, IRQ_TAMP));
    bench_write(b, SCR, 1u << 24);
    assert_int_equal(bench_read(b, SR), 0);
    assert_false(bench_irq(b, IRQ_TAMP));
}

static void potential_tamper_erases_nothing(void **state)
{
    struct dev_bench *b = *state;
    struct sim_device *tamp = chip_device(b->chip, "TAMP");
    bench_write(b, BKP(2), 2);
    bench_write(b, CR1, (1u << 16) | 1u);
    bench_write(b, CR3, 1);
    bench_write(b, CR2, 1);
    tamp_detect(tamp, 16);
    tamp_detect(tamp, 0);
    assert_int_equal(bench_read(b, SR), (1u << 16) | 1u);
    assert_int_equal(bench_read(b, BKP(2)), 2);
    bench_write(b, CR3, 0);
    tamp_detect(tamp, 16);
    assert_int_equal(bench_read(b, BKP(2)), 0);
}

static void masked_flags_belong_to_one_world(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, CR1, 1);
    swrite(b, IER, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    assert_int_equal(sread(b, MISR), 1);
    assert_int_equal(sread(b, SMISR), 0);
    swrite(b, SECCFGR, TAMPSEC);
    assert_int_equal(sread(b, MISR), 0);
    assert_int_equal(sread(b, SMISR), 1);
    assert_int_equal(bench_read(b, SMISR), 0);
}

static void domain_reset_clears_everything(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, BKP(4), 4);
    bench_write(b, SECCFGR, BHKLOCK | 0xffu);
    bench_write(b, COUNT1R, 0);
    bench_write(b, RCC_BDCR, 1u << 16); /* VSWRST */
    registers_are_zero_on_a_virgin_chip(state);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(registers_are_zero_on_a_virgin_chip),
        CASE(reserved_bits_stay_zero),
        CASE(nothing_is_written_while_the_domain_is_protected),
        CASE(backup_registers_survive_every_reset),
        CASE(nothing_changed_touches_nothing),
        CASE(narrow_writes_merge),
        CASE(counter_only_counts_up),
        CASE(counter_stops_at_its_maximum),
        CASE(erasing_clears_registers_and_key_lock),
        CASE(erasing_takes_the_backup_sram_if_configured),
        CASE(key_lock_hides_the_first_eight_and_cannot_be_lifted),
        CASE(block_bit_hides_all_of_them),
        CASE_TZ(zones_keep_nonsecure_out),
        CASE(zones_ask_for_privilege_when_told),
        CASE_TZ(only_secure_configures_security),
        CASE_TZ(secure_counter_and_configuration_resist_nonsecure),
        CASE(privileged_configuration_resists_unprivileged),
        CASE(tamper_sets_its_flag_and_erases),
        CASE(potential_tamper_erases_nothing),
        CASE_TZ(masked_flags_belong_to_one_world),
        CASE(domain_reset_clears_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
