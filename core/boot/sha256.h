/*
 * SHA-256 over parts, with one check at the end.
 */
#pragma once

#include <mbedtls/sha256.h>
#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

#define SHA256_BYTES 32u

struct sha256 {
    mbedtls_sha256_context context;
    enum garrison_status status; /**< Sticky. */
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, struct view part);

/** Ends the hash and wipes it. Not GARRISON_OK: the digest is not valid. */
enum garrison_status sha256_finish(struct sha256 *hash,
                                   uint8_t digest[SHA256_BYTES]) GARRISON_MUST_USE;

/** The three at once. */
enum garrison_status sha256_of(struct view data, uint8_t digest[SHA256_BYTES]) GARRISON_MUST_USE;
