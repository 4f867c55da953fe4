/*
 * The set "medium": no ciphers but authenticated ones, no asymmetric encryption, no PAKE, and no
 * signatures in steps, which the small P-256 does not make.
 */
#include "services/crypto_set.h"

CRYPTO_TABLES(CRYPTO_COMMON_FUNCTIONS)

const bool crypto_makes_rsa = false;

CRYPTO_ABORT(abort_hash, psa_hash_abort)
CRYPTO_ABORT(abort_mac, psa_mac_abort)
CRYPTO_ABORT(abort_aead, psa_aead_abort)
CRYPTO_ABORT(abort_derivation, psa_key_derivation_abort)

const struct crypto_operation_kind crypto_kinds[CRYPTO_KINDS] = {
    [CRYPTO_KIND_HASH] = {sizeof(psa_hash_operation_t), abort_hash},
    [CRYPTO_KIND_MAC] = {sizeof(psa_mac_operation_t), abort_mac},
    [CRYPTO_KIND_AEAD] = {sizeof(psa_aead_operation_t), abort_aead},
    [CRYPTO_KIND_DERIVATION] = {sizeof(psa_key_derivation_operation_t), abort_derivation},
};
