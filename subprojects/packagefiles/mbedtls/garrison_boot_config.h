/*
 * Mbed TLS's SHA-256 and AES as the boot stages have them on the chip: small rather than fast, and
 * without the inverse cipher, which counter mode does not need. Contexts must be those of
 * garrison_mbedtls_config.h, which the code that uses them is compiled with; but without SHA-224 the
 * last member of SHA-256's is not there, and nobody looks at it.
 */
#pragma once

#define MBEDTLS_AES_C
#define MBEDTLS_AES_ENCRYPT_ALT    /* garrison_aes.c */
#define MBEDTLS_AES_SETKEY_ENC_ALT /* garrison_aes.c */
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_CIPHER_MODE_CTR
#define MBEDTLS_PLATFORM_ZEROIZE_ALT
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
