/*
 * What the crypto service needs of Mbed TLS's keys and PSA Crypto's functions do not give: signatures
 * of messages whose hash the service has made part by part, keys to compare with, and what requests
 * cost.
 */
#pragma once

#include <stdbool.h>

#include <psa/crypto.h>

/** Whether psa_sign_message() would sign. @return PSA_SUCCESS or what it would answer */
psa_status_t garrison_psa_may_sign_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg);

/** Whether psa_verify_message() would verify. @return PSA_SUCCESS or what it would answer */
psa_status_t garrison_psa_may_verify_message(mbedtls_svc_key_id_t key, psa_algorithm_t alg);

/** What is left of psa_sign_message() after garrison_psa_may_sign_message(), for a message's hash. */
psa_status_t garrison_psa_sign_digest(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                      const uint8_t *hash, size_t hash_length, uint8_t *signature,
                                      size_t signature_size, size_t *signature_length);

/** The same of psa_verify_message(). */
psa_status_t garrison_psa_verify_digest(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                        const uint8_t *hash, size_t hash_length,
                                        const uint8_t *signature, size_t signature_length);

/**
 * The value of a key that psa_key_derivation_verify_key() compares with.
 * @param data  out: stays in Mbed TLS's memory, until the key is purged or destroyed
 * @return PSA_ERROR_INVALID_ARGUMENT: not a password's hash; PSA_ERROR_NOT_PERMITTED: not for this.
 */
psa_status_t garrison_psa_expected_bytes(mbedtls_svc_key_id_t key, psa_algorithm_t alg,
                                         const uint8_t **data, size_t *length);

/**
 * Whether an operation with a key costs no more than with others of its size: an RSA key may have a
 * public exponent, primes and their exponents of any length. What is no key at all is usual.
 */
bool garrison_psa_rsa_is_usual(psa_key_type_t type, const uint8_t *data, size_t length);

/**
 * Rounds of PBKDF2 that the next `len` bytes of a derivation cost, at most; 0: it has none. One with
 * SHA-3 counts as four, and so does a long salt for what it costs.
 */
uint64_t garrison_psa_derivation_rounds(const psa_key_derivation_operation_t *operation,
                                        size_t len);
