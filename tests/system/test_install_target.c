/*
 * The images that would be flashed install what was staged: the application on trial and back, the
 * uROT in the place of a spoilt one, and no older image than has run already.
 */
#include "support/test.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "support/device_maker.h"

#define BOOT_INSNS    400000000u
#define INSTALL_INSNS 1500000000u

/* Where the default layout has things: typed here, not taken from the port. */
#define UROT_STAGED        0x0C1D2000u /* one sector behind the start of its download slot */
#define APPLICATION        0x0803E000u
#define APPLICATION_STAGED 0x0C108000u /* the same */
#define JOURNAL            0x0C1DE000u

#define NEW_APPLICATION "examples/storage/storage"
#define STALE           "uROT: application refused: authentic, but older than what a counter says\n"

static void poke(struct device *device, uint32_t addr, const uint8_t *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_poke(device->sim, addr, data, len, &error), SIM_OK);
}

/** A quad-word of the journal's first sector, whose sequence is 1. */
static void poke_record(struct device *device, uint32_t index, const uint8_t record[12])
{
    uint8_t bytes[16];
    memcpy(bytes, record, 12);
    bytes_store_le32(bytes + 12, 1);
    bytes_store_le32(bytes + 12, crc32_of(bytes, sizeof bytes));
    poke(device, JOURNAL + 16u * index, bytes, sizeof bytes);
}

/** A journal that knows of one thing: this component is staged. */
static void poke_staged(struct device *device, uint8_t component)
{
    static const uint8_t header[12] = {'G', 'A', 'J', 'L', 1, 0, 0, 0, 1};
    const uint8_t staged[12] = {1, component, 3};
    poke_record(device, 0, header);
    poke_record(device, 1, staged);
}

static void expect_boot(struct device *device, const char *text, uint64_t insns)
{
    device_boot(device);
    if (!device_run_until(device, text, insns)) {
        fail_msg("no '%s' in:\n%s\njournal:\n%s", text, device->uart, device->events);
    }
    assert_null(strstr(device->events, "fault: "));
    assert_null(strstr(device->events, "refused: "));
}

static int open_device(void **state)
{
    static struct device device;
    const struct device_images images = {.counter = 5};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

static void a_staged_application_runs_on_trial_and_leaves_again(void **state)
{
    struct device *device = *state;
    expect_boot(device, "hello_psa: ok", BOOT_INSNS);
    device_put_image(device, "application", "application", NEW_APPLICATION, APPLICATION_STAGED);
    poke_staged(device, 2);
    expect_boot(device, "storage: boot", INSTALL_INSNS);
    assert_null(strstr(device->uart, "hello_psa"));
    expect_boot(device, "hello_psa: ok", INSTALL_INSNS); /* nobody has accepted it */
    expect_boot(device, "hello_psa: ok", BOOT_INSNS);
}

static void a_spoilt_urot_is_overwritten_with_the_staged_one(void **state)
{
    struct device *device = *state;
    device_reopen(device);
    device_put_image(device, "urot", "urot", "port/stm32h573/urot", UROT_STAGED);
    device_xor(device, 0x0C009000, 1);
    expect_boot(device, "hello_psa: ok", INSTALL_INSNS);
    assert_non_null(strstr(device->uart, "iROT: replaced by its other copy: content does not match "
                                         "its digest\n"));
    expect_boot(device, "hello_psa: ok", BOOT_INSNS);
    assert_null(strstr(device->uart, "other copy"));
}

/** Signed by its owner, as it was once: but something newer has run since. */
static void an_older_image_never_runs_again(void **state)
{
    struct device *device = *state;
    device_reopen(device);
    device->counter = 4;
    device_put_image(device, "application", "application", "examples/hello_psa/hello_psa",
                     APPLICATION);
    expect_boot(device, "hello_psa: ok", BOOT_INSNS); /* on a device that knows of no newer one */
    device_reopen(device);
    expect_boot(device, "hello_psa: ok", BOOT_INSNS);
    device_erase(device, APPLICATION, 0xC8000);
    device_put_image(device, "application", "application", "examples/hello_psa/hello_psa",
                     APPLICATION);
    device_boot(device);
    (void)device_run(device, BOOT_INSNS);
    if (strstr(device->uart, STALE) == NULL) {
        fail_msg("%s", device->uart);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_staged_application_runs_on_trial_and_leaves_again),
        cmocka_unit_test(a_spoilt_urot_is_overwritten_with_the_staged_one),
        cmocka_unit_test(an_older_image_never_runs_again),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
