#include "image_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hardened.h"
#include "boot/sha256.h"
#include "boot/verify.h"
#include "image_wrap.h"
#include "report.h"

/** What the header is padded with up to the body: erased flash, as imgtool has it. */
#define HEADER_FILL 0xFF

#define TLV_HEAD_BYTES     4u
#define TLV_BOOT_RECORD    0x60u
#define TLV_AREA_BYTES     512u /* more than either area of an image ever needs */
#define TLV_AREAS_BYTES    1024u
#define ENCRYPTED_MULTIPLE 16u

/** Bytes that are appended to; the caller has made sure that there is room. */
struct output {
    uint8_t *data;
    size_t len;
};

static void put_bytes(struct output *out, const void *data, size_t len)
{
    memcpy(out->data + out->len, data, len);
    out->len += len;
}

static void put_le(struct output *out, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        out->data[out->len++] = (uint8_t)(value >> (8u * i));
    }
}

static void put_tlv(struct output *out, uint32_t type, const uint8_t *data, size_t len)
{
    put_le(out, type, 2);
    put_le(out, (uint32_t)len, 2);
    put_bytes(out, data, len);
}

/** Writes the head of a TLV area that ends where the output does. */
static void close_area(struct output *out, size_t start, uint32_t magic)
{
    struct output head = {.data = out->data + start};
    put_le(&head, magic, 2);
    put_le(&head, (uint32_t)(out->len - start), 2);
}

static void put_text(struct output *out, const char *text)
{
    put_le(out, 0x60u + (uint32_t)strlen(text), 1); /* CBOR: a text of fewer than 24 bytes */
    put_bytes(out, text, strlen(text));
}

/**
 * The boot record (CBOR): what the boot loader tells the attestation service about the image. The
 * measurement comes last and is zero: its bytes are themselves measured.
 */
static void put_record(struct output *out, const struct image_plan *plan, const uint8_t signer[32])
{
    static const uint8_t bytes_of_32[] = {0x58, 0x20};
    static const uint8_t no_measurement[32] = {0};
    char version[24];
    uint8_t value[IMAGE_RECORD_TYPE_MAX + 128u];
    struct output record = {.data = value};
    (void)snprintf(version, sizeof version, "%u.%u.%u", plan->version.major, plan->version.minor,
                   plan->version.revision);
    put_le(&record, 0xA5, 1); /* a map of five */
    put_le(&record, 1, 1);
    put_text(&record, plan->record_type);
    put_le(&record, 4, 1);
    put_text(&record, version);
    put_le(&record, 5, 1);
    put_bytes(&record, bytes_of_32, sizeof bytes_of_32);
    put_bytes(&record, signer, 32);
    put_le(&record, 6, 1);
    put_text(&record, "SHA256");
    put_le(&record, 2, 1);
    put_bytes(&record, bytes_of_32, sizeof bytes_of_32);
    put_bytes(&record, no_measurement, sizeof no_measurement);
    put_tlv(out, TLV_BOOT_RECORD, value, record.len);
}

static void put_version(struct output *out, const struct image_version *version)
{
    put_le(out, version->major, 1);
    put_le(out, version->minor, 1);
    put_le(out, version->revision, 2);
    put_le(out, version->build, 4);
}

/** The protected area, in imgtool's order; nothing if nothing is to be in it. */
static void put_protected(struct output *out, const struct image_plan *plan,
                          const uint8_t signer[32])
{
    const size_t start = out->len;
    out->len += TLV_HEAD_BYTES;
    if (plan->has_counter) {
        put_le(out, IMAGE_TLV_COUNTER, 2);
        put_le(out, 4, 2);
        put_le(out, plan->counter, 4);
    }
    if (plan->record_type != NULL) {
        put_record(out, plan, signer);
    }
    for (uint32_t i = 0; i < plan->dependencies; i++) {
        put_le(out, IMAGE_TLV_DEPENDENCY, 2);
        put_le(out, sizeof plan->dependency[i], 2);
        put_le(out, plan->dependency[i].role, 4);
        put_version(out, &plan->dependency[i].version);
    }
    if (out->len == start + TLV_HEAD_BYTES) {
        out->len = start;
        return;
    }
    close_area(out, start, IMAGE_TLV_PROTECTED_MAGIC);
}

static void put_header(struct output *out, const struct image_plan *plan, size_t body_size,
                       size_t protected_size)
{
    put_le(out, IMAGE_MAGIC, 4);
    put_le(out, plan->load_addr, 4);
    put_le(out, plan->header_size, 2);
    put_le(out, (uint32_t)protected_size, 2);
    put_le(out, (uint32_t)body_size, 4);
    put_le(out, plan->flags, 4);
    put_version(out, &plan->version);
    put_le(out, 0, 4);
    memset(out->data + out->len, HEADER_FILL, plan->header_size - out->len);
    out->len = plan->header_size;
}

/** One INTEGER of DER: no leading zeros but the one that keeps it positive. */
static void put_der_integer(struct output *out, const uint8_t number[32])
{
    size_t skip = 0;
    while (skip < 31 && number[skip] == 0) {
        skip++;
    }
    const uint8_t sign = number[skip] >= 0x80 ? 1 : 0;
    put_le(out, 0x02, 1);
    put_le(out, (uint32_t)(32 - skip + sign), 1);
    put_le(out, 0, sign);
    put_bytes(out, number + skip, 32 - skip);
}

static void put_signature(struct output *out, const uint8_t raw[64])
{
    uint8_t numbers[IMAGE_SIGNATURE_BYTES_MAX];
    uint8_t der[IMAGE_SIGNATURE_BYTES_MAX];
    struct output inner = {.data = numbers};
    struct output outer = {.data = der};
    put_der_integer(&inner, raw);
    put_der_integer(&inner, raw + 32);
    put_le(&outer, 0x30, 1);
    put_le(&outer, (uint32_t)inner.len, 1);
    put_bytes(&outer, numbers, inner.len);
    put_tlv(out, IMAGE_TLV_ECDSA, der, outer.len);
}

/** The unprotected area: digest, name of the key, signature; and the body's key, in `*body_key`. */
static int put_unprotected(struct output *out, const struct image_plan *plan, const struct key *key,
                           const uint8_t signer[32], struct decrypt *body_key)
{
    uint8_t digest[32];
    uint8_t raw[64];
    uint8_t wrapped[DECRYPT_TLV_BYTES_256];
    if (!hardened_ok(sha256_of((struct view){out->data, (uint32_t)out->len}, digest))) {
        return fail(EXIT_INTERNAL, "hashing failed");
    }
    int status = key_sign(key, digest, raw);
    if (status != EXIT_DONE) {
        return status;
    }
    const size_t start = out->len;
    out->len += TLV_HEAD_BYTES;
    put_tlv(out, IMAGE_TLV_SHA256, digest, sizeof digest);
    put_tlv(out, IMAGE_TLV_KEYHASH, signer, 32);
    put_signature(out, raw);
    if (plan->encrypt_to != NULL) {
        const bool is_256 = (plan->flags & IMAGE_FLAG_ENCRYPTED_256) != 0;
        status = image_wrap_key(plan->encrypt_to, is_256 ? 32 : 16, wrapped, body_key);
        put_tlv(out, IMAGE_TLV_ECIES, wrapped,
                is_256 ? DECRYPT_TLV_BYTES_256 : DECRYPT_TLV_BYTES_128);
    }
    close_area(out, start, IMAGE_TLV_MAGIC);
    return status;
}

static int put_image(struct output *out, const struct image_plan *plan, const struct key *key)
{
    uint8_t area[TLV_AREA_BYTES];
    uint8_t signer[32];
    struct output entries = {.data = area};
    struct decrypt body_key = {0};
    if (!hardened_ok(verify_keyhash(key->point, signer))) {
        return fail(EXIT_INTERNAL, "hashing failed");
    }
    put_protected(&entries, plan, signer);
    const size_t over =
        plan->encrypt_to != NULL ? (plan->header_size + plan->body_len) % ENCRYPTED_MULTIPLE : 0;
    const size_t fill = over != 0 ? ENCRYPTED_MULTIPLE - over : 0;
    put_header(out, plan, plan->body_len + fill, entries.len);
    put_bytes(out, plan->body, plan->body_len);
    memset(out->data + out->len, 0, fill);
    out->len += fill;
    put_bytes(out, area, entries.len);
    const int status = put_unprotected(out, plan, key, signer, &body_key);
    if (status == EXIT_DONE && plan->encrypt_to != NULL && !plan->clear) {
        decrypt_apply(&body_key, 0, out->data + plan->header_size,
                      (uint32_t)(plan->body_len + fill));
    }
    decrypt_close(&body_key);
    return status;
}

int image_build(const struct image_plan *plan, const struct key *key, uint8_t **out, size_t *len)
{
    struct output built = {
        .data = malloc(plan->header_size + plan->body_len + ENCRYPTED_MULTIPLE + TLV_AREAS_BYTES),
    };
    if (built.data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    const int status = put_image(&built, plan, key);
    if (status != EXIT_DONE) {
        free(built.data);
        return status;
    }
    *out = built.data;
    *len = built.len;
    return EXIT_DONE;
}

/* A buffer as a flash device. */

static enum garrison_status memory_read(const struct flash_device *device, uint32_t off,
                                        uint8_t *data, uint32_t len)
{
    const struct image_memory *memory = device->context;
    if (off > memory->len || len > memory->len - off) {
        return GARRISON_ERROR_ARGUMENT;
    }
    memcpy(data, memory->data + off, len);
    return GARRISON_OK;
}

static enum garrison_status memory_program(const struct flash_device *device, uint32_t off,
                                           const uint8_t *data, uint32_t len)
{
    (void)device;
    (void)off;
    (void)data;
    (void)len;
    return GARRISON_ERROR_DEVICE;
}

static enum garrison_status memory_erase(const struct flash_device *device, uint32_t off,
                                         uint32_t len)
{
    (void)device;
    (void)off;
    (void)len;
    return GARRISON_ERROR_DEVICE;
}

enum garrison_status image_parse_memory(struct image_memory *memory, const uint8_t *data,
                                        size_t len, struct image *image)
{
    memory->data = data;
    memory->len = len;
    memory->flash = (struct flash_device){
        .size = (uint32_t)len,
        .sector = 1,
        .unit = 1,
        .erased = 0xFF,
        .context = memory,
        .read = memory_read,
        .program = memory_program,
        .erase = memory_erase,
    };
    const struct image_slot slot = {.flash = &memory->flash, .off = 0, .size = (uint32_t)len};
    *image = (struct image){0};
    return image_parse(&slot, image);
}

enum garrison_status image_verify_key(const struct image *image, const uint8_t point[64])
{
    uint8_t measurement[32];
    struct hardened_verdict verdict = HARDENED_REFUSED;
    const enum garrison_status status = verify_image(image, point, measurement, &verdict);
    if (hardened_ok(status) && !hardened_granted(&verdict)) {
        return GARRISON_ERROR_SIGNATURE;
    }
    return status;
}
