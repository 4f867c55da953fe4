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
static uint32_t share = 1;

static void take(bool anchor, enum hostile_image image)
{
    memcpy(area, hostile_image(anchor, image), sizeof area);
}

static void copy_units(uint32_t to, const uint8_t *image, uint32_t from, uint32_t count)
{
    memcpy(area + (size_t)to * 16u, image + (size_t)from * 16u, (size_t)count * 16u);
    memcpy(area + HOSTILE_BYTES + to, image + HOSTILE_BYTES + from, count);
}

static void judge(bool anchor, const char *what, uint32_t number, bool *changed)
{
    const char *problem;
    hostile_fit_cells(area);
    problem = hostile_judge(anchor, area, changed);
    if (problem != NULL) {
        fail_msg("%s %u%s: %s", what, number, anchor ? " with anchor" : "", problem);
    }
}

static void an_untouched_area_is_unchanged(void **state)
{
    bool changed;
    (void)state;
    for (unsigned anchor = 0; anchor < 2; anchor++) {
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
    for (unsigned anchor = 0; anchor < 2; anchor++) {
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
    for (uint32_t i = 0; i < 20000 / share; i++) {
        const bool anchor = i % 2u != 0;
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
        take(true, (enum hostile_image)image);
        judge(true, "image", image, &changed);
        assert_true(changed); /* refused: judge() would not have let a mount with it pass */
    }
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
    };
    share = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1u;
    if (share == 0) {
        return 2;
    }
    return cmocka_run_group_tests(tests, open_all, NULL);
}
