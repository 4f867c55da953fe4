/*
 * The protection of stored objects: AES-SIV (RFC 5297) with one component of associated data.
 *
 * Functions of a `struct store_protection`; `context` is the keys.
 */
#pragma once

#include <mbedtls/aes.h>

#include <garrison/abi.h>
#include <garrison/status.h>

#include "base/cmac.h"
#include "store/protection.h"

/** AEAD_AES_SIV_CMAC_512: two AES-256 keys, S2V's and CTR's in this order. */
#define STORAGE_KEY_BYTES 64u

/** Both keys, expanded. Must not be moved once made. */
struct storage_keys {
    mbedtls_aes_context mac;
    mbedtls_aes_context ctr;
    struct cmac cmac;
    uint8_t zero[CMAC_BYTES]; /**< CMAC of a block of zeros: where S2V begins. */
};

/**
 * Expands a key; the caller wipes its own copy.
 * @param len  STORAGE_KEY_BYTES, or 32 or 48 for the RFC's smaller ciphers
 * @return GARRISON_ERROR_ARGUMENT: another length.
 */
GARRISON_ENTRY enum garrison_status storage_keys_init(struct storage_keys *keys, const uint8_t *key,
                                                      uint32_t len) GARRISON_MUST_USE;

/** Forgets the keys. */
GARRISON_ENTRY void storage_keys_fini(struct storage_keys *keys);

/** `seal` of a struct store_protection. */
GARRISON_ENTRY void storage_seal(void *keys, struct view associated, uint8_t *data, uint32_t len,
                                 uint8_t tag[STORE_TAG_BYTES]);

/** `open` of a struct store_protection. */
GARRISON_ENTRY enum garrison_status
storage_open(void *keys, struct view associated, uint8_t *data, uint32_t len,
             const uint8_t tag[STORE_TAG_BYTES]) GARRISON_MUST_USE;
