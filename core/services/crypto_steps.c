/*
 * Signatures of hashes in steps, so that a caller decides how long it waits. How many steps a call
 * may take comes with the call: the library's own limit is one for all.
 */
#include "services/crypto_request.h"

static psa_status_t sign_start(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_sign_hash_start(call->state, crypto_key_of(call), call->request.alg,
                               buffers->in[0].data, buffers->in[0].len);
}

psa_status_t crypto_sign_hash_start(const struct crypto_call *call)
{
    return crypto_hash_length_is_right(call) ? crypto_whole(call, 0, sign_start)
                                             : PSA_ERROR_INVALID_ARGUMENT;
}

static psa_status_t sign_complete(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    psa_interruptible_set_max_ops(call->request.value[0]);
    const psa_status_t status =
        psa_sign_hash_complete(call->state, out->data, out->size, &out->len);
    if (status == PSA_SUCCESS && call->message->out_size[1] >= sizeof(uint32_t)) {
        const uint32_t steps = psa_sign_hash_get_num_ops(call->state);
        psa_write(call->message->handle, 1, &steps, sizeof steps);
    }
    return status;
}

psa_status_t crypto_sign_hash_complete(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_SIGNATURE_MAX_SIZE, sign_complete);
}

psa_status_t crypto_sign_hash_steps(const struct crypto_call *call)
{
    return crypto_answer_number(call, PSA_SUCCESS, psa_sign_hash_get_num_ops(call->state));
}

static psa_status_t verify_start(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_verify_hash_start(call->state, crypto_key_of(call), call->request.alg,
                                 buffers->in[0].data, buffers->in[0].len, buffers->in[1].data,
                                 buffers->in[1].len);
}

psa_status_t crypto_verify_hash_start(const struct crypto_call *call)
{
    return crypto_hash_length_is_right(call) ? crypto_whole(call, 0, verify_start)
                                             : PSA_ERROR_INVALID_ARGUMENT;
}

psa_status_t crypto_verify_hash_complete(const struct crypto_call *call)
{
    psa_interruptible_set_max_ops(call->request.value[0]);
    const psa_status_t status = psa_verify_hash_complete(call->state);
    return crypto_answer_number(call, status, psa_verify_hash_get_num_ops(call->state));
}

psa_status_t crypto_verify_hash_steps(const struct crypto_call *call)
{
    return crypto_answer_number(call, PSA_SUCCESS, psa_verify_hash_get_num_ops(call->state));
}
