/*
 * Attacks on what services keep for others: handles, requests, keys, operations, storage, update.
 */
#include "hostile_app.h"

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/update.h>

#define GUESSES 64u

static uint8_t bytes[64];

static int32_t call_handle(uint32_t handle)
{
    return gate(GATE_CALL, handle, 0, 0, 0);
}

int32_t handle_null(void)
{
    return call_handle(0);
}

int32_t handle_negative(void)
{
    return call_handle(0xFFFFFFFFu);
}

int32_t handle_sid(void)
{
    return call_handle(CRYPTO_SID);
}

int32_t handle_others(void)
{
    for (uint32_t i = 0; i < 0x400u; i++) {
        const uint32_t handle = 0x40000000u + i;
        const int32_t status =
            handle >= 0x40000101u && handle <= 0x4000011Fu ? -129 : call_handle(handle);
        if (status != -129) {
            return status;
        }
    }
    return -129;
}

int32_t handle_made_up(void)
{
    for (uint32_t i = 1; i < 0x400u; i++) {
        const int32_t status = call_handle((i & 0xFu) | (i >> 4) << 8);
        if (status != -129) {
            return status;
        }
    }
    return -129;
}

int32_t close_stateless(void)
{
    return gate(GATE_CLOSE, CRYPTO_HANDLE, 0, 0, 0);
}

int32_t connect_stateless(void)
{
    return gate(GATE_CONNECT, CRYPTO_SID, 1, 0, 0);
}

int32_t connect_unknown(void)
{
    return gate(GATE_CONNECT, CRYPTO_SID + 0x1000u, 1, 0, 0);
}

static int32_t request_of(uint32_t len)
{
    static const uint32_t request[32] = {RANDOM};
    const psa_invec in[1] = {{request, len}};
    psa_outvec out[1] = {{bytes, sizeof bytes}};
    return call(1, 1, in, out);
}

int32_t request_short(void)
{
    return request_of(4);
}

int32_t request_long(void)
{
    return request_of(sizeof(uint32_t) * 32u);
}

int32_t request_none(void)
{
    return call(0, 0, NULL, NULL);
}

int32_t request_unknown(void)
{
    for (uint32_t i = 0; i < 64u; i++) {
        struct request request = {{0x100u + 0x01010101u * i}};
        const int32_t status = ask(&request, NULL);
        if (status != -134) {
            return status;
        }
    }
    return -134;
}

static int32_t sign_with(uint32_t key)
{
    uint8_t signature[64];
    size_t len;
    return psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), bytes, 32, signature,
                         sizeof signature, &len);
}

int32_t key_guessed(void)
{
    static const uint32_t bases[] = {0, 0x3FFFFFE0u, 0x7FFF0000u, 0x80000000u, 0xFFFFFFE0u};
    for (uint32_t i = 0; i < sizeof bases / sizeof bases[0] * GUESSES; i++) {
        const uint32_t key = bases[i / GUESSES] + i % GUESSES;
        const int32_t status = key == own_key ? -136 : sign_with(key);
        if (status != -136) {
            return status;
        }
    }
    for (uint32_t bit = 0; bit < 32u; bit++) {
        const int32_t status = sign_with(own_key ^ 1u << bit);
        if (status != -136) {
            return status;
        }
    }
    return -136;
}

static int32_t make_key(uint32_t usage, uint32_t *key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    return psa_generate_key(&attributes, key);
}

int32_t key_destroyed(void)
{
    uint32_t key = 0;
    int32_t status = make_key(PSA_KEY_USAGE_SIGN_HASH, &key);
    if (status == 0) {
        status = psa_destroy_key(key);
    }
    return status == 0 ? sign_with(key) : status;
}

int32_t key_misused(void)
{
    uint32_t key = 0;
    const int32_t made = make_key(PSA_KEY_USAGE_VERIFY_HASH, &key);
    const int32_t status = made == 0 ? sign_with(key) : made;
    const int32_t end = psa_destroy_key(key);
    return end == 0 ? status : end;
}

/** Whatever a service keeps under an id of its own: the application's keys have their own ids. */
int32_t key_overwritten(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint32_t key = 0;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_id(&attributes, own_key);
    const int32_t status = psa_generate_key(&attributes, &key);
    return status != 0 || key != own_key ? 0 : 1;
}

static const struct request setup_request = {{HASH_SETUP, PSA_ALG_SHA_256}};

static int32_t with_operation(uint32_t function, uint32_t operation)
{
    const struct request request = {{function, 0, 0, operation}};
    return ask(&request, NULL);
}

int32_t operation_guessed(void)
{
    uint32_t own = 0;
    if (ask(&setup_request, &own) != 0) {
        return 1;
    }
    for (uint32_t i = 0; i < 32u + GUESSES; i++) {
        const uint32_t guess = i < 32u ? own ^ 1u << i : own + i - 32u - GUESSES / 2u;
        const int32_t status = guess == own ? -137 : with_operation(HASH_UPDATE, guess);
        if (status != -137) {
            return status;
        }
    }
    return with_operation(HASH_ABORT, own) != 0 ? 2 : -137;
}

int32_t operation_replayed(void)
{
    uint32_t own = 0;
    const struct request finish = {{HASH_FINISH, 0, 0, 0}};
    struct request request = finish;
    const psa_invec in[1] = {{&request, sizeof request}};
    psa_outvec out[1] = {{bytes, 32}};
    if (ask(&setup_request, &own) != 0) {
        return 1;
    }
    request.word[3] = own;
    if (call(1, 1, in, out) != 0) {
        return 2;
    }
    return with_operation(HASH_UPDATE, own);
}

int32_t operation_aborted(void)
{
    uint32_t own = 0;
    if (ask(&setup_request, &own) != 0 || with_operation(HASH_ABORT, own) != 0) {
        return 1;
    }
    return with_operation(HASH_UPDATE, own);
}

int32_t cost_rounds(void)
{
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    if (psa_key_derivation_setup(&derivation, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256)) != 0) {
        return 1;
    }
    const int32_t status =
        psa_key_derivation_input_integer(&derivation, PSA_KEY_DERIVATION_INPUT_COST, 0x7FFFFFFFu);
    return psa_key_derivation_abort(&derivation) != 0 ? 2 : status;
}

int32_t cost_key(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_KEY_PAIR);
    psa_set_key_bits(&attributes, 4096);
    return psa_generate_key(&attributes, &key);
}

/** Until there are no more; then all of them are given up. */
int32_t operation_flood(void)
{
    uint32_t operation[64];
    uint32_t count = 0;
    int32_t status = 0;
    while (count < 64u && status == 0) {
        status = ask(&setup_request, &operation[count]);
        count += status == 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (with_operation(HASH_ABORT, operation[i]) != 0) {
            return 1;
        }
    }
    return count > 0 && status == PSA_ERROR_INSUFFICIENT_MEMORY ? 0 : status;
}

int32_t key_flood(void)
{
    uint32_t key[64];
    uint32_t count = 0;
    int32_t status = 0;
    while (count < 64u && status == 0) {
        status = make_key(PSA_KEY_USAGE_SIGN_HASH, &key[count]);
        count += status == 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (psa_destroy_key(key[i]) != 0) {
            return 1;
        }
    }
    return count > 0 && status == PSA_ERROR_INSUFFICIENT_MEMORY ? 0 : status;
}

int32_t storage_nothing(void)
{
    return psa_its_set(0, 4, bytes, PSA_STORAGE_FLAG_NONE);
}

int32_t storage_wrap(void)
{
    size_t len;
    return psa_its_get(OWN_UID, 0xFFFFFFF0u, 32, bytes, &len);
}

int32_t storage_huge(void)
{
    return psa_its_set(OWN_UID + 1u, 0x40000u, (const void *)0x20000000u, PSA_STORAGE_FLAG_NONE);
}

int32_t update_unknown(void)
{
    psa_fwu_component_info_t info;
    return psa_fwu_query(99, &info);
}

int32_t update_wrap(void)
{
    const int32_t started = psa_fwu_start(1, NULL, 0);
    const int32_t status =
        started == 0 ? psa_fwu_write(1, 0xFFFFFFF0u, bytes, sizeof bytes) : started;
    const int32_t cancelled = psa_fwu_cancel(1);
    const int32_t cleaned = psa_fwu_clean(1);
    return cancelled == 0 && cleaned == 0 ? status : 1;
}

int32_t update_early(void)
{
    return psa_fwu_accept();
}
