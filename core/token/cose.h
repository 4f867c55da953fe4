/*
 * COSE_Sign1 with ES256 (RFC 9052, section 4.2; RFC 9053, section 2.1), made in one buffer.
 *
 * The order is cose_start(), the payload by cbor_put_*() into `room`, cose_close(), the signature over
 * what that tells, cose_sign(). Whoever signs hashes two pieces one after the other, so that nothing
 * is copied and the key need not be where the token is made.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

#define COSE_TAG_SIGN1       18u
#define COSE_SIGNATURE_BYTES 64u

/** Bytes that a token has besides its payload. */
#define COSE_OVERHEAD_BYTES 76u

/** The protected header as it is encoded: algorithm (1) is ES256 (-7), and nothing else. */
#define COSE_PROTECTED_BYTES 3u
extern const uint8_t cose_protected[COSE_PROTECTED_BYTES];

/**
 * What is signed begins with this: the Sig_structure (RFC 9052, section 4.4) up to its last item, which
 * is the payload as the token has it, a byte string with its head.
 */
#define COSE_SIGNED_HEAD_BYTES 17u
extern const uint8_t cose_signed_head[COSE_SIGNED_HEAD_BYTES];

struct cose {
    struct room room; /**< The token, as far as it is made. */
    uint32_t payload; /**< Offset of the payload, its head not counted. */
};

/** Begins a token in memory of the caller's, which stays there until the token has been used. */
void cose_start(struct cose *cose, uint8_t *data, uint32_t size);

/**
 * Ends the payload.
 * @param part  out: what is to be signed, one piece after the other; valid while the token's memory is
 * @return GARRISON_ERROR_FULL: something did not fit, or the signature would not.
 */
enum garrison_status cose_close(struct cose *cose, struct view part[2]) GARRISON_MUST_USE;

/**
 * Adds the signature; `room.used` bytes are the token.
 * @param signature  r, then s, big-endian
 * @return GARRISON_ERROR_FULL: no room.
 */
enum garrison_status cose_sign(struct cose *cose,
                               const uint8_t signature[COSE_SIGNATURE_BYTES]) GARRISON_MUST_USE;
