/*
 * Keyed objects on flash that rots and wears out.
 */
#include "store_fixture.h"

#include <string.h>

static void sweep_rot(uint32_t rounds, uint32_t bits, uint32_t seen[VERDICTS])
{
    uint32_t image_bytes = flash_emulator_image_bytes(&flash);
    uint8_t *image = test_malloc(image_bytes);
    fill_area(rounds);
    mount();
    struct store sound = store;
    flash_emulator_save(&flash, image);
    for (uint32_t off = 0; off < flash.device.size; off += 16) {
        uint32_t lost = 0;
        uint32_t older = 0;
        flash_emulator_rot(&flash, off, bits);
        assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
        assert_false(report.formatted);
        for (uint32_t uid = 0; uid < OBJECTS; uid++) {
            enum verdict result =
                verdict(uid, off >= sound.commit_off && off < sound.commit_off + 160);
            assert_true(result != VERDICT_WRONG);
            seen[result]++;
            lost += result == VERDICT_DAMAGED;
            older += result == VERDICT_BEFORE_LAST;
        }
        assert_true(lost + older <= 1);
        /* Written on and mounted again, nothing else is lost, and nothing comes back. */
        for (uint32_t uid = 0; uid < 40 && rounds % 3 == 0; uid++) {
            assert_int_equal(set(1, size_of(1), uid), GARRISON_OK);
        }
        assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
        for (uint32_t uid = 0; uid < OBJECTS; uid++) {
            enum garrison_status status = store_read(&store, key_of(uid), 0, got, size_of(uid));
            if (uid != 1 && status == GARRISON_OK && older == 0) {
                assert_int_equal(verdict(uid, false), VERDICT_VALUE);
            }
        }
        flash_emulator_restore(&flash, image);
    }
    test_free(image);
}

static void a_rotten_quad_word_costs_at_most_its_object(void **state)
{
    uint32_t seen[VERDICTS] = {0};
    (void)state;
    for (uint32_t rounds = 5; rounds < 120; rounds += 5) {
        use_geometry(4, SECTOR);
        sweep_rot(rounds, 0, seen);
        use_geometry(4, SECTOR);
        sweep_rot(rounds, 40, seen);
        use_geometry(12, 512);
        sweep_rot(rounds, 0, seen);
    }
    print_message("rot: %u values, %u damaged, %u before the last change\n",
                  (unsigned)seen[VERDICT_VALUE], (unsigned)seen[VERDICT_DAMAGED],
                  (unsigned)seen[VERDICT_BEFORE_LAST]);
    assert_true(seen[VERDICT_DAMAGED] > 1000 && seen[VERDICT_BEFORE_LAST] > 10);
}

static void damaged_objects_can_be_set_and_removed(void **state)
{
    struct store fresh;
    (void)state;
    assert_int_equal(set(1, 20, 1), GARRISON_OK);
    for (uint32_t uid = 2; uid < 5; uid++) {
        assert_int_equal(set(uid, 20, 1), GARRISON_OK);
    }
    assert_int_equal(set(1, 20, 2), GARRISON_OK);
    fresh = store;
    assert_int_equal(set(5, 20, 1), GARRISON_OK);
    flash_emulator_rot(&flash, fresh.commit_off, 0); /* the header: only the link tells */
    mount();
    assert_int_equal(report.damaged, 1);
    assert_int_equal(report.dropped[STORE_DROP_UNREADABLE], 5);
    assert_int_equal(report.first_drop_off, fresh.commit_off);
    assert_int_equal(info_of(1), GARRISON_ERROR_DIGEST);
    assert_int_equal(info_of(BLANK_KEY), GARRISON_ERROR_BLANK);
    assert_int_equal(set(1, 20, 3), GARRISON_OK);
    assert_is(1, 20, 3);
    mount();
    assert_int_equal(report.damaged, 0);
    assert_is(1, 20, 3);

    flash_emulator_rot(&flash, store.commit_off + 16, 30);
    assert_int_equal(set(6, 20, 1), GARRISON_OK);
    mount();
    assert_int_equal(info_of(1), GARRISON_ERROR_DIGEST);
    assert_int_equal(store_remove(&store, key_of(1)), GARRISON_OK);
    assert_int_equal(info_of(1), GARRISON_ERROR_BLANK);
    mount();
    assert_int_equal(info_of(1), GARRISON_ERROR_BLANK);
}

static void records_count_only_in_their_own_place_and_area(void **state)
{
    uint8_t record[80];
    (void)state;
    assert_int_equal(set(1, 20, 1), GARRISON_OK);
    memcpy(record, flash.bytes + store.commit_off, sizeof record);
    assert_int_equal(set(1, 20, 2), GARRISON_OK);
    uint32_t end = store.end;
    flash_emulator_poke(&flash, end, record, sizeof record);
    mount();
    assert_is(1, 20, 2);
    assert_int_equal(store.end, end + sizeof record);
    assert_int_equal(report.dropped[STORE_DROP_UNFINISHED], sizeof record / 16);
    config.area_id++;
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_DIGEST);
    config.area_id--;
    toy.key++;
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_ERROR_DIGEST);
    toy.key--;
    mount();
    assert_is(1, 20, 2);
}

/* Sets object 1 until that sector has been opened and holds a few records; the last one's seed. */
static uint32_t set_until(uint32_t sequence, uint32_t seed)
{
    while (store.sequence < sequence || store.end < SECTOR / 2u) {
        assert_int_equal(set(1, 20, ++seed), GARRISON_OK);
    }
    assert_int_equal(store.sequence, sequence);
    return seed;
}

static void records_of_an_earlier_life_stay_away(void **state)
{
    uint8_t earlier[SECTOR];
    (void)state;
    use_geometry(4, SECTOR);
    (void)set_until(7, 0);
    const uint32_t len = store.end - 32u;
    memcpy(earlier, flash.bytes + 3u * SECTOR + 32u, len);
    use_geometry(4, SECTOR); /* as if new, but for the records of sector 7, without its header */
    flash_emulator_poke(&flash, 3u * SECTOR + 32u, earlier, len);
    mount();
    assert_true(report.formatted || store.sequence == 4);
    for (uint32_t seed = 1000; store.sequence < 8; seed++) {
        assert_int_equal(set(1, 20, seed), GARRISON_OK);
        mount();
        assert_is(1, 20, seed);
    }
}

static void no_record_counts_behind_the_header_of_another_sequence(void **state)
{
    uint8_t later[SECTOR];
    (void)state;
    use_geometry(4, SECTOR);
    uint8_t *image = test_malloc(flash_emulator_image_bytes(&flash));
    const uint32_t seed = set_until(10, 0);
    flash_emulator_save(&flash, image);
    (void)set_until(11, seed);
    const uint32_t len = store.end - 32u;
    memcpy(later, flash.bytes + 3u * SECTOR + 32u, len);
    flash_emulator_restore(&flash, image); /* the sector still has the header of sequence 7 */
    flash_emulator_poke(&flash, 3u * SECTOR + 32u, later, len);
    mount();
    assert_int_equal(store.sequence, 10);
    assert_is(1, 20, seed);
    test_free(image);
}

static void worn_sectors_are_passed_over(void **state)
{
    static const enum flash_wear wears[] = {FLASH_WEAR_ERASE_FAILS, FLASH_WEAR_PROGRAM_FAILS,
                                            FLASH_WEAR_READS_WRONG};
    (void)state;
    for (uint32_t w = 0; w < COUNT_OF(wears); w++) {
        use_geometry(5, SECTOR);
        for (uint32_t round = 0; round < 500; round++) {
            if (round == 77) {
                flash.wear[2] = (uint8_t)wears[w];
            }
            if (round % 50 == 49) {
                mount();
            }
            assert_int_equal(set(round % 7, 30 + round % 7 * 10, round), GARRISON_OK);
            for (uint32_t uid = 0; uid < 7 && uid <= round; uid++) {
                assert_is(uid, 30 + uid * 10, round - (round + 7 - uid) % 7);
            }
        }
    }
}

static void with_too_few_good_sectors_reads_go_on(void **state)
{
    (void)state;
    assert_int_equal(set(1, 60, 1), GARRISON_OK);
    flash.wear[1] = flash.wear[2] = FLASH_WEAR_ERASE_FAILS;
    enum garrison_status status = GARRISON_OK;
    for (uint32_t i = 0; i < 50 && status == GARRISON_OK; i++) {
        status = set(2, 60, i);
    }
    assert_int_equal(status, GARRISON_ERROR_DEVICE);
    assert_is(1, 60, 1);
    mount();
    assert_is(1, 60, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rotten_quad_word_costs_at_most_its_object),
        TEST(damaged_objects_can_be_set_and_removed),
        TEST(records_count_only_in_their_own_place_and_area),
        TEST(records_of_an_earlier_life_stay_away),
        TEST(no_record_counts_behind_the_header_of_another_sequence),
        TEST(worn_sectors_are_passed_over),
        TEST(with_too_few_good_sectors_reads_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
