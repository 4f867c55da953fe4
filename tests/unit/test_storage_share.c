/*
 * What modules may have of the storage areas: shares, so that one that floods takes nobody's room.
 */
#include "support/test.h"

#include <string.h>

#include <garrison/module.h>
#include <garrison/port.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "services/clients.h"
#include "services/storage_protection.h"
#include "store/store.h"
#include "support/storage_fixture.h"

#define UID       0x1122334455667788u
#define NO_FLAGS  PSA_STORAGE_FLAG_NONE
#define SIZE_MOST 1300u

static uint8_t data[SIZE_MOST];

static const struct api {
    psa_status_t (*set)(psa_storage_uid_t uid, size_t len, const void *data,
                        psa_storage_create_flags_t flags);
    psa_status_t (*get)(psa_storage_uid_t uid, size_t off, size_t size, void *data, size_t *len);
    psa_status_t (*remove)(psa_storage_uid_t uid);
    uint32_t bytes; /**< Of the area. */
} its = {psa_its_set, psa_its_get, psa_its_remove, STORAGE_ITS_BYTES},
  ps = {psa_ps_set, psa_ps_get, psa_ps_remove, STORAGE_PS_BYTES};

static int set_up_its(void **state)
{
    *state = (void *)(uintptr_t)&its;
    storage_start();
    return 0;
}

static int set_up_ps(void **state)
{
    *state = (void *)(uintptr_t)&ps;
    storage_start();
    return 0;
}

/** @return how many objects of that size the client can have */
static uint32_t fill(const struct api *api, int32_t client, size_t size)
{
    uint32_t count = 0;
    psa_status_t status = PSA_SUCCESS;
    storage_client(client);
    while (status == PSA_SUCCESS) {
        assert_true(count < 10000);
        storage_fill(data, size, count);
        status = api->set(UID + count, size, data, NO_FLAGS);
        count += status == PSA_SUCCESS;
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_STORAGE);
    return count;
}

/** The client's objects are whole, can be replaced by as much, and by no more than fits. */
static void expect_all(const struct api *api, size_t size, uint32_t count)
{
    uint8_t found[SIZE_MOST];
    size_t len = 0;
    for (uint32_t i = 0; i < count; i++) {
        storage_fill(data, size, i);
        assert_int_equal(api->get(UID + i, 0, sizeof found, found, &len), PSA_SUCCESS);
        assert_int_equal(len, size);
        assert_memory_equal(found, data, size);
        assert_int_equal(api->set(UID + i, size, data, NO_FLAGS), PSA_SUCCESS);
        assert_int_equal(api->set(UID + i, size + 700, data, NO_FLAGS),
                         PSA_ERROR_INSUFFICIENT_STORAGE);
    }
}

static void modules_have_shares_of_the_area(void **state)
{
    const struct api *api = *state;
    static const size_t sizes[] = {600, 32, 300};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint32_t count[CLIENT_MODULES];
        uint32_t all = 0;
        storage_start();
        for (uint32_t module = 0; module < CLIENT_MODULES; module++) {
            count[module] = fill(api, GARRISON_MODULE_CLIENT_ID(module), sizes[i]);
            expect_all(api, sizes[i], count[module]);
            assert_true(count[module] * sizes[i] <= api->bytes / 8);
            all += count[module];
        }
        assert_true(count[0] >= 2 && count[1] == count[0]); /* whole shares, for two */
        assert_true(all * sizes[i] <= api->bytes / 4);
        storage_restart();
        storage_client(GARRISON_MODULE_CLIENT_ID(0));
        assert_int_equal(api->remove(UID), PSA_SUCCESS);
        assert_int_equal(fill(api, GARRISON_MODULE_CLIENT_ID(0), sizes[i]), count[0]);
        assert_true(fill(api, -1, sizes[i]) > count[0]);
    }
}

/** Keys that "crypto" keeps for a module are of its share, those of the application are not. */
static void what_a_partition_keeps_for_a_module_is_of_its_share(void **state)
{
    const uint64_t module_keys = (uint64_t)GARRISON_MODULE_CLIENT_ID(0) << 32;
    const uint64_t own_keys = (uint64_t)UINT32_MAX << 32;
    uint32_t count = 0;
    (void)state;
    storage_client(1);
    while (psa_its_set(module_keys + count, 600, data, NO_FLAGS) == PSA_SUCCESS) {
        count++;
        assert_true(count * 600u <= STORAGE_ITS_BYTES / 8);
    }
    assert_true(count >= 2);
    for (uint32_t i = 0; i < 2 * count; i++) {
        assert_int_equal(psa_its_set(own_keys + i, 600, data, NO_FLAGS), PSA_SUCCESS);
    }
    storage_client(GARRISON_MODULE_CLIENT_ID(0));
    assert_int_equal(psa_its_set(1, 600, data, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
    storage_client(1);
    assert_int_equal(psa_its_remove(module_keys), PSA_SUCCESS);
    storage_client(GARRISON_MODULE_CLIENT_ID(0));
    assert_int_equal(psa_its_set(1, 600, data, NO_FLAGS), PSA_SUCCESS);
}

static void what_is_reserved_counts_as_a_whole(void **state)
{
    (void)state;
    storage_client(GARRISON_MODULE_CLIENT_ID(0));
    assert_int_equal(psa_ps_create(UID, STORAGE_PS_BYTES / 8, NO_FLAGS),
                     PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_create(UID, STORAGE_PS_BYTES / 12, NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_create(UID + 1, STORAGE_PS_BYTES / 12, NO_FLAGS),
                     PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_set_extended(UID, 0, sizeof data, data), PSA_SUCCESS);
    storage_client(-1);
    assert_int_equal(psa_ps_create(UID, STORAGE_PS_BYTES / 8, NO_FLAGS), PSA_SUCCESS);
}

/** What is there already is the reason to give, whatever the share. */
static void what_is_written_once_is_not_permitted_to_grow(void **state)
{
    const struct api *api = *state;
    storage_client(GARRISON_MODULE_CLIENT_ID(0));
    assert_int_equal(api->set(1, 32, data, PSA_STORAGE_FLAG_WRITE_ONCE), PSA_SUCCESS);
    (void)fill(api, GARRISON_MODULE_CLIENT_ID(0), 600);
    assert_int_equal(api->set(1, 1300, data, NO_FLAGS), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(api->set(1, 16, data, NO_FLAGS), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(api->set(2, 1300, data, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
}

/* ITS's area, as the service of a manager without shares saw it. */

static enum garrison_status area_read(const struct flash_device *device, uint32_t off,
                                      uint8_t *bytes, uint32_t len)
{
    (void)device;
    return port_flash()->read(port_flash(), STORAGE_ITS_OFF + off, bytes, len);
}

static enum garrison_status area_program(const struct flash_device *device, uint32_t off,
                                         const uint8_t *bytes, uint32_t len)
{
    (void)device;
    return port_flash()->program(port_flash(), STORAGE_ITS_OFF + off, bytes, len);
}

static enum garrison_status area_erase(const struct flash_device *device, uint32_t off,
                                       uint32_t len)
{
    (void)device;
    return port_flash()->erase(port_flash(), STORAGE_ITS_OFF + off, len);
}

static enum garrison_status give_data(void *context, uint8_t *bytes, uint32_t len)
{
    memcpy(bytes, context, len);
    return GARRISON_OK;
}

/** Has ITS keep that many objects of 600 bytes for module 0. */
static void store_for_module(uint32_t count)
{
    static struct store store;
    static struct storage_keys keys;
    static uint32_t live[STORE_LIVE_WORDS(STORAGE_ITS_BYTES)];
    const struct flash_device device = {
        .size = STORAGE_ITS_BYTES,
        .sector = port_flash()->sector,
        .unit = port_flash()->unit,
        .erased = port_flash()->erased,
        .read = area_read,
        .program = area_program,
        .erase = area_erase,
    };
    const struct store_protection protection = {&keys, storage_seal, storage_open};
    const struct store_config config = {
        .device = &device, .protection = &protection, .live = live, .area_id = 1};
    const struct store_info info = {.size = 600, .capacity = 600};
    uint8_t key[STORAGE_KEY_BYTES];
    memset(key, STORAGE_SEED, sizeof key);
    assert_int_equal(storage_keys_init(&keys, key, sizeof key), GARRISON_OK);
    assert_int_equal(store_mount(&store, &config, NULL), GARRISON_OK);
    for (uint32_t i = 0; i < count; i++) {
        const struct store_key name = {GARRISON_MODULE_CLIENT_ID(0), UID + i};
        assert_int_equal(store_set(&store, name, &info, give_data, data), GARRISON_OK);
    }
    storage_keys_fini(&keys);
}

static void what_was_stored_before_stays(void **state)
{
    const uint32_t count = 2 * (STORAGE_ITS_BYTES / 8 / 600);
    size_t len = 0;
    (void)state;
    store_for_module(count);
    storage_client(GARRISON_MODULE_CLIENT_ID(0));
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(psa_its_get(UID + i, 0, sizeof data, data, &len), PSA_SUCCESS);
        assert_int_equal(len, 600);
        assert_int_equal(psa_its_set(UID + i, 601 + 15, data, NO_FLAGS),
                         PSA_ERROR_INSUFFICIENT_STORAGE);
        assert_int_equal(psa_its_set(UID + i, 600, data, NO_FLAGS), PSA_SUCCESS);
    }
    assert_int_equal(psa_its_set(1, 1, data, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_its_set(UID, 300, data, NO_FLAGS), PSA_SUCCESS);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(psa_its_remove(UID + i), PSA_SUCCESS);
    }
    assert_int_equal(psa_its_set(1, 600, data, NO_FLAGS), PSA_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(modules_have_shares_of_the_area, set_up_its),
        cmocka_unit_test_setup(modules_have_shares_of_the_area, set_up_ps),
        cmocka_unit_test_setup(what_a_partition_keeps_for_a_module_is_of_its_share, set_up_its),
        cmocka_unit_test_setup(what_is_reserved_counts_as_a_whole, set_up_ps),
        cmocka_unit_test_setup(what_is_written_once_is_not_permitted_to_grow, set_up_its),
        cmocka_unit_test_setup(what_is_written_once_is_not_permitted_to_grow, set_up_ps),
        cmocka_unit_test_setup(what_was_stored_before_stays, set_up_its),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
