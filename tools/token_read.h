/*
 * Reading PSA attestation tokens of either profile: COSE_Sign1 with ES256 around a map of claims.
 *
 * Nothing is copied: what is told points into the token's bytes. Read is only what has definite lengths,
 * numbers in their shortest form, no key twice and no bytes behind it. Claims of unknown keys are
 * passed over and counted, as RFC 9711 asks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/token/claims.h"
#include "core/token/cose.h"

#define TOKEN_BYTES_MAX      4096u
#define TOKEN_COMPONENTS_MAX 16u

struct token {
    enum claims_profile profile;
    struct claims claims; /**< Each as the profile allows it. */
    struct claims_component component[TOKEN_COMPONENTS_MAX];
    unsigned unknown;         /**< Claims of keys that the profile does not have. */
    const uint8_t *signature; /**< r, then s; COSE_SIGNATURE_BYTES. */
    struct view signed_part;  /**< What is signed, behind cose_signed_head. */
};

/**
 * Reads a token; its signature is not verified.
 * @return NULL: read; or what it is not, in words.
 */
const char *token_read(struct view bytes, struct token *token);
