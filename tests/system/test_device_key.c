/*
 * The private half of the device key on the chip: wherever the application can look, while all kinds of
 * tokens are made and refused, none of it is there.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include <garrison/attestation.h>
#include <garrison/host.h>
#include <garrison/port.h>

#include "hostile_scan.h"
#include "support/device_maker.h"

#define RUN_INSNS 4000000000u
#define SLICE     500000u
#define SEED      64u
#define OWN_RAM   0x20070000u /* of the application, which is far from full */

static struct device device;
static struct scan scan;
static uint8_t seed[SEED];
static uint8_t point[GARRISON_ATTEST_POINT_BYTES];

static int open_device(void **state)
{
    const struct device_images images = {.application = "tests/system/firmware/attest_client"};
    (void)state;
    device_open(&device, &images);
    /* The same device natively, whose memory is this process's. */
    const struct garrison_host_config config = {.device_path = device_path(&device, "device.gar"),
                                                .ephemeral = true};
    assert_int_equal(garrison_host_start(&config), 0);
    assert_int_equal(port_derive_key("garrison attest", seed), GARRISON_OK);
    assert_int_equal(garrison_attest_get_public_key(point), PSA_SUCCESS);
    garrison_host_stop();
    scan_name(&scan, "the seed of the device key", seed, sizeof seed);
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

static void expect_nothing_leaks(void)
{
    char leak[256];
    if (scan_finds(&scan, &device, leak, sizeof leak)) {
        fail_msg("%s, after: %s", leak, device.uart);
    }
}

static void nothing_of_the_private_key_is_ever_in_reach(void **state)
{
    (void)state;
    bool in_secure = false;
    unsigned looks = 0;
    device_boot(&device);
    const uint64_t end = sim_time(device.sim) + RUN_INSNS;
    while (strstr(device.uart, "attest: done") == NULL) {
        if (sim_time(device.sim) >= end) {
            fail_msg("%s\n%s", device.uart, device.events);
        }
        (void)device_run(&device, SLICE);
        in_secure = in_secure || scan_in_secure(&device, seed, sizeof seed);
        expect_nothing_leaks();
        looks++;
    }
    /* It was there to be found, and is the key of the tokens. */
    char line[16 + 2 * GARRISON_ATTEST_POINT_BYTES] = "attest: key: ";
    for (size_t i = 0; i < sizeof point; i++) {
        (void)snprintf(line + strlen("attest: key: ") + 2 * i, 3, "%02x", point[i]);
    }
    assert_non_null(strstr(device.uart, line));
    assert_true(in_secure);
    assert_null(strstr(device.uart, "FAILED"));
    assert_in_range(looks, 10, UINT32_MAX);
}

static void what_leaks_would_be_found(void **state)
{
    char leak[256];
    struct sim_error error;
    (void)state;
    for (uint32_t off = 0; off < SEED; off += 8u) {
        uint8_t before[8];
        assert_int_equal(sim_peek(device.sim, OWN_RAM, before, sizeof before, &error), SIM_OK);
        assert_int_equal(sim_poke(device.sim, OWN_RAM, seed + off, 8, &error), SIM_OK);
        assert_true(scan_finds(&scan, &device, leak, sizeof leak));
        assert_int_equal(sim_poke(device.sim, OWN_RAM, before, sizeof before, &error), SIM_OK);
        expect_nothing_leaks();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_the_private_key_is_ever_in_reach),
        cmocka_unit_test(what_leaks_would_be_found),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
