/*
 * ECDSA signatures with P-256, by the arithmetic of the PKA's model: what the boot ROM verifies with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Whether a signature is valid (FIPS 186-5, section 6.4.2). All numbers are big-endian.
 *
 * @param key        X, then Y; one that is no point of the curve makes no signature valid
 * @param digest     SHA-256 of what was signed
 * @param signature  r, then s
 */
bool p256_verify(const uint8_t key[64], const uint8_t digest[32], const uint8_t signature[64]);
