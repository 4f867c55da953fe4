/*
 * Power cut at every flash operation of every function of the storage services, in every way a
 * flash can be torn: the object concerned is old or new, the others are what they were, and what is
 * write-once stays so.
 */
#include "support/test.h"

#include <string.h>

#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "support/flash_emulator.h"
#include "support/storage_fixture.h"

#define SECTORS  (FLASH_RAM_BYTES / STORAGE_SECTOR)
#define UNIT     16u
#define NO_FLAGS PSA_STORAGE_FLAG_NONE
#define ONCE     PSA_STORAGE_FLAG_WRITE_ONCE

#define UID_ONCE   1u /* never changes */
#define UID_OTHER  2u /* never changes */
#define UID        3u /* what the operations are about */
#define OLD_BYTES  700u
#define NEW_BYTES  1100u
#define CAPACITY   1500u
#define ROUNDS_MAX 400u
#define CUT_SEEDS  2u

static struct flash_power power;
static struct flash_emulator flash;
static uint8_t old_data[CAPACITY];
static uint8_t new_data[CAPACITY];

struct service {
    const char *name;
    psa_status_t (*set)(psa_storage_uid_t uid, size_t len, const void *data,
                        psa_storage_create_flags_t flags);
    psa_status_t (*get)(psa_storage_uid_t uid, size_t off, size_t size, void *data, size_t *len);
    psa_status_t (*get_info)(psa_storage_uid_t uid, struct psa_storage_info_t *info);
    psa_status_t (*remove)(psa_storage_uid_t uid);
};

static const struct service its = {"its", psa_its_set, psa_its_get, psa_its_get_info,
                                   psa_its_remove};
static const struct service ps = {"ps", psa_ps_set, psa_ps_get, psa_ps_get_info, psa_ps_remove};

/** What may be there: size, capacity and flags, and the data; capacity 0 and no data: nothing. */
struct value {
    bool exists;
    struct psa_storage_info_t info;
    const uint8_t *data;
};

struct operation {
    const char *name;
    const struct service *service;
    struct value before;
    struct value after;
    psa_status_t (*run)(const struct service *service);
};

static psa_status_t run_set(const struct service *service)
{
    return service->set(UID, NEW_BYTES, new_data, NO_FLAGS);
}

static psa_status_t run_set_once(const struct service *service)
{
    return service->set(UID, 1, new_data, ONCE);
}

static psa_status_t run_remove(const struct service *service)
{
    return service->remove(UID);
}

static psa_status_t run_create(const struct service *service)
{
    (void)service;
    return psa_ps_create(UID, CAPACITY, NO_FLAGS);
}

static psa_status_t run_extend(const struct service *service)
{
    (void)service;
    return psa_ps_set_extended(UID, 0, NEW_BYTES, new_data);
}

#define NOTHING                                                                                    \
    {                                                                                              \
        false, {0, 0, 0}, NULL                                                                     \
    }
#define OLD                                                                                        \
    {                                                                                              \
        true, {OLD_BYTES, OLD_BYTES, NO_FLAGS}, old_data                                           \
    }
#define NEW                                                                                        \
    {                                                                                              \
        true, {NEW_BYTES, NEW_BYTES, NO_FLAGS}, new_data                                           \
    }
#define NEW_ONCE                                                                                   \
    {                                                                                              \
        true, {1, 1, ONCE}, new_data                                                               \
    }
#define EMPTY                                                                                      \
    {                                                                                              \
        true, {CAPACITY, 0, NO_FLAGS}, old_data                                                    \
    }
#define OLD_IN_ROOM                                                                                \
    {                                                                                              \
        true, {CAPACITY, OLD_BYTES, NO_FLAGS}, old_data                                            \
    }
#define NEW_IN_ROOM                                                                                \
    {                                                                                              \
        true, {CAPACITY, NEW_BYTES, NO_FLAGS}, new_data                                            \
    }

static const struct operation operations[] = {
    {"psa_its_set, new", &its, NOTHING, NEW, run_set},
    {"psa_its_set", &its, OLD, NEW, run_set},
    {"psa_its_set, write-once", &its, OLD, NEW_ONCE, run_set_once},
    {"psa_its_remove", &its, OLD, NOTHING, run_remove},
    {"psa_ps_set, new", &ps, NOTHING, NEW, run_set},
    {"psa_ps_set", &ps, OLD, NEW, run_set},
    {"psa_ps_set, write-once", &ps, OLD, NEW_ONCE, run_set_once},
    {"psa_ps_remove", &ps, OLD, NOTHING, run_remove},
    {"psa_ps_create", &ps, NOTHING, EMPTY, run_create},
    {"psa_ps_set_extended", &ps, OLD_IN_ROOM, NEW_IN_ROOM, run_extend},
};

static void start(void)
{
    storage_start();
    port_fake.device = &flash.device;
}

static void put(const struct service *service, const struct value *value)
{
    if (!value->exists) {
        return;
    }
    if (value->info.capacity == value->info.size) {
        assert_int_equal(service->set(UID, value->info.size, value->data, value->info.flags),
                         PSA_SUCCESS);
        return;
    }
    assert_int_equal(psa_ps_create(UID, value->info.capacity, value->info.flags), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(UID, 0, value->info.size, value->data), PSA_SUCCESS);
}

static bool is_there(const struct service *service, const struct value *value)
{
    struct psa_storage_info_t info;
    uint8_t data[CAPACITY];
    size_t len = 0;
    const psa_status_t status = service->get_info(UID, &info);
    if (!value->exists) {
        return status == PSA_ERROR_DOES_NOT_EXIST;
    }
    return status == PSA_SUCCESS && info.size == value->info.size &&
           info.capacity == value->info.capacity && info.flags == value->info.flags &&
           service->get(UID, 0, sizeof data, data, &len) == PSA_SUCCESS && len == info.size &&
           memcmp(data, value->data, len) == 0;
}

static void expect_others(const struct service *service)
{
    uint8_t data[CAPACITY];
    size_t len = 0;
    assert_int_equal(service->get(UID_ONCE, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_int_equal(len, 4);
    assert_memory_equal(data, "once", 4);
    assert_int_equal(service->set(UID_ONCE, 4, "more", NO_FLAGS), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(service->remove(UID_ONCE), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(service->get(UID_OTHER, 0, sizeof data, data, &len), PSA_SUCCESS);
    assert_int_equal(len, OLD_BYTES);
    assert_memory_equal(data, old_data, OLD_BYTES);
}

/** Leaves an area with the other objects and the value before, after `rounds` earlier changes. */
static void prepare(const struct operation *operation, uint32_t rounds)
{
    const struct service *service = operation->service;
    start();
    for (uint32_t i = 0; i < rounds; i++) {
        assert_int_equal(service->set(UID + 1, 400, new_data, NO_FLAGS), PSA_SUCCESS);
        assert_int_equal(service->remove(UID + 1), PSA_SUCCESS);
    }
    assert_int_equal(service->set(UID_ONCE, 4, "once", ONCE), PSA_SUCCESS);
    assert_int_equal(service->set(UID_OTHER, OLD_BYTES, old_data, NO_FLAGS), PSA_SUCCESS);
    put(service, &operation->before);
}

/** After a cut of that kind at that flash operation of the call, which has answered `status`. */
static void expect_old_or_new(const struct operation *operation, uint32_t at, enum flash_cut kind,
                              psa_status_t status)
{
    const struct service *service = operation->service;
    storage_restart();
    const bool is_old = is_there(service, &operation->before);
    const bool is_new = is_there(service, &operation->after);
    if (!is_old && !is_new) {
        fail_msg("%s: cut %d at %u: neither old nor new", operation->name, (int)kind, (unsigned)at);
    }
    assert_true(status != PSA_SUCCESS || is_new);
    expect_others(service);
    /* The area still works, and what is write-once from now on is. */
    if (is_new && operation->after.info.flags == ONCE) {
        assert_int_equal(service->remove(UID), PSA_ERROR_NOT_PERMITTED);
        return;
    }
    const psa_status_t again = service->set(UID, 3, "new", NO_FLAGS);
    if (again != PSA_SUCCESS) {
        fail_msg("%s: cut %d at %u: then set answers %d", operation->name, (int)kind, (unsigned)at,
                 (int)again);
    }
    storage_restart();
    const struct value value = {true, {3, 3, NO_FLAGS}, (const uint8_t *)"new"};
    assert_true(is_there(service, &value));
    expect_others(service);
}

/** What the call was doing when it was cut. */
static enum flash_operation cut_operation;

/** Cuts a call at its flash operation `at`, in that way. @return whether it got that far */
static bool cut(const struct operation *operation, const uint8_t *image, uint32_t at,
                enum flash_cut kind, uint64_t seed)
{
    flash_power_on(&power);
    flash_emulator_restore(&flash, image);
    storage_restart();
    assert_true(is_there(operation->service, &operation->before)); /* mounted before the cut */
    power.seed = seed;
    flash_power_arm(&power, at, kind);
    const psa_status_t status = operation->run(operation->service);
    const bool reached = power.off;
    if (reached) {
        cut_operation = (enum flash_operation)power.trace[at];
    } else {
        assert_int_equal(status, PSA_SUCCESS);
    }
    flash_power_on(&power);
    expect_old_or_new(operation, at, kind, status);
    assert_null(flash.fault);
    return reached;
}

static void cut_everywhere(const struct operation *operation, uint32_t rounds)
{
    flash_power_init(&power, 1);
    flash_emulator_open(&flash, &power, SECTORS, STORAGE_SECTOR, UNIT);
    uint8_t *image = test_malloc(flash_emulator_image_bytes(&flash));
    prepare(operation, rounds);
    flash_emulator_save(&flash, image);
    bool reached = true;
    for (uint32_t at = 0; reached; at++) {
        assert_true(at < ROUNDS_MAX);
        reached = cut(operation, image, at, FLASH_CUT_BEFORE, 1);
        for (int kind = FLASH_CUT_BEFORE + 1; reached && kind < FLASH_CUT_KINDS; kind++) {
            if (flash_cut_applies((enum flash_cut)kind, cut_operation)) {
                for (uint64_t seed = 1; seed <= CUT_SEEDS; seed++) {
                    (void)cut(operation, image, at, (enum flash_cut)kind, seed);
                }
            }
        }
    }
    test_free(image);
    flash_emulator_close(&flash);
}

static void a_cut_leaves_old_or_new_and_all_else_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        cut_everywhere(&operations[i], 0);
    }
}

/** Whether the call erases a sector after so many earlier changes. */
static bool opens_sector(const struct operation *operation, uint32_t rounds)
{
    bool erases = false;
    flash_power_init(&power, 1);
    flash_emulator_open(&flash, &power, SECTORS, STORAGE_SECTOR, UNIT);
    prepare(operation, rounds);
    flash_power_on(&power);
    assert_int_equal(operation->run(operation->service), PSA_SUCCESS);
    for (uint32_t i = 0; i < power.operations; i++) {
        erases = erases || power.trace[i] == FLASH_ERASE;
    }
    flash_emulator_close(&flash);
    return erases;
}

/* Once round the ring: a sector is opened, and what is left of the oldest is copied into it. */
static void a_cut_while_room_is_made_does_the_same(void **state)
{
    static const uint32_t first[] = {0, 20};
    static const size_t which[] = {1, 5};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(which); i++) {
        for (size_t k = 0; k < COUNT_OF(first); k++) {
            uint32_t rounds = first[k];
            while (!opens_sector(&operations[which[i]], rounds)) {
                rounds++;
                assert_true(rounds < ROUNDS_MAX);
            }
            cut_everywhere(&operations[which[i]], rounds);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_leaves_old_or_new_and_all_else_alone),
        cmocka_unit_test(a_cut_while_room_is_made_does_the_same),
    };
    storage_fill(old_data, sizeof old_data, 1);
    storage_fill(new_data, sizeof new_data, 2);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
