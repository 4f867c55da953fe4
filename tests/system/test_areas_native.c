/*
 * Storage the native way: objects stand in their service's area of the simulated flash and survive
 * with the device file; a device whose areas the application could reach is refused.
 */
#define _GNU_SOURCE
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <garrison/host.h>
#include <garrison/sim.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#define FLASH_END  0x0C200000u
#define SECTOR     0x2000u
#define ITS        0x0C1EC000u
#define ITS_END    0x0C1F4000u
#define PS_END     0x0C200000u
#define BANK2_NONE 0x0000007Fu /* SECWM2R */

static char folder[] = "/tmp/garrison-test-XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/device.gar", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garrison_host_stop();
    (void)unlink(path);
    return rmdir(folder);
}

static void start(void)
{
    const struct garrison_host_config config = {.device_path = path};
    if (garrison_host_start(&config) != 0) {
        fail_msg("%s", garrison_host_reason());
    }
}

/** The device while nothing runs on it. */
static struct sim *open_chip(void)
{
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    garrison_host_stop();
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    return sim;
}

static bool is_blank(struct sim *sim, uint32_t sector)
{
    uint8_t bytes[SECTOR];
    struct sim_error error;
    assert_int_equal(sim_peek(sim, sector, bytes, sizeof bytes, &error), SIM_OK);
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        if (bytes[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

/** Whether something is written in [from, to), and nothing anywhere else. */
static void expect_written_only(uint32_t from, uint32_t to)
{
    struct sim *sim = open_chip();
    bool written = false;
    for (uint32_t sector = 0x0C000000; sector < FLASH_END; sector += SECTOR) {
        const bool blank = is_blank(sim, sector);
        if (!blank && (sector < from || sector >= to)) {
            fail_msg("the sector at 0x%08X was written", sector);
        }
        written = written || !blank;
    }
    assert_true(written);
    sim_close(sim);
}

static void objects_stand_in_the_area_of_their_service(void **state)
{
    uint8_t data[4] = {0};
    size_t len = 0;
    (void)state;
    start();
    assert_int_equal(psa_its_set(1, 4, "its!", PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
    expect_written_only(ITS, ITS_END);
    start();
    assert_int_equal(psa_its_get(1, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_memory_equal(data, "its!", 4);
    assert_int_equal(psa_ps_set(1, 4, "ps!!", PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
    expect_written_only(ITS, PS_END);
    start();
    assert_int_equal(psa_its_get(1, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_memory_equal(data, "its!", 4);
    assert_int_equal(psa_ps_get(1, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_memory_equal(data, "ps!!", 4);
}

static void a_device_whose_areas_are_not_secure_is_refused(void **state)
{
    static const uint32_t refused[] = {BANK2_NONE, 0x007F0077, 0x007E0076};
    const struct garrison_host_config config = {.device_path = path};
    struct sim_error error;
    (void)state;
    start();
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct sim *sim = open_chip();
        assert_int_equal(sim_option_write(sim, "SECWM2R", refused[i], &error), SIM_OK);
        assert_int_equal(sim_commit(sim, &error), SIM_OK);
        sim_close(sim);
        assert_int_equal(garrison_host_start(&config), -1);
        assert_string_equal(garrison_host_reason(),
                            "the storage areas are not Secure: the device's secure_watermark must "
                            "cover sectors 118-127 of bank 2");
    }
    struct sim *sim = open_chip();
    assert_int_equal(sim_option_write(sim, "SECWM2R", 0x007F0076, &error), SIM_OK);
    assert_int_equal(sim_commit(sim, &error), SIM_OK);
    sim_close(sim);
    start();
    assert_int_equal(psa_its_set(1, 4, "its!", PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
    expect_written_only(ITS, ITS_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(objects_stand_in_the_area_of_their_service, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_device_whose_areas_are_not_secure_is_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
