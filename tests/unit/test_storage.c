/*
 * Internal Trusted Storage and Protected Storage as an application meets them: every function and
 * every error that the headers name. What only Protected Storage has is in test_storage_ps.c.
 */
#include "support/test.h"

#include <string.h>

#include <psa/client.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "services/its_protocol.h"
#include "services/ps_protocol.h"
#include "support/storage_fixture.h"

#define UID      0x1122334455667788u
#define NO_FLAGS PSA_STORAGE_FLAG_NONE
#define ONCE     PSA_STORAGE_FLAG_WRITE_ONCE

static const struct api {
    psa_status_t (*set)(psa_storage_uid_t uid, size_t len, const void *data,
                        psa_storage_create_flags_t flags);
    psa_status_t (*get)(psa_storage_uid_t uid, size_t off, size_t size, void *data, size_t *len);
    psa_status_t (*get_info)(psa_storage_uid_t uid, struct psa_storage_info_t *info);
    psa_status_t (*remove)(psa_storage_uid_t uid);
    psa_handle_t handle;
    uint32_t bytes; /**< Of the area. */
} its = {psa_its_set, psa_its_get, psa_its_get_info, psa_its_remove, ITS_HANDLE, STORAGE_ITS_BYTES},
  ps = {psa_ps_set, psa_ps_get, psa_ps_get_info, psa_ps_remove, PS_HANDLE, STORAGE_PS_BYTES};

static const struct api *api_of(void **state)
{
    return *state;
}

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

static void expect_info(const struct api *api, psa_storage_uid_t uid, size_t size,
                        psa_storage_create_flags_t flags)
{
    struct psa_storage_info_t info;
    assert_int_equal(api->get_info(uid, &info), PSA_SUCCESS);
    assert_int_equal(info.capacity, size);
    assert_int_equal(info.size, size);
    assert_int_equal(info.flags, flags);
}

/** The object is there, whole, and reading it touches no byte behind it. */
static void expect_object(const struct api *api, psa_storage_uid_t uid, const uint8_t *data,
                          size_t size)
{
    static uint8_t out[STORAGE_PS_BYTES];
    size_t len = 77;
    memset(out, 0xA5, sizeof out);
    assert_int_equal(api->get(uid, 0, sizeof out, out, &len), PSA_SUCCESS);
    assert_int_equal(len, size);
    assert_memory_equal(out, data, size);
    for (size_t i = size; i < sizeof out; i++) {
        assert_int_equal(out[i], 0xA5);
    }
}

static void an_object_is_what_was_set_last(void **state)
{
    const struct api *api = api_of(state);
    static const size_t sizes[] = {0, 1, 15, 16, 17, 511, 512, 513, 1024, 1500, 3, 0, 700};
    uint8_t data[1500];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        storage_fill(data, sizeof data, (uint32_t)i);
        assert_int_equal(api->set(UID, sizes[i], data, NO_FLAGS), PSA_SUCCESS);
        expect_info(api, UID, sizes[i], NO_FLAGS);
        expect_object(api, UID, data, sizes[i]);
    }
}

static void get_gives_any_range_and_no_byte_more(void **state)
{
    const struct api *api = api_of(state);
    static const size_t offs[] = {0, 1, 511, 512, 513, 1023, 1024, 1199, 1200};
    static const size_t sizes[] = {0, 1, 2, 511, 512, 513, 1199, 1200, 1201, 2000};
    uint8_t data[1200];
    uint8_t out[2000];
    storage_fill(data, sizeof data, 9);
    assert_int_equal(api->set(UID, sizeof data, data, NO_FLAGS), PSA_SUCCESS);
    for (size_t i = 0; i < COUNT_OF(offs); i++) {
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            const size_t left = sizeof data - offs[i];
            const size_t expected = sizes[k] < left ? sizes[k] : left;
            size_t len = 77;
            memset(out, 0x5A, sizeof out);
            assert_int_equal(api->get(UID, offs[i], sizes[k], out, &len), PSA_SUCCESS);
            assert_int_equal(len, expected);
            assert_memory_equal(out, data + offs[i], expected);
            for (size_t n = expected; n < sizeof out; n++) {
                assert_int_equal(out[n], 0x5A);
            }
        }
    }
}

static void get_refuses_an_offset_behind_the_end(void **state)
{
    const struct api *api = api_of(state);
    static const size_t offs[] = {11, 12, 511, UINT32_MAX, (size_t)UINT32_MAX + 1, SIZE_MAX};
    uint8_t out[16] = {0};
    size_t len = 77;
    assert_int_equal(api->set(UID, 10, "0123456789", NO_FLAGS), PSA_SUCCESS);
    for (size_t i = 0; i < COUNT_OF(offs); i++) {
        assert_int_equal(api->get(UID, offs[i], sizeof out, out, &len), PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(api->get(UID, offs[i], 0, out, &len), PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(len, 77);
    assert_int_equal(api->get(UID, 10, sizeof out, out, &len), PSA_SUCCESS);
    assert_int_equal(len, 0);
    assert_int_equal(out[0], 0);
}

static void an_empty_object_is_there(void **state)
{
    const struct api *api = api_of(state);
    uint8_t out = 0x77;
    size_t len = 77;
    assert_int_equal(api->set(UID, 0, NULL, NO_FLAGS), PSA_SUCCESS);
    expect_info(api, UID, 0, NO_FLAGS);
    assert_int_equal(api->get(UID, 0, 0, NULL, &len), PSA_SUCCESS);
    assert_int_equal(len, 0);
    assert_int_equal(api->get(UID, 0, 1, &out, &len), PSA_SUCCESS);
    assert_int_equal(len, 0);
    assert_int_equal(out, 0x77);
    assert_int_equal(api->remove(UID), PSA_SUCCESS);
}

static void the_uid_zero_is_refused_everywhere(void **state)
{
    const struct api *api = api_of(state);
    struct psa_storage_info_t info;
    uint8_t byte = 1;
    size_t len = 77;
    assert_int_equal(api->set(0, 1, &byte, NO_FLAGS), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->get(0, 0, 1, &byte, &len), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->get_info(0, &info), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->remove(0), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(len, 77);
}

static void what_is_not_there_does_not_exist(void **state)
{
    const struct api *api = api_of(state);
    struct psa_storage_info_t info = {.size = 77};
    uint8_t byte = 1;
    size_t len = 77;
    for (int round = 0; round < 2; round++) { /* never set, and removed */
        assert_int_equal(api->get(UID, 0, 1, &byte, &len), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(api->get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(api->remove(UID), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(len, 77);
        assert_int_equal(info.size, 77);
        assert_int_equal(api->set(UID, 1, &byte, NO_FLAGS), PSA_SUCCESS);
        assert_int_equal(api->remove(UID), PSA_SUCCESS);
    }
    /* All 64 bits of a uid count. */
    assert_int_equal(api->set(UID, 1, &byte, NO_FLAGS), PSA_SUCCESS);
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_int_equal(api->get_info(UID ^ (uint64_t)1 << bit, &info), PSA_ERROR_DOES_NOT_EXIST);
    }
}

static void unknown_flags_are_not_supported(void **state)
{
    const struct api *api = api_of(state);
    struct psa_storage_info_t info;
    uint8_t byte = 1;
    for (unsigned bit = 3; bit < 32; bit++) {
        assert_int_equal(api->set(UID, 1, &byte, (uint32_t)1 << bit), PSA_ERROR_NOT_SUPPORTED);
        assert_int_equal(api->set(UID, 1, &byte, (uint32_t)1 << bit | ONCE),
                         PSA_ERROR_NOT_SUPPORTED);
    }
    assert_int_equal(api->get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
}

static void flags_are_those_of_the_last_set(void **state)
{
    const struct api *api = api_of(state);
    static const psa_storage_create_flags_t flags[] = {
        NO_FLAGS, PSA_STORAGE_FLAG_NO_CONFIDENTIALITY, PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION,
        PSA_STORAGE_FLAG_NO_CONFIDENTIALITY | PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION, NO_FLAGS};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        assert_int_equal(api->set(UID, 3, "abc", flags[i]), PSA_SUCCESS);
        expect_info(api, UID, 3, flags[i]);
        assert_int_equal(api->set(UID + 1 + i, 1, "x", flags[i] | ONCE), PSA_SUCCESS);
        expect_info(api, UID + 1 + i, 1, flags[i] | ONCE);
    }
}

static void write_once_is_for_ever(void **state)
{
    const struct api *api = api_of(state);
    assert_int_equal(api->set(UID, 2, "no", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(api->set(UID, 3, "yes", ONCE), PSA_SUCCESS);
    for (int boot = 0; boot < 3; boot++) {
        assert_int_equal(api->set(UID, 4, "other", NO_FLAGS), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(api->set(UID, 3, "yes", ONCE), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(api->set(UID, 0, NULL, ONCE), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(api->remove(UID), PSA_ERROR_NOT_PERMITTED);
        expect_object(api, UID, (const uint8_t *)"yes", 3);
        expect_info(api, UID, 3, ONCE);
        storage_restart();
    }
}

static void memory_that_is_not_there_is_an_invalid_argument(void **state)
{
    const struct api *api = api_of(state);
    struct psa_storage_info_t info;
    uint8_t byte;
    size_t len = 77;
    assert_int_equal(api->set(UID, 1, NULL, NO_FLAGS), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(api->set(UID, 1, "a", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(api->get(UID, 0, 1, NULL, &len), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->get(UID, 0, 1, &byte, NULL), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->get_info(UID, NULL), PSA_ERROR_INVALID_ARGUMENT);

    /* Memory that the manager finds is not the client's. */
    static uint8_t secret[64];
    storage_forbid(secret, sizeof secret);
    assert_int_equal(api->set(UID, 8, secret, NO_FLAGS), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->get(UID, 0, 8, secret, &len), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(len, 77);
    assert_int_equal(secret[0], 0);
}

static void objects_may_fill_nearly_the_whole_area(void **state)
{
    const struct api *api = api_of(state);
    static uint8_t data[STORAGE_PS_BYTES];
    const size_t large = api->bytes - 2 * STORAGE_SECTOR - 1024;
    storage_fill(data, sizeof data, 3);
    assert_int_equal(api->set(UID, large, data, NO_FLAGS), PSA_SUCCESS);
    expect_object(api, UID, data, large);
    assert_int_equal(api->set(UID + 1, api->bytes, data, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(api->set(UID + 1, SIZE_MAX, data, NO_FLAGS), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(api->set(UID + 1, UINT32_MAX, data, NO_FLAGS), PSA_ERROR_INSUFFICIENT_STORAGE);
    expect_object(api, UID, data, large);
}

static uint32_t fill(const struct api *api, size_t size)
{
    uint8_t data[600];
    uint32_t count = 0;
    psa_status_t status = PSA_SUCCESS;
    while (status == PSA_SUCCESS) {
        assert_true(count < 10000);
        storage_fill(data, size, count);
        status = api->set(UID + count, size, data, NO_FLAGS);
        count += status == PSA_SUCCESS;
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_STORAGE);
    return count;
}

static void a_full_area_loses_nothing_and_removing_makes_room_every_time(void **state)
{
    const struct api *api = api_of(state);
    static const size_t sizes[] = {600, 32};
    uint8_t data[600];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const uint32_t count = fill(api, sizes[i]);
        assert_true(count * (sizes[i] + 160) >= api->bytes - 3 * STORAGE_SECTOR);
        for (uint32_t n = 0; n < 3 * count; n++) {
            const psa_storage_uid_t uid = UID + n % count;
            assert_int_equal(api->set(UID + count, sizes[i], data, NO_FLAGS),
                             PSA_ERROR_INSUFFICIENT_STORAGE);
            assert_int_equal(api->remove(uid), PSA_SUCCESS);
            storage_fill(data, sizes[i], n % count);
            assert_int_equal(api->set(uid, sizes[i], data, NO_FLAGS), PSA_SUCCESS);
        }
        storage_restart();
        for (uint32_t n = 0; n < count; n++) {
            storage_fill(data, sizes[i], n);
            expect_object(api, UID + n, data, sizes[i]);
            assert_int_equal(api->remove(UID + n), PSA_SUCCESS);
        }
    }
}

static void clients_do_not_meet(void **state)
{
    const struct api *api = api_of(state);
    static const int32_t clients[] = {-1, -2, INT32_MIN};
    struct psa_storage_info_t info;
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        storage_client(clients[i]);
        assert_int_equal(api->get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(api->remove(UID), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(api->set(UID, 1 + i, "abc", i == 0 ? ONCE : NO_FLAGS), PSA_SUCCESS);
    }
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        storage_client(clients[i]);
        expect_object(api, UID, (const uint8_t *)"abc", 1 + i);
    }
    assert_int_equal(api->remove(UID), PSA_SUCCESS);
    storage_client(clients[1]);
    expect_object(api, UID, (const uint8_t *)"abc", 2);
}

static void the_services_do_not_meet(void **state)
{
    struct psa_storage_info_t info;
    (void)state;
    assert_int_equal(psa_its_set(UID, 1, "i", NO_FLAGS), PSA_SUCCESS);
    assert_int_equal(psa_ps_get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_ps_set(UID, 2, "ps", NO_FLAGS), PSA_SUCCESS);
    expect_object(&its, UID, (const uint8_t *)"i", 1);
    assert_int_equal(psa_its_remove(UID), PSA_SUCCESS);
    expect_object(&ps, UID, (const uint8_t *)"ps", 2);
}

static psa_status_t request(const struct api *api, int32_t type, const void *data, size_t len,
                            psa_outvec *out)
{
    const psa_invec in = {data, len};
    return psa_call(api->handle, type, &in, 1, out, out != NULL ? 1 : 0);
}

static void messages_have_one_form(void **state)
{
    const struct api *api = api_of(state);
    uint8_t out[64] = {0};
    struct storage_request requests[2] = {{.function = STORAGE_INFO, .uid = UID}};
    assert_int_equal(api->set(UID, 1, "a", NO_FLAGS), PSA_SUCCESS);
    for (size_t len = 0; len <= sizeof requests; len++) {
        psa_outvec answer = {out, sizeof(struct storage_answer)};
        assert_int_equal(request(api, 0, requests, len, &answer),
                         len == sizeof requests[0] ? PSA_SUCCESS : PSA_ERROR_PROGRAMMER_ERROR);
    }
    for (size_t len = 0; len <= sizeof out; len++) {
        psa_outvec answer = {out, len};
        assert_int_equal(request(api, 0, requests, sizeof requests[0], &answer),
                         len == sizeof(struct storage_answer) ? PSA_SUCCESS
                                                              : PSA_ERROR_PROGRAMMER_ERROR);
    }
    psa_outvec answer = {out, sizeof(struct storage_answer)};
    assert_int_equal(request(api, 1, requests, sizeof requests[0], &answer),
                     PSA_ERROR_NOT_SUPPORTED);
    static const uint32_t unknown[] = {0, STORAGE_REPORT + 1, 31, 32, 33, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        requests[0].function = unknown[i];
        assert_int_equal(request(api, 0, requests, sizeof requests[0], NULL),
                         PSA_ERROR_NOT_SUPPORTED);
    }
}

static void without_a_key_nothing_is_served(void **state)
{
    const struct api *api = api_of(state);
    struct psa_storage_info_t info;
    port_fake_reset();
    assert_int_equal(api->set(UID, 1, "a", NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(api->get_info(UID, &info), PSA_ERROR_STORAGE_FAILURE);
}

static void another_key_is_refused_and_the_old_one_still_opens(void **state)
{
    const struct api *api = api_of(state);
    struct psa_storage_info_t info;
    size_t len;
    uint8_t byte;
    assert_int_equal(api->set(UID, 1, "a", NO_FLAGS), PSA_SUCCESS);
    storage_start_with(0x99);
    assert_int_equal(api->get_info(UID, &info), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(api->get(UID, 0, 1, &byte, &len), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(api->set(UID, 1, "b", NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(api->remove(UID), PSA_ERROR_STORAGE_FAILURE);
    storage_restart();
    expect_object(api, UID, (const uint8_t *)"a", 1);
}

static void expect_report(const struct api *api, struct storage_mounted *mounted)
{
    const struct storage_request report = {.function = STORAGE_REPORT};
    psa_outvec out = {mounted, sizeof *mounted};
    memset(mounted, 0xEE, sizeof *mounted);
    assert_int_equal(request(api, 0, &report, sizeof report, &out), PSA_SUCCESS);
    assert_int_equal(out.len, sizeof *mounted);
}

static void a_report_says_what_mounting_found(void **state)
{
    const struct api *api = api_of(state);
    struct storage_mounted mounted;
    expect_report(api, &mounted);
    assert_int_equal(mounted.status, 0);
    assert_int_equal(mounted.formatted, 1);
    assert_int_equal(mounted.first_drop_off, api->bytes);
    assert_int_equal(api->set(UID, 1, "a", NO_FLAGS), PSA_SUCCESS);
    storage_restart();
    expect_report(api, &mounted);
    assert_int_equal(mounted.status, 0);
    assert_int_equal(mounted.formatted, 0);
    for (size_t i = 0; i < STORAGE_DROP_KINDS; i++) {
        assert_int_equal(mounted.dropped[i], 0);
    }
    storage_start_with(0x99);
    expect_report(api, &mounted);
    assert_int_equal(mounted.status, garrison_status_index(GARRISON_ERROR_DIGEST));
}

/** Makes an object and another behind it; then one bit in the middle of the first one's data flips. */
static void damage(const struct api *api)
{
    static uint8_t before[FLASH_RAM_BYTES];
    uint8_t data[200];
    uint32_t from = FLASH_RAM_BYTES;
    uint32_t to = 0;
    const uint32_t area = api == &its ? STORAGE_ITS_OFF : STORAGE_PS_OFF;
    storage_fill(data, sizeof data, 4);
    assert_int_equal(api->set(UID, 3, "old", NO_FLAGS), PSA_SUCCESS);
    memcpy(before, port_fake.flash.bytes, sizeof before);
    assert_int_equal(api->set(UID, sizeof data, data, NO_FLAGS), PSA_SUCCESS);
    for (uint32_t off = area; off < area + api->bytes; off++) {
        if (before[off] != port_fake.flash.bytes[off]) {
            from = off < from ? off : from;
            to = off;
        }
    }
    assert_int_equal(api->set(UID + 1, 5, "other", NO_FLAGS), PSA_SUCCESS);
    port_fake.flash.bytes[(from + to) / 2] ^= 0x10;
}

static void expect_corrupt(const struct api *api)
{
    uint8_t data[200];
    size_t len = 77;
    assert_int_equal(api->get(UID, 0, sizeof data, data, &len), PSA_ERROR_DATA_CORRUPT);
    assert_int_equal(len, 77);
    expect_object(api, UID + 1, (const uint8_t *)"other", 5);
}

static void a_damaged_object_is_corrupt_until_it_is_set_or_removed(void **state)
{
    struct psa_storage_info_t info;
    struct storage_mounted mounted;
    (void)state;
    for (int removed = 0; removed < 2; removed++) {
        storage_start();
        damage(&its);
        for (int boot = 0; boot < 3; boot++) {
            expect_corrupt(&its);
            storage_restart();
        }
        assert_int_equal(psa_its_get_info(UID, &info), PSA_ERROR_DATA_CORRUPT);
        expect_report(&its, &mounted);
        assert_int_equal(mounted.status, 0);
        assert_true(mounted.first_drop_off < its.bytes);
        if (removed) {
            assert_int_equal(psa_its_remove(UID), PSA_SUCCESS);
            assert_int_equal(psa_its_get_info(UID, &info), PSA_ERROR_DOES_NOT_EXIST);
        } else {
            assert_int_equal(psa_its_set(UID, 3, "new", NO_FLAGS), PSA_SUCCESS);
            expect_object(&its, UID, (const uint8_t *)"new", 3);
        }
        expect_object(&its, UID + 1, (const uint8_t *)"other", 5);
    }
}

/* Whoever can damage an object can have done so on purpose: the state is not the confirmed one. */
static void damage_in_protected_storage_is_corrupt_and_then_refused(void **state)
{
    struct psa_storage_info_t info;
    (void)state;
    damage(&ps);
    expect_corrupt(&ps);
    storage_restart();
    assert_int_equal(psa_ps_get_info(UID, &info), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_get_info(UID + 1, &info), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_set(UID, 1, "x", NO_FLAGS), PSA_ERROR_STORAGE_FAILURE);
}

static void damage_in_protected_storage_can_be_mended_before_the_next_reset(void **state)
{
    (void)state;
    damage(&ps);
    expect_corrupt(&ps);
    assert_int_equal(psa_ps_set(UID, 3, "new", NO_FLAGS), PSA_SUCCESS);
    storage_restart();
    expect_object(&ps, UID, (const uint8_t *)"new", 3);
    expect_object(&ps, UID + 1, (const uint8_t *)"other", 5);
}

#define FOR_BOTH(test)                                                                             \
    cmocka_unit_test_setup(test, set_up_its), cmocka_unit_test_setup(test, set_up_ps)

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First, as no other has given keys yet. */
        cmocka_unit_test_prestate(without_a_key_nothing_is_served, (void *)(uintptr_t)&its),
        cmocka_unit_test_prestate(without_a_key_nothing_is_served, (void *)(uintptr_t)&ps),
        FOR_BOTH(an_object_is_what_was_set_last),
        FOR_BOTH(get_gives_any_range_and_no_byte_more),
        FOR_BOTH(get_refuses_an_offset_behind_the_end),
        FOR_BOTH(an_empty_object_is_there),
        FOR_BOTH(the_uid_zero_is_refused_everywhere),
        FOR_BOTH(what_is_not_there_does_not_exist),
        FOR_BOTH(unknown_flags_are_not_supported),
        FOR_BOTH(flags_are_those_of_the_last_set),
        FOR_BOTH(write_once_is_for_ever),
        FOR_BOTH(memory_that_is_not_there_is_an_invalid_argument),
        FOR_BOTH(objects_may_fill_nearly_the_whole_area),
        FOR_BOTH(a_full_area_loses_nothing_and_removing_makes_room_every_time),
        FOR_BOTH(clients_do_not_meet),
        cmocka_unit_test_setup(the_services_do_not_meet, set_up_its),
        FOR_BOTH(messages_have_one_form),
        FOR_BOTH(a_report_says_what_mounting_found),
        cmocka_unit_test_setup(a_damaged_object_is_corrupt_until_it_is_set_or_removed, set_up_its),
        cmocka_unit_test_setup(damage_in_protected_storage_is_corrupt_and_then_refused, set_up_ps),
        cmocka_unit_test_setup(damage_in_protected_storage_can_be_mended_before_the_next_reset,
                               set_up_ps),
        FOR_BOTH(another_key_is_refused_and_the_old_one_still_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
