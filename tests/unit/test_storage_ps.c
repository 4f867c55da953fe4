/*
 * What only Protected Storage has: psa_ps_create(), psa_ps_set_extended(), psa_ps_get_support().
 */
#include "support/test.h"

#include <string.h>

#include <psa/client.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "services/its_protocol.h"
#include "support/storage_fixture.h"

#define UID      7u
#define CAPACITY 1300u
#define NO_FLAGS PSA_STORAGE_FLAG_NONE
#define ONCE     PSA_STORAGE_FLAG_WRITE_ONCE

static int set_up(void **state)
{
    (void)state;
    storage_start();
    return 0;
}

static void expect_info(size_t capacity, size_t size, psa_storage_create_flags_t flags)
{
    struct psa_storage_info_t info;
    assert_int_equal(psa_ps_get_info(UID, &info), PSA_SUCCESS);
    assert_int_equal(info.capacity, capacity);
    assert_int_equal(info.size, size);
    assert_int_equal(info.flags, flags);
}

static void expect_object(const uint8_t *data, size_t size)
{
    uint8_t out[2 * CAPACITY];
    size_t len;
    assert_int_equal(psa_ps_get(UID, 0, sizeof out, out, &len), PSA_SUCCESS);
    assert_int_equal(len, size);
    assert_memory_equal(out, data, size);
}

static void all_features_are_supported(void **state)
{
    (void)state;
    assert_int_equal(psa_ps_get_support(), PSA_STORAGE_SUPPORT_SET_EXTENDED);
}

static void a_created_object_is_empty_and_has_room(void **state)
{
    static const psa_storage_create_flags_t flags =
        PSA_STORAGE_FLAG_NO_CONFIDENTIALITY | PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION;
    uint8_t byte = 0x77;
    size_t len;
    (void)state;
    assert_int_equal(psa_ps_create(UID, CAPACITY, flags), PSA_SUCCESS);
    expect_info(CAPACITY, 0, flags);
    assert_int_equal(psa_ps_get(UID, 0, 1, &byte, &len), PSA_SUCCESS);
    assert_int_equal(len, 0);
    assert_int_equal(byte, 0x77);
    storage_restart();
    expect_info(CAPACITY, 0, flags);
    assert_int_equal(psa_ps_remove(UID), PSA_SUCCESS);
    assert_int_equal(psa_ps_create(UID, 0, NO_FLAGS), PSA_SUCCESS);
    expect_info(0, 0, NO_FLAGS);
    assert_int_equal(psa_ps_set_extended(UID, 0, 1, "a"), PSA_ERROR_INVALID_ARGUMENT);
}

static void create_replaces_nothing(void **state)
{
    (void)state;
    assert_int_equal(psa_ps_set(UID, 3, "abc", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_create(UID, 3, NO_FLAGS), PSA_ERROR_ALREADY_EXISTS);
    assert_int_equal(psa_ps_create(UID, CAPACITY, NO_FLAGS), PSA_ERROR_ALREADY_EXISTS);
    expect_object((const uint8_t *)"abc", 3);
    assert_int_equal(psa_ps_remove(UID), PSA_SUCCESS);
    assert_int_equal(psa_ps_create(UID, CAPACITY, NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_create(UID, CAPACITY, NO_FLAGS), PSA_ERROR_ALREADY_EXISTS);
}

static void create_refuses(void **state)
{
    struct psa_storage_info_t info;
    (void)state;
    assert_int_equal(psa_ps_create(0, 1, NO_FLAGS), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_ps_create(UID, 1, ONCE), PSA_ERROR_NOT_SUPPORTED);
    for (unsigned bit = 3; bit < 32; bit++) {
        assert_int_equal(psa_ps_create(UID, 1, (uint32_t)1 << bit), PSA_ERROR_NOT_SUPPORTED);
    }
    assert_int_equal(psa_ps_create(UID, STORAGE_PS_BYTES, NO_FLAGS),
                     PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_create(UID, UINT32_MAX, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_create(UID, SIZE_MAX, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_create(UID, (size_t)UINT32_MAX + 1, NO_FLAGS),
                     PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
}

static void set_extended_overwrites_and_extends(void **state)
{
    static const struct {
        size_t off;
        size_t len;
    } writes[] = {
        {0, 10},  {10, 502},  {512, 1},  {500, 100},    {0, 1},    {599, 2},
        {1, 511}, {601, 699}, {1299, 1}, {0, CAPACITY}, {1300, 0}, {700, 1},
    };
    uint8_t data[CAPACITY] = {0};
    uint8_t part[CAPACITY];
    size_t size = 0;
    (void)state;
    assert_int_equal(psa_ps_create(UID, CAPACITY, NO_FLAGS), PSA_SUCCESS);
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        storage_fill(part, sizeof part, (uint32_t)i);
        assert_int_equal(psa_ps_set_extended(UID, writes[i].off, writes[i].len, part), PSA_SUCCESS);
        memcpy(data + writes[i].off, part, writes[i].len);
        size = writes[i].off + writes[i].len > size ? writes[i].off + writes[i].len : size;
        expect_info(CAPACITY, size, NO_FLAGS);
        expect_object(data, size);
    }
    storage_restart();
    expect_info(CAPACITY, CAPACITY, NO_FLAGS);
    expect_object(data, CAPACITY);
}

static void set_extended_leaves_no_gap_and_stays_in_the_capacity(void **state)
{
    static const struct {
        size_t off;
        size_t len;
    } wrong[] = {
        {11, 1},
        {11, 0},
        {12, 5},
        {CAPACITY, 1},
        {0, CAPACITY + 1},
        {10, CAPACITY - 9},
        {1, CAPACITY},
        {SIZE_MAX, 1},
        {UINT32_MAX, 1},
        {10, UINT32_MAX},
        {UINT32_MAX, UINT32_MAX},
        {(size_t)UINT32_MAX + 1, 1},
        {0, (size_t)UINT32_MAX + 2},
    };
    static uint8_t data[CAPACITY + 1];
    (void)state;
    assert_int_equal(psa_ps_create(UID, CAPACITY, NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(UID, 0, 10, "0123456789"), PSA_SUCCESS);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(psa_ps_set_extended(UID, wrong[i].off, wrong[i].len, data),
                         PSA_ERROR_INVALID_ARGUMENT);
    }
    expect_object((const uint8_t *)"0123456789", 10);
    expect_info(CAPACITY, 10, NO_FLAGS);
}

static void set_extended_of_nothing_changes_nothing_but_is_checked(void **state)
{
    (void)state;
    assert_int_equal(psa_ps_set_extended(0, 0, 0, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_ps_set_extended(UID, 0, 0, NULL), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_ps_create(UID, 4, NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(UID, 0, 0, NULL), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(UID, 1, 0, NULL), PSA_ERROR_INVALID_ARGUMENT);
    expect_info(4, 0, NO_FLAGS);
}

static void set_extended_refuses(void **state)
{
    (void)state;
    assert_int_equal(psa_ps_set_extended(0, 0, 1, "a"), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_ps_set_extended(UID, 0, 1, "a"), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_ps_set(UID, 3, "abc", ONCE), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(UID, 0, 1, "x"), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_ps_set_extended(UID, 0, 0, NULL), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_ps_set_extended(UID, 0, 1, NULL), PSA_ERROR_INVALID_ARGUMENT);
    expect_object((const uint8_t *)"abc", 3);
}

static void set_extended_overwrites_what_was_set(void **state)
{
    (void)state;
    assert_int_equal(psa_ps_set(UID, 5, "abcde", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(UID, 1, 2, "XY"), PSA_SUCCESS);
    expect_object((const uint8_t *)"aXYde", 5);
    assert_int_equal(psa_ps_set_extended(UID, 4, 2, "ZZ"), PSA_ERROR_INVALID_ARGUMENT);
    expect_info(5, 5, NO_FLAGS);
}

static void set_gives_up_the_capacity(void **state)
{
    (void)state;
    assert_int_equal(psa_ps_create(UID, CAPACITY, NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(UID, 2, "ab", PSA_STORAGE_FLAG_NO_CONFIDENTIALITY), PSA_SUCCESS);
    expect_info(2, 2, PSA_STORAGE_FLAG_NO_CONFIDENTIALITY);
}

static void what_create_has_reserved_others_cannot_take(void **state)
{
    static uint8_t data[4096];
    psa_status_t status = PSA_SUCCESS;
    (void)state;
    storage_fill(data, sizeof data, 5);
    assert_int_equal(psa_ps_create(UID, sizeof data, NO_FLAGS), PSA_SUCCESS);
    storage_restart();
    for (psa_storage_uid_t uid = 100; status == PSA_SUCCESS; uid++) {
        assert_true(uid < 10000);
        status = psa_ps_set(uid, 64, data, NO_FLAGS);
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_STORAGE);
    for (size_t off = 0; off < sizeof data; off += 1000) {
        const size_t len = sizeof data - off < 1000 ? sizeof data - off : 1000;
        assert_int_equal(psa_ps_set_extended(UID, off, len, data + off), PSA_SUCCESS);
    }
    for (size_t off = 0; off < sizeof data; off += 100) {
        assert_int_equal(psa_ps_set_extended(UID, off, 1, data + off), PSA_SUCCESS);
    }
    expect_info(sizeof data, sizeof data, NO_FLAGS);
}

static void without_a_reserve_a_full_area_is_a_storage_failure(void **state)
{
    static const uint8_t data[600] = {1, 2, 3};
    psa_status_t status = PSA_SUCCESS;
    (void)state;
    assert_int_equal(psa_ps_set(UID, sizeof data, data, NO_FLAGS), PSA_SUCCESS);
    for (psa_storage_uid_t uid = 100; status == PSA_SUCCESS; uid++) {
        assert_true(uid < 10000);
        status = psa_ps_set(uid, 64, data, NO_FLAGS);
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_set_extended(UID, 1, 1, "X"), PSA_ERROR_STORAGE_FAILURE);
    expect_object(data, sizeof data);
    storage_restart();
    expect_object(data, sizeof data);
    assert_int_equal(psa_ps_remove(100), PSA_SUCCESS);
    for (psa_storage_uid_t uid = 101; uid < 110; uid++) {
        assert_int_equal(psa_ps_remove(uid), PSA_SUCCESS);
    }
    assert_int_equal(psa_ps_set_extended(UID, 1, 1, "X"), PSA_SUCCESS);
}

static void internal_trusted_storage_has_none_of_it(void **state)
{
    static const uint32_t functions[] = {STORAGE_CREATE, STORAGE_WRITE, STORAGE_SUPPORTS};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        const struct storage_request request = {.function = functions[i], .uid = UID};
        const psa_invec in = {&request, sizeof request};
        assert_int_equal(psa_call(ITS_HANDLE, PSA_IPC_CALL, &in, 1, NULL, 0),
                         PSA_ERROR_NOT_SUPPORTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_features_are_supported, set_up),
        cmocka_unit_test_setup(a_created_object_is_empty_and_has_room, set_up),
        cmocka_unit_test_setup(create_replaces_nothing, set_up),
        cmocka_unit_test_setup(create_refuses, set_up),
        cmocka_unit_test_setup(set_extended_overwrites_and_extends, set_up),
        cmocka_unit_test_setup(set_extended_leaves_no_gap_and_stays_in_the_capacity, set_up),
        cmocka_unit_test_setup(set_extended_of_nothing_changes_nothing_but_is_checked, set_up),
        cmocka_unit_test_setup(set_extended_refuses, set_up),
        cmocka_unit_test_setup(set_extended_overwrites_what_was_set, set_up),
        cmocka_unit_test_setup(set_gives_up_the_capacity, set_up),
        cmocka_unit_test_setup(what_create_has_reserved_others_cannot_take, set_up),
        cmocka_unit_test_setup(without_a_reserve_a_full_area_is_a_storage_failure, set_up),
        cmocka_unit_test_setup(internal_trusted_storage_has_none_of_it, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
