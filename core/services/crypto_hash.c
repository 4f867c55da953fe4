/*
 * Hashes. A message of any length passes through a small buffer on the stack; an operation in
 * several parts stands in a table, belongs to the client that set it up, and is named by a number
 * that is never used twice in a row, so that a stale one is refused.
 */
#include <stdbool.h>

#include "base/secret.h"
#include "services/crypto_request.h"

#define CHUNK_BYTES 256u
#define OPERATIONS  8u

/** Low bits of an operation's number: its place in the table. */
#define PLACE_BITS 3u

struct operation {
    uint32_t number; /**< 0: free. */
    int32_t client_id;
    psa_hash_operation_t hash;
};

static struct operation operations[OPERATIONS];
static uint32_t generation;

_Static_assert(OPERATIONS == 1u << PLACE_BITS, "every place has a number");

/** Adds an input, whole, to a hash. */
static psa_status_t add_input(const struct crypto_call *call, psa_hash_operation_t *hash,
                              uint32_t index)
{
    uint8_t chunk[CHUNK_BYTES];
    size_t left = call->message->in_size[index];
    psa_status_t status = PSA_SUCCESS;

    while (left > 0 && status == PSA_SUCCESS) {
        size_t len = psa_read(call->message->handle, index, chunk, sizeof chunk);
        status = psa_hash_update(hash, chunk, len);
        left -= len;
    }
    secret_wipe(chunk, sizeof chunk);
    return status;
}

static psa_status_t hash_input(const struct crypto_call *call, psa_hash_operation_t *hash)
{
    psa_status_t status = psa_hash_setup(hash, call->request.alg);
    return status == PSA_SUCCESS ? add_input(call, hash, 1) : status;
}

static psa_status_t finish(const struct crypto_call *call, psa_hash_operation_t *hash)
{
    uint8_t digest[PSA_HASH_MAX_SIZE];
    size_t len = 0;
    psa_status_t status =
        psa_hash_finish(hash, digest, crypto_output_size(call, sizeof digest), &len);
    return crypto_output_write(call, status, digest, len);
}

/** Compares with the hash in an input; one byte more than a hash has is enough to be wrong. */
static psa_status_t verify(const struct crypto_call *call, psa_hash_operation_t *hash,
                           uint32_t index)
{
    uint8_t expected[PSA_HASH_MAX_SIZE + 1];
    size_t len = psa_read(call->message->handle, index, expected, sizeof expected);
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

/** The caller's operation, or NULL: another client's, ended, or never set up. */
static struct operation *find_operation(const struct crypto_call *call)
{
    uint32_t number = call->request.operation;
    struct operation *operation = &operations[number % OPERATIONS];
    if (number == 0 || operation->number != number ||
        operation->client_id != call->message->client_id) {
        return NULL;
    }
    return operation;
}

static struct operation *take_operation(int32_t client_id)
{
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        struct operation *operation = &operations[i];
        if (operation->number == 0) {
            generation = (generation + 1) & (UINT32_MAX >> (PLACE_BITS + 1));
            generation += generation == 0;
            operation->number = generation << PLACE_BITS | i;
            operation->client_id = client_id;
            operation->hash = psa_hash_operation_init();
            return operation;
        }
    }
    return NULL;
}

static void free_operation(struct operation *operation)
{
    (void)psa_hash_abort(&operation->hash); /* cannot fail on an operation that was initialised */
    secret_wipe(operation, sizeof *operation);
}

/** Frees the operation after a failure: the client is left with a number that names nothing. */
static psa_status_t free_on_failure(struct operation *operation, psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        free_operation(operation);
    }
    return status;
}

/** Answers with the number of a new operation, or frees it. */
static psa_status_t answer_operation(const struct crypto_call *call, struct operation *operation,
                                     psa_status_t status)
{
    (void)crypto_output_write(call, status, &operation->number, sizeof operation->number);
    return free_on_failure(operation, status);
}

psa_status_t crypto_hash_setup(const struct crypto_call *call)
{
    if (call->message->out_size[0] != sizeof(uint32_t)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    struct operation *operation = take_operation(call->message->client_id);
    if (operation == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    return answer_operation(call, operation, psa_hash_setup(&operation->hash, call->request.alg));
}

psa_status_t crypto_hash_update(const struct crypto_call *call)
{
    struct operation *operation = find_operation(call);
    if (operation == NULL) {
        return PSA_ERROR_BAD_STATE;
    }
    return free_on_failure(operation, add_input(call, &operation->hash, 1));
}

psa_status_t crypto_hash_finish(const struct crypto_call *call)
{
    struct operation *operation = find_operation(call);
    if (operation == NULL) {
        return PSA_ERROR_BAD_STATE;
    }
    psa_status_t status = finish(call, &operation->hash);
    free_operation(operation);
    return status;
}

psa_status_t crypto_hash_verify(const struct crypto_call *call)
{
    struct operation *operation = find_operation(call);
    if (operation == NULL) {
        return PSA_ERROR_BAD_STATE;
    }
    psa_status_t status = verify(call, &operation->hash, 1);
    free_operation(operation);
    return status;
}

psa_status_t crypto_hash_abort(const struct crypto_call *call)
{
    struct operation *operation = find_operation(call);
    if (operation != NULL) {
        free_operation(operation);
    }
    return PSA_SUCCESS;
}

psa_status_t crypto_hash_clone(const struct crypto_call *call)
{
    const struct operation *source = find_operation(call);
    if (call->message->out_size[0] != sizeof(uint32_t)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (source == NULL) {
        return PSA_ERROR_BAD_STATE;
    }
    struct operation *clone = take_operation(call->message->client_id);
    if (clone == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    return answer_operation(call, clone, psa_hash_clone(&source->hash, &clone->hash));
}
