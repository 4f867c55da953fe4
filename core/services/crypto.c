#include "services/crypto.h"

#include <stdalign.h>
#include <stdbool.h>

#include <mbedtls/build_info.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform.h>

#include <garrison/entropy.h>

#include "base/secret.h"
#include "services/crypto_operation.h"
#include "services/crypto_request.h"
#include "services/crypto_set.h"
#include "services/crypto_share.h"

/** Key slots and bytes of the arena that Non-secure callers leave to partitions. */
#define RESERVE_KEYS  4u
#define RESERVE_BYTES (GARRISON_CRYPTO_ARENA_BYTES / 8u)

/**
 * What is wiped of the stack behind each request. Mbed TLS leaves a private key there, with which it
 * has signed deterministically, and where it computes AES in software a part of a text: no deeper than
 * this, as tests/system finds. It takes 1,000 instructions; all of the stack would take four times as many.
 */
#define STACK_WIPED_BYTES 2048u

/** Random bytes made at a time; they stand on the stack. */
#define RANDOM_PART_BYTES 64u

/** Everything that Mbed TLS allocates, and whole inputs; used up it is INSUFFICIENT_MEMORY. */
static alignas(8) uint8_t arena[GARRISON_CRYPTO_ARENA_BYTES];
static bool started;
static uint32_t starts;

void crypto_note_start(uint32_t number)
{
    starts = number;
    crypto_operation_start(number);
}

uint32_t crypto_starts(void)
{
    return starts;
}

/** Called by Mbed TLS for every random byte it needs. */
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *output, size_t output_size,
                                             size_t *output_length)
{
    (void)context;
    *output_length = 0;
    if (port_entropy(output, output_size) != GARRISON_OK) {
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    }
    *output_length = output_size;
    return PSA_SUCCESS;
}

bool crypto_leaves_reserve(const struct crypto_call *call)
{
    mbedtls_psa_stats_t stats;
    if (call->message->client_id > 0) {
        return crypto_share_allows(call);
    }
    mbedtls_psa_get_stats(&stats);
    void *reserve = mbedtls_calloc(1, RESERVE_BYTES);
    mbedtls_free(reserve);
    return reserve != NULL &&
           stats.MBEDTLS_PRIVATE(volatile_slots) <= MBEDTLS_PSA_KEY_SLOT_COUNT - RESERVE_KEYS;
}

bool crypto_answer_is_number(const struct crypto_call *call)
{
    return call->message->out_size[0] == sizeof(uint32_t);
}

psa_status_t crypto_answer_number(const struct crypto_call *call, psa_status_t status,
                                  size_t number)
{
    const uint32_t answer = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
    if (!crypto_answer_is_number(call)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, &answer, sizeof answer);
    }
    return status;
}

psa_status_t crypto_random(const struct crypto_call *call)
{
    uint8_t part[RANDOM_PART_BYTES];
    size_t left = call->message->out_size[0];
    psa_status_t status = PSA_SUCCESS;

    while (left > 0 && status == PSA_SUCCESS) {
        const size_t len = left < sizeof part ? left : sizeof part;
        status = psa_generate_random(part, len);
        if (status == PSA_SUCCESS) {
            psa_write(call->message->handle, 0, part, len);
        }
        left -= len;
    }
    secret_wipe(part, sizeof part);
    return status;
}

/** Gives Mbed TLS its memory at the first message: nothing runs in the partition before. */
static psa_status_t start(void)
{
    if (started) {
        return PSA_SUCCESS;
    }
    mbedtls_memory_buffer_alloc_init(arena, sizeof arena);
    psa_status_t status = psa_crypto_init();
    started = status == PSA_SUCCESS;
    return status;
}

static psa_status_t run(struct crypto_call *call)
{
    if (call->request.function == CRYPTO_ABORT) {
        crypto_operation_abort(call);
        return PSA_SUCCESS;
    }
    if (call->request.function >= CRYPTO_FUNCTIONS ||
        crypto_functions[call->request.function] == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    crypto_function_fn *const function = crypto_functions[call->request.function];
    const uint8_t uses = crypto_function_uses[call->request.function];
    if (CRYPTO_KIND_OF(uses) == CRYPTO_KIND_NONE) {
        return function(call);
    }
    return crypto_operation_run(call, CRYPTO_KIND_OF(uses), CRYPTO_USE_OF(uses), function);
}

/** A message after the first one has started the service. */
static psa_status_t serve(struct crypto_call *call)
{
    if (call->message->type == PSA_IPC_CLIENT_ENDED) {
        return crypto_forget(call);
    }
    (void)crypto_storage_failure(); /* of another request */
    psa_status_t status = run(call);
    if (status == PSA_ERROR_DATA_INVALID) {
        const psa_status_t failure = crypto_storage_failure();
        status = failure != PSA_SUCCESS ? failure : status;
    }
    /* A persistent key stands in the arena only while a request uses it; others stay. */
    (void)psa_purge_key(crypto_key_of(call));
    secret_wipe_stack(STACK_WIPED_BYTES);
    return status;
}

static psa_status_t serve_counted(struct crypto_call *call)
{
    crypto_share_begin(call->message->client_id);
    const psa_status_t status = serve(call);
    crypto_share_end(call->message->client_id);
    return status;
}

psa_status_t crypto_service(const psa_msg_t *message)
{
    struct crypto_call call = {.message = message};
    const size_t size = message->in_size[0];

    if (message->type == PSA_IPC_CLIENT_ENDED) {
        return started ? serve_counted(&call) : PSA_SUCCESS;
    }
    if (size < CRYPTO_REQUEST_BYTES_MIN || size > sizeof call.request ||
        psa_read(message->handle, 0, &call.request, size) != size) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (message->type != PSA_IPC_CALL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    const psa_status_t status = start();
    return status == PSA_SUCCESS ? serve_counted(&call) : status;
}
