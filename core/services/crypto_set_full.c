/*
 * The set "full": all functions.
 */
#include "services/crypto_set.h"

#define FUNCTIONS(X)                                                                               \
    CRYPTO_COMMON_FUNCTIONS(X)                                                                     \
    X(CRYPTO_CIPHER_ENCRYPT, crypto_cipher_encrypt, CRYPTO_KIND_NONE, 0)                           \
    X(CRYPTO_CIPHER_DECRYPT, crypto_cipher_decrypt, CRYPTO_KIND_NONE, 0)                           \
    X(CRYPTO_CIPHER_ENCRYPT_SETUP, crypto_cipher_encrypt_setup, CRYPTO_KIND_CIPHER, CRYPTO_MAKES)  \
    X(CRYPTO_CIPHER_DECRYPT_SETUP, crypto_cipher_decrypt_setup, CRYPTO_KIND_CIPHER, CRYPTO_MAKES)  \
    X(CRYPTO_CIPHER_GENERATE_IV, crypto_cipher_generate_iv, CRYPTO_KIND_CIPHER, CRYPTO_USES)       \
    X(CRYPTO_CIPHER_SET_IV, crypto_cipher_set_iv, CRYPTO_KIND_CIPHER, CRYPTO_USES)                 \
    X(CRYPTO_CIPHER_UPDATE, crypto_cipher_update, CRYPTO_KIND_CIPHER, CRYPTO_USES)                 \
    X(CRYPTO_CIPHER_FINISH, crypto_cipher_finish, CRYPTO_KIND_CIPHER, CRYPTO_ENDS)                 \
    X(CRYPTO_ASYMMETRIC_ENCRYPT, crypto_asymmetric_encrypt, CRYPTO_KIND_NONE, 0)                   \
    X(CRYPTO_ASYMMETRIC_DECRYPT, crypto_asymmetric_decrypt, CRYPTO_KIND_NONE, 0)                   \
    X(CRYPTO_PAKE_SETUP, crypto_pake_setup, CRYPTO_KIND_PAKE, CRYPTO_MAKES)                        \
    X(CRYPTO_PAKE_SET_PASSWORD_KEY, crypto_pake_set_password_key, CRYPTO_KIND_PAKE, CRYPTO_USES)   \
    X(CRYPTO_PAKE_SET_USER, crypto_pake_set_user, CRYPTO_KIND_PAKE, CRYPTO_USES)                   \
    X(CRYPTO_PAKE_SET_PEER, crypto_pake_set_peer, CRYPTO_KIND_PAKE, CRYPTO_USES)                   \
    X(CRYPTO_PAKE_SET_ROLE, crypto_pake_set_role, CRYPTO_KIND_PAKE, CRYPTO_USES)                   \
    X(CRYPTO_PAKE_OUTPUT, crypto_pake_output, CRYPTO_KIND_PAKE, CRYPTO_USES)                       \
    X(CRYPTO_PAKE_INPUT, crypto_pake_input, CRYPTO_KIND_PAKE, CRYPTO_USES)                         \
    X(CRYPTO_PAKE_IMPLICIT_KEY, crypto_pake_implicit_key, CRYPTO_KIND_PAKE, CRYPTO_ENDS)           \
    X(CRYPTO_SIGN_HASH_START, crypto_sign_hash_start, CRYPTO_KIND_SIGN, CRYPTO_MAKES)              \
    X(CRYPTO_SIGN_HASH_COMPLETE, crypto_sign_hash_complete, CRYPTO_KIND_SIGN, CRYPTO_ENDS)         \
    X(CRYPTO_SIGN_HASH_STEPS, crypto_sign_hash_steps, CRYPTO_KIND_SIGN, CRYPTO_KEEPS)              \
    X(CRYPTO_VERIFY_HASH_START, crypto_verify_hash_start, CRYPTO_KIND_VERIFY, CRYPTO_MAKES)        \
    X(CRYPTO_VERIFY_HASH_COMPLETE, crypto_verify_hash_complete, CRYPTO_KIND_VERIFY, CRYPTO_ENDS)   \
    X(CRYPTO_VERIFY_HASH_STEPS, crypto_verify_hash_steps, CRYPTO_KIND_VERIFY, CRYPTO_KEEPS)

CRYPTO_TABLES(FUNCTIONS)

const bool crypto_makes_rsa = true;

CRYPTO_ABORT(abort_hash, psa_hash_abort)
CRYPTO_ABORT(abort_mac, psa_mac_abort)
CRYPTO_ABORT(abort_cipher, psa_cipher_abort)
CRYPTO_ABORT(abort_aead, psa_aead_abort)
CRYPTO_ABORT(abort_derivation, psa_key_derivation_abort)
CRYPTO_ABORT(abort_pake, psa_pake_abort)
CRYPTO_ABORT(abort_sign, psa_sign_hash_abort)
CRYPTO_ABORT(abort_verify, psa_verify_hash_abort)

const struct crypto_operation_kind crypto_kinds[CRYPTO_KINDS] = {
    [CRYPTO_KIND_HASH] = {sizeof(psa_hash_operation_t), abort_hash},
    [CRYPTO_KIND_MAC] = {sizeof(psa_mac_operation_t), abort_mac},
    [CRYPTO_KIND_CIPHER] = {sizeof(psa_cipher_operation_t), abort_cipher},
    [CRYPTO_KIND_AEAD] = {sizeof(psa_aead_operation_t), abort_aead},
    [CRYPTO_KIND_DERIVATION] = {sizeof(psa_key_derivation_operation_t), abort_derivation},
    [CRYPTO_KIND_PAKE] = {sizeof(psa_pake_operation_t), abort_pake},
    [CRYPTO_KIND_SIGN] = {sizeof(psa_sign_hash_interruptible_operation_t), abort_sign},
    [CRYPTO_KIND_VERIFY] = {sizeof(psa_verify_hash_interruptible_operation_t), abort_verify},
};
