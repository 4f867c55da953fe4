/*
 * What makes stored bytes secret and authentic: authenticated encryption with a key that the store
 * never sees.
 *
 * It must be deterministic and misuse-resistant (RFC 5297, AES-SIV, section 1.3.2): the same key,
 * associated data and plaintext give the same bytes, and nothing else may be lost by it. The store
 * draws no random numbers, so a power cut or an older image of the area that is written on never
 * uses a nonce twice, and a native run leaves the same bytes as the chip.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

#define STORE_TAG_BYTES 16u

struct store_protection {
    void *context; /**< The implementation's own: its keys. */

    /** Encrypts `len` bytes (0: authenticates only) in place and makes their tag. */
    void (*seal)(void *context, struct view associated, uint8_t *data, uint32_t len,
                 uint8_t tag[STORE_TAG_BYTES]);
    /**
     * Decrypts in place. GARRISON_ERROR_DIGEST: not sealed with this key, data and tag; the data
     * are then wiped.
     */
    enum garrison_status (*open)(void *context, struct view associated, uint8_t *data, uint32_t len,
                                 const uint8_t tag[STORE_TAG_BYTES]) GARRISON_MUST_USE;
};
