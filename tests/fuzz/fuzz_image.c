/*
 * Slots that somebody else has filled, found by libFuzzer: parsed, decrypted and verified as a boot
 * stage does it. What must hold:
 *
 * - nothing outside the slot is read, and a refusal says where;
 * - what was parsed lies in the slot, part behind part;
 * - an image that is accepted has a digest that the owner signed, whatever else was changed;
 * - the images as their owner made them are accepted.
 *
 * The arithmetic on the curve, a thousand times slower than all else, is remembered by
 * support/verify_memo.c.
 *
 * Input: byte 0: bits 0-2: the image that edits of four bytes each are made to, or from 5 on: the rest
 * is the slot itself; bit 3: the digest is made right afterwards, so that the signature is what is
 * left to judge; bit 4: the slot does not start where the device does; bit 5: there is no device key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/clear.h"
#include "boot/image.h"
#include "boot/sha256.h"
#include "boot/verify.h"
#include "support/image_maker.h"
#include "support/wrapped_key.h"

#define IMAGES     5u
#define EDIT_BYTES 4u
#define EDITS_MAX  64u
#define MARGIN     64u /* of the device on both sides of the slot */
#define SLOT_BYTES 4400u

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct made_image made[IMAGES];
static uint8_t signed_digest[IMAGES][32];
static uint8_t owner_point[64];
static uint8_t device_key[32];

/** The device, and the slot in it that alone may be read. */
static uint8_t cells[MARGIN + SLOT_BYTES + MARGIN];
static struct image_slot slot;

static void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "fuzz_image: %s\n", what);
        abort();
    }
}

static enum garrison_status read_cells(const struct flash_device *device, uint32_t off,
                                       uint8_t *data, uint32_t len)
{
    (void)device;
    must(off >= slot.off && bytes_range_fits(off - slot.off, len, slot.size),
         "something outside the slot was read");
    memcpy(data, cells + off, len);
    return GARRISON_OK;
}

static const struct flash_device device = {
    .size = sizeof cells,
    .sector = 16,
    .unit = 16,
    .erased = 0xFF,
    .read = read_cells,
};

/* The images as their owner made them. */

static void recipe_of(uint32_t number, struct image_recipe *recipe)
{
    static const uint8_t counter[4] = {9};
    static const uint8_t dependency[12] = {IMAGE_ROLE_MANAGER, 0, 0, 0, 1, 2, 3};
    image_recipe(recipe, 0x08040000, IMAGE_HEADER_BYTES, 0x20040000);
    if (number != 0) {
        recipe_add_protected(recipe, IMAGE_TLV_COUNTER, counter, sizeof counter);
    }
    if (number == 2) {
        for (uint32_t i = 0; i < IMAGE_DEPENDENCIES_MAX; i++) {
            recipe_add_protected(recipe, IMAGE_TLV_DEPENDENCY, dependency, sizeof dependency);
        }
        recipe_add_protected(recipe, 0x60, "boot record", 11);
        recipe_add_protected(recipe, 0xA0, "", 0);
    }
    if (number == 3) {
        recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_128;
        recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped_key_128, sizeof wrapped_key_128);
    }
    if (number == 4) {
        recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_256;
        recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped_key_256, sizeof wrapped_key_256);
    }
}

/** Counter mode: what decrypts also encrypts. */
static void encrypt_body(struct made_image *image, struct view wrapped, uint32_t len)
{
    struct decrypt decrypt;
    must(hardened_ok(decrypt_open(&decrypt, device_key, wrapped)), "a sound key does not open");
    decrypt_apply(&decrypt, 0, image->bytes + IMAGE_HEADER_BYTES, len);
    decrypt_close(&decrypt);
}

static void make_images(void)
{
    test_public_key(1, owner_point);
    for (uint8_t i = 0; i < sizeof device_key; i++) {
        device_key[i] = (uint8_t)(i + 1u);
    }
    for (uint32_t i = 0; i < IMAGES; i++) {
        struct image_recipe recipe;
        recipe_of(i, &recipe);
        image_make(&recipe, &made[i]);
        must(hardened_ok(
                 sha256_of((struct view){made[i].bytes, made[i].signed_len}, signed_digest[i])),
             "hashing failed");
        if (i == 3) {
            encrypt_body(&made[i], (struct view){wrapped_key_128, sizeof wrapped_key_128},
                         recipe.body_len);
        }
        if (i == 4) {
            encrypt_body(&made[i], (struct view){wrapped_key_256, sizeof wrapped_key_256},
                         recipe.body_len);
        }
    }
}

static bool was_signed(const uint8_t digest[32])
{
    for (uint32_t i = 0; i < IMAGES; i++) {
        if (memcmp(digest, signed_digest[i], 32) == 0) {
            return true;
        }
    }
    return false;
}

/* What was done to one. */

static void edit(const uint8_t *step)
{
    uint8_t *bytes = cells + slot.off;
    const uint32_t at = bytes_load_le16(step) % SLOT_BYTES % (slot.size + 1u);
    switch (step[2] % 8u) {
    case 0: /* another byte */
    case 1:
        bytes[at] = step[3];
        break;
    case 2: /* a bit */
    case 3:
        bytes[at] ^= (uint8_t)(1u << step[3] % 8u);
        break;
    case 4: /* bytes taken out */
    case 5:
        if (at + step[3] < SLOT_BYTES) {
            memmove(bytes + at, bytes + at + step[3], SLOT_BYTES - at - step[3]);
        }
        break;
    case 6: /* bytes twice */
        if (at + step[3] < SLOT_BYTES) {
            memmove(bytes + at + step[3], bytes + at, SLOT_BYTES - at - step[3]);
            slot.size += slot.size + step[3] <= SLOT_BYTES ? step[3] : 0u;
        }
        break;
    default: /* the slot ends earlier */
        slot.size = at;
        break;
    }
}

static void fill_slot(const uint8_t *data, size_t size)
{
    const uint32_t number = data[0] % 8u;
    memset(cells, 0xA5, sizeof cells);
    slot = (struct image_slot){&device, (data[0] & 16u) != 0 ? MARGIN : 0, 0};
    if (number >= IMAGES) {
        slot.size = (uint32_t)(size - 1 < SLOT_BYTES ? size - 1 : SLOT_BYTES);
        memcpy(cells + slot.off, data + 1, slot.size);
        return;
    }
    memcpy(cells + slot.off, made[number].bytes, made[number].len);
    slot.size = made[number].len;
    for (size_t i = 0; i < EDITS_MAX && 1 + (i + 1) * EDIT_BYTES <= size; i++) {
        edit(data + 1 + i * EDIT_BYTES);
    }
}

/** Writes the digest of the image as it is read into its TLV, which stands nowhere else. */
static void repair_digest(struct image *image, const uint8_t measured[32])
{
    for (uint32_t at = image->signed_size; at + 36u <= image->total_size; at++) {
        uint8_t *bytes = cells + slot.off + at;
        if (bytes_load_le32(bytes) == (IMAGE_TLV_SHA256 | 32u << 16) &&
            memcmp(bytes + 4, image->digest, 32) == 0) {
            memcpy(bytes + 4, measured, 32);
            memcpy(image->digest, measured, 32);
            return;
        }
    }
}

/* What is judged. */

/** Reads the protected area once more: what it says is what the parser took. */
static void judge_protected(const struct image *image)
{
    const uint8_t *bytes = cells + slot.off;
    uint32_t at = (uint32_t)image->header.header_size + image->header.body_size + 4u;
    uint32_t dependencies = 0;
    uint32_t counters = 0;
    while (at < image->signed_size) {
        const uint16_t type = bytes_load_le16(bytes + at);
        const uint8_t *value = bytes + at + 4;
        if (type == IMAGE_TLV_DEPENDENCY) {
            must(dependencies < IMAGE_DEPENDENCIES_MAX &&
                     memcmp(value, &image->dependency[dependencies], 12) == 0,
                 "a dependency was not taken as it stands there");
            dependencies++;
        }
        if (type == IMAGE_TLV_COUNTER) {
            must(image->counter == bytes_load_le32(value), "another counter was taken");
            counters++;
        }
        at += 4u + bytes_load_le16(bytes + at + 2);
    }
    must(image->dependencies == dependencies && counters <= 1 &&
             (counters == 1) == ((image->found & IMAGE_FOUND_COUNTER) != 0),
         "other entries were taken than stand there");
}

static void judge_layout(const struct image *image)
{
    uint8_t byte;
    const uint64_t body_end = (uint64_t)image->header.header_size + image->header.body_size;
    must(body_end + image->header.protected_tlv_size == image->signed_size &&
             image->signed_size < image->total_size && image->total_size <= image->slot.size,
         "the areas do not lie one behind the other in the slot");
    must(image->dependencies <= IMAGE_DEPENDENCIES_MAX &&
             image->signature_len <= sizeof image->signature &&
             image->wrapped_len <= sizeof image->wrapped,
         "more was found than there is room for");
    must((image->header.flags & ~IMAGE_FLAGS_KNOWN) == 0, "an unknown flag was taken");
    must(((image->header.flags & IMAGE_FLAGS_ENCRYPTED) != 0) == (image->wrapped_len != 0),
         "flags and key of an encrypted image do not agree");
    must(image_read(image, image->total_size, &byte, 1) == GARRISON_ERROR_BOUNDS &&
             image_read(image, UINT32_MAX, &byte, 2) == GARRISON_ERROR_BOUNDS,
         "something behind the image was read");
}

/** @return whether the image is accepted */
static bool judge(bool repair, const uint8_t *secret)
{
    struct image image;
    struct clear clear;
    uint8_t measured[32];
    uint8_t reported[32];
    struct hardened_verdict verdict = HARDENED_REFUSED;
    const enum garrison_status parsed = image_parse(&slot, &image);
    if (!hardened_ok(parsed)) {
        must(image.where != NULL, "a refusal does not say where");
        return false;
    }
    judge_layout(&image);
    judge_protected(&image);
    clear_init(&clear, slot.flash, slot.off);
    const bool opened = hardened_ok(clear_body(&clear, &image, secret));
    must(opened || image.wrapped_len != 0, "an image that is not encrypted does not open");
    if (!opened) {
        clear_close(&clear);
        return false;
    }
    image.slot.flash = &clear.device;
    must(hardened_ok(verify_measure(&image, measured)), "a parsed image cannot be measured");
    if (repair) {
        repair_digest(&image, measured);
    }
    const enum garrison_status status = verify_image(&image, owner_point, reported, &verdict);
    must(hardened_ok(status) == hardened_granted(&verdict), "status and verdict differ");
    must(!hardened_ok(status) || was_signed(measured), "accepted, and never signed");
    must(!hardened_ok(status) || memcmp(reported, measured, sizeof measured) == 0,
         "another measurement is reported");
    clear_close(&clear);
    return hardened_ok(status);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    make_images();
    for (uint8_t i = 0; i < IMAGES; i++) {
        fill_slot(&i, 1);
        must(judge(false, device_key), "an image as it was made is refused");
        must(judge(false, NULL) == (made[i].bytes[16] % 16u == 0),
             "without a device key the wrong images are accepted");
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    fill_slot(data, size);
    (void)judge((data[0] & 8u) != 0, (data[0] & 32u) != 0 ? NULL : device_key);
    return 0;
}
