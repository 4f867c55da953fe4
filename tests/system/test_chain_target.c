/*
 * The images that would be flashed, run by the simulator through the whole chain: they boot, the
 * same run is the same run, and what has been changed by one bit never runs.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS 400000000u

static int open_hello(void **state)
{
    static struct device device;
    const struct device_images images = {.application = NULL};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

static void expect_text(const struct device *device, const char *text)
{
    if (strstr(device->uart, text) == NULL) {
        fail_msg("no '%s' in:\n%s\njournal:\n%s", text, device->uart, device->events);
    }
}

static void the_chain_boots_to_the_application(void **state)
{
    struct device *device = *state;
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    expect_text(device, "iROT 0.1.0\nuROT 0.1.0\nmanager 0.1.0\n");
    expect_text(device, "hello_psa: ok");
    expect_text(device, "\nSHA-256 ");
    assert_null(strstr(device->events, "refused: "));
    assert_null(strstr(device->events, "fault: "));
    assert_null(strstr(device->events, "block: "));
}

static void two_runs_are_the_same_run(void **state)
{
    struct device *device = *state;
    struct device *first = calloc(1, sizeof *first);
    assert_non_null(first);
    device_reopen(device);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    memcpy(first, device, sizeof *first);
    device_reopen(device);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    assert_string_equal(device->uart, first->uart);
    assert_string_equal(device->events, first->events);
    assert_true(device->events_len > 0);
    free(first);
}

static void two_boots_draw_other_random_numbers(void **state)
{
    struct device *device = *state;
    char first[DEVICE_TEXT_BYTES];
    device_reopen(device);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    memcpy(first, device->uart, sizeof first);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    assert_string_not_equal(device->uart, first);
}

struct slot {
    const char *verifier;
    const char *name;
    uint32_t addr;
};

static const struct slot slots[] = {
    {"iROT", "uROT", 0x0C008000},
    {"uROT", "manager", 0x0C014000},
    {"uROT", "application", 0x08040000},
};

static void expect_refused(struct device *device, const struct slot *slot, uint32_t off)
{
    char line[64];
    struct sim_state state;
    (void)snprintf(line, sizeof line, "%s: %s refused: ", slot->verifier, slot->name);
    device_boot(device);
    (void)device_run(device, BOOT_INSNS);
    sim_state_get(device->sim, &state);
    if (strstr(device->uart, line) == NULL || strstr(device->uart, "hello_psa") != NULL ||
        strstr(device->events, line) == NULL || state.backup[31] == 0) {
        fail_msg("%s byte %u:\n%s\njournal:\n%s", slot->name, off, device->uart, device->events);
    }
}

/** Every byte natively is test_chain_native; here header, TLVs and a stride of the body. */
static void a_flipped_bit_in_a_real_image_never_runs(void **state)
{
    struct device *device = *state;
    device_reopen(device);
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        struct sim_error error;
        uint8_t head[16];
        assert_int_equal(sim_peek(device->sim, slots[i].addr, head, sizeof head, &error), SIM_OK);
        const uint32_t body =
            (uint32_t)head[12] | (uint32_t)head[13] << 8 | (uint32_t)head[14] << 16;
        const uint32_t tlvs = 0x400u + body;
        for (uint32_t off = 0; off < tlvs + 150u; off += off < 32u || off >= tlvs ? 7u : 2500u) {
            if (off >= 32u && off < tlvs && off + 2500u > tlvs) {
                off = tlvs;
            }
            device_xor(device, slots[i].addr + off, 0x10);
            expect_refused(device, &slots[i], off);
            device_xor(device, slots[i].addr + off, 0x10);
        }
    }
    device_boot(device);
    assert_true(device_run_until(device, "hello_psa: ok", BOOT_INSNS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_boots_to_the_application),
        cmocka_unit_test(two_runs_are_the_same_run),
        cmocka_unit_test(two_boots_draw_other_random_numbers),
        cmocka_unit_test(a_flipped_bit_in_a_real_image_never_runs),
    };
    return cmocka_run_group_tests(tests, open_hello, close_device);
}
