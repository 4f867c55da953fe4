/*
 * garrison obk show
 */
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "keyfile.h"
#include "obk_file.h"
#include "vendor_cert.h"
#include "vendor_number.h"
#include "vendor_obk_field.h"
#include "verbs.h"

struct show_args {
    bool json;
    const char *root_key;
    const char *password;
};

static const struct cli_option options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct show_args, json), NULL, "print JSON"},
    {"root-key", 0, CLI_TEXT, offsetof(struct show_args, root_key), "FILE",
     "debug authentication must be by certificates of this root"},
    {"password", 0, CLI_TEXT, offsetof(struct show_args, password), "FILE",
     "debug authentication must be by this password"},
    {.name = NULL},
};

/** What is shown of a file. */
struct shown {
    struct vendor_obk obk;
    const struct vendor_obk_kind *kind; /**< NULL: unknown. */
    const char *wrong;                  /**< Why it would not do; NULL: it would. */
    bool is_da;
    struct vendor_obk_da da;
    const char *credential; /**< Of debug authentication. */
};

static const char *integrity(const struct shown *shown)
{
    if (vendor_obk_has_digest(&shown->obk)) {
        return "right: begins with the SHA-256 of the rest";
    }
    if (shown->kind == NULL || shown->kind->digest == VENDOR_OBK_UNKNOWN) {
        return "unknown: does not begin with the SHA-256 of the rest, and need not";
    }
    return shown->kind->digest == VENDOR_OBK_YES
               ? "WRONG: does not begin with the SHA-256 of the rest"
               : "none: data of this kind has no digest";
}

static bool is_of(const struct vendor_obk_field *field, const struct shown *shown)
{
    return shown->kind != NULL && strcmp(shown->kind->name, field->kind) == 0 &&
           shown->obk.len == shown->kind->len;
}

static void show_lines(const struct shown *shown)
{
    char text[VENDOR_PERMISSION_TEXT];
    if (shown->kind != NULL) {
        printf("%-16s%s: %s\n", "kind", shown->kind->name, shown->kind->words);
    } else {
        printf("%-16sunknown\n", "kind");
    }
    printf("%-16s0x%08X, of HDPL%u\n", "address", (unsigned)(VENDOR_OBK_BASE + shown->obk.off),
           shown->obk.level);
    printf("%-16s%u bytes\n", "size", (unsigned)shown->obk.len);
    printf("%-16s%s\n", "encryption", shown->obk.encrypt ? "by the chip" : "none");
    printf("%-16s%s\n", "integrity", integrity(shown));
    if (shown->is_da) {
        printf("%-16s", "hash");
        for (size_t i = 0; i < sizeof shown->da.hash; i++) {
            printf("%02x", shown->da.hash[i]);
        }
        vendor_permission_text(shown->da.permissions, text);
        printf("\n%-16s%s\n", "credential", shown->credential);
        printf("%-16s%s\n", "permissions", text);
    }
    for (unsigned i = 0; i < vendor_obk_field_count; i++) {
        const struct vendor_obk_field *field = &vendor_obk_fields[i];
        if (is_of(field, shown)) {
            printf("  %-28s0x%0*X\n", field->name, 2 * field->width,
                   (unsigned)vendor_obk_field_value(&shown->obk, field));
        }
    }
}

static void show_json(const struct shown *shown)
{
    struct json json = {.file = stdout};
    char text[VENDOR_PERMISSION_TEXT];
    json_object(&json, NULL);
    json_text(&json, "kind", shown->kind != NULL ? shown->kind->name : "unknown");
    json_number(&json, "address", VENDOR_OBK_BASE + shown->obk.off);
    json_number(&json, "hdpl", shown->obk.level);
    json_number(&json, "size", shown->obk.len);
    json_bool(&json, "encrypt", shown->obk.encrypt);
    json_bool(&json, "digest", vendor_obk_has_digest(&shown->obk));
    json_text(&json, "verdict",
              shown->wrong != NULL  ? "wrong"
              : shown->kind == NULL ? "unknown"
                                    : "sound");
    if (shown->is_da) {
        json_object(&json, "debug_authentication");
        json_hex(&json, "hash", shown->da.hash, sizeof shown->da.hash);
        vendor_permission_text(shown->da.permissions, text);
        json_text(&json, "permissions", text);
        vendor_number_text(shown->da.permissions, text);
        json_text(&json, "permission_mask", text);
        json_end_object(&json);
    }
    json_object(&json, "fields");
    for (unsigned i = 0; i < vendor_obk_field_count; i++) {
        if (is_of(&vendor_obk_fields[i], shown)) {
            json_number(&json, vendor_obk_fields[i].name,
                        vendor_obk_field_value(&shown->obk, &vendor_obk_fields[i]));
        }
    }
    json_end_object(&json);
    json_end_object(&json);
}

/** The hash that debug-authentication data must have, if one is asked for. */
static int wanted_hash(const struct show_args *args, uint8_t hash[32])
{
    if (args->password != NULL) {
        uint8_t password[VENDOR_PASSWORD_BYTES];
        const int status = obk_file_read_password(args->password, password);
        vendor_password_hash(password, hash);
        mbedtls_platform_zeroize(password, sizeof password);
        return status;
    }
    struct key key;
    const int status = key_read(args->root_key, false, &key);
    vendor_cert_key_hash(key.point, hash);
    key_wipe(&key);
    return status;
}

/** Compares the credential with the one asked for. */
static int judge_credential(const struct show_args *args, struct shown *shown)
{
    uint8_t hash[32];
    shown->credential = "a root key or a password: the data does not tell which";
    if (args->root_key == NULL && args->password == NULL) {
        return EXIT_DONE;
    }
    const int status = wanted_hash(args, hash);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!shown->is_da) {
        shown->wrong = shown->wrong != NULL ? shown->wrong : "is not debug-authentication data";
    } else if (memcmp(hash, shown->da.hash, sizeof hash) == 0) {
        shown->credential =
            args->root_key != NULL ? "certificates of that root key" : "that password";
    } else {
        shown->credential = "another one than that asked about";
        shown->wrong =
            shown->wrong != NULL ? shown->wrong : "the hash is not of the credential asked about";
    }
    return EXIT_DONE;
}

static int run_show(const void *opaque, const char *const *operands)
{
    const struct show_args *args = opaque;
    struct file_data file;
    struct shown shown = {0};
    if (args->root_key != NULL && args->password != NULL) {
        return fail(EXIT_USAGE, "obk show: --root-key and --password exclude each other");
    }
    int status = obk_file_read(operands[0], EXIT_VERDICT, &file, &shown.obk);
    if (status != EXIT_DONE) {
        return status;
    }
    shown.wrong = obk_file_wrong(vendor_obk_judge(&shown.obk, &shown.kind));
    shown.is_da = vendor_obk_da_read(&shown.obk, &shown.da);
    status = judge_credential(args, &shown);
    if (status == EXIT_DONE && args->json) {
        show_json(&shown);
    } else if (status == EXIT_DONE) {
        show_lines(&shown);
    }
    if (status == EXIT_DONE && shown.wrong != NULL) {
        status = fail(EXIT_VERDICT, "%s: %s", operands[0], shown.wrong);
    }
    mbedtls_platform_zeroize(file.data, file.len);
    file_free(&file);
    return status;
}

const struct cli_verb verb_obk_show = {
    .name = "obk show",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show what an .obk file writes into the option-byte keys, and whether it would do",
    .notes =
        "FILE is as the vendor's tools make it; - is standard input. Data of debug authentication\n"
        "does not tell whether its hash is of a root key or of a password: a chip with TrustZone\n"
        "on takes it for a root key's, one with TrustZone off for a password's. Private keys are\n"
        "not shown.\n\n"
        "exit status: 0 it would do, or nothing is known of its kind, 1 it would not, or is not\n"
        "of the credential asked about, 2 a file cannot be read, 3 internal error",
    .options = options,
    .args_size = sizeof(struct show_args),
    .run = run_show,
};
