/*
 * PSA Crypto, asymmetric signatures (psa/crypto.h), for a client.
 */
#include <psa/crypto.h>

#include "client/crypto_call.h"

static psa_status_t sign(const struct crypto_request *request, psa_invec in, psa_outvec out,
                         size_t *signature_length)
{
    psa_status_t status = crypto_call(request, &in, 1, &out);
    *signature_length = status == PSA_SUCCESS ? out.len : 0;
    return status;
}

psa_status_t psa_sign_hash(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    struct crypto_request request = {.function = CRYPTO_SIGN_HASH, .key = key, .alg = alg};
    return sign(&request, (psa_invec){hash, hash_length}, (psa_outvec){signature, signature_size},
                signature_length);
}

psa_status_t psa_sign_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                              size_t input_length, uint8_t *signature, size_t signature_size,
                              size_t *signature_length)
{
    struct crypto_request request = {.function = CRYPTO_SIGN_MESSAGE, .key = key, .alg = alg};
    return sign(&request, (psa_invec){input, input_length}, (psa_outvec){signature, signature_size},
                signature_length);
}

psa_status_t psa_verify_hash(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length)
{
    struct crypto_request request = {.function = CRYPTO_VERIFY_HASH, .key = key, .alg = alg};
    psa_invec in[2] = {{hash, hash_length}, {signature, signature_length}};
    return crypto_call(&request, in, 2, NULL);
}

psa_status_t psa_verify_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, const uint8_t *signature,
                                size_t signature_length)
{
    struct crypto_request request = {.function = CRYPTO_VERIFY_MESSAGE, .key = key, .alg = alg};
    psa_invec in[2] = {{input, input_length}, {signature, signature_length}};
    return crypto_call(&request, in, 2, NULL);
}
