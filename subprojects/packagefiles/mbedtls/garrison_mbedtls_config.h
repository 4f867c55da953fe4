/*
 * Mbed TLS with the set "full": how it is built, and what memory it has.
 */
#pragma once

#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "garrison_psa_wants.h"

#include "garrison_mbedtls_common.h"

/* Signatures on elliptic curves in steps: psa_sign_hash_start() and its kin. */
#define MBEDTLS_ECP_RESTARTABLE

#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE       2
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_MPI_WINDOW_SIZE       2
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_SHA512_SMALLER
/* garrison_small_des.c and garrison_small_hashes.c */
#define MBEDTLS_DES_CRYPT_ECB_ALT
#define MBEDTLS_DES_SETKEY_ALT
#define MBEDTLS_DES3_CRYPT_ECB_ALT
#define MBEDTLS_MD5_PROCESS_ALT
#define MBEDTLS_RIPEMD160_PROCESS_ALT
#define MBEDTLS_SHA1_PROCESS_ALT
#define MBEDTLS_CAMELLIA_SMALL_MEMORY
#define MBEDTLS_X509_REMOVE_INFO /* names of algorithms, for people */

#define MBEDTLS_PSA_KEY_SLOT_COUNT 32

/** Everything that Mbed TLS allocates, and whole inputs: enough for RSA and DH of the largest size. */
#define GARRISON_CRYPTO_ARENA_BYTES 20480
