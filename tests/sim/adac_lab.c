#include "adac_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "p256_verify.h"
#include "support/adac_maker.h"

static bool fake_random(void *context, uint8_t out[32])
{
    struct adac_lab *w = context;
    memset(out, ++w->drawn, 32);
    return w->random;
}

static bool fake_verify(void *context, const uint8_t key[64], const uint8_t digest[32],
                        const uint8_t signature[64])
{
    struct adac_lab *w = context;
    w->verified++;
    return p256_verify(key, digest, signature);
}

static void fake_open(void *context, const struct adac_debug *debug)
{
    struct adac_lab *w = context;
    w->opened++;
    w->debug = *debug;
}

static void fake_close(void *context)
{
    struct adac_lab *w = context;
    w->closed++;
}

static bool fake_regress(void *context, bool full, char why[ADAC_WHY])
{
    struct adac_lab *w = context;
    if (!w->regression_allowed) {
        (void)snprintf(why, ADAC_WHY, "the chip says no");
        return false;
    }
    w->regressed++;
    w->full = full;
    return true;
}

static void fake_note(void *context, bool refused, const char *text)
{
    struct adac_lab *w = context;
    w->refused += refused ? 1 : 0;
    (void)snprintf(w->text, sizeof w->text, "%s", text);
}

static const struct adac_ops fake_ops = {.random = fake_random,
                                         .verify = fake_verify,
                                         .open = fake_open,
                                         .close = fake_close,
                                         .regress = fake_regress,
                                         .note = fake_note};

const uint8_t adac_password[16] = "open, sesame 123";

static void facts_of(struct adac_facts *facts, bool trustzone)
{
    *facts = (struct adac_facts){.state = "CLOSED",
                                 .trustzone = trustzone,
                                 .credentials = true,
                                 .opens_debug = true,
                                 .lifecycle = 0x72,
                                 .soc_class = 0x484,
                                 .integrity = 0xEAEAEAEAu,
                                 .hdpl_status = {1, 2, 3},
                                 .soc_id = {0xC0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
                                 .mask = {0x77, 0x50}};
    if (trustzone) {
        adac_hash_key(1, facts->hash);
    } else {
        adac_hash_password(adac_password, facts->hash);
    }
}

void adac_lab_begin(struct adac_lab *w, bool trustzone)
{
    struct adac_facts facts;
    facts_of(&facts, trustzone);
    *w = (struct adac_lab){.random = true, .regression_allowed = true};
    adac_begin(&w->adac, &fake_ops, w, &facts);
}

/** Sends a request and looks at the form of the answer. @return its status */
unsigned adac_lab_request(struct adac_lab *w, uint16_t command, const void *data, size_t len)
{
    static uint8_t bytes[4096];
    const size_t sent = adac_make_request(bytes, command, data, len);
    w->len = adac_request(&w->adac, bytes, sent, w->response);
    assert_in_range(w->len, 8, ADAC_RESPONSE_BYTES);
    assert_int_equal(adac_load16(w->response), 0);
    assert_int_equal(adac_load32(w->response + 4) * 4u, w->len - 8u);
    return adac_load16(w->response + 2);
}

void adac_lab_start(struct adac_lab *w)
{
    assert_int_equal(adac_lab_request(w, ADAC_AUTH_START, NULL, 0), OK);
    assert_int_equal(w->len, 8 + 36);
    assert_int_equal(w->response[8], 1);
    assert_int_equal(w->response[9] | w->response[10] | w->response[11], 0);
}

unsigned adac_lab_tlv(struct adac_lab *w, uint16_t type, const void *value, size_t len)
{
    uint8_t data[512] = {0};
    (void)adac_add_tlv(data, 0, type, value, len);
    return adac_lab_request(w, ADAC_AUTH_RESPONSE, data, (8u + len + 3u) / 4u * 4u);
}

unsigned adac_lab_token(struct adac_lab *w, uint16_t permissions, uint8_t owner)
{
    uint8_t bytes[ADAC_TOKEN];
    adac_make_token(permissions, w->adac.challenge, owner, bytes);
    return adac_lab_tlv(w, TOKEN, bytes, sizeof bytes);
}

/** The chain of three in one request, without a token. */
void adac_lab_prove(struct adac_lab *w)
{
    static uint8_t chain[ADAC_CHAIN];
    if (chain[3] == 0) {
        adac_make_chain(chain);
    }
    adac_lab_start(w);
    assert_int_equal(adac_lab_request(w, ADAC_AUTH_RESPONSE, chain, sizeof chain), MORE);
}

void adac_lab_nothing(const struct adac_lab *w)
{
    assert_int_equal(w->opened + w->regressed, 0);
    assert_int_equal(w->adac.then, ADAC_THEN_LISTEN);
}

void adac_lab_refused(struct adac_lab *w, unsigned status, unsigned wanted, const char *why)
{
    if (status != wanted || strstr(w->text, why) == NULL) {
        fail_msg("status %u and '%s', wanted %u and '%s'", status, w->text, wanted, why);
    }
    assert_true(w->refused > 0);
    adac_lab_nothing(w);
    assert_int_equal(w->adac.step, ADAC_STEP_NONE);
}
