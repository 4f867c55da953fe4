/* GTZC: TZSC and TZIC registers, and what they let through. */
#include "chip_fixture.h"
#include "dev.h"

#include <string.h>

#define TZSC_S           0x50032400u
#define TZSC_NS          0x40032400u
#define TZSC_CR          0x00u
#define TZSC_SECCFGR1    0x10u
#define TZSC_SECCFGR2    0x14u
#define TZSC_PRIVCFGR1   0x20u
#define TZSC_PRIVCFGR2   0x24u
#define TZSC_MPCWM4ACFGR 0x70u
#define TZSC_MPCWM4AR    0x74u

#define TZIC_S      0x50032800u
#define TZIC_NS     0x40032800u
#define TZIC_IER(n) (4u * ((n)-1u))
#define TZIC_SR(n)  (0x10u + 4u * ((n)-1u))
#define TZIC_FCR(n) (0x20u + 4u * ((n)-1u))
#define GTZC_IRQ    8u

#define MPCBB1_S         0x50032C00u
#define MPCBB_CR         0x000u
#define MPCBB_SECCFGR(n) (0x100u + 4u * (n))
#define CR_SRWILADIS     (1u << 31)

#define ALIAS_S 0x10000000u /* added to a block's address */

#define SRAM1_NS   0x20000000u
#define USART1_NS  0x40013800u
#define USART1_S   0x50013800u
#define USART1_BIT (1u << 11) /* in SECCFGR2, PRIVCFGR2, TZIC_SR2 */

#define ILA_TZSC  (1u << 16)
#define ILA_TZIC  (1u << 17)
#define ILA_SRAM1 (1u << 24)

static uint32_t flags(struct chip_fixture *f, unsigned n)
{
    return get_ok(f, TZIC_S + TZIC_SR(n), S_PRIV);
}

static void tzsc_resets_to_open(void **state)
{
    struct chip_fixture *f = *state;
    for (uint32_t off = 0; off < 0x80u; off += 4u) {
        assert_int_equal(get_ok(f, TZSC_S + off, S_PRIV), 0);
    }
}

static void tzsc_keeps_implemented_bits_only(void **state)
{
    struct chip_fixture *f = *state;
    static const uint32_t masks[3] = {0xFFFFFFFF, 0xFF0FFF07, 0x05FFFF03};
    for (unsigned i = 0; i < 3; i++) {
        put_ok(f, TZSC_S + TZSC_SECCFGR1 + 4u * i, S_PRIV, 0xFFFFFFFF);
        put_ok(f, TZSC_S + TZSC_PRIVCFGR1 + 4u * i, S_PRIV, 0xFFFFFFFF);
        assert_int_equal(get_ok(f, TZSC_S + TZSC_SECCFGR1 + 4u * i, S_PRIV), masks[i]);
        assert_int_equal(get_ok(f, TZSC_S + TZSC_PRIVCFGR1 + 4u * i, S_PRIV), masks[i]);
    }
}

static void tzsc_security_is_written_by_secure_software_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_NS + TZSC_SECCFGR2, NS_PRIV, USART1_BIT);
    assert_int_equal(get_ok(f, TZSC_NS + TZSC_SECCFGR2, NS_PRIV), 0);
    assert_int_equal(flags(f, 4), ILA_TZSC);
    put_ok(f, TZSC_S + TZSC_SECCFGR2, S_PRIV, USART1_BIT);
    assert_int_equal(get_ok(f, TZSC_NS + TZSC_SECCFGR2, NS_PRIV), USART1_BIT);
}

static void tzsc_privilege_is_written_by_privileged_software_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_UNPRIV, USART1_BIT);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_PRIV), 0);
    put_ok(f, TZSC_NS + TZSC_PRIVCFGR2, NS_PRIV, USART1_BIT);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_PRIV), USART1_BIT);
    put_ok(f, TZSC_S + TZSC_SECCFGR2, S_PRIV, USART1_BIT);
    put_ok(f, TZSC_NS + TZSC_PRIVCFGR2, NS_PRIV, 0); /* Secure now: not for Non-secure */
    assert_int_equal(get_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_PRIV), USART1_BIT);
    put_ok(f, TZSC_S + TZSC_SECCFGR2, S_UNPRIV, 0); /* privileged now: not for unprivileged */
    assert_int_equal(get_ok(f, TZSC_S + TZSC_SECCFGR2, S_PRIV), USART1_BIT);
}

static void tzsc_lock_holds_until_reset(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_NS + TZSC_CR, NS_PRIV, 1);
    put_ok(f, TZSC_S + TZSC_CR, S_UNPRIV, 1);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_CR, S_PRIV), 0);
    put_ok(f, TZSC_S + TZSC_CR, S_PRIV, 1);
    put_ok(f, TZSC_S + TZSC_CR, S_PRIV, 0);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_CR, S_PRIV), 1);
    put_ok(f, TZSC_S + TZSC_SECCFGR2, S_PRIV, USART1_BIT);
    put_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_PRIV, USART1_BIT);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_SECCFGR2, S_PRIV), 0);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_PRIV), 0);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_CR, S_PRIV), 0);
}

static void tzsc_window_locks_itself(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_S + TZSC_MPCWM4AR, S_PRIV, 0xFFFFFFFF);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_MPCWM4AR, S_PRIV), 0x0FFF07FF);
    put_ok(f, TZSC_S + TZSC_MPCWM4ACFGR, S_PRIV, 0xFFFFFFFF);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_MPCWM4ACFGR, S_PRIV), 0x303);
    put_ok(f, TZSC_S + TZSC_MPCWM4ACFGR, S_PRIV, 0);
    put_ok(f, TZSC_S + TZSC_MPCWM4AR, S_PRIV, 0);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_MPCWM4ACFGR, S_PRIV), 0x303);
    assert_int_equal(get_ok(f, TZSC_S + TZSC_MPCWM4AR, S_PRIV), 0x0FFF07FF);
}

static void secure_peripheral_reads_as_zero_and_is_flagged(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_S + TZSC_SECCFGR2, S_PRIV, USART1_BIT);
    put_ok(f, USART1_S + 0x0Cu, S_PRIV, 0x1234); /* BRR */
    assert_int_equal(get(f, USART1_NS + 0x0Cu, NS_PRIV), 0);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.filter, BUS_FILTER_TZSC);
    assert_string_equal(f->decision.why, "USART1 is Secure (TZSC), the access is Non-secure");
    assert_int_equal(flags(f, 2), USART1_BIT);
    put(f, USART1_NS + 0x0Cu, NS_PRIV, 0);
    assert_int_equal(get_ok(f, USART1_S + 0x0Cu, S_UNPRIV), 0x1234);
    assert_int_equal(decide(f, USART1_NS, SIM_FETCH, NS_PRIV)->answer, SIM_ANSWER_ERROR);
}

static void nonsecure_peripheral_is_reached_through_both_aliases(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, USART1_NS + 0x0Cu, NS_UNPRIV, 0x1234);
    assert_int_equal(get_ok(f, USART1_S + 0x0Cu, S_PRIV), 0x1234);
    assert_int_equal(flags(f, 2), 0);
}

static void privileged_peripheral_refuses_silently(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_S + TZSC_PRIVCFGR2, S_PRIV, USART1_BIT);
    get(f, USART1_NS, NS_UNPRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_string_equal(f->decision.why, "USART1 is privileged (TZSC), the access is unprivileged");
    assert_int_equal(flags(f, 2), 0);
    get_ok(f, USART1_NS, NS_PRIV);
}

static void tzic_is_for_secure_privileged_software(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZIC_NS + TZIC_IER(1), NS_PRIV, 1);
    put_ok(f, TZIC_S + TZIC_IER(1), S_UNPRIV, 1);
    assert_int_equal(get_ok(f, TZIC_S + TZIC_IER(1), S_PRIV), 0);
    assert_int_equal(flags(f, 4), ILA_TZIC);
    put_ok(f, TZIC_S + TZIC_IER(1), S_PRIV, 1);
    assert_int_equal(get_ok(f, TZIC_S + TZIC_IER(1), S_PRIV), 1);
    assert_int_equal(get_ok(f, TZIC_NS + TZIC_IER(1), NS_PRIV), 0);
    assert_int_equal(get_ok(f, TZIC_S + TZIC_IER(1), S_UNPRIV), 0);
}

static void tzic_keeps_implemented_bits_only(void **state)
{
    struct chip_fixture *f = *state;
    static const uint32_t masks[4] = {0xFFFFFFFF, 0xFF0FFF07, 0x05FFFF03, 0x3F1F0FDF};
    for (unsigned n = 1; n <= 4; n++) {
        put_ok(f, TZIC_S + TZIC_IER(n), S_PRIV, 0xFFFFFFFF);
        assert_int_equal(get_ok(f, TZIC_S + TZIC_IER(n), S_PRIV), masks[n - 1u]);
        put_ok(f, TZIC_S + TZIC_SR(n), S_PRIV, 0xFFFFFFFF); /* read-only */
        assert_int_equal(flags(f, n), 0);
        assert_int_equal(get_ok(f, TZIC_S + TZIC_FCR(n), S_PRIV), 0); /* write-only */
    }
}

static void tzic_interrupt_follows_flag_and_enable(void **state)
{
    struct chip_fixture *f = *state;
    get(f, SRAM1_NS, NS_PRIV);
    assert_int_equal(flags(f, 4), ILA_SRAM1);
    assert_false(f->chip->irq_level[GTZC_IRQ]);
    put_ok(f, TZIC_S + TZIC_IER(4), S_PRIV, ILA_SRAM1);
    assert_true(f->chip->irq_level[GTZC_IRQ]);
    put_ok(f, TZIC_S + TZIC_FCR(4), S_PRIV, ~ILA_SRAM1);
    assert_true(f->chip->irq_level[GTZC_IRQ]);
    put_ok(f, TZIC_S + TZIC_FCR(4), S_PRIV, ILA_SRAM1);
    assert_false(f->chip->irq_level[GTZC_IRQ]);
    assert_int_equal(flags(f, 4), 0);
}

/** The modelled blocks that the TZSC guards: n of SECCFGRn and PRIVCFGRn, and the bit there. */
static const struct guarded {
    const char *name;
    uint32_t base;
    unsigned n;
    unsigned bit;
} guarded[] = {
    {"TIM2", 0x40000000, 1, 0},    {"TIM3", 0x40000400, 1, 1},     {"TIM4", 0x40000800, 1, 2},
    {"TIM5", 0x40000C00, 1, 3},    {"TIM6", 0x40001000, 1, 4},     {"TIM7", 0x40001400, 1, 5},
    {"TIM12", 0x40001800, 1, 6},   {"TIM13", 0x40001C00, 1, 7},    {"TIM14", 0x40002000, 1, 8},
    {"WWDG", 0x40002C00, 1, 9},    {"IWDG", 0x40003000, 1, 10},    {"USART2", 0x40004400, 1, 13},
    {"USART3", 0x40004800, 1, 14}, {"UART4", 0x40004C00, 1, 15},   {"UART5", 0x40005000, 1, 16},
    {"USART6", 0x40006400, 1, 21}, {"USART10", 0x40006800, 1, 22}, {"USART11", 0x40006C00, 1, 23},
    {"UART7", 0x40007800, 1, 26},  {"UART8", 0x40007C00, 1, 27},   {"UART9", 0x40008000, 1, 28},
    {"UART12", 0x40008400, 1, 29}, {"USART1", 0x40013800, 2, 11},  {"LPUART1", 0x44002400, 2, 25},
    {"CRC", 0x40023000, 3, 8},     {"ICACHE", 0x40030400, 3, 12},  {"DCACHE1", 0x40031400, 3, 13},
    {"AES", 0x420C0000, 3, 16},    {"HASH", 0x420C0400, 3, 17},    {"RNG", 0x420C0800, 3, 18},
    {"SAES", 0x420C0C00, 3, 19},   {"PKA", 0x420C2000, 3, 20},     {"RAMCFG", 0x40026000, 3, 26},
};
#define GUARDED (sizeof guarded / sizeof guarded[0])

static uint32_t cfgr(uint32_t first, const struct guarded *g)
{
    return TZSC_S + first + 4u * (g->n - 1u);
}

static void every_modelled_block_with_a_bit_is_in_the_table(void **state)
{
    (void)state;
    size_t rows = 0;
    for (unsigned i = 0; i < chip_row_count; i++) {
        const struct dev_row *row = &chip_rows[i];
        if (row->make == NULL || row->gtzc >= DEV_GTZC_AWARE) {
            continue;
        }
        size_t k = 0;
        while (k < GUARDED && guarded[k].base != row->base) {
            k++;
        }
        assert_true(k < GUARDED);
        assert_string_equal(guarded[k].name, row->name);
        rows++;
    }
    assert_int_equal(rows, GUARDED);
}

/** One access of each kind is refused without effect, by the TZSC and for that reason. */
static void expect_refused(struct chip_fixture *f, const struct guarded *g, uint32_t addr,
                           struct sim_attr attr, const char *what_it_is)
{
    assert_int_equal(get(f, addr, attr), 0);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.filter, BUS_FILTER_TZSC);
    assert_memory_equal(f->decision.why, g->name, strlen(g->name));
    assert_non_null(strstr(f->decision.why, what_it_is));
    put(f, addr, attr, 0);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(decide(f, addr, SIM_FETCH, attr)->answer, SIM_ANSWER_ERROR);
}

static void every_guarded_block_can_be_secure(void **state)
{
    struct chip_fixture *f = *state;
    for (size_t i = 0; i < GUARDED; i++) {
        const struct guarded *g = &guarded[i];
        put_ok(f, cfgr(TZSC_SECCFGR1, g), S_PRIV, 1u << g->bit);
        expect_refused(f, g, g->base, NS_PRIV, "Secure (TZSC)");
        expect_refused(f, g, g->base + 0x3FCu, NS_UNPRIV, "Secure (TZSC)");
        assert_int_equal(flags(f, g->n), 1u << g->bit);
        (void)get_ok(f, g->base + ALIAS_S, S_PRIV);
        (void)get_ok(f, g->base + ALIAS_S, S_UNPRIV);
        for (size_t k = 0; k < GUARDED; k++) {
            const enum sim_answer expected = k == i ? SIM_ANSWER_IGNORED : SIM_ANSWER_OK;
            assert_int_equal(decide(f, guarded[k].base, SIM_WRITE, NS_UNPRIV)->answer, expected);
        }
        put_ok(f, cfgr(TZSC_SECCFGR1, g), S_PRIV, 0);
        put_ok(f, TZIC_S + TZIC_FCR(g->n), S_PRIV, 1u << g->bit);
        (void)get_ok(f, g->base, NS_PRIV);
    }
}

static void every_guarded_block_can_be_privileged(void **state)
{
    struct chip_fixture *f = *state;
    for (size_t i = 0; i < GUARDED; i++) {
        const struct guarded *g = &guarded[i];
        put_ok(f, cfgr(TZSC_PRIVCFGR1, g), S_PRIV, 1u << g->bit);
        expect_refused(f, g, g->base, NS_UNPRIV, "privileged (TZSC)");
        expect_refused(f, g, g->base + ALIAS_S, S_UNPRIV, "privileged (TZSC)");
        assert_int_equal(flags(f, g->n), 0);
        (void)get_ok(f, g->base, NS_PRIV);
        (void)get_ok(f, g->base + ALIAS_S, S_PRIV);
        for (size_t k = 0; k < GUARDED; k++) {
            const enum sim_answer expected = k == i ? SIM_ANSWER_IGNORED : SIM_ANSWER_OK;
            assert_int_equal(decide(f, guarded[k].base, SIM_WRITE, NS_UNPRIV)->answer, expected);
        }
        put_ok(f, cfgr(TZSC_PRIVCFGR1, g), S_PRIV, 0);
        (void)get_ok(f, g->base, NS_UNPRIV);
    }
}

static void every_change_of_a_filter_is_announced(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_S + MPCBB_SECCFGR(0), S_PRIV, 0);
    assert_int_equal(f->map_changes, 1);
    put_ok(f, MPCBB1_S + MPCBB_CR, S_PRIV, CR_SRWILADIS);
    assert_int_equal(f->map_changes, 2);
    put_ok(f, TZSC_S + TZSC_MPCWM4ACFGR, S_PRIV, 1);
    assert_int_equal(f->map_changes, 3);
}

#define SECURE(test) cmocka_unit_test_setup_teardown(test, fixture_secure, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SECURE(tzsc_resets_to_open),
        SECURE(tzsc_keeps_implemented_bits_only),
        SECURE(tzsc_security_is_written_by_secure_software_only),
        SECURE(tzsc_privilege_is_written_by_privileged_software_only),
        SECURE(tzsc_lock_holds_until_reset),
        SECURE(tzsc_window_locks_itself),
        SECURE(secure_peripheral_reads_as_zero_and_is_flagged),
        SECURE(nonsecure_peripheral_is_reached_through_both_aliases),
        SECURE(privileged_peripheral_refuses_silently),
        SECURE(tzic_is_for_secure_privileged_software),
        SECURE(tzic_keeps_implemented_bits_only),
        SECURE(tzic_interrupt_follows_flag_and_enable),
        SECURE(every_modelled_block_with_a_bit_is_in_the_table),
        SECURE(every_guarded_block_can_be_secure),
        SECURE(every_guarded_block_can_be_privileged),
        SECURE(every_change_of_a_filter_is_announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
