/*
 * PSA Crypto, signatures, asymmetric encryption and key agreement (psa/crypto.h), for a client.
 */
#include <psa/crypto_1_2.h>

#include "client/crypto_call.h"

psa_status_t psa_sign_hash(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    const struct crypto_request request = {.function = CRYPTO_SIGN_HASH, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in(hash, hash_length), signature, signature_size,
                      signature_length);
}

psa_status_t psa_sign_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                              size_t input_length, uint8_t *signature, size_t signature_size,
                              size_t *signature_length)
{
    const struct crypto_request request = {.function = CRYPTO_SIGN_MESSAGE, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in(input, input_length), signature, signature_size,
                      signature_length);
}

psa_status_t psa_verify_hash(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length)
{
    const struct crypto_request request = {.function = CRYPTO_VERIFY_HASH, .key = key, .alg = alg};
    return crypto_send(&request, crypto_in_2(hash, hash_length, signature, signature_length));
}

psa_status_t psa_verify_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, const uint8_t *signature,
                                size_t signature_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_VERIFY_MESSAGE, .key = key, .alg = alg};
    return crypto_send(&request, crypto_in_2(input, input_length, signature, signature_length));
}

psa_status_t psa_asymmetric_encrypt(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                    const uint8_t *input, size_t input_length, const uint8_t *salt,
                                    size_t salt_length, uint8_t *output, size_t output_size,
                                    size_t *output_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_ASYMMETRIC_ENCRYPT, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in_2(input, input_length, salt, salt_length), output,
                      output_size, output_length);
}

psa_status_t psa_asymmetric_decrypt(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                    const uint8_t *input, size_t input_length, const uint8_t *salt,
                                    size_t salt_length, uint8_t *output, size_t output_size,
                                    size_t *output_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_ASYMMETRIC_DECRYPT, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in_2(input, input_length, salt, salt_length), output,
                      output_size, output_length);
}

psa_status_t psa_raw_key_agreement(psa_algorithm_t alg, mbedtls_svc_key_id_t private_key,
                                   const uint8_t *peer_key, size_t peer_key_length, uint8_t *output,
                                   size_t output_size, size_t *output_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_RAW_KEY_AGREEMENT, .key = private_key, .alg = alg};
    return crypto_get(&request, crypto_in(peer_key, peer_key_length), output, output_size,
                      output_length);
}

psa_status_t psa_key_agreement(mbedtls_svc_key_id_t private_key, const uint8_t *peer_key,
                               size_t peer_key_length, psa_algorithm_t alg,
                               const psa_key_attributes_t *attributes, mbedtls_svc_key_id_t *key)
{
    const struct crypto_request request = {.function = CRYPTO_KEY_AGREEMENT,
                                           .key = private_key,
                                           .alg = alg,
                                           .attributes = crypto_attributes_to_wire(attributes)};
    return crypto_get_number(&request, crypto_in(peer_key, peer_key_length), key);
}
