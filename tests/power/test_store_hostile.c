/*
 * Areas that were cut off, flipped, mixed and replayed: what the store believes of them.
 *
 * usage: test_store_hostile [N]   makes one in N of the many that are alike
 */
#include "power/store_hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static hostile_area area;
static hostile_counters counters;
static uint32_t share = 1;

static void take(enum world_anchoring world, enum hostile_image image)
{
    memcpy(area, hostile_image(world, image), sizeof area);
    memcpy(counters, hostile_counters_image(HOSTILE_NOW), sizeof counters);
}

static void copy_units(uint32_t to, const uint8_t *image, uint32_t from, uint32_t count)
{
    memcpy(area + (size_t)to * 16u, image + (size_t)from * 16u, (size_t)count * 16u);
    memcpy(area + HOSTILE_BYTES + to, image + HOSTILE_BYTES + from, count);
}

static void judge(enum world_anchoring world, const char *what, uint32_t number, bool *changed)
{
    static const char *const names[HOSTILE_WORLDS] = {"", " with anchor", " with counters"};
    const char *problem;
    hostile_fit_cells(area, HOSTILE_UNITS);
    hostile_fit_cells(counters, HOSTILE_COUNTER_UNITS);
    problem = hostile_judge(world, area, world == WORLD_COUNTED ? counters : NULL, changed);
    if (problem != NULL) {
        fail_msg("%s %u%s: %s", what, number, names[world], problem);
    }
}

static void an_untouched_area_is_unchanged(void **state)
{
    bool changed;
    (void)state;
    for (unsigned anchor = 0; anchor < HOSTILE_WORLDS; anchor++) {
        take(anchor, HOSTILE_NOW);
        judge(anchor, "untouched", 0, &changed);
        assert_false(changed);
    }
}

static void flipped_bits_change_no_value(void **state)
{
    (void)state;
    for (unsigned anchor = 0; anchor < 2; anchor++) {
        /* With an anchor all that is read must be right: some of the bits show it as well. */
        for (uint32_t bit = 0; bit < HOSTILE_BYTES * 8u; bit += (anchor == 0 ? 1u : 7u) * share) {
            take(anchor, HOSTILE_NOW);
            area[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
            judge(anchor, "bit", bit, NULL);
        }
    }
}

static void units_that_cannot_be_read_change_no_value(void **state)
{
    (void)state;
    for (unsigned anchor = 0; anchor < 2; anchor++) {
        for (uint32_t unit = 0; unit < HOSTILE_UNITS; unit++) {
            for (unsigned cell = FLASH_CELL_ECC; cell <= FLASH_CELL_WEAK_GARBAGE; cell++) {
                take(anchor, HOSTILE_NOW);
                area[HOSTILE_BYTES + unit] = (uint8_t)cell;
                if (cell != FLASH_CELL_ECC) {
                    memset(area + (size_t)unit * 16u, 0xFF, 16);
                }
                judge(anchor, "unit", unit, NULL);
            }
        }
    }
}

static void truncated_areas_change_no_value(void **state)
{
    static const uint8_t rests[] = {0xFF, 0x00, 0x5A};
    (void)state;
    for (unsigned anchor = 0; anchor < 2; anchor++) {
        for (uint32_t len = 0; len < HOSTILE_BYTES; len += 5u * share) {
            for (unsigned i = 0; i < COUNT_OF(rests); i++) {
                take(anchor, HOSTILE_NOW);
                memset(area + len, rests[i], HOSTILE_BYTES - len);
                judge(anchor, "length", len, NULL);
            }
        }
    }
}

/* Each image as a whole, and each of its sectors in each place. */
static void replayed_sectors_change_no_value(void **state)
{
    const uint32_t units = HOSTILE_SECTOR / 16u;
    (void)state;
    for (unsigned anchor = 0; anchor < HOSTILE_WORLDS; anchor++) {
        for (unsigned image = 0; image < HOSTILE_IMAGES; image++) {
            take(anchor, (enum hostile_image)image);
            judge(anchor, "image", image, NULL);
            for (uint32_t i = 0; i < HOSTILE_SECTORS * HOSTILE_SECTORS; i++) {
                take(anchor, HOSTILE_NOW);
                copy_units(i % HOSTILE_SECTORS * units,
                           hostile_image(anchor, (enum hostile_image)image),
                           i / HOSTILE_SECTORS * units, units);
                judge(anchor, "sector of an image", image * 100u + i, NULL);
            }
        }
    }
}

/* Runs of quad-words of any image over the device's own, in their place and in others. */
static void replayed_records_change_no_value(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (uint32_t i = 0; i < 30000 / share; i++) {
        const enum world_anchoring anchor = i % HOSTILE_WORLDS;
        take(anchor, HOSTILE_NOW);
        for (uint64_t edits = flash_random(&random) % 3u + 1u; edits > 0; edits--) {
            const enum hostile_image image = flash_random(&random) % HOSTILE_IMAGES;
            const uint32_t count = 1u + (uint32_t)(flash_random(&random) % 12u);
            const uint32_t from = (uint32_t)(flash_random(&random) % (HOSTILE_UNITS - count));
            uint32_t to = from;
            if (flash_random(&random) % 2u == 0) {
                to = (uint32_t)(flash_random(&random) % (HOSTILE_UNITS - count));
            }
            copy_units(to, hostile_image(anchor, image), from, count);
        }
        judge(anchor, "random run", i, NULL);
    }
}

static void an_older_image_is_refused_with_an_anchor(void **state)
{
    bool changed;
    (void)state;
    for (unsigned image = HOSTILE_EARLIER; image < HOSTILE_IMAGES; image++) {
        if (image == HOSTILE_OLD_FORMAT) {
            continue; /* the same state, only written in another way */
        }
        for (unsigned anchor = WORLD_ANCHORED; anchor <= WORLD_COUNTED; anchor++) {
            take(anchor, (enum hostile_image)image);
            judge(anchor, "image", image, &changed);
            assert_true(changed); /* refused: judge() would not have let a mount with it pass */
        }
    }
}

/*
 * Counters that were tampered with, beside the area as it is and as it was.
 */

static void take_counters(bool is_now, enum hostile_image image)
{
    take(WORLD_COUNTED, is_now ? HOSTILE_NOW : HOSTILE_EARLIER);
    memcpy(counters, hostile_counters_image(image), sizeof counters);
}

static void copy_counter_units(uint32_t to, const uint8_t *image, uint32_t from, uint32_t count)
{
    memcpy(counters + (size_t)to * 16u, image + (size_t)from * 16u, (size_t)count * 16u);
    memcpy(counters + HOSTILE_COUNTER_BYTES + to, image + HOSTILE_COUNTER_BYTES + from, count);
}

static void flipped_bits_of_counters_make_no_count(void **state)
{
    (void)state;
    for (unsigned now = 0; now < 2; now++) {
        for (uint32_t bit = 0; bit < HOSTILE_COUNTER_BYTES * 8u; bit += share) {
            take_counters(now != 0, HOSTILE_NOW);
            counters[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
            judge(WORLD_COUNTED, "bit of the counters", bit, NULL);
        }
    }
}

static void counters_that_cannot_be_read_make_no_count(void **state)
{
    (void)state;
    for (uint32_t unit = 0; unit < HOSTILE_COUNTER_UNITS; unit++) {
        for (unsigned cell = FLASH_CELL_ECC; cell <= FLASH_CELL_WEAK_GARBAGE; cell++) {
            take_counters(unit % 2u != 0, HOSTILE_NOW);
            counters[HOSTILE_COUNTER_BYTES + unit] = (uint8_t)cell;
            if (cell != FLASH_CELL_ECC) {
                memset(counters + (size_t)unit * 16u, 0xFF, 16);
            }
            judge(WORLD_COUNTED, "unit of the counters", unit, NULL);
        }
    }
}

static void truncated_counters_make_no_count(void **state)
{
    static const uint8_t rests[] = {0xFF, 0x00, 0x5A};
    (void)state;
    for (uint32_t len = 0; len < HOSTILE_COUNTER_BYTES; len += share) {
        for (unsigned i = 0; i < COUNT_OF(rests); i++) {
            take_counters(len % 2u != 0, HOSTILE_NOW);
            memset(counters + len, rests[i], HOSTILE_COUNTER_BYTES - len);
            judge(WORLD_COUNTED, "length of the counters", len, NULL);
        }
    }
}

/* Runs of quad-words of any image's counters, beside runs of any image's records. */
static void replayed_counters_make_no_count(void **state)
{
    uint64_t random = 2;
    (void)state;
    for (uint32_t i = 0; i < 20000 / share; i++) {
        const enum hostile_image base = flash_random(&random) % HOSTILE_IMAGES;
        take_counters(i % 2u != 0, i % 4u < 2u ? HOSTILE_NOW : base);
        for (uint64_t edits = flash_random(&random) % 3u; edits > 0; edits--) {
            const enum hostile_image image = flash_random(&random) % HOSTILE_IMAGES;
            const uint32_t count = 1u + (uint32_t)(flash_random(&random) % 32u);
            const uint32_t from =
                (uint32_t)(flash_random(&random) % (HOSTILE_COUNTER_UNITS - count));
            uint32_t to = from;
            if (flash_random(&random) % 4u == 0) {
                to = (uint32_t)(flash_random(&random) % (HOSTILE_COUNTER_UNITS - count));
            }
            copy_counter_units(to, hostile_counters_image(image), from, count);
        }
        if (i % 8u >= 4u) {
            const enum hostile_image image = flash_random(&random) % HOSTILE_IMAGES;
            const uint32_t from = (uint32_t)(flash_random(&random) % (HOSTILE_UNITS - 12u));
            copy_units(from, hostile_image(WORLD_COUNTED, image), from, 12);
        }
        judge(WORLD_COUNTED, "random run of the counters", i, NULL);
    }
}

/* What an anchor on the same flash cannot notice; psa/protected_storage.h says so. */
static void both_areas_put_back_are_an_earlier_state(void **state)
{
    bool changed;
    (void)state;
    take(WORLD_COUNTED, HOSTILE_EARLIER);
    memcpy(counters, hostile_counters_image(HOSTILE_EARLIER), sizeof counters);
    judge(WORLD_COUNTED, "both earlier", 0, &changed);
    assert_true(changed);
    take(WORLD_COUNTED, HOSTILE_EARLIER);
    memcpy(counters, hostile_counters_image(HOSTILE_OTHER_DEVICE), sizeof counters);
    judge(WORLD_COUNTED, "counters of another device", 0, NULL);
}

static int open_all(void **state)
{
    const char *problem = hostile_open();
    (void)state;
    if (problem != NULL) {
        fprintf(stderr, "test_store_hostile: %s\n", problem);
    }
    return problem == NULL ? 0 : -1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_area_is_unchanged),
        cmocka_unit_test(flipped_bits_change_no_value),
        cmocka_unit_test(units_that_cannot_be_read_change_no_value),
        cmocka_unit_test(truncated_areas_change_no_value),
        cmocka_unit_test(replayed_sectors_change_no_value),
        cmocka_unit_test(replayed_records_change_no_value),
        cmocka_unit_test(an_older_image_is_refused_with_an_anchor),
        cmocka_unit_test(flipped_bits_of_counters_make_no_count),
        cmocka_unit_test(counters_that_cannot_be_read_make_no_count),
        cmocka_unit_test(truncated_counters_make_no_count),
        cmocka_unit_test(replayed_counters_make_no_count),
        cmocka_unit_test(both_areas_put_back_are_an_earlier_state),
    };
    share = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1u;
    if (share == 0) {
        return 2;
    }
    return cmocka_run_group_tests(tests, open_all, NULL);
}
