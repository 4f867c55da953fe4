/*
 * What the crypto service offers, by its set of algorithms: one file crypto_set_*.c for each. A
 * function of whose kind a set has no algorithm has no row there, and no code in the manager.
 */
#pragma once

#include "services/crypto_operation.h"
#include "services/crypto_request.h"

/** What a client may ask for; NULL: there is no such function. */
extern crypto_function_fn *const crypto_functions[CRYPTO_FUNCTIONS];

/** Of each function the kind of operation that it is for, and what it does to it. */
extern const uint8_t crypto_function_uses[CRYPTO_FUNCTIONS];

#define CRYPTO_KIND_OF(uses) ((enum crypto_kind)((uses)&0xFu))
#define CRYPTO_USE_OF(uses)  ((enum crypto_use)((uses) >> 4))

/** Both tables, of a list of X(function, what runs, kind, use). */
#define CRYPTO_RUN_ROW(function, run, kind, use) [function] = (run),
#define CRYPTO_USE_ROW(function, run, kind, use) [function] = (uint8_t)((kind) | (use) << 4),
#define CRYPTO_TABLES(list)                                                                        \
    crypto_function_fn *const crypto_functions[CRYPTO_FUNCTIONS] = {list(CRYPTO_RUN_ROW)};         \
    const uint8_t crypto_function_uses[CRYPTO_FUNCTIONS] = {list(CRYPTO_USE_ROW)};

_Static_assert(CRYPTO_KINDS <= 16, "a kind has four bits");

/** Whether it can make RSA keys, which costs time. */
extern const bool crypto_makes_rsa;

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

/** Functions of every set: X(function, what runs, the kind of operation that it is for, its use). */
#define CRYPTO_COMMON_FUNCTIONS(X)                                                                 \
    X(CRYPTO_RANDOM, crypto_random, CRYPTO_KIND_NONE, 0)                                           \
    X(CRYPTO_GENERATE_KEY, crypto_generate_key, CRYPTO_KIND_NONE, 0)                               \
    X(CRYPTO_IMPORT_KEY, crypto_import_key, CRYPTO_KIND_NONE, 0)                                   \
    X(CRYPTO_EXPORT_KEY, crypto_export_key, CRYPTO_KIND_NONE, 0)                                   \
    X(CRYPTO_EXPORT_PUBLIC_KEY, crypto_export_public_key, CRYPTO_KIND_NONE, 0)                     \
    X(CRYPTO_COPY_KEY, crypto_copy_key, CRYPTO_KIND_NONE, 0)                                       \
    X(CRYPTO_PURGE_KEY, crypto_purge_key, CRYPTO_KIND_NONE, 0)                                     \
    X(CRYPTO_DESTROY_KEY, crypto_destroy_key, CRYPTO_KIND_NONE, 0)                                 \
    X(CRYPTO_OPEN_KEY, crypto_open_key, CRYPTO_KIND_NONE, 0)                                       \
    X(CRYPTO_CLOSE_KEY, crypto_close_key, CRYPTO_KIND_NONE, 0)                                     \
    X(CRYPTO_KEY_ATTRIBUTES, crypto_key_attributes, CRYPTO_KIND_NONE, 0)                           \
    X(CRYPTO_FORGET, crypto_forget, CRYPTO_KIND_NONE, 0)                                           \
    X(CRYPTO_HASH_COMPUTE, crypto_hash_compute, CRYPTO_KIND_NONE, 0)                               \
    X(CRYPTO_HASH_COMPARE, crypto_hash_compare, CRYPTO_KIND_NONE, 0)                               \
    X(CRYPTO_HASH_SETUP, crypto_hash_setup, CRYPTO_KIND_HASH, CRYPTO_MAKES)                        \
    X(CRYPTO_HASH_UPDATE, crypto_hash_update, CRYPTO_KIND_HASH, CRYPTO_USES)                       \
    X(CRYPTO_HASH_FINISH, crypto_hash_finish, CRYPTO_KIND_HASH, CRYPTO_ENDS)                       \
    X(CRYPTO_HASH_VERIFY, crypto_hash_verify, CRYPTO_KIND_HASH, CRYPTO_ENDS)                       \
    X(CRYPTO_HASH_CLONE, crypto_hash_clone, CRYPTO_KIND_HASH, CRYPTO_MAKES)                        \
    X(CRYPTO_MAC_COMPUTE, crypto_mac_compute, CRYPTO_KIND_NONE, 0)                                 \
    X(CRYPTO_MAC_VERIFY, crypto_mac_verify, CRYPTO_KIND_NONE, 0)                                   \
    X(CRYPTO_MAC_SIGN_SETUP, crypto_mac_sign_setup, CRYPTO_KIND_MAC, CRYPTO_MAKES)                 \
    X(CRYPTO_MAC_VERIFY_SETUP, crypto_mac_verify_setup, CRYPTO_KIND_MAC, CRYPTO_MAKES)             \
    X(CRYPTO_MAC_UPDATE, crypto_mac_update, CRYPTO_KIND_MAC, CRYPTO_USES)                          \
    X(CRYPTO_MAC_SIGN_FINISH, crypto_mac_sign_finish, CRYPTO_KIND_MAC, CRYPTO_ENDS)                \
    X(CRYPTO_MAC_VERIFY_FINISH, crypto_mac_verify_finish, CRYPTO_KIND_MAC, CRYPTO_ENDS)            \
    X(CRYPTO_AEAD_ENCRYPT, crypto_aead_encrypt, CRYPTO_KIND_NONE, 0)                               \
    X(CRYPTO_AEAD_DECRYPT, crypto_aead_decrypt, CRYPTO_KIND_NONE, 0)                               \
    X(CRYPTO_AEAD_ENCRYPT_SETUP, crypto_aead_encrypt_setup, CRYPTO_KIND_AEAD, CRYPTO_MAKES)        \
    X(CRYPTO_AEAD_DECRYPT_SETUP, crypto_aead_decrypt_setup, CRYPTO_KIND_AEAD, CRYPTO_MAKES)        \
    X(CRYPTO_AEAD_GENERATE_NONCE, crypto_aead_generate_nonce, CRYPTO_KIND_AEAD, CRYPTO_USES)       \
    X(CRYPTO_AEAD_SET_NONCE, crypto_aead_set_nonce, CRYPTO_KIND_AEAD, CRYPTO_USES)                 \
    X(CRYPTO_AEAD_SET_LENGTHS, crypto_aead_set_lengths, CRYPTO_KIND_AEAD, CRYPTO_USES)             \
    X(CRYPTO_AEAD_UPDATE_AD, crypto_aead_update_ad, CRYPTO_KIND_AEAD, CRYPTO_USES)                 \
    X(CRYPTO_AEAD_UPDATE, crypto_aead_update, CRYPTO_KIND_AEAD, CRYPTO_USES)                       \
    X(CRYPTO_AEAD_FINISH, crypto_aead_finish, CRYPTO_KIND_AEAD, CRYPTO_ENDS)                       \
    X(CRYPTO_AEAD_VERIFY, crypto_aead_verify, CRYPTO_KIND_AEAD, CRYPTO_ENDS)                       \
    X(CRYPTO_SIGN_HASH, crypto_sign_hash, CRYPTO_KIND_NONE, 0)                                     \
    X(CRYPTO_VERIFY_HASH, crypto_verify_hash, CRYPTO_KIND_NONE, 0)                                 \
    X(CRYPTO_SIGN_MESSAGE, crypto_sign_message, CRYPTO_KIND_NONE, 0)                               \
    X(CRYPTO_VERIFY_MESSAGE, crypto_verify_message, CRYPTO_KIND_NONE, 0)                           \
    X(CRYPTO_RAW_KEY_AGREEMENT, crypto_raw_key_agreement, CRYPTO_KIND_NONE, 0)                     \
    X(CRYPTO_KEY_AGREEMENT, crypto_key_agreement, CRYPTO_KIND_NONE, 0)                             \
    X(CRYPTO_DERIVATION_SETUP, crypto_derivation_setup, CRYPTO_KIND_DERIVATION, CRYPTO_MAKES)      \
    X(CRYPTO_DERIVATION_GET_CAPACITY, crypto_derivation_get_capacity, CRYPTO_KIND_DERIVATION,      \
      CRYPTO_KEEPS)                                                                                \
    X(CRYPTO_DERIVATION_SET_CAPACITY, crypto_derivation_set_capacity, CRYPTO_KIND_DERIVATION,      \
      CRYPTO_KEEPS)                                                                                \
    X(CRYPTO_DERIVATION_INPUT_BYTES, crypto_derivation_input_bytes, CRYPTO_KIND_DERIVATION,        \
      CRYPTO_USES)                                                                                 \
    X(CRYPTO_DERIVATION_INPUT_INTEGER, crypto_derivation_input_integer, CRYPTO_KIND_DERIVATION,    \
      CRYPTO_USES)                                                                                 \
    X(CRYPTO_DERIVATION_INPUT_KEY, crypto_derivation_input_key, CRYPTO_KIND_DERIVATION,            \
      CRYPTO_USES)                                                                                 \
    X(CRYPTO_DERIVATION_KEY_AGREEMENT, crypto_derivation_key_agreement, CRYPTO_KIND_DERIVATION,    \
      CRYPTO_USES)                                                                                 \
    X(CRYPTO_DERIVATION_OUTPUT_BYTES, crypto_derivation_output_bytes, CRYPTO_KIND_DERIVATION,      \
      CRYPTO_KEEPS)                                                                                \
    X(CRYPTO_DERIVATION_OUTPUT_KEY, crypto_derivation_output_key, CRYPTO_KIND_DERIVATION,          \
      CRYPTO_KEEPS)                                                                                \
    X(CRYPTO_DERIVATION_VERIFY_BYTES, crypto_derivation_verify_bytes, CRYPTO_KIND_DERIVATION,      \
      CRYPTO_KEEPS)                                                                                \
    X(CRYPTO_DERIVATION_VERIFY_KEY, crypto_derivation_verify_key, CRYPTO_KIND_DERIVATION,          \
      CRYPTO_KEEPS)
