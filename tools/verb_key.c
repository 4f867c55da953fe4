/*
 * garrison key new, garrison key public
 */
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "keyfile.h"
#include "report.h"
#include "verbs.h"

static const struct cli_option no_options[] = {{.name = NULL}};

static int run_new(const void *args, const char *const *operands)
{
    (void)args;
    struct key key;
    char pem[KEY_PEM_BYTES];
    int status = key_generate(&key);
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

const struct cli_verb verb_key_new = {
    .name = "key new",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "make a private key for an owner of images",
    .notes = "FILE is a P-256 key in PKCS#8 PEM form, as openssl and imgtool read it, readable by\n"
             "you alone. A file that exists is never replaced.\n\n"
             "exit status: 0 done, 2 the file exists or cannot be written, 3 internal error",
    .options = no_options,
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
