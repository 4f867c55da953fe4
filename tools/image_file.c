#include "image_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/hardened.h"
#include "boot/sha256.h"
#include "boot/verify.h"
#include "report.h"

/** What the header is padded with up to the body: erased flash, as imgtool has it. */
#define HEADER_FILL 0xFF

#define TLV_HEAD_BYTES  4u
#define TLV_AREAS_BYTES 256u /* more than both areas of an image ever need */

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

static void put_tlv(struct output *out, enum image_tlv type, const uint8_t *data, size_t len)
{
    put_le(out, (uint32_t)type, 2);
    put_le(out, (uint32_t)len, 2);
    put_bytes(out, data, len);
}

static uint16_t protected_bytes(const struct image_plan *plan)
{
    return plan->has_counter ? (uint16_t)(TLV_HEAD_BYTES + TLV_HEAD_BYTES + 4u) : 0;
}

static void put_header(struct output *out, const struct image_plan *plan)
{
    put_le(out, IMAGE_MAGIC, 4);
    put_le(out, plan->load_addr, 4);
    put_le(out, plan->header_size, 2);
    put_le(out, protected_bytes(plan), 2);
    put_le(out, (uint32_t)plan->body_len, 4);
    put_le(out, plan->flags, 4);
    put_le(out, plan->version.major, 1);
    put_le(out, plan->version.minor, 1);
    put_le(out, plan->version.revision, 2);
    put_le(out, plan->version.build, 4);
    put_le(out, 0, 4);
    memset(out->data + out->len, HEADER_FILL, plan->header_size - out->len);
    out->len = plan->header_size;
}

static void put_protected(struct output *out, const struct image_plan *plan)
{
    if (!plan->has_counter) {
        return;
    }
    put_le(out, IMAGE_TLV_PROTECTED_MAGIC, 2);
    put_le(out, protected_bytes(plan), 2);
    put_le(out, IMAGE_TLV_COUNTER, 2);
    put_le(out, 4, 2);
    put_le(out, plan->counter, 4);
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

/** The unprotected area: digest, name of the key, signature. */
static int put_unprotected(struct output *out, const struct key *key)
{
    uint8_t digest[32];
    uint8_t keyhash[32];
    uint8_t raw[64];
    if (!hardened_ok(sha256_of((struct view){out->data, (uint32_t)out->len}, digest)) ||
        !hardened_ok(verify_keyhash(key->point, keyhash))) {
        return fail(EXIT_INTERNAL, "hashing failed");
    }
    const int status = key_sign(key, digest, raw);
    if (status != EXIT_DONE) {
        return status;
    }
    const size_t head = out->len;
    put_le(out, IMAGE_TLV_MAGIC, 2);
    put_le(out, 0, 2);
    put_tlv(out, IMAGE_TLV_SHA256, digest, sizeof digest);
    put_tlv(out, IMAGE_TLV_KEYHASH, keyhash, sizeof keyhash);
    put_signature(out, raw);
    struct output size = {.data = out->data + head + 2};
    put_le(&size, (uint32_t)(out->len - head), 2);
    return EXIT_DONE;
}

int image_build(const struct image_plan *plan, const struct key *key, uint8_t **out, size_t *len)
{
    struct output built = {
        .data = malloc(plan->header_size + plan->body_len + TLV_AREAS_BYTES),
    };
    if (built.data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    put_header(&built, plan);
    put_bytes(&built, plan->body, plan->body_len);
    put_protected(&built, plan);
    const int status = put_unprotected(&built, key);
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
