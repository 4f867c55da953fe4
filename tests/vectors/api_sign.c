/*
 * Every function of PSA Crypto for signatures, with each answer it documents.
 */
#include "api.h"

#define NO_HASH PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHAKE256_512)
#define USAGE                                                                                      \
    (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH | PSA_KEY_USAGE_SIGN_MESSAGE |            \
     PSA_KEY_USAGE_VERIFY_MESSAGE)

static const uint8_t hash[64] = "hash";
static const uint8_t sample[6] = "sample";
static uint8_t signature[64];

static struct {
    psa_key_id_t all;     /**< For ECDSA with SHA-256. */
    psa_key_id_t any;     /**< For ECDSA with any hash. */
    psa_key_id_t nothing; /**< Without a usage. */
    psa_key_id_t unknown; /**< For a hash that is not there. */
} keys;

static void hashes(void)
{
    CALL(BUFFER_TOO_SMALL, psa_sign_hash(keys.all, ECDSA, hash, 32, signature, 63, LEN));
    CALL(INVALID_ARGUMENT, psa_sign_hash(keys.all, ECDSA, hash, 31, signature, 64, LEN));
    CALL(INVALID_HANDLE, psa_sign_hash(NO_KEY, ECDSA, hash, 32, signature, 64, LEN));
    CALL(NOT_PERMITTED, psa_sign_hash(keys.nothing, ECDSA, hash, 32, signature, 64, LEN));
    CALL(NOT_SUPPORTED, psa_sign_hash(keys.unknown, NO_HASH, hash, 64, signature, 64, LEN));
    CALL(INSUFFICIENT_MEMORY, psa_sign_hash(keys.any, PSA_ALG_ECDSA_ANY, vectors_large,
                                            sizeof vectors_large, signature, 64, LEN));
    CALL(SUCCESS, psa_sign_hash(keys.all, ECDSA, hash, 32, signature, 64, LEN));
    CALL(SUCCESS, psa_verify_hash(keys.all, ECDSA, hash, 32, signature, 64));
    CALL(INVALID_SIGNATURE, psa_verify_hash(keys.all, ECDSA, hash, 32, signature, 63));
    CALL(INVALID_ARGUMENT, psa_verify_hash(keys.all, ECDSA, hash, 31, signature, 64));
    CALL(INVALID_HANDLE, psa_verify_hash(NO_KEY, ECDSA, hash, 32, signature, 64));
    CALL(NOT_PERMITTED, psa_verify_hash(keys.nothing, ECDSA, hash, 32, signature, 64));
    CALL(NOT_SUPPORTED, psa_verify_hash(keys.unknown, NO_HASH, hash, 64, signature, 64));
    CALL(INSUFFICIENT_MEMORY, psa_verify_hash(keys.any, PSA_ALG_ECDSA_ANY, vectors_large,
                                              sizeof vectors_large, signature, 64));
}

static void messages(void)
{
    CALL(BUFFER_TOO_SMALL, psa_sign_message(keys.all, ECDSA, sample, 6, signature, 63, LEN));
    CALL(INVALID_ARGUMENT,
         psa_sign_message(keys.any, PSA_ALG_ECDSA_ANY, sample, 6, signature, 64, LEN));
    CALL(INVALID_HANDLE, psa_sign_message(NO_KEY, ECDSA, sample, 6, signature, 64, LEN));
    CALL(NOT_PERMITTED, psa_sign_message(keys.nothing, ECDSA, sample, 6, signature, 64, LEN));
    CALL(NOT_SUPPORTED, psa_sign_message(keys.unknown, NO_HASH, sample, 6, signature, 64, LEN));
    CALL(SUCCESS, psa_sign_message(keys.all, ECDSA, sample, 6, signature, 64, LEN));
    CALL(SUCCESS, psa_verify_message(keys.all, ECDSA, sample, 6, signature, 64));
    CALL(INVALID_SIGNATURE, psa_verify_message(keys.all, ECDSA, sample, 5, signature, 64));
    CALL(INVALID_ARGUMENT,
         psa_verify_message(keys.any, PSA_ALG_ECDSA_ANY, sample, 6, signature, 64));
    CALL(INVALID_HANDLE, psa_verify_message(NO_KEY, ECDSA, sample, 6, signature, 64));
    CALL(NOT_PERMITTED, psa_verify_message(keys.nothing, ECDSA, sample, 6, signature, 64));
    CALL(NOT_SUPPORTED, psa_verify_message(keys.unknown, NO_HASH, sample, 6, signature, 64));
}

void api_sign(void)
{
    keys.all = vectors_generate(P256_PAIR, 256, USAGE, ECDSA);
    keys.any = vectors_generate(P256_PAIR, 256, USAGE, PSA_ALG_ECDSA_ANY);
    keys.nothing = vectors_generate(P256_PAIR, 256, 0, ECDSA);
    keys.unknown = vectors_generate(P256_PAIR, 256, USAGE, NO_HASH);
    hashes();
    messages();
    OK("signature", psa_destroy_key(keys.all));
    OK("signature", psa_destroy_key(keys.any));
    OK("signature", psa_destroy_key(keys.nothing));
    OK("signature", psa_destroy_key(keys.unknown));
}
