/* Option words: programming, load at reset, rules per product state. */
#include "flash_fixture.h"

#include <string.h>

#define CASE(name) cmocka_unit_test_setup_teardown(name, options_setup, fixture_teardown)

#define OPTSTRT     2u
#define STATE(code) ((uint32_t)(code) << 8)
#define SWAP_BANK   0x80000000u
#define UBE_FLIP    (0x77u << 22) /* from 0xB4 to 0xC3 and back */

static int options_setup(void **state)
{
    (void)fixture_setup(state);
    unlock_options(*state);
    return 0;
}

static uint32_t with_state(const struct flash_fixture *f, uint8_t code)
{
    return (f->nv->option[NV_OB_OPTSR] & ~STATE(0xFF)) | STATE(code);
}

static void be_in(struct flash_fixture *f, uint8_t code)
{
    fixture_option(f, NV_OB_OPTSR, with_state(f, code));
    unlock_options(f);
}

/** Registers as trusted software sees them: without TrustZone there is no Secure alias. */
static uint32_t get(struct flash_fixture *f, uint32_t reg)
{
    return chip_trustzone(f->chip) ? reg_s(f, reg) : reg_ns(f, reg);
}

static void set(struct flash_fixture *f, uint32_t reg, uint32_t value)
{
    (chip_trustzone(f->chip) ? set_s : set_ns)(f, reg, value);
}

/** Writes one _PRG register and starts; true when the change was accepted and made. */
static bool change(struct flash_fixture *f, uint32_t reg, uint32_t value)
{
    set(f, reg, value);
    set(f, R_OPTCR, OPTSTRT);
    wait_done(f);
    const bool refused = (reg_ns(f, R_NSSR) & SR_OPTCHANGEERR) != 0;
    set_ns(f, R_NSCCR, SR_OPTCHANGEERR);
    return !refused;
}

static void locked_options_are_not_written(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_OPTCR, 1);
    set_s(f, R_WRP1R_PRG, 0);
    assert_int_equal(reg_s(f, R_WRP1R_PRG), 0xFFFFFFFFu);
    assert_int_equal(reg_s(f, R_OPTCR), 1);
}

static void change_is_in_force_after_the_next_reset(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_WRP1R_PRG, 0xFFFFFFF0u);
    set_s(f, R_OPTCR, OPTSTRT);
    assert_int_equal(reg_ns(f, R_NSSR), SR_BSY);
    assert_int_equal(reg_s(f, R_OPTCR), OPTSTRT);
    wait_done(f);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP);
    assert_int_equal(reg_s(f, R_WRP1R_CUR), 0xFFFFFFFFu);
    fixture_reset(f);
    assert_int_equal(reg_s(f, R_WRP1R_CUR), 0xFFFFFFF0u);
    assert_int_equal(reg_s(f, R_WRP1R_PRG), 0xFFFFFFF0u);
    fixture_reset(f);
    assert_int_equal(reg_s(f, R_WRP1R_CUR), 0xFFFFFFF0u);
}

static void written_but_not_started_is_forgotten_at_reset(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_WRP1R_PRG, 0);
    fixture_reset(f);
    assert_int_equal(reg_s(f, R_WRP1R_PRG), 0xFFFFFFFFu);
}

static void secure_options_are_not_for_non_secure_software(void **state)
{
    struct flash_fixture *f = *state;
    const uint32_t before = reg_s(f, R_SECWM1R_PRG);
    set_ns(f, R_SECWM1R_PRG, 0x7Fu);
    set_ns(f, R_HDP1R_PRG, 0x7F0000u);
    assert_int_equal(reg_s(f, R_SECWM1R_PRG), before);
    assert_int_equal(reg_s(f, R_HDP1R_PRG), 1);
    set_ns(f, R_NSBOOTR_PRG, 0x081000C3u);
    assert_int_equal(reg_s(f, R_NSBOOTR_PRG), 0x081000C3u);
}

static void open_state_allows_every_word(void **state)
{
    struct flash_fixture *f = *state;
    static const struct {
        uint32_t reg;
        uint32_t value;
    } words[] = {{R_WRP1R_PRG, 1},          {R_HDP1R_PRG, 0x10000u},
                 {R_SECWM1R_PRG, 0x10000u}, {R_NSBOOTR_PRG, 0x081000C3u},
                 {R_OTPBLR_PRG, 1},         {R_OPTSR2_PRG, 0xC300007Cu}};
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_true(change(f, words[i].reg, words[i].value));
    }
}

static void write_protection_is_frozen_from_tz_closed_on(void **state)
{
    struct flash_fixture *f = *state;
    static const struct {
        uint8_t code;
        bool may;
    } rows[] = {{0xED, true},  {0x17, true},  {0x2E, true},
                {0xC6, false}, {0x72, false}, {0x5C, false}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        be_in(f, rows[i].code);
        assert_int_equal(change(f, R_WRP1R_PRG, i), rows[i].may);
        fixture_reset(f);
    }
    assert_non_null(strstr(f->event, "WRP1 may not change in product state LOCKED"));
}

static void refused_change_leaves_every_word(void **state)
{
    struct flash_fixture *f = *state;
    be_in(f, 0x72);
    set_s(f, R_NSBOOTR_PRG, 0x081000C3u);
    assert_false(change(f, R_WRP1R_PRG, 0));
    fixture_reset(f);
    assert_int_equal(reg_s(f, R_NSBOOTR_CUR), 0x080000C3u);
    assert_int_equal(reg_s(f, R_WRP1R_CUR), 0xFFFFFFFFu);
}

static void start_is_refused_while_the_error_stands(void **state)
{
    struct flash_fixture *f = *state;
    be_in(f, 0x72);
    set_s(f, R_WRP1R_PRG, 0);
    set_s(f, R_OPTCR, OPTSTRT);
    assert_int_equal(reg_ns(f, R_NSSR), SR_OPTCHANGEERR);
    set_s(f, R_NSBOOTR_PRG, 0x081000C3u);
    set_s(f, R_OPTCR, OPTSTRT);
    assert_int_equal(reg_ns(f, R_NSSR), SR_OPTCHANGEERR);
}

static void product_states_change_along_known_ways_only(void **state)
{
    struct flash_fixture *f = *state;
    static const uint8_t codes[] = {0xED, 0x17, 0x2E, 0xC6, 0x72, 0x5C, 0x9A, 0xA3};
    /* Row: from; column: to; at HDPL 1 with TrustZone on. */
    static const char *const ways[] = {
        "-yy.....", /* OPEN */
        ".-......", /* PROVISIONING, where user code never runs */
        "..-.y.yy", /* iROT-PROVISIONED */
        "...-..y.", /* TZ-CLOSED */
        "....-.yy", /* CLOSED */
        ".....-..", /* LOCKED */
    };
    for (unsigned from = 0; from < 6; from++) {
        for (unsigned to = 0; to < 8; to++) {
            be_in(f, codes[from]);
            chip_hdpl_raise(f->chip);
            if (from != to) {
                assert_int_equal(change(f, R_OPTSR_PRG, with_state(f, codes[to])),
                                 ways[from][to] == 'y');
            }
            fixture_reset(f);
        }
    }
}

static void regression_is_asked_for_at_hdpl_1_at_most(void **state)
{
    struct flash_fixture *f = *state;
    be_in(f, 0x72);
    chip_hdpl_raise(f->chip);
    chip_hdpl_raise(f->chip);
    assert_false(change(f, R_OPTSR_PRG, with_state(f, 0x9A)));
    assert_non_null(strstr(f->event, "from product state CLOSED to REGRESSION at HDPL 2"));
}

static void values_outside_the_manual_are_refused(void **state)
{
    struct flash_fixture *f = *state;
    assert_false(change(f, R_OPTSR2_PRG, 0x0000007Cu));
    assert_false(change(f, R_OPTSR_PRG, with_state(f, 0x00)));
}

static void otp_block_is_locked_for_ever(void **state)
{
    struct flash_fixture *f = *state;
    assert_true(change(f, R_OTPBLR_PRG, 4));
    fixture_reset(f);
    unlock_options(f);
    assert_false(change(f, R_OTPBLR_PRG, 3));
    assert_true(change(f, R_OTPBLR_PRG, 5));
}

/** Locks of the two boot addresses, TrustZone, and what may change then. */
struct boot_lock {
    bool ns;
    bool sec;
    bool trustzone;
    bool nsboot;
    bool secboot;
    bool ube;
    bool swap;
};

static void lock_boot(struct flash_fixture *f, const struct boot_lock *lock)
{
    f->nv->option[NV_OB_NSBOOT] = lock->ns ? 0x080000B4u : 0x080000C3u;
    f->nv->option[NV_OB_SECBOOT] = lock->sec ? 0x0C0000B4u : 0x0C0000C3u;
    fixture_option(f, NV_OB_OPTSR2, lock->trustzone ? 0xB400007Cu : 0xC300007Cu);
    set(f, R_OPTKEYR, 0x08192A3Bu);
    set(f, R_OPTKEYR, 0x4C5D6E7Fu);
}

/** Tries a change of one word: it is made, or refused for that reason and forgotten. */
static void change_or_not(struct flash_fixture *f, const struct boot_lock *lock, bool may,
                          uint32_t prg, uint32_t flip, const char *why)
{
    lock_boot(f, lock);
    const uint32_t cur = prg - 4u;
    const uint32_t old = get(f, cur);
    f->event[0] = '\0';
    assert_int_equal(change(f, prg, old ^ flip), may);
    if (!may) {
        assert_int_equal(get(f, prg), old);
        assert_non_null(strstr(f->event, why));
    }
    fixture_reset(f);
    assert_int_equal(get(f, cur), may ? old ^ flip : old);
}

static void boot_locks_freeze_their_address_boot_ube_and_swap_bank(void **state)
{
    struct flash_fixture *f = *state;
    static const struct boot_lock rows[] = {
        {false, false, true, true, true, true, true},
        {true, false, true, false, true, true, true},
        {false, true, true, true, false, false, false},
        {false, false, false, true, true, true, true},
        {true, false, false, false, true, true, false},
        {false, true, false, true, false, false, true},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct boot_lock *row = &rows[i];
        change_or_not(f, row, row->nsboot, R_NSBOOTR_PRG, 0x100000u, "NSBOOT_LOCK freezes NSBOOT");
        change_or_not(f, row, row->secboot, R_SECBOOTR_PRG, 0x100000u,
                      "SECBOOT_LOCK freezes SECBOOT");
        change_or_not(f, row, row->ube, R_OPTSR_PRG, UBE_FLIP, "SECBOOT_LOCK freezes BOOT_UBE");
        const uint32_t ube = f->nv->option[NV_OB_OPTSR];
        fixture_option(f, NV_OB_OPTSR, row->ube ? ube ^ UBE_FLIP : ube);
        change_or_not(f, row, row->swap, R_OPTSR_PRG, SWAP_BANK, "the boot lock freezes SWAP_BANK");
        fixture_option(f, NV_OB_OPTSR, f->nv->option[NV_OB_OPTSR] & ~SWAP_BANK);
    }
}

static void boot_lock_is_not_opened_again(void **state)
{
    struct flash_fixture *f = *state;
    static const struct boot_lock both = {.ns = true, .sec = true, .trustzone = true};
    change_or_not(f, &both, false, R_NSBOOTR_PRG, 0x77u, "NSBOOT_LOCK freezes NSBOOT");
    change_or_not(f, &both, false, R_SECBOOTR_PRG, 0x77u, "SECBOOT_LOCK freezes SECBOOT");
}

static void hidden_area_is_set_up_at_hdpl_1_at_most(void **state)
{
    struct flash_fixture *f = *state;
    chip_hdpl_raise(f->chip);
    assert_true(change(f, R_HDP1R_PRG, 0x10000u));
    chip_hdpl_raise(f->chip);
    assert_false(change(f, R_HDP1R_PRG, 0x1u));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(locked_options_are_not_written),
        CASE(change_is_in_force_after_the_next_reset),
        CASE(written_but_not_started_is_forgotten_at_reset),
        CASE(secure_options_are_not_for_non_secure_software),
        CASE(open_state_allows_every_word),
        CASE(write_protection_is_frozen_from_tz_closed_on),
        CASE(refused_change_leaves_every_word),
        CASE(start_is_refused_while_the_error_stands),
        CASE(product_states_change_along_known_ways_only),
        CASE(regression_is_asked_for_at_hdpl_1_at_most),
        CASE(values_outside_the_manual_are_refused),
        CASE(otp_block_is_locked_for_ever),
        CASE(boot_locks_freeze_their_address_boot_ube_and_swap_bank),
        CASE(boot_lock_is_not_opened_again),
        CASE(hidden_area_is_set_up_at_hdpl_1_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
