/*
 * Every function of PSA Crypto for message authentication codes, with each answer it documents.
 */
#include "api.h"

#define HMAC    PSA_ALG_HMAC(SHA256)
#define USAGE   (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)
#define NO_HASH PSA_ALG_HMAC(PSA_ALG_SHAKE256_512)

static const uint8_t sample[6] = "sample";

static struct {
    psa_key_id_t all;     /**< For HMAC. */
    psa_key_id_t nothing; /**< The same without a usage. */
    psa_key_id_t unknown; /**< For HMAC with a hash that is not there. */
    psa_key_id_t aes;     /**< For HMAC, which its type cannot do. */
} keys;

static void one_call(void)
{
    CALL(SUCCESS, psa_mac_compute(keys.all, HMAC, sample, 6, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_mac_compute(keys.all, HMAC, sample, 6, vectors_out, 31, LEN));
    CALL(INVALID_HANDLE, psa_mac_compute(NO_KEY, HMAC, sample, 6, OUT, LEN));
    CALL(NOT_PERMITTED, psa_mac_compute(keys.nothing, HMAC, sample, 6, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_mac_compute(keys.aes, HMAC, sample, 6, OUT, LEN));
    CALL(NOT_SUPPORTED, psa_mac_compute(keys.unknown, NO_HASH, sample, 6, OUT, LEN));
    OK("MAC", psa_mac_compute(keys.all, HMAC, sample, 6, OUT, LEN));
    CALL(SUCCESS, psa_mac_verify(keys.all, HMAC, sample, 6, vectors_out, 32));
    CALL(INVALID_SIGNATURE, psa_mac_verify(keys.all, HMAC, sample, 5, vectors_out, 32));
    CALL(INVALID_HANDLE, psa_mac_verify(NO_KEY, HMAC, sample, 6, vectors_out, 32));
    CALL(NOT_PERMITTED, psa_mac_verify(keys.nothing, HMAC, sample, 6, vectors_out, 32));
    CALL(INVALID_ARGUMENT, psa_mac_verify(keys.aes, HMAC, sample, 6, vectors_out, 32));
    CALL(NOT_SUPPORTED, psa_mac_verify(keys.unknown, NO_HASH, sample, 6, vectors_out, 32));
}

static void setups(void)
{
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    psa_hash_operation_t all[OPERATIONS];
    CALL(INVALID_HANDLE, psa_mac_sign_setup(&operation, NO_KEY, HMAC));
    CALL(NOT_PERMITTED, psa_mac_sign_setup(&operation, keys.nothing, HMAC));
    CALL(INVALID_ARGUMENT, psa_mac_sign_setup(&operation, keys.aes, HMAC));
    CALL(NOT_SUPPORTED, psa_mac_sign_setup(&operation, keys.unknown, NO_HASH));
    CALL(INVALID_HANDLE, psa_mac_verify_setup(&operation, NO_KEY, HMAC));
    CALL(NOT_PERMITTED, psa_mac_verify_setup(&operation, keys.nothing, HMAC));
    CALL(INVALID_ARGUMENT, psa_mac_verify_setup(&operation, keys.aes, HMAC));
    CALL(NOT_SUPPORTED, psa_mac_verify_setup(&operation, keys.unknown, NO_HASH));
    CALL(SUCCESS, psa_mac_sign_setup(&operation, keys.all, HMAC));
    CALL(BAD_STATE, psa_mac_sign_setup(&operation, keys.all, HMAC));
    CALL(BAD_STATE, psa_mac_verify_setup(&operation, keys.all, HMAC));
    CALL(SUCCESS, psa_mac_abort(&operation));
    CALL(SUCCESS, psa_mac_verify_setup(&operation, keys.all, HMAC));
    CALL(SUCCESS, psa_mac_abort(&operation));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY, psa_mac_sign_setup(&operation, keys.all, HMAC));
    CALL(INSUFFICIENT_MEMORY, psa_mac_verify_setup(&operation, keys.all, HMAC));
    api_empty(all);
}

static void parts(void)
{
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    CALL(BAD_STATE, psa_mac_update(&operation, sample, 6));
    CALL(BAD_STATE, psa_mac_sign_finish(&operation, OUT, LEN));
    CALL(BAD_STATE, psa_mac_verify_finish(&operation, vectors_out, 32));
    OK("MAC", psa_mac_sign_setup(&operation, keys.all, HMAC));
    CALL(SUCCESS, psa_mac_update(&operation, sample, 6));
    CALL(BUFFER_TOO_SMALL, psa_mac_sign_finish(&operation, vectors_out, 31, LEN));
    OK("MAC", psa_mac_abort(&operation));
    OK("MAC", psa_mac_sign_setup(&operation, keys.all, HMAC));
    CALL(BAD_STATE, psa_mac_verify_finish(&operation, vectors_out, 32)); /* it signs */
    OK("MAC", psa_mac_abort(&operation));
    OK("MAC", psa_mac_sign_setup(&operation, keys.all, HMAC));
    CALL(SUCCESS, psa_mac_sign_finish(&operation, OUT, LEN));
    OK("MAC", psa_mac_verify_setup(&operation, keys.all, HMAC));
    CALL(BAD_STATE, psa_mac_sign_finish(&operation, OUT, LEN)); /* it verifies */
    OK("MAC", psa_mac_abort(&operation));
    OK("MAC", psa_mac_compute(keys.all, HMAC, sample, 6, OUT, LEN));
    OK("MAC", psa_mac_verify_setup(&operation, keys.all, HMAC));
    OK("MAC", psa_mac_update(&operation, sample, 6));
    CALL(SUCCESS, psa_mac_verify_finish(&operation, vectors_out, 32));
    OK("MAC", psa_mac_verify_setup(&operation, keys.all, HMAC));
    CALL(INVALID_SIGNATURE, psa_mac_verify_finish(&operation, vectors_out, 32));
    OK("MAC", psa_mac_abort(&operation));
}

void api_mac(void)
{
    keys.all = vectors_generate(PSA_KEY_TYPE_HMAC, 256, USAGE, HMAC);
    keys.nothing = vectors_generate(PSA_KEY_TYPE_HMAC, 256, 0, HMAC);
    keys.unknown = vectors_generate(PSA_KEY_TYPE_HMAC, 256, USAGE, NO_HASH);
    keys.aes = vectors_generate(PSA_KEY_TYPE_AES, 256, USAGE, HMAC);
    one_call();
    setups();
    parts();
    OK("MAC", psa_destroy_key(keys.all));
    OK("MAC", psa_destroy_key(keys.nothing));
    OK("MAC", psa_destroy_key(keys.unknown));
    OK("MAC", psa_destroy_key(keys.aes));
}
