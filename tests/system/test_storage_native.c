#define _GNU_SOURCE
/*
 * The storage services on a device file, natively: what survives a restart, and what becomes of an
 * older image of a storage area that is put back into the file, or into another device's.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <garrison/host.h>
#include <garrison/sim.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

/* Where the layout has them: typed here, not taken from port/stm32h573/layout.h. */
#define ITS_AREA       0x0C1EC000u
#define PS_AREA        0x0C1F4000u
#define PS_BYTES       0x8000u
#define COUNTERS_AREA  0x0C1FC000u
#define COUNTERS_BYTES 0x4000u
#define ALL_BYTES      (COUNTERS_AREA + COUNTERS_BYTES - ITS_AREA)

#define NO_FLAGS PSA_STORAGE_FLAG_NONE

static char folder[] = "/tmp/garrison-test-XXXXXX";
static char own_path[64];
static char other_path[64];
static const char *path = own_path; /* Of the device that runs. */

static char log_text[4096];

static void on_log(void *context, const char *line)
{
    (void)context;
    const size_t used = strlen(log_text);
    (void)snprintf(log_text + used, sizeof log_text - used, "%s\n", line);
}

static void start(void)
{
    const struct garrison_host_config config = {.device_path = path, .on_log = on_log};
    log_text[0] = '\0';
    if (garrison_host_start(&config) != 0) {
        fail_msg("%s", garrison_host_reason());
    }
}

static int set_up(void **state)
{
    (void)state;
    (void)unlink(own_path);
    (void)unlink(other_path);
    path = own_path;
    start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garrison_host_stop();
    return 0;
}

/** Reads from the flash of the file, or writes to it, while nothing runs. */
static void touch(uint32_t addr, uint8_t *data, size_t len, bool write)
{
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim *sim = NULL;
    struct sim_error error;
    garrison_host_stop();
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    assert_int_equal(write ? sim_poke(sim, addr, data, len, &error)
                           : sim_peek(sim, addr, data, len, &error),
                     SIM_OK);
    sim_close(sim);
    start();
}

/** In product state OPEN all devices have the same root; closed, each has its own. */
static void close_device(void)
{
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim *sim = NULL;
    struct sim_error error;
    uint32_t optsr = 0;
    garrison_host_stop();
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    assert_int_equal(sim_option_read(sim, "OPTSR", &optsr, &error), SIM_OK);
    optsr = (optsr & ~0xFF00u) | 0xC600u; /* TZ-CLOSED */
    if (sim_option_write(sim, "OPTSR", optsr, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
    sim_close(sim);
    start();
}

static void expect_ps(psa_storage_uid_t uid, const char *text, size_t size)
{
    char data[16];
    size_t len;
    assert_int_equal(psa_ps_get(uid, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_int_equal(len, size);
    assert_memory_equal(data, text, size);
}

static void expect_its(psa_storage_uid_t uid, const char *text, size_t size)
{
    char data[16];
    size_t len;
    assert_int_equal(psa_its_get(uid, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_int_equal(len, size);
    assert_memory_equal(data, text, size);
}

static void objects_survive_and_write_once_stays(void **state)
{
    (void)state;
    assert_int_equal(psa_its_set(1, 3, "its", PSA_STORAGE_FLAG_WRITE_ONCE), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(1, 2, "ps", PSA_STORAGE_FLAG_WRITE_ONCE), PSA_SUCCESS);
    for (int boot = 0; boot < 3; boot++) {
        start();
        expect_its(1, "its", 3);
        expect_ps(1, "ps", 2);
        assert_int_equal(psa_its_set(1, 1, "x", NO_FLAGS), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_its_remove(1), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_ps_set(1, 1, "x", NO_FLAGS), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_ps_remove(1), PSA_ERROR_NOT_PERMITTED);
    }
}

static void another_device_in_memory_knows_nothing(void **state)
{
    static const struct garrison_host_config in_memory;
    struct psa_storage_info_t info;
    (void)state;
    assert_int_equal(psa_its_set(1, 3, "its", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(garrison_host_start(&in_memory), 0);
    assert_int_equal(psa_its_get_info(1, &info), PSA_ERROR_DOES_NOT_EXIST);
    start();
    expect_its(1, "its", 3);
}

/* A new file is a device with an identity of its own: the same areas mean nothing to it. */
static void another_device_reads_nothing_of_our_areas(void **state)
{
    static uint8_t areas[ALL_BYTES];
    struct psa_storage_info_t info;
    char data[16];
    size_t len;
    (void)state;
    close_device();
    assert_int_equal(psa_its_set(1, 3, "its", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(1, 2, "ps", NO_FLAGS), PSA_SUCCESS);
    touch(ITS_AREA, areas, sizeof areas, false);
    path = other_path;
    start();
    close_device();
    assert_int_equal(psa_its_get_info(1, &info), PSA_ERROR_DOES_NOT_EXIST);
    touch(ITS_AREA, areas, sizeof areas, true);
    for (int boot = 0; boot < 2; boot++) {
        assert_int_equal(psa_its_get(1, 0, sizeof data, data, &len), PSA_ERROR_INVALID_SIGNATURE);
        assert_int_equal(psa_its_get_info(1, &info), PSA_ERROR_INVALID_SIGNATURE);
        assert_int_equal(psa_its_set(1, 1, "x", NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
        assert_int_equal(psa_ps_get(1, 0, sizeof data, data, &len), PSA_ERROR_INVALID_SIGNATURE);
        assert_int_equal(psa_ps_get_info(1, &info), PSA_ERROR_INVALID_SIGNATURE);
        assert_int_equal(psa_ps_set(1, 1, "x", NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
        start();
    }
    path = own_path; /* and what has been copied was what the owner reads */
    touch(ITS_AREA, areas, sizeof areas, true);
    expect_its(1, "its", 3);
    expect_ps(1, "ps", 2);
}

static void expect_refused(void)
{
    struct psa_storage_info_t info;
    char data[16];
    size_t len;
    assert_int_equal(psa_ps_get(1, 0, sizeof data, data, &len), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_get_info(1, &info), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_get_info(99, &info), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_set_extended(1, 0, 1, "x"), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_set(1, 1, "x", NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_ps_create(99, 1, NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_ps_remove(1), PSA_ERROR_STORAGE_FAILURE);
    expect_its(1, "kept", 4);
    assert_int_equal(psa_its_set(2, 3, "new", NO_FLAGS), PSA_SUCCESS);
}

/** Puts an older image of `len` bytes at `addr` back: refused until the newest is there again. */
static void replay(uint32_t addr, size_t len)
{
    uint8_t *older = test_malloc(len);
    uint8_t *newest = test_malloc(len);
    assert_int_equal(psa_its_set(1, 4, "kept", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(1, 3, "old", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(2, 5, "other", NO_FLAGS), PSA_SUCCESS);
    touch(addr, older, len, false);
    assert_int_equal(psa_ps_set(1, 3, "new", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_remove(2), PSA_SUCCESS);
    touch(addr, newest, len, false);

    touch(addr, older, len, true);
    expect_refused();
    start();
    expect_refused();
    const char *told = strstr(log_text, "ps: area refused: ");
    assert_non_null(told); /* and once, however many calls were refused */
    assert_null(strstr(told + 1, "ps: area refused: "));
    assert_null(strstr(log_text, "its: "));

    struct psa_storage_info_t info;
    touch(addr, newest, len, true);
    expect_ps(1, "new", 3);
    assert_int_equal(psa_ps_get_info(2, &info), PSA_ERROR_DOES_NOT_EXIST);
    expect_its(1, "kept", 4);
    test_free(older);
    test_free(newest);
}

static void an_older_image_of_the_objects_is_refused(void **state)
{
    (void)state;
    replay(PS_AREA, PS_BYTES);
}

static void an_older_image_of_the_counters_is_refused(void **state)
{
    (void)state;
    replay(COUNTERS_AREA, COUNTERS_BYTES);
}

/* The limit that psa/protected_storage.h names: nothing on the chip remembers a newer state. */
static void both_areas_put_back_together_are_not_noticed(void **state)
{
    static uint8_t older[PS_BYTES + COUNTERS_BYTES];
    (void)state;
    assert_int_equal(COUNTERS_AREA, PS_AREA + PS_BYTES);
    assert_int_equal(psa_ps_set(1, 3, "old", NO_FLAGS), PSA_SUCCESS);
    touch(PS_AREA, older, sizeof older, false);
    assert_int_equal(psa_ps_set(1, 3, "new", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(2, 5, "other", NO_FLAGS), PSA_SUCCESS);
    touch(PS_AREA, older, sizeof older, true);
    expect_ps(1, "old", 3);
    assert_int_equal(psa_ps_set(1, 3, "on!", NO_FLAGS), PSA_SUCCESS);
    start();
    expect_ps(1, "on!", 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(objects_survive_and_write_once_stays),
        TEST(another_device_in_memory_knows_nothing),
        TEST(another_device_reads_nothing_of_our_areas),
        TEST(an_older_image_of_the_objects_is_refused),
        TEST(an_older_image_of_the_counters_is_refused),
        TEST(both_areas_put_back_together_are_not_noticed),
    };
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    (void)snprintf(own_path, sizeof own_path, "%s/device.gar", folder);
    (void)snprintf(other_path, sizeof other_path, "%s/other.gar", folder);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(own_path);
    (void)unlink(other_path);
    (void)rmdir(folder);
    return failed;
}
