/*
 * Encrypted images: the body is encrypted with AES in counter mode under a key of the image's own,
 * which an unprotected TLV carries encrypted to the device or its product line.
 *
 * The format is MCUboot's (docs/encrypted_images.md of MCUboot 2.x, ECIES-P256): the TLV holds an
 * ephemeral public key (65 bytes), an HMAC-SHA256 (32) and the encrypted key (16 or 32). Digest and
 * signature are those of the image in clear. docs/SPEC.md, "Image".
 */
#pragma once

#include <mbedtls/aes.h>
#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

/** Bytes of the TLV for AES-128 and AES-256. */
#define DECRYPT_TLV_BYTES_128 113u
#define DECRYPT_TLV_BYTES_256 129u

/** A body's key, ready for use. Secret: decrypt_close() wipes it. */
struct decrypt {
    mbedtls_aes_context aes;
    uint8_t nonce[12]; /**< The counter's upper bytes; zero for an image's own key. */
};

/**
 * Opens the key of an image.
 * @param secret   the private key that it is encrypted to, big-endian
 * @param wrapped  value of the TLV
 * @return GARRISON_ERROR_FORMAT: neither of the two sizes, or no uncompressed point;
 *         GARRISON_ERROR_KEY: the private key or the ephemeral point is not valid;
 *         GARRISON_ERROR_DIGEST: encrypted to another key, or changed. Nothing is then left open.
 */
enum garrison_status decrypt_open(struct decrypt *decrypt, const uint8_t secret[32],
                                  struct view wrapped) GARRISON_MUST_USE;

/**
 * Takes an AES-256 key as it is.
 * @param nonce  never used with this key before, unless for the same bytes
 */
enum garrison_status decrypt_open_key(struct decrypt *decrypt, const uint8_t key[32],
                                      const uint8_t nonce[12]) GARRISON_MUST_USE;

/** Decrypts, or encrypts, part of a body in place. @param off  from the start of the body */
void decrypt_apply(struct decrypt *decrypt, uint32_t off, uint8_t *data, uint32_t len);

/** Wipes the key. */
void decrypt_close(struct decrypt *decrypt);
