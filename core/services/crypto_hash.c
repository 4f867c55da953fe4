/*
 * Message digests. A message of any length passes in parts.
 */
#include "services/crypto_operation.h"
#include "services/crypto_request.h"

static psa_status_t add(void *hash, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_size,
                        size_t *out_len)
{
    (void)out;
    (void)out_size;
    (void)out_len;
    return psa_hash_update(hash, in, in_len);
}

static psa_status_t hash_input(const struct crypto_call *call, psa_hash_operation_t *hash)
{
    const psa_status_t status = psa_hash_setup(hash, call->request.alg);
    return status == PSA_SUCCESS ? crypto_absorb(call, hash, add) : status;
}

static psa_status_t finish(const struct crypto_call *call, psa_hash_operation_t *hash)
{
    uint8_t digest[PSA_HASH_MAX_SIZE];
    const size_t room = call->message->out_size[0];
    size_t len = 0;
    const psa_status_t status =
        psa_hash_finish(hash, digest, room < sizeof digest ? room : sizeof digest, &len);
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, digest, len);
    }
    return status;
}

/** Compares with the hash in an input; one byte more than a hash has is enough to be wrong. */
static psa_status_t verify(const struct crypto_call *call, psa_hash_operation_t *hash,
                           uint32_t index)
{
    uint8_t expected[PSA_HASH_MAX_SIZE + 1];
    const size_t len = psa_read(call->message->handle, index, expected, sizeof expected);
    return psa_hash_verify(hash, expected, len);
}

psa_status_t crypto_hash_compute(const struct crypto_call *call)
{
    psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
    psa_status_t status = hash_input(call, &hash);
    if (status == PSA_SUCCESS) {
        status = finish(call, &hash);
    }
    (void)psa_hash_abort(&hash); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_hash_compare(const struct crypto_call *call)
{
    psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
    psa_status_t status = hash_input(call, &hash);
    if (status == PSA_SUCCESS) {
        status = verify(call, &hash, 2);
    }
    (void)psa_hash_abort(&hash); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_hash_setup(const struct crypto_call *call)
{
    return psa_hash_setup(call->state, call->request.alg);
}

psa_status_t crypto_hash_update(const struct crypto_call *call)
{
    return crypto_absorb(call, call->state, add);
}

psa_status_t crypto_hash_finish(const struct crypto_call *call)
{
    return finish(call, call->state);
}

psa_status_t crypto_hash_verify(const struct crypto_call *call)
{
    return verify(call, call->state, 1);
}

psa_status_t crypto_hash_clone(const struct crypto_call *call)
{
    const psa_hash_operation_t *source =
        crypto_operation_state(call, call->request.operation, CRYPTO_KIND_HASH);
    return source != NULL ? psa_hash_clone(source, call->state) : PSA_ERROR_BAD_STATE;
}
