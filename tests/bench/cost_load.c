#include <string.h>

#include <psa/crypto.h>

#include "crypto_load.h"
#include "services/crypto_protocol.h"

/*
 * The dearest requests to the crypto service: each is as large as the service allows. Of derivations
 * and of messages only a part is measured, which is multiplied.
 */
#define PARTS 16u

#define MESSAGE_BYTES (50u * 1024u) /* of the 800 KB that an application has */

static uint8_t message[MESSAGE_BYTES];
static uint8_t der[4096];
static size_t der_len;
static uint8_t answer[PSA_EXPORT_PUBLIC_KEY_MAX_SIZE];
static size_t answer_len;

static psa_key_attributes_t attributes_of(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                                          psa_algorithm_t alg)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    return attributes;
}

/* ---- derivations ---------------------------------------------------------------------------- */

/** @param weight  how many rounds one of these counts as */
static bool derive(psa_algorithm_t alg, unsigned weight)
{
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t derived[1];
    const bool ok =
        psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS &&
        psa_key_derivation_input_integer(&operation, PSA_KEY_DERIVATION_INPUT_COST,
                                         CRYPTO_PBKDF2_ROUNDS_MAX / weight / PARTS) ==
            PSA_SUCCESS &&
        psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SALT, message, 16) ==
            PSA_SUCCESS &&
        psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_PASSWORD, message,
                                       16) == PSA_SUCCESS &&
        psa_key_derivation_output_bytes(&operation, derived, sizeof derived) == PSA_SUCCESS;
    return psa_key_derivation_abort(&operation) == PSA_SUCCESS && ok;
}

#define DERIVE(name, alg, weight)                                                                  \
    static bool derive_##name(void)                                                                \
    {                                                                                              \
        return derive(alg, weight);                                                                \
    }

DERIVE(ripemd160, PSA_ALG_PBKDF2_HMAC(PSA_ALG_RIPEMD160), 1u)
DERIVE(sha256, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256), 1u)
DERIVE(sha512, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_512), 1u)
DERIVE(sha3, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA3_512), 4u)
DERIVE(cmac, PSA_ALG_PBKDF2_AES_CMAC_PRF_128, 1u)

/* ---- messages ------------------------------------------------------------------------------- */

static bool hash_sha3(void)
{
    return psa_hash_compute(PSA_ALG_SHA3_512, message, sizeof message, answer, sizeof answer,
                            &answer_len) == PSA_SUCCESS;
}

static bool mac_des(void)
{
    const psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_DES, 192, PSA_KEY_USAGE_SIGN_MESSAGE, PSA_ALG_CMAC);
    psa_key_id_t key;
    return psa_generate_key(&attributes, &key) == PSA_SUCCESS &&
           psa_mac_compute(key, PSA_ALG_CMAC, message, sizeof message, answer, sizeof answer,
                           &answer_len) == PSA_SUCCESS &&
           psa_destroy_key(key) == PSA_SUCCESS;
}

static bool encrypt(psa_key_type_t type, size_t bits, psa_algorithm_t alg)
{
    const psa_key_attributes_t attributes = attributes_of(type, bits, PSA_KEY_USAGE_ENCRYPT, alg);
    psa_key_id_t key;
    return psa_generate_key(&attributes, &key) == PSA_SUCCESS &&
           psa_cipher_encrypt(key, alg, message, sizeof message - 16, message, sizeof message,
                              &answer_len) == PSA_SUCCESS &&
           psa_destroy_key(key) == PSA_SUCCESS;
}

static bool encrypt_aria(void)
{
    return encrypt(PSA_KEY_TYPE_ARIA, 256, PSA_ALG_CFB);
}

#define RSA_BYTES          512u
#define RSA_EXPONENT_BYTES 32u
#define RSA_PRIME_BYTES    (5u * RSA_BYTES / 8u)

/* ---- RSA ------------------------------------------------------------------------------------ */

static bool rsa_generate(void)
{
    const psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_RSA_KEY_PAIR, CRYPTO_RSA_GENERATE_BITS_MAX,
                      PSA_KEY_USAGE_SIGN_HASH, PSA_ALG_RSA_PKCS1V15_SIGN_RAW);
    psa_key_id_t key;
    return psa_generate_key(&attributes, &key) == PSA_SUCCESS &&
           psa_destroy_key(key) == PSA_SUCCESS;
}

/** A number of DER that has no small factor: 2^n - 5, which is one for 4096 bits. */
static void der_number(size_t len)
{
    const uint8_t head[] = {0x02, 0x82, (uint8_t)((len + 1) >> 8), (uint8_t)(len + 1), 0};
    memcpy(der + der_len, head, sizeof head);
    memset(der + der_len + sizeof head, 0xFF, len);
    der_len += sizeof head + len;
    der[der_len - 1] = 0xFB;
}

static void der_end(void)
{
    const uint8_t head[] = {0x30, 0x82, (uint8_t)((der_len - 4) >> 8), (uint8_t)(der_len - 4)};
    memcpy(der, head, sizeof head);
}

/** Numbers that do not belong together cost as much as others; what comes out is refused. */
static bool rsa_sign_with(size_t exponent, size_t prime)
{
    static const uint8_t version[] = {0x02, 0x01, 0x00};
    const psa_key_attributes_t attributes = attributes_of(
        PSA_KEY_TYPE_RSA_KEY_PAIR, 0, PSA_KEY_USAGE_SIGN_HASH, PSA_ALG_RSA_PKCS1V15_SIGN_RAW);
    psa_key_id_t key;
    der_len = 4;
    memcpy(der + der_len, version, sizeof version);
    der_len += sizeof version;
    der_number(RSA_BYTES);
    der_number(exponent);
    der_number(RSA_BYTES);
    for (unsigned i = 0; i < 5; i++) {
        der_number(prime);
    }
    der_end();
    if (psa_import_key(&attributes, der, der_len, &key) != PSA_SUCCESS) {
        return false;
    }
    const psa_status_t status = psa_sign_hash(key, PSA_ALG_RSA_PKCS1V15_SIGN_RAW, message, 32,
                                              answer, sizeof answer, &answer_len);
    return psa_destroy_key(key) == PSA_SUCCESS && status != PSA_ERROR_NOT_SUPPORTED;
}

static bool rsa_sign(void)
{
    return rsa_sign_with(RSA_EXPONENT_BYTES, RSA_PRIME_BYTES);
}

static bool rsa_verify(void)
{
    const psa_key_attributes_t attributes = attributes_of(
        PSA_KEY_TYPE_RSA_PUBLIC_KEY, 0, PSA_KEY_USAGE_VERIFY_HASH, PSA_ALG_RSA_PKCS1V15_SIGN_RAW);
    psa_key_id_t key;
    der_len = 4;
    der_number(RSA_BYTES);
    der_number(RSA_EXPONENT_BYTES);
    der_end();
    if (psa_import_key(&attributes, der, der_len, &key) != PSA_SUCCESS) {
        return false;
    }
    const psa_status_t status =
        psa_verify_hash(key, PSA_ALG_RSA_PKCS1V15_SIGN_RAW, message, 32, message + 1024, 512);
    return psa_destroy_key(key) == PSA_SUCCESS && status != PSA_ERROR_NOT_SUPPORTED;
}

/* ---- agreement and curves --------------------------------------------------------------------- */

static psa_key_id_t pair;
static size_t point_len;
static uint8_t point[PSA_EXPORT_PUBLIC_KEY_MAX_SIZE];

static bool make(psa_key_type_t type, size_t bits, psa_key_usage_t usage, psa_algorithm_t alg)
{
    const psa_key_attributes_t attributes = attributes_of(type, bits, usage, alg);
    return psa_destroy_key(pair) == PSA_SUCCESS &&
           psa_generate_key(&attributes, &pair) == PSA_SUCCESS;
}

static bool publish(void)
{
    return psa_export_public_key(pair, point, sizeof point, &point_len) == PSA_SUCCESS;
}

static bool ffdh_make(void)
{
    return make(PSA_KEY_TYPE_DH_KEY_PAIR(PSA_DH_FAMILY_RFC7919), 4096, PSA_KEY_USAGE_DERIVE,
                PSA_ALG_FFDH);
}

static bool ffdh_agree(void)
{
    return psa_raw_key_agreement(PSA_ALG_FFDH, pair, point, point_len, answer, sizeof answer,
                                 &answer_len) == PSA_SUCCESS;
}

static bool ecdh_agree(void)
{
    return psa_raw_key_agreement(PSA_ALG_ECDH, pair, point, point_len, answer, sizeof answer,
                                 &answer_len) == PSA_SUCCESS;
}

#define SIGNING PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_512)

static bool agree_make(void)
{
    return make(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_BRAINPOOL_P_R1), 512, PSA_KEY_USAGE_DERIVE,
                PSA_ALG_ECDH);
}

static bool sign_make(psa_ecc_family_t family, size_t bits)
{
    return make(PSA_KEY_TYPE_ECC_KEY_PAIR(family), bits,
                PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH, SIGNING);
}

static bool sign_make_bp512(void)
{
    return sign_make(PSA_ECC_FAMILY_BRAINPOOL_P_R1, 512);
}

static bool sign_make_p521(void)
{
    return sign_make(PSA_ECC_FAMILY_SECP_R1, 521);
}

static bool sign(void)
{
    return psa_sign_hash(pair, SIGNING, message, 64, answer, sizeof answer, &answer_len) ==
           PSA_SUCCESS;
}

static bool verify(void)
{
    return psa_verify_hash(pair, SIGNING, message, 64, answer, answer_len) == PSA_SUCCESS;
}

bool crypto_load_prepare(void)
{
    return psa_crypto_init() == PSA_SUCCESS;
}

const struct crypto_load crypto_loads[] = {
    {"pbkdf2_ripemd160", 1, derive_ripemd160, PARTS},
    {"pbkdf2_sha256", 1, derive_sha256, PARTS},
    {"pbkdf2_sha512", 1, derive_sha512, PARTS},
    {"pbkdf2_sha3", 1, derive_sha3, PARTS},
    {"pbkdf2_cmac", 1, derive_cmac, PARTS},
    {"hash_sha3", 1, hash_sha3, PARTS},
    {"mac_des", 1, mac_des, PARTS},
    {"encrypt_aria", 1, encrypt_aria, PARTS},
    {"ffdh_make", 1, ffdh_make, 0},
    {"ffdh_publish", 1, publish, 0},
    {"ffdh_agree", 1, ffdh_agree, 0},
    {"bp512_make", 1, agree_make, 0},
    {"bp512_publish", 1, publish, 0},
    {"bp512_agree", 1, ecdh_agree, 0},
    {"bp512_sign_make", 1, sign_make_bp512, 0},
    {"bp512_sign", 1, sign, 0},
    {"bp512_verify", 1, verify, 0},
    {"p521_make", 1, sign_make_p521, 0},
    {"p521_sign", 1, sign, 0},
    {"p521_verify", 1, verify, 0},
    {"rsa_verify", 1, rsa_verify, 0},
    {"rsa_sign", 1, rsa_sign, 0},
    {"rsa_generate", 1, rsa_generate, 0},
};
const unsigned crypto_load_count = sizeof crypto_loads / sizeof crypto_loads[0];
