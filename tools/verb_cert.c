/*
 * garrison cert show, garrison cert verify
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cert_file.h"
#include "file_pipe.h"
#include "json.h"
#include "keyfile.h"
#include "obk_file.h"
#include "vendor_number.h"
#include "verbs.h"

struct show_args {
    bool json;
};

struct verify_args {
    const char *root_key;
    const char *obk;
    const char *key;
    const char *permissions;
};

static const struct cli_option show_options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct show_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static const struct cli_option verify_options[] = {
    {"root-key", 0, CLI_TEXT, offsetof(struct verify_args, root_key), "FILE",
     "the root's key must be this one"},
    {"obk", 0, CLI_TEXT, offsetof(struct verify_args, obk), "FILE",
     "a device with this debug-authentication data must accept it"},
    {"key", 'k', CLI_TEXT, offsetof(struct verify_args, key), "FILE",
     "the last certificate must be of this key"},
    {"permissions", 'p', CLI_TEXT, offsetof(struct verify_args, permissions), "LIST",
     "it must permit all of these"},
    {.name = NULL},
};

/* Showing. */

static const char *or_number(const char *name, unsigned number, char text[16])
{
    if (name == NULL) {
        (void)snprintf(text, 16, "0x%02X", number);
    }
    return name != NULL ? name : text;
}

/** Whether the certificate of that index is signed with the key that must have signed it. */
static bool signed_right(const struct vendor_cert_chain *chain, unsigned index)
{
    const unsigned issuer = index > 0 ? index - 1u : 0;
    return vendor_cert_verify(&chain->cert[index], chain->cert[issuer].point);
}

static void line_hex(const char *name, const uint8_t *bytes, size_t len)
{
    printf("  %-16s", name);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", bytes[i]);
    }
    printf("\n");
}

/** A number that stands for no limit when it is zero. */
static void line_limit(const char *name, uint32_t value, const char *none)
{
    if (value == 0) {
        printf("  %-16s%s\n", name, none);
    } else {
        printf("  %-16s0x%04" PRIX32 "\n", name, value);
    }
}

static void show_lines(const struct vendor_cert_chain *chain)
{
    static const uint8_t any[16];
    char text[VENDOR_PERMISSION_TEXT];
    for (unsigned i = 0; i < chain->count; i++) {
        const struct vendor_cert *cert = &chain->cert[i];
        char number[16];
        uint8_t hash[32];
        printf("certificate %u of %u\n", i + 1u, chain->count);
        printf("  %-16s%s\n", "role",
               or_number(vendor_cert_role_name(cert->role), cert->role, number));
        printf("  %-16s%s\n", "usage",
               or_number(vendor_cert_usage_name(cert->usage), cert->usage, number));
        vendor_permission_text(cert->permissions, text);
        printf("  %-16s%s\n", "permissions", text);
        line_limit("life cycle", cert->life_cycle, "any");
        line_limit("OEM constraint", cert->oem_constraint, "none");
        line_limit("class of chips", cert->soc_class, "any");
        vendor_number_text(cert->soc_id, text);
        printf("  %-16s%s\n", "chip", memcmp(cert->soc_id, any, sizeof any) == 0 ? "any" : text);
        vendor_cert_key_hash(cert->point, hash);
        line_hex("hash of its key", hash, sizeof hash);
        printf("  %-16s%s\n", "signature",
               signed_right(chain, i) ? (i > 0 ? "by the one before it" : "by itself") : "WRONG");
    }
    uint8_t mask[VENDOR_PERMISSION_BYTES];
    vendor_cert_chain_permissions(chain, mask);
    vendor_permission_text(mask, text);
    printf("permits together  %s\n", text);
}

static void json_permissions(struct json *json, const uint8_t mask[VENDOR_PERMISSION_BYTES])
{
    char text[VENDOR_PERMISSION_TEXT];
    vendor_permission_text(mask, text);
    json_text(json, "permissions", text);
    vendor_number_text(mask, text);
    json_text(json, "permission_mask", text);
}

static void show_json(const struct vendor_cert_chain *chain)
{
    struct json json = {.file = stdout};
    uint8_t mask[VENDOR_PERMISSION_BYTES];
    json_object(&json, NULL);
    json_array(&json, "certificates");
    for (unsigned i = 0; i < chain->count; i++) {
        const struct vendor_cert *cert = &chain->cert[i];
        char text[VENDOR_NUMBER_TEXT];
        char number[16];
        uint8_t hash[32];
        json_object(&json, NULL);
        json_text(&json, "role", or_number(vendor_cert_role_name(cert->role), cert->role, number));
        json_text(&json, "usage",
                  or_number(vendor_cert_usage_name(cert->usage), cert->usage, number));
        json_permissions(&json, cert->permissions);
        json_number(&json, "life_cycle", cert->life_cycle);
        json_number(&json, "oem_constraint", cert->oem_constraint);
        json_number(&json, "soc_class", cert->soc_class);
        vendor_number_text(cert->soc_id, text);
        json_text(&json, "soc_id", text);
        vendor_cert_key_hash(cert->point, hash);
        json_hex(&json, "key_hash", hash, sizeof hash);
        json_bool(&json, "signature_right", signed_right(chain, i));
        json_end_object(&json);
    }
    json_end_array(&json);
    vendor_cert_chain_permissions(chain, mask);
    json_permissions(&json, mask);
    json_end_object(&json);
}

static int run_show(const void *opaque, const char *const *operands)
{
    const struct show_args *args = opaque;
    struct vendor_cert_chain chain;
    const int status = cert_file_read(operands[0], EXIT_VERDICT, &chain);
    if (status == EXIT_DONE && args->json) {
        show_json(&chain);
    } else if (status == EXIT_DONE) {
        show_lines(&chain);
    }
    return status;
}

/* Verifying. */

/** What the device knows: its root's hash, and the most that it ever permits. */
static int take_root(const struct verify_args *args, struct vendor_obk_da *da)
{
    memset(da->permissions, 0xFF, sizeof da->permissions);
    if (args->obk != NULL) {
        return obk_file_read_da(args->obk, da);
    }
    struct key key;
    const int status = key_read(args->root_key, false, &key);
    if (status == EXIT_DONE) {
        vendor_cert_key_hash(key.point, da->hash);
    }
    key_wipe(&key);
    return status;
}

static int check_key(const char *path, const char *key_path, const struct vendor_cert_chain *chain)
{
    const struct vendor_cert *last = &chain->cert[chain->count - 1u];
    struct key key;
    int status = key_read(key_path, false, &key);
    if (status == EXIT_DONE && memcmp(key.point, last->point, sizeof key.point) != 0) {
        status = fail(EXIT_VERDICT, "%s: refused: certificate %u is not of the key %s", path,
                      chain->count, key_path);
    }
    key_wipe(&key);
    return status;
}

static int check_permissions(const char *path, const char *wanted,
                             const uint8_t mask[VENDOR_PERMISSION_BYTES])
{
    uint8_t missing[VENDOR_PERMISSION_BYTES];
    char text[VENDOR_PERMISSION_TEXT];
    if (!vendor_permission_parse(wanted, missing, text)) {
        return fail(EXIT_USAGE, "--permissions: %s", text);
    }
    if (!vendor_permission_beyond(missing, mask)) {
        return EXIT_DONE;
    }
    for (size_t i = 0; i < sizeof missing; i++) {
        missing[i] &= (uint8_t)~mask[i];
    }
    vendor_permission_text(missing, text);
    return fail(EXIT_VERDICT, "%s: refused: it does not permit %s", path, text);
}

static int run_verify(const void *opaque, const char *const *operands)
{
    const struct verify_args *args = opaque;
    const bool has_root = args->root_key != NULL || args->obk != NULL;
    struct vendor_obk_da da;
    struct vendor_cert_chain chain;
    struct vendor_cert_problem problem;
    uint8_t mask[VENDOR_PERMISSION_BYTES];
    char text[VENDOR_PERMISSION_TEXT];
    if (args->root_key != NULL && args->obk != NULL) {
        return fail(EXIT_USAGE, "cert verify: --root-key and --obk exclude each other");
    }
    int status = has_root ? take_root(args, &da) : EXIT_DONE;
    if (status == EXIT_DONE) {
        status = cert_file_read(operands[0], EXIT_VERDICT, &chain);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_cert_chain_verify(&chain, has_root ? da.hash : NULL, &problem)) {
        return cert_file_wrong(operands[0], EXIT_VERDICT, &problem);
    }
    vendor_cert_chain_permissions(&chain, mask);
    if (has_root) {
        vendor_permission_keep(mask, da.permissions);
    }
    if (args->key != NULL) {
        status = check_key(operands[0], args->key, &chain);
    }
    if (status == EXIT_DONE && args->permissions != NULL) {
        status = check_permissions(operands[0], args->permissions, mask);
    }
    if (status == EXIT_DONE && chain.cert[chain.count - 1u].role == VENDOR_CERT_INTERMEDIATE) {
        say("note: it ends with an intermediate's certificate; devices want a leaf's behind it");
    }
    if (status == EXIT_DONE) {
        vendor_permission_text(mask, text);
        printf("%s: verified, permits %s\n", operands[0], text);
    }
    return status;
}

const struct cli_verb verb_cert_show = {
    .name = "cert show",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show certificates of debug authentication, without judging them",
    .notes = "FILE is a chain in base 64, or several files one after the other; - is standard "
             "input.\n\n"
             "exit status: 0 shown, 1 FILE is not certificates, 2 FILE cannot be read,\n"
             "3 internal error",
    .options = show_options,
    .args_size = sizeof(struct show_args),
    .run = run_show,
};

const struct cli_verb verb_cert_verify = {
    .name = "cert verify",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "check a chain of certificates, and what it permits",
    .notes = "Checked are roles, keys, all signatures, and that a chip exists on which each of "
             "them\n"
             "holds. Without --root-key or --obk any root will do. FILE may be - for standard "
             "input.\n\n"
             "exit status: 0 verified, 1 refused, 2 an option or another file is wrong,\n"
             "3 internal error",
    .options = verify_options,
    .args_size = sizeof(struct verify_args),
    .run = run_verify,
};
