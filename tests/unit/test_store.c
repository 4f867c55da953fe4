/*
 * Keyed objects on flash that works.
 */
#include "store_fixture.h"

#include <string.h>

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

static void ranges_are_read_and_refused(void **state)
{
    (void)state;
    assert_int_equal(set(1, 300, 7), GARRISON_OK);
    for (uint32_t off = 0; off <= 300; off += 7) {
        for (uint32_t len = 0; len <= 300 - off; len += 13) {
            assert_int_equal(store_read(&store, key_of(1), off, got, len), GARRISON_OK);
            assert_memory_equal(got, expected + off, len);
        }
    }
    assert_int_equal(store_read(&store, key_of(1), 300, got, 1), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(store_read(&store, key_of(1), 301, got, 0), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(store_read(&store, key_of(1), UINT32_MAX, got, 2), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(store_read(&store, key_of(2), 0, got, 0), GARRISON_ERROR_BLANK);
}

static void a_source_that_fails_changes_nothing(void **state)
{
    struct store_info info = {.size = 300, .capacity = 300};
    (void)state;
    assert_int_equal(set(1, 200, 1), GARRISON_OK);
    uint32_t live_bytes = store.live_bytes;
    for (uint32_t portion = 1; portion <= 3; portion++) {
        struct bytes bytes = {.data = expected, .len = 300, .fails_at = portion};
        assert_int_equal(store_set(&store, key_of(1), &info, give, &bytes),
                         GARRISON_ERROR_ARGUMENT);
        assert_is(1, 200, 1);
        assert_int_equal(store.live_bytes, live_bytes);
        mount();
        assert_is(1, 200, 1);
        assert_int_equal(report.dropped[STORE_DROP_ORPHAN], portion * (portion - 1) / 2);
    }
}

static bool count_one(void *context, struct store_key key, const struct store_info *info)
{
    uint32_t *seen = context;
    assert_int_equal(key.owner, (int32_t)key.uid - 2);
    assert_int_equal(info->size, 10 * key.uid);
    *seen |= 1u << key.uid;
    return key.uid != 5;
}

static void each_visits_all_until_told_to_stop(void **state)
{
    uint32_t seen = 0;
    (void)state;
    for (uint32_t uid = 0; uid < 5; uid++) {
        assert_int_equal(set(uid, 10 * uid, 1), GARRISON_OK);
        assert_int_equal(set(uid, 10 * uid, 2), GARRISON_OK);
    }
    assert_int_equal(store_each(&store, count_one, &seen), GARRISON_OK);
    assert_int_equal(seen, 0x1F);
    assert_int_equal(set(5, 50, 1), GARRISON_OK);
    assert_int_equal(set(6, 60, 1), GARRISON_OK);
    seen = 0;
    assert_int_equal(store_each(&store, count_one, &seen), GARRISON_OK);
    assert_true((seen & 1u << 5) != 0 && (seen & 1u << 6) == 0);
}

static void write_once_is_for_ever(void **state)
{
    struct store_info info = {.size = 4, .capacity = 9, .flags = STORE_WRITE_ONCE | 0x80};
    struct bytes bytes = {.data = (const uint8_t *)"once", .len = 4};
    (void)state;
    assert_int_equal(store_set(&store, key_of(1), &info, give, &bytes), GARRISON_OK);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(set(1, 1, 1), GARRISON_ERROR_POLICY);
        assert_int_equal(store_write(&store, key_of(1), 0, 0, give, &bytes), GARRISON_ERROR_POLICY);
        assert_int_equal(store_remove(&store, key_of(1)), GARRISON_ERROR_POLICY);
        mount();
    }
    assert_int_equal(store_info(&store, key_of(1), &info), GARRISON_OK);
    assert_int_equal(info.flags, STORE_WRITE_ONCE | 0x80);
    assert_int_equal(store_read(&store, key_of(1), 0, got, 4), GARRISON_OK);
    assert_memory_equal(got, "once", 4);
}

static void writing_a_part_keeps_the_rest(void **state)
{
    uint8_t content[600];
    uint8_t part[600];
    uint32_t size = 0;
    uint64_t random = 3;
    struct store_info info = {.size = 0, .capacity = sizeof content, .flags = 0x4000};
    struct bytes none = {.len = 0};
    (void)state;
    use_geometry(5, SECTOR);
    assert_int_equal(store_set(&store, key_of(1), &info, give, &none), GARRISON_OK);
    for (uint32_t round = 0; round < 3000; round++) {
        uint32_t off = (uint32_t)flash_random(&random) % (size + 1);
        uint32_t len = (uint32_t)flash_random(&random) % (600 - off + 1);
        struct bytes bytes = {.data = part, .len = len};
        if (round < 50) {
            len = len % 20; /* small for a while */
            bytes.len = len;
        }
        fill(part, len, round);
        assert_int_equal(store_write(&store, key_of(1), off, len, give, &bytes), GARRISON_OK);
        assert_int_equal(bytes.used, len);
        memcpy(content + off, part, len);
        size = size < off + len ? off + len : size;
        if (round % 8 == 0) {
            mount();
        }
        assert_int_equal(store_info(&store, key_of(1), &info), GARRISON_OK);
        assert_int_equal(info.size, size);
        assert_int_equal(info.capacity, sizeof content);
        assert_int_equal(info.flags, 0x4000);
        assert_int_equal(store_read(&store, key_of(1), 0, got, size), GARRISON_OK);
        assert_memory_equal(got, content, size);
        if (round % 600 == 599) {
            size = 0;
            info.size = 0;
            assert_int_equal(store_set(&store, key_of(1), &info, give, &none), GARRISON_OK);
        }
    }
    assert_int_equal(store_write(&store, key_of(1), 0, sizeof content + 1, give, &none),
                     GARRISON_ERROR_ARGUMENT);
    assert_int_equal(store_write(&store, key_of(1), size + 1, 0, give, &none),
                     GARRISON_ERROR_ARGUMENT);
    assert_int_equal(store_write(&store, key_of(2), 0, 1, give, &none), GARRISON_ERROR_BLANK);
}

static void large_objects_span_sectors(void **state)
{
    (void)state;
    use_geometry(8, 8192);
    for (uint32_t round = 0; round < 40; round++) {
        assert_int_equal(set(1, DATA_MAX, round), GARRISON_OK);
        assert_int_equal(set(2, 513 + round, round), GARRISON_OK);
        mount();
        assert_is(1, DATA_MAX, round);
        assert_is(2, 513 + round, round);
        assert_int_equal(report.objects, 2);
    }
}

/* ---- a full store ---- */

static void removing_makes_room_every_time(void **state)
{
    static const uint32_t geometry[][2] = {{2, 512}, {2, 1024}, {3, 512}, {5, 2048}, {3, 8192}};
    (void)state;
    for (uint32_t g = 0; g < COUNT_OF(geometry); g++) {
        uint32_t count = 0;
        use_geometry(geometry[g][0], geometry[g][1]);
        while (set(count, 50, count) == GARRISON_OK) {
            count++;
        }
        assert_in_range(count, 1, 4000);
        for (uint32_t round = 0; round < 300; round++) {
            uint32_t uid = round * 7 % count;
            assert_int_equal(set(5000, 50, 1), GARRISON_ERROR_FULL);
            assert_int_equal(store_remove(&store, key_of(uid)), GARRISON_OK);
            if (round % 3 == 0) {
                mount();
                assert_int_equal(report.objects, count - 1);
            }
            assert_int_equal(set(uid, 50, round), GARRISON_OK);
            assert_is(uid, 50, round);
        }
        for (uint32_t uid = 0; uid < count; uid++) {
            assert_int_equal(store_remove(&store, key_of(uid)), GARRISON_OK);
        }
        mount();
        assert_int_equal(report.objects, 0);
        assert_int_equal(store.live_bytes, 0);
        for (uint32_t uid = 0; uid < count; uid++) {
            assert_int_equal(set(uid, 50, uid), GARRISON_OK);
        }
    }
}

static void full_changes_nothing(void **state)
{
    uint8_t before[SECTORS * SECTOR];
    (void)state;
    assert_int_equal(set(1, 300, 1), GARRISON_OK);
    assert_int_equal(set(2, 300, 1), GARRISON_OK);
    memcpy(before, flash.bytes, sizeof before);
    assert_int_equal(set(3, 600, 1), GARRISON_ERROR_FULL);
    assert_int_equal(set(1, DATA_MAX, 1), GARRISON_ERROR_FULL);
    assert_memory_equal(before, flash.bytes, sizeof before);
    assert_is(1, 300, 1);
}

/* ---- formats ---- */

static void upgrading_rewrites_every_sector(void **state)
{
    (void)state;
    for (uint32_t rounds = 1; rounds < 60; rounds += 7) {
        use_geometry(4, SECTOR);
        assert_int_equal(store_format(&store, &config), GARRISON_OK);
        config.write_format = 1;
        assert_int_equal(store_format(&store, &config), GARRISON_OK);
        fill_area(rounds);
        mount();
        assert_false(report.upgraded);
        assert_int_equal(flash.bytes[store.sequence % 4 * SECTOR + 2], 1);
        config.write_format = 0;
        mount();
        assert_true(report.upgraded);
        assert_int_equal(store_upgrade(&store), GARRISON_OK);
        uint32_t commit_off = store.commit_off;
        for (uint32_t pass = 0; pass < 2; pass++) {
            for (uint32_t uid = 0; uid < OBJECTS; uid++) {
                assert_int_equal(verdict(uid, false), VERDICT_VALUE);
            }
            for (uint32_t sequence = store.tail; sequence <= store.sequence; sequence++) {
                assert_int_equal(flash.bytes[sequence % 4 * SECTOR + 2], 2);
            }
            mount();
            assert_false(report.upgraded);
            assert_int_equal(store.commit_off, commit_off);
        }
    }
}

static void a_newer_format_is_left_alone(void **state)
{
    uint8_t before[SECTORS * SECTOR];
    struct {
        uint8_t letter;
        uint8_t area[4];
        uint8_t header[16];
    } associated = {.letter = 'S', .area = {AREA}};
    (void)state;
    while (store.sequence % SECTORS != 1) {
        assert_int_equal(set(1, 20, 1), GARRISON_OK);
    }
    uint8_t *newest = flash.bytes + SECTOR;
    memcpy(associated.header, newest, 16);
    associated.header[2] = 3;
    memcpy(newest, associated.header, 16);
    assert_int_equal(sizeof associated, 21);
    toy.protection.seal(&toy, (struct view){(const uint8_t *)&associated, 21}, NULL, 0,
                        newest + 16);
    memcpy(before, flash.bytes, sizeof before);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_UNSUPPORTED);
    assert_memory_equal(before, flash.bytes, sizeof before);
    assert_int_equal(store_format(&store, &config), GARRISON_OK);
    mount();
    assert_int_equal(info_of(1), GARRISON_ERROR_BLANK);
}

static void formatting_removes_everything_and_for_good(void **state)
{
    (void)state;
    use_geometry(4, SECTOR);
    for (uint32_t rounds = 1; rounds < 60; rounds += 5) {
        fill_area(rounds);
        assert_int_equal(store_format(&store, &config), GARRISON_OK);
        for (uint32_t pass = 0; pass < 3; pass++) {
            for (uint32_t uid = 0; uid < OBJECTS; uid++) {
                assert_int_equal(info_of(uid), GARRISON_ERROR_BLANK);
            }
            if (pass == 1) { /* the new sector's header rots */
                flash_emulator_rot(&flash, store.sequence % 4 * SECTOR, 0);
            }
            mount();
        }
    }
}

static void configurations_that_cannot_work_are_refused(void **state)
{
    struct flash_device device = flash.device;
    (void)state;
    config.device = &device;
    device.unit = 8;
    assert_int_equal(store_mount(&store, &config, NULL), GARRISON_ERROR_ARGUMENT);
    device = flash.device;
    device.sector = 256;
    assert_int_equal(store_mount(&store, &config, NULL), GARRISON_ERROR_ARGUMENT);
    device = flash.device;
    device.size = SECTOR;
    assert_int_equal(store_mount(&store, &config, NULL), GARRISON_ERROR_ARGUMENT);
    device = flash.device;
    config.write_format = STORE_FORMAT_CURRENT + 1;
    assert_int_equal(store_mount(&store, &config, NULL), GARRISON_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(objects_keep_their_values_over_mounts),
        TEST(removed_objects_stay_away),
        TEST(random_changes_are_what_a_model_says),
        TEST(ranges_are_read_and_refused),
        TEST(a_source_that_fails_changes_nothing),
        TEST(each_visits_all_until_told_to_stop),
        TEST(write_once_is_for_ever),
        TEST(writing_a_part_keeps_the_rest),
        TEST(large_objects_span_sectors),
        TEST(removing_makes_room_every_time),
        TEST(full_changes_nothing),
        TEST(upgrading_rewrites_every_sector),
        TEST(a_newer_format_is_left_alone),
        TEST(formatting_removes_everything_and_for_good),
        TEST(configurations_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
