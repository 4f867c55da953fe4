/*
 * Download slots that share flash: what one component has staged is room that the other one lacks.
 */
#include <string.h>

#include "power/update_fixture.h"
#include "support/test.h"

/** The manager's download slot lies in the application's, from its fourth sector on. */
static void overlap(void)
{
    layout.slot[MANAGER].size = SECTOR;
    layout.slot[MANAGER].download_size = 2 * SECTOR;
    layout.slot[MANAGER].download_off = layout.slot[APPLICATION].download_off + 3 * SECTOR;
    layout.slot[APPLICATION].size = 3 * SECTOR; /* of old images: less than is known of them */
    layout.slot[APPLICATION].download_size = 5 * SECTOR;
}

static void what_one_has_staged_is_less_for_the_other(void **state)
{
    const psa_fwu_component_t manager = PSA_FWU_COMPONENT_MANAGER;
    const psa_fwu_component_t application = PSA_FWU_COMPONENT_APPLICATION;
    (void)state;
    layout.slot[APPLICATION].size = 4 * SECTOR;
    overlap();
    layout.slot[APPLICATION].size = 4 * SECTOR;
    update_restart();
    assert_int_equal(update_query(APPLICATION).max_size, 4 * SECTOR);
    assert_int_equal(update_query(MANAGER).max_size, SECTOR);

    /* The application may grow into all of its slot: the manager has to wait. */
    assert_int_equal(psa_fwu_start(application, NULL, 0), PSA_SUCCESS);
    assert_int_equal(update_query(MANAGER).max_size, 0);
    assert_int_equal(psa_fwu_start(manager, NULL, 0), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_fwu_cancel(application), PSA_SUCCESS);
    assert_int_equal(psa_fwu_start(manager, NULL, 0), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_fwu_clean(application), PSA_SUCCESS);

    /* The old application does not fit beside the manager, whatever the new one needs. */
    assert_int_equal(psa_fwu_start(manager, NULL, 0), PSA_SUCCESS);
    assert_int_equal(update_query(APPLICATION).max_size, 0);
    assert_int_equal(psa_fwu_start(application, NULL, 0), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(update_query(APPLICATION).state, PSA_FWU_READY);
}

static void neighbours_keep_out_of_each_other(void **state)
{
    const psa_fwu_component_t manager = PSA_FWU_COMPONENT_MANAGER;
    const psa_fwu_component_t application = PSA_FWU_COMPONENT_APPLICATION;
    uint8_t before[2 * SECTOR];
    uint8_t after[2 * SECTOR];
    uint8_t data[512];
    (void)state;
    overlap();
    layout.slot[APPLICATION].size = 2 * SECTOR;
    update_restart();
    memset(data, 0x5A, sizeof data);
    assert_int_equal(psa_fwu_start(manager, NULL, 0), PSA_SUCCESS);
    assert_int_equal(psa_fwu_write(manager, 0, data, sizeof data), PSA_SUCCESS);
    assert_int_equal(psa_fwu_finish(manager), PSA_SUCCESS);
    const struct flash_device *slots = &bench.slots.device;
    const uint32_t off = layout.slot[MANAGER].download_off;
    assert_int_equal(slots->read(slots, off, before, sizeof before), GARRISON_OK);

    assert_int_equal(update_query(APPLICATION).max_size, 2 * SECTOR);
    assert_int_equal(psa_fwu_start(application, NULL, 0), PSA_SUCCESS);
    memset(data, 0xA5, sizeof data);
    for (uint32_t at = 0; at < 2 * SECTOR; at += sizeof data) {
        assert_int_equal(psa_fwu_write(application, at, data, sizeof data), PSA_SUCCESS);
    }
    assert_int_equal(psa_fwu_write(application, 2 * SECTOR, data, 16), PSA_ERROR_INVALID_ARGUMENT);
    memset(data, 0x55, sizeof data); /* through the spare sector */
    assert_int_equal(psa_fwu_write(application, 0, data, sizeof data), PSA_SUCCESS);
    assert_int_equal(psa_fwu_cancel(application), PSA_SUCCESS);
    assert_int_equal(psa_fwu_clean(application), PSA_SUCCESS);
    assert_int_equal(slots->read(slots, off, after, sizeof after), GARRISON_OK);
    assert_memory_equal(before, after, sizeof before);

    /* The other way round: what is finished holds what it needs, not all of its slot. */
    assert_int_equal(psa_fwu_cancel(manager), PSA_SUCCESS);
    assert_int_equal(psa_fwu_clean(manager), PSA_SUCCESS);
    assert_int_equal(psa_fwu_start(application, NULL, 0), PSA_SUCCESS);
    assert_int_equal(psa_fwu_write(application, 0, data, sizeof data), PSA_SUCCESS);
    assert_int_equal(psa_fwu_finish(application), PSA_SUCCESS);
    assert_int_equal(psa_fwu_start(manager, NULL, 0), PSA_SUCCESS);
    assert_null(bench.slots.fault);
}

static int open_update(void **state)
{
    const int result = open_bench(state);
    update_open();
    return result;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_update, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_one_has_staged_is_less_for_the_other),
        TEST(neighbours_keep_out_of_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
