/*
 * Keys of encrypted images, encrypted to a device: the writing side of core/boot/decrypt.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"
#include "boot/decrypt.h"
#include "keyfile.h"

/**
 * Makes a random key for a body and encrypts it to the owner of a key pair.
 * @param to       its public key
 * @param key_len  bytes of the body's key: 16 or 32
 * @param wrapped  out: value of the ECIES TLV, key_len + 97 bytes
 * @param body     out: the key, ready to encrypt with; to be closed with decrypt_close()
 * @return exit status, having said why.
 */
int image_wrap_key(const struct key *to, uint32_t key_len, uint8_t wrapped[DECRYPT_TLV_BYTES_256],
                   struct decrypt *body);

/**
 * Whether a key for AES-256 was encrypted with AES-128: some versions of imgtool do that, and no boot
 * loader opens it.
 * @param device  the private key that it is encrypted to
 */
bool image_wrapped_short(const struct key *device, struct view wrapped);
