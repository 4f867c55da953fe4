/*
 * garrison token show, garrison token verify, garrison token key
 */
#include <inttypes.h>
#include <p256-m.h>
#include <stdio.h>
#include <string.h>

#include <psa/lifecycle.h>

#include "base/hardened.h"
#include "boot/sha256.h"
#include "device_key.h"
#include "file.h"
#include "file_pipe.h"
#include "json.h"
#include "keyfile.h"
#include "report.h"
#include "token_read.h"
#include "verbs.h"

/** Of a token in hexadecimal, and some blanks. */
#define TEXT_BYTES_MAX (3u * TOKEN_BYTES_MAX)

struct show_args {
    bool json;
};

struct verify_args {
    const char *key;
    const char *device;
    const char *challenge;
};

static const struct cli_option no_options[] = {{.name = NULL}};

static const struct cli_option show_options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct show_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static const struct cli_option verify_options[] = {
    {"key", 'k', CLI_TEXT, offsetof(struct verify_args, key), "FILE", "public key of the device"},
    {"device", 'd', CLI_TEXT, offsetof(struct verify_args, device), "FILE",
     "the simulated device itself, in the place of its key"},
    {"challenge", 'c', CLI_TEXT, offsetof(struct verify_args, challenge), "HEX",
     "what the token must answer"},
    {.name = NULL},
};

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
    return at == NULL ? -1 : (int)(at - digits);
}

/** Turns text in hexadecimal, as a console shows it, into its bytes; anything else stays as it is. */
static void decode_hex(struct file_data *file)
{
    size_t digits = 0;
    for (size_t i = 0; i < file->len; i++) {
        const char c = (char)file->data[i];
        if (hex_digit(c) >= 0) {
            digits++;
        } else if (c == '\0' || strchr(" \t\r\n", c) == NULL) {
            return;
        }
    }
    if (digits % 2 != 0) {
        return;
    }
    size_t at = 0;
    for (size_t i = 0; i < file->len; i++) {
        const int digit = hex_digit((char)file->data[i]);
        if (digit >= 0) {
            const int high = at % 2 != 0 ? file->data[at / 2] : 0;
            file->data[at / 2] = (uint8_t)(high * 16 + digit);
            at++;
        }
    }
    file->len = digits / 2;
}

/** Reads a token; the file is the caller's to free. */
static int open_token(const char *path, struct file_data *file, struct token *token)
{
    const int status = file_pipe_read(path, TEXT_BYTES_MAX, file);
    if (status != EXIT_DONE) {
        return status;
    }
    decode_hex(file);
    const struct view bytes = {file->data, (uint32_t)file->len};
    const char *lacks =
        bytes.len <= TOKEN_BYTES_MAX ? token_read(bytes, token) : "longer than any token";
    return lacks == NULL ? EXIT_DONE
                         : fail(EXIT_VERDICT, "%s: refused: not as it must be: %s", path, lacks);
}

/* A member of the claims, in hexadecimal or, of a text, as it is; nothing for one that is absent. */

static void show_bytes(struct json *json, const char *name, struct view bytes)
{
    if (bytes.len != 0) {
        json_hex(json, name, bytes.data, bytes.len);
    }
}

static void show_text(struct json *json, const char *name, struct view text)
{
    char words[256];
    if (text.len != 0) {
        (void)snprintf(words, sizeof words, "%.*s", (int)text.len, (const char *)text.data);
        json_text(json, name, words);
    }
}

static void show_software(struct json *json, const struct claims *claims)
{
    json_array(json, "software");
    for (uint32_t i = 0; i < claims->components; i++) {
        const struct claims_component *component = &claims->component[i];
        json_object(json, NULL);
        show_text(json, "type", component->type);
        show_text(json, "version", component->version);
        show_bytes(json, "measurement", component->measurement);
        show_bytes(json, "signer", component->signer);
        show_text(json, "description", component->description);
        json_end_object(json);
    }
    json_end_array(json);
}

static void show_json(const struct token *token)
{
    const struct claims *claims = &token->claims;
    struct json json = {.file = stdout};
    char client[16];
    (void)snprintf(client, sizeof client, "%" PRId32, claims->client_id);
    json_object(&json, NULL);
    show_text(&json, "profile", claims_profile_text(token->profile));
    show_bytes(&json, "challenge", claims->challenge);
    show_bytes(&json, "instance_id", claims->instance_id);
    show_bytes(&json, "implementation_id", claims->implementation_id);
    json_text(&json, "client_id", client);
    json_number(&json, "life_cycle", claims->life_cycle);
    show_bytes(&json, "boot_seed", claims->boot_seed);
    show_text(&json, "certification_reference", claims->certification);
    show_text(&json, "verification_service", claims->verification_service);
    show_software(&json, claims);
    json_number(&json, "unknown_claims", token->unknown);
    json_end_object(&json);
}

static void print_bytes(const char *name, struct view bytes)
{
    if (bytes.len == 0) {
        return;
    }
    printf("%-24s", name);
    for (uint32_t i = 0; i < bytes.len; i++) {
        printf("%02x", bytes.data[i]);
    }
    printf("\n");
}

/** A text, which may hold anything: what is not printable becomes '?'. */
static void print_text(const char *name, struct view text)
{
    if (text.len == 0) {
        return;
    }
    printf("%-24s", name);
    for (uint32_t i = 0; i < text.len; i++) {
        const bool printable = text.data[i] >= 0x20 && text.data[i] < 0x7F;
        (void)putchar(printable ? text.data[i] : '?');
    }
    printf("\n");
}

static const char *life_cycle_words(uint32_t life_cycle)
{
    static const struct {
        uint32_t state;
        const char *words;
    } rows[] = {
        {PSA_LIFECYCLE_ASSEMBLY_AND_TEST, ", assembly and test"},
        {PSA_LIFECYCLE_PSA_ROT_PROVISIONING, ", provisioning"},
        {PSA_LIFECYCLE_SECURED, ", secured"},
        {PSA_LIFECYCLE_NON_PSA_ROT_DEBUG, ", Non-secure debug open"},
        {PSA_LIFECYCLE_RECOVERABLE_PSA_ROT_DEBUG, ", Secure debug open"},
        {PSA_LIFECYCLE_DECOMMISSIONED, ", decommissioned"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].state == (life_cycle & PSA_LIFECYCLE_PSA_STATE_MASK)) {
            return rows[i].words;
        }
    }
    return "";
}

static void show_lines(const struct token *token)
{
    const struct claims *claims = &token->claims;
    print_text("profile", claims_profile_text(token->profile));
    print_bytes("challenge", claims->challenge);
    print_bytes("instance id", claims->instance_id);
    print_bytes("implementation id", claims->implementation_id);
    printf("%-24s%" PRId32 "\n", "client id", claims->client_id);
    printf("%-24s0x%04" PRIx32 "%s\n", "life cycle", claims->life_cycle,
           life_cycle_words(claims->life_cycle));
    print_bytes("boot seed", claims->boot_seed);
    print_text("certification reference", claims->certification);
    print_text("verification service", claims->verification_service);
    for (uint32_t i = 0; i < claims->components; i++) {
        const struct claims_component *component = &claims->component[i];
        printf("component %" PRIu32 "\n", i);
        print_text("  type", component->type);
        print_text("  version", component->version);
        print_bytes("  measurement", component->measurement);
        print_bytes("  signer", component->signer);
        print_text("  description", component->description);
    }
    if (token->unknown != 0) {
        printf("%-24s%u\n", "unknown claims", token->unknown);
    }
}

static int run_show(const void *opaque, const char *const *operands)
{
    const struct show_args *args = opaque;
    struct file_data file = {0};
    struct token token;
    const int status = open_token(operands[0], &file, &token);
    if (status == EXIT_DONE && args->json) {
        show_json(&token);
    } else if (status == EXIT_DONE) {
        show_lines(&token);
    }
    file_free(&file);
    return status;
}

static bool is_hex(const char *text)
{
    const size_t len = strlen(text);
    return len > 0 && len % 2u == 0 && strspn(text, "0123456789abcdefABCDEF") == len;
}

/** Whether a text is the bytes in hexadecimal. */
static bool is_hex_of(const char *text, struct view bytes)
{
    if (strlen(text) != 2u * bytes.len) {
        return false;
    }
    for (uint32_t i = 0; i < bytes.len; i++) {
        const int high = hex_digit(text[2u * i]);
        const int low = hex_digit(text[2u * i + 1u]);
        if (high < 0 || low < 0 || bytes.data[i] != high * 16 + low) {
            return false;
        }
    }
    return true;
}

static int verify(const char *path, const struct token *token, const struct key *key,
                  const char *challenge)
{
    const struct view head = {cose_signed_head, COSE_SIGNED_HEAD_BYTES};
    uint8_t digest[SHA256_BYTES];
    struct sha256 hash;
    sha256_start(&hash);
    sha256_add(&hash, head);
    sha256_add(&hash, token->signed_part);
    if (!hardened_ok(sha256_finish(&hash, digest))) {
        return fail(EXIT_INTERNAL, "hashing failed");
    }
    if (p256_ecdsa_verify(token->signature, key->point, digest, sizeof digest) != P256_SUCCESS) {
        return fail(EXIT_VERDICT, "%s: refused: the signature is not by this key", path);
    }
    if (!is_hex_of(challenge, token->claims.challenge)) {
        return fail(EXIT_VERDICT, "%s: refused: it answers another challenge", path);
    }
    return EXIT_DONE;
}

static int run_verify(const void *opaque, const char *const *operands)
{
    const struct verify_args *args = opaque;
    struct file_data file = {0};
    struct token token;
    struct key key;
    if ((args->key == NULL) == (args->device == NULL)) {
        return fail(EXIT_USAGE, "token verify: it needs --key or --device");
    }
    if (args->challenge == NULL) {
        return fail(EXIT_USAGE, "token verify: --challenge is missing");
    }
    if (!is_hex(args->challenge)) {
        return fail(EXIT_USAGE, "--challenge: '%s' is not hexadecimal", args->challenge);
    }
    int status =
        args->key != NULL ? key_read(args->key, false, &key) : device_key_read(args->device, &key);
    status = status == EXIT_DONE ? open_token(operands[0], &file, &token) : status;
    status = status == EXIT_DONE ? verify(operands[0], &token, &key, args->challenge) : status;
    if (status == EXIT_DONE) {
        printf("%s: verified\n", operands[0]);
    }
    file_free(&file);
    key_wipe(&key);
    return status;
}

static int run_key(const void *opaque, const char *const *operands)
{
    struct key key;
    char pem[KEY_PEM_BYTES];
    (void)opaque;
    int status = device_key_read(operands[0], &key);
    if (status == EXIT_DONE && !key_pem_public(&key, pem)) {
        status = fail(EXIT_INTERNAL, "the key cannot be encoded");
    }
    if (status == EXIT_DONE) {
        (void)fputs(pem, stdout);
    }
    return status;
}

const struct cli_verb verb_token_show = {
    .name = "token show",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show the claims of an attestation token, without verifying it",
    .notes = "FILE has the token's bytes, or these in hexadecimal; - is standard input.\n\n"
             "exit status: 0 shown, 1 FILE is not a token, 2 FILE cannot be read,\n"
             "3 internal error",
    .options = show_options,
    .args_size = sizeof(struct show_args),
    .run = run_show,
};

const struct cli_verb verb_token_verify = {
    .name = "token verify",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "check that an attestation token is a device's answer to a challenge",
    .notes =
        "A key and the challenge are needed: without it, an old token is as good as a new one.\n"
        "What the claims say is not judged. FILE has the token's bytes, or these in "
        "hexadecimal.\n\n"
        "exit status: 0 verified, 1 refused (not a token, another key, another challenge),\n"
        "2 FILE, key or device cannot be read, 3 internal error",
    .options = verify_options,
    .args_size = sizeof(struct verify_args),
    .run = run_verify,
};

const struct cli_verb verb_token_key = {
    .name = "token key",
    .operands = "DEVICE",
    .operand_count = 1,
    .summary = "print the public key that a simulated device's tokens are verified with",
    .notes =
        "The device file stays as it is. In product state OPEN all devices have the same key.\n\n"
        "exit status: 0 printed, 1 the device does not start, or has no attestation,\n"
        "2 DEVICE cannot be read, 3 internal error",
    .options = no_options,
    .run = run_key,
};
