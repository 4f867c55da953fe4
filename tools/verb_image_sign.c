/*
 * garrison image sign
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/module.h>

#include "base/bytes.h"
#include "file.h"
#include "image_file.h"
#include "port/stm32h573/layout.h"
#include "report.h"
#include "slots.h"
#include "verbs.h"

struct sign_args {
    const char *key;
    const char *slot;
    const char *layout;
    const char *version;
    struct cli_number load_addr;
    struct cli_number header_size;
    struct cli_number counter;
    struct cli_list depends;
    const char *boot_record;
    const char *encrypt_to;
    struct cli_number aes;
    bool clear;
};

static const struct cli_option options[] = {
    {"key", 'k', CLI_TEXT, offsetof(struct sign_args, key), "FILE", "private key of the owner"},
    {"slot", 's', CLI_TEXT, offsetof(struct sign_args, slot), "NAME",
     "slot it is linked for: urot, manager, application, module0 ..."},
    {"layout", 0, CLI_TEXT, offsetof(struct sign_args, layout), "FILE",
     "device description with the layout of that slot (the default layout)"},
    {"load-addr", 0, CLI_NUMBER, offsetof(struct sign_args, load_addr), "ADDR",
     "or: address where the image must stand"},
    {"version", 0, CLI_TEXT, offsetof(struct sign_args, version), "X.Y.Z+B",
     "version of the image (0.0.0+0)"},
    {"counter", 0, CLI_NUMBER, offsetof(struct sign_args, counter), "N",
     "security counter, signed"},
    {"header-size", 0, CLI_NUMBER, offsetof(struct sign_args, header_size), "BYTES",
     "bytes before the body (0x400)"},
    {"depends", 0, CLI_LIST, offsetof(struct sign_args, depends), "ROLE@X.Y.Z",
     "needs that image in that version or a later one, signed; several times"},
    {"boot-record", 0, CLI_TEXT, offsetof(struct sign_args, boot_record), "TYPE",
     "boot record for attestation, with that software type"},
    {"encrypt-to", 'e', CLI_TEXT, offsetof(struct sign_args, encrypt_to), "FILE",
     "encrypt it to the devices with that public key"},
    {"aes", 0, CLI_NUMBER, offsetof(struct sign_args, aes), "BITS",
     "to encrypt with: 128 or 256 (128)"},
    {"clear", 0, CLI_FLAG, offsetof(struct sign_args, clear), NULL,
     "leave the body in clear, for an active slot or `image encrypt`"},
    {.name = NULL},
};

/** One number of a version: decimal, at most `max`, ended by `end`. NULL: it is not. */
static const char *version_number(const char *text, char end, uint32_t max, uint32_t *number)
{
    uint64_t value = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9' && value <= max; c++) {
        value = value * 10 + (uint64_t)(*c - '0');
    }
    if (c == text || *c != end || value > max) {
        return NULL;
    }
    *number = (uint32_t)value;
    return *c == '\0' ? c : c + 1;
}

static bool parse_version(const char *text, struct image_version *version)
{
    uint32_t major = 0;
    uint32_t minor = 0;
    uint32_t revision = 0;
    uint32_t build = 0;
    const char *rest = version_number(text, '.', UINT8_MAX, &major);
    rest = rest != NULL ? version_number(rest, '.', UINT8_MAX, &minor) : NULL;
    if (rest == NULL) {
        return false;
    }
    const bool has_build = strchr(rest, '+') != NULL;
    rest = version_number(rest, has_build ? '+' : '\0', UINT16_MAX, &revision);
    if (rest != NULL && has_build) {
        rest = version_number(rest, '\0', UINT32_MAX, &build);
    }
    *version = (struct image_version){(uint8_t)major, (uint8_t)minor, (uint16_t)revision, build};
    return rest != NULL;
}

/** Where the image must stand, if that is said. `*room` is the bytes there are, 0: not known. */
static int plan_place(const struct sign_args *args, struct image_plan *plan, uint32_t *room)
{
    *room = 0;
    if (args->slot != NULL && args->load_addr.given) {
        return fail(EXIT_USAGE, "image sign: --slot and --load-addr exclude each other");
    }
    if (args->layout != NULL && args->slot == NULL) {
        return fail(EXIT_USAGE, "image sign: --layout needs --slot");
    }
    if (args->slot != NULL) {
        struct slot_place slot;
        const int status = slot_find(args->slot, args->layout, &slot);
        if (status != EXIT_DONE) {
            return status;
        }
        plan->load_addr = slot.addr;
        plan->flags = IMAGE_FLAG_ROM_FIXED;
        *room = slot.size;
    }
    if (args->load_addr.given) {
        if (args->load_addr.value > UINT32_MAX) {
            return fail(EXIT_USAGE, "--load-addr: is beyond 32 bits");
        }
        plan->load_addr = (uint32_t)args->load_addr.value;
        plan->flags = IMAGE_FLAG_ROM_FIXED;
    }
    return EXIT_DONE;
}

static int plan_numbers(const struct sign_args *args, struct image_plan *plan)
{
    const uint64_t header_size =
        args->header_size.given ? args->header_size.value : LAYOUT_HEADER_SIZE;
    if (header_size < IMAGE_HEADER_BYTES || header_size > 0x8000u || header_size % 4u != 0) {
        return fail(EXIT_USAGE, "--header-size: must be a multiple of 4 from %u to 0x8000",
                    IMAGE_HEADER_BYTES);
    }
    plan->header_size = (uint16_t)header_size;
    if (args->counter.value > UINT32_MAX) {
        return fail(EXIT_USAGE, "--counter: is beyond 32 bits");
    }
    plan->has_counter = args->counter.given;
    plan->counter = (uint32_t)args->counter.value;
    if (args->version != NULL && !parse_version(args->version, &plan->version)) {
        return fail(EXIT_USAGE, "--version: '%s' is not like 1.2.3 or 1.2.3+4", args->version);
    }
    return EXIT_DONE;
}

static int plan_dependency(const char *text, struct image_plan *plan)
{
    const char *at = strchr(text, '@');
    struct image_dependency *next = &plan->dependency[plan->dependencies];
    const uint32_t role = at != NULL ? slot_role(text, (size_t)(at - text)) : 0;
    if (at == NULL) {
        return fail(EXIT_USAGE, "--depends: '%s' is not like manager@1.2.3", text);
    }
    if (role == 0) {
        return fail(EXIT_USAGE, "--depends: '%.*s' is not " SLOT_NAMES, (int)(at - text), text);
    }
    if (strchr(at, '+') != NULL || !parse_version(at + 1, &next->version)) {
        return fail(EXIT_USAGE, "--depends: '%s' is not like 1.2.3 (a build number does not count)",
                    at + 1);
    }
    for (uint32_t i = 0; i < plan->dependencies; i++) {
        if (plan->dependency[i].role == role) {
            return fail(EXIT_USAGE, "--depends: '%.*s' was given twice", (int)(at - text), text);
        }
    }
    next->role = (uint8_t)role;
    plan->dependencies++;
    return EXIT_DONE;
}

/** What else is signed: dependencies, the boot record. */
static int plan_protected(const struct sign_args *args, struct image_plan *plan)
{
    if (args->depends.count > IMAGE_DEPENDENCIES_MAX) {
        return fail(EXIT_USAGE, "--depends was given more than %u times", IMAGE_DEPENDENCIES_MAX);
    }
    for (unsigned i = 0; i < args->depends.count; i++) {
        const int status = plan_dependency(args->depends.item[i], plan);
        if (status != EXIT_DONE) {
            return status;
        }
    }
    plan->record_type = args->boot_record;
    if (args->boot_record != NULL) {
        const size_t len = strlen(args->boot_record);
        bool plain = len >= 1 && len <= IMAGE_RECORD_TYPE_MAX;
        for (size_t i = 0; i < len; i++) {
            plain = plain && args->boot_record[i] >= 0x20 && args->boot_record[i] <= 0x7E;
        }
        if (!plain) {
            return fail(EXIT_USAGE, "--boot-record: '%s' is not 1 to %u ASCII characters",
                        args->boot_record, IMAGE_RECORD_TYPE_MAX);
        }
    }
    return EXIT_DONE;
}

/** Reads the key to encrypt to. @param owner  who signs */
static int plan_encryption(const struct sign_args *args, const struct key *owner, struct key *to,
                           struct image_plan *plan)
{
    const uint64_t bits = args->aes.given ? args->aes.value : 128;
    if (args->encrypt_to == NULL) {
        return args->aes.given || args->clear
                   ? fail(EXIT_USAGE, "image sign: --%s needs --encrypt-to",
                          args->clear ? "clear" : "aes")
                   : EXIT_DONE;
    }
    if (bits != 128 && bits != 256) {
        return fail(EXIT_USAGE, "--aes: must be 128 or 256");
    }
    const int status = key_read(args->encrypt_to, false, to);
    if (status != EXIT_DONE) {
        return status;
    }
    if (memcmp(to->point, owner->point, sizeof to->point) == 0) {
        return fail(EXIT_USAGE,
                    "%s: is the key that signs; to decrypt, devices would have to hold it",
                    args->encrypt_to);
    }
    plan->encrypt_to = to;
    plan->clear = args->clear;
    plan->flags |= bits == 256 ? IMAGE_FLAG_ENCRYPTED_256 : IMAGE_FLAG_ENCRYPTED_128;
    return EXIT_DONE;
}

/** The most common mistake is caught here: a body that was linked for somewhere else. */
static void warn_if_misplaced(const struct image_plan *plan, const char *path)
{
    if ((plan->flags & IMAGE_FLAG_ROM_FIXED) == 0 || plan->body_len < 8 ||
        bytes_load_le32(plan->body) == MODULE_MAGIC) {
        return;
    }
    const uint32_t reset = bytes_load_le32(plan->body + 4);
    const uint32_t first = plan->load_addr + plan->header_size;
    if ((reset & 1u) == 0 || reset - 1u < first || reset - 1u - first >= plan->body_len) {
        say("warning: %s: its reset vector 0x%08lX is not in the image at 0x%08lX", path,
            (unsigned long)reset, (unsigned long)first);
    }
}

static int build_and_write(const struct image_plan *plan, const struct key *key, uint32_t room,
                           const char *path)
{
    uint8_t *data = NULL;
    size_t len = 0;
    int status = image_build(plan, key, &data, &len);
    if (status != EXIT_DONE) {
        return status;
    }
    if (room != 0 && len > room) {
        status = fail(EXIT_USAGE, "%s: the image would have %zu bytes; its slot has %lu", path, len,
                      (unsigned long)room);
    } else {
        status = file_write(path, data, len, FILE_REPLACE, 0644);
    }
    free(data);
    return status;
}

static int run_sign(const void *opaque, const char *const *operands)
{
    const struct sign_args *args = opaque;
    struct image_plan plan = {0};
    struct file_data body = {0};
    struct key key = {0};
    struct key to = {0};
    uint32_t room = 0;
    if (args->key == NULL) {
        return fail(EXIT_USAGE, "image sign: --key is missing");
    }
    int status = plan_place(args, &plan, &room);
    status = status == EXIT_DONE ? plan_numbers(args, &plan) : status;
    status = status == EXIT_DONE ? plan_protected(args, &plan) : status;
    status = status == EXIT_DONE ? key_read(args->key, true, &key) : status;
    status = status == EXIT_DONE ? plan_encryption(args, &key, &to, &plan) : status;
    status = status == EXIT_DONE ? file_read(operands[0], IMAGE_FILE_BYTES_MAX, &body) : status;
    if (status == EXIT_DONE && body.len == 0) {
        status = fail(EXIT_USAGE, "%s: is empty", operands[0]);
    }
    if (status == EXIT_DONE) {
        plan.body = body.data;
        plan.body_len = body.len;
        warn_if_misplaced(&plan, operands[0]);
        status = build_and_write(&plan, &key, room, operands[1]);
    }
    file_free(&body);
    key_wipe(&key);
    key_wipe(&to);
    return status;
}

const struct cli_verb verb_image_sign = {
    .name = "image sign",
    .operands = "IN OUT",
    .operand_count = 2,
    .summary = "make a signed image out of a binary",
    .notes =
        "IN is the body: the bytes as linked, the vector table first. OUT is an image in\n"
        "MCUboot's format: header, body, TLVs with SHA-256, key hash and ECDSA-P256 signature.\n"
        "With --slot or --load-addr the image runs at that address only (imgtool: --rom-fixed).\n"
        "Digest and signature of an encrypted image are those of the clear one. imgtool reads "
        "what\n"
        "this writes, and options of the same meaning give the same bytes.\n\n"
        "exit status: 0 done, 2 a file or an option is wrong, 3 internal error",
    .options = options,
    .args_size = sizeof(struct sign_args),
    .run = run_sign,
};
