#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev.h"
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
#define SRAM2     0x20040000u
#define BKPSRAM   0x40036400u

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

/* Whether a word is withheld from the most trusted of Non-secure software. */
static void expect_withheld(struct dev_bench *b, uint32_t addr, bool withheld)
{
    const struct sim_attr attr = {.privileged = true};
    struct bus_decision decision;
    bus_decide(b->chip, addr, SIM_READ, attr, &decision);
    assert_int_equal(decision.answer, withheld ? SIM_ANSWER_IGNORED : SIM_ANSWER_OK);
    assert_int_equal(decision.filter, withheld ? BUS_FILTER_TAMP : BUS_FILTER_NONE);
    bus_decide(b->chip, addr, SIM_FETCH, attr, &decision);
    assert_int_equal(decision.answer, withheld ? SIM_ANSWER_ERROR : SIM_ANSWER_OK);
}

static void count_change(void *context)
{
    (*(unsigned *)context)++;
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x180u; off += 4u) {
        assert_int_equal(bench_read(b, TAMP + off), off == 0x10u ? 0x00070000 : 0);
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

static void potential_tamper_withholds_until_it_is_cleared(void **state)
{
    struct dev_bench *b = *state;
    struct sim_device *tamp = chip_device(b->chip, "TAMP");
    bench_write(b, BKP(2), 2);
    bench_write(b, SRAM2, 0x11);
    bench_write(b, BKPSRAM, 0x22);
    bench_write(b, CR1, (1u << 16) | 1u);
    bench_write(b, CR3, 1);
    bench_write(b, CR2, 1);
    tamp_detect(tamp, 16);
    assert_true(tamp_active(b->chip));
    tamp_detect(tamp, 0);
    assert_int_equal(bench_read(b, SR), (1u << 16) | 1u);
    assert_int_equal(bench_read(b, BKP(2)), 0);
    bench_write(b, BKP(2), 3);
    expect_withheld(b, SRAM2, true);
    expect_withheld(b, SRAM2 - 4u, false); /* SRAM1 */
    expect_withheld(b, BKPSRAM, false);
    bench_write(b, RPCFGR, 1);
    expect_withheld(b, BKPSRAM, true);
    bench_write(b, SCR, 1);
    expect_withheld(b, SRAM2, true);
    bench_write(b, SCR, 1u << 16);
    assert_false(tamp_active(b->chip));
    assert_int_equal(bench_read(b, BKP(2)), 2);
    assert_int_equal(bench_read(b, SRAM2), 0x11);
    assert_int_equal(bench_read(b, BKPSRAM), 0x22);
}

static void potential_tamper_can_be_confirmed(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, BKP(2), 2);
    bench_write(b, SRAM2, 0x11);
    bench_write(b, CR1, 1);
    bench_write(b, CR2, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    bench_write(b, CR2, 1u | BKERASE);
    bench_write(b, SCR, 1);
    assert_int_equal(bench_read(b, BKP(2)), 0);
    assert_int_equal(bench_read(b, SRAM2), 0);
    assert_true(tamp_active(b->chip));
}

static void secrets_stay_lost_until_the_next_reset(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SRAM2 + 0xfffcu, 0x11);
    bench_write(b, CR1, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    assert_int_equal(bench_read(b, SRAM2 + 0xfffcu), 0); /* erased, and open again */
    bench_write(b, SCR, 1);
    assert_true(tamp_active(b->chip));
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_false(tamp_active(b->chip));
}

static void withholding_outlasts_a_reset(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR1, 1);
    bench_write(b, CR2, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_true(tamp_active(b->chip));
    expect_withheld(b, SRAM2, true);
}

static void the_bus_hears_of_withholding(void **state)
{
    struct dev_bench *b = *state;
    unsigned changes = 0;
    b->chip->listener.map_changed = count_change;
    b->chip->listener.context = &changes;
    bench_write(b, CR2, BKBLOCK);
    assert_int_equal(changes, 1);
    bench_write(b, CR2, BKBLOCK);
    assert_int_equal(changes, 1);
    expect_withheld(b, SRAM2, true);
    bench_write(b, CR2, 0);
    assert_int_equal(changes, 2);
    b->chip->listener.context = b;
}

static void masked_tamper_leaves_no_trace(void **state)
{
    struct dev_bench *b = *state;
    struct sim_device *tamp = chip_device(b->chip, "TAMP");
    bench_write(b, BKP(2), 2);
    bench_write(b, CR1, 0xf);
    bench_write(b, CR2, 0x70000);
    for (unsigned n = 0; n < 3u; n++) {
        tamp_detect(tamp, n);
    }
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(bench_read(b, BKP(2)), 2);
    tamp_detect(tamp, 3); /* which has no mask */
    assert_int_equal(bench_read(b, SR), 8);
    assert_int_equal(bench_read(b, BKP(2)), 0);
}

static void full_counter_is_a_tamper(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR1, 1u << 23);
    bench_write(b, COUNT1R, 0);
    for (size_t i = 32; i < NV_BACKUP_REGISTERS; i++) {
        b->nv->backup[i] = b->nv->backup[i] == 1u ? 0xfffffffe : b->nv->backup[i];
    }
    assert_int_equal(bench_read(b, COUNT1R), 0xfffffffe);
    bench_write(b, COUNT1R, 0);
    assert_int_equal(bench_read(b, SR), 1u << 23);
}

static void tamper_is_stamped_by_the_rtc(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, 0x44007818u, 1u << 25); /* RTC_CR.TAMPTS */
    bench_write(b, CR1, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    assert_int_equal(bench_read(b, 0x44007850u), 1u << 3); /* RTC_SR.TSF */
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
    reset_values(state);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
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
        CASE(potential_tamper_withholds_until_it_is_cleared),
        CASE(potential_tamper_can_be_confirmed),
        CASE(secrets_stay_lost_until_the_next_reset),
        CASE(withholding_outlasts_a_reset),
        CASE(the_bus_hears_of_withholding),
        CASE(masked_tamper_leaves_no_trace),
        CASE(full_counter_is_a_tamper),
        CASE(tamper_is_stamped_by_the_rtc),
        CASE_TZ(masked_flags_belong_to_one_world),
        CASE(domain_reset_clears_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
