/*
 * Every function of PSA Crypto for asymmetric encryption and key agreement, with each answer it
 * documents.
 */
#include "api.h"

#include "rsa_keys.h"

#define CRYPT PSA_ALG_RSA_PKCS1V15_CRYPT
#define USAGE (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)
#define AGREE PSA_KEY_USAGE_DERIVE
#define ECDH  PSA_ALG_ECDH

/** An algorithm for key agreement by its number, which is nobody's. */
#define NO_ALG ((psa_algorithm_t)0x09040000)

static const uint8_t sample[118] = "sample";
static uint8_t sealed[128];
static uint8_t point[65];

static struct {
    psa_key_id_t all;     /**< Of RSA. */
    psa_key_id_t nothing; /**< The same without a usage. */
    psa_key_id_t curve;   /**< For RSA, of an elliptic curve. */
    psa_key_id_t own;     /**< For ECDH. */
    psa_key_id_t silent;  /**< The same without a usage. */
    psa_key_id_t unknown; /**< For an algorithm that is not there. */
    psa_key_id_t rsa;     /**< For ECDH, of RSA. */
} keys;

/* What a call is given, except for what is wrong with it. */
#define SEALING sample, 6, NULL, 0, sealed
#define OPENING NULL, 0, OUT, LEN

static void encryption(void)
{
    CALL(BUFFER_TOO_SMALL, psa_asymmetric_encrypt(keys.all, CRYPT, SEALING, 127, LEN));
    CALL(INVALID_HANDLE, psa_asymmetric_encrypt(NO_KEY, CRYPT, SEALING, 128, LEN));
    CALL(NOT_PERMITTED, psa_asymmetric_encrypt(keys.nothing, CRYPT, SEALING, 128, LEN));
    CALL(NOT_SUPPORTED, psa_asymmetric_encrypt(keys.curve, CRYPT, SEALING, 128, LEN));
    CALL(INVALID_ARGUMENT,
         psa_asymmetric_encrypt(keys.all, CRYPT, sample, 118, NULL, 0, sealed, 128, LEN));
    CALL(INVALID_ARGUMENT,
         psa_asymmetric_encrypt(keys.all, CRYPT, sample, 6, point, 4, sealed, 128, LEN));
    CALL(INSUFFICIENT_MEMORY,
         psa_asymmetric_encrypt(keys.all, CRYPT, vectors_large, sizeof vectors_large, NULL, 0,
                                sealed, 128, LEN));
    CALL(SUCCESS, psa_asymmetric_encrypt(keys.all, CRYPT, SEALING, 128, LEN));
    CALL(SUCCESS, psa_asymmetric_decrypt(keys.all, CRYPT, sealed, 128, OPENING));
    CALL(BUFFER_TOO_SMALL,
         psa_asymmetric_decrypt(keys.all, CRYPT, sealed, 128, NULL, 0, vectors_out, 5, LEN));
    CALL(INVALID_HANDLE, psa_asymmetric_decrypt(NO_KEY, CRYPT, sealed, 128, OPENING));
    CALL(NOT_PERMITTED, psa_asymmetric_decrypt(keys.nothing, CRYPT, sealed, 128, OPENING));
    CALL(NOT_SUPPORTED, psa_asymmetric_decrypt(keys.curve, CRYPT, sealed, 128, OPENING));
    CALL(INVALID_ARGUMENT, psa_asymmetric_decrypt(keys.all, CRYPT, sealed, 127, OPENING));
    CALL(INSUFFICIENT_MEMORY,
         psa_asymmetric_decrypt(keys.all, CRYPT, vectors_large, sizeof vectors_large, OPENING));
    memset(sealed, 0, sizeof sealed);
    CALL(INVALID_PADDING, psa_asymmetric_decrypt(keys.all, CRYPT, sealed, 128, OPENING));
}

static void raw_agreement(void)
{
    CALL(SUCCESS, psa_raw_key_agreement(ECDH, keys.own, point, 65, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_raw_key_agreement(ECDH, keys.own, point, 65, vectors_out, 31, LEN));
    CALL(INVALID_HANDLE, psa_raw_key_agreement(ECDH, NO_KEY, point, 65, OUT, LEN));
    CALL(NOT_PERMITTED, psa_raw_key_agreement(ECDH, keys.silent, point, 65, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_raw_key_agreement(ECDH, keys.own, point, 64, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_raw_key_agreement(SHA256, keys.own, point, 65, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_raw_key_agreement(ECDH, keys.rsa, point, 65, OUT, LEN));
    CALL(NOT_SUPPORTED, psa_raw_key_agreement(NO_ALG, keys.unknown, point, 65, OUT, LEN));
    CALL(INSUFFICIENT_MEMORY,
         psa_raw_key_agreement(ECDH, keys.own, vectors_large, sizeof vectors_large, OUT, LEN));
}

/* Of psa_key_agreement(), which is of version 1.2 and documented in psa/crypto_1_2.h. */
static void agreement(void)
{
    const psa_key_attributes_t right =
        vectors_attributes(PSA_KEY_TYPE_DERIVE, 0, PSA_KEY_USAGE_DERIVE, PSA_ALG_HKDF(SHA256));
    const psa_key_attributes_t aes = vectors_attributes(PSA_KEY_TYPE_AES, 256, 0, PSA_ALG_CTR);
    const psa_key_attributes_t other = vectors_attributes(PSA_KEY_TYPE_DERIVE, 255, 0, 0);
    psa_key_attributes_t persistent = right;
    psa_key_id_t key = 0;
    psa_set_key_id(&persistent, 0x5A02u);
    CALL(SUCCESS, psa_key_agreement(keys.own, point, 65, ECDH, &right, &key));
    OK("agreement", psa_destroy_key(key));
    CALL(INVALID_HANDLE, psa_key_agreement(NO_KEY, point, 65, ECDH, &right, &key));
    CALL(NOT_PERMITTED, psa_key_agreement(keys.silent, point, 65, ECDH, &right, &key));
    CALL(INVALID_ARGUMENT, psa_key_agreement(keys.own, point, 64, ECDH, &right, &key));
    CALL(INVALID_ARGUMENT, psa_key_agreement(keys.own, point, 65, SHA256, &right, &key));
    CALL(INVALID_ARGUMENT, psa_key_agreement(keys.own, point, 65, ECDH, &aes, &key));
    CALL(INVALID_ARGUMENT, psa_key_agreement(keys.own, point, 65, ECDH, &other, &key));
    CALL(INSUFFICIENT_MEMORY,
         psa_key_agreement(keys.own, vectors_large, sizeof vectors_large, ECDH, &right, &key));
    OK("agreement", psa_key_agreement(keys.own, point, 65, ECDH, &persistent, &key));
    CALL(ALREADY_EXISTS, psa_key_agreement(keys.own, point, 65, ECDH, &persistent, &key));
    OK("agreement", psa_destroy_key(0x5A02u));
}

void api_asymmetric(void)
{
    static struct bytes pair;
    const psa_key_type_t rsa = PSA_KEY_TYPE_RSA_KEY_PAIR;
    vectors_read(&pair, PAIR);
    OK("RSA", vectors_import(rsa, USAGE, CRYPT, &pair, &keys.all));
    OK("RSA", vectors_import(rsa, 0, CRYPT, &pair, &keys.nothing));
    OK("RSA", vectors_import(rsa, AGREE, ECDH, &pair, &keys.rsa));
    keys.curve = vectors_generate(P256_PAIR, 256, USAGE, CRYPT);
    keys.own = vectors_generate(P256_PAIR, 256, AGREE, ECDH);
    keys.unknown = vectors_generate(P256_PAIR, 256, AGREE, NO_ALG);
    keys.silent = vectors_generate(P256_PAIR, 256, 0, ECDH);
    OK("point", psa_export_public_key(keys.own, point, sizeof point, LEN));
    encryption();
    raw_agreement();
    agreement();
    OK("RSA", psa_destroy_key(keys.all));
    OK("RSA", psa_destroy_key(keys.nothing));
    OK("RSA", psa_destroy_key(keys.rsa));
    OK("curve", psa_destroy_key(keys.curve));
    OK("curve", psa_destroy_key(keys.own));
    OK("curve", psa_destroy_key(keys.silent));
    OK("curve", psa_destroy_key(keys.unknown));
}
