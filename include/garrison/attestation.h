/*
 * Initial Attestation beyond psa/initial_attestation.h: the profile of a token, and the device key.
 *
 * Buffers, sizes and errors are those of that header. PSA_ERROR_NOT_SUPPORTED: the manager has no
 * attestation, or does not know the profile.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/initial_attestation.h>

GARRISON_ABI_BEGIN

/** What kind of token the verifier understands. Append only. */
enum garrison_attest_profile {
    GARRISON_ATTEST_RFC9783 = 0,   /**< RFC 9783; what psa_initial_attest_get_token() makes. */
    GARRISON_ATTEST_PSA_IOT_1 = 1, /**< PSA_IOT_PROFILE_1, of PSA Certified Attestation API 1.0. */
};

/** Bytes of the device key's public point: 4, X, Y. */
#define GARRISON_ATTEST_POINT_BYTES 65u

/** psa_initial_attest_get_token(), of a profile. */
psa_status_t garrison_attest_get_token(enum garrison_attest_profile profile,
                                       const uint8_t *auth_challenge, size_t challenge_size,
                                       uint8_t *token_buf, size_t token_buf_size,
                                       size_t *token_size);

/** psa_initial_attest_get_token_size(), of a profile. */
psa_status_t garrison_attest_get_token_size(enum garrison_attest_profile profile,
                                            size_t challenge_size, size_t *token_size);

/**
 * Tells the public half of the key that signs this device's tokens, for its verifier. In product state
 * OPEN all devices have the same key; the device's own is there when provisioning has left OPEN, and until
 * a regression to it.
 */
psa_status_t garrison_attest_get_public_key(uint8_t point[GARRISON_ATTEST_POINT_BYTES]);

GARRISON_ABI_END
