/* The device's side of debug authentication, without a chip: what it accepts, and packets of any form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adac_lab.h"
#include "support/adac_maker.h"

static void discovery_tells_every_fact(void **state)
{
    static const uint8_t expected[] = {
        0, 0, 1,  0,    2,  0, 0,  0,  1,    0,                /* ADAC 1.0 */
        0, 0, 2,  0,    2,  0, 0,  0,  0x20, 0,                /* vendor */
        0, 0, 3,  0,    4,  0, 0,  0,  0x84, 4,    0,    0,    /* class */
        0, 0, 4,  0,    16, 0, 0,  0,  0xC0, 1,    2,    3,    /* id */
        4, 5, 6,  7,    8,  9, 10, 11, 0,    0,    0,    0,    /* */
        0, 0, 7,  0,    16, 0, 0,  0,  0x77, 0x50, 0,    0,    /* mask */
        0, 0, 0,  0,    0,  0, 0,  0,  0,    0,    0,    0,    /* */
        0, 0, 8,  0,    2,  0, 0,  0,  0x72, 0,                /* life cycle */
        0, 0, 10, 0,    4,  0, 0,  0,  2,    4,    0,    0,    /* SDA 2.4.0 */
        0, 0, 0,  1,    2,  0, 0,  0,  0,    2,                /* tokens */
        0, 0, 1,  1,    2,  0, 0,  0,  1,    2,                /* certificates */
        0, 0, 2,  1,    1,  0, 0,  0,  1,                      /* cryptosystem */
        0, 0, 0,  0x80, 4,  0, 0,  0,  0xEA, 0xEA, 0xEA, 0xEA, /* integrity */
        0, 0, 1,  0x80, 4,  0, 0,  0,  1,    0,    0,    0,    /* HDPL1 */
        0, 0, 2,  0x80, 4,  0, 0,  0,  2,    0,    0,    0,    /* HDPL2 */
        0, 0, 3,  0x80, 4,  0, 0,  0,  3,    0,    0,    0,    /* HDPL3 */
    };
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    assert_int_equal(adac_lab_request(&w, ADAC_DISCOVERY, NULL, 0), OK);
    assert_in_range(w.len, 8 + sizeof expected, 8 + sizeof expected + 3);
    assert_memory_equal(w.response + 8, expected, sizeof expected);
    adac_lab_begin(&w, false);
    assert_int_equal(adac_lab_request(&w, ADAC_DISCOVERY, NULL, 0), OK);
    assert_int_equal(w.response[8 + 130], 0x80);
}

static void each_level_and_world_opens_what_it_says(void **state)
{
    static const struct {
        unsigned level;
        uint16_t asked;
        bool secure;
    } rows[] = {
        {1, LEVEL1, true},
        {2, LEVEL2, true},
        {3, LEVEL3, true},
        {1, LEVEL1_NS, false},
        {2, 0x0002, false},
        {3, LEVEL3_NS, false},
        {2, LEVEL3 | LEVEL2, true},
        {2, LEVEL3_NS | 0x0002, false},
        {3, LEVEL3 | LEVEL1_NS, true}, /* One level at a time: never Secure debug from HDPL 1 on. */
        {3, LEVEL3_NS | 0x0800, false}, /* What nobody knows is nothing. */
    };
    struct adac_lab w;
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        adac_lab_begin(&w, true);
        adac_lab_prove(&w);
        assert_int_equal(adac_lab_token(&w, rows[i].asked, 3), OK);
        assert_int_equal(w.opened, 1);
        assert_int_equal(w.refused, 0);
        assert_int_equal(w.debug.level, rows[i].level);
        assert_int_equal(w.debug.secure, rows[i].secure);
        assert_int_equal(w.adac.then, ADAC_THEN_LISTEN);
    }
}

static void regressions_are_started_once(void **state)
{
    struct adac_lab w;
    (void)state;
    for (unsigned full = 0; full < 2; full++) {
        adac_lab_begin(&w, true);
        adac_lab_prove(&w);
        assert_int_equal(adac_lab_token(&w, full != 0 ? FULL : PARTIAL, 3), OK);
        assert_int_equal(w.regressed, 1);
        assert_int_equal(w.full, full);
        assert_int_equal(w.opened, 0);
        assert_int_equal(w.adac.then, ADAC_THEN_REGRESS);
    }
}

static void chains_of_one_and_two_are_enough(void **state)
{
    uint8_t cert[ADAC_CERT];
    struct adac_lab w;
    (void)state;
    const struct adac_recipe root = {.role = ADAC_ROLE_ROOT, .owner = 1, .issuer = 1, .usage = 1};
    const struct adac_recipe leaf = {.role = ADAC_ROLE_LEAF, .owner = 7, .issuer = 1, .usage = 1};
    for (unsigned leaves = 0; leaves < 2; leaves++) {
        adac_lab_begin(&w, true);
        adac_lab_start(&w);
        adac_make_cert(&root, cert);
        assert_int_equal(adac_lab_tlv(&w, CERT, cert, sizeof cert), MORE);
        if (leaves != 0) {
            adac_make_cert(&leaf, cert);
            assert_int_equal(adac_lab_tlv(&w, CERT, cert, sizeof cert), MORE);
        }
        assert_int_equal(adac_lab_token(&w, LEVEL3_NS, leaves != 0 ? 7 : 1), OK);
        assert_int_equal(w.opened, 1);
        assert_int_equal(w.verified, leaves + 2);
    }
}

static void certificates_for_this_chip_hold_on_it(void **state)
{
    uint8_t cert[ADAC_CERT];
    struct adac_lab w;
    (void)state;
    const struct adac_recipe root = {.role = ADAC_ROLE_ROOT,
                                     .owner = 1,
                                     .issuer = 1,
                                     .usage = 1,
                                     .lifecycle = 0x72,
                                     .soc_class = 0x484,
                                     .soc_id = {0xC0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
    adac_lab_begin(&w, true);
    adac_lab_start(&w);
    adac_make_cert(&root, cert);
    assert_int_equal(adac_lab_tlv(&w, CERT, cert, sizeof cert), MORE);
    assert_int_equal(adac_lab_token(&w, LEVEL3, 1), OK);
}

static void password_starts_a_full_regression(void **state)
{
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, false);
    adac_lab_start(&w);
    assert_int_equal(adac_lab_tlv(&w, PASS, adac_password, 16), OK);
    assert_int_equal(w.regressed, 1);
    assert_true(w.full);
    assert_int_equal(w.opened, 0);
    assert_int_equal(w.adac.then, ADAC_THEN_REGRESS);
}

static void close_and_resume_are_always_obeyed(void **state)
{
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    assert_int_equal(adac_lab_request(&w, ADAC_LOCK_DEBUG, NULL, 0), OK);
    assert_int_equal(w.closed, 1);
    assert_int_equal(adac_lab_request(&w, ADAC_RESUME_BOOT, NULL, 0), OK);
    assert_int_equal(w.adac.then, ADAC_THEN_BOOT);
    assert_int_equal(w.opened, 0);
}

static void malformed_requests_are_refused(void **state)
{
    uint8_t bytes[8 + ADAC_REQUEST_BYTES] = {0};
    uint8_t response[ADAC_RESPONSE_BYTES];
    struct adac_lab w;
    (void)state;
    static const struct {
        uint16_t command;
        unsigned status;
    } commands[] = {{0, NO_COMMAND},
                    {4, NO_COMMAND},
                    {8, NO_COMMAND},
                    {0xFFFF, NO_COMMAND},
                    {ADAC_LCS_CHANGE, UNSUPPORTED}};
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        adac_lab_begin(&w, true);
        assert_int_equal(adac_lab_request(&w, commands[i].command, NULL, 0), commands[i].status);
        assert_int_equal(w.refused, 1);
        adac_lab_nothing(&w);
    }
    for (uint16_t command = 1; command <= 6; command++) {
        if (command != 4 && command != ADAC_AUTH_RESPONSE) {
            adac_lab_begin(&w, true);
            assert_int_equal(adac_lab_request(&w, command, bytes, 4), INVALID);
            adac_lab_nothing(&w);
        }
    }
    /* A header that is cut, has its reserved bytes set, or says another length. */
    adac_lab_begin(&w, true);
    for (size_t len = 0; len < 8; len++) {
        (void)adac_request(&w.adac, bytes, len, response);
        assert_int_equal(adac_load16(response + 2), INVALID);
    }
    (void)adac_make_request(bytes, ADAC_DISCOVERY, NULL, 0);
    bytes[1] = 1;
    (void)adac_request(&w.adac, bytes, 8, response);
    assert_int_equal(adac_load16(response + 2), INVALID);
    (void)adac_make_request(bytes, ADAC_DISCOVERY, NULL, 0);
    bytes[7] = 0x40;
    (void)adac_request(&w.adac, bytes, sizeof bytes, response);
    assert_int_equal(adac_load16(response + 2), INVALID);
}

static void malformed_responses_are_refused(void **state)
{
    uint8_t cert[ADAC_CERT];
    uint8_t data[1024];
    struct adac_lab w;
    (void)state;
    const struct adac_recipe root = {.role = 1, .owner = 1, .issuer = 1};
    adac_make_cert(&root, cert);
    adac_lab_begin(&w, true);
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_request(&w, ADAC_AUTH_RESPONSE, NULL, 0), INVALID, "empty");
    for (size_t len = 4; len < 220; len += 4) { /* Cut short. */
        memset(data, 0, sizeof data);
        (void)adac_add_tlv(data, 0, CERT, cert, sizeof cert);
        adac_lab_start(&w);
        adac_lab_refused(&w, adac_lab_request(&w, ADAC_AUTH_RESPONSE, data, len), INVALID,
                         "sequence of TLVs");
    }
    static const uint32_t lengths[] = {0xFFFFFFFFu, 0xFFFFFFFDu, 0x80000000u, 213, 217, 1025};
    for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        (void)adac_add_tlv(data, 0, CERT, cert, sizeof cert);
        memcpy(data + 4, &lengths[i], 4);
        adac_lab_start(&w);
        const unsigned status = adac_lab_request(&w, ADAC_AUTH_RESPONSE, data, 220);
        adac_lab_refused(&w, status, INVALID, "sequence of TLVs");
    }
    for (size_t len = 0; len < sizeof cert + 8u; len++) { /* Of another length, and all there. */
        if (len != sizeof cert) {
            memset(data, 0, sizeof data);
            memcpy(data, cert, sizeof cert);
            adac_lab_start(&w);
            adac_lab_refused(&w, adac_lab_tlv(&w, CERT, data, len), FAILED, "has 212 bytes");
        }
    }
    (void)adac_add_tlv(data, 0, CERT, cert, sizeof cert);
    data[0] = 1; /* Reserved. */
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_request(&w, ADAC_AUTH_RESPONSE, data, 220), INVALID,
                     "sequence of TLVs");
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_tlv(&w, 0x0202, cert, sizeof cert), UNSUPPORTED,
                     "0x0202 is neither");
}

static void what_follows_a_token_in_a_request_is_not_looked_at(void **state)
{
    uint8_t data[1024] = {0};
    uint8_t bytes[ADAC_TOKEN];
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    adac_lab_prove(&w);
    adac_make_token(LEVEL3_NS, w.adac.challenge, 3, bytes);
    size_t used = adac_add_tlv(data, 0, TOKEN, bytes, sizeof bytes);
    used = adac_add_tlv(data, used, TOKEN, bytes, sizeof bytes);
    assert_int_equal(adac_lab_request(&w, ADAC_AUTH_RESPONSE, data, used), OK);
    assert_int_equal(w.opened, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discovery_tells_every_fact),
        cmocka_unit_test(each_level_and_world_opens_what_it_says),
        cmocka_unit_test(regressions_are_started_once),
        cmocka_unit_test(chains_of_one_and_two_are_enough),
        cmocka_unit_test(certificates_for_this_chip_hold_on_it),
        cmocka_unit_test(password_starts_a_full_regression),
        cmocka_unit_test(close_and_resume_are_always_obeyed),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(malformed_responses_are_refused),
        cmocka_unit_test(what_follows_a_token_in_a_request_is_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
