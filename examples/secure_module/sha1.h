/*
 * SHA-1 (FIPS 180-4), for HMAC only: it is what one-time passwords are made of.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES       20u
#define SHA1_BLOCK_BYTES 64u

/** Digest of at most 119 bytes; `digest` may lie behind them in the same buffer. */
void sha1(const uint8_t *data, size_t len, uint8_t digest[SHA1_BYTES]);
