/* GTZC: TZSC and TZIC registers, and what they let through. */
#include "chip_fixture.h"

#include <string.h>

#define TZSC_S           0x50032400u
#define TZSC_NS          0x40032400u
#define TZSC_CR          0x00u
#define TZSC_SECCFGR1    0x10u
#define TZSC_SECCFGR2    0x14u
#define TZSC_SECCFGR3    0x18u
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

#define PLAIN(test)  cmocka_unit_test_setup_teardown(test, fixture_plain, fixture_done)
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
        SECURE(every_change_of_a_filter_is_announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
