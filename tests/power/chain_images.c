#include "chain_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/decrypt.h"
#include "chain_verify.h"
#include "chain_world.h"
#include "support/test.h"
#include "support/wrapped_key.h"

#define SECTORS(count) (CHAIN_SECTOR * (count))

/* Slots are larger than their images, except the uROT's, the manager's and the module's first. */
static const struct layout_record usual_layout = {
    .magic = LAYOUT_RECORD_MAGIC,
    .version = LAYOUT_RECORD_VERSION,
    .count = CHAIN_COMPONENTS,
    .journal_off = SECTORS(34),
    .journal_size = SECTORS(2),
    .slot =
        {
            {IMAGE_ROLE_UROT, SECTORS(8), SECTORS(2), SECTORS(31), SECTORS(3), 0},
            {IMAGE_ROLE_MANAGER, SECTORS(10), SECTORS(2), SECTORS(25), SECTORS(3), 0},
            {IMAGE_ROLE_APPLICATION, SECTORS(14), SECTORS(5), SECTORS(19), SECTORS(6), 0},
            {IMAGE_ROLE_MODULE_0, SECTORS(12), SECTORS(2), SECTORS(28), SECTORS(3),
             LAYOUT_SLOT_OPTIONAL},
        },
};

/** The growing and the shrinking; one sector and more. */
static const uint32_t body_bytes[CHAIN_COMPONENTS][CHAIN_AGES] = {
    {600, 250},
    {200, 650},
    {1100, 400},
    {100, 160},
};

static const uint32_t roles[CHAIN_COMPONENTS] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER,
                                                 IMAGE_ROLE_APPLICATION, IMAGE_ROLE_MODULE_0};
static const uint8_t owners[CHAIN_COMPONENTS] = {1, 2, 3, 4};

static struct {
    bool made;
    struct layout_record layout[2];
    struct key_record keys;
    uint8_t image_key[IMAGE_KEY_BYTES];
    struct made_image active[2][CHAIN_COMPONENTS][CHAIN_AGES];
    struct made_image delivery[2][CHAIN_COMPONENTS];
} images;

const struct layout_record *chain_layout(bool encrypted)
{
    return &images.layout[encrypted];
}

const struct made_image *chain_image(uint32_t component, enum chain_age age, bool encrypted)
{
    return &images.active[encrypted][component][age];
}

const struct made_image *chain_delivery(uint32_t component, bool encrypted)
{
    return &images.delivery[encrypted][component];
}

/** The application's key has 256 bits, the others' 128. */
static struct view wrapped_key(uint32_t component)
{
    return component == CHAIN_APPLICATION ? (struct view){wrapped_key_256, sizeof wrapped_key_256}
                                          : (struct view){wrapped_key_128, sizeof wrapped_key_128};
}

static void make_image(uint32_t component, enum chain_age age, bool encrypted)
{
    static struct image_recipe recipe;
    const struct layout_slot *slot = &usual_layout.slot[component];
    const bool client = component == CHAIN_APPLICATION;
    const uint32_t counter = age == CHAIN_OLD ? 1 : 2;

    image_recipe(&recipe, (client ? CHAIN_BASE_NS : CHAIN_BASE_S) + slot->off, CHAIN_HEADER,
                 client ? CHAIN_STACK_NS : CHAIN_STACK_S);
    recipe.owner = owners[component];
    recipe.header.version = (struct image_version){(uint8_t)counter, 0, 0, 0};
    recipe.body_len = body_bytes[component][age];
    for (uint32_t i = 8; i < recipe.body_len; i++) {
        recipe.body[i] = (uint8_t)(i * (7u + counter) + i / 256u + component);
    }
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    if (encrypted) {
        const struct view wrapped = wrapped_key(component);
        recipe.header.flags |= client ? IMAGE_FLAG_ENCRYPTED_256 : IMAGE_FLAG_ENCRYPTED_128;
        recipe_add_extra(&recipe, IMAGE_TLV_ECIES, wrapped.data, (uint16_t)wrapped.len);
    }
    image_make(&recipe, &images.active[encrypted][component][age]);
}

/** As a publisher does it: the body alone is encrypted. */
static void make_delivery(uint32_t component, bool encrypted)
{
    struct made_image *made = &images.delivery[encrypted][component];
    struct decrypt decrypt;
    *made = images.active[encrypted][component][CHAIN_NEW];
    if (!encrypted) {
        return;
    }
    if (decrypt_open(&decrypt, images.image_key, wrapped_key(component)) != GARRISON_OK) {
        abort();
    }
    decrypt_apply(&decrypt, 0, made->bytes + CHAIN_HEADER, body_bytes[component][CHAIN_NEW]);
    decrypt_close(&decrypt);
}

/** A test that takes anything for signed proves nothing. */
static void check_verifier(const struct made_image *made, const uint8_t point[64])
{
    static struct made_image spoilt;
    static const uint32_t bytes[] = {20, CHAIN_HEADER + 50};
    bool right = chain_verify(made->bytes, made->len, point);
    for (uint32_t i = 0; i < COUNT_OF(bytes); i++) {
        spoilt = *made;
        spoilt.bytes[bytes[i]] ^= 1u;
        right = right && !chain_verify(spoilt.bytes, spoilt.len, point);
    }
    spoilt = *made;
    spoilt.bytes[spoilt.signature_off + 20u] ^= 1u;
    if (!right || chain_verify(spoilt.bytes, spoilt.len, point)) {
        fprintf(stderr, "chain: the independent verification is wrong\n");
        abort();
    }
}

void chain_make_images(void)
{
    if (images.made) {
        return;
    }
    images.made = true;
    for (uint32_t i = 0; i < IMAGE_KEY_BYTES; i++) {
        images.image_key[i] = (uint8_t)(i + 1u);
    }
    test_key_record(&images.keys, roles, owners, CHAIN_COMPONENTS);
    for (unsigned encrypted = 0; encrypted < 2; encrypted++) {
        images.layout[encrypted] = usual_layout;
        for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
            images.layout[encrypted].slot[i].flags |= encrypted != 0 ? LAYOUT_SLOT_ENCRYPTED : 0;
            make_image(i, CHAIN_OLD, encrypted != 0);
            make_image(i, CHAIN_NEW, encrypted != 0);
            make_delivery(i, encrypted != 0);
            check_verifier(&images.active[encrypted][i][CHAIN_OLD], images.keys.key[i].point);
            check_verifier(&images.active[encrypted][i][CHAIN_NEW], images.keys.key[i].point);
        }
        test_layout_seal(&images.layout[encrypted]);
    }
}

void chain_make_device(bool encrypted)
{
    uint8_t irot[CHAIN_SECTOR];
    memset(irot, 0x42, sizeof irot);
    flash_emulator_poke(&chain.flash, 0, irot, sizeof irot);
    chain_provision(KEY_RECORD_OFF, &images.keys, sizeof images.keys);
    chain_provision(LAYOUT_RECORD_OFF, &images.layout[encrypted], sizeof images.layout[0]);
    chain_provision(IMAGE_KEY_OFF_HDPL1, images.image_key, IMAGE_KEY_BYTES);
    chain_provision(IMAGE_KEY_OFF_HDPL2, images.image_key, IMAGE_KEY_BYTES);
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        const struct made_image *made = &images.active[encrypted][i][CHAIN_OLD];
        const uint32_t units = (made->len + CHAIN_UNIT - 1u) / CHAIN_UNIT;
        flash_emulator_poke(&chain.flash, usual_layout.slot[i].off, made->bytes,
                            units * CHAIN_UNIT);
    }
}
