/*
 * What the crypto service offers, by its set of algorithms: one file crypto_set_*.c for each. A
 * function of whose kind a set has no algorithm has no row there, and no code in the manager.
 */
#pragma once

#include "services/crypto_operation.h"
#include "services/crypto_request.h"

struct crypto_function_row {
    crypto_function_fn *run; /**< NULL: there is no such function. */
    uint8_t kind;            /**< enum crypto_kind, of the operation that it is for. */
    uint8_t use;             /**< enum crypto_use, where it is for one. */
};

/** What a client may ask for. */
extern const struct crypto_function_row crypto_functions[CRYPTO_FUNCTIONS];

/** An operation of all zeros is initialised, whatever its kind. */
struct crypto_operation_kind {
    size_t size;
    psa_status_t (*abort)(void *state); /**< Cannot fail on an operation that was initialised. */
};

/** The function of a kind, of the one of Mbed TLS that has the operation's own type. */
#define CRYPTO_ABORT(name, function)                                                               \
    static psa_status_t name(void *state)                                                          \
    {                                                                                              \
        return function(state);                                                                    \
    }

extern const struct crypto_operation_kind crypto_kinds[CRYPTO_KINDS];

/** Functions of every set. */
#define CRYPTO_COMMON_FUNCTIONS                                                                    \
    [CRYPTO_RANDOM] = {crypto_random, 0, 0}, [CRYPTO_GENERATE_KEY] = {crypto_generate_key, 0, 0},  \
    [CRYPTO_IMPORT_KEY] = {crypto_import_key, 0, 0},                                               \
    [CRYPTO_EXPORT_KEY] = {crypto_export_key, 0, 0},                                               \
    [CRYPTO_EXPORT_PUBLIC_KEY] = {crypto_export_public_key, 0, 0},                                 \
    [CRYPTO_COPY_KEY] = {crypto_copy_key, 0, 0}, [CRYPTO_PURGE_KEY] = {crypto_purge_key, 0, 0},    \
    [CRYPTO_DESTROY_KEY] = {crypto_destroy_key, 0, 0},                                             \
    [CRYPTO_OPEN_KEY] = {crypto_open_key, 0, 0}, [CRYPTO_CLOSE_KEY] = {crypto_close_key, 0, 0},    \
    [CRYPTO_KEY_ATTRIBUTES] = {crypto_key_attributes, 0, 0},                                       \
    [CRYPTO_FORGET] = {crypto_forget, 0, 0}, [CRYPTO_HASH_COMPUTE] = {crypto_hash_compute, 0, 0},  \
    [CRYPTO_HASH_COMPARE] = {crypto_hash_compare, 0, 0},                                           \
    [CRYPTO_HASH_SETUP] = {crypto_hash_setup, CRYPTO_KIND_HASH, CRYPTO_MAKES},                     \
    [CRYPTO_HASH_UPDATE] = {crypto_hash_update, CRYPTO_KIND_HASH, CRYPTO_USES},                    \
    [CRYPTO_HASH_FINISH] = {crypto_hash_finish, CRYPTO_KIND_HASH, CRYPTO_ENDS},                    \
    [CRYPTO_HASH_VERIFY] = {crypto_hash_verify, CRYPTO_KIND_HASH, CRYPTO_ENDS},                    \
    [CRYPTO_HASH_CLONE] = {crypto_hash_clone, CRYPTO_KIND_HASH, CRYPTO_MAKES},                     \
    [CRYPTO_MAC_COMPUTE] = {crypto_mac_compute, 0, 0},                                             \
    [CRYPTO_MAC_VERIFY] = {crypto_mac_verify, 0, 0},                                               \
    [CRYPTO_MAC_SIGN_SETUP] = {crypto_mac_sign_setup, CRYPTO_KIND_MAC, CRYPTO_MAKES},              \
    [CRYPTO_MAC_VERIFY_SETUP] = {crypto_mac_verify_setup, CRYPTO_KIND_MAC, CRYPTO_MAKES},          \
    [CRYPTO_MAC_UPDATE] = {crypto_mac_update, CRYPTO_KIND_MAC, CRYPTO_USES},                       \
    [CRYPTO_MAC_SIGN_FINISH] = {crypto_mac_sign_finish, CRYPTO_KIND_MAC, CRYPTO_ENDS},             \
    [CRYPTO_MAC_VERIFY_FINISH] = {crypto_mac_verify_finish, CRYPTO_KIND_MAC, CRYPTO_ENDS},         \
    [CRYPTO_AEAD_ENCRYPT] = {crypto_aead_encrypt, 0, 0},                                           \
    [CRYPTO_AEAD_DECRYPT] = {crypto_aead_decrypt, 0, 0},                                           \
    [CRYPTO_AEAD_ENCRYPT_SETUP] = {crypto_aead_encrypt_setup, CRYPTO_KIND_AEAD, CRYPTO_MAKES},     \
    [CRYPTO_AEAD_DECRYPT_SETUP] = {crypto_aead_decrypt_setup, CRYPTO_KIND_AEAD, CRYPTO_MAKES},     \
    [CRYPTO_AEAD_GENERATE_NONCE] = {crypto_aead_generate_nonce, CRYPTO_KIND_AEAD, CRYPTO_USES},    \
    [CRYPTO_AEAD_SET_NONCE] = {crypto_aead_set_nonce, CRYPTO_KIND_AEAD, CRYPTO_USES},              \
    [CRYPTO_AEAD_SET_LENGTHS] = {crypto_aead_set_lengths, CRYPTO_KIND_AEAD, CRYPTO_USES},          \
    [CRYPTO_AEAD_UPDATE_AD] = {crypto_aead_update_ad, CRYPTO_KIND_AEAD, CRYPTO_USES},              \
    [CRYPTO_AEAD_UPDATE] = {crypto_aead_update, CRYPTO_KIND_AEAD, CRYPTO_USES},                    \
    [CRYPTO_AEAD_FINISH] = {crypto_aead_finish, CRYPTO_KIND_AEAD, CRYPTO_ENDS},                    \
    [CRYPTO_AEAD_VERIFY] = {crypto_aead_verify, CRYPTO_KIND_AEAD, CRYPTO_ENDS},                    \
    [CRYPTO_SIGN_HASH] = {crypto_sign_hash, 0, 0},                                                 \
    [CRYPTO_VERIFY_HASH] = {crypto_verify_hash, 0, 0},                                             \
    [CRYPTO_SIGN_MESSAGE] = {crypto_sign_message, 0, 0},                                           \
    [CRYPTO_VERIFY_MESSAGE] = {crypto_verify_message, 0, 0},                                       \
    [CRYPTO_RAW_KEY_AGREEMENT] = {crypto_raw_key_agreement, 0, 0},                                 \
    [CRYPTO_KEY_AGREEMENT] = {crypto_key_agreement, 0, 0},                                         \
    [CRYPTO_DERIVATION_SETUP] = {crypto_derivation_setup, CRYPTO_KIND_DERIVATION, CRYPTO_MAKES},   \
    [CRYPTO_DERIVATION_GET_CAPACITY] = {crypto_derivation_get_capacity, CRYPTO_KIND_DERIVATION,    \
                                        CRYPTO_KEEPS},                                             \
    [CRYPTO_DERIVATION_SET_CAPACITY] = {crypto_derivation_set_capacity, CRYPTO_KIND_DERIVATION,    \
                                        CRYPTO_KEEPS},                                             \
    [CRYPTO_DERIVATION_INPUT_BYTES] = {crypto_derivation_input_bytes, CRYPTO_KIND_DERIVATION,      \
                                       CRYPTO_USES},                                               \
    [CRYPTO_DERIVATION_INPUT_INTEGER] = {crypto_derivation_input_integer, CRYPTO_KIND_DERIVATION,  \
                                         CRYPTO_USES},                                             \
    [CRYPTO_DERIVATION_INPUT_KEY] = {crypto_derivation_input_key, CRYPTO_KIND_DERIVATION,          \
                                     CRYPTO_USES},                                                 \
    [CRYPTO_DERIVATION_KEY_AGREEMENT] = {crypto_derivation_key_agreement, CRYPTO_KIND_DERIVATION,  \
                                         CRYPTO_USES},                                             \
    [CRYPTO_DERIVATION_OUTPUT_BYTES] = {crypto_derivation_output_bytes, CRYPTO_KIND_DERIVATION,    \
                                        CRYPTO_KEEPS},                                             \
    [CRYPTO_DERIVATION_OUTPUT_KEY] = {crypto_derivation_output_key, CRYPTO_KIND_DERIVATION,        \
                                      CRYPTO_KEEPS},                                               \
    [CRYPTO_DERIVATION_VERIFY_BYTES] = {crypto_derivation_verify_bytes, CRYPTO_KIND_DERIVATION,    \
                                        CRYPTO_KEEPS},                                             \
    [CRYPTO_DERIVATION_VERIFY_KEY] = {crypto_derivation_verify_key, CRYPTO_KIND_DERIVATION,        \
                                      CRYPTO_KEEPS}
