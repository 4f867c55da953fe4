/*
 * Keyed objects: what they do on flash that works, and on flash that has been damaged.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "store/store.h"
#include "support/flash_emulator.h"
#include "support/toy_protection.h"

#define SECTOR    1024u
#define SECTORS   3u
#define DATA_MAX  8192u
#define AREA      7u
#define BLANK_KEY 999u

static struct flash_power power;
static struct flash_emulator flash;
static struct toy_protection toy;
static uint32_t live[STORE_LIVE_WORDS(64u * 8192u)];
static struct store_config config;
static struct store store;
static struct store_report report;
static uint8_t expected[DATA_MAX];
static uint8_t got[DATA_MAX];

static void open_flash(uint32_t sectors, uint32_t sector)
{
    flash_power_init(&power, 1);
    flash_emulator_open(&flash, &power, sectors, sector, 16);
    toy_protection_init(&toy, 0x1234);
    config = (struct store_config){
        .device = &flash.device, .protection = &toy.protection, .live = live, .area_id = AREA};
}

static int set_up(void **state)
{
    (void)state;
    open_flash(SECTORS, SECTOR);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
    assert_true(report.formatted);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_null(flash.fault);
    flash_emulator_close(&flash);
    return 0;
}

static void use_geometry(uint32_t sectors, uint32_t sector)
{
    flash_emulator_close(&flash);
    open_flash(sectors, sector);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
}

static void mount(void)
{
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
}

static struct store_key key_of(uint32_t uid)
{
    return (struct store_key){.owner = (int32_t)uid - 2, .uid = uid};
}

/* Every value of an object is told by a seed. */
static void fill(uint8_t *data, uint32_t len, uint64_t seed)
{
    for (uint32_t i = 0; i < len; i++) {
        data[i] = (uint8_t)flash_random(&seed);
    }
}

struct bytes {
    const uint8_t *data;
    uint32_t len;
    uint32_t used;
    uint32_t fails_at; /* Portion at which the source gives up, from 1. */
};

static enum garrison_status give(void *context, uint8_t *data, uint32_t len)
{
    struct bytes *bytes = context;
    if (bytes->fails_at > 0 && --bytes->fails_at == 0) {
        return GARRISON_ERROR_ARGUMENT;
    }
    assert_true(len > 0 && len <= STORE_CHUNK_BYTES);
    assert_true(bytes->len - bytes->used >= len);
    memcpy(data, bytes->data + bytes->used, len);
    bytes->used += len;
    return GARRISON_OK;
}

static enum garrison_status set(uint32_t uid, uint32_t size, uint64_t seed)
{
    struct store_info info = {.size = size, .capacity = size};
    struct bytes bytes = {.data = expected, .len = size};
    fill(expected, size, seed);
    return store_set(&store, key_of(uid), &info, give, &bytes);
}

static void assert_is(uint32_t uid, uint32_t size, uint64_t seed)
{
    struct store_info info;
    fill(expected, size, seed);
    assert_int_equal(store_info(&store, key_of(uid), &info), GARRISON_OK);
    assert_int_equal(info.size, size);
    assert_int_equal(store_read(&store, key_of(uid), 0, got, size), GARRISON_OK);
    assert_memory_equal(got, expected, size);
}

static enum garrison_status info_of(uint32_t uid)
{
    struct store_info info;
    return store_info(&store, key_of(uid), &info);
}

/* ---- what objects do ---- */

static void objects_keep_their_values_over_mounts(void **state)
{
    static const uint32_t sizes[] = {0, 1, 15, 16, 17, 127, 128, 129, 256, 300};
    (void)state;
    use_geometry(4, SECTOR);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < COUNT_OF(sizes); i++) {
            if (pass == 0) {
                assert_int_equal(set(1, sizes[i], i), GARRISON_OK);
                assert_int_equal(set(2, sizes[i], i + 50), GARRISON_OK);
            }
            mount();
            assert_int_equal(report.objects, 2);
            assert_int_equal(report.damaged, 0);
            assert_is(1, sizes[pass == 0 ? i : COUNT_OF(sizes) - 1], pass == 0 ? i : 9);
        }
    }
    assert_int_equal(info_of(BLANK_KEY), GARRISON_ERROR_BLANK);
}

static void removed_objects_stay_away(void **state)
{
    (void)state;
    assert_int_equal(set(1, 40, 1), GARRISON_OK);
    assert_int_equal(set(2, 300, 2), GARRISON_OK);
    assert_int_equal(store_remove(&store, key_of(2)), GARRISON_OK);
    assert_int_equal(store_remove(&store, key_of(2)), GARRISON_ERROR_BLANK);
    assert_int_equal(info_of(2), GARRISON_ERROR_BLANK);
    mount();
    assert_int_equal(info_of(2), GARRISON_ERROR_BLANK);
    assert_is(1, 40, 1);
    for (uint32_t i = 0; i < 200; i++) {
        assert_int_equal(set(1, 40, i), GARRISON_OK);
        mount();
        assert_is(1, 40, i);
        assert_int_equal(info_of(2), GARRISON_ERROR_BLANK);
    }
}

static void random_changes_are_what_a_model_says(void **state)
{
    struct {
        bool is;
        uint32_t size;
        uint64_t seed;
    } model[8] = {{0}};
    uint64_t random = 5;
    uint32_t full = 0;
    (void)state;
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t uid = (uint32_t)flash_random(&random) % COUNT_OF(model);
        uint32_t size = (uint32_t)flash_random(&random) % 300;
        if (flash_random(&random) % 4 == 0) {
            assert_int_equal(store_remove(&store, key_of(uid)),
                             model[uid].is ? GARRISON_OK : GARRISON_ERROR_BLANK);
            model[uid].is = false;
        } else {
            enum garrison_status status = set(uid, size, round);
            if (status == GARRISON_OK) {
                model[uid].is = true;
                model[uid].size = size;
                model[uid].seed = round;
            } else {
                assert_int_equal(status, GARRISON_ERROR_FULL);
                full++;
            }
        }
        if (flash_random(&random) % 4 == 0) {
            struct store before = store;
            mount();
            assert_int_equal(store.version, before.version);
            assert_int_equal(store.live_bytes, before.live_bytes);
            assert_int_equal(store.end, before.end);
            assert_int_equal(store.sequence, before.sequence);
            assert_int_equal(store.tail, before.tail);
            assert_int_equal(store.serial, before.serial);
            assert_int_equal(store.link, before.link);
            assert_int_equal(store.commit_off, before.commit_off);
            assert_int_equal(report.damaged, 0);
        }
        for (uid = 0; uid < COUNT_OF(model); uid++) {
            if (model[uid].is) {
                assert_is(uid, model[uid].size, model[uid].seed);
            } else {
                assert_int_equal(info_of(uid), GARRISON_ERROR_BLANK);
            }
        }
    }
    assert_in_range(full, 100, 19000);
    for (uint32_t i = 1; i < SECTORS; i++) {
        assert_true(flash.erases[i] + 1 >= flash.erases[0] && flash.erases[i] <= flash.erases[0]);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(objects_keep_their_values_over_mounts),
        TEST(removed_objects_stay_away),
        TEST(random_changes_are_what_a_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
