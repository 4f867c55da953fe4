/*
 * A store filled to its last byte.
 */
#include "store_fixture.h"

#include <string.h>

#define IDS 300u

/* Objects of all sizes, then ever smaller ones, until not even an empty one finds room. */
static uint32_t fill_to_the_last_byte(uint32_t longest, uint64_t *random)
{
    uint32_t count = 0;
    for (uint32_t size = longest; count < IDS;) {
        uint32_t now = size == longest ? (uint32_t)flash_random(random) % (longest + 1u) : size;
        enum garrison_status status = set(count, now, count);
        if (status == GARRISON_OK) {
            count++;
            continue;
        }
        assert_int_equal(status, GARRISON_ERROR_FULL);
        if (size == 0) {
            return count;
        }
        size = size > 16u ? size - 16u : 0;
    }
    fail();
    return 0;
}

static void remove_all(uint32_t count, uint64_t *random)
{
    uint32_t first = (uint32_t)flash_random(random) % count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t uid = (first + i) % count;
        assert_int_equal(store_remove(&store, key_of(uid)), GARRISON_OK);
        assert_int_equal(info_of(uid), GARRISON_ERROR_BLANK);
        if (flash_random(random) % 3 == 0) {
            mount();
            assert_int_equal(report.objects, count - 1u - i);
        }
    }
    assert_int_equal(store.live_bytes, 0);
}

/* Changes one object after the other, so that the room's last byte is somewhere else each time. */
static void change_all(uint32_t count, uint64_t *random)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t uid = (uint32_t)flash_random(random) % count;
        struct store_info info;
        assert_int_equal(store_info(&store, key_of(uid), &info), GARRISON_OK);
        assert_int_equal(store_remove(&store, key_of(uid)), GARRISON_OK);
        assert_int_equal(set(uid, info.size, i), GARRISON_OK);
    }
}

static void a_store_filled_to_the_last_byte_can_be_emptied(void **state)
{
    static const uint32_t geometry[][3] = {{2, 512, 70},   {2, 1024, 130}, {3, 512, 64},
                                           {3, 1024, 300}, {4, 512, 140},  {5, 1024, 128}};
    uint64_t random = 17;
    (void)state;
    for (uint32_t i = 0; i < 60 * COUNT_OF(geometry); i++) {
        const uint32_t *shape = geometry[i / 60];
        use_geometry(shape[0], shape[1]);
        if (i % 2 == 1) {
            memset(&anchored, 0, sizeof anchored);
            config.anchor = &anchor;
            assert_int_equal(store_format(&store, &config), GARRISON_OK);
        }
        uint32_t count = fill_to_the_last_byte(shape[2], &random);
        if (count == 0) {
            continue; /* the smallest area has no room for an anchored object */
        }
        change_all(count, &random);
        remove_all(count, &random);
    }
}

/* The longest records in the worst order: each sector loses as much as can be lost at its end. */
static void what_is_accounted_for_always_fits(void **state)
{
    uint64_t random = 23;
    (void)state;
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t sectors = 2u + i % 4u;
        use_geometry(sectors, 512);
        for (uint32_t round = 0; round < 300; round++) {
            uint32_t uid = (uint32_t)flash_random(&random) % 12u;
            uint32_t size =
                flash_random(&random) % 2 == 0 ? 64 : (uint32_t)flash_random(&random) % 64;
            enum garrison_status status = set(uid, size, round);
            if (status != GARRISON_OK) {
                assert_int_equal(status, GARRISON_ERROR_FULL);
                assert_true(store.live_bytes > 0);
                status = store_remove(&store, key_of((uid + 1u) % 12u));
                assert_true(status == GARRISON_OK || status == GARRISON_ERROR_BLANK);
            }
        }
    }
}

/*
 * Three sectors of 1024 bytes, one of them free: 2 * (1024 - 32 header - 2 * 48 marks - 192 that the
 * longest record, of 208, can leave unused at the end) = 1408 bytes, and two tombstones are kept free.
 */
static void the_last_byte_stands_where_it_was_reckoned(void **state)
{
    (void)state;
    use_geometry(3, 1024);
    for (uint32_t uid = 0; uid < 19; uid++) { /* 48 + 16 bytes each */
        assert_int_equal(set(uid, 4, uid), GARRISON_OK);
    }
    assert_int_equal(set(19, 37, 1), GARRISON_ERROR_FULL);
    assert_int_equal(set(19, 36, 1), GARRISON_OK); /* 48 + 48 */
    assert_int_equal(store.live_bytes, 1408 - 2 * 48);
    assert_int_equal(set(20, 0, 1), GARRISON_ERROR_FULL);

    memset(&anchored, 0, sizeof anchored);
    config.anchor = &anchor;
    assert_int_equal(store_format(&store, &config), GARRISON_OK);
    for (uint32_t uid = 0; uid < 14; uid++) { /* 48 + 32 */
        assert_int_equal(set(uid, 0, uid), GARRISON_OK);
    }
    assert_int_equal(set(14, 49, 1), GARRISON_ERROR_FULL);
    assert_int_equal(set(14, 48, 1), GARRISON_OK); /* 48 + 80 */
    assert_int_equal(store.live_bytes, 1408 - 2 * 80);
    assert_int_equal(set(15, 0, 1), GARRISON_ERROR_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_store_filled_to_the_last_byte_can_be_emptied),
        TEST(the_last_byte_stands_where_it_was_reckoned),
        TEST(what_is_accounted_for_always_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
