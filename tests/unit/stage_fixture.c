#include "stage_fixture.h"

#include <string.h>

#include <garrison/counters.h>

#include "support/test.h"

static const struct layout_bounds bounds = {
    .flash_size = 16 * SECTOR, .sector = SECTOR, .free_off = UROT_OFF, .free_end = 16 * SECTOR};

/** uROT, manager, application, and a module's slot that may be empty. */
static const struct layout_record usual_layout = {
    .magic = LAYOUT_RECORD_MAGIC,
    .version = LAYOUT_RECORD_VERSION,
    .count = 4,
    .journal_off = JOURNAL_OFF,
    .journal_size = 2 * SECTOR,
    .slot =
        {
            {IMAGE_ROLE_UROT, UROT_OFF, SECTOR, UROT_DOWNLOAD_OFF, 2 * SECTOR, 0},
            {IMAGE_ROLE_MANAGER, MANAGER_OFF, 2 * SECTOR, DOWNLOAD_OFF, 3 * SECTOR, 0},
            {IMAGE_ROLE_APPLICATION, APPLICATION_OFF, 3 * SECTOR, DOWNLOAD_OFF, 4 * SECTOR, 0},
            {IMAGE_ROLE_MODULE_0 + 2, MODULE_OFF, SECTOR, 0, 0, LAYOUT_SLOT_OPTIONAL},
        },
};

static const struct boot_slot slots[] = {
    {.role = IMAGE_ROLE_MANAGER, .base = 0x0C000000, .ram = {{0x30040800, 0x30050000}}},
    {.role = IMAGE_ROLE_APPLICATION,
     .base = 0x08000000,
     .ram = {{0x20000000, 0x20040000}, {0x20050000, 0x200A0000}}},
    {.role = IMAGE_ROLE_MODULE_0, .base = 0x0C000000},
};

const struct boot_stage urot = {
    .role = IMAGE_ROLE_UROT,
    .version = {0, 1, 0, 0},
    .hdpl = 2,
    .counters_off = BOOT_COUNTERS_OFF_HDPL2,
    .image_key_off = IMAGE_KEY_OFF_HDPL2,
    .header_size = HEADER,
    .vectors_align = 0x400,
    .bounds = &bounds,
    .slot = slots,
    .slot_count = COUNT_OF(slots),
    .next = IMAGE_ROLE_MANAGER,
    .install = install_run,
    .recover = install_recover,
    .last = true,
    .derive = port_derive_key,
    .watch = port_watchdog_start,
};

static const struct boot_self irot_self = {.off = 0, .size = 0x1000, .addr = 0x0C000000};

static const struct boot_slot irot_slots[] = {
    {.role = IMAGE_ROLE_UROT, .base = 0x0C000000, .ram = {{0x30040800, 0x30050000}}},
};

const struct boot_stage irot = {
    .role = IMAGE_ROLE_IROT,
    .version = {0, 1, 0, 0},
    .hdpl = 1,
    .counters_off = BOOT_COUNTERS_OFF_HDPL1,
    .image_key_off = IMAGE_KEY_OFF_HDPL1,
    .header_size = HEADER,
    .vectors_align = 0x400,
    .self = &irot_self,
    .bounds = &bounds,
    .slot = irot_slots,
    .slot_count = 1,
    .next = IMAGE_ROLE_UROT,
    .install = install_overwrite,
    .recover = install_recover_urot,
};

struct layout_record layout;
struct key_record keys;
struct image_recipe manager;
struct image_recipe application;
struct made_image made;
enum port_end ended;

void put(const struct image_recipe *recipe, uint32_t off)
{
    image_make(recipe, &made);
    memset(port_fake.flash.bytes + off, 0xFF, SECTOR);
    memcpy(port_fake.flash.bytes + off, made.bytes, made.len);
}

static void put_both(void)
{
    put(&manager, MANAGER_OFF);
    put(&application, APPLICATION_OFF);
}

void hand_over_to_urot(void)
{
    struct handoff_entry entry = {.role = IMAGE_ROLE_IROT};
    handoff_init(&port_fake.handoff, PORT_RESET_PIN);
    assert_int_equal(handoff_append(&port_fake.handoff, &entry), GARRISON_OK);
    entry.role = IMAGE_ROLE_UROT;
    assert_int_equal(handoff_append(&port_fake.handoff, &entry), GARRISON_OK);
    test_layout_seal(&layout);
    port_fake.handoff.layout = layout;
    port_fake.handoff.keys = keys;
    assert_int_equal(handoff_seal(&port_fake.handoff), GARRISON_OK);
}

void provision(void)
{
    test_layout_seal(&layout);
    memcpy(port_fake.store + LAYOUT_RECORD_OFF, &layout, sizeof layout);
    memcpy(port_fake.store + KEY_RECORD_OFF, &keys, sizeof keys);
}

int set_up(void **state)
{
    static const uint32_t roles[] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION,
                                     IMAGE_ROLE_MODULE_0 + 2};
    static const uint8_t owners[] = {2, 3, 4, 5};
    (void)state;
    port_fake_reset();
    port_fake.flash.device.sector = SECTOR;
    port_fake.hdpl = 2;
    port_fake.verdict = 0xDEAD;
    layout = usual_layout;
    test_key_record(&keys, roles, owners, 4);
    image_recipe(&manager, MANAGER_ADDR, HEADER, SECURE_STACK);
    manager.owner = 3;
    image_recipe(&application, APPLICATION_ADDR, HEADER, CLIENT_STACK);
    application.owner = 4;
    put_both();
    hand_over_to_urot();
    return 0;
}

int set_up_irot(void **state)
{
    (void)set_up(state);
    struct image_recipe recipe;
    image_recipe(&recipe, UROT_ADDR, HEADER, SECURE_STACK);
    recipe.owner = 2;
    put(&recipe, UROT_OFF);
    provision();
    port_fake.hdpl = 1;
    return 0;
}

void run(const struct boot_stage *stage)
{
    PORT_RUN(ended, boot_stage_run(stage));
}

void expect_refusal(const struct boot_stage *stage, const char *line, uint32_t role,
                    enum garrison_status reason)
{
    port_fake.log_count = 0;
    port_fake.vectors = 0;
    run(stage);
    assert_int_equal(ended, PORT_PANICKED);
    assert_int_equal(port_fake.log_count, 2);
    assert_string_equal(port_fake.log[1], line);
    assert_string_equal(port_fake.panic, line);
    assert_int_equal(port_fake.verdict,
                     stage->role << 24 | role << 16 | garrison_status_index(reason));
    assert_int_equal(port_fake.vectors, 0);
}
