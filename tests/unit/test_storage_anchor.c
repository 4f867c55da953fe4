/*
 * A store anchored in a counter, as Protected Storage is: what of an older state is refused, and
 * that no power cut makes a refusal. Both areas are flash of the same supply; the protection is the
 * services' own.
 */
#include "services/storage_anchor.h"

#include <string.h>

#include "support/flash_emulator.h"
#include "support/storage_key.h"
#include "support/test.h"

#define STORE_SECTORS   4u
#define COUNTER_SECTORS 2u
#define SECTOR          512u
#define IMAGE_BYTES     (STORE_SECTORS * (SECTOR + SECTOR / 16u))
#define COUNTER_ID      3u
#define DATA_BYTES      40u

/** What both areas hold. */
struct images {
    uint8_t store[IMAGE_BYTES];
    uint8_t counters[IMAGE_BYTES];
};

static struct {
    struct flash_power power;
    struct flash_emulator store_flash;
    struct flash_emulator counter_flash;
    struct storage_keys keys;
    struct store_protection protection;
    struct counters_config counters_config;
    struct counters counters;
    struct storage_anchor anchor;
    struct store_anchor store_anchor;
    struct store_config config;
    struct store store;
    uint32_t live[STORE_SECTORS * SECTOR / 16u / 32u];
    struct images images;
} bench;

static int setup(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    flash_power_init(&bench.power, 1);
    flash_emulator_open(&bench.store_flash, &bench.power, STORE_SECTORS, SECTOR, 16);
    flash_emulator_open(&bench.counter_flash, &bench.power, COUNTER_SECTORS, SECTOR, 16);
    storage_key_make(&bench.keys, &bench.protection, 1);
    bench.counters_config = (struct counters_config){
        .device = &bench.counter_flash.device, .protection = &bench.protection, .area_id = 1};
    bench.anchor = (struct storage_anchor){.counters = &bench.counters, .id = COUNTER_ID};
    bench.store_anchor = (struct store_anchor){
        .context = &bench.anchor, .check = storage_anchor_check, .confirm = storage_anchor_confirm};
    bench.config = (struct store_config){.device = &bench.store_flash.device,
                                         .protection = &bench.protection,
                                         .anchor = &bench.store_anchor,
                                         .live = bench.live,
                                         .area_id = 2};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    const bool right = bench.store_flash.fault == NULL && bench.counter_flash.fault == NULL;
    flash_emulator_close(&bench.store_flash);
    flash_emulator_close(&bench.counter_flash);
    return right ? 0 : -1;
}

static enum garrison_status mount(void)
{
    const enum garrison_status status =
        counters_mount(&bench.counters, &bench.counters_config, NULL);
    return status == GARRISON_OK ? store_mount(&bench.store, &bench.config, NULL) : status;
}

static void must_mount(void)
{
    assert_int_equal(mount(), GARRISON_OK);
}

static struct store_key key_of(uint64_t uid)
{
    return (struct store_key){.owner = 1, .uid = uid};
}

static enum garrison_status give_byte(void *context, uint8_t *data, uint32_t len)
{
    memset(data, *(uint8_t *)context, len);
    return GARRISON_OK;
}

/** Gives an object that byte as its content. */
static enum garrison_status set(uint64_t uid, uint8_t byte)
{
    const struct store_info info = {.size = DATA_BYTES, .capacity = DATA_BYTES};
    return store_set(&bench.store, key_of(uid), &info, give_byte, &byte);
}

static void must_set(uint64_t uid, uint8_t byte)
{
    assert_int_equal(set(uid, byte), GARRISON_OK);
}

/** The byte of which an object is made; 0: there is none. */
static uint8_t value_of(uint64_t uid)
{
    uint8_t data[DATA_BYTES];
    const enum garrison_status status = store_read(&bench.store, key_of(uid), 0, data, sizeof data);
    if (status == GARRISON_ERROR_BLANK) {
        return 0;
    }
    assert_int_equal(status, GARRISON_OK);
    for (uint32_t i = 1; i < sizeof data; i++) {
        assert_int_equal(data[i], data[0]);
    }
    return data[0];
}

static void save(struct images *images)
{
    flash_emulator_save(&bench.store_flash, images->store);
    flash_emulator_save(&bench.counter_flash, images->counters);
}

static void put_back(const struct images *images, bool store, bool counters)
{
    if (store) {
        flash_emulator_restore(&bench.store_flash, images->store);
    }
    if (counters) {
        flash_emulator_restore(&bench.counter_flash, images->counters);
    }
}

/** A store with a history: three objects, many changes. */
static void make_history(void)
{
    must_mount();
    for (uint8_t round = 1; round <= 20u; round++) {
        must_set(round % 3u, round);
    }
    must_mount();
}

static void counter_follows_every_change(void **state)
{
    (void)state;
    struct counter counter;
    uint32_t last = 0;
    must_mount();
    for (uint8_t round = 1; round <= 90u; round++) {
        if (round % 7u == 0) {
            assert_int_equal(store_remove(&bench.store, key_of(round % 3u)), GARRISON_OK);
        }
        must_set(round % 3u, round);
        must_mount();
        assert_int_equal(value_of(round % 3u), round);
        assert_int_equal(counter_read(&bench.counters, COUNTER_ID, &counter), GARRISON_OK);
        assert_true(counter.value > last);
        last = counter.value;
    }
    for (unsigned id = 0; id < COUNTER_MAX; id++) {
        assert_int_equal(counter_read(&bench.counters, id, &counter), GARRISON_OK);
        assert_true(id == COUNTER_ID || counter.value == 0);
    }
}

static void older_image_of_the_store_is_stale(void **state)
{
    (void)state;
    struct images older;
    make_history();
    for (unsigned changes = 1; changes <= 6u; changes++) {
        save(&older);
        for (unsigned i = 0; i < changes; i++) {
            must_set(1, (uint8_t)(100u + i));
        }
        struct images newest;
        save(&newest);
        put_back(&older, true, false);
        assert_int_equal(mount(), GARRISON_ERROR_STALE);
        assert_int_equal(mount(), GARRISON_ERROR_STALE);
        put_back(&newest, true, false);
        must_mount();
        assert_int_equal(value_of(1), 99u + changes);
    }
}

static void blank_store_is_stale(void **state)
{
    (void)state;
    struct images virgin;
    save(&virgin);
    make_history();
    put_back(&virgin, true, false);
    assert_int_equal(mount(), GARRISON_ERROR_STALE);
}

/** One step back is what a cut between change and confirmation leaves; more is not. */
static void older_image_of_the_counter_is_stale(void **state)
{
    (void)state;
    struct images older;
    make_history();
    save(&older);
    must_set(1, 100);
    must_set(2, 101);
    put_back(&older, false, true);
    assert_int_equal(mount(), GARRISON_ERROR_STALE);
}

/** Two changes made from the same state have the same number, but one counter only. */
static void fork_is_stale(void **state)
{
    (void)state;
    struct images common;
    struct images first;
    make_history();
    save(&common);
    must_set(1, 100);
    save(&first);
    put_back(&common, true, true);
    must_mount();
    must_set(1, 101);
    must_mount();
    assert_int_equal(value_of(1), 101);
    put_back(&first, true, false);
    assert_int_equal(mount(), GARRISON_ERROR_STALE);
    put_back(&first, true, true);
    must_mount();
    assert_int_equal(value_of(1), 100);
}

/** A counter that cannot be raised: the change is told as failed, and is there or not. */
static void change_without_its_counter_fails(void **state)
{
    (void)state;
    make_history();
    const uint8_t before = value_of(1);
    bench.counter_flash.wear[0] = FLASH_WEAR_PROGRAM_FAILS;
    bench.counter_flash.wear[1] = FLASH_WEAR_PROGRAM_FAILS;
    assert_int_equal(set(1, 200), GARRISON_ERROR_DEVICE);
    bench.counter_flash.wear[0] = FLASH_WEAR_NONE;
    bench.counter_flash.wear[1] = FLASH_WEAR_NONE;
    must_mount();
    assert_true(value_of(1) == before || value_of(1) == 200);
}

/** Changes an object of a given history, cut at its n-th flash operation. @return its status */
static enum garrison_status change(uint32_t at, enum flash_cut cut)
{
    put_back(&bench.images, true, true);
    flash_power_on(&bench.power);
    must_mount();
    flash_power_arm(&bench.power, at, cut);
    return set(1, 200);
}

static void cut_change(uint32_t at, enum flash_cut cut)
{
    const enum garrison_status status = change(at, cut);
    assert_true(bench.power.off);
    flash_power_on(&bench.power);
    must_mount();
    assert_true(value_of(1) == 200 || (value_of(1) == 19 && status != GARRISON_OK));
    assert_int_equal(value_of(2), 20);
    must_set(1, 201);
    must_mount();
    assert_int_equal(value_of(1), 201);
}

/** From histories of many lengths, so that both rings are cut while they turn, too. */
static void cut_at_any_operation_is_never_taken_for_a_replay(void **state)
{
    (void)state;
    uint32_t cuts = 0;
    make_history();
    for (unsigned age = 0; age < 40u; age++) {
        must_set(0, (uint8_t)(1u + age));
        must_set(1, 19);
        must_set(2, 20);
        save(&bench.images);
        assert_int_equal(change(FLASH_NO_CUT, FLASH_CUT_BEFORE), GARRISON_OK);
        const struct flash_power whole = bench.power;
        for (uint32_t at = 0; at < whole.operations; at++) {
            for (int cut = FLASH_CUT_BEFORE; cut < FLASH_CUT_KINDS; cut++) {
                if (flash_cut_applies((enum flash_cut)cut, (enum flash_operation)whole.trace[at])) {
                    cut_change(at, (enum flash_cut)cut);
                    cuts++;
                }
            }
        }
        put_back(&bench.images, true, true);
        flash_power_on(&bench.power);
        must_mount();
    }
    print_message("%u cuts\n", cuts);
    assert_true(cuts > 2000u);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(counter_follows_every_change),
        CASE(older_image_of_the_store_is_stale),
        CASE(blank_store_is_stale),
        CASE(older_image_of_the_counter_is_stale),
        CASE(fork_is_stale),
        CASE(change_without_its_counter_fails),
        CASE(cut_at_any_operation_is_never_taken_for_a_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
