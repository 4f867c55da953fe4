/*
 * garrison image verify
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hardened.h"
#include "boot/verify.h"
#include "image_open.h"
#include "image_tlv.h"
#include "report.h"
#include "verbs.h"

struct verify_args {
    const char *key;
    const char *decrypt_key;
};

static const struct cli_option options[] = {
    {"key", 'k', CLI_TEXT, offsetof(struct verify_args, key), "FILE",
     "key of the owner, public or private"},
    {"decrypt-key", 0, CLI_TEXT, offsetof(struct verify_args, decrypt_key), "FILE",
     "private key that the image is encrypted to"},
    {.name = NULL},
};

/** The part of the image that does not hold. */
static int refuse(const struct image_open *open, const struct key *key, const char *key_path,
                  enum garrison_status verdict)
{
    uint8_t keyhash[32];
    const char *part = "content";
    char other[96] = "";
    if (verdict != GARRISON_ERROR_DIGEST) {
        part = "signature";
        if (hardened_ok(verify_keyhash(key->point, keyhash)) &&
            memcmp(keyhash, open->image.keyhash, sizeof keyhash) != 0) {
            part = "key hash";
            (void)snprintf(other, sizeof other, ": it names another key than %.60s", key_path);
        }
    }
    return fail(EXIT_VERDICT, "%s: refused: %s: %s%s", open->path, part,
                garrison_status_text(verdict), other);
}

static int verify_open(const struct image_open *open, const char *key_path)
{
    struct key key;
    const int status = key_read(key_path, false, &key);
    if (status != EXIT_DONE) {
        return status;
    }
    const enum garrison_status verdict = image_verify_key(&open->image, key.point);
    if (!hardened_ok(verdict)) {
        /* Ciphertext cannot be told from damage; whatever else is wrong can. */
        return open->body == IMAGE_BODY_ENCRYPTED && verdict == GARRISON_ERROR_DIGEST
                   ? image_needs_key(open)
                   : refuse(open, &key, key_path, verdict);
    }
    const size_t behind = open->file.len - open->image.total_size;
    if (behind != 0) {
        say("warning: %s: %zu bytes behind the image are not signed (%s)", open->path, behind,
            image_tail_name(open->file.data + open->image.total_size, behind));
    }
    key_wipe(&key);
    return EXIT_DONE;
}

static int run_verify(const void *opaque, const char *const *operands)
{
    const struct verify_args *args = opaque;
    struct image_open open;
    if (args->key == NULL) {
        return fail(EXIT_USAGE, "image verify: --key is missing");
    }
    int status = image_open(&open, operands[0], args->decrypt_key);
    status = status == EXIT_DONE ? verify_open(&open, args->key) : status;
    if (status == EXIT_DONE) {
        printf("%s: verified\n", operands[0]);
    }
    image_close(&open);
    return status;
}

const struct cli_verb verb_image_verify = {
    .name = "image verify",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "check that an image is whole and signed by a key",
    .notes =
        "An encrypted image is verified in clear, with the key that it is encrypted to; without\n"
        "--decrypt-key only its clear form can be.\n\n"
        "exit status: 0 verified, 1 refused (changed content, another owner's signature, an\n"
        "image key for somebody else), 2 FILE is not an image, or a key not a key,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct verify_args),
    .run = run_verify,
};
