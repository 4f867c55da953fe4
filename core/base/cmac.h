/*
 * AES-CMAC and the key derivation over it, for any implementation of the block cipher.
 *
 * The cipher is a function, so that the same arithmetic serves keys in memory and keys that
 * hardware never gives away.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

#define CMAC_BYTES 16u

/** Encrypts one block under the cipher's key; `in` and `out` may be the same. */
typedef enum garrison_status cmac_encrypt_fn(void *cipher, const uint8_t in[CMAC_BYTES],
                                             uint8_t out[CMAC_BYTES]);

/** A key, ready for use. Secret: to be wiped by its owner. */
struct cmac {
    cmac_encrypt_fn *encrypt;
    void *cipher;                   /**< The key; must outlive this. */
    uint8_t whole[CMAC_BYTES];      /**< Added to a last block that is whole. */
    uint8_t incomplete[CMAC_BYTES]; /**< Added to a last block that had to be padded. */
};

/** Makes the subkeys. Fails only as `encrypt` does. */
enum garrison_status cmac_init(struct cmac *cmac, cmac_encrypt_fn *encrypt,
                               void *cipher) GARRISON_MUST_USE;

/** AES-CMAC (NIST SP 800-38B) of a message. Fails only as the cipher does, with a MAC of zeros. */
enum garrison_status cmac_compute(const struct cmac *cmac, struct view message,
                                  uint8_t mac[CMAC_BYTES]) GARRISON_MUST_USE;

/** Multiplies by x in GF(2^128), as subkeys (SP 800-38B) and S2V (RFC 5297) do. */
void cmac_double(uint8_t block[CMAC_BYTES]);

#define CMAC_KDF_INPUT_MAX 128u /**< Bytes of label and context together. */

/**
 * KDF in counter mode (NIST SP 800-108r1, section 4.1) with this CMAC: i and L of 32 bits, the
 * counter in front of label, 0x00, context and L.
 * @param key  multiples of CMAC_BYTES only; wiped on failure
 * @return GARRISON_ERROR_ARGUMENT: a length; otherwise fails only as the cipher does.
 */
enum garrison_status cmac_kdf(const struct cmac *cmac, struct view label, struct view context,
                              uint8_t *key, uint32_t len) GARRISON_MUST_USE;
