/*
 * One unit with the release's, since what chooses a driver is a header of static functions: a second
 * unit would have all of those that it calls once more.
 */
#include "psa_crypto.c"

#include "garrison_psa_slot.h"

/*
 * Algorithm, key and policy are looked at before the signature's size is, and no signature is one
 * byte: an answer of any other kind is what psa_sign_message() has against them. A signature itself
 * is not made.
 */
psa_status_t garrison_psa_may_sign_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg)
{
    uint8_t signature[1];
    size_t length = 0;
    psa_status_t status = psa_sign_message(key, alg, NULL, 0, signature, sizeof signature, &length);
    if (status == PSA_SUCCESS) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    return status == PSA_ERROR_BUFFER_TOO_SMALL ? PSA_SUCCESS : status;
}

psa_status_t garrison_psa_may_verify_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg)
{
    const uint8_t signature[1] = {0};
    psa_status_t status = psa_verify_message(key, alg, NULL, 0, signature, 0);
    if (status == PSA_SUCCESS) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    return status == PSA_ERROR_INVALID_SIGNATURE ? PSA_SUCCESS : status;
}

psa_status_t garrison_psa_sign_digest(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                      const uint8_t *hash, size_t hash_length, uint8_t *signature,
                                      size_t signature_size, size_t *signature_length)
{
    psa_key_slot_t *slot = NULL;
    *signature_length = 0;
    if (signature_size == 0) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    psa_status_t status = psa_get_and_lock_key_slot(key, &slot);
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = psa_driver_wrapper_sign_hash(&slot->attr, slot->key.data, slot->key.bytes, alg, hash,
                                          hash_length, signature, signature_size, signature_length);
    psa_status_t unlocked = psa_unregister_read(slot);
    return status == PSA_SUCCESS ? unlocked : status;
}

psa_status_t garrison_psa_verify_digest(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                        const uint8_t *hash, size_t hash_length,
                                        const uint8_t *signature, size_t signature_length)
{
    psa_key_slot_t *slot = NULL;
    psa_status_t status = psa_get_and_lock_key_slot(key, &slot);
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = psa_driver_wrapper_verify_hash(&slot->attr, slot->key.data, slot->key.bytes, alg, hash,
                                            hash_length, signature, signature_length);
    psa_status_t unlocked = psa_unregister_read(slot);
    return status == PSA_SUCCESS ? unlocked : status;
}

psa_status_t garrison_psa_expected_bytes(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                         const uint8_t **data, size_t *length)
{
    psa_key_slot_t *slot = NULL;
    psa_status_t status = psa_get_and_lock_key_slot(key, &slot);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (slot->attr.type != PSA_KEY_TYPE_PASSWORD_HASH) {
        status = PSA_ERROR_INVALID_ARGUMENT;
    } else if ((slot->attr.policy.usage & PSA_KEY_USAGE_VERIFY_DERIVATION) == 0 ||
               slot->attr.policy.alg != alg) {
        status = PSA_ERROR_NOT_PERMITTED;
    }
    *data = slot->key.data;
    *length = slot->key.bytes;
    psa_status_t unlocked = psa_unregister_read(slot);
    return status == PSA_SUCCESS ? unlocked : status;
}

/* FIPS 186-5, A.1.1: public exponents are below 2^256; primes are of half the modulus's length. */
#define RSA_EXPONENT_BITS 256u

bool garrison_psa_rsa_is_usual(psa_key_type_t type, const uint8_t *data, size_t length)
{
    bool usual = true;
#if defined(MBEDTLS_RSA_C)
    mbedtls_rsa_context *rsa = NULL;
    if (PSA_KEY_TYPE_IS_RSA(type) &&
        mbedtls_psa_rsa_load_representation(type, data, length, &rsa) == PSA_SUCCESS) {
        const size_t longest = 5 * mbedtls_mpi_bitlen(&rsa->N) / 8;
        usual = mbedtls_mpi_bitlen(&rsa->E) <= RSA_EXPONENT_BITS &&
                mbedtls_mpi_bitlen(&rsa->P) <= longest && mbedtls_mpi_bitlen(&rsa->Q) <= longest &&
                mbedtls_mpi_bitlen(&rsa->DP) <= longest && mbedtls_mpi_bitlen(&rsa->DQ) <= longest;
        mbedtls_rsa_free(rsa);
        mbedtls_free(rsa);
    }
#else
    (void)type;
    (void)data;
    (void)length;
#endif
    return usual;
}

#if defined(PSA_HAVE_SOFT_PBKDF2)
/* Bytes of salt that cost less than a round, with every hash. */
#define SALT_OF_ROUND 64u

/* An HMAC of SHA-3 takes 133,000 instructions, one of any other hash at most 52,000. */
static unsigned rounds_of_hash(psa_algorithm_t hash)
{
    return hash >= PSA_ALG_SHA3_224 && hash <= PSA_ALG_SHA3_512 ? 4 : 1;
}
#endif

uint64_t garrison_psa_derivation_rounds(const psa_key_derivation_operation_t *operation, size_t len)
{
#if defined(PSA_HAVE_SOFT_PBKDF2)
    const psa_algorithm_t alg = psa_key_derivation_get_kdf_alg(operation);
    if (PSA_ALG_IS_PBKDF2(alg)) {
        const size_t block = alg == PSA_ALG_PBKDF2_AES_CMAC_PRF_128
                                 ? PSA_MAC_LENGTH(PSA_KEY_TYPE_AES, 128, PSA_ALG_CMAC)
                                 : PSA_HASH_LENGTH(PSA_ALG_PBKDF2_HMAC_GET_HASH(alg));
        const uint64_t rounds =
            operation->ctx.pbkdf2.input_cost + operation->ctx.pbkdf2.salt_length / SALT_OF_ROUND;
        return rounds_of_hash(PSA_ALG_PBKDF2_HMAC_GET_HASH(alg)) * rounds *
               (len / block + (len % block != 0));
    }
#endif
    (void)operation;
    (void)len;
    return 0;
}
