/*
 * What modules may have of the storage areas: shares, so that one that floods takes nobody's room.
 */
#include "support/test.h"

#include <garrison/module.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "services/clients.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(modules_have_shares_of_the_area, set_up_its),
        cmocka_unit_test_setup(modules_have_shares_of_the_area, set_up_ps),
        cmocka_unit_test_setup(what_a_partition_keeps_for_a_module_is_of_its_share, set_up_its),
        cmocka_unit_test_setup(what_is_reserved_counts_as_a_whole, set_up_ps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
