/*
 * garrison image info
 */
#include <inttypes.h>
#include <stdio.h>

#include <garrison/handoff.h>

#include "image_open.h"
#include "image_tlv.h"
#include "json.h"
#include "report.h"
#include "verbs.h"

#define VERSION_BYTES 32u

struct info_args {
    bool json;
    const char *decrypt_key;
};

static const struct cli_option options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct info_args, json), NULL, "print JSON"},
    {"decrypt-key", 0, CLI_TEXT, offsetof(struct info_args, decrypt_key), "FILE",
     "private key that the image is encrypted to"},
    {.name = NULL},
};

static void version_text(const struct image_version *version, char text[VERSION_BYTES])
{
    (void)snprintf(text, VERSION_BYTES, "%u.%u.%u+%" PRIu32, version->major, version->minor,
                   version->revision, version->build);
}

/** For JSON. */
static const char *body_name(enum image_body body)
{
    switch (body) {
    case IMAGE_BODY_PLAIN:
        return "plain";
    case IMAGE_BODY_CLEAR:
        return "clear";
    case IMAGE_BODY_DECRYPTED:
    case IMAGE_BODY_ENCRYPTED:
        return "encrypted";
    }
    return "";
}

static const char *body_text(enum image_body body)
{
    switch (body) {
    case IMAGE_BODY_PLAIN:
        return "never encrypted";
    case IMAGE_BODY_CLEAR:
        return "in clear; delivered encrypted";
    case IMAGE_BODY_DECRYPTED:
    case IMAGE_BODY_ENCRYPTED:
        return "encrypted";
    }
    return "";
}

/* Text. */

static void print_hex(const char *name, const uint8_t *data, size_t len)
{
    printf("%-16s", name);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

static void print_flags(uint32_t flags)
{
    const char *comma = ": ";
    printf("%-16s0x%" PRIX32, "flags", flags);
    for (uint32_t flag = 1; flag != 0; flag <<= 1) {
        const char *name = (flags & flag) != 0 ? image_flag_name(flag) : NULL;
        if (name != NULL) {
            printf("%s%s", comma, name);
            comma = ", ";
        }
    }
    printf("\n");
}

static void print_header(const struct image_open *open)
{
    const struct image_header *header = &open->image.header;
    char version[VERSION_BYTES];
    version_text(&header->version, version);
    printf("%-16s%s\n", "version", version);
    if ((header->flags & IMAGE_FLAG_ROM_FIXED) != 0) {
        printf("%-16s0x%08" PRIX32 "\n", "address", header->load_addr);
    } else {
        printf("%-16sany\n", "address");
    }
    print_flags(header->flags);
    printf("%-16s%u bytes\n", "header", header->header_size);
    printf("%-16s%" PRIu32 " bytes, %s\n", "body", header->body_size, body_text(open->body));
    printf("%-16s%u bytes\n", "protected TLVs", header->protected_tlv_size);
    printf("%-16s%" PRIu32 " bytes\n", "signed", open->image.signed_size);
    printf("%-16s%" PRIu32 " bytes\n", "whole", open->image.total_size);
    const size_t behind = open->file.len - open->image.total_size;
    if (behind != 0) {
        printf("%-16s%zu bytes: %s\n", "behind it", behind,
               image_tail_name(open->file.data + open->image.total_size, behind));
    }
}

static void print_says(const struct image_open *open)
{
    const struct image *image = &open->image;
    if ((image->found & IMAGE_FOUND_COUNTER) != 0) {
        printf("%-16s%" PRIu32 "\n", "counter", image->counter);
    }
    for (uint32_t i = 0; i < image->dependencies; i++) {
        const struct image_version *version = &image->dependency[i].version;
        printf("%-16s%s (%u) %u.%u.%u or later\n", "depends on",
               image_role_text(image->dependency[i].role), image->dependency[i].role,
               version->major, version->minor, version->revision);
    }
    print_hex("sha256", image->digest, sizeof image->digest);
    printf("%-16s%s\n", "content",
           open->digest_matches                 ? "matches its digest"
           : open->body == IMAGE_BODY_ENCRYPTED ? "not known without the key (--decrypt-key)"
                                                : "DAMAGED");
    print_hex("key hash", image->keyhash, sizeof image->keyhash);
    print_hex("signature", image->signature, image->signature_len);
}

static void print_tlvs(const struct image_open *open)
{
    struct image_walk walk;
    struct image_entry entry;
    image_walk_start(&walk, open->file.data, open->file.len);
    while (image_walk_next(&walk, &entry)) {
        const uint8_t *value = open->file.data + entry.off;
        const char *name = image_tlv_name(entry.type);
        const char *type = NULL;
        const size_t type_len = entry.type == 0x60 ? image_record_type(value, entry.len, &type) : 0;
        printf("TLV 0x%02X %s, %u bytes at 0x%zX%s", entry.type, name != NULL ? name : "(no name)",
               entry.len, entry.off, entry.is_protected ? ", protected" : "");
        if (type_len != 0) {
            printf(", of ");
            for (size_t i = 0; i < type_len; i++) {
                const bool plain = type[i] >= 0x20 && type[i] <= 0x7E;
                (void)putchar(plain ? type[i] : '?');
            }
        }
        printf("\n");
    }
}

/* JSON. */

static void json_header(struct json *json, const struct image_header *header)
{
    char version[VERSION_BYTES];
    version_text(&header->version, version);
    json_text(json, "version", version);
    if ((header->flags & IMAGE_FLAG_ROM_FIXED) != 0) {
        json_number(json, "load_addr", header->load_addr);
    } else {
        json_null(json, "load_addr");
    }
    json_number(json, "flags", header->flags);
    json_number(json, "header_size", header->header_size);
    json_number(json, "body_size", header->body_size);
    json_number(json, "protected_size", header->protected_tlv_size);
}

static void json_dependencies(struct json *json, const struct image *image)
{
    char version[VERSION_BYTES];
    json_array(json, "dependencies");
    for (uint32_t i = 0; i < image->dependencies; i++) {
        json_object(json, NULL);
        json_number(json, "role", image->dependency[i].role);
        json_text(json, "name", image_role_text(image->dependency[i].role));
        version_text(&image->dependency[i].version, version);
        json_text(json, "version", version);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_tlvs(struct json *json, const struct image_open *open)
{
    struct image_walk walk;
    struct image_entry entry;
    image_walk_start(&walk, open->file.data, open->file.len);
    json_array(json, "tlvs");
    while (image_walk_next(&walk, &entry)) {
        const char *name = image_tlv_name(entry.type);
        json_object(json, NULL);
        json_number(json, "type", entry.type);
        json_text(json, "name", name != NULL ? name : "");
        json_bool(json, "protected", entry.is_protected);
        json_number(json, "offset", entry.off);
        json_hex(json, "value", open->file.data + entry.off, entry.len);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_record_type(struct json *json, const struct image_open *open)
{
    struct image_walk walk;
    struct image_entry entry;
    image_walk_start(&walk, open->file.data, open->file.len);
    while (image_walk_next(&walk, &entry)) {
        const char *type = NULL;
        char text[32];
        const size_t len = entry.type == 0x60 && entry.is_protected
                               ? image_record_type(open->file.data + entry.off, entry.len, &type)
                               : 0;
        if (len != 0) {
            (void)snprintf(text, sizeof text, "%.*s", (int)len, type);
            json_text(json, "boot_record", text);
            return;
        }
    }
    json_null(json, "boot_record");
}

static void print_json(const struct image_open *open)
{
    const struct image *image = &open->image;
    struct json json = {.file = stdout};
    json_object(&json, NULL);
    json_header(&json, &image->header);
    json_number(&json, "signed_size", image->signed_size);
    json_number(&json, "total_size", image->total_size);
    json_number(&json, "file_size", open->file.len);
    json_text(&json, "body", body_name(open->body));
    if ((image->found & IMAGE_FOUND_COUNTER) != 0) {
        json_number(&json, "counter", image->counter);
    } else {
        json_null(&json, "counter");
    }
    json_dependencies(&json, image);
    json_record_type(&json, open);
    json_hex(&json, "sha256", image->digest, sizeof image->digest);
    if (open->body == IMAGE_BODY_ENCRYPTED) {
        json_null(&json, "digest_matches");
    } else {
        json_bool(&json, "digest_matches", open->digest_matches);
    }
    json_hex(&json, "keyhash", image->keyhash, sizeof image->keyhash);
    json_hex(&json, "signature", image->signature, image->signature_len);
    json_tlvs(&json, open);
    json_end_object(&json);
}

static int run_info(const void *opaque, const char *const *operands)
{
    const struct info_args *args = opaque;
    struct image_open open;
    const int status = image_open(&open, operands[0], args->decrypt_key);
    if (status == EXIT_DONE && args->json) {
        print_json(&open);
    } else if (status == EXIT_DONE) {
        print_header(&open);
        print_says(&open);
        print_tlvs(&open);
    }
    image_close(&open);
    return status;
}

const struct cli_verb verb_image_info = {
    .name = "image info",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show what an image says about itself",
    .notes =
        "Nothing of it is verified but the digest. An encrypted image's digest can be, with the\n"
        "key that it is encrypted to.\n\n"
        "exit status: 0 done, 1 the image's key does not open, 2 FILE is not an image,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct info_args),
    .run = run_info,
};
