/*
 * garrison image info, garrison image verify
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/hardened.h"
#include "boot/verify.h"
#include "file.h"
#include "image_file.h"
#include "json.h"
#include "report.h"
#include "verbs.h"

struct image_args {
    bool json;
    const char *key;
};

static const struct cli_option info_options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct image_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static const struct cli_option verify_options[] = {
    {"key", 'k', CLI_TEXT, offsetof(struct image_args, key), "FILE",
     "key of the owner, public or private"},
    {.name = NULL},
};

/** Reads and parses an image file; the caller frees `file`. */
static int open_image(const char *path, struct file_data *file, struct image_memory *memory,
                      struct image *image)
{
    const int status = file_read(path, IMAGE_FILE_BYTES_MAX, file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (file->len == 0) {
        return fail(EXIT_USAGE, "%s: is empty, not an image", path);
    }
    const enum garrison_status parsed = image_parse_memory(memory, file->data, file->len, image);
    if (!hardened_ok(parsed)) {
        return fail(EXIT_USAGE, "%s: is not an image: %s: %s", path,
                    image->where != NULL ? image->where : "file", garrison_status_text(parsed));
    }
    return EXIT_DONE;
}

static void print_hex(const char *name, const uint8_t *data, size_t len)
{
    printf("%-16s", name);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

static void print_text(const struct image *image, bool digest_matches)
{
    const struct image_header *header = &image->header;
    printf("%-16s%u.%u.%u+%lu\n", "version", header->version.major, header->version.minor,
           header->version.revision, (unsigned long)header->version.build);
    if ((header->flags & IMAGE_FLAG_ROM_FIXED) != 0) {
        printf("%-16s0x%08lX\n", "address", (unsigned long)header->load_addr);
    } else {
        printf("%-16sany\n", "address");
    }
    printf("%-16s%u bytes\n", "header", header->header_size);
    printf("%-16s%lu bytes\n", "body", (unsigned long)header->body_size);
    printf("%-16s%lu bytes\n", "whole", (unsigned long)image->total_size);
    if ((image->found & IMAGE_FOUND_COUNTER) != 0) {
        printf("%-16s%lu\n", "counter", (unsigned long)image->counter);
    }
    print_hex("sha256", image->digest, sizeof image->digest);
    printf("%-16s%s\n", "content", digest_matches ? "matches its digest" : "DAMAGED");
    if ((image->found & IMAGE_FOUND_KEYHASH) != 0) {
        print_hex("key hash", image->keyhash, sizeof image->keyhash);
    }
    print_hex("signature", image->signature, image->signature_len);
}

static void print_json(const struct image *image, bool digest_matches)
{
    const struct image_header *header = &image->header;
    struct json json = {.file = stdout};
    char version[32];
    (void)snprintf(version, sizeof version, "%u.%u.%u+%" PRIu32, header->version.major,
                   header->version.minor, header->version.revision, header->version.build);
    json_object(&json, NULL);
    json_text(&json, "version", version);
    if ((header->flags & IMAGE_FLAG_ROM_FIXED) != 0) {
        json_number(&json, "load_addr", header->load_addr);
    } else {
        json_null(&json, "load_addr");
    }
    json_number(&json, "flags", header->flags);
    json_number(&json, "header_size", header->header_size);
    json_number(&json, "body_size", header->body_size);
    json_number(&json, "total_size", image->total_size);
    if ((image->found & IMAGE_FOUND_COUNTER) != 0) {
        json_number(&json, "counter", image->counter);
    } else {
        json_null(&json, "counter");
    }
    json_hex(&json, "sha256", image->digest, sizeof image->digest);
    json_bool(&json, "digest_matches", digest_matches);
    if ((image->found & IMAGE_FOUND_KEYHASH) != 0) {
        json_hex(&json, "keyhash", image->keyhash, sizeof image->keyhash);
    } else {
        json_null(&json, "keyhash");
    }
    json_hex(&json, "signature", image->signature, image->signature_len);
    json_end_object(&json);
}

static bool digest_matches(const struct image *image)
{
    uint8_t measured[32] = {0};
    if (!hardened_ok(verify_measure(image, measured))) {
        return false;
    }
    bool same = true;
    for (size_t i = 0; i < sizeof measured; i++) {
        same = same && measured[i] == image->digest[i];
    }
    return same;
}

static int run_info(const void *opaque, const char *const *operands)
{
    const struct image_args *args = opaque;
    struct file_data file = {0};
    struct image_memory memory;
    struct image image = {0};
    const int status = open_image(operands[0], &file, &memory, &image);
    if (status == EXIT_DONE) {
        const bool matches = digest_matches(&image);
        if (args->json) {
            print_json(&image, matches);
        } else {
            print_text(&image, matches);
        }
    }
    file_free(&file);
    return status;
}

static int verify_open(const char *path, const struct image *image, const char *key_path,
                       size_t file_len)
{
    struct key key;
    const int status = key_read(key_path, false, &key);
    if (status != EXIT_DONE) {
        return status;
    }
    const enum garrison_status verdict = image_verify_key(image, key.point);
    key_wipe(&key);
    if (!hardened_ok(verdict)) {
        return fail(EXIT_VERDICT, "%s: refused: %s", path, garrison_status_text(verdict));
    }
    if (file_len != image->total_size) {
        say("warning: %s: %zu bytes behind the image are not signed", path,
            file_len - image->total_size);
    }
    return EXIT_DONE;
}

static int run_verify(const void *opaque, const char *const *operands)
{
    const struct image_args *args = opaque;
    struct file_data file = {0};
    struct image_memory memory;
    struct image image = {0};
    if (args->key == NULL) {
        return fail(EXIT_USAGE, "image verify: --key is missing");
    }
    int status = open_image(operands[0], &file, &memory, &image);
    if (status == EXIT_DONE) {
        status = verify_open(operands[0], &image, args->key, file.len);
    }
    if (status == EXIT_DONE) {
        printf("%s: verified\n", operands[0]);
    }
    file_free(&file);
    return status;
}

const struct cli_verb verb_image_info = {
    .name = "image info",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show what an image says about itself",
    .notes = "exit status: 0 done, 2 FILE is not an image, 3 internal error",
    .options = info_options,
    .args_size = sizeof(struct image_args),
    .run = run_info,
};

const struct cli_verb verb_image_verify = {
    .name = "image verify",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "check that an image is whole and signed by a key",
    .notes = "exit status: 0 verified, 1 refused (changed content, another owner's signature),\n"
             "2 FILE is not an image, or the key not a key, 3 internal error",
    .options = verify_options,
    .args_size = sizeof(struct image_args),
    .run = run_verify,
};
