#include "services/crypto.h"

#include <stdalign.h>
#include <stdbool.h>

#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform.h>

#include <garrison/entropy.h>

#include "base/secret.h"
#include "services/crypto_request.h"

/** Everything that Mbed TLS allocates, and whole inputs; used up it is INSUFFICIENT_MEMORY. */
#define ARENA_BYTES 16384u

/** Random bytes made at a time; they stand on the stack. */
#define RANDOM_CHUNK_BYTES 64u

static alignas(8) uint8_t arena[ARENA_BYTES];
static bool started;

static crypto_function_fn generate_random;

static const struct {
    uint32_t function;
    crypto_function_fn *run;
} functions[] = {
    {CRYPTO_HASH_COMPUTE, crypto_hash_compute},
    {CRYPTO_HASH_COMPARE, crypto_hash_compare},
    {CRYPTO_HASH_SETUP, crypto_hash_setup},
    {CRYPTO_HASH_UPDATE, crypto_hash_update},
    {CRYPTO_HASH_FINISH, crypto_hash_finish},
    {CRYPTO_HASH_VERIFY, crypto_hash_verify},
    {CRYPTO_HASH_ABORT, crypto_hash_abort},
    {CRYPTO_HASH_CLONE, crypto_hash_clone},
    {CRYPTO_RANDOM, generate_random},
    {CRYPTO_GENERATE_KEY, crypto_generate_key},
    {CRYPTO_IMPORT_KEY, crypto_import_key},
    {CRYPTO_EXPORT_PUBLIC_KEY, crypto_export_public_key},
    {CRYPTO_DESTROY_KEY, crypto_destroy_key},
    {CRYPTO_KEY_ATTRIBUTES, crypto_key_attributes},
    {CRYPTO_SIGN_HASH, crypto_sign_hash},
    {CRYPTO_VERIFY_HASH, crypto_verify_hash},
    {CRYPTO_SIGN_MESSAGE, crypto_sign_message},
    {CRYPTO_VERIFY_MESSAGE, crypto_verify_message},
};

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

mbedtls_svc_key_id_t crypto_key_of(const struct crypto_call *call)
{
    return mbedtls_svc_key_id_make(call->message->client_id, call->request.key);
}

psa_status_t crypto_input_read(const struct crypto_call *call, uint32_t index,
                               struct crypto_input *input)
{
    size_t len = call->message->in_size[index];
    input->len = 0;
    input->data = mbedtls_calloc(1, len > 0 ? len : 1);
    if (input->data == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    input->len = psa_read(call->message->handle, index, input->data, len);
    return PSA_SUCCESS;
}

void crypto_input_free(struct crypto_input *input)
{
    if (input->data != NULL) {
        secret_wipe(input->data, input->len);
        mbedtls_free(input->data);
    }
    input->data = NULL;
    input->len = 0;
}

size_t crypto_output_size(const struct crypto_call *call, size_t size)
{
    return call->message->out_size[0] < size ? call->message->out_size[0] : size;
}

psa_status_t crypto_output_write(const struct crypto_call *call, psa_status_t status,
                                 const void *data, size_t len)
{
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, data, len);
    }
    return status;
}

static psa_status_t generate_random(const struct crypto_call *call)
{
    uint8_t chunk[RANDOM_CHUNK_BYTES];
    size_t left = call->message->out_size[0];
    psa_status_t status = PSA_SUCCESS;

    while (left > 0 && status == PSA_SUCCESS) {
        size_t len = left < sizeof chunk ? left : sizeof chunk;
        status = crypto_output_write(call, psa_generate_random(chunk, len), chunk, len);
        left -= len;
    }
    secret_wipe(chunk, sizeof chunk);
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

psa_status_t crypto_service(const psa_msg_t *message)
{
    struct crypto_call call = {.message = message};

    if (message->in_size[0] != sizeof call.request ||
        psa_read(message->handle, 0, &call.request, sizeof call.request) != sizeof call.request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (message->type != PSA_IPC_CALL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = start();
    if (status != PSA_SUCCESS) {
        return status;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (functions[i].function == call.request.function) {
            return functions[i].run(&call);
        }
    }
    return PSA_ERROR_NOT_SUPPORTED;
}
