/* PWR: what start-up code polls, and who may write what. */
#include "chip_fixture.h"

#define PWR_S    0x54020800u
#define PWR_NS   0x44020800u
#define PMCR     0x00u
#define PMSR     0x04u
#define VOSCR    0x10u
#define VOSSR    0x14u
#define BDCR     0x20u
#define DBPCR    0x24u
#define BDSR     0x28u
#define SCCR     0x30u
#define VMCR     0x34u
#define USBSCR   0x38u
#define VMSR     0x3Cu
#define WUSR     0x44u
#define WUCR     0x48u
#define SECCFGR  0x100u
#define PRIVCFGR 0x104u

#define RCC_SECCFGR_S 0x54020D10u
#define RCC_SYSCLKSEC (1u << 5)
#define TZIC_SR4_S    0x5003281Cu
#define ILA_PWR       (1u << 9)

static void pwr_reset_values(void **state)
{
    struct chip_fixture *f = *state;
    assert_int_equal(get_ok(f, PWR_S + PMCR, S_PRIV), 0x0000000C);
    assert_int_equal(get_ok(f, PWR_S + PMSR, S_PRIV), 0);
    assert_int_equal(get_ok(f, PWR_S + VOSCR, S_PRIV), 0);
    assert_int_equal(get_ok(f, PWR_S + VOSSR, S_PRIV), 0x2008);
    assert_int_equal(get_ok(f, PWR_S + DBPCR, S_PRIV), 0);
    assert_int_equal(get_ok(f, PWR_S + SCCR, S_PRIV), 0x200);
    assert_int_equal(get_ok(f, PWR_S + WUSR, S_PRIV), 0);
    assert_int_equal(get_ok(f, PWR_S + SECCFGR, S_PRIV), 0);
    assert_int_equal(get_ok(f, PWR_S + PRIVCFGR, S_PRIV), 0);
}

static void pwr_keeps_implemented_bits_only(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t off;
        uint32_t value;
    } registers[] = {
        {PMCR, 0x0781320D}, {VOSCR, 0x30}, {BDCR, 0x303},        {DBPCR, 1},
        {SCCR, 0x201},      {VMCR, 0x70F}, {USBSCR, 0x03000000}, {WUCR, 0xFFFFFFFF},
        {SECCFGR, 0xF8FF},  {PRIVCFGR, 3},
    };
    for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        put_ok(f, PWR_S + registers[i].off, S_PRIV, 0xFFFFFFFF);
        assert_int_equal(get_ok(f, PWR_S + registers[i].off, S_PRIV), registers[i].value);
    }
}

static void voltage_is_ready_at_each_scale(void **state)
{
    struct chip_fixture *f = *state;
    for (uint32_t vos = 0; vos < 4; vos++) {
        put_ok(f, PWR_NS + VOSCR, NS_PRIV, vos << 4);
        assert_int_equal(get_ok(f, PWR_NS + VOSSR, NS_PRIV), 0x2008u | vos << 14);
    }
}

static void ready_flags_follow_their_enables(void **state)
{
    struct chip_fixture *f = *state;
    assert_int_equal(get_ok(f, PWR_NS + BDSR, NS_PRIV), 0);
    put_ok(f, PWR_NS + BDCR, NS_PRIV, 1);
    assert_int_equal(get_ok(f, PWR_NS + BDSR, NS_PRIV), 1u << 16);
    assert_int_equal(get_ok(f, PWR_NS + VMSR, NS_PRIV) & (1u << 24), 0);
    put_ok(f, PWR_NS + USBSCR, NS_PRIV, 1u << 24);
    assert_int_equal(get_ok(f, PWR_NS + VMSR, NS_PRIV) & (1u << 24), 1u << 24);
    put_ok(f, PWR_NS + PMCR, NS_PRIV, 1u << 7); /* CSSF reads as zero */
    assert_int_equal(get_ok(f, PWR_NS + PMCR, NS_PRIV), 0);
}

static void secure_registers_are_hidden_and_flagged(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t sec;
        uint32_t off;
        uint32_t value;
    } hidden[] = {
        {1u << 12, PMCR, 0xD}, {1u << 13, VMCR, 1},          {1u << 14, DBPCR, 1},
        {1u << 14, BDCR, 1},   {1u << 15, USBSCR, 1u << 25},
    };
    put_ok(f, PWR_NS + SECCFGR, NS_PRIV, 0xFFFF);
    assert_int_equal(get_ok(f, PWR_NS + SECCFGR, NS_PRIV), 0);
    for (unsigned i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        put_ok(f, PWR_S + SECCFGR, S_PRIV, hidden[i].sec);
        put_ok(f, PWR_S + hidden[i].off, S_PRIV, hidden[i].value);
        assert_int_equal(get_ok(f, PWR_NS + hidden[i].off, NS_PRIV), 0);
        put_ok(f, PWR_NS + hidden[i].off, NS_PRIV, 0);
        assert_int_equal(get_ok(f, PWR_S + hidden[i].off, S_PRIV), hidden[i].value);
    }
    assert_int_equal(get_ok(f, TZIC_SR4_S, S_PRIV), ILA_PWR);
}

static void wakeup_pins_are_secure_one_by_one(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, PWR_S + SECCFGR, S_PRIV, 1u << 1);
    put_ok(f, PWR_NS + WUCR, NS_PRIV, 0xFFFFFFFF);
    assert_int_equal(get_ok(f, PWR_S + WUCR, S_PRIV), 0xFFF3FDFD);
    put_ok(f, PWR_S + WUCR, S_PRIV, 0xFFFFFFFF);
    assert_int_equal(get_ok(f, PWR_NS + WUCR, NS_PRIV), 0xFFF3FDFD);
}

static void voltage_scaling_is_secure_with_the_system_clock(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_SECCFGR_S, S_PRIV, RCC_SYSCLKSEC);
    put_ok(f, PWR_NS + VOSCR, NS_PRIV, 0x30);
    assert_int_equal(get_ok(f, PWR_S + VOSCR, S_PRIV), 0);
}

static void privilege_bits_keep_unprivileged_software_out(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, PWR_NS + DBPCR, NS_UNPRIV, 1);
    assert_int_equal(get_ok(f, PWR_NS + DBPCR, NS_UNPRIV), 1);
    put_ok(f, PWR_NS + PRIVCFGR, NS_UNPRIV, 3);
    assert_int_equal(get_ok(f, PWR_NS + PRIVCFGR, NS_PRIV), 0);
    put_ok(f, PWR_NS + PRIVCFGR, NS_PRIV, 3); /* SPRIV is for Secure software */
    assert_int_equal(get_ok(f, PWR_NS + PRIVCFGR, NS_PRIV), 2);
    put_ok(f, PWR_NS + DBPCR, NS_UNPRIV, 0);
    assert_int_equal(get_ok(f, PWR_NS + DBPCR, NS_UNPRIV), 0);
    assert_int_equal(get_ok(f, PWR_NS + DBPCR, NS_PRIV), 1);

    put_ok(f, PWR_S + SECCFGR, S_PRIV, 1u << 14);
    put_ok(f, PWR_S + DBPCR, S_UNPRIV, 0);
    assert_int_equal(get_ok(f, PWR_S + DBPCR, S_PRIV), 0);
    put_ok(f, PWR_S + PRIVCFGR, S_PRIV, 1);
    put_ok(f, PWR_S + DBPCR, S_UNPRIV, 1);
    assert_int_equal(get_ok(f, PWR_S + DBPCR, S_PRIV), 0);
    put_ok(f, PWR_S + SECCFGR, S_UNPRIV, 0);
    assert_int_equal(get_ok(f, PWR_S + SECCFGR, S_PRIV), 1u << 14);
}

static void reset_closes_the_backup_domain(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, PWR_NS + DBPCR, NS_PRIV, 1);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, PWR_NS + DBPCR, NS_PRIV), 0);
}

#define SECURE(test) cmocka_unit_test_setup_teardown(test, fixture_secure, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SECURE(pwr_reset_values),
        SECURE(pwr_keeps_implemented_bits_only),
        SECURE(voltage_is_ready_at_each_scale),
        SECURE(ready_flags_follow_their_enables),
        SECURE(secure_registers_are_hidden_and_flagged),
        SECURE(wakeup_pins_are_secure_one_by_one),
        SECURE(voltage_scaling_is_secure_with_the_system_clock),
        SECURE(privilege_bits_keep_unprivileged_software_out),
        SECURE(reset_closes_the_backup_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
