/*
 * The port's drivers of AES, HASH and PKA beside the software that they stand for, in one process:
 * they reach the simulated chip, and where both have one name the hardware's has a prefix.
 */
#pragma once

#include <mbedtls/aes.h>
#include <p256-m.h>
#include <stdint.h>

#include "../../port/stm32h573/hash.h"

int hardware_aes_setkey_enc(mbedtls_aes_context *ctx, const unsigned char *key, unsigned bits);
int hardware_aes_setkey_dec(mbedtls_aes_context *ctx, const unsigned char *key, unsigned bits);
int hardware_internal_aes_encrypt(mbedtls_aes_context *ctx, const unsigned char input[16],
                                  unsigned char output[16]);
int hardware_internal_aes_decrypt(mbedtls_aes_context *ctx, const unsigned char input[16],
                                  unsigned char output[16]);

int hardware_p256_gen_keypair(uint8_t priv[32], uint8_t pub[64]);
int hardware_p256_ecdh_shared_secret(uint8_t secret[32], const uint8_t priv[32],
                                     const uint8_t pub[64]);
int hardware_p256_ecdsa_sign(uint8_t sig[64], const uint8_t priv[32], const uint8_t *hash,
                             size_t len);
int hardware_p256_ecdsa_verify(const uint8_t sig[64], const uint8_t pub[64], const uint8_t *hash,
                               size_t len);
int hardware_p256_validate_pubkey(const uint8_t pub[64]);
int hardware_p256_validate_privkey(const uint8_t priv[32]);
int hardware_p256_public_from_private(uint8_t pub[64], const uint8_t priv[32]);

/** A hash that is large enough for every algorithm. */
struct any_hash {
    struct garrison_hash hash;
    uint32_t memory[GARRISON_HASH_SAVED_LARGE + GARRISON_HASH_KEPT_LARGE];
};
