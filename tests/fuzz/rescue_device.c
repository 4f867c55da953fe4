#include "rescue_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/decrypt.h"
#include "boot/install_image.h"
#include "support/wrapped_key.h"

#define BASE    0x0C000000u
#define STACK   0x30040000u
#define UROT    0u
#define COUNTER 2u /* of images and device */

struct rescue_device device;

/* By their numbers in the journal. */
const struct layout_record device_layout = {
    .magic = LAYOUT_RECORD_MAGIC,
    .version = LAYOUT_RECORD_VERSION,
    .count = COMPONENTS,
    .slot = {{IMAGE_ROLE_UROT, 0, 2 * SECTOR, 8 * SECTOR, 3 * SECTOR, 0},
             {IMAGE_ROLE_MANAGER, 2 * SECTOR, 2 * SECTOR, 13 * SECTOR, 3 * SECTOR, 0},
             {IMAGE_ROLE_APPLICATION, 4 * SECTOR, 4 * SECTOR, 12 * SECTOR, 6 * SECTOR, 0}},
};

#define RULES(role_)                                                                               \
    {                                                                                              \
        .role = (role_), .base = BASE, .ram = {{STACK - 0x1000u, STACK}},                          \
    }
static const struct boot_slot rules[] = {RULES(IMAGE_ROLE_UROT), RULES(IMAGE_ROLE_MANAGER),
                                         RULES(IMAGE_ROLE_APPLICATION)};
static const struct boot_stage stage = {
    .role = IMAGE_ROLE_UROT,
    .header_size = IMAGE_HEADER_BYTES,
    .vectors_align = IMAGE_HEADER_BYTES,
    .slot = rules,
    .slot_count = COMPONENTS,
};

static struct key_record keys;
static const uint8_t device_key[32] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                       12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                       23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
static const struct boot_counters counters = {.counter = {COUNTER, COUNTER, COUNTER}};

void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "fuzz_rescue: %s\n", what);
        abort();
    }
}

uint32_t device_staged_off(void)
{
    return install_staged_off(&device.install, &device_layout.slot[device.missing]);
}

uint32_t device_room(void)
{
    const struct layout_slot *slot = &device_layout.slot[device.missing];
    const uint32_t behind = slot->download_off + slot->download_size - device_staged_off();
    return behind < slot->size ? behind : slot->size;
}

bool device_holds(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t off = 0; off < len; off += QUAD) {
        uint8_t quad[QUAD];
        const uint32_t part = len - off < QUAD ? len - off : QUAD;
        if (device.slots.device.read(&device.slots.device, device_staged_off() + off, quad, QUAD) !=
                GARRISON_OK ||
            memcmp(quad, bytes + off, part) != 0) {
            return false;
        }
    }
    return true;
}

bool device_is_blank(uint32_t off, uint32_t end)
{
    uint8_t quad[QUAD];
    bool blank = true;
    for (; off < end; off += QUAD) {
        blank = blank &&
                device.slots.device.read(&device.slots.device, device_staged_off() + off, quad,
                                         QUAD) == GARRISON_OK &&
                bytes_all(quad, QUAD, 0xFF);
    }
    return blank;
}

/*
 * Boots.
 */

static bool starts(uint32_t component)
{
    static struct install_image found;
    struct hardened_verdict verdict;
    return hardened_ok(install_verify(&device.install, component, &found, &verdict)) &&
           hardened_granted(&verdict);
}

bool device_is_sound(void)
{
    const uint8_t *active = device.slots.bytes + device_layout.slot[device.missing].off;
    for (uint32_t i = 0; i < SIGNED; i++) {
        if (memcmp(active, device.started[device.missing][i].bytes,
                   device.started[device.missing][i].len) == 0) {
            return true;
        }
    }
    return false;
}

bool device_boot(void)
{
    static uint8_t buffer[64];
    static const uint8_t seal_key[32] = {0xA0};
    must(journal_open(&device.journal, &device.journal_flash.device) == GARRISON_OK ||
             device.power.off,
         "no journal");
    device.install = (struct install){
        .stage = &stage,
        .flash = &device.slots.device,
        .layout = &device_layout,
        .keys = &keys,
        .counters = &counters,
        .image_key = device_key,
        .seal_key = seal_key,
        .journal = &device.journal,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
    };
    (void)!hardened_ok(install_overwrite(&device.install, 1u << UROT));
    (void)!hardened_ok(install_run(&device.install, (uint16_t) ~(1u << UROT)));
    for (uint32_t i = 0; !device.power.off && i < COMPONENTS; i++) {
        must(starts(i) || i == device.missing || device.power.off,
             "what was sound is not any more");
    }
    if (!device.power.off && !starts(device.missing)) {
        (void)!hardened_ok(install_recover(&device.install, device.missing));
    }
    return !device.power.off && starts(device.missing);
}

/*
 * What there is at first.
 */

static void make_variant(uint32_t component, uint32_t variant)
{
    const struct image_dependency newer = {.role = IMAGE_ROLE_MANAGER, .version = {9, 0, 0, 0}};
    const struct layout_slot *slot = &device_layout.slot[component];
    const uint32_t counter = variant == COUNTER_BELOW ? COUNTER - 1u : COUNTER;
    const uint32_t place = slot->off + (variant == OTHER_PLACE ? SECTOR : 0);
    struct made_image *made = &device.started[component][variant];
    struct made_image *out = &device.sent[component][variant];
    struct image_recipe recipe;

    image_recipe(&recipe, BASE + place, IMAGE_HEADER_BYTES, STACK);
    recipe.owner = (uint8_t)(variant == OTHER_OWNER ? 9u : component + 1u);
    recipe.body_len = variant == LARGE ? slot->size - 300u : 72u;
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    if (variant == DEPENDENCY_MISSING) {
        recipe_add_protected(&recipe, IMAGE_TLV_DEPENDENCY, &newer, sizeof newer);
    }
    if (variant == ENCRYPTED) {
        recipe.header.flags |= IMAGE_FLAG_ENCRYPTED_128;
        recipe_add_extra(&recipe, IMAGE_TLV_ECIES, wrapped_key_128, sizeof wrapped_key_128);
    }
    image_make(&recipe, made);
    *out = *made;
    if (variant == BODY_CHANGED) {
        out->bytes[IMAGE_HEADER_BYTES + 20] ^= 4u;
    } else if (variant == SIGNATURE_CHANGED) {
        out->bytes[out->signature_off + 9] ^= 4u;
    } else if (variant == BYTE_BEHIND) {
        out->bytes[out->len++] = 'x';
    } else if (variant == ENCRYPTED) {
        struct decrypt decrypt;
        must(hardened_ok(decrypt_open(&decrypt, device_key,
                                      (struct view){wrapped_key_128, sizeof wrapped_key_128})),
             "a sound key does not open");
        decrypt_apply(&decrypt, 0, out->bytes + IMAGE_HEADER_BYTES, recipe.body_len);
        decrypt_close(&decrypt);
    }
    must(out->len <= slot->size, "an image is too large for the test");
}

void device_make(void)
{
    static const uint32_t roles[] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION};
    static const uint8_t owners[] = {1, 2, 3};
    test_key_record(&keys, roles, owners, COMPONENTS);
    for (uint32_t component = 0; component < COMPONENTS; component++) {
        for (uint32_t variant = 0; variant < VARIANTS; variant++) {
            make_variant(component, variant);
        }
    }
    flash_power_init(&device.power, 1);
    flash_emulator_open(&device.slots, &device.power, SECTORS, SECTOR, QUAD);
    flash_emulator_open(&device.journal_flash, &device.power, 2, 1024, QUAD);
}

void device_set_up(uint8_t what, uint8_t rest)
{
    static const uint8_t states[] = {JOURNAL_READY,  JOURNAL_WRITING, JOURNAL_CANDIDATE,
                                     JOURNAL_STAGED, JOURNAL_FAILED,  JOURNAL_UPDATED};
    device.missing = what % COMPONENTS;
    device.other_state = states[what / COMPONENTS % sizeof states];
    flash_power_init(&device.power, 1);
    must(hardened_ok(device.slots.device.erase(&device.slots.device, 0, SECTORS * SECTOR)) &&
             hardened_ok(device.journal_flash.device.erase(&device.journal_flash.device, 0, 2048)),
         "nothing can be erased");
    must(hardened_ok(journal_open(&device.journal, &device.journal_flash.device)), "no journal");
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        const struct made_image *old = &device.started[i][SMALL];
        const struct journal_component other = {.state = device.other_state, .size = 100};
        if (i != device.missing) {
            flash_emulator_poke(&device.slots, device_layout.slot[i].off, old->bytes,
                                (old->len + QUAD - 1u) / QUAD * QUAD);
            must(hardened_ok(journal_set(&device.journal, i, &other)), "no journal");
        }
    }
    device.install = (struct install){.flash = &device.slots.device, .layout = &device_layout};
    if (rest != 0) {
        const struct made_image *image = &device.sent[device.missing][rest % VARIANTS];
        const struct journal_component was = {.state = JOURNAL_WRITING, .size = image->len};
        flash_emulator_poke(&device.slots, device_staged_off(), image->bytes,
                            image->len * (rest / VARIANTS) / 26u / QUAD * QUAD);
        must(hardened_ok(journal_set(&device.journal, device.missing, &was)), "no journal");
    }
}
