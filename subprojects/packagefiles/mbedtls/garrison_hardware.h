/*
 * What the chip's blocks do in the place of Mbed TLS's code, on top of either configuration: the
 * functions stand in port/stm32h573. HMAC, HKDF, cipher modes and all other curves stay Mbed TLS's.
 */
#pragma once

/* HASH */
#define MBEDTLS_SHA1_ALT
#define MBEDTLS_SHA256_ALT
#define MBEDTLS_SHA512_ALT

/* PKA, by the entry points of p256-m */
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED

/* AES, a block at a time. Storage and boot stages have their own library without it. */
#define MBEDTLS_AES_SETKEY_ENC_ALT
#define MBEDTLS_AES_SETKEY_DEC_ALT
#define MBEDTLS_AES_ENCRYPT_ALT
#define MBEDTLS_AES_DECRYPT_ALT
#undef MBEDTLS_BLOCK_CIPHER_NO_DECRYPT /* the block does both */
