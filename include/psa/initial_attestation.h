/*
 * Initial Attestation: a signed token that says which device this is, what runs on it and in which
 * state, in answer to a verifier's challenge.
 * Source: PSA Certified Attestation API 2.0 (IHI 0085); tokens are those of RFC 9783. garrison/attestation.h
 * has the other profile, and the device's public key.
 *
 * Conventions
 * - The token is COSE_Sign1 with ES256. Its key is made on the device and nobody can read it.
 * - A token is made anew by each call and says who asked: the caller's client id is a claim.
 *
 * Errors of every function
 *   PSA_ERROR_INVALID_ARGUMENT      `challenge_size` is none of the three, or the caller may not access a
 *                                   buffer
 *   PSA_ERROR_SERVICE_FAILURE       there is no device key, no boot seed, or no record of what was booted
 *   PSA_ERROR_INSUFFICIENT_MEMORY   too much is under way in the crypto service
 *   PSA_ERROR_COMMUNICATION_FAILURE it or this service has failed, and begins anew
 *   PSA_ERROR_NOT_SUPPORTED         the manager has no attestation
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/error.h>

GARRISON_ABI_BEGIN

#define PSA_INITIAL_ATTEST_API_VERSION_MAJOR 2
#define PSA_INITIAL_ATTEST_API_VERSION_MINOR 0

/** Sizes of a challenge, in bytes. */
#define PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32 32u
#define PSA_INITIAL_ATTEST_CHALLENGE_SIZE_48 48u
#define PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64 64u

/** Longest token that this implementation makes, in bytes: of a device with all modules there can be. */
#define PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE 1728u

/**
 * Makes a token.
 * @param auth_challenge  `challenge_size` bytes: what the verifier sent, to tell a new token from an old
 * @param token_buf       room for `token_buf_size` bytes; its content is unspecified after an error
 * @param token_size      out: bytes of the token
 * @return PSA_ERROR_BUFFER_TOO_SMALL: the token is longer; psa_initial_attest_get_token_size() tells.
 */
psa_status_t psa_initial_attest_get_token(const uint8_t *auth_challenge, size_t challenge_size,
                                          uint8_t *token_buf, size_t token_buf_size,
                                          size_t *token_size);

/**
 * Tells how long a token would be, in the present state of the device and for this caller.
 * @param token_size  out: bytes
 */
psa_status_t psa_initial_attest_get_token_size(size_t challenge_size, size_t *token_size);

GARRISON_ABI_END
