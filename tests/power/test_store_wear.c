/*
 * Flash that grows old: units that rot, sectors that cannot be erased or programmed any more, and
 * how evenly sectors are used.
 */
#include "power/store_world.h"

#include <string.h>

#include "support/test.h"
#include "support/toy_protection.h"

#define AREA_BYTES 0x1000u
#define ROT_KINDS  3u

static struct store_world world;
static struct toy_protection toy;
static uint8_t aged[AREA_BYTES + AREA_BYTES / 16u];
static uint8_t before_last[AREA_BYTES + AREA_BYTES / 16u];

static struct model_change set_of(uint32_t number)
{
    static const uint32_t sizes[] = {60, 5, 0, 33, 100, 17};
    const uint32_t size = number % 19u == 0 ? 300 : sizes[(number / 6u + number) % 6u];
    return (struct model_change){
        .kind = MODEL_SET,
        .key = {.owner = 1 + (int32_t)(number % 3u), .uid = number % 2u},
        .info = {.size = size, .capacity = size},
        .seed = number,
    };
}

static void set_nth(uint32_t number)
{
    const struct model_change change = set_of(number);
    assert_int_equal(world_change(&world, &change), GARRISON_OK);
    assert_null(world.problem);
}

static void open_world(uint32_t sectors, uint32_t sector, bool anchor)
{
    const struct world_options options = {
        .sectors = sectors, .sector = sector, .anchor = anchor, .protection = &toy.protection};
    world_open(&world, &options, 1);
    assert_null(world.problem);
}

/* An area after so many changes, in `aged`, and before the last, in `before_last`. */
static void grow_old(bool anchor, uint32_t changes)
{
    open_world(4, 1024, anchor);
    for (uint32_t i = 0; i < changes; i++) {
        flash_emulator_save(&world.flash, before_last);
        set_nth(i);
    }
    flash_emulator_save(&world.flash, aged);
}

static bool was_written_last(uint32_t unit)
{
    return memcmp(aged + (size_t)unit * 16u, before_last + (size_t)unit * 16u, 16) != 0;
}

/* Objects that are not as they were; every one of them reads as damaged, or fails the test. */
static unsigned count_damaged(uint32_t unit, bool last, struct store_key *damaged)
{
    unsigned count = 0;
    for (unsigned i = 0; i < world.old.count; i++) {
        const struct store_key key = world.old.object[i].key;
        struct store_info info;
        uint8_t data[MODEL_BYTES];
        if (model_match_object(&world.old, &world.old, key, &world.store) == MODEL_BOTH) {
            continue;
        }
        count++;
        *damaged = key;
        enum garrison_status status = store_info(&world.store, key, &info);
        if (status == GARRISON_OK) {
            status = store_read(&world.store, key, 0, data, info.size);
        }
        if (!last && status != GARRISON_ERROR_DIGEST) {
            fail_msg("unit %u rots: an object is neither as it was nor damaged", unit);
        }
    }
    return count;
}

static void rot(uint32_t unit, unsigned kind)
{
    static const uint32_t bits[ROT_KINDS] = {0, 1, 3};
    flash_emulator_restore(&world.flash, aged);
    world.power.seed = unit * ROT_KINDS + kind;
    flash_emulator_rot(&world.flash, unit * 16u, bits[kind]);
}

/* The object is damaged until it is set, and never what it once was. */
static void assert_mends(uint32_t unit, struct store_key key)
{
    const struct model_change set = {
        .kind = MODEL_SET, .key = key, .info = {.size = 9, .capacity = 9}, .seed = unit};
    static struct model one;
    one.count = 0;
    (void)model_apply(&one, &set);
    for (unsigned i = 0; i < 60; i++) { /* more than a turn of the ring */
        struct model_change other = set;
        struct store_info info;
        other.key.owner = 50;
        assert_int_equal(model_perform(&world.store, &world.config, &other), GARRISON_OK);
        const enum garrison_status status = store_info(&world.store, key, &info);
        if (status == GARRISON_OK) {
            uint8_t data[MODEL_BYTES];
            assert_int_equal(store_read(&world.store, key, 0, data, info.size),
                             GARRISON_ERROR_DIGEST);
        } else {
            assert_true(status == GARRISON_ERROR_DIGEST || status == GARRISON_ERROR_BLANK);
        }
        if (i % 20u == 19u) {
            assert_int_equal(world_mount(&world), GARRISON_OK);
        }
    }
    assert_int_equal(model_perform(&world.store, &world.config, &set), GARRISON_OK);
    assert_int_equal(world_mount(&world), GARRISON_OK);
    assert_int_equal(model_match_object(&one, &one, key, &world.store), MODEL_BOTH);
}

static void a_unit_that_rots_costs_its_object_and_no_other(void **state)
{
    (void)state;
    for (uint32_t changes = 8; changes < 60; changes += 3) {
        grow_old(false, changes);
        for (uint32_t i = 0; i < AREA_BYTES / 16u * ROT_KINDS; i++) {
            const uint32_t unit = i / ROT_KINDS;
            struct store_key damaged;
            if (aged[AREA_BYTES + unit] != FLASH_CELL_WRITTEN) {
                continue;
            }
            rot(unit, i % ROT_KINDS);
            if (world_mount(&world) != GARRISON_OK) {
                fail_msg("%u changes, unit %u rots: cannot be mounted", changes, unit);
            }
            const bool last = was_written_last(unit);
            const unsigned count = count_damaged(unit, last, &damaged);
            if (count > 1) {
                fail_msg("%u changes, unit %u rots: %u objects are lost", changes, unit, count);
            }
            if (count == 1 && !last && unit % 8u == 0) {
                assert_mends(unit, damaged);
            }
            assert_null(world.flash.fault);
        }
        world_close(&world);
    }
}

static void with_an_anchor_rot_is_noticed_or_harmless(void **state)
{
    (void)state;
    for (uint32_t changes = 8; changes < 60; changes += 7) {
        grow_old(true, changes);
        const struct world_anchor anchored = world.anchored;
        for (uint32_t i = 0; i < AREA_BYTES / 16u * ROT_KINDS; i++) {
            const char *problem;
            rot(i / ROT_KINDS, i % ROT_KINDS);
            world.anchored = anchored;
            const enum garrison_status status = world_mount(&world);
            if (status == GARRISON_OK) {
                assert_int_equal(model_match(&world.old, &world.old, false, &world.store, &problem),
                                 MODEL_BOTH);
            } else {
                assert_true(status == GARRISON_ERROR_DIGEST || status == GARRISON_ERROR_STALE);
            }
            assert_null(world.flash.fault);
        }
        world_close(&world);
    }
}

static void one_worn_sector_is_passed_over(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4u * 3u * 20u; i++) {
        const char *problem = "-";
        open_world(4, 1024, i % 2u != 0);
        for (uint32_t change = 0; change < 200; change++) {
            if (change == i / 12u * 5u) {
                world.flash.wear[i % 4u] = (uint8_t)(FLASH_WEAR_ERASE_FAILS + i / 4u % 3u);
            }
            set_nth(change % 12u == 0 ? 1 : change % 12u);
            if (change % 17u == 16u) {
                assert_int_equal(world_mount(&world), GARRISON_OK);
            }
        }
        if (model_match(&world.old, &world.old, false, &world.store, &problem) != MODEL_BOTH) {
            fail_msg("sector %u, way %u: %s", i % 4u, i / 4u % 3u, problem);
        }
        assert_null(world.flash.fault);
        world_close(&world);
    }
}

/* When sector after sector fails, changes are refused in the end, and reading goes on. */
static void worn_out_flash_can_still_be_read(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 40; seed++) {
        enum garrison_status status = GARRISON_OK;
        const char *problem = "-";
        open_world(4, 1024, seed % 2u != 0);
        world.flash.endurance = 3u + seed % 5u;
        for (uint32_t i = 0; i < 5000 && status == GARRISON_OK; i++) {
            const struct model_change change = set_of(1u + i % 6u);
            status = world_change(&world, &change);
        }
        assert_true(status == GARRISON_ERROR_DEVICE || status == GARRISON_ERROR_FULL);
        if (model_match(&world.old, &world.old, false, &world.store, &problem) != MODEL_BOTH) {
            fail_msg("seed %u: %s", seed, problem);
        }
        assert_int_equal(world_mount(&world), GARRISON_OK);
        if (model_match(&world.old, &world.old, false, &world.store, &problem) != MODEL_BOTH) {
            fail_msg("seed %u, mounted again: %s", seed, problem);
        }
        assert_null(world.flash.fault);
        world_close(&world);
    }
}

static void sectors_are_used_evenly(void **state)
{
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;
    (void)state;
    open_world(6, 0x2000, false);
    for (uint32_t i = 0; i < 20000; i++) {
        const struct model_change change = {
            .kind = MODEL_SET,
            .key = {.owner = 1, .uid = i % 8u},
            .info = {.size = 32 + i % 8u * 16u, .capacity = 32 + i % 8u * 16u},
            .seed = i,
        };
        assert_int_equal(model_perform(&world.store, &world.config, &change), GARRISON_OK);
        if (i % 1000u == 0) {
            assert_int_equal(world_mount(&world), GARRISON_OK);
        }
    }
    for (unsigned i = 0; i < 6; i++) {
        least = world.flash.erases[i] < least ? world.flash.erases[i] : least;
        most = world.flash.erases[i] > most ? world.flash.erases[i] : most;
    }
    assert_true(least > 20);
    assert_true(most - least <= 2);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_that_rots_costs_its_object_and_no_other),
        cmocka_unit_test(with_an_anchor_rot_is_noticed_or_harmless),
        cmocka_unit_test(one_worn_sector_is_passed_over),
        cmocka_unit_test(worn_out_flash_can_still_be_read),
        cmocka_unit_test(sectors_are_used_evenly),
    };
    toy_protection_init(&toy, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
