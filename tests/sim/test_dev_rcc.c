/* RCC: what start-up code polls, the clock it results in, reset causes, security. */
#include "chip_fixture.h"

#define RCC_S     0x54020C00u
#define RCC_NS    0x44020C00u
#define CR        0x00u
#define HSICFGR   0x10u
#define CFGR1     0x1Cu
#define CFGR2     0x20u
#define PLL1CFGR  0x28u
#define PLL2CFGR  0x2Cu
#define PLL1DIVR  0x34u
#define PLL1FRACR 0x38u
#define CIER      0x50u
#define CIFR      0x54u
#define CICR      0x58u
#define APB2RSTR  0x7Cu
#define AHB1ENR   0x88u
#define AHB2ENR   0x8Cu
#define APB2ENR   0xA4u
#define AHB1LPENR 0xB0u
#define CCIPR5    0xE8u
#define BDCR      0xF0u
#define RSR       0xF4u
#define SECCFGR   0x110u
#define PRIVCFGR  0x114u

#define HSION   (1u << 0)
#define CSION   (1u << 8)
#define HSI48ON (1u << 12)
#define HSEON   (1u << 16)
#define PLL1ON  (1u << 24)
#define PLL1RDY (1u << 25)

#define PWR_DBPCR_NS    0x44020824u
#define TZSC_SECCFGR2_S 0x50032414u
#define TZIC_SR4_S      0x5003281Cu
#define ILA_RCC         (1u << 10)
#define USART1_BRR_NS   0x4001380Cu
#define USART1_BRR_S    0x5001380Cu
#define RCC_IRQ         9u
#define RCC_S_IRQ       10u

static void rcc_reset_values(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t off;
        uint32_t value;
    } expected[] = {
        {CR, 0x2B},
        {HSICFGR, 0x00400000},
        {0x18, 0x00200000},
        {CFGR1, 0},
        {CFGR2, 0},
        {PLL1CFGR, 0},
        {PLL1DIVR, 0x01010280},
        {PLL1FRACR, 0},
        {AHB1ENR, 0xD0000100},
        {AHB2ENR, 0xC0000000},
        {AHB1LPENR, 0xF13AD103},
        {BDCR, 0},
        {RSR, 0x0C000000},
        {SECCFGR, 0},
        {PRIVCFGR, 0},
    };
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(get_ok(f, RCC_NS + expected[i].off, NS_PRIV), expected[i].value);
    }
    assert_int_equal(chip_clock_hz(f->chip), 32000000);
}

static void rcc_keeps_implemented_bits_only(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t off;
        uint32_t mask;
    } registers[] = {
        {CFGR2, 0x007B777F}, {PLL1CFGR, 0x00073F3F}, {PLL1DIVR, 0x7F7FFFFF}, {PLL1FRACR, 0xFFF8},
        {CIER, 0x1FF},       {AHB1ENR, 0xD13AD103},  {AHB2ENR, 0xC01F1DFF},  {APB2ENR, 0x017F7800},
        {0x9C, 0xDFFEC9FF},  {0xA8, 0x0030FBE2},     {0xD8, 0xBFFFFFFF},     {CCIPR5, 0xC03F03FF},
        {SECCFGR, 0x3BFF},   {PRIVCFGR, 3},
    };
    for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        put_ok(f, RCC_S + registers[i].off, S_PRIV, 0xFFFFFFFF);
        assert_int_equal(get_ok(f, RCC_S + registers[i].off, S_PRIV), registers[i].mask);
    }
}

static void every_ready_bit_follows_its_on_bit(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | CSION | HSI48ON | HSEON);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV), 0x00033323);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV), 0x00000023);
    assert_int_equal(chip_clock_hz(f->chip), 64000000);
}

static void pll_is_ready_only_with_a_running_source_and_a_divider(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | PLL1ON);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV) & PLL1RDY, 0);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION);
    put_ok(f, RCC_NS + PLL1CFGR, NS_PRIV, 3 | 5u << 8); /* HSE, which is off */
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | PLL1ON);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV) & PLL1RDY, 0);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | HSEON | PLL1ON);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV) & PLL1RDY, PLL1RDY);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | HSEON);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV) & PLL1RDY, 0);
}

/* 250 MHz as start-up code for the discovery board sets it: HSE 25 MHz / 5 * 100 / 2. */
static void clock_to_250_mhz(struct chip_fixture *f)
{
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | HSEON);
    put_ok(f, RCC_NS + PLL1CFGR, NS_PRIV, 3 | 2u << 2 | 5u << 8 | 1u << 16);
    put_ok(f, RCC_NS + PLL1DIVR, NS_PRIV, 99 | 1u << 9 | 1u << 16 | 1u << 24);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | HSEON | PLL1ON);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV) & PLL1RDY, PLL1RDY);
    put_ok(f, RCC_NS + CFGR1, NS_PRIV, 3);
}

static void system_clock_follows_the_switch(void **state)
{
    struct chip_fixture *f = *state;
    clock_to_250_mhz(f);
    assert_int_equal(get_ok(f, RCC_NS + CFGR1, NS_PRIV) & 0x3F, 3 | 3 << 3);
    assert_int_equal(chip_clock_hz(f->chip), 250000000);
    assert_int_equal(chip_ticks(f->chip, 10), 2500);
    put_ok(f, RCC_NS + CFGR2, NS_PRIV, 0x9); /* HPRE: divided by 4 */
    assert_int_equal(chip_clock_hz(f->chip), 62500000);
    put_ok(f, RCC_NS + CFGR2, NS_PRIV, 0xC); /* by 64 */
    assert_int_equal(chip_clock_hz(f->chip), 3906250);
}

static void fraction_counts_when_latched(void **state)
{
    struct chip_fixture *f = *state;
    clock_to_250_mhz(f);
    put_ok(f, RCC_NS + PLL1FRACR, NS_PRIV, 4096u << 3); /* a half */
    assert_int_equal(chip_clock_hz(f->chip), 250000000);
    put_ok(f, RCC_NS + PLL1CFGR, NS_PRIV, 3 | 2u << 2 | 5u << 8 | 1u << 16 | 1u << 4);
    assert_int_equal(chip_clock_hz(f->chip), 251250000);
}

static void switch_to_a_stopped_source_waits(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + CFGR1, NS_PRIV, 1);
    assert_int_equal(get_ok(f, RCC_NS + CFGR1, NS_PRIV) & 0x3F, 1);
    assert_int_equal(chip_clock_hz(f->chip), 32000000);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | CSION);
    assert_int_equal(get_ok(f, RCC_NS + CFGR1, NS_PRIV) & 0x3F, 1 | 1 << 3);
    assert_int_equal(chip_clock_hz(f->chip), 4000000);
}

static void clock_in_use_cannot_be_stopped_or_changed(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + CR, NS_PRIV, 0);
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV) & HSION, HSION);
    clock_to_250_mhz(f);
    put_ok(f, RCC_NS + CR, NS_PRIV, 0);
    const uint32_t cr = get_ok(f, RCC_NS + CR, NS_PRIV);
    assert_int_equal(cr & (PLL1ON | HSEON | HSION), PLL1ON | HSEON);
    put_ok(f, RCC_NS + PLL1DIVR, NS_PRIV, 0);
    assert_int_equal(get_ok(f, RCC_NS + PLL1DIVR, NS_PRIV), 99 | 1u << 9 | 1u << 16 | 1u << 24);
    put_ok(f, RCC_NS + PLL1CFGR, NS_PRIV, 0x00030000); /* only the outputs */
    assert_int_equal(get_ok(f, RCC_NS + PLL1CFGR, NS_PRIV), 3 | 2u << 2 | 5u << 8 | 3u << 16);
}

static void backup_domain_register_needs_dbp_but_for_the_lsi(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + BDCR, NS_PRIV, 1 | 1u << 8 | 1u << 16 | 1u << 26);
    assert_int_equal(get_ok(f, RCC_NS + BDCR, NS_PRIV), 3u << 26);
    put_ok(f, RCC_NS + BDCR, NS_PRIV, 1);
    assert_int_equal(get_ok(f, RCC_NS + BDCR, NS_PRIV), 0);
    put_ok(f, PWR_DBPCR_NS, NS_PRIV, 1);
    put_ok(f, RCC_NS + BDCR, NS_PRIV, 1 | 1u << 26 | 1u << 8);
    assert_int_equal(get_ok(f, RCC_NS + BDCR, NS_PRIV), 3 | 3u << 26 | 1u << 8);
    put_ok(f, RCC_NS + BDCR, NS_PRIV, 1 | 2u << 8); /* RTCSEL once; LSEDRV not while on */
    assert_int_equal(get_ok(f, RCC_NS + BDCR, NS_PRIV), 3 | 1u << 8);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, RCC_NS + BDCR, NS_PRIV), 3 | 1u << 8);
    put_ok(f, PWR_DBPCR_NS, NS_PRIV, 1);
    put_ok(f, RCC_NS + BDCR, NS_PRIV, 1u << 16); /* VSWRST */
    assert_int_equal(get_ok(f, RCC_NS + BDCR, NS_PRIV), 1u << 16);
}

static void reset_causes_gather_until_removed(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        enum chip_reset_cause cause;
        uint32_t flags;
    } causes[] = {
        {CHIP_RESET_PIN, 0x04000000},         {CHIP_RESET_SOFTWARE, 0x14000000},
        {CHIP_RESET_IWDG, 0x24000000},        {CHIP_RESET_WWDG, 0x44000000},
        {CHIP_RESET_OPTION_LOAD, 0x04000000},
    };
    for (unsigned i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        put_ok(f, RCC_NS + RSR, NS_PRIV, 1u << 23);
        assert_int_equal(get_ok(f, RCC_NS + RSR, NS_PRIV), 0);
        chip_reset(f->chip, causes[i].cause);
        assert_int_equal(get_ok(f, RCC_NS + RSR, NS_PRIV), causes[i].flags);
    }
    chip_reset(f->chip, CHIP_RESET_IWDG);
    assert_int_equal(get_ok(f, RCC_NS + RSR, NS_PRIV), 0x24000000);
    put_ok(f, RCC_NS + RSR, NS_PRIV, 0xFF7FFFFF); /* everything but RMVF */
    assert_int_equal(get_ok(f, RCC_NS + RSR, NS_PRIV), 0x24000000);
}

static void ready_interrupt_is_raised_and_cleared(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + CIER, NS_PRIV, 1u << 4);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | HSEON);
    assert_int_equal(get_ok(f, RCC_NS + CIFR, NS_PRIV), 1u << 4);
    assert_true(f->chip->irq_level[RCC_IRQ]);
    put_ok(f, RCC_NS + CICR, NS_PRIV, 1u << 4);
    assert_int_equal(get_ok(f, RCC_NS + CIFR, NS_PRIV), 0);
    assert_false(f->chip->irq_level[RCC_IRQ]);

    put_ok(f, RCC_S + SECCFGR, S_PRIV, 1u << 2); /* CSISEC */
    put_ok(f, RCC_S + CIER, S_PRIV, 1u << 2);
    put_ok(f, RCC_S + CR, S_PRIV, HSION | CSION);
    assert_false(f->chip->irq_level[RCC_IRQ]);
    assert_true(f->chip->irq_level[RCC_S_IRQ]);
    assert_int_equal(get_ok(f, RCC_NS + CIFR, NS_PRIV), 0);
}

static void reset_register_resets_the_device(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, USART1_BRR_NS, NS_PRIV, 0x1234);
    put_ok(f, RCC_NS + APB2RSTR, NS_PRIV, 1u << 14);
    assert_int_equal(get_ok(f, RCC_NS + APB2RSTR, NS_PRIV), 1u << 14);
    put_ok(f, RCC_NS + APB2RSTR, NS_PRIV, 0);
    assert_int_equal(get_ok(f, USART1_BRR_NS, NS_PRIV), 0);
}

static void bits_of_a_secure_block_are_secure(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, TZSC_SECCFGR2_S, S_PRIV, 1u << 11); /* USART1 */
    put_ok(f, USART1_BRR_S, S_PRIV, 0x1234);
    put_ok(f, RCC_S + APB2ENR, S_PRIV, 1u << 14);
    put_ok(f, RCC_NS + APB2ENR, NS_PRIV, 1u << 12);
    assert_int_equal(get_ok(f, RCC_S + APB2ENR, S_PRIV), 1u << 14 | 1u << 12);
    assert_int_equal(get_ok(f, RCC_NS + APB2ENR, NS_PRIV), 1u << 12);
    put_ok(f, RCC_NS + APB2RSTR, NS_PRIV, 1u << 14);
    assert_int_equal(get_ok(f, USART1_BRR_S, S_PRIV), 0x1234);
}

static void secure_fields_are_hidden_from_nonsecure_software(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + SECCFGR, NS_PRIV, 0x3BFF);
    assert_int_equal(get_ok(f, RCC_NS + SECCFGR, NS_PRIV), 0);
    assert_int_equal(get_ok(f, TZIC_SR4_S, S_PRIV), ILA_RCC);
    put_ok(f, RCC_S + CR, S_PRIV, HSION | HSEON | HSI48ON);
    put_ok(f, RCC_S + SECCFGR, S_PRIV, 1u << 1 | 1u << 7); /* HSESEC, PLL1SEC */
    assert_int_equal(get_ok(f, RCC_NS + CR, NS_PRIV), 0x00003023);
    put_ok(f, RCC_NS + CR, NS_PRIV, HSION | PLL1ON);
    assert_int_equal(get_ok(f, RCC_S + CR, S_PRIV), 0x00030023);
    put_ok(f, RCC_NS + PLL1CFGR, NS_PRIV, 3);
    assert_int_equal(get_ok(f, RCC_S + PLL1CFGR, S_PRIV), 0);
    put_ok(f, RCC_NS + PLL2CFGR, NS_PRIV, 3);
    assert_int_equal(get_ok(f, RCC_S + PLL2CFGR, S_PRIV), 3);
}

static void reset_flags_are_removed_by_secure_software_if_so_set(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_S + SECCFGR, S_PRIV, 1u << 12);
    put_ok(f, RCC_NS + RSR, NS_PRIV, 1u << 23);
    assert_int_equal(get_ok(f, RCC_NS + RSR, NS_PRIV), 0x0C000000);
    put_ok(f, RCC_S + RSR, S_PRIV, 1u << 23);
    assert_int_equal(get_ok(f, RCC_NS + RSR, NS_PRIV), 0);
}

static void privilege_bits_keep_unprivileged_software_out(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, RCC_NS + APB2ENR, NS_UNPRIV, 1u << 14);
    put_ok(f, RCC_NS + PRIVCFGR, NS_PRIV, 3);
    assert_int_equal(get_ok(f, RCC_NS + PRIVCFGR, NS_PRIV), 2);
    put_ok(f, RCC_NS + APB2ENR, NS_UNPRIV, 0);
    assert_int_equal(get_ok(f, RCC_NS + APB2ENR, NS_UNPRIV), 0);
    assert_int_equal(get_ok(f, RCC_NS + APB2ENR, NS_PRIV), 1u << 14);
}

#define PLAIN(test)  cmocka_unit_test_setup_teardown(test, fixture_plain, fixture_done)
#define SECURE(test) cmocka_unit_test_setup_teardown(test, fixture_secure, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAIN(rcc_reset_values),
        SECURE(rcc_keeps_implemented_bits_only),
        PLAIN(every_ready_bit_follows_its_on_bit),
        PLAIN(pll_is_ready_only_with_a_running_source_and_a_divider),
        PLAIN(system_clock_follows_the_switch),
        PLAIN(fraction_counts_when_latched),
        PLAIN(switch_to_a_stopped_source_waits),
        PLAIN(clock_in_use_cannot_be_stopped_or_changed),
        PLAIN(backup_domain_register_needs_dbp_but_for_the_lsi),
        PLAIN(reset_causes_gather_until_removed),
        SECURE(ready_interrupt_is_raised_and_cleared),
        PLAIN(reset_register_resets_the_device),
        SECURE(bits_of_a_secure_block_are_secure),
        SECURE(secure_fields_are_hidden_from_nonsecure_software),
        SECURE(reset_flags_are_removed_by_secure_software_if_so_set),
        SECURE(privilege_bits_keep_unprivileged_software_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
