#include "crypto_load.h"

#include <psa/crypto.h>

#define SIGNING PSA_ALG_ECDSA(PSA_ALG_SHA_256)

static const uint8_t text[1024] = "text";
static uint8_t signature[64];
static psa_key_id_t key;
static psa_key_id_t public;
static psa_key_id_t secret; /* of AES-GCM */
static psa_key_id_t made;   /* of the last generation */

static bool hash_64(void)
{
    uint8_t hash[32];
    size_t len;
    return psa_hash_compute(PSA_ALG_SHA_256, text, 64, hash, sizeof hash, &len) == PSA_SUCCESS;
}

static bool hash_1k(void)
{
    uint8_t hash[32];
    size_t len;
    return psa_hash_compute(PSA_ALG_SHA_256, text, sizeof text, hash, sizeof hash, &len) ==
           PSA_SUCCESS;
}

static bool make_secret(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT);
    psa_set_key_algorithm(&attributes, PSA_ALG_GCM);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    return psa_generate_key(&attributes, &secret) == PSA_SUCCESS;
}

/** 1 KB, with a tag. */
static bool seal(void)
{
    static uint8_t sealed[sizeof text + 16];
    size_t len;
    return psa_aead_encrypt(secret, PSA_ALG_GCM, text, 12, NULL, 0, text, sizeof text, sealed,
                            sizeof sealed, &len) == PSA_SUCCESS;
}

static void allow_signatures(psa_key_attributes_t *attributes)
{
    psa_set_key_usage_flags(attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(attributes, SIGNING);
}

static bool make_pair(psa_key_id_t *pair)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    allow_signatures(&attributes);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    return psa_generate_key(&attributes, pair) == PSA_SUCCESS;
}

static bool generate(void)
{
    return psa_destroy_key(made) == PSA_SUCCESS && make_pair(&made);
}

static bool publish(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t point[65];
    size_t len;
    allow_signatures(&attributes);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    return psa_export_public_key(key, point, sizeof point, &len) == PSA_SUCCESS &&
           psa_import_key(&attributes, point, len, &public) == PSA_SUCCESS;
}

static bool sign(void)
{
    size_t len;
    return psa_sign_hash(key, SIGNING, text, 32, signature, sizeof signature, &len) == PSA_SUCCESS;
}

static bool verify(void)
{
    return psa_verify_hash(public, SIGNING, text, 32, signature, sizeof signature) == PSA_SUCCESS;
}

bool crypto_load_prepare(void)
{
    return psa_crypto_init() == PSA_SUCCESS && make_pair(&key) && publish() && sign() &&
           make_secret();
}

const struct crypto_load crypto_loads[] = {
    {"sha256_64b", 20, hash_64, 0}, {"sha256_1k", 20, hash_1k, 0},
    {"aes_gcm", 4, seal, 0},        {"p256_sign", 2, sign, 0},
    {"p256_verify", 2, verify, 0},  {"p256_generate", 2, generate, 0},
};
const unsigned crypto_load_count = sizeof crypto_loads / sizeof crypto_loads[0];
