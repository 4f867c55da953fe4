/*
 * Requests of debug authentication, found by libFuzzer, at a chip that notes what is done with it. What
 * must hold:
 *
 * - each request is answered once, by a packet whose header tells its length;
 * - debug is opened and a regression started only by a response, once for each challenge, only where
 *   the credentials are there and their mask permits it, and never by credentials of the wrong kind;
 * - with certificates, every signature from the root's on has been found valid first, over the bytes of
 *   the request; without TrustZone the request holds the password;
 * - a refusal is told with its reason.
 *
 * Input: byte 0: what the chip is (see the bits below). Then requests: two bytes, its length, and so
 * many bytes as they come. The keys are any; whether a signature holds is the chip's bit.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/adac.h"

#define TRUSTZONE   0x01u
#define CREDENTIALS 0x02u
#define OPENS_DEBUG 0x04u
#define SIGNED      0x08u /* Signatures are valid. */
#define RANDOM      0x10u
#define MASK_HALF   0x20u /* The credentials permit Non-secure debug only. */
#define ANY_ROOT    0x40u /* The root's hash is that of the seeds' key. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t password[ADAC_PASSWORD_BYTES] = "sixteen letters!";

static struct {
    uint8_t kind;
    const uint8_t *request;
    size_t request_len;
    bool responding;   /* The request is a response. */
    bool challenge;    /* One is open. */
    unsigned verified; /* Signatures since then. */
    unsigned done;     /* Opened or regressed in this request. */
    unsigned refusals; /* Told of in this request. */
} chip;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool on_random(void *context, uint8_t out[ADAC_CHALLENGE_BYTES])
{
    (void)context;
    must((chip.kind & CREDENTIALS) != 0);
    memset(out, 0x5A, ADAC_CHALLENGE_BYTES);
    chip.challenge = (chip.kind & RANDOM) != 0;
    chip.verified = 0;
    return chip.challenge;
}

/** Whether bytes stand somewhere in the request. */
static bool in_request(const uint8_t *bytes, size_t len)
{
    for (size_t at = 0; at + len <= chip.request_len; at++) {
        if (memcmp(chip.request + at, bytes, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool on_verify(void *context, const uint8_t key[ADAC_KEY_BYTES],
                      const uint8_t digest[ADAC_DIGEST_BYTES],
                      const uint8_t signature[ADAC_SIGNATURE_BYTES])
{
    (void)context;
    (void)key;
    (void)digest;
    must(chip.challenge && (chip.kind & TRUSTZONE) != 0);
    must(in_request(signature, ADAC_SIGNATURE_BYTES));
    chip.verified++;
    return (chip.kind & SIGNED) != 0;
}

/** What opening and regressing have in common. */
static void act(void)
{
    must(chip.responding && chip.challenge && (chip.kind & CREDENTIALS) != 0);
    if ((chip.kind & TRUSTZONE) != 0) {
        must((chip.kind & SIGNED) != 0 && chip.verified >= 2 && chip.verified <= ADAC_LEVELS + 1u);
    } else {
        must(chip.verified == 0 && in_request(password, sizeof password));
    }
    chip.challenge = false;
    chip.done++;
}

static void on_open(void *context, const struct adac_debug *debug)
{
    (void)context;
    act();
    must((chip.kind & OPENS_DEBUG) != 0 && (chip.kind & TRUSTZONE) != 0);
    must(debug->level >= 1 && debug->level <= 3);
    must(!debug->secure || (chip.kind & MASK_HALF) == 0);
}

static void on_close(void *context)
{
    (void)context;
    must(!chip.responding);
}

static bool on_regress(void *context, bool full, char why[ADAC_WHY])
{
    (void)context;
    act();
    must((chip.kind & MASK_HALF) == 0 && (full || (chip.kind & TRUSTZONE) != 0));
    memcpy(why, "no", 3);
    return chip.request_len % 8u == 0;
}

static void on_note(void *context, bool refused, const char *text)
{
    (void)context;
    must(strlen(text) > 0 && strlen(text) < ADAC_WHY);
    chip.refusals += refused ? 1 : 0;
}

static const struct adac_ops ops = {.random = on_random,
                                    .verify = on_verify,
                                    .open = on_open,
                                    .close = on_close,
                                    .regress = on_regress,
                                    .note = on_note};

/* SHA-256 of 64 zero bytes, the key in the seeds, and of the password. */
static const uint8_t key_hash[ADAC_DIGEST_BYTES] = {
    0xF5, 0xA5, 0xFD, 0x42, 0xD1, 0x6A, 0x20, 0x30, 0x27, 0x98, 0xEF, 0x6E, 0xD3, 0x09, 0x97, 0x9B,
    0x43, 0x00, 0x3D, 0x23, 0x20, 0xD9, 0xF0, 0xE8, 0xEA, 0x98, 0x31, 0xA9, 0x27, 0x59, 0xFB, 0x4B};
static const uint8_t password_hash[ADAC_DIGEST_BYTES] = {
    0x68, 0xFB, 0x0C, 0x55, 0xB0, 0xD3, 0x7D, 0xE0, 0x8A, 0x6C, 0xCB, 0x93, 0xAE, 0x2F, 0xA4, 0xCA,
    0x9F, 0xCD, 0xC6, 0xD2, 0xFD, 0xF3, 0x74, 0x17, 0xAF, 0x3C, 0x55, 0x0F, 0x6E, 0x39, 0xFC, 0x4A};

static void ask(struct adac *adac, const uint8_t *request, size_t len)
{
    uint8_t response[ADAC_RESPONSE_BYTES];
    uint8_t *copy = malloc(len); /* So that reading behind its end is found. */
    must(copy != NULL || len == 0);
    if (len > 0) {
        memcpy(copy, request, len);
    }
    chip.request = copy;
    chip.request_len = len;
    chip.responding = len >= ADAC_HEADER_BYTES && adac_load16(copy + 2) == ADAC_AUTH_RESPONSE;
    chip.done = 0;
    chip.refusals = 0;
    const size_t answered = adac_request(adac, copy, len, response);
    must(answered >= ADAC_HEADER_BYTES && answered <= sizeof response && answered % 4u == 0);
    must(adac_load16(response) == 0);
    must(adac_load32(response + 4) == (answered - ADAC_HEADER_BYTES) / 4u);
    const unsigned status = adac_load16(response + 2);
    must(chip.done <= 1);
    must(!chip.responding || status != ADAC_OK || chip.done == 1);
    must(chip.refusals == (status != ADAC_OK && status != ADAC_NEED_MORE_DATA ? 1u : 0u));
    must((adac->then == ADAC_THEN_REGRESS) <= (chip.done == 1));
    if (chip.responding && status != ADAC_NEED_MORE_DATA) {
        must(adac->step == ADAC_STEP_NONE);
        chip.challenge = false;
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct adac adac;
    memset(&chip, 0, sizeof chip);
    chip.kind = size > 0 ? data[0] : 0;
    struct adac_facts facts = {.state = "CLOSED",
                               .trustzone = (chip.kind & TRUSTZONE) != 0,
                               .credentials = (chip.kind & CREDENTIALS) != 0,
                               .opens_debug = (chip.kind & OPENS_DEBUG) != 0,
                               .lifecycle = 0x72,
                               .soc_class = 0x484,
                               .soc_id = {1, 2, 3},
                               .mask = {0x77, 0x50}};
    if ((chip.kind & MASK_HALF) != 0) {
        facts.mask[0] = 0x07;
        facts.mask[1] = 0;
    }
    if ((chip.kind & ANY_ROOT) != 0) {
        memcpy(facts.hash, facts.trustzone ? key_hash : password_hash, sizeof facts.hash);
    }
    adac_begin(&adac, &ops, NULL, &facts);
    for (size_t at = 1; at + 2 <= size;) {
        size_t len = adac_load16(data + at);
        at += 2;
        len = len < size - at ? len : size - at;
        ask(&adac, data + at, len);
        at += len;
    }
    return 0;
}
