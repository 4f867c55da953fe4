/* SBS: HDPL, OBK-HDPL, debug control, locks, security of its registers. */
#include "chip_fixture.h"

#include <string.h>

#define SBS_S      0x54000400u
#define SBS_NS     0x44000400u
#define HDPLCR     0x10u
#define HDPLSR     0x14u
#define NEXTHDPLCR 0x18u
#define DBGCR      0x20u
#define DBGLOCKR   0x24u
#define RSSCMDR    0x34u
#define EPOCHSELCR 0xA0u
#define SECCFGR    0xC0u
#define PMCR       0x100u
#define FPUIMR     0x104u
#define CCCSR      0x110u
#define CCVALR     0x114u
#define CCSWCR     0x118u
#define CFGR2      0x120u
#define CNSLCKR    0x144u
#define CSLCKR     0x148u
#define ECCNMIR    0x14Cu

#define TZIC_SR4_S 0x5003281Cu
#define ILA_SBS    (1u << 6)

static void sbs_reset_values(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t off;
        uint32_t value;
    } expected[] = {
        {HDPLCR, 0xB4}, {HDPLSR, 0xB4},  {NEXTHDPLCR, 0},  {DBGCR, 0}, {DBGLOCKR, 0xB4},
        {RSSCMDR, 0},   {EPOCHSELCR, 0}, {SECCFGR, 0},     {PMCR, 0},  {FPUIMR, 0x1F},
        {CCCSR, 0x0A},  {CCVALR, 0x88},  {CCSWCR, 0x7878}, {CFGR2, 0}, {CNSLCKR, 0},
        {CSLCKR, 0},    {ECCNMIR, 0},
    };
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(get_ok(f, SBS_S + expected[i].off, S_PRIV), expected[i].value);
    }
}

static void sbs_keeps_implemented_bits_only(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t off;
        uint32_t mask;
    } registers[] = {
        {NEXTHDPLCR, 3},    {RSSCMDR, 0xFFFF}, {EPOCHSELCR, 3},  {SECCFGR, 0x8000000B},
        {PMCR, 0x00EF0300}, {FPUIMR, 0x3F},    {CCSWCR, 0xFFFF}, {CFGR2, 0xF},
        {CNSLCKR, 3},       {CSLCKR, 7},       {ECCNMIR, 1},
    };
    for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        put_ok(f, SBS_S + registers[i].off, S_PRIV, 0xFFFFFFFF);
        assert_int_equal(get_ok(f, SBS_S + registers[i].off, S_PRIV), registers[i].mask);
    }
}

static void hdpl_only_goes_up_and_stops_at_three(void **state)
{
    struct chip_fixture *f = *state;
    static const uint32_t codes[] = {0xB4, 0x51, 0x8A, 0x6F, 0x6F};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(get_ok(f, SBS_S + HDPLSR, S_PRIV), codes[i]);
        assert_int_equal(chip_hdpl(f->chip), i < 3 ? i : 3);
        put_ok(f, SBS_S + HDPLCR, S_PRIV, 0x6A);
    }
    put_ok(f, SBS_S + HDPLSR, S_PRIV, 0xB4);
    assert_int_equal(get_ok(f, SBS_S + HDPLSR, S_PRIV), 0x6F);
    assert_int_equal(f->events, 3);
    assert_int_equal(f->event_kind[0], SIM_EVENT_BOOT);
    assert_string_equal(f->event_text[2], "HDPL raised to 3");
    assert_int_equal(f->map_changes, 3);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, SBS_S + HDPLSR, S_PRIV), 0xB4);
}

static void hdpl_stays_on_the_idle_code_and_rises_on_any_other(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_S + HDPLCR, S_PRIV, 0xB4);
    assert_int_equal(chip_hdpl(f->chip), 0);
    put_ok(f, SBS_S + HDPLCR, S_PRIV, 0x00);
    assert_int_equal(chip_hdpl(f->chip), 1);
    assert_int_equal(get_ok(f, SBS_S + HDPLCR, S_PRIV), 0xB4);
}

static void hdpl_is_raised_by_secure_privileged_software_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_NS + HDPLCR, NS_PRIV, 0x6A);
    assert_int_equal(chip_hdpl(f->chip), 0);
    assert_int_equal(get_ok(f, TZIC_SR4_S, S_PRIV), ILA_SBS);
    put_ok(f, SBS_S + HDPLCR, S_UNPRIV, 0x6A);
    assert_int_equal(chip_hdpl(f->chip), 0);
    assert_int_equal(get_ok(f, SBS_NS + HDPLSR, NS_UNPRIV), 0xB4);
}

static void without_trustzone_any_privileged_software_raises_hdpl(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_NS + HDPLCR, NS_UNPRIV, 0x6A);
    assert_int_equal(chip_hdpl(f->chip), 0);
    put_ok(f, SBS_NS + HDPLCR, NS_PRIV, 0x6A);
    assert_int_equal(chip_hdpl(f->chip), 1);
}

static void byte_write_raises_hdpl_once(void **state)
{
    struct chip_fixture *f = *state;
    assert_int_equal(bus_write(f->chip, SBS_S + HDPLCR, 1, S_PRIV, 0x6A, NULL), SIM_ANSWER_OK);
    assert_int_equal(chip_hdpl(f->chip), 1);
    assert_int_equal(bus_write(f->chip, SBS_S + HDPLCR + 1u, 1, S_PRIV, 0x6A, NULL), SIM_ANSWER_OK);
    assert_int_equal(chip_hdpl(f->chip), 1);
}

static void obk_level_is_hdpl_plus_next_at_most_three(void **state)
{
    struct chip_fixture *f = *state;
    chip_hdpl_raise(f->chip);
    assert_int_equal(chip_obk_hdpl(f->chip), 1);
    f->map_changes = 0;
    put_ok(f, SBS_S + NEXTHDPLCR, S_PRIV, 1);
    assert_int_equal(f->map_changes, 1);
    assert_int_equal(chip_obk_hdpl(f->chip), 2);
    put_ok(f, SBS_S + NEXTHDPLCR, S_PRIV, 3);
    assert_int_equal(chip_obk_hdpl(f->chip), 3);
    put_ok(f, SBS_NS + NEXTHDPLCR, NS_PRIV, 0);
    assert_int_equal(chip_obk_hdpl(f->chip), 3);
}

static void debug_control_takes_known_levels_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_S + DBGCR, S_PRIV, 0xB451B4B4);
    assert_int_equal(get_ok(f, SBS_S + DBGCR, S_PRIV), 0xB451B4B4);
    put_ok(f, SBS_S + DBGCR, S_PRIV, 0x3C12B400);
    assert_int_equal(get_ok(f, SBS_S + DBGCR, S_PRIV), 0x3C51B400);
    put_ok(f, SBS_NS + DBGCR, NS_PRIV, 0);
    assert_int_equal(get_ok(f, SBS_S + DBGCR, S_PRIV), 0x3C51B400);
}

static void debug_lock_holds_until_reset(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_S + DBGLOCKR, S_PRIV, 0xB4);
    put_ok(f, SBS_S + DBGCR, S_PRIV, 0x006F0000);
    put_ok(f, SBS_S + DBGLOCKR, S_PRIV, 0xC3);
    assert_int_equal(get_ok(f, SBS_S + DBGLOCKR, S_PRIV), 0x6A);
    put_ok(f, SBS_S + DBGLOCKR, S_PRIV, 0xB4);
    put_ok(f, SBS_S + DBGCR, S_PRIV, 0xB451B4B4);
    assert_int_equal(get_ok(f, SBS_S + DBGLOCKR, S_PRIV), 0x6A);
    assert_int_equal(get_ok(f, SBS_S + DBGCR, S_PRIV), 0x006F0000);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, SBS_S + DBGLOCKR, S_PRIV), 0xB4);
    assert_int_equal(get_ok(f, SBS_S + DBGCR, S_PRIV), 0);
}

static void core_locks_are_set_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_NS + CSLCKR, NS_PRIV, 7);
    assert_int_equal(chip_core_lock(f->chip, true), 0);
    put_ok(f, SBS_S + CSLCKR, S_PRIV, 5);
    put_ok(f, SBS_S + CSLCKR, S_PRIV, 2);
    assert_int_equal(chip_core_lock(f->chip, true), 7);
    put_ok(f, SBS_NS + CNSLCKR, NS_UNPRIV, 1);
    assert_int_equal(chip_core_lock(f->chip, false), 0);
    put_ok(f, SBS_NS + CNSLCKR, NS_PRIV, 1);
    put_ok(f, SBS_NS + CNSLCKR, NS_PRIV, 0);
    assert_int_equal(chip_core_lock(f->chip, false), 1);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(chip_core_lock(f->chip, true), 0);
    assert_int_equal(chip_core_lock(f->chip, false), 0);
}

static void class_b_locks_are_set_only_but_ecc_is_not(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_NS + CFGR2, NS_PRIV, 0xF);
    put_ok(f, SBS_NS + CFGR2, NS_PRIV, 0);
    assert_int_equal(get_ok(f, SBS_NS + CFGR2, NS_PRIV), 7);
}

static void seccfgr_hides_its_registers_from_nonsecure_software(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t bit;
        uint32_t off;
    } hidden[] = {
        {1u << 0, PMCR}, {1u << 0, CCCSR}, {1u << 0, CCSWCR}, {1u << 1, CFGR2}, {1u << 3, FPUIMR},
    };
    put_ok(f, SBS_NS + SECCFGR, NS_PRIV, 0xFFFFFFFF);
    assert_int_equal(get_ok(f, SBS_S + SECCFGR, S_PRIV), 0);
    for (unsigned i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        put_ok(f, SBS_S + SECCFGR, S_PRIV, 0);
        put_ok(f, SBS_NS + hidden[i].off, NS_PRIV, 0x00010303);
        const uint32_t before = get_ok(f, SBS_NS + hidden[i].off, NS_PRIV);
        assert_true(before != 0);
        put_ok(f, SBS_S + SECCFGR, S_PRIV, hidden[i].bit);
        assert_int_equal(get_ok(f, SBS_NS + hidden[i].off, NS_PRIV), 0);
        put_ok(f, SBS_NS + hidden[i].off, NS_PRIV, 0);
        assert_int_equal(get_ok(f, SBS_S + hidden[i].off, S_PRIV), before);
    }
}

static void compensation_cell_is_ready_when_enabled(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_NS + CCCSR, NS_PRIV, 0x5);
    assert_int_equal(get_ok(f, SBS_NS + CCCSR, NS_PRIV), 0x305);
    put_ok(f, SBS_NS + CCCSR, NS_PRIV, 0x1);
    assert_int_equal(get_ok(f, SBS_NS + CCCSR, NS_PRIV), 0x101);
}

static void rss_command_outlives_a_system_reset_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SBS_S + RSSCMDR, S_PRIV, 0xC0FE);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, SBS_S + RSSCMDR, S_PRIV), 0xC0FE);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    assert_int_equal(get_ok(f, SBS_S + RSSCMDR, S_PRIV), 0);
}

#define PLAIN(test)  cmocka_unit_test_setup_teardown(test, fixture_plain, fixture_done)
#define SECURE(test) cmocka_unit_test_setup_teardown(test, fixture_secure, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SECURE(sbs_reset_values),
        SECURE(sbs_keeps_implemented_bits_only),
        SECURE(hdpl_only_goes_up_and_stops_at_three),
        SECURE(hdpl_stays_on_the_idle_code_and_rises_on_any_other),
        SECURE(hdpl_is_raised_by_secure_privileged_software_only),
        PLAIN(without_trustzone_any_privileged_software_raises_hdpl),
        SECURE(byte_write_raises_hdpl_once),
        SECURE(obk_level_is_hdpl_plus_next_at_most_three),
        SECURE(debug_control_takes_known_levels_only),
        SECURE(debug_lock_holds_until_reset),
        SECURE(core_locks_are_set_only),
        SECURE(class_b_locks_are_set_only_but_ecc_is_not),
        SECURE(seccfgr_hides_its_registers_from_nonsecure_software),
        SECURE(compensation_cell_is_ready_when_enabled),
        SECURE(rss_command_outlives_a_system_reset_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
