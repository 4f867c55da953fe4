/*
 * PSA Crypto, message digests (psa/crypto.h), for a client. An operation holds the number that the
 * service gave it; after a failure it stays active until psa_hash_abort(), as the API demands.
 */
#include <psa/crypto.h>

#include "client/crypto_call.h"

psa_status_t psa_crypto_init(void)
{
    return psa_version(CRYPTO_SID) >= CRYPTO_VERSION ? PSA_SUCCESS
                                                     : PSA_ERROR_COMMUNICATION_FAILURE;
}

psa_status_t psa_generate_random(uint8_t *output, size_t output_size)
{
    struct crypto_request request = {.function = CRYPTO_RANDOM};
    psa_outvec out = {output, output_size};
    psa_status_t status = crypto_call(&request, NULL, 0, &out);
    /* Bytes that nobody made must not pass for random ones. */
    return status == PSA_SUCCESS && out.len != output_size ? PSA_ERROR_COMMUNICATION_FAILURE
                                                           : status;
}

psa_status_t psa_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              uint8_t *hash, size_t hash_size, size_t *hash_length)
{
    struct crypto_request request = {.function = CRYPTO_HASH_COMPUTE, .alg = alg};
    psa_invec in = {input, input_length};
    psa_outvec out = {hash, hash_size};
    psa_status_t status = crypto_call(&request, &in, 1, &out);
    *hash_length = status == PSA_SUCCESS ? out.len : 0;
    return status;
}

psa_status_t psa_hash_compare(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              const uint8_t *hash, size_t hash_length)
{
    struct crypto_request request = {.function = CRYPTO_HASH_COMPARE, .alg = alg};
    psa_invec in[2] = {{input, input_length}, {hash, hash_length}};
    return crypto_call(&request, in, 2, NULL);
}

psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg)
{
    struct crypto_request request = {.function = CRYPTO_HASH_SETUP, .alg = alg};
    psa_outvec out = {&operation->handle, sizeof operation->handle};
    if (operation->handle != 0) {
        return PSA_ERROR_BAD_STATE;
    }
    return crypto_call(&request, NULL, 0, &out);
}

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length)
{
    struct crypto_request request = {.function = CRYPTO_HASH_UPDATE,
                                     .operation = operation->handle};
    psa_invec in = {input, input_length};
    return crypto_call(&request, &in, 1, NULL);
}

psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length)
{
    struct crypto_request request = {.function = CRYPTO_HASH_FINISH,
                                     .operation = operation->handle};
    psa_outvec out = {hash, hash_size};
    psa_status_t status = crypto_call(&request, NULL, 0, &out);
    *hash_length = 0;
    if (status == PSA_SUCCESS) {
        *hash_length = out.len;
        operation->handle = 0;
    }
    return status;
}

psa_status_t psa_hash_verify(psa_hash_operation_t *operation, const uint8_t *hash,
                             size_t hash_length)
{
    struct crypto_request request = {.function = CRYPTO_HASH_VERIFY,
                                     .operation = operation->handle};
    psa_invec in = {hash, hash_length};
    psa_status_t status = crypto_call(&request, &in, 1, NULL);
    if (status == PSA_SUCCESS) {
        operation->handle = 0;
    }
    return status;
}

psa_status_t psa_hash_abort(psa_hash_operation_t *operation)
{
    struct crypto_request request = {.function = CRYPTO_HASH_ABORT, .operation = operation->handle};
    if (operation->handle == 0) {
        return PSA_SUCCESS;
    }
    psa_status_t status = crypto_call(&request, NULL, 0, NULL);
    if (status == PSA_SUCCESS) {
        operation->handle = 0;
    }
    return status;
}

psa_status_t psa_hash_clone(const psa_hash_operation_t *source_operation,
                            psa_hash_operation_t *target_operation)
{
    struct crypto_request request = {.function = CRYPTO_HASH_CLONE,
                                     .operation = source_operation->handle};
    psa_outvec out = {&target_operation->handle, sizeof target_operation->handle};
    if (target_operation->handle != 0) {
        return PSA_ERROR_BAD_STATE;
    }
    return crypto_call(&request, NULL, 0, &out);
}
