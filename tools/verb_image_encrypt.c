/*
 * garrison image encrypt, garrison image decrypt
 */
#include <stdlib.h>
#include <string.h>

#include "image_open.h"
#include "image_tlv.h"
#include "image_wrap.h"
#include "report.h"
#include "verbs.h"

struct encrypt_args {
    const char *to;
    const char *decrypt_key;
};

static const struct cli_option encrypt_options[] = {
    {"encrypt-to", 'e', CLI_TEXT, offsetof(struct encrypt_args, to), "FILE",
     "public key of the devices that may decrypt it"},
    {"decrypt-key", 0, CLI_TEXT, offsetof(struct encrypt_args, decrypt_key), "FILE",
     "private key that it is encrypted to so far"},
    {.name = NULL},
};

static const struct cli_option decrypt_options[] = {
    {"decrypt-key", 0, CLI_TEXT, offsetof(struct encrypt_args, decrypt_key), "FILE",
     "private key that it is encrypted to"},
    {.name = NULL},
};

/** Where the value of the image's ECIES TLV stands; the parser has seen that there is one. */
static size_t wrapped_off(const struct image_open *open)
{
    struct image_walk walk;
    struct image_entry entry;
    image_walk_start(&walk, open->file.data, open->image.total_size);
    while (image_walk_next(&walk, &entry)) {
        if (entry.type == IMAGE_TLV_ECIES && !entry.is_protected) {
            return entry.off;
        }
    }
    return 0;
}

static int encrypt_copy(const struct image_open *open, const struct key *to, uint8_t *data)
{
    struct decrypt body_key = {0};
    uint8_t wrapped[DECRYPT_TLV_BYTES_256];
    const size_t off = wrapped_off(open);
    const uint32_t key_len = open->image.wrapped_len == DECRYPT_TLV_BYTES_256 ? 32 : 16;
    if (off == 0) {
        return fail(EXIT_INTERNAL, "%s: its image key cannot be found", open->path);
    }
    const int status = image_wrap_key(to, key_len, wrapped, &body_key);
    if (status == EXIT_DONE) {
        memcpy(data + off, wrapped, open->image.wrapped_len);
        decrypt_apply(&body_key, 0, data + open->image.header.header_size,
                      open->image.header.body_size);
    }
    decrypt_close(&body_key);
    return status;
}

/** Whether the image is one to be encrypted, and in clear as `open` shows it. */
static int check(const struct image_open *open)
{
    if (open->body == IMAGE_BODY_ENCRYPTED) {
        return image_needs_key(open);
    }
    if (!open->digest_matches) {
        return fail(EXIT_VERDICT, "%s: refused: content: %s", open->path,
                    garrison_status_text(GARRISON_ERROR_DIGEST));
    }
    if (open->body == IMAGE_BODY_PLAIN) {
        return fail(EXIT_USAGE,
                    "%s: header: was not signed to be encrypted, which its signed flags would say; "
                    "sign it with --encrypt-to",
                    open->path);
    }
    return EXIT_DONE;
}

static int run_encrypt(const void *opaque, const char *const *operands)
{
    const struct encrypt_args *args = opaque;
    struct image_open open;
    struct key to = {0};
    uint8_t *data = NULL;
    if (args->to == NULL) {
        return fail(EXIT_USAGE, "image encrypt: --encrypt-to is missing");
    }
    int status = image_open(&open, operands[0], args->decrypt_key);
    status = status == EXIT_DONE ? check(&open) : status;
    status = status == EXIT_DONE ? key_read(args->to, false, &to) : status;
    status = status == EXIT_DONE ? image_copy(&open, &data) : status;
    status = status == EXIT_DONE ? encrypt_copy(&open, &to, data) : status;
    if (status == EXIT_DONE) {
        status = file_write(operands[1], data, open.image.total_size, FILE_REPLACE, 0644);
    }
    free(data);
    key_wipe(&to);
    image_close(&open);
    return status;
}

static int run_decrypt(const void *opaque, const char *const *operands)
{
    const struct encrypt_args *args = opaque;
    struct image_open open;
    uint8_t *data = NULL;
    if (args->decrypt_key == NULL) {
        return fail(EXIT_USAGE, "image decrypt: --decrypt-key is missing");
    }
    int status = image_open(&open, operands[0], args->decrypt_key);
    status = status == EXIT_DONE ? check(&open) : status;
    status = status == EXIT_DONE ? image_copy(&open, &data) : status;
    if (status == EXIT_DONE) {
        status = file_write(operands[1], data, open.image.total_size, FILE_REPLACE, 0600);
    }
    free(data);
    image_close(&open);
    return status;
}

const struct cli_verb verb_image_encrypt = {
    .name = "image encrypt",
    .operands = "IN OUT",
    .operand_count = 2,
    .summary = "encrypt a signed image to a device, or to other ones",
    .notes =
        "IN is an image signed with `image sign --encrypt-to`, or by imgtool with --encrypt: in\n"
        "clear (--clear), or encrypted to the key that --decrypt-key names. The signature stays: "
        "it\n"
        "is over the clear image. The image gets a new random key; bytes behind IN are left "
        "out.\n\n"
        "exit status: 0 done, 1 IN is damaged or its key does not open, 2 a file or an option is\n"
        "wrong, 3 internal error",
    .options = encrypt_options,
    .args_size = sizeof(struct encrypt_args),
    .run = run_encrypt,
};

const struct cli_verb verb_image_decrypt = {
    .name = "image decrypt",
    .operands = "IN OUT",
    .operand_count = 2,
    .summary = "put an encrypted image in clear, as its active slot holds it",
    .notes =
        "OUT still says that it is delivered encrypted, and `image encrypt` makes it so again; it\n"
        "can be read by you alone. The digest is verified, the signature is not.\n\n"
        "exit status: 0 done, 1 IN is damaged or its key does not open, 2 a file or an option is\n"
        "wrong, 3 internal error",
    .options = decrypt_options,
    .args_size = sizeof(struct encrypt_args),
    .run = run_decrypt,
};
