#include "support/image_maker.h"

#include <stdlib.h>
#include <string.h>

#include <p256-m.h>

#include "boot/sha256.h"
#include "boot/verify.h"

/** Signatures must be the same in every run; nobody's secret depends on these. */
int p256_generate_random(uint8_t *output, unsigned output_size)
{
    static uint8_t next = 1;
    for (unsigned i = 0; i < output_size; i++) {
        output[i] = next;
        next = (uint8_t)(next * 5 + 1);
    }
    return P256_SUCCESS;
}

static void must(bool right)
{
    if (!right) {
        abort();
    }
}

void test_private_key(uint8_t owner, uint8_t key[32])
{
    memset(key, 0x11, 32);
    key[31] = owner;
}

void test_public_key(uint8_t owner, uint8_t point[64])
{
    uint8_t key[32];
    test_private_key(owner, key);
    must(p256_public_from_private(point, key) == P256_SUCCESS);
}

static uint32_t put(uint8_t *at, uint32_t used, const void *data, uint32_t len)
{
    if (len > 0) {
        memcpy(at + used, data, len);
    }
    return used + len;
}

static uint32_t put_tlv(uint8_t *at, uint32_t used, uint16_t type, const void *data, uint32_t len)
{
    uint16_t head[2] = {type, (uint16_t)len};
    used = put(at, used, head, sizeof head);
    return put(at, used, data, len);
}

void image_recipe(struct image_recipe *recipe, uint32_t addr, uint16_t header_size, uint32_t stack)
{
    uint32_t vectors[2] = {stack, addr + header_size + 8 + 1};
    memset(recipe, 0, sizeof *recipe);
    recipe->header.magic = IMAGE_MAGIC;
    recipe->header.load_addr = addr;
    recipe->header.header_size = header_size;
    recipe->header.flags = IMAGE_FLAG_ROM_FIXED;
    recipe->header.version = (struct image_version){1, 2, 3, 4};
    recipe->owner = 1;
    recipe->body_len = 40;
    for (uint32_t i = 0; i < recipe->body_len; i++) {
        recipe->body[i] = (uint8_t)(i * 7);
    }
    memcpy(recipe->body, vectors, sizeof vectors);
}

void recipe_add_protected(struct image_recipe *recipe, uint16_t type, const void *data,
                          uint16_t len)
{
    recipe->protected_len =
        put_tlv(recipe->protected_entries, recipe->protected_len, type, data, len);
}

void recipe_add_extra(struct image_recipe *recipe, uint16_t type, const void *data, uint16_t len)
{
    recipe->extra_len = put_tlv(recipe->extra_entries, recipe->extra_len, type, data, len);
}

/** One INTEGER of a DER signature. */
static uint32_t der_integer(const uint8_t number[32], uint8_t *der)
{
    uint32_t start = 0;
    while (start < 31 && number[start] == 0) {
        start++;
    }
    uint8_t sign = number[start] >= 0x80;
    der[0] = 0x02;
    der[1] = (uint8_t)(32 - start + sign);
    der[2] = 0;
    memcpy(der + 2 + sign, number + start, 32 - start);
    return 2u + sign + 32 - start;
}

uint32_t test_der_encode(const uint8_t raw[64], uint8_t der[72])
{
    uint32_t len = 2;
    len += der_integer(raw, der + len);
    len += der_integer(raw + 32, der + len);
    der[0] = 0x30;
    der[1] = (uint8_t)(len - 2);
    return len;
}

static uint32_t sign(uint8_t owner, const uint8_t digest[32], uint8_t der[72])
{
    uint8_t key[32];
    uint8_t raw[64];
    test_private_key(owner, key);
    must(p256_ecdsa_sign(raw, key, digest, 32) == P256_SUCCESS);
    return test_der_encode(raw, der);
}

static uint32_t put_signed_part(const struct image_recipe *recipe, uint8_t *bytes)
{
    struct image_header header = recipe->header;
    uint16_t area = (uint16_t)(recipe->protected_len + 4);
    if (header.body_size == 0) {
        header.body_size = recipe->body_len;
    }
    if (header.protected_tlv_size == 0 && recipe->protected_len > 0) {
        header.protected_tlv_size = area;
    }
    memset(bytes, 0xFF, IMAGE_MAKER_BYTES);
    memcpy(bytes, &header, sizeof header);
    uint32_t used = header.header_size >= sizeof header ? header.header_size : sizeof header;
    must(used + recipe->body_len + 1024 < IMAGE_MAKER_BYTES);
    used = put(bytes, used, recipe->body, recipe->body_len);
    if (recipe->protected_len > 0) {
        uint16_t head[2] = {IMAGE_TLV_PROTECTED_MAGIC, area};
        used = put(bytes, used, head, sizeof head);
        used = put(bytes, used, recipe->protected_entries, recipe->protected_len);
    }
    return used;
}

void image_make(const struct image_recipe *recipe, struct made_image *image)
{
    uint8_t point[64];
    uint8_t digest[32];
    uint8_t keyhash[32];
    uint8_t der[72];
    uint8_t *at = image->bytes;

    image->signed_len = put_signed_part(recipe, at);
    must(sha256_of((struct view){at, image->signed_len}, digest) == GARRISON_OK);
    test_public_key(recipe->owner, point);
    must(verify_keyhash(point, keyhash) == GARRISON_OK);
    image->signature_len = sign(recipe->owner, digest, der);

    uint32_t used = image->signed_len + 4;
    used = put(at, used, recipe->extra_entries, recipe->extra_len);
    if (!recipe->no_sha256) {
        used = put_tlv(at, used, IMAGE_TLV_SHA256, digest, sizeof digest);
    }
    if (!recipe->no_keyhash) {
        used = put_tlv(at, used, IMAGE_TLV_KEYHASH, keyhash, sizeof keyhash);
    }
    image->signature_off = used + 4;
    if (!recipe->no_ecdsa) {
        used = put_tlv(at, used, IMAGE_TLV_ECDSA, der, image->signature_len);
    }
    uint16_t head[2] = {IMAGE_TLV_MAGIC, (uint16_t)(used - image->signed_len)};
    (void)put(at, image->signed_len, head, sizeof head);
    image->len = used;
}

void test_layout_seal(struct layout_record *record)
{
    struct view covered = {(const uint8_t *)record + 32, sizeof *record - 32};
    must(sha256_of(covered, record->digest) == GARRISON_OK);
}

void test_key_record_seal(struct key_record *record)
{
    struct view covered = {(const uint8_t *)record + 32, sizeof *record - 32};
    must(sha256_of(covered, record->digest) == GARRISON_OK);
}

void test_key_record(struct key_record *record, const uint32_t *roles, const uint8_t *owners,
                     uint16_t count)
{
    memset(record, 0, sizeof *record);
    record->magic = KEY_RECORD_MAGIC;
    record->version = KEY_RECORD_VERSION;
    record->count = count;
    for (uint16_t i = 0; i < count; i++) {
        record->key[i].role = roles[i];
        test_public_key(owners[i], record->key[i].point);
    }
    test_key_record_seal(record);
}
