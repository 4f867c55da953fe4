/*
 * garrison key new, garrison key public, garrison key info
 */
#include <stdio.h>
#include <string.h>

#include "base/hardened.h"
#include "boot/verify.h"
#include "file.h"
#include "json.h"
#include "keyfile.h"
#include "report.h"
#include "verbs.h"

struct info_args {
    bool json;
};

struct new_args {
    bool development;
};

static const struct cli_option no_options[] = {{.name = NULL}};

static const struct cli_option new_options[] = {
    {"development", 0, CLI_FLAG, offsetof(struct new_args, development), NULL,
     "mark it: no device is closed with it unless that is asked for"},
    {.name = NULL},
};

static const struct cli_option info_options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct info_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static int run_new(const void *opaque, const char *const *operands)
{
    const struct new_args *args = opaque;
    struct key key;
    char pem[KEY_PEM_BYTES];
    int status = key_generate(&key);
    key.development = args->development;
    if (status == EXIT_DONE && !key_pem_private(&key, pem)) {
        status = fail(EXIT_INTERNAL, "the key cannot be encoded");
    }
    if (status == EXIT_DONE) {
        status = file_write(operands[0], (const uint8_t *)pem, strlen(pem), FILE_NEW, 0600);
    }
    key_wipe(&key);
    return status;
}

static int run_public(const void *args, const char *const *operands)
{
    (void)args;
    struct key key;
    char pem[KEY_PEM_BYTES];
    int status = key_read(operands[0], false, &key);
    if (status == EXIT_DONE && !key_pem_public(&key, pem)) {
        status = fail(EXIT_INTERNAL, "the key cannot be encoded");
    }
    key_wipe(&key);
    if (status == EXIT_DONE) {
        (void)fputs(pem, stdout);
    }
    return status;
}

static void print_hex(const char *name, const uint8_t *data, size_t len)
{
    printf("%-12s", name);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

static void print_info(const struct key *key, const uint8_t keyhash[32], bool as_json)
{
    struct json json = {.file = stdout};
    if (!as_json) {
        printf("%-12sP-256, %s%s\n", "key", key->has_private ? "private" : "public",
               key->development ? ", for development" : "");
        print_hex("sha256", keyhash, 32);
        print_hex("x", key->point, 32);
        print_hex("y", key->point + 32, 32);
        return;
    }
    json_object(&json, NULL);
    json_text(&json, "curve", "P-256");
    json_bool(&json, "private", key->has_private);
    json_bool(&json, "development", key->development);
    json_hex(&json, "sha256", keyhash, 32);
    json_hex(&json, "x", key->point, 32);
    json_hex(&json, "y", key->point + 32, 32);
    json_end_object(&json);
}

static int run_info(const void *opaque, const char *const *operands)
{
    const struct info_args *args = opaque;
    struct key key;
    uint8_t keyhash[32];
    int status = key_read(operands[0], false, &key);
    if (status == EXIT_DONE && !hardened_ok(verify_keyhash(key.point, keyhash))) {
        status = fail(EXIT_INTERNAL, "hashing failed");
    }
    if (status == EXIT_DONE) {
        print_info(&key, keyhash, args->json);
    }
    key_wipe(&key);
    return status;
}

const struct cli_verb verb_key_new = {
    .name = "key new",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "make a private key, to sign images or to decrypt them",
    .notes =
        "FILE is a P-256 key in PKCS#8 PEM form, as openssl and imgtool read it, readable by\n"
        "you alone. A file that exists is never replaced. Owners sign with their keys; another\n"
        "one, whose private part the devices hold, is to encrypt images to: never the same.\n\n"
        "exit status: 0 done, 2 the file exists or cannot be written, 3 internal error",
    .options = new_options,
    .args_size = sizeof(struct new_args),
    .run = run_new,
};

const struct cli_verb verb_key_public = {
    .name = "key public",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "print the public key of a key file, in PEM form",
    .notes = "exit status: 0 done, 2 FILE is not a P-256 key, 3 internal error",
    .options = no_options,
    .run = run_public,
};

const struct cli_verb verb_key_info = {
    .name = "key info",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show the public part of a key file and its SHA-256",
    .notes =
        "The SHA-256 is over the DER SubjectPublicKeyInfo: what images name their signer by.\n\n"
        "exit status: 0 done, 2 FILE is not a P-256 key, 3 internal error",
    .options = info_options,
    .args_size = sizeof(struct info_args),
    .run = run_info,
};
