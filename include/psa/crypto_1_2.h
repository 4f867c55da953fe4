/*
 * What version 1.2 of PSA Crypto has that the headers of Mbed TLS 3.6 do not declare.
 * Source: PSA Certified Crypto API 1.2, section 10.9.
 */
#pragma once

#include <psa/crypto.h>

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/**
 * Agrees on a secret with a peer and makes a key of it.
 * @param private_key      allows PSA_KEY_USAGE_DERIVE and `alg`
 * @param peer_key         the peer's public key, as psa_export_public_key() gives it
 * @param alg              PSA_ALG_ECDH or PSA_ALG_FFDH
 * @param attributes       of the new key: its type is DERIVE, RAW_DATA, HMAC or PASSWORD, its bits
 *                         are 0 or those of the secret
 * @param key              out: the new key; 0 after a failure
 * @return PSA_ERROR_INVALID_ARGUMENT: type, bits or peer's key; else as psa_raw_key_agreement() and
 *         psa_import_key()
 */
psa_status_t psa_key_agreement(mbedtls_svc_key_id_t private_key, const uint8_t *peer_key,
                               size_t peer_key_length, psa_algorithm_t alg,
                               const psa_key_attributes_t *attributes, mbedtls_svc_key_id_t *key);

GARRISON_ABI_END
