/*
 * An encrypted image in clear: a flash device that decrypts what is read through it, so that parsing,
 * verifying and copying an image need not know whether it is encrypted.
 */
#pragma once

#include <stdint.h>

#include <garrison/flash.h>
#include <garrison/status.h>

#include "boot/decrypt.h"
#include "boot/image.h"
#include "boot/swap.h"

/** The caller's; must stay where it is while `device` or the transform is used. Secret. */
struct clear {
    struct flash_device device; /**< Same offsets as the base; it can only be read. */
    const struct flash_device *base;
    uint32_t start; /**< Of the image on the device. */
    uint32_t from;  /**< What is encrypted, from the start of the image: first byte, */
    uint32_t to;    /**< and first byte behind. */
    struct decrypt cipher;
};

/** Shows the base as it is. @param start  of the image on the device */
void clear_init(struct clear *clear, const struct flash_device *base, uint32_t start);

/**
 * Shows the body of a parsed image in clear, if it is encrypted.
 * @param secret  the private key that images are encrypted to; NULL: there is none
 * @return as decrypt_open(); GARRISON_ERROR_KEY: it is encrypted and there is no key.
 */
enum garrison_status clear_body(struct clear *clear, const struct image *image,
                                const uint8_t *secret) GARRISON_MUST_USE;

/** Shows all bytes from `start` on in clear, sealed with that key and nonce. */
enum garrison_status clear_sealed(struct clear *clear, const uint8_t key[32],
                                  const uint8_t nonce[12]) GARRISON_MUST_USE;

/** The same as a transform of bytes under way; it seals as well as it opens. */
struct swap_transform clear_transform(struct clear *clear);

/** Wipes the keys. */
void clear_close(struct clear *clear);
