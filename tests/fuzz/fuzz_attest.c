/*
 * Sequences of messages to the attestation service, of what it is told at its start, and of a crypto
 * service that fails now and then, found by libFuzzer. What must hold:
 *
 * - a call answers what its request deserves: the model below is docs/SPEC.md's;
 * - nothing is written but by a call that succeeds, and no more than there is room for;
 * - a token has every claim as it was told, is signed by the key of the seed, and is as long as
 *   ATTEST_SIZE says;
 * - after each call no key of the service's, and no operation, is left with the crypto service.
 *
 * Input: steps of STEP bytes: what, five arguments, and the lengths of a request and an answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psa/crypto.h>
#include <psa/lifecycle.h>

#include "services/attest.h"
#include "services/attest_protocol.h"
#include "tools/token_read.h"

#define STEP       8u
#define DIGEST     32u
#define PRIVATE    32u
#define SEED       64u
#define IMAGES_MAX HANDOFF_ENTRIES_MAX
#define OUT_MAX    2048u
#define HANDLE     5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "fuzz_attest: %s\n", what);
        abort();
    }
}

/** What the service was told. */
static struct {
    bool has_boot;
    bool has_seed;
    bool is_key; /**< A half of the seed is a private key. */
    uint8_t seed[SEED];
    uint8_t boot[ATTEST_BOOT_SEED_BYTES];
    struct measured image[IMAGES_MAX];
    uint32_t images;
    uint32_t life_cycle;
} told;

/*
 * The crypto service, as its clients see it. A number is a private key unless its first byte says not; its
 * point is all of its last byte, a hash a sum, a signature the digest twice.
 */

static struct {
    psa_status_t failure; /**< Of the call number `countdown` from now; 0 is none. */
    uint32_t countdown;
    bool failed;
    bool key_open;
    bool hash_open;
    uint8_t key;
    uint8_t sum[DIGEST];
    uint32_t at;
} crypto;

/** @return whether this call fails */
static bool fails(void)
{
    if (crypto.countdown == 0 || --crypto.countdown > 0) {
        return false;
    }
    crypto.failed = true;
    return true;
}

static bool is_private(const uint8_t number[PRIVATE])
{
    return number[0] < 0xF0u;
}

static void add(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crypto.sum[crypto.at % DIGEST] =
            (uint8_t)(crypto.sum[crypto.at % DIGEST] * 31u + data[i] + crypto.at);
        crypto.at++;
    }
}

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, mbedtls_svc_key_id_t *key)
{
    must(!crypto.key_open, "two keys at a time");
    must(data_length == PRIVATE, "a key of another size");
    must(psa_get_key_lifetime(attributes) == PSA_KEY_LIFETIME_VOLATILE, "a key that stays");
    must(psa_get_key_usage_flags(attributes) ==
             (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_SIGN_MESSAGE), /* which the first implies */
         "a key for more");
    must(psa_get_key_algorithm(attributes) == PSA_ALG_ECDSA(PSA_ALG_SHA_256), "its algorithm");
    if (fails()) {
        return crypto.failure;
    }
    if (!is_private(data)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    crypto.key_open = true;
    crypto.key = data[PRIVATE - 1u];
    *key = 1;
    return PSA_SUCCESS;
}

psa_status_t psa_destroy_key(mbedtls_svc_key_id_t key)
{
    must(key == 1 && crypto.key_open, "a key that there is not");
    crypto.key_open = false; /* a service that has failed has forgotten it as well */
    return fails() ? crypto.failure : PSA_SUCCESS;
}

psa_status_t psa_export_public_key(mbedtls_svc_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    must(key == 1 && crypto.key_open && data_size == ATTEST_POINT_BYTES, "export");
    if (fails()) {
        return crypto.failure;
    }
    data[0] = 4;
    memset(data + 1, crypto.key, data_size - 1u);
    *data_length = data_size;
    return PSA_SUCCESS;
}

psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg)
{
    (void)operation;
    must(!crypto.hash_open && alg == PSA_ALG_SHA_256, "setup");
    if (fails()) {
        return crypto.failure;
    }
    crypto.hash_open = true;
    memset(crypto.sum, 0, sizeof crypto.sum);
    crypto.at = 0;
    return PSA_SUCCESS;
}

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length)
{
    (void)operation;
    must(crypto.hash_open, "update");
    if (fails()) {
        return crypto.failure;
    }
    add(input, input_length);
    return PSA_SUCCESS;
}

psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length)
{
    (void)operation;
    must(crypto.hash_open && hash_size == DIGEST, "finish");
    if (fails()) {
        return crypto.failure;
    }
    crypto.hash_open = false;
    memcpy(hash, crypto.sum, DIGEST);
    *hash_length = DIGEST;
    return PSA_SUCCESS;
}

psa_status_t psa_hash_abort(psa_hash_operation_t *operation)
{
    (void)operation;
    crypto.hash_open = false;
    return PSA_SUCCESS;
}

psa_status_t psa_sign_hash(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    must(key == 1 && crypto.key_open && alg == PSA_ALG_ECDSA(PSA_ALG_SHA_256), "sign");
    must(hash_length == DIGEST && signature_size == COSE_SIGNATURE_BYTES, "sizes of sign");
    if (fails()) {
        return crypto.failure;
    }
    memcpy(signature, hash, DIGEST);
    memset(signature + DIGEST, crypto.key, DIGEST);
    *signature_length = COSE_SIGNATURE_BYTES;
    return PSA_SUCCESS;
}

/*
 * The manager.
 */

static struct {
    const uint8_t *in[2];
    size_t in_len[2];
    size_t in_read[2];
    uint8_t out[OUT_MAX];
    size_t out_size;
    size_t out_len;
} message;

size_t psa_read(psa_handle_t handle, uint32_t index, void *buffer, size_t len)
{
    must(handle == HANDLE && index < 2, "read of what there is not");
    const size_t left = message.in_len[index] - message.in_read[index];
    const size_t part = len < left ? len : left;
    memcpy(buffer, message.in[index] + message.in_read[index], part);
    message.in_read[index] += part;
    return part;
}

void psa_write(psa_handle_t handle, uint32_t index, const void *buffer, size_t len)
{
    must(handle == HANDLE && index == 0, "write of what there is not");
    must(len <= message.out_size - message.out_len, "more than there is room for");
    memcpy(message.out + message.out_len, buffer, len);
    message.out_len += len;
}

uint32_t psa_rot_lifecycle_state(void)
{
    return told.life_cycle;
}

/*
 * What a call deserves.
 */

struct call {
    struct attest_request request;
    size_t request_len;
    int32_t type;
    int32_t client_id;
    uint8_t challenge[256];
    size_t challenge_len;
    size_t out_size;
    int about; /**< Of a token that can be made: `out_size` is its size and this; 0: as it is. */
};

static psa_status_t send(const struct call *call)
{
    const psa_msg_t sent = {
        .type = call->type,
        .handle = HANDLE,
        .client_id = call->client_id,
        .in_size = {call->request_len, call->challenge_len},
        .out_size = {call->out_size},
    };
    uint8_t request[sizeof call->request + 8u] = {0};
    memcpy(request, &call->request, sizeof call->request);
    message.in[0] = request;
    message.in[1] = call->challenge;
    memcpy(message.in_len, sent.in_size, sizeof message.in_len);
    memset(message.in_read, 0, sizeof message.in_read);
    message.out_size = call->out_size;
    message.out_len = 0;
    const psa_status_t status = attest_service(&sent);
    must(!crypto.key_open && !crypto.hash_open, "something is left with the crypto service");
    must(status == PSA_SUCCESS || message.out_len == 0, "written by a call that has failed");
    return status;
}

static bool is_challenge(size_t len)
{
    return len == 32 || len == 48 || len == 64;
}

static bool can_make_tokens(void)
{
    bool has_irot = false;
    for (uint32_t i = 0; i < told.images; i++) {
        has_irot = has_irot || told.image[i].role == IMAGE_ROLE_IROT;
    }
    return told.has_boot && told.has_seed && told.is_key && has_irot;
}

/** Without failures of the crypto service; of a token whose room suffices. */
static psa_status_t deserved(const struct call *call)
{
    const uint32_t function = call->request.function;
    if (call->request_len != sizeof call->request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (call->type != PSA_IPC_CALL || call->request.profile >= 2 || function < ATTEST_TOKEN ||
        function > ATTEST_PUBLIC_KEY) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (function == ATTEST_PUBLIC_KEY) {
        return call->out_size != ATTEST_POINT_BYTES ? PSA_ERROR_PROGRAMMER_ERROR
               : told.has_seed && told.is_key       ? PSA_SUCCESS
                                                    : PSA_ERROR_SERVICE_FAILURE;
    }
    if (function == ATTEST_SIZE && call->out_size != sizeof(uint32_t)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const size_t challenge =
        function == ATTEST_SIZE ? call->request.challenge : call->challenge_len;
    if (!is_challenge(challenge)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return can_make_tokens() ? PSA_SUCCESS : PSA_ERROR_SERVICE_FAILURE;
}

static bool same(struct view view, const void *data, size_t len)
{
    return view.len == len && memcmp(view.data, data, len) == 0;
}

static uint8_t private_byte(void)
{
    return is_private(told.seed) ? told.seed[PRIVATE - 1u] : told.seed[SEED - 1u];
}

static void check_software(const struct token *token)
{
    must(token->claims.components == told.images, "other components than were told");
    for (uint32_t i = 0; i < told.images; i++) {
        const struct claims_component *component = &token->component[i];
        const struct measured *image = &told.image[i];
        char version[32];
        int len = snprintf(version, sizeof version, "%u.%u.%u", image->version.major,
                           image->version.minor, image->version.revision);
        if (image->version.build != 0) {
            len += snprintf(version + len, sizeof version - (size_t)len, "+%u",
                            (unsigned)image->version.build);
        }
        const char *type = image_role_text(image->role);
        must(same(component->type, type, strlen(type)), "a component's type");
        must(same(component->version, version, (size_t)len), "a component's version");
        must(same(component->measurement, image->measurement, DIGEST), "a measurement");
        must(same(component->signer, image->signer, DIGEST), "a signer");
        must(same(component->description, "sha-256", 7), "a description");
    }
}

static void check_token(const struct call *call)
{
    static struct token token;
    const struct claims *claims = &token.claims;
    uint8_t point[ATTEST_POINT_BYTES];
    uint8_t id[33] = {1};
    must(token_read((struct view){message.out, (uint32_t)message.out_len}, &token) == NULL,
         "a token that is none");
    must((uint32_t)token.profile == call->request.profile, "another profile");
    must(token.unknown == 0, "claims that there are not");
    must(same(claims->challenge, call->challenge, call->challenge_len), "another challenge");
    must(same(claims->boot_seed, told.boot, sizeof told.boot), "another boot seed");
    must(claims->client_id == call->client_id, "another client");
    must(claims->life_cycle == told.life_cycle, "another life cycle");
    must(claims->certification.len == 0 && claims->verification_service.len == 0, "more claims");
    check_software(&token);
    point[0] = 4;
    memset(point + 1, private_byte(), sizeof point - 1u);
    memset(crypto.sum, 0, sizeof crypto.sum);
    crypto.at = 0;
    add(point, sizeof point);
    memcpy(id + 1, crypto.sum, DIGEST);
    must(same(claims->instance_id, id, sizeof id), "another instance id");
    memset(crypto.sum, 0, sizeof crypto.sum);
    crypto.at = 0;
    add(cose_signed_head, COSE_SIGNED_HEAD_BYTES);
    add(token.signed_part.data, token.signed_part.len);
    must(memcmp(token.signature, crypto.sum, DIGEST) == 0, "a signature of something else");
    must(token.signature[DIGEST] == private_byte(), "a signature by another key");
}

/** Bytes of the token that the call asks for, as the service tells. */
static uint32_t told_size(const struct call *call)
{
    struct call size = *call;
    uint32_t bytes = 0;
    size.request.function = ATTEST_SIZE;
    size.request.challenge = (uint32_t)call->challenge_len;
    size.out_size = sizeof bytes;
    must(send(&size) == PSA_SUCCESS, "no size of a token that can be made");
    memcpy(&bytes, message.out, sizeof bytes);
    return bytes;
}

static void check_call(struct call *call)
{
    psa_status_t expected = deserved(call);
    uint32_t size = 0;
    if (expected == PSA_SUCCESS && call->request.function == ATTEST_TOKEN) {
        const uint32_t countdown = crypto.countdown;
        crypto.countdown = 0;
        size = told_size(call);
        crypto.countdown = countdown;
        if (call->about != 0) {
            call->out_size = (size_t)((int)size + call->about);
        }
        expected = call->out_size < size ? PSA_ERROR_BUFFER_TOO_SMALL : PSA_SUCCESS;
    }
    crypto.failed = false;
    const psa_status_t status = send(call);
    if (crypto.failed) {
        /* What failed may have been asked for before the room was looked at, or not at all. */
        const psa_status_t as_is = crypto.failure == PSA_ERROR_INSUFFICIENT_MEMORY ||
                                           crypto.failure == PSA_ERROR_COMMUNICATION_FAILURE
                                       ? crypto.failure
                                       : PSA_ERROR_SERVICE_FAILURE;
        must(status == as_is, "a failure of the crypto service has become something else");
        return;
    }
    must(status == expected, "another answer than the call deserves");
    if (status == PSA_SUCCESS && call->request.function == ATTEST_TOKEN) {
        must(message.out_len == size, "another size than was told");
        check_token(call);
    }
    if (status == PSA_SUCCESS && call->request.function == ATTEST_PUBLIC_KEY) {
        must(message.out_len == ATTEST_POINT_BYTES && message.out[1] == private_byte(),
             "another public key");
    }
}

/*
 * Steps.
 */

static void note_boot(const uint8_t *step)
{
    told.has_boot = step[1] != 0;
    told.images = 0;
    memset(told.boot, step[2], sizeof told.boot);
    attest_note_boot(told.has_boot ? told.boot : NULL);
}

static void note_image(const uint8_t *step)
{
    static const uint32_t roles[] = {1, 1, 2, 3, 4, 16, 17, 18, 19, 20, 21, 22, 23, 99};
    struct measured image = {
        .role = roles[step[1] % (sizeof roles / sizeof roles[0])],
        .version = {step[2], step[3], (uint16_t)(step[4] * 257u), (uint32_t)step[5] * 0x1010101u},
    };
    memset(image.measurement, step[6], sizeof image.measurement);
    memset(image.signer, step[7], sizeof image.signer);
    for (uint32_t i = 0; i < told.images; i++) {
        if (told.image[i].role == image.role) {
            return; /* a role is in the hand-over record once */
        }
    }
    attest_note_image(&image);
    if (told.images < IMAGES_MAX) {
        told.image[told.images++] = image;
    }
}

static void note_key(const uint8_t *step)
{
    told.has_seed = step[1] != 0;
    memset(told.seed, step[2], PRIVATE);
    memset(told.seed + PRIVATE, step[3], PRIVATE);
    told.seed[PRIVATE - 1u] = step[4];
    told.seed[SEED - 1u] = step[5];
    told.is_key = is_private(told.seed) || is_private(told.seed + PRIVATE);
    attest_note_key(told.has_seed ? told.seed : NULL);
}

static void let_fail(const uint8_t *step)
{
    static const psa_status_t failures[] = {
        PSA_ERROR_INSUFFICIENT_MEMORY, PSA_ERROR_COMMUNICATION_FAILURE,
        PSA_ERROR_CONNECTION_REFUSED,  PSA_ERROR_CONNECTION_BUSY,
        PSA_ERROR_INVALID_HANDLE,      PSA_ERROR_CORRUPTION_DETECTED,
        PSA_ERROR_HARDWARE_FAILURE,    PSA_ERROR_INSUFFICIENT_ENTROPY,
    };
    crypto.failure = failures[step[1] % (sizeof failures / sizeof failures[0])];
    crypto.countdown = step[2] % 24u;
}

static void make_call(const uint8_t *step)
{
    static const size_t lens[] = {32, 48, 64, 0, 31, 33, 65, 255};
    static const size_t sizes[] = {0, 4, 65, 3, 64, 300, 700, 2048};
    struct call call = {
        .request = {.function = step[1] % 6u, .profile = step[2] % 4u % 3u},
        .request_len = sizeof call.request,
        .client_id = step[5] < 0x80u ? step[5] + 1 : -(int32_t)(step[5] * 0x1010101u / 2u) - 1,
        .challenge_len = lens[step[3] % 8u],
        .out_size = sizes[step[4] % 8u] + (step[4] >= 0xC0u ? step[4] : 0u),
    };
    if (call.out_size > OUT_MAX) {
        call.out_size = OUT_MAX;
    }
    if (step[7] >= 0xF0u) {
        call.request_len = step[7] % 20u;
    }
    if (step[4] >= 0x40u && step[4] < 0x50u) {
        call.about = (int)(step[4] % 16u) - 8;
    }
    call.type = step[7] == 0xE0u ? 1 : PSA_IPC_CALL;
    call.request.challenge =
        call.request.function == ATTEST_SIZE ? (uint32_t)call.challenge_len : 0;
    memset(call.challenge, step[6], sizeof call.challenge);
    check_call(&call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[STEP];
    memset(&told, 0, sizeof told);
    memset(&crypto, 0, sizeof crypto);
    note_boot(nothing);
    note_key(nothing);
    for (; size >= STEP; size -= STEP, data += STEP) {
        switch (data[0] % 8u) {
        case 0:
            note_boot(data);
            break;
        case 1:
            note_image(data);
            break;
        case 2:
            note_key(data);
            break;
        case 3:
            let_fail(data);
            break;
        case 4:
            told.life_cycle = (uint32_t)data[1] << 8 | data[2];
            break;
        default:
            make_call(data);
            break;
        }
    }
    return 0;
}
