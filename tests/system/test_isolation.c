/*
 * What the manager has set up when the application runs, read back word by word: the values are
 * typed here, not taken from the port's table. What no bus master can read, the processor's own
 * part of it, an application shows by its effects.
 */
#include "support/test.h"

#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS 400000000u
#define STACK_SEAL 0xFEF5EDA5u

/** Words at `addr` and after it that all read as `value`. */
struct words {
    const char *what;
    uint32_t addr;
    uint32_t count;
    uint32_t value;
};

static const struct words words[] = {
    {"TZSC lock", 0x50032400, 1, 0x00000001},
    {"TZSC: first peripherals are the application's", 0x50032410, 1, 0},
    {"TZSC: second peripherals are the application's", 0x50032414, 1, 0},
    {"TZSC: ICACHE, AES, HASH, RNG, SAES, PKA, RAMCFG are Secure", 0x50032418, 1, 0x041F1000},
    {"TZSC: both privileges", 0x50032420, 3, 0},
    {"SRAM1 lock", 0x50032C00, 1, 0x00000001},
    {"SRAM1 superblocks' locks", 0x50032C10, 1, 0x0000FFFF},
    {"SRAM1 is the application's", 0x50032D00, 16, 0},
    {"SRAM1: both privileges", 0x50032E00, 16, 0},
    {"SRAM2 lock", 0x50033000, 1, 0x00000001},
    {"SRAM2 superblocks' locks", 0x50033010, 1, 0x0000000F},
    {"SRAM2 is Secure", 0x50033100, 4, 0xFFFFFFFF},
    {"SRAM2: both privileges", 0x50033200, 4, 0},
    {"SRAM3 lock", 0x50033400, 1, 0x00000001},
    {"SRAM3 superblocks' locks", 0x50033410, 1, 0x000FFFFF},
    {"SRAM3 is the application's", 0x50033500, 20, 0},
    {"SRAM3: both privileges", 0x50033600, 20, 0},
    {"SAU, VTOR and AIRCR are locked", 0x54000548, 1, 0x00000005},
    {"HDPL 3", 0x54000414, 1, 0x0000006F},
    {"TAMP: backup registers' writes are Secure", 0x54007C20, 1, 0x80200008},
    {"the uROT's sectors are hidden", 0x50022048, 1, 0x00000006},
    {"ICACHE is on, in two ways", 0x50030400, 1, 0x00000005},
};

/** What a Secure privileged write would undo if it were not locked. */
static const struct words locked[] = {
    {"TZSC", 0x50032418, 1, 0},
    {"SRAM1", 0x50032D00, 16, 0xFFFFFFFF},
    {"SRAM2", 0x50033100, 4, 0},
    {"SRAM3", 0x50033500, 20, 0xFFFFFFFF},
};

/** What stands there instead when modules have 23 KB of RAM: SRAM3's last 46 blocks are Secure. */
static const struct words with_modules[] = {
    {"SRAM3 lock", 0x50033400, 1, 0x00000001},
    {"SRAM3 superblocks' locks", 0x50033410, 1, 0x000FFFFF},
    {"SRAM3 is the application's", 0x50033500, 18, 0},
    {"SRAM3: half of one is the modules'", 0x50033548, 1, 0xFFFC0000},
    {"SRAM3: the last is the modules'", 0x5003354C, 1, 0xFFFFFFFF},
    {"SRAM3: both privileges", 0x50033600, 20, 0},
};

static const char layout_with_modules[] =
    "layout:\n"
    "  journal: {offset: 0x1DE000, size: 16K}\n"
    "  slots:\n"
    "    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1D0000, size: 56K}}\n"
    "    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x1A4000, size: 176K}}\n"
    "    - {role: application, offset: 0x3E000, size: 776K}\n"
    "    - {role: module5, offset: 0x100000, size: 8K, optional: on, ram: 20K}\n"
    "    - {role: module2, offset: 0x102000, size: 8K, optional: on, ram: 3K}\n";

static const char *const shown[] = {
    "isolation: own interrupts 0: fffffa67\n", "isolation: own interrupts 1: ffffffef\n",
    "isolation: own interrupts 2: ffffffff\n", "isolation: own interrupts 3: ff8bffff\n",
    "isolation: own interrupts 4: 00000007\n", "isolation: version, interrupts masked: 1\n",
    "isolation: version, faults masked: 1\n",
};

static int open_with_layout(void **state, const char *layout)
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/isolation_client",
                                         .layout = layout};
    device_open(&device, &images);
    device_boot(&device);
    (void)device_run_until(&device, "isolation: ready\n", BOOT_INSNS);
    *state = &device;
    return 0;
}

static int open_booted(void **state)
{
    return open_with_layout(state, NULL);
}

static int open_with_modules(void **state)
{
    return open_with_layout(state, layout_with_modules);
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

static uint32_t access_word(struct device *device, enum sim_access_kind kind, uint32_t addr,
                            uint32_t value)
{
    struct sim_access access = {
        .kind = kind,
        .addr = addr,
        .size = 4,
        .attr = {.secure = true, .privileged = true},
        .value = value,
    };
    (void)sim_access(device->sim, &access);
    return access.value;
}

static uint32_t read_word(struct device *device, uint32_t addr)
{
    return access_word(device, SIM_READ, addr, 0);
}

static void expect_words(struct device *device, const struct words *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < expected[i].count; k++) {
            const uint32_t value = read_word(device, expected[i].addr + 4u * k);
            if (value != expected[i].value) {
                fail_msg("%s: word %u is 0x%08X", expected[i].what, k, value);
            }
        }
    }
}

static void the_filters_stand_as_the_manager_left_them(void **state)
{
    expect_words(*state, words, COUNT_OF(words));
}

static void the_modules_ram_is_secure_at_the_top_of_sram3(void **state)
{
    expect_words(*state, with_modules, COUNT_OF(with_modules));
}

static void pins_are_the_applications(void **state)
{
    for (uint32_t port = 0; port < 9u; port++) {
        assert_int_equal(read_word(*state, 0x52020030u + 0x400u * port), 0);
    }
}

static void no_secure_code_can_undo_the_filters(void **state)
{
    struct device *device = *state;
    for (size_t i = 0; i < COUNT_OF(locked); i++) {
        for (uint32_t k = 0; k < locked[i].count; k++) {
            const uint32_t addr = locked[i].addr + 4u * k;
            const uint32_t before = read_word(device, addr);
            assert_int_not_equal(before, locked[i].value);
            (void)access_word(device, SIM_WRITE, addr, locked[i].value);
            if (read_word(device, addr) != before) {
                fail_msg("%s: word %u was changed", locked[i].what, k);
            }
        }
    }
}

static void expect_seal(struct device *device, enum sim_reg pointer, enum sim_reg limit,
                        uint32_t size)
{
    struct sim_error error;
    uint32_t seal[2] = {0};
    const uint32_t top = sim_reg_read(device->sim, pointer);
    assert_int_equal(top - sim_reg_read(device->sim, limit), size - sizeof seal);
    assert_int_equal(sim_peek(device->sim, top, (uint8_t *)seal, sizeof seal, &error), SIM_OK);
    assert_int_equal(seal[0], STACK_SEAL);
    assert_int_equal(seal[1], STACK_SEAL);
}

static void secure_stacks_are_empty_limited_and_sealed(void **state)
{
    struct device *device = *state;
    assert_int_equal(sim_reg_read(device->sim, SIM_REG_SECURE), 0);
    expect_seal(device, SIM_REG_MSP_S, SIM_REG_MSPLIM_S, 0xC00);
    expect_seal(device, SIM_REG_PSP_S, SIM_REG_PSPLIM_S, 0x160);
    assert_int_equal(sim_reg_read(device->sim, SIM_REG_CONTROL_S), 3);
}

static void the_application_sees_its_share_of_the_processor(void **state)
{
    struct device *device = *state;
    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        if (strstr(device->uart, shown[i]) == NULL) {
            fail_msg("no '%s' in:\n%s\njournal:\n%s", shown[i], device->uart, device->events);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_filters_stand_as_the_manager_left_them),
        cmocka_unit_test(pins_are_the_applications),
        cmocka_unit_test(no_secure_code_can_undo_the_filters),
        cmocka_unit_test(secure_stacks_are_empty_limited_and_sealed),
        cmocka_unit_test(the_application_sees_its_share_of_the_processor),
    };
    const struct CMUnitTest modules[] = {
        cmocka_unit_test(the_modules_ram_is_secure_at_the_top_of_sram3),
    };
    return cmocka_run_group_tests(tests, open_booted, close_device) +
           cmocka_run_group_tests_name("modules", modules, open_with_modules, close_device);
}
