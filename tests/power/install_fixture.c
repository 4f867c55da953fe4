#include "install_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "boot/decrypt.h"
#include "support/test.h"

static const struct layout_record usual_layout = {
    .magic = LAYOUT_RECORD_MAGIC,
    .version = LAYOUT_RECORD_VERSION,
    .count = 3,
    .slot =
        {
            {IMAGE_ROLE_UROT, 0, 2 * SECTOR, 8 * SECTOR, 3 * SECTOR, 0},
            {IMAGE_ROLE_MANAGER, 2 * SECTOR, 2 * SECTOR, 11 * SECTOR, 3 * SECTOR, 0},
            {IMAGE_ROLE_APPLICATION, 4 * SECTOR, 4 * SECTOR, 14 * SECTOR, 5 * SECTOR, 0},
        },
};

struct layout_record layout;

#define RULES(role_)                                                                               \
    {                                                                                              \
        .role = (role_), .base = BASE, .ram = {{STACK - 0x1000u, STACK}},                          \
    }
static const struct boot_slot rules[] = {
    RULES(IMAGE_ROLE_UROT),
    RULES(IMAGE_ROLE_MANAGER),
    RULES(IMAGE_ROLE_APPLICATION),
};

static const struct boot_stage stage = {
    .role = IMAGE_ROLE_UROT,
    .header_size = 0x20,
    .vectors_align = 0x20,
    .slot = rules,
    .slot_count = COUNT_OF(rules),
};

/** Device key of the bytes 1 to 32; the image's key of 0x80 and up (see test_decrypt.c). */
static const uint8_t wrapped_key[DECRYPT_TLV_BYTES_128] = {
    0x04, 0x26, 0x1E, 0xFB, 0xD3, 0x55, 0x0C, 0xF0, 0x68, 0xEF, 0x01, 0x3E, 0xD7, 0x36, 0x6B,
    0xA3, 0x2F, 0x5D, 0x6F, 0xE5, 0x57, 0xB4, 0xB2, 0xAB, 0xCE, 0x8A, 0xDE, 0x58, 0xCB, 0xA1,
    0x68, 0xA5, 0x5E, 0x17, 0x88, 0xA0, 0xB2, 0x9A, 0x56, 0xA6, 0xAB, 0xEC, 0x40, 0x84, 0xC0,
    0xC9, 0x6B, 0xD3, 0xDC, 0xBC, 0xA6, 0xB5, 0x07, 0xF3, 0x5D, 0xBE, 0xA9, 0xE9, 0x85, 0x70,
    0x84, 0x79, 0xD8, 0xBD, 0xC9, 0x05, 0xDD, 0x87, 0xE8, 0x7E, 0xB5, 0x8D, 0x2D, 0xFF, 0x36,
    0x00, 0x1B, 0xDE, 0x72, 0x42, 0x53, 0x9E, 0xA5, 0xFC, 0x40, 0xCD, 0x46, 0xEC, 0xCC, 0x82,
    0x87, 0x50, 0x45, 0xDB, 0x3B, 0x0A, 0x6E, 0xC7, 0xC2, 0x71, 0x91, 0x40, 0x7E, 0x09, 0x73,
    0xEC, 0x30, 0x9F, 0x69, 0xF6, 0x26, 0x93, 0xB2};

struct install_bench bench;

/*
 * Images.
 */

void make(struct made_image *made, uint32_t component, uint8_t major, uint32_t body_len,
          bool encrypted, const struct image_dependency *dependency)
{
    struct image_recipe recipe;
    const struct layout_slot *slot = &layout.slot[component];
    const uint32_t counter = major;
    image_recipe(&recipe, BASE + slot->off, 0x20, STACK);
    recipe.owner = (uint8_t)(component + 1u);
    recipe.header.version = (struct image_version){major, 0, 0, 0};
    recipe.body_len = body_len;
    for (uint32_t i = 8; i < body_len; i++) {
        recipe.body[i] = (uint8_t)(i * major + component);
    }
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    if (dependency != NULL) {
        recipe_add_protected(&recipe, IMAGE_TLV_DEPENDENCY, dependency, sizeof *dependency);
    }
    if (encrypted) {
        recipe.header.flags |= IMAGE_FLAG_ENCRYPTED_128;
        recipe_add_extra(&recipe, IMAGE_TLV_ECIES, wrapped_key, sizeof wrapped_key);
    }
    image_make(&recipe, made);
}

/** What is delivered: an encrypted image has its body encrypted. */
static void deliver(struct made_image *made, uint32_t component)
{
    const struct layout_slot *slot = &layout.slot[component];
    struct made_image staged = *made;
    struct image_header header;
    memcpy(&header, staged.bytes, sizeof header);
    if ((header.flags & IMAGE_FLAGS_ENCRYPTED) != 0) {
        struct decrypt decrypt;
        assert_int_equal(
            decrypt_open(&decrypt, bench.image_key, (struct view){wrapped_key, sizeof wrapped_key}),
            GARRISON_OK);
        decrypt_apply(&decrypt, 0, staged.bytes + header.header_size, header.body_size);
    }
    flash_emulator_poke(&bench.slots, slot->download_off + SECTOR, staged.bytes,
                        (staged.len + UNIT - 1u) / UNIT * UNIT);
}

static void put_active(const struct made_image *made, uint32_t component)
{
    flash_emulator_poke(&bench.slots, layout.slot[component].off, made->bytes,
                        (made->len + UNIT - 1u) / UNIT * UNIT);
}

bool is_active(const struct made_image *made, uint32_t component)
{
    uint8_t bytes[4u * SECTOR];
    assert_true(made->len <= sizeof bytes);
    return bench.slots.device.read(&bench.slots.device, layout.slot[component].off, bytes,
                                   made->len) == GARRISON_OK &&
           memcmp(bytes, made->bytes, made->len) == 0;
}

/** Whether a run of 32 bytes of an image's body stands in clear in the download slots. */
static bool stands_in_clear(const struct made_image *made)
{
    const uint32_t first = layout.slot[UROT].download_off;
    const uint8_t *end = bench.slots.bytes + SLOT_SECTORS * SECTOR - 32u;
    for (const uint8_t *at = bench.slots.bytes + first; at <= end; at++) {
        if (memcmp(at, made->bytes + 0x20 + 16, 32) == 0) {
            return true;
        }
    }
    return false;
}

/*
 * Boots.
 */

struct journal open_journal(void)
{
    struct journal journal;
    assert_int_equal(journal_open(&journal, &bench.journal.device), GARRISON_OK);
    return journal;
}

struct install install_with(struct journal *journal)
{
    static uint8_t buffer[64];
    return (struct install){
        .stage = &stage,
        .flash = &bench.slots.device,
        .layout = &layout,
        .keys = &bench.keys,
        .counters = &bench.counters,
        .image_key = bench.no_image_key ? NULL : bench.image_key,
        .seal_key = bench.seal_key,
        .journal = journal,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
    };
}

enum garrison_status recover(uint32_t component)
{
    struct journal journal = open_journal();
    const struct install install = install_with(&journal);
    return install_recover(&install, component);
}

/** A boot of both stages; the status of whichever could not go on. */
enum garrison_status boot(void)
{
    struct journal journal;
    bench.boots++;
    enum garrison_status status = journal_open(&journal, &bench.journal.device);
    const struct install install = install_with(&journal);
    if (status == GARRISON_OK) {
        status = install_run(&install, BIT(UROT));
    }
    if (status == GARRISON_OK) {
        status = install_run(&install, (uint16_t)~BIT(UROT));
    }
    for (uint32_t i = 0; status == GARRISON_OK && i < 3; i++) {
        static struct install_image found;
        struct hardened_verdict verdict;
        status = install_verify(&install, i, &found, &verdict);
        if (status == GARRISON_OK) {
            assert_true(hardened_granted(&verdict));
        }
    }
    return status;
}

void save(struct snapshot *snapshot)
{
    flash_emulator_save(&bench.slots, snapshot->slots);
    flash_emulator_save(&bench.journal, snapshot->journal);
}

void restore(const struct snapshot *snapshot)
{
    flash_emulator_restore(&bench.slots, snapshot->slots);
    flash_emulator_restore(&bench.journal, snapshot->journal);
    flash_power_on(&bench.power);
}

bool active_are(const struct made_image *made, uint16_t set)
{
    bool are = true;
    for (uint32_t i = 0; i < 3; i++) {
        are = are && ((1u << i & set) == 0 || is_active(&made[i], i));
    }
    return are;
}

/** After a boot that went through: exactly the old or the new set, as the journal says. */
void expect_consistent(const struct scene *scene)
{
    const struct journal journal = open_journal();
    const uint16_t rest = (uint16_t)(7u & ~scene->set);
    assert_true(active_are(bench.old, rest));
    for (uint32_t i = 0; i < 3; i++) {
        if ((1u << i & scene->set) == 0) {
            assert_int_equal(journal.component[i].state, JOURNAL_READY);
            continue;
        }
        const uint8_t state = journal.component[i].state;
        const bool renewed = state == JOURNAL_TRIAL || state == JOURNAL_UPDATED;
        assert_true(renewed || state == JOURNAL_FAILED);
        assert_true(active_are(renewed ? bench.renewed : bench.old, scene->set));
    }
    assert_int_equal(journal.operation.kind, JOURNAL_NOTHING);
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
    if (scene->encrypted) {
        for (uint32_t i = 0; i < 3; i++) {
            assert_false(stands_in_clear(&bench.old[i]) || stands_in_clear(&bench.renewed[i]));
        }
    }
}

/** Boots until nothing is cut any more; false if power never went off. */
bool boot_with_cut(uint32_t at, enum flash_cut cut)
{
    flash_power_on(&bench.power);
    flash_power_arm(&bench.power, at, cut);
    const enum garrison_status status = boot();
    if (!bench.power.off) {
        assert_int_equal(status, GARRISON_OK);
        return false;
    }
    bench.cuts++;
    flash_power_on(&bench.power);
    return true;
}

void set_up_images(bool encrypted)
{
    for (uint32_t i = 0; i < 3; i++) {
        make(&bench.old[i], i, 1, i == APPLICATION ? 500 : 60 + 100 * i, encrypted, NULL);
        make(&bench.renewed[i], i, 2, i == APPLICATION ? 70 : 300, encrypted, NULL);
    }
}

int open_bench(void **state)
{
    static const uint32_t roles[] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION};
    static const uint8_t owners[] = {1, 2, 3};
    const char *seed = getenv("GARRISON_SEED");
    (void)state;
    memset(&bench, 0, sizeof bench);
    layout = usual_layout;
    bench.random = seed != NULL ? strtoull(seed, NULL, 0) : 1;
    flash_power_init(&bench.power, bench.random);
    flash_emulator_open(&bench.slots, &bench.power, SLOT_SECTORS, SECTOR, UNIT);
    flash_emulator_open(&bench.journal, &bench.power, JOURNAL_SECTORS, JOURNAL_SECTOR, UNIT);
    test_key_record(&bench.keys, roles, owners, 3);
    for (uint8_t i = 0; i < 32; i++) {
        bench.image_key[i] = (uint8_t)(i + 1u);
        bench.seal_key[i] = (uint8_t)(0xA0u + i);
    }
    return 0;
}

int close_bench(void **state)
{
    (void)state;
    flash_emulator_close(&bench.slots);
    flash_emulator_close(&bench.journal);
    return 0;
}

void stage_set(const struct scene *scene)
{
    for (uint32_t i = 0; i < 3; i++) {
        put_active(&bench.old[i], i);
        if ((1u << i & scene->set) != 0) {
            deliver(&bench.renewed[i], i);
        }
    }
    struct journal journal = open_journal();
    assert_int_equal(journal_begin(&journal, JOURNAL_NOTHING, scene->set, JOURNAL_STAGED, 0),
                     GARRISON_OK);
}

void set_state(const struct scene *scene, enum journal_state state)
{
    struct journal journal = open_journal();
    assert_int_equal(journal_begin(&journal, JOURNAL_NOTHING, scene->set, state, 0), GARRISON_OK);
}

const struct scene scenes[INSTALL_SCENES] = {
    {.set = BIT(UROT)},
    {.set = BIT(MANAGER)},
    {.set = BIT(APPLICATION)},
    {.set = BIT(MANAGER) | BIT(APPLICATION)},
    {.set = BIT(UROT), .encrypted = true},
    {.set = BIT(MANAGER) | BIT(APPLICATION), .encrypted = true},
};

void spoil(uint32_t component)
{
    flash_emulator_rot(&bench.slots, layout.slot[component].off + 0x40, 0);
}

void begin_anew(void **state)
{
    (void)close_bench(state);
    (void)open_bench(state);
    set_up_images(false);
}
