/*
 * Image files, opened: read, parsed as a boot stage parses them, and shown in clear where the key to
 * do so is at hand.
 */
#pragma once

#include "boot/clear.h"
#include "boot/image.h"
#include "file.h"
#include "image_file.h"

/** What stands where the body is. */
enum image_body {
    IMAGE_BODY_PLAIN,     /**< The image is none to be encrypted. */
    IMAGE_BODY_CLEAR,     /**< It is one, and its body is in clear: what an active slot holds. */
    IMAGE_BODY_DECRYPTED, /**< It is encrypted, and was decrypted here. */
    IMAGE_BODY_ENCRYPTED, /**< It is encrypted, and stays so: no key was given. */
};

/** An open image. Keep it where it is; image_close() frees it and wipes the key. */
struct image_open {
    const char *path;
    struct file_data file;
    struct image_memory memory;
    struct clear clear;
    struct image image; /**< Read through it, the body is in clear unless `body` is ENCRYPTED. */
    enum image_body body;
    bool digest_matches; /**< Of the content as `image` shows it. */
};

/**
 * Opens an image file.
 * @param decrypt_key  file of the private key that it may be encrypted to; NULL: none
 * @return EXIT_DONE, also when the digest does not match; EXIT_VERDICT: the image's key does not open
 *         with that private key; EXIT_USAGE: not an image, or a file cannot be used. Having said why;
 *         image_close() is due in any case.
 */
int image_open(struct image_open *open, const char *path, const char *decrypt_key);
void image_close(struct image_open *open);

/** Says that an encrypted body must be decrypted first, and returns EXIT_USAGE. */
int image_needs_key(const struct image_open *open);

/** The whole image, its body in clear unless `body` is ENCRYPTED, on the heap. @return exit status. */
int image_copy(const struct image_open *open, uint8_t **data);
