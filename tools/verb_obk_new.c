/*
 * garrison obk new
 */
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>

#include "file_pipe.h"
#include "keyfile.h"
#include "obk_file.h"
#include "vendor_cert.h"
#include "verbs.h"

struct new_args {
    const char *root_key;
    const char *password;
    const char *permissions;
    const char *data;
    const char *kind;
    struct cli_number address;
    bool encrypt;
    bool digest;
    bool development;
};

static const struct cli_option options[] = {
    {"root-key", 0, CLI_TEXT, offsetof(struct new_args, root_key), "FILE",
     "debug authentication by certificates of this root"},
    {"development", 0, CLI_FLAG, offsetof(struct new_args, development), NULL,
     "although the root's key is one for development"},
    {"password", 0, CLI_TEXT, offsetof(struct new_args, password), "FILE",
     "debug authentication by this password"},
    {"permissions", 'p', CLI_TEXT, offsetof(struct new_args, permissions), "LIST",
     "the most that it permits (all)"},
    {"data", 'd', CLI_TEXT, offsetof(struct new_args, data), "FILE", "or: these bytes"},
    {"kind", 0, CLI_TEXT, offsetof(struct new_args, kind), "NAME",
     "what the bytes are; says address, encryption and digest"},
    {"address", 0, CLI_NUMBER, offsetof(struct new_args, address), "ADDR",
     "or: where they go, from 0x0FFD0100 on"},
    {"encrypt", 0, CLI_FLAG, offsetof(struct new_args, encrypt), NULL,
     "have the chip encrypt them"},
    {"digest", 0, CLI_FLAG, offsetof(struct new_args, digest), NULL,
     "put the SHA-256 of the bytes in front of them"},
    {.name = NULL},
};

/* Debug authentication. */

static int take_hash(const struct new_args *args, struct vendor_obk_da *da)
{
    if (args->password != NULL) {
        uint8_t password[VENDOR_PASSWORD_BYTES];
        const int status = obk_file_read_password(args->password, password);
        vendor_password_hash(password, da->hash);
        mbedtls_platform_zeroize(password, sizeof password);
        return status;
    }
    struct key key;
    int status = key_read(args->root_key, false, &key);
    if (status == EXIT_DONE && key.development && !args->development) {
        status = fail(EXIT_USAGE,
                      "%s: is a key for development, which an .obk file does not show any more; "
                      "--development makes it all the same",
                      args->root_key);
    }
    vendor_cert_key_hash(key.point, da->hash);
    key_wipe(&key);
    return status;
}

/** Refuses a mask with which a closed device could never be opened again. */
static int check_mask(const struct new_args *args, const struct vendor_obk_da *da)
{
    uint8_t known[VENDOR_PERMISSION_BYTES];
    char why[VENDOR_PERMISSION_TEXT];
    (void)vendor_permission_parse(args->password != NULL ? "full-regression" : "all", known, why);
    for (size_t i = 0; i < sizeof known; i++) {
        if ((known[i] & da->permissions[i]) != 0) {
            return EXIT_DONE;
        }
    }
    return fail(EXIT_USAGE, "--permissions: %s",
                args->password != NULL
                    ? "a password permits a full regression and nothing else; without "
                      "full-regression a closed device could never be opened again"
                    : "with none of them a closed device could never be opened again");
}

static int make_da(const struct new_args *args, const char *out)
{
    struct vendor_obk_da da;
    uint8_t file[VENDOR_OBK_DA_FILE];
    char why[VENDOR_PERMISSION_TEXT];
    const char *permissions = args->permissions != NULL ? args->permissions : "all";
    if (!vendor_permission_parse(permissions, da.permissions, why)) {
        return fail(EXIT_USAGE, "--permissions: %s", why);
    }
    int status = check_mask(args, &da);
    if (status == EXIT_DONE) {
        status = take_hash(args, &da);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    vendor_obk_da_write(&da, file);
    return file_pipe_write(out, file, sizeof file, FILE_REPLACE, 0600);
}

/* Any bytes. */

static int unknown_kind(const char *name)
{
    char names[256] = "";
    for (unsigned i = 0; i < vendor_obk_kind_count; i++) {
        const size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                       vendor_obk_kinds[i].name);
    }
    return fail(EXIT_USAGE, "--kind: '%s' is none of %s", name, names);
}

/** Where the bytes go and how, from the options; the digest that they begin with is in *digest. */
static int take_place(const struct new_args *args, struct vendor_obk *obk, bool *digest)
{
    obk->encrypt = args->encrypt;
    *digest = args->digest;
    if (args->kind == NULL && !args->address.given) {
        return fail(EXIT_USAGE, "obk new: --data needs --kind or --address");
    }
    if (args->kind == NULL) {
        obk->off = (uint32_t)args->address.value - VENDOR_OBK_BASE;
        return args->address.value <= UINT32_MAX ? EXIT_DONE
                                                 : fail(EXIT_USAGE, "--address: more than 32 bits");
    }
    const struct vendor_obk_kind *kind = vendor_obk_kind_named(args->kind);
    if (kind == NULL) {
        return unknown_kind(args->kind);
    }
    if (args->address.given) {
        return fail(EXIT_USAGE, "obk new: --kind and --address exclude each other");
    }
    obk->off = kind->off;
    obk->encrypt = args->encrypt || kind->encrypt == VENDOR_OBK_YES;
    *digest = args->digest || kind->digest == VENDOR_OBK_YES;
    return EXIT_DONE;
}

static int write_data(const struct new_args *args, const char *out, struct vendor_obk *obk)
{
    uint8_t file[VENDOR_OBK_FILE_MAX];
    const struct vendor_obk_kind *kind;
    const char *why = vendor_obk_check(obk);
    if (why != NULL) {
        return fail(EXIT_USAGE, "%s: %u bytes for 0x%08X: %s", args->data, (unsigned)obk->len,
                    (unsigned)(VENDOR_OBK_BASE + obk->off), why);
    }
    why = obk_file_wrong(vendor_obk_judge(obk, &kind));
    if (why != NULL && args->kind != NULL) {
        return fail(EXIT_USAGE, "%s: as %s: %s", args->data, kind->name, why);
    }
    const size_t len = vendor_obk_write(obk, file);
    const int status = file_pipe_write(out, file, len, FILE_REPLACE, 0600);
    mbedtls_platform_zeroize(file, sizeof file);
    return status;
}

static int make_data(const struct new_args *args, const char *out)
{
    uint8_t data[VENDOR_OBK_DATA_MAX];
    struct vendor_obk obk = {.data = data};
    struct file_data file;
    bool digest = false;
    int status = take_place(args, &obk, &digest);
    if (status != EXIT_DONE) {
        return status;
    }
    const uint32_t front = digest ? VENDOR_OBK_DIGEST : 0;
    status = file_pipe_read(args->data, sizeof data - front, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    obk.len = front + (uint32_t)file.len;
    memcpy(data + front, file.data, file.len);
    if (digest) {
        vendor_obk_digest(data, obk.len);
    }
    status = write_data(args, out, &obk);
    mbedtls_platform_zeroize(data, sizeof data);
    mbedtls_platform_zeroize(file.data, file.len);
    file_free(&file);
    return status;
}

static int run_new(const void *opaque, const char *const *operands)
{
    const struct new_args *args = opaque;
    const unsigned sources = (args->root_key != NULL ? 1u : 0u) +
                             (args->password != NULL ? 1u : 0u) + (args->data != NULL ? 1u : 0u);
    const bool placed = args->kind != NULL || args->address.given || args->encrypt || args->digest;
    if (sources != 1u) {
        return fail(EXIT_USAGE, "obk new: one of --root-key, --password and --data is needed");
    }
    if (args->data != NULL && args->permissions != NULL) {
        return fail(EXIT_USAGE, "obk new: --permissions is for --root-key and --password");
    }
    if (args->root_key == NULL && args->development) {
        return fail(EXIT_USAGE, "obk new: --development is for --root-key");
    }
    if (args->data == NULL && placed) {
        return fail(EXIT_USAGE,
                    "obk new: --kind, --address, --encrypt and --digest are for --data");
    }
    return args->data != NULL ? make_data(args, operands[0]) : make_da(args, operands[0]);
}

const struct cli_verb verb_obk_new = {
    .name = "obk new",
    .operands = "OUT",
    .operand_count = 1,
    .summary = "make an .obk file: who may open debug, or any option-byte keys",
    .notes =
        "OUT is as the vendor's tools read it; - is standard output, and as FILE standard input.\n"
        "Certificates are for a chip with TrustZone on, a password for one with TrustZone off: "
        "the\n"
        "wrong kind can never open a closed device. LIST is that of garrison cert new; a password\n"
        "permits full-regression only. Kinds: debug-authentication, stirot-config, stirot-data,\n"
        "sm-keys, sm-general, garrison-keys, garrison-layout ...; their digest is put in front.\n\n"
        "exit status: 0 done, 2 an option or a file is wrong or OUT cannot be written,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct new_args),
    .run = run_new,
};
