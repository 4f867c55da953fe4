#include "image_open.h"

#include <stdlib.h>
#include <string.h>

#include "base/hardened.h"
#include "boot/verify.h"
#include "image_tlv.h"
#include "image_wrap.h"
#include "report.h"

static bool digest_matches(const struct image *image)
{
    uint8_t measured[32] = {0};
    return hardened_ok(verify_measure(image, measured)) &&
           memcmp(measured, image->digest, sizeof measured) == 0;
}

static int parse(struct image_open *open)
{
    char reason[IMAGE_REASON_BYTES];
    const struct file_data *file = &open->file;
    if (file->len == 0) {
        return fail(EXIT_USAGE, "%s: is empty, not an image", open->path);
    }
    const enum garrison_status parsed =
        image_parse_memory(&open->memory, file->data, file->len, &open->image);
    if (hardened_ok(parsed)) {
        return EXIT_DONE;
    }
    image_refusal(file->data, file->len, open->image.where, parsed, reason);
    return fail(EXIT_USAGE, "%s: %s", open->path, reason);
}

/** The image's key does not open: says why. */
static int refuse_key(const struct image_open *open, const struct key *key, const char *key_path,
                      enum garrison_status status)
{
    const struct view wrapped = {open->image.wrapped, open->image.wrapped_len};
    if (image_wrapped_short(key, wrapped)) {
        return fail(
            EXIT_VERDICT,
            "%s: refused: image key: a key for AES-256, but encrypted with AES-128, as some "
            "versions of imgtool do; no boot loader opens it",
            open->path);
    }
    if (status == GARRISON_ERROR_DIGEST) {
        return fail(EXIT_VERDICT,
                    "%s: refused: image key: encrypted to another key than %s, or changed",
                    open->path, key_path);
    }
    return fail(EXIT_VERDICT, "%s: refused: image key: its point is not one of the curve",
                open->path);
}

/** Shows an encrypted body in clear. */
static int decrypt(struct image_open *open, const char *key_path)
{
    struct key key;
    int status = key_read(key_path, true, &key);
    if (status != EXIT_DONE) {
        return status;
    }
    clear_init(&open->clear, &open->memory.flash, 0);
    const enum garrison_status opened = clear_body(&open->clear, &open->image, key.secret);
    if (!hardened_ok(opened)) {
        status = refuse_key(open, &key, key_path, opened);
    } else if (open->body == IMAGE_BODY_ENCRYPTED) {
        open->image.slot.flash = &open->clear.device;
        open->body = IMAGE_BODY_DECRYPTED;
    }
    key_wipe(&key);
    return status;
}

int image_open(struct image_open *open, const char *path, const char *decrypt_key)
{
    *open = (struct image_open){.path = path};
    int status = file_read(path, IMAGE_FILE_BYTES_MAX, &open->file);
    status = status == EXIT_DONE ? parse(open) : status;
    if (status != EXIT_DONE) {
        return status;
    }
    open->digest_matches = digest_matches(&open->image);
    if (open->image.wrapped_len == 0) {
        open->body = IMAGE_BODY_PLAIN;
        return EXIT_DONE;
    }
    open->body = open->digest_matches ? IMAGE_BODY_CLEAR : IMAGE_BODY_ENCRYPTED;
    if (decrypt_key == NULL) {
        return EXIT_DONE;
    }
    status = decrypt(open, decrypt_key);
    open->digest_matches = status == EXIT_DONE && digest_matches(&open->image);
    return status;
}

void image_close(struct image_open *open)
{
    clear_close(&open->clear);
    file_free(&open->file);
}

int image_needs_key(const struct image_open *open)
{
    return fail(EXIT_USAGE,
                "%s: its body is encrypted, or damaged: --decrypt-key is needed to tell",
                open->path);
}

int image_copy(const struct image_open *open, uint8_t **data)
{
    *data = malloc(open->image.total_size);
    if (*data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    return hardened_ok(image_read(&open->image, 0, *data, open->image.total_size))
               ? EXIT_DONE
               : fail(EXIT_INTERNAL, "%s: cannot be read", open->path);
}
