/*
 * PSA Crypto, signatures of hashes in steps (psa/crypto.h), for a client.
 *
 * How many steps an operation took is still asked for once it is complete, when the service has
 * forgotten it: its handle then holds that number, with a mark that no handle has.
 */
#include <stdbool.h>

#include "client/crypto_call.h"

static uint32_t steps_max = PSA_INTERRUPTIBLE_MAX_OPS_UNLIMITED;

void psa_interruptible_set_max_ops(uint32_t max_ops)
{
    steps_max = max_ops;
}

uint32_t psa_interruptible_get_max_ops(void)
{
    return steps_max;
}

static uint32_t completed(uint32_t steps)
{
    return CRYPTO_OPERATION_MARK | steps;
}

static bool is_completed(uint32_t handle)
{
    return (handle & CRYPTO_OPERATION_MARK) != 0;
}

static psa_status_t start(uint32_t *handle, const struct crypto_request *request,
                          struct crypto_in in)
{
    if (is_completed(*handle)) {
        *handle = 0;
    }
    return crypto_setup(handle, request, in);
}

static uint32_t steps_of(enum crypto_function function, uint32_t handle)
{
    const struct crypto_request request = {.function = function, .operation = handle};
    uint32_t steps = 0;
    if (is_completed(handle)) {
        return handle & ~CRYPTO_OPERATION_MARK;
    }
    /* An operation that is not active has taken none, which is what a failure leaves. */
    (void)crypto_get_number(&request, crypto_in_none(), &steps);
    return steps;
}

static psa_status_t abort_or_forget(uint32_t *handle)
{
    if (is_completed(*handle)) {
        *handle = 0;
    }
    return crypto_abort(handle);
}

psa_status_t psa_sign_hash_start(psa_sign_hash_interruptible_operation_t *operation,
                                 mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                                 size_t hash_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_SIGN_HASH_START, .key = key, .alg = alg};
    return start(&operation->handle, &request, crypto_in(hash, hash_length));
}

psa_status_t psa_sign_hash_complete(psa_sign_hash_interruptible_operation_t *operation,
                                    uint8_t *signature, size_t signature_size,
                                    size_t *signature_length)
{
    const struct crypto_request request = {.function = CRYPTO_SIGN_HASH_COMPLETE,
                                           .operation = operation->handle,
                                           .value = {steps_max}};
    uint32_t steps = 0;
    psa_outvec out[2] = {{signature, signature_size}, {&steps, sizeof steps}};
    const psa_status_t status = crypto_call(&request, crypto_in_none(), out, 2);
    *signature_length = status == PSA_SUCCESS ? out[0].len : 0;
    if (status == PSA_SUCCESS) {
        operation->handle = completed(steps);
    }
    return status;
}

uint32_t psa_sign_hash_get_num_ops(const psa_sign_hash_interruptible_operation_t *operation)
{
    return steps_of(CRYPTO_SIGN_HASH_STEPS, operation->handle);
}

psa_status_t psa_sign_hash_abort(psa_sign_hash_interruptible_operation_t *operation)
{
    return abort_or_forget(&operation->handle);
}

psa_status_t psa_verify_hash_start(psa_verify_hash_interruptible_operation_t *operation,
                                   mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                   const uint8_t *hash, size_t hash_length,
                                   const uint8_t *signature, size_t signature_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_VERIFY_HASH_START, .key = key, .alg = alg};
    return start(&operation->handle, &request,
                 crypto_in_2(hash, hash_length, signature, signature_length));
}

psa_status_t psa_verify_hash_complete(psa_verify_hash_interruptible_operation_t *operation)
{
    const struct crypto_request request = {.function = CRYPTO_VERIFY_HASH_COMPLETE,
                                           .operation = operation->handle,
                                           .value = {steps_max}};
    uint32_t steps = 0;
    const psa_status_t status = crypto_get_number(&request, crypto_in_none(), &steps);
    if (status == PSA_SUCCESS) {
        operation->handle = completed(steps);
    }
    return status;
}

uint32_t psa_verify_hash_get_num_ops(const psa_verify_hash_interruptible_operation_t *operation)
{
    return steps_of(CRYPTO_VERIFY_HASH_STEPS, operation->handle);
}

psa_status_t psa_verify_hash_abort(psa_verify_hash_interruptible_operation_t *operation)
{
    return abort_or_forget(&operation->handle);
}
