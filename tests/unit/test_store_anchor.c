/*
 * Keyed objects whose newest state an anchor knows.
 */
#include "store_fixture.h"

#include <string.h>

#include "base/bytes.h"

static void with_an_anchor_nothing_is_different(void **state)
{
    (void)state;
    use_anchor();
    for (uint32_t rounds = 1; rounds < 60; rounds += 3) {
        fill_area(rounds);
        mount();
        assert_int_equal(report.damaged, 0);
        assert_int_equal(anchored.number, store.committed);
        for (uint32_t uid = 0; uid < OBJECTS; uid++) {
            assert_int_equal(verdict(uid, false), VERDICT_VALUE);
        }
        uint32_t number = anchored.number;
        assert_int_equal(store_format(&store, &config), GARRISON_OK);
        assert_int_equal(anchored.number, number + 1);
        mount();
        assert_int_equal(report.objects, 0);
    }
}

static void an_older_image_is_stale(void **state)
{
    uint8_t *images[20];
    (void)state;
    use_anchor();
    for (uint32_t i = 0; i < COUNT_OF(images); i++) {
        images[i] = test_malloc(flash_emulator_image_bytes(&flash));
        flash_emulator_save(&flash, images[i]);
        enum garrison_status status =
            i % 5 == 4 ? store_remove(&store, key_of(i % 3)) : set(i % 3, 150, i);
        assert_int_equal(status, GARRISON_OK);
    }
    mount();
    for (uint32_t i = 0; i < COUNT_OF(images); i++) {
        flash_emulator_restore(&flash, images[i]);
        assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_STALE);
        config.anchor = NULL;
        mount();
        config.anchor = &anchor;
        test_free(images[i]);
    }
    memset(flash.bytes, 0xFF, flash.device.size);
    memset(flash.cells, FLASH_CELL_ERASED, flash.device.size / 16);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_STALE);
    assert_true(bytes_all(flash.bytes, flash.device.size, 0xFF));
    assert_int_equal(store_format(&store, &config), GARRISON_OK);
    mount();
}

static void a_fork_is_stale(void **state)
{
    uint8_t *before = test_malloc(flash_emulator_image_bytes(&flash) * 2);
    uint8_t *unconfirmed = test_malloc(flash_emulator_image_bytes(&flash) * 2);
    (void)state;
    use_anchor();
    assert_int_equal(set(1, 20, 1), GARRISON_OK);
    flash_emulator_save(&flash, before);
    anchored.fails = true;
    assert_int_equal(set(1, 20, 2), GARRISON_ERROR_DEVICE);
    flash_emulator_save(&flash, unconfirmed);
    anchored.fails = false;
    flash_emulator_restore(&flash, before);
    mount();
    assert_is(1, 20, 1);
    assert_int_equal(set(1, 20, 3), GARRISON_OK); /* the same number, another tag */
    flash_emulator_restore(&flash, unconfirmed);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_STALE);
    test_free(before);
    test_free(unconfirmed);
}

static void a_change_cut_off_from_its_anchor_is_confirmed_by_the_next_mount(void **state)
{
    (void)state;
    use_anchor();
    assert_int_equal(set(1, 20, 1), GARRISON_OK);
    uint32_t number = anchored.number;
    anchored.fails = true;
    assert_int_equal(set(1, 20, 2), GARRISON_ERROR_DEVICE);
    assert_int_equal(set(2, 20, 2), GARRISON_ERROR_DEVICE); /* not before the first is confirmed */
    assert_int_equal(info_of(2), GARRISON_ERROR_BLANK);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_DEVICE);
    assert_int_equal(anchored.number, number);
    anchored.fails = false;
    mount();
    assert_int_equal(anchored.number, number + 1);
    assert_is(1, 20, 2);
    anchored.number += 2; /* whose the numbers in between were is not known */
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_STALE);
    anchored.number -= 4;
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_STALE);
}

static void nothing_is_removed_before_the_change_before_is_confirmed(void **state)
{
    (void)state;
    use_anchor();
    assert_int_equal(set(1, 20, 1), GARRISON_OK);
    anchored.fails = true;
    assert_int_equal(set(2, 20, 2), GARRISON_ERROR_DEVICE);
    assert_int_equal(store_remove(&store, key_of(1)), GARRISON_ERROR_DEVICE);
    assert_is(1, 20, 1);
    anchored.fails = false;
    mount(); /* one change ahead of the anchor, not two */
    assert_is(1, 20, 1);
    assert_is(2, 20, 2);
    assert_int_equal(store_remove(&store, key_of(1)), GARRISON_OK);
    mount();
    assert_int_equal(info_of(1), GARRISON_ERROR_BLANK);
}

static void a_living_record_that_is_gone_is_noticed(void **state)
{
    uint8_t *image;
    uint32_t refused = 0;
    (void)state;
    use_anchor();
    fill_area(40);
    image = test_malloc(flash_emulator_image_bytes(&flash));
    flash_emulator_save(&flash, image);
    mount();
    struct store sound = store;
    for (uint32_t off = 0; off < flash.device.size; off += 16) {
        flash_emulator_rot(&flash, off, 0);
        enum garrison_status status = store_mount(&store, &config, &report);
        for (uint32_t uid = 0; uid < OBJECTS && status == GARRISON_OK; uid++) {
            assert_int_equal(verdict(uid, false), VERDICT_VALUE);
        }
        if (status != GARRISON_OK) {
            bool is_last = off >= sound.commit_off && off < sound.commit_off + 160;
            assert_true(status == (is_last ? GARRISON_ERROR_STALE : GARRISON_ERROR_DIGEST) ||
                        (is_last && status == GARRISON_ERROR_DIGEST));
            refused++;
        }
        flash_emulator_restore(&flash, image);
    }
    assert_true(refused * 16 >= sound.live_bytes);
    test_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(with_an_anchor_nothing_is_different),
        TEST(an_older_image_is_stale),
        TEST(a_fork_is_stale),
        TEST(a_change_cut_off_from_its_anchor_is_confirmed_by_the_next_mount),
        TEST(nothing_is_removed_before_the_change_before_is_confirmed),
        TEST(a_living_record_that_is_gone_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
