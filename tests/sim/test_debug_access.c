/* What debug is open for: every product state, every kind of authentication, every HDPL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dev_bench.h"

#define SBS_DBGCR 0x44000420u

static const struct {
    const char *name;
    uint8_t code;
    bool nonsecure, secure; /* By itself. */
    bool authentication;    /* Whether DBGCR opens more. */
} rows[] = {
    {"OPEN", 0xED, true, true, false},
    {"PROVISIONING", 0x17, true, false, false},
    {"IROT-PROVISIONED", 0x2E, true, false, true},
    {"TZ-CLOSED", 0xC6, true, false, true},
    {"CLOSED", 0x72, false, false, true},
    {"LOCKED", 0x5C, false, false, false},
    {"REGRESSION", 0x9A, false, false, false},
    {"NS-REGRESSION", 0xA3, false, false, false},
    {"(none)", 0x00, false, false, false},
};
#define ROWS (sizeof rows / sizeof rows[0])

static int setup(void **state)
{
    *state = bench_open(true);
    return 0;
}

static int setup_without_trustzone(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static struct sim_debug_access access_in(struct dev_bench *b, uint8_t code, uint32_t dbgcr,
                                         unsigned hdpl)
{
    struct sim_debug_access access;
    b->nv->option[NV_OB_OPTSR] = (b->nv->option[NV_OB_OPTSR] & ~0xFF00u) | (uint32_t)code << 8;
    bench_power(b);
    bench_write_as(b, chip_trustzone(b->chip), true, SBS_DBGCR, dbgcr);
    while (chip_hdpl(b->chip) < hdpl) {
        chip_hdpl_raise(b->chip);
    }
    chip_debug_access(b->chip, &access);
    return access;
}

static void product_state_decides_without_authentication(void **state)
{
    for (size_t i = 0; i < ROWS; i++) {
        for (unsigned hdpl = 0; hdpl <= 3; hdpl++) {
            const struct sim_debug_access access = access_in(*state, rows[i].code, 0, hdpl);
            assert_true(access.trustzone);
            assert_int_equal(access.nonsecure, rows[i].nonsecure);
            assert_int_equal(access.secure, rows[i].secure);
            assert_int_equal(access.access_port, rows[i].nonsecure);
            assert_int_equal(access.hdpl, 0);
            assert_int_equal(access.why[0] == 0, rows[i].secure);
        }
    }
}

static void authentication_opens_from_its_level_on(void **state)
{
    static const uint32_t codes[4] = {0, 0x51, 0x8A, 0x6F};
    for (size_t i = 0; i < ROWS; i++) {
        for (unsigned level = 1; level <= 3; level++) {
            for (unsigned hdpl = 0; hdpl <= 3; hdpl++) {
                for (unsigned full = 0; full < 2; full++) {
                    const uint32_t dbgcr = (full != 0 ? 0xB400B4B4u : 0x3C00B4B4u) | codes[level]
                                                                                         << 16;
                    const struct sim_debug_access access =
                        access_in(*state, rows[i].code, dbgcr, hdpl);
                    const bool open = rows[i].authentication && hdpl >= level;
                    assert_int_equal(access.nonsecure, rows[i].nonsecure || open);
                    assert_int_equal(access.secure, rows[i].secure || (open && full != 0));
                    assert_int_equal(access.access_port,
                                     rows[i].nonsecure || rows[i].authentication);
                }
            }
        }
    }
}

static void authentication_needs_all_of_its_words(void **state)
{
    static const uint32_t bad[] = {
        0xB46FB4B5u, /* AP_UNLOCK. */
        0xB46FB5B4u, /* DBG_UNLOCK. */
        0xB56FB4B4u, /* DBG_AUTH_SEC. */
        0x006FB4B4u,
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct sim_debug_access access = access_in(*state, 0x72, bad[i], 3);
        assert_false(access.nonsecure);
        assert_false(access.secure);
        assert_false(access.access_port);
        assert_non_null(strstr(access.why, "until it is authenticated"));
    }
    /* A level that was never written: the last one. */
    assert_false(access_in(*state, 0x72, 0xB400B4B4u, 2).nonsecure);
    assert_true(access_in(*state, 0x72, 0xB400B4B4u, 3).secure);
}

static void reason_says_what_is_missing(void **state)
{
    assert_string_equal(access_in(*state, 0x72, 0, 3).why,
                        "debug is closed in product state CLOSED until it is authenticated");
    assert_string_equal(access_in(*state, 0xC6, 0, 3).why,
                        "Secure debug is closed in product state TZ-CLOSED until it is "
                        "authenticated");
    assert_string_equal(access_in(*state, 0x5C, 0, 3).why,
                        "debug is closed in product state LOCKED for ever");
    assert_string_equal(access_in(*state, 0x9A, 0, 3).why,
                        "debug is closed in product state REGRESSION");
    assert_string_equal(access_in(*state, 0x72, 0xB46FB4B4u, 2).why,
                        "debug has been authenticated from HDPL 3 on, HDPL is 2");
}

static void without_trustzone_nothing_is_secure(void **state)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct sim_debug_access access = access_in(*state, rows[i].code, 0xB451B4B4u, 1);
        assert_false(access.trustzone);
        assert_false(access.secure);
        assert_int_equal(access.nonsecure, rows[i].nonsecure || rows[i].authentication);
        assert_int_equal(access.why[0] == 0, access.nonsecure);
    }
}

static void reset_takes_back_what_was_opened(void **state)
{
    struct dev_bench *b = *state;
    assert_true(access_in(b, 0x72, 0xB451B4B4u, 1).secure);
    chip_reset(b->chip, CHIP_RESET_PIN);
    chip_hdpl_raise(b->chip);
    struct sim_debug_access access;
    chip_debug_access(b->chip, &access);
    assert_false(access.nonsecure);
    assert_false(access.access_port);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(product_state_decides_without_authentication),
        CASE(authentication_opens_from_its_level_on),
        CASE(authentication_needs_all_of_its_words),
        CASE(reason_says_what_is_missing),
        cmocka_unit_test_setup_teardown(without_trustzone_nothing_is_secure,
                                        setup_without_trustzone, teardown),
        CASE(reset_takes_back_what_was_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
