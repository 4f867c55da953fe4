/*
 * Mbed TLS with the set "medium": small before fast.
 */
#pragma once

#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "garrison_psa_wants_medium.h"

#include "garrison_mbedtls_common.h"

/* P-256 by p256-m alone: constant time, and no arithmetic of other curves. */
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED

/* CCM needs no inverse cipher, and neither does anything else that is built on this AES. */
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT

#define MBEDTLS_SHA256_SMALLER

#define MBEDTLS_PSA_KEY_SLOT_COUNT 20

/** Everything that Mbed TLS allocates, and whole inputs. */
#define GARRISON_CRYPTO_ARENA_BYTES 8192
