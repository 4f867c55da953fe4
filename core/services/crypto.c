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

/** Key slots and bytes of the arena that Non-secure callers leave to partitions. */
#define RESERVE_KEYS  4u
#define RESERVE_BYTES (GARRISON_CRYPTO_ARENA_BYTES / 8u)

/** Random bytes made at a time; they stand on the stack. */
#define RANDOM_PART_BYTES 64u

/** Everything that Mbed TLS allocates, and whole inputs; used up it is INSUFFICIENT_MEMORY. */
static alignas(8) uint8_t arena[GARRISON_CRYPTO_ARENA_BYTES];
static bool started;

/** What a client may ask for. */
static const struct function {
    crypto_function_fn *run; /**< NULL: there is no such function. */
    uint8_t kind;            /**< enum crypto_kind, of the operation that it is for. */
    uint8_t use;             /**< enum crypto_use, where it is for one. */
} functions[CRYPTO_FUNCTIONS] = {
    [CRYPTO_RANDOM] = {crypto_random, 0, 0},

    [CRYPTO_GENERATE_KEY] = {crypto_generate_key, 0, 0},
    [CRYPTO_IMPORT_KEY] = {crypto_import_key, 0, 0},
    [CRYPTO_EXPORT_KEY] = {crypto_export_key, 0, 0},
    [CRYPTO_EXPORT_PUBLIC_KEY] = {crypto_export_public_key, 0, 0},
    [CRYPTO_COPY_KEY] = {crypto_copy_key, 0, 0},
    [CRYPTO_PURGE_KEY] = {crypto_purge_key, 0, 0},
    [CRYPTO_DESTROY_KEY] = {crypto_destroy_key, 0, 0},
    [CRYPTO_OPEN_KEY] = {crypto_open_key, 0, 0},
    [CRYPTO_CLOSE_KEY] = {crypto_close_key, 0, 0},
    [CRYPTO_KEY_ATTRIBUTES] = {crypto_key_attributes, 0, 0},
    [CRYPTO_FORGET] = {crypto_forget, 0, 0},

    [CRYPTO_HASH_COMPUTE] = {crypto_hash_compute, 0, 0},
    [CRYPTO_HASH_COMPARE] = {crypto_hash_compare, 0, 0},
    [CRYPTO_HASH_SETUP] = {crypto_hash_setup, CRYPTO_KIND_HASH, CRYPTO_MAKES},
    [CRYPTO_HASH_UPDATE] = {crypto_hash_update, CRYPTO_KIND_HASH, CRYPTO_USES},
    [CRYPTO_HASH_FINISH] = {crypto_hash_finish, CRYPTO_KIND_HASH, CRYPTO_ENDS},
    [CRYPTO_HASH_VERIFY] = {crypto_hash_verify, CRYPTO_KIND_HASH, CRYPTO_ENDS},
    [CRYPTO_HASH_CLONE] = {crypto_hash_clone, CRYPTO_KIND_HASH, CRYPTO_MAKES},

    [CRYPTO_MAC_COMPUTE] = {crypto_mac_compute, 0, 0},
    [CRYPTO_MAC_VERIFY] = {crypto_mac_verify, 0, 0},
    [CRYPTO_MAC_SIGN_SETUP] = {crypto_mac_sign_setup, CRYPTO_KIND_MAC, CRYPTO_MAKES},
    [CRYPTO_MAC_VERIFY_SETUP] = {crypto_mac_verify_setup, CRYPTO_KIND_MAC, CRYPTO_MAKES},
    [CRYPTO_MAC_UPDATE] = {crypto_mac_update, CRYPTO_KIND_MAC, CRYPTO_USES},
    [CRYPTO_MAC_SIGN_FINISH] = {crypto_mac_sign_finish, CRYPTO_KIND_MAC, CRYPTO_ENDS},
    [CRYPTO_MAC_VERIFY_FINISH] = {crypto_mac_verify_finish, CRYPTO_KIND_MAC, CRYPTO_ENDS},

    [CRYPTO_CIPHER_ENCRYPT] = {crypto_cipher_encrypt, 0, 0},
    [CRYPTO_CIPHER_DECRYPT] = {crypto_cipher_decrypt, 0, 0},
    [CRYPTO_CIPHER_ENCRYPT_SETUP] = {crypto_cipher_encrypt_setup, CRYPTO_KIND_CIPHER, CRYPTO_MAKES},
    [CRYPTO_CIPHER_DECRYPT_SETUP] = {crypto_cipher_decrypt_setup, CRYPTO_KIND_CIPHER, CRYPTO_MAKES},
    [CRYPTO_CIPHER_GENERATE_IV] = {crypto_cipher_generate_iv, CRYPTO_KIND_CIPHER, CRYPTO_USES},
    [CRYPTO_CIPHER_SET_IV] = {crypto_cipher_set_iv, CRYPTO_KIND_CIPHER, CRYPTO_USES},
    [CRYPTO_CIPHER_UPDATE] = {crypto_cipher_update, CRYPTO_KIND_CIPHER, CRYPTO_USES},
    [CRYPTO_CIPHER_FINISH] = {crypto_cipher_finish, CRYPTO_KIND_CIPHER, CRYPTO_ENDS},

    [CRYPTO_AEAD_ENCRYPT] = {crypto_aead_encrypt, 0, 0},
    [CRYPTO_AEAD_DECRYPT] = {crypto_aead_decrypt, 0, 0},
    [CRYPTO_AEAD_ENCRYPT_SETUP] = {crypto_aead_encrypt_setup, CRYPTO_KIND_AEAD, CRYPTO_MAKES},
    [CRYPTO_AEAD_DECRYPT_SETUP] = {crypto_aead_decrypt_setup, CRYPTO_KIND_AEAD, CRYPTO_MAKES},
    [CRYPTO_AEAD_GENERATE_NONCE] = {crypto_aead_generate_nonce, CRYPTO_KIND_AEAD, CRYPTO_USES},
    [CRYPTO_AEAD_SET_NONCE] = {crypto_aead_set_nonce, CRYPTO_KIND_AEAD, CRYPTO_USES},
    [CRYPTO_AEAD_SET_LENGTHS] = {crypto_aead_set_lengths, CRYPTO_KIND_AEAD, CRYPTO_USES},
    [CRYPTO_AEAD_UPDATE_AD] = {crypto_aead_update_ad, CRYPTO_KIND_AEAD, CRYPTO_USES},
    [CRYPTO_AEAD_UPDATE] = {crypto_aead_update, CRYPTO_KIND_AEAD, CRYPTO_USES},
    [CRYPTO_AEAD_FINISH] = {crypto_aead_finish, CRYPTO_KIND_AEAD, CRYPTO_ENDS},
    [CRYPTO_AEAD_VERIFY] = {crypto_aead_verify, CRYPTO_KIND_AEAD, CRYPTO_ENDS},

    [CRYPTO_SIGN_HASH] = {crypto_sign_hash, 0, 0},
    [CRYPTO_VERIFY_HASH] = {crypto_verify_hash, 0, 0},
    [CRYPTO_SIGN_MESSAGE] = {crypto_sign_message, 0, 0},
    [CRYPTO_VERIFY_MESSAGE] = {crypto_verify_message, 0, 0},
    [CRYPTO_ASYMMETRIC_ENCRYPT] = {crypto_asymmetric_encrypt, 0, 0},
    [CRYPTO_ASYMMETRIC_DECRYPT] = {crypto_asymmetric_decrypt, 0, 0},
    [CRYPTO_RAW_KEY_AGREEMENT] = {crypto_raw_key_agreement, 0, 0},
    [CRYPTO_KEY_AGREEMENT] = {crypto_key_agreement, 0, 0},

    [CRYPTO_DERIVATION_SETUP] = {crypto_derivation_setup, CRYPTO_KIND_DERIVATION, CRYPTO_MAKES},
    [CRYPTO_DERIVATION_GET_CAPACITY] = {crypto_derivation_get_capacity, CRYPTO_KIND_DERIVATION,
                                        CRYPTO_KEEPS},
    [CRYPTO_DERIVATION_SET_CAPACITY] = {crypto_derivation_set_capacity, CRYPTO_KIND_DERIVATION,
                                        CRYPTO_KEEPS},
    [CRYPTO_DERIVATION_INPUT_BYTES] = {crypto_derivation_input_bytes, CRYPTO_KIND_DERIVATION,
                                       CRYPTO_USES},
    [CRYPTO_DERIVATION_INPUT_INTEGER] = {crypto_derivation_input_integer, CRYPTO_KIND_DERIVATION,
                                         CRYPTO_USES},
    [CRYPTO_DERIVATION_INPUT_KEY] = {crypto_derivation_input_key, CRYPTO_KIND_DERIVATION,
                                     CRYPTO_USES},
    [CRYPTO_DERIVATION_KEY_AGREEMENT] = {crypto_derivation_key_agreement, CRYPTO_KIND_DERIVATION,
                                         CRYPTO_USES},
    [CRYPTO_DERIVATION_OUTPUT_BYTES] = {crypto_derivation_output_bytes, CRYPTO_KIND_DERIVATION,
                                        CRYPTO_KEEPS},
    [CRYPTO_DERIVATION_OUTPUT_KEY] = {crypto_derivation_output_key, CRYPTO_KIND_DERIVATION,
                                      CRYPTO_KEEPS},
    [CRYPTO_DERIVATION_VERIFY_BYTES] = {crypto_derivation_verify_bytes, CRYPTO_KIND_DERIVATION,
                                        CRYPTO_KEEPS},
    [CRYPTO_DERIVATION_VERIFY_KEY] = {crypto_derivation_verify_key, CRYPTO_KIND_DERIVATION,
                                      CRYPTO_KEEPS},

    [CRYPTO_PAKE_SETUP] = {crypto_pake_setup, CRYPTO_KIND_PAKE, CRYPTO_MAKES},
    [CRYPTO_PAKE_SET_PASSWORD_KEY] = {crypto_pake_set_password_key, CRYPTO_KIND_PAKE, CRYPTO_USES},
    [CRYPTO_PAKE_SET_USER] = {crypto_pake_set_user, CRYPTO_KIND_PAKE, CRYPTO_USES},
    [CRYPTO_PAKE_SET_PEER] = {crypto_pake_set_peer, CRYPTO_KIND_PAKE, CRYPTO_USES},
    [CRYPTO_PAKE_SET_ROLE] = {crypto_pake_set_role, CRYPTO_KIND_PAKE, CRYPTO_USES},
    [CRYPTO_PAKE_OUTPUT] = {crypto_pake_output, CRYPTO_KIND_PAKE, CRYPTO_USES},
    [CRYPTO_PAKE_INPUT] = {crypto_pake_input, CRYPTO_KIND_PAKE, CRYPTO_USES},
    [CRYPTO_PAKE_IMPLICIT_KEY] = {crypto_pake_implicit_key, CRYPTO_KIND_PAKE, CRYPTO_ENDS},

    [CRYPTO_SIGN_HASH_START] = {crypto_sign_hash_start, CRYPTO_KIND_SIGN, CRYPTO_MAKES},
    [CRYPTO_SIGN_HASH_COMPLETE] = {crypto_sign_hash_complete, CRYPTO_KIND_SIGN, CRYPTO_ENDS},
    [CRYPTO_SIGN_HASH_STEPS] = {crypto_sign_hash_steps, CRYPTO_KIND_SIGN, CRYPTO_KEEPS},
    [CRYPTO_VERIFY_HASH_START] = {crypto_verify_hash_start, CRYPTO_KIND_VERIFY, CRYPTO_MAKES},
    [CRYPTO_VERIFY_HASH_COMPLETE] = {crypto_verify_hash_complete, CRYPTO_KIND_VERIFY, CRYPTO_ENDS},
    [CRYPTO_VERIFY_HASH_STEPS] = {crypto_verify_hash_steps, CRYPTO_KIND_VERIFY, CRYPTO_KEEPS},
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

bool crypto_leaves_reserve(const struct crypto_call *call)
{
    mbedtls_psa_stats_t stats;
    if (call->message->client_id > 0) {
        return true;
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
        functions[call->request.function].run == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    const struct function *function = &functions[call->request.function];
    if (function->kind == CRYPTO_KIND_NONE) {
        return function->run(call);
    }
    return crypto_operation_run(call, (enum crypto_kind)function->kind,
                                (enum crypto_use)function->use, function->run);
}

psa_status_t crypto_service(const psa_msg_t *message)
{
    struct crypto_call call = {.message = message};
    const size_t size = message->in_size[0];

    if (message->type == PSA_IPC_CLIENT_ENDED) {
        return started ? crypto_forget(&call) : PSA_SUCCESS;
    }
    if (size < CRYPTO_REQUEST_BYTES_MIN || size > sizeof call.request ||
        psa_read(message->handle, 0, &call.request, size) != size) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (message->type != PSA_IPC_CALL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = start();
    if (status != PSA_SUCCESS) {
        return status;
    }
    (void)crypto_storage_failure(); /* of another request */
    status = run(&call);
    if (status == PSA_ERROR_DATA_INVALID) {
        const psa_status_t failure = crypto_storage_failure();
        status = failure != PSA_SUCCESS ? failure : status;
    }
    /* A persistent key stands in the arena only while a request uses it; others stay. */
    (void)psa_purge_key(crypto_key_of(&call));
    return status;
}
