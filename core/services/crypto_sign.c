/*
 * Signatures. The input is read whole: Mbed TLS takes it in one piece, and it applies the key's
 * policy, which tells messages from hashes.
 */
#include <stdbool.h>

#include "services/crypto_request.h"

typedef psa_status_t sign_fn(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                             size_t input_length, uint8_t *signature, size_t signature_size,
                             size_t *signature_length);

typedef psa_status_t verify_fn(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                               size_t input_length, const uint8_t *signature,
                               size_t signature_length);

/** Mbed TLS signs a hash of any length; the API wants that of the algorithm's hash. */
static psa_status_t check_hash_length(const struct crypto_call *call)
{
    size_t len = PSA_HASH_LENGTH(PSA_ALG_SIGN_GET_HASH(call->request.alg)); /* 0: any */
    bool right = len == 0 || len == call->message->in_size[1];
    return right ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
}

static psa_status_t sign(const struct crypto_call *call, sign_fn *run)
{
    uint8_t signature[PSA_SIGNATURE_MAX_SIZE];
    struct crypto_input input = {0};
    size_t len = 0;

    psa_status_t status = crypto_input_read(call, 1, &input);
    if (status == PSA_SUCCESS) {
        status = run(crypto_key_of(call), call->request.alg, input.data, input.len, signature,
                     crypto_output_size(call, sizeof signature), &len);
    }
    crypto_input_free(&input);
    return crypto_output_write(call, status, signature, len);
}

static psa_status_t verify(const struct crypto_call *call, verify_fn *run)
{
    struct crypto_input input = {0};
    struct crypto_input signature = {0};

    psa_status_t status = crypto_input_read(call, 1, &input);
    if (status == PSA_SUCCESS) {
        status = crypto_input_read(call, 2, &signature);
    }
    if (status == PSA_SUCCESS) {
        status = run(crypto_key_of(call), call->request.alg, input.data, input.len, signature.data,
                     signature.len);
    }
    crypto_input_free(&signature);
    crypto_input_free(&input);
    return status;
}

psa_status_t crypto_sign_hash(const struct crypto_call *call)
{
    psa_status_t status = check_hash_length(call);
    return status == PSA_SUCCESS ? sign(call, psa_sign_hash) : status;
}

psa_status_t crypto_verify_hash(const struct crypto_call *call)
{
    psa_status_t status = check_hash_length(call);
    return status == PSA_SUCCESS ? verify(call, psa_verify_hash) : status;
}

psa_status_t crypto_sign_message(const struct crypto_call *call)
{
    return sign(call, psa_sign_message);
}

psa_status_t crypto_verify_message(const struct crypto_call *call)
{
    return verify(call, psa_verify_message);
}
