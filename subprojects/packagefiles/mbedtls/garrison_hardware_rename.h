/*
 * The crypto service's AES under names of its own, since two stand in the manager: the service's
 * with the chip's AES block, and the library's in software, which partitions without that block
 * use. Forced into every file of Mbed TLS that the crypto service runs; the context is the same.
 */
#pragma once

/* clang-format off */
#define mbedtls_aes_crypt_cbc hardware_aes_crypt_cbc
#define mbedtls_aes_crypt_cfb128 hardware_aes_crypt_cfb128
#define mbedtls_aes_crypt_cfb8 hardware_aes_crypt_cfb8
#define mbedtls_aes_crypt_ctr hardware_aes_crypt_ctr
#define mbedtls_aes_crypt_ecb hardware_aes_crypt_ecb
#define mbedtls_aes_crypt_ofb hardware_aes_crypt_ofb
#define mbedtls_aes_crypt_xts hardware_aes_crypt_xts
#define mbedtls_aes_free hardware_aes_free
#define mbedtls_aes_init hardware_aes_init
#define mbedtls_aes_self_test hardware_aes_self_test
#define mbedtls_aes_setkey_dec hardware_aes_setkey_dec
#define mbedtls_aes_setkey_enc hardware_aes_setkey_enc
#define mbedtls_aes_xts_free hardware_aes_xts_free
#define mbedtls_aes_xts_init hardware_aes_xts_init
#define mbedtls_aes_xts_setkey_dec hardware_aes_xts_setkey_dec
#define mbedtls_aes_xts_setkey_enc hardware_aes_xts_setkey_enc
#define mbedtls_internal_aes_decrypt hardware_internal_aes_decrypt
#define mbedtls_internal_aes_encrypt hardware_internal_aes_encrypt
/* clang-format on */
