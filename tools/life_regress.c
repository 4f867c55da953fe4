/*
 * Asking debug authentication for a regression, over the mailbox of a chip in this process: a session,
 * a challenge, the answer to it. docs/SPEC.md, "Debug authentication", has the packets.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "base/secret.h"
#include "boot/sha256.h"
#include "keyfile.h"
#include "life_step.h"

/* The words that begin a session. [U] */
#define MAGIC_HOST   0x4F454441u
#define MAGIC_DEVICE 0x44414F4Bu

#define COMMAND_START    2u
#define COMMAND_RESPONSE 3u

#define TLV_BYTES       8u
#define TLV_CERTIFICATE 0x0201u
#define TLV_TOKEN       0x0200u
#define TLV_PASSWORD    0x8000u

#define CHALLENGE_BYTES (4u + 32u)
#define TOKEN_HEAD      24u
#define TOKEN_SIGNED    (TOKEN_HEAD + 32u) /* and the hash of no extensions: zeros */
#define TOKEN_BYTES     (TOKEN_SIGNED + 64u)
#define ANSWER_BYTES    1024u

#define FULL_REGRESSION    14u
#define PARTIAL_REGRESSION 12u

/* Virtual time: a word takes far less, a regression erases all of the flash. */
#define WORD_TICKS       100000u
#define WORD_TRIES       100u
#define REGRESSION_TICKS 10000000u
#define REGRESSION_TRIES 1000u

static enum sim_status refuse(struct sim_error *error, const char *why)
{
    if (error != NULL) {
        (void)snprintf(error->text, sizeof error->text, "%s", why);
    }
    return SIM_ERROR_REFUSED;
}

/* Words and packets. */

static bool give(struct sim *sim, uint32_t word)
{
    for (unsigned i = 0; i < WORD_TRIES; i++) {
        if (sim_probe_send(sim, word, NULL) == SIM_OK) {
            return true;
        }
        (void)sim_run(sim, WORD_TICKS);
    }
    return false;
}

static bool take(struct sim *sim, uint32_t *word)
{
    for (unsigned i = 0; i < WORD_TRIES; i++) {
        if (sim_probe_receive(sim, word)) {
            return true;
        }
        (void)sim_run(sim, WORD_TICKS);
    }
    return false;
}

/** One request and its answer. @return whether one has come whole; `out` gets its first bytes */
static bool ask(struct sim *sim, uint32_t command, const uint8_t *data, uint32_t len,
                uint32_t *status, uint8_t *out, uint32_t out_len)
{
    uint32_t words = 0;
    uint32_t head = 0;
    bool there = give(sim, command << 16) && give(sim, len / 4u);
    for (uint32_t off = 0; there && off < len; off += 4u) {
        there = give(sim, bytes_load_le32(data + off));
    }
    there = there && take(sim, &head) && take(sim, &words);
    for (uint32_t i = 0; there && i < words; i++) {
        uint32_t word = 0;
        there = take(sim, &word);
        if (4u * i + 4u <= out_len) {
            bytes_store_le32(out + 4u * i, word);
        }
    }
    *status = head >> 16;
    return there && 4u * words >= out_len;
}

/** @return whether the boot ROM listens */
static bool begin(struct sim *sim)
{
    uint32_t word = 0;
    sim_power_on(sim); /* Whatever an earlier session has left. */
    if (sim_probe_send(sim, MAGIC_HOST, NULL) != SIM_OK) {
        return false;
    }
    sim_probe_reset(sim);
    return take(sim, &word) && word == MAGIC_DEVICE;
}

/* What proves who asks. */

static uint32_t add_tlv(uint8_t *data, uint32_t used, uint32_t type, const uint8_t *value,
                        uint32_t len)
{
    bytes_store_le32(data + used, type << 16);
    bytes_store_le32(data + used + 4, len);
    memcpy(data + used + TLV_BYTES, value, len);
    return used + TLV_BYTES + len;
}

static bool make_token(const struct life_credentials *credentials, const uint8_t *challenge,
                       bool partial, uint8_t token[TOKEN_BYTES])
{
    uint8_t bytes[TOKEN_SIGNED + CHALLENGE_BYTES - 4u] = {1, 0, 1};
    uint8_t digest[32];
    struct key key = {.has_private = true};
    bytes_store_le32(bytes + 8, 1u << (partial ? PARTIAL_REGRESSION : FULL_REGRESSION));
    memcpy(bytes + TOKEN_SIGNED, challenge + 4, CHALLENGE_BYTES - 4u);
    memcpy(token, bytes, TOKEN_SIGNED);
    memcpy(key.secret, credentials->secret, sizeof key.secret);
    const bool made = hardened_ok(sha256_of((struct view){bytes, sizeof bytes}, digest)) &&
                      key_public(&key) && key_sign(&key, digest, token + TOKEN_SIGNED) == 0;
    key_wipe(&key);
    return made;
}

/** @return bytes of the answer to a challenge; 0: it cannot be made */
static uint32_t make_answer(const struct life_credentials *credentials, const uint8_t *challenge,
                            bool partial, uint8_t data[ANSWER_BYTES])
{
    uint32_t used = 0;
    if (credentials->kind == LIFE_PASSWORD) {
        return add_tlv(data, 0, TLV_PASSWORD, credentials->password, VENDOR_PASSWORD_BYTES);
    }
    for (unsigned i = 0; i < credentials->chain.count; i++) {
        uint8_t cert[VENDOR_CERT_BYTES];
        vendor_cert_write(&credentials->chain.cert[i], cert);
        used = add_tlv(data, used, TLV_CERTIFICATE, cert, sizeof cert);
    }
    uint8_t token[TOKEN_BYTES];
    return make_token(credentials, challenge, partial, token)
               ? add_tlv(data, used, TLV_TOKEN, token, sizeof token)
               : 0;
}

/* The whole. */

static enum sim_status authenticate(struct sim *sim, const struct life_credentials *credentials,
                                    bool partial, struct sim_error *error)
{
    uint8_t challenge[CHALLENGE_BYTES];
    uint8_t data[ANSWER_BYTES];
    uint32_t status = 0;
    if (!begin(sim)) {
        return refuse(error, "the boot ROM does not answer the mailbox");
    }
    if (!ask(sim, COMMAND_START, NULL, 0, &status, challenge, sizeof challenge)) {
        return refuse(error, "the boot ROM gives no challenge");
    }
    const uint32_t len = make_answer(credentials, challenge, partial, data);
    if (len == 0 || !ask(sim, COMMAND_RESPONSE, data, len, &status, NULL, 0) || status != 0) {
        return refuse(error, "the boot ROM refuses the credentials");
    }
    secret_wipe(data, sizeof data);
    return SIM_OK;
}

enum sim_status life_regress(struct sim *sim, const struct life_credentials *credentials,
                             bool partial, struct sim_error *error)
{
    struct sim_state now;
    if (credentials->kind == LIFE_NO_CREDENTIALS) {
        return refuse(error, "there are no credentials to ask with");
    }
    const enum sim_status status = authenticate(sim, credentials, partial, error);
    for (unsigned i = 0; status == SIM_OK && i < REGRESSION_TRIES; i++) {
        sim_state_get(sim, &now);
        if (strcmp(now.product_state, partial ? "TZ-CLOSED" : "OPEN") == 0) {
            break;
        }
        (void)sim_run(sim, REGRESSION_TICKS);
    }
    sim_power_on(sim);
    return status;
}
