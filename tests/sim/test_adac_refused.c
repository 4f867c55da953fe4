/*
 * The device's side of debug authentication, without a chip: whatever proves nothing, or permits
 * nothing, is refused with its reason and opens nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adac_lab.h"
#include "support/adac_maker.h"

static void every_altered_byte_of_a_chain_is_refused(void **state)
{
    uint8_t chain[ADAC_CHAIN];
    struct adac_lab w;
    (void)state;
    adac_make_chain(chain);
    for (size_t at = 0; at < sizeof chain; at++) {
        adac_lab_begin(&w, true);
        adac_lab_start(&w);
        chain[at] ^= (uint8_t)(1u << (at % 8u));
        unsigned status = adac_lab_request(&w, ADAC_AUTH_RESPONSE, chain, sizeof chain);
        chain[at] ^= (uint8_t)(1u << (at % 8u));
        assert_int_not_equal(status, OK);
        assert_int_not_equal(status, MORE);
        adac_lab_refused(&w, status, status, "");
        status = adac_lab_token(&w, LEVEL3, 3); /* The attempt is over. */
        adac_lab_refused(&w, status, FAILED, "no challenge is open");
    }
}

static void every_altered_byte_of_a_token_is_refused(void **state)
{
    struct adac_lab w;
    (void)state;
    for (size_t at = 0; at < ADAC_TOKEN; at++) {
        uint8_t bytes[ADAC_TOKEN];
        adac_lab_begin(&w, true);
        adac_lab_prove(&w);
        adac_make_token(FULL, w.adac.challenge, 3, bytes);
        bytes[at] ^= (uint8_t)(1u << (at % 8u));
        const unsigned status = adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes);
        adac_lab_refused(&w, status, FAILED,
                         at < 2 || at == 2 || at == 3 || (at >= 4 && at < 8)
                             ? (at == 1 ? "not signed" : "version")
                             : "not signed over this session's challenge");
    }
}

static void every_altered_byte_of_the_challenge_is_refused(void **state)
{
    struct adac_lab w;
    (void)state;
    for (size_t at = 0; at < 32; at++) {
        uint8_t bytes[ADAC_TOKEN];
        uint8_t challenge[32];
        adac_lab_begin(&w, true);
        adac_lab_prove(&w);
        memcpy(challenge, w.adac.challenge, 32);
        challenge[at] ^= 0x10;
        adac_make_token(FULL, challenge, 3, bytes);
        adac_lab_refused(&w, adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes), FAILED,
                         "not signed over");
    }
}

static void replayed_tokens_are_refused(void **state)
{
    uint8_t bytes[ADAC_TOKEN];
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    adac_lab_prove(&w);
    adac_make_token(LEVEL3, w.adac.challenge, 3, bytes);
    assert_int_equal(adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes), OK);
    w.opened = 0;
    /* The same challenge a second time. */
    adac_lab_refused(&w, adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes), FAILED,
                     "no challenge is open");
    /* An earlier one's. */
    adac_lab_prove(&w);
    adac_lab_refused(&w, adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes), FAILED, "not signed over");
    /* In a session of its own. */
    const uint8_t drawn = w.drawn;
    adac_lab_begin(&w, true);
    w.drawn = drawn;
    adac_lab_prove(&w);
    adac_lab_refused(&w, adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes), FAILED, "not signed over");
    /* A new challenge forgets what was proven for the one before. */
    adac_lab_begin(&w, true);
    adac_lab_prove(&w);
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_token(&w, LEVEL3, 3), FAILED, "a token follows");
}

static void certificates_for_others_are_refused_with_the_reason(void **state)
{
    static const struct {
        struct adac_recipe recipe;
        const char *why;
    } rows[] = {
        {{1, 1, 1, 2, 0, 0, 0, {0}, 0}, "another usage, 2"},
        {{1, 1, 1, 1, 0xC6, 0, 0, {0}, 0}, "life cycle 0x00C6, and this is 0x0072, CLOSED"},
        {{1, 1, 1, 1, 0, 1, 0, {0}, 0}, "OEM constraint, 0x0001"},
        {{1, 1, 1, 1, 0, 0, 0x485, {0}, 0}, "class 0x485, and this is one of 0x484"},
        {{1, 1, 1, 1, 0, 0, 0x10484, {0}, 0}, "class 0x10484, and this is one of 0x484"},
        {{1, 1, 1, 1, 0, 0, 0, {0xC0, 1, 2, 3}, 0}, "for another chip"},
        {{1, 1, 1, 1, 0, 0, 0, {0xC0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12}, 0}, "for another chip"},
        {{1, 1, 1, 1, 0, 0, 0, {0xC0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1}, 0},
         "for another chip"},
        {{1, 1, 1, 1, 0, 0, 0, {[15] = 1}, 0}, "for another chip"},
        {{1, 2, 2, 1, 0, 0, 0, {0}, 0}, "not the one whose hash"},
        {{1, 1, 2, 1, 0, 0, 0, {0}, 0}, "the root certificate's signature is not valid"},
        {{2, 1, 1, 1, 0, 0, 0, {0}, 0}, "the intermediate certificate is out of order"},
        {{3, 1, 1, 1, 0, 0, 0, {0}, 0}, "the leaf certificate is out of order as number 1"},
        {{0, 1, 1, 1, 0, 0, 0, {0}, 0}, "role is 0"},
        {{4, 1, 1, 1, 0, 0, 0, {0}, 0}, "role is 4"},
    };
    uint8_t cert[ADAC_CERT];
    struct adac_lab w;
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        adac_lab_begin(&w, true);
        adac_lab_start(&w);
        adac_make_cert(&rows[i].recipe, cert);
        adac_lab_refused(&w, adac_lab_tlv(&w, CERT, cert, sizeof cert), FAILED, rows[i].why);
    }
    /* Reserved bytes, kinds and extensions, each signed. */
    static const struct {
        uint8_t at, value;
        const char *why;
    } bytes[] = {{0, 2, "version is 2.0"}, {2, 2, "cryptosystem"},  {3, 0, "cryptosystem"},
                 {6, 1, "another usage"},  {7, 1, "another usage"}, {12, 4, "extensions"},
                 {15, 0x80, "extensions"}};
    const struct adac_recipe root = {.role = 1, .owner = 1, .issuer = 1};
    for (unsigned i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        adac_lab_begin(&w, true);
        adac_lab_start(&w);
        adac_make_cert(&root, cert);
        cert[bytes[i].at] = bytes[i].value;
        adac_sign_cert(cert, 1);
        adac_lab_refused(&w, adac_lab_tlv(&w, CERT, cert, sizeof cert), FAILED, bytes[i].why);
    }
}

static void chains_out_of_order_are_refused(void **state)
{
    /* Roles of the chain; the last one is wrong. Owner and issuer are always 1. */
    static const struct {
        uint8_t role[5];
        const char *why;
    } rows[] = {
        {{1, 1}, "the root certificate is out of order as number 2"},
        {{1, 2, 1}, "the root certificate is out of order as number 3"},
        {{1, 3, 3}, "the leaf certificate is out of order as number 3"},
        {{1, 3, 2}, "the intermediate certificate is out of order as number 3"},
        {{1, 2, 2, 2}, "the intermediate certificate is out of order as number 4"},
        {{1, 2, 3, 3}, "the leaf certificate is out of order as number 4"},
        {{1, 2, 0xFF}, "a token follows a leaf's certificate, or a root's alone"},
        {{0xFF}, "a token follows"},
    };
    struct adac_lab w;
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned status = MORE;
        adac_lab_begin(&w, true);
        adac_lab_start(&w);
        for (unsigned at = 0; rows[i].role[at] != 0; at++) {
            uint8_t cert[ADAC_CERT];
            const struct adac_recipe recipe = {.role = rows[i].role[at], .owner = 1, .issuer = 1};
            assert_int_equal(status, MORE);
            if (recipe.role == 0xFF) {
                status = adac_lab_token(&w, LEVEL3, 1);
                continue;
            }
            adac_make_cert(&recipe, cert);
            status = adac_lab_tlv(&w, CERT, cert, sizeof cert);
        }
        adac_lab_refused(&w, status, FAILED, rows[i].why);
    }
}

static void later_certificates_are_their_issuers(void **state)
{
    uint8_t cert[ADAC_CERT];
    struct adac_lab w;
    (void)state;
    for (uint8_t role = 2; role <= 3; role++) {
        const struct adac_recipe root = {.role = 1, .owner = 1, .issuer = 1};
        const struct adac_recipe next = {.role = role, .owner = 5, .issuer = 5};
        adac_lab_begin(&w, true);
        adac_lab_start(&w);
        adac_make_cert(&root, cert);
        assert_int_equal(adac_lab_tlv(&w, CERT, cert, sizeof cert), MORE);
        adac_make_cert(&next, cert);
        adac_lab_refused(&w, adac_lab_tlv(&w, CERT, cert, sizeof cert), FAILED,
                         "signature is not valid");
    }
    adac_lab_begin(&w, true);
    adac_lab_prove(&w);
    adac_lab_refused(&w, adac_lab_token(&w, LEVEL3, 2), FAILED,
                     "not signed over"); /* The intermediate's. */
}

static void every_mask_takes_permissions_away(void **state)
{
    static const char *const who[] = {"by the chip's debug-authentication data",
                                      "by the root certificate", "by certificate 2 of the chain",
                                      "by certificate 3 of the chain"};
    static const uint16_t bits[] = {0x4000, 0x1000, 0x40, 0x20, 0x10, 4, 2, 1};
    struct adac_lab w;
    (void)state;
    for (unsigned bit = 0; bit < 8; bit++) {
        for (unsigned from = 0; from < 4; from++) {
            adac_lab_begin(&w, true);
            if (from == 0) {
                w.adac.facts.mask[0] &= (uint8_t)~bits[bit];
                w.adac.facts.mask[1] &= (uint8_t)(bits[bit] >> 8 ^ 0xFFu);
            }
            adac_lab_start(&w);
            for (uint8_t level = 1; level <= 3; level++) {
                uint8_t cert[ADAC_CERT];
                const struct adac_recipe recipe = {.role = level,
                                                   .owner = level,
                                                   .issuer = level == 1 ? 1 : (uint8_t)(level - 1),
                                                   .withheld = level == from ? bits[bit] : 0};
                adac_make_cert(&recipe, cert);
                assert_int_equal(adac_lab_tlv(&w, CERT, cert, sizeof cert), MORE);
            }
            adac_lab_refused(&w, adac_lab_token(&w, bits[bit], 3), UNAUTHORIZED, who[from]);
            assert_non_null(strstr(w.text, "not permitted"));
        }
    }
}

static void what_is_left_of_a_request_is_given(void **state)
{
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    w.adac.facts.mask[0] = 0x07; /* Non-secure only. */
    adac_lab_prove(&w);
    assert_int_equal(adac_lab_token(&w, LEVEL3 | LEVEL1 | LEVEL3_NS, 3), OK);
    assert_false(w.debug.secure);
    assert_int_equal(w.debug.level, 3);
    assert_string_equal(w.text, "Non-secure debug from HDPL 3 on, for level3-nonsecure");
}

static void requests_that_mean_nothing_are_refused(void **state)
{
    struct adac_lab w;
    (void)state;
    static const struct {
        uint16_t asked;
        const char *why;
    } rows[] = {{0, "no permission"},
                {0x0800, "no permission"},
                {FULL | PARTIAL, "asked for alone"},
                {FULL | LEVEL3, "asked for alone"},
                {PARTIAL | LEVEL1_NS, "asked for alone"}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        adac_lab_begin(&w, true);
        adac_lab_prove(&w);
        adac_lab_refused(&w, adac_lab_token(&w, rows[i].asked, 3), UNAUTHORIZED, rows[i].why);
    }
}

/** A packet whose length is not what it says ends the attempt; a request that is none does not. */
static void a_malformed_packet_ends_the_attempt(void **state)
{
    static const uint8_t malformed[][12] = {
        {0, 0, 1, 0, 1, 0, 0, 0}, /* A word less than it says, when cut to the header. */
        {1, 0, 1, 0, 1, 0, 0, 0}, /* The reserved half-word. */
        {0, 0, 1, 0, 2, 0, 0, 0}, /* A word more is promised. */
        {0, 0, 1, 0, 0, 0, 0, 1}, /* Very many. */
    };
    struct adac_lab w;
    (void)state;
    for (unsigned i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        adac_lab_begin(&w, true);
        adac_lab_prove(&w);
        (void)adac_request(&w.adac, malformed[i], i == 0 ? 8 : 12, w.response);
        adac_lab_refused(&w, adac_load16(w.response + 2), INVALID, "a request has a header");
        adac_lab_refused(&w, adac_lab_token(&w, LEVEL3, 3), FAILED, "no challenge is open");
    }
    adac_lab_begin(&w, true);
    adac_lab_prove(&w);
    assert_int_equal(adac_lab_request(&w, 4, NULL, 0), NO_COMMAND);
    assert_int_equal(adac_lab_request(&w, ADAC_DISCOVERY, malformed, 4), INVALID);
    assert_int_equal(adac_lab_request(&w, ADAC_DISCOVERY, NULL, 0), OK);
    assert_int_equal(adac_lab_token(&w, LEVEL3, 3), OK);
}

static void the_chip_has_the_last_word(void **state)
{
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    w.adac.facts.opens_debug = false;
    adac_lab_prove(&w);
    adac_lab_refused(&w, adac_lab_token(&w, LEVEL3, 3), UNAUTHORIZED,
                     "not opened by authentication");
    adac_lab_begin(&w, true);
    w.regression_allowed = false;
    adac_lab_prove(&w);
    adac_lab_refused(&w, adac_lab_token(&w, FULL, 3), UNAUTHORIZED, "the chip says no");
    adac_lab_begin(&w, true);
    w.random = false;
    adac_lab_refused(&w, adac_lab_request(&w, ADAC_AUTH_START, NULL, 0), FAILED,
                     "no random numbers");
    adac_lab_begin(&w, true);
    w.adac.facts.credentials = false;
    adac_lab_refused(&w, adac_lab_request(&w, ADAC_AUTH_START, NULL, 0), UNAUTHORIZED,
                     "no debug-authentication data that is valid in product state CLOSED");
    assert_int_equal(w.drawn, 0);
}

static void credentials_of_the_wrong_kind_are_refused(void **state)
{
    uint8_t chain[ADAC_CHAIN];
    uint8_t bytes[ADAC_TOKEN];
    struct adac_lab w;
    (void)state;
    adac_lab_begin(&w, true);
    adac_hash_password(adac_password, w.adac.facts.hash); /* Provisioned so, with TrustZone. */
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_tlv(&w, PASS, adac_password, 16), UNSUPPORTED,
                     "takes certificates");
    adac_lab_begin(&w, false);
    adac_hash_key(1, w.adac.facts.hash);
    adac_make_chain(chain);
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_request(&w, ADAC_AUTH_RESPONSE, chain, sizeof chain), UNSUPPORTED,
                     "takes a password");
    assert_int_equal(w.verified, 0);
    adac_lab_start(&w);
    adac_make_token(FULL, w.adac.challenge, 1, bytes);
    adac_lab_refused(&w, adac_lab_tlv(&w, TOKEN, bytes, sizeof bytes), UNSUPPORTED,
                     "takes a password");
}

static void wrong_passwords_are_refused(void **state)
{
    struct adac_lab w;
    (void)state;
    for (unsigned at = 0; at < 16; at++) {
        uint8_t wrong[16];
        memcpy(wrong, adac_password, 16);
        wrong[at] ^= 1;
        adac_lab_begin(&w, false);
        adac_lab_start(&w);
        adac_lab_refused(&w, adac_lab_tlv(&w, PASS, wrong, 16), FAILED, "this is not the password");
        /* The right one needs a challenge of its own. */
        adac_lab_refused(&w, adac_lab_tlv(&w, PASS, adac_password, 16), FAILED,
                         "no challenge is open");
    }
    for (size_t len = 0; len < 16; len++) {
        adac_lab_begin(&w, false);
        adac_lab_start(&w);
        adac_lab_refused(&w, adac_lab_tlv(&w, PASS, adac_password, len), FAILED,
                         "a password has 16 bytes");
    }
    adac_lab_begin(&w, false);
    adac_lab_refused(&w, adac_lab_tlv(&w, PASS, adac_password, 16), FAILED, "no challenge is open");
    w.adac.facts.mask[1] = 0x10;
    adac_lab_start(&w);
    adac_lab_refused(&w, adac_lab_tlv(&w, PASS, adac_password, 16), UNAUTHORIZED,
                     "full-regression not permitted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_altered_byte_of_a_chain_is_refused),
        cmocka_unit_test(every_altered_byte_of_a_token_is_refused),
        cmocka_unit_test(every_altered_byte_of_the_challenge_is_refused),
        cmocka_unit_test(replayed_tokens_are_refused),
        cmocka_unit_test(certificates_for_others_are_refused_with_the_reason),
        cmocka_unit_test(chains_out_of_order_are_refused),
        cmocka_unit_test(later_certificates_are_their_issuers),
        cmocka_unit_test(every_mask_takes_permissions_away),
        cmocka_unit_test(what_is_left_of_a_request_is_given),
        cmocka_unit_test(requests_that_mean_nothing_are_refused),
        cmocka_unit_test(a_malformed_packet_ends_the_attempt),
        cmocka_unit_test(the_chip_has_the_last_word),
        cmocka_unit_test(credentials_of_the_wrong_kind_are_refused),
        cmocka_unit_test(wrong_passwords_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
