/*
 * Product states: every state x every request x who asks x what is met before. Prints the table.
 *
 * The table is typed from the public evidence, not taken from the simulator.
 */
#include "flash_fixture.h"

#include <stdio.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "bootrom.h"
#include "dev_flash.h"
#include "rss.h"

#define OPTSTRT    2u
#define STATES     8u
#define UBE_USER   (0xB4u << 22)
#define UBE_SYSTEM (0xC3u << 22)
#define IROT       0x8000u /* In system flash. */

static const struct {
    const char *name;
    uint8_t code;
} states[STATES] = {
    {"OPEN", 0xED},   {"PROVISIONING", 0x17}, {"IROT-PROVISIONED", 0x2E}, {"TZ-CLOSED", 0xC6},
    {"CLOSED", 0x72}, {"LOCKED", 0x5C},       {"REGRESSION", 0x9A},       {"NS-REGRESSION", 0xA3},
};

/** Who asks. */
enum asker { TOOL, FIRMWARE, AUTHENTICATION, ASKERS };
static const char *const asker_names[ASKERS] = {"tool", "firmware", "debug authentication"};

/*
 * Row: from; column: to, in the order of `states`. '-' the same, '.' never, 'y' always, and needing
 *   i  something to start: BOOT_UBE 0xB4, or an iROT in system flash, or TrustZone off
 *   t  TrustZone
 *   d  valid debug-authentication data     b  both of these
 *   h  HDPL 0 or 1                         x  that and TrustZone
 */
static const char *const table[ASKERS][STATES] = {
    [TOOL] = {"-yi.....", ".-ytyy..", "..-.....", "...-....", "....-...", ".....-..", "......-.",
              ".......-"},
    [FIRMWARE] = {"-yi.....", ".-......", "..-.y.hx", "...-..h.", "....-.hx", ".....-..",
                  "......-.", ".......-"},
    [AUTHENTICATION] = {"-.......", ".-....d.", "..-...db", "...-..d.", "....-.db", ".....-..",
                        "......-.", ".......-"},
};

/** What is met or not. */
struct conditions {
    bool trustzone;
    bool da;
    bool ube_system;
    bool irot;
    unsigned hdpl;
};

static bool expected(char how, const struct conditions *met)
{
    switch (how) {
    case 'y':
        return true;
    case 'i':
        return !met->trustzone || !met->ube_system || met->irot;
    case 't':
        return met->trustzone;
    case 'd':
        return met->da;
    case 'b':
        return met->trustzone && met->da;
    case 'h':
        return met->hdpl <= 1;
    case 'x':
        return met->trustzone && met->hdpl <= 1;
    default:
        return false;
    }
}

static void put_authentication_data(struct flash_fixture *f)
{
    uint8_t data[0x60] = {[0x20] = 1, [0x5F] = 2};
    (void)mbedtls_sha256(data + 0x20, 0x40, data, 0);
    rss_obk_cipher(f->chip, 1, false, data, f->nv->obk[f->nv->obk_current] + 0x100, sizeof data);
}

static void prepare(struct flash_fixture *f, uint8_t code, const struct conditions *met)
{
    const uint32_t keep = f->nv->option[NV_OB_OPTSR] & ~(0xFF00u | UBE_USER | UBE_SYSTEM);
    f->nv->option[NV_OPTION_WAITING] = 0;
    f->nv->option[NV_OB_OPTSR] =
        keep | (uint32_t)code << 8 | (met->ube_system ? UBE_SYSTEM : UBE_USER);
    f->nv->option[NV_OB_OPTSR2] = met->trustzone ? 0xB400007Cu : 0xC300007Cu;
    memset(f->nv->system + IROT, met->irot ? 0 : 0xFF, 8);
    memset(f->nv->obk, 0xFF, sizeof f->nv->obk);
    fixture_reset(f);
    if (met->da) {
        put_authentication_data(f);
    }
    while (chip_hdpl(f->chip) < met->hdpl) {
        chip_hdpl_raise(f->chip);
    }
}

/** Asks, without waiting for the end. @return whether the change has begun */
static bool ask(struct flash_fixture *f, enum asker asker, uint8_t code)
{
    void (*const set)(struct flash_fixture *, uint32_t, uint32_t) =
        chip_trustzone(f->chip) ? set_s : set_ns;
    char why[PRODUCT_WHY];
    if (asker == AUTHENTICATION) {
        const uint8_t bit = product_state_of((uint32_t)code << 8)->bit;
        return rss_regression_ask(f->chip, bit, why);
    }
    set(f, R_OPTKEYR, 0x08192A3Bu);
    set(f, R_OPTKEYR, 0x4C5D6E7Fu);
    set(f, R_OPTSR_PRG, (f->nv->option[NV_OB_OPTSR] & ~0xFF00u) | (uint32_t)code << 8);
    f->chip->tool_asks = asker == TOOL;
    set(f, R_OPTCR, OPTSTRT);
    f->chip->tool_asks = false;
    return (reg_ns(f, R_NSSR) & SR_OPTCHANGEERR) == 0;
}

static uint8_t state_now(const struct flash_fixture *f)
{
    return (uint8_t)(f->nv->option[NV_OB_OPTSR] >> 8);
}

static void check(struct flash_fixture *f, enum asker asker, unsigned from, unsigned to,
                  const struct conditions *met)
{
    prepare(f, states[from].code, met);
    const bool may = expected(table[asker][from][to], met);
    const bool begun = ask(f, asker, states[to].code);
    wait_done(f);
    fixture_reset(f);
    if (begun != may || state_now(f) != states[may ? to : from].code) {
        fail_msg("%s from %s to %s, TrustZone %d, DA data %d, BOOT_UBE system %d, iROT %d, HDPL %u",
                 asker_names[asker], states[from].name, states[to].name, met->trustzone, met->da,
                 met->ube_system, met->irot, met->hdpl);
    }
}

static void transition_is_made_exactly_where_the_table_says(void **state)
{
    struct flash_fixture *f = *state;
    for (unsigned cell = 0; cell < ASKERS * STATES * STATES; cell++) {
        const enum asker asker = (enum asker)(cell / (STATES * STATES));
        const unsigned from = cell / STATES % STATES;
        const unsigned to = cell % STATES;
        for (unsigned bits = 0; from != to && bits < 64u; bits++) {
            const struct conditions met = {.trustzone = (bits & 1u) != 0,
                                           .da = (bits & 2u) != 0,
                                           .ube_system = (bits & 4u) != 0,
                                           .irot = (bits & 8u) != 0,
                                           .hdpl = bits >> 4};
            check(f, asker, from, to, &met);
        }
    }
}

static void print_table(void **state)
{
    (void)state;
    for (unsigned asker = 0; asker < ASKERS; asker++) {
        printf("\n%-22s", asker_names[asker]);
        for (unsigned to = 0; to < STATES; to++) {
            printf(" %-16s", states[to].name);
        }
        for (unsigned from = 0; from < STATES; from++) {
            printf("\n  from %-15s", states[from].name);
            for (unsigned to = 0; to < STATES; to++) {
                const char how = table[asker][from][to];
                printf(" %-16s", how == 'y'   ? "yes"
                                 : how == 'i' ? "with an iROT"
                                 : how == 't' ? "with TrustZone"
                                 : how == 'd' ? "with DA data"
                                 : how == 'b' ? "TrustZone, DA"
                                 : how == 'h' ? "HDPL <= 1"
                                 : how == 'x' ? "TrustZone, <= 1"
                                 : how == '-' ? "-"
                                              : ".");
            }
        }
        printf("\n");
    }
}

static void cut_in_a_transition_leaves_the_old_state_or_the_new(void **state)
{
    struct flash_fixture *f = *state;
    const struct conditions met = {.trustzone = true, .da = true, .hdpl = 1};
    for (unsigned cell = 0; cell < ASKERS * STATES * STATES; cell++) {
        const enum asker asker = (enum asker)(cell / (STATES * STATES));
        const unsigned from = cell / STATES % STATES;
        const unsigned to = cell % STATES;
        if (from == to || !expected(table[asker][from][to], &met)) {
            continue;
        }
        for (unsigned eighth = 0; eighth <= 8u; eighth++) {
            prepare(f, states[from].code, &met);
            assert_true(ask(f, asker, states[to].code));
            const uint64_t begin = f->chip->now;
            const uint64_t took = flash_of(f->chip)->op.end - begin;
            assert_true(took > 8u);
            chip_advance(f->chip, begin + took * eighth / 8u);
            chip_reset(f->chip, eighth % 2u != 0 ? CHIP_RESET_PIN : CHIP_RESET_POWER_ON);
            assert_int_equal(state_now(f), states[eighth == 8u ? to : from].code);
        }
    }
}

static void closing_without_authentication_data_is_warned_of(void **state)
{
    struct flash_fixture *f = *state;
    for (unsigned da = 0; da < 2; da++) {
        const struct conditions met = {.trustzone = true, .da = da != 0, .hdpl = 1};
        prepare(f, 0x17, &met);
        f->note[0] = 0;
        assert_true(ask(f, TOOL, 0x72));
        assert_int_equal(strstr(f->note, "without valid debug-authentication data") == NULL, da);
    }
}

static void authentication_data_of_open_is_worth_nothing_later(void **state)
{
    struct flash_fixture *f = *state;
    struct conditions met = {.trustzone = true, .hdpl = 1};
    prepare(f, 0xED, &met);
    put_authentication_data(f);
    assert_true(rss_authentication_valid(f->chip));
    fixture_option(f, NV_OB_OPTSR, (f->nv->option[NV_OB_OPTSR] & ~0xFF00u) | 0x1700u);
    assert_false(rss_authentication_valid(f->chip));
    /* The same for the next EPOCH; and one changed bit is found. */
    put_authentication_data(f);
    assert_true(rss_authentication_valid(f->chip));
    fixture_option(f, NV_OB_SECEPOCH, 1);
    assert_false(rss_authentication_valid(f->chip));
    fixture_option(f, NV_OB_SECEPOCH, 0);
    assert_true(rss_authentication_valid(f->chip));
    f->nv->obk[f->nv->obk_current][0x15F] ^= 1u;
    assert_false(rss_authentication_valid(f->chip));
}

static void user_code_starts_where_the_state_lets_it(void **state)
{
    static const bool starts[STATES] = {true, false, true, true, true, true, false, false};
    struct flash_fixture *f = *state;
    memset(f->nv->flash, 0, 16); /* Vectors that are not blank. */
    for (unsigned i = 0; i < 2u * STATES + 2u; i++) {
        const bool known = i < 2u * STATES;
        const struct conditions met = {.trustzone = i % 2u != 0};
        prepare(f, known ? states[i / 2u].code : 0x00, &met);
        struct bootrom_verdict verdict;
        bootrom_run(f->chip, &verdict);
        assert_int_equal(verdict.starts, known && starts[i / 2u]);
        assert_int_equal(verdict.busy, known && i / 2u >= 6u); /* The regressions. */
        assert_int_equal(chip_hdpl(f->chip), verdict.starts ? 1 : 0);
        assert_true(verdict.why[0] != 0);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(transition_is_made_exactly_where_the_table_says),
        CASE(print_table),
        CASE(cut_in_a_transition_leaves_the_old_state_or_the_new),
        CASE(user_code_starts_where_the_state_lets_it),
        CASE(closing_without_authentication_data_is_warned_of),
        CASE(authentication_data_of_open_is_worth_nothing_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
