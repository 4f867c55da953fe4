/* Counters in a ring of sectors: values, bytes and places. */
#include "counter_fixture.h"

#include "base/bytes.h"

static const uint8_t other[COUNTER_BINDING_BYTES] = {1, 2, 3, 4, 5, 7};

/* ---- values --------------------------------------------------------------------------------- */

static void blank_area_is_made_new(void **state)
{
    (void)state;
    struct counter counter;
    must_mount();
    assert_true(bench.report.formatted);
    for (unsigned id = 0; id < COUNTER_MAX; id++) {
        assert_int_equal(counter_read(&bench.counters, id, &counter), GARRISON_OK);
        assert_int_equal(counter.value, 0);
        assert_true(bytes_all(counter.binding, sizeof counter.binding, 0));
    }
    must_mount();
    assert_false(bench.report.formatted);
    assert_int_equal(bench.report.dropped, 0);
}

static void value_and_binding_survive(void **state)
{
    (void)state;
    struct counter counter;
    must_mount();
    raise_to(3, 7);
    raise_to(15, UINT32_MAX);
    assert_int_equal(counter_raise(&bench.counters, 3, 9, NULL), GARRISON_OK);
    must_mount();
    assert_int_equal(counter_read(&bench.counters, 15, &counter), GARRISON_OK);
    assert_int_equal(counter.value, UINT32_MAX);
    assert_memory_equal(counter.binding, tied, sizeof tied);
    assert_int_equal(counter_read(&bench.counters, 3, &counter), GARRISON_OK);
    assert_int_equal(counter.value, 9);
    assert_true(bytes_all(counter.binding, sizeof counter.binding, 0));
    assert_int_equal(value_of(4), 0);
}

static void counter_never_goes_back_and_keeps_its_binding(void **state)
{
    (void)state;
    must_mount();
    raise_to(2, 10);
    const uint64_t programmed = bench.flash.programmed;
    assert_int_equal(counter_raise(&bench.counters, 2, 9, tied), GARRISON_ERROR_POLICY);
    assert_int_equal(counter_raise(&bench.counters, 2, 0, NULL), GARRISON_ERROR_POLICY);
    assert_int_equal(counter_raise(&bench.counters, 2, 10, other), GARRISON_ERROR_POLICY);
    assert_int_equal(counter_raise(&bench.counters, 2, 10, NULL), GARRISON_ERROR_POLICY);
    assert_int_equal(counter_raise(&bench.counters, 2, 10, tied), GARRISON_OK);
    assert_int_equal(bench.flash.programmed, programmed);
    assert_int_equal(value_of(2), 10);
}

static void counter_that_is_none_is_refused(void **state)
{
    (void)state;
    struct counter counter;
    must_mount();
    assert_int_equal(counter_read(&bench.counters, COUNTER_MAX, &counter), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(counter_raise(&bench.counters, COUNTER_MAX, 1, NULL), GARRISON_ERROR_ARGUMENT);
}

static void many_turns_keep_every_counter_and_wear_alike(void **state)
{
    (void)state;
    uint32_t expected[COUNTER_MAX] = {0};
    uint64_t random = 7;
    must_mount();
    for (unsigned round = 0; round < 2000u; round++) {
        const unsigned id = (unsigned)(flash_random(&random) % COUNTER_MAX);
        expected[id] += 1u + (uint32_t)(flash_random(&random) % 3u);
        raise_to(id, expected[id]);
        if (round % 37u == 0) {
            must_mount();
            assert_int_equal(bench.report.dropped, 0);
        }
        for (unsigned i = 0; i < COUNTER_MAX; i++) {
            assert_int_equal(value_of(i), expected[i]);
        }
    }
    const uint32_t sectors = bench.flash.device.size / SECTOR_BYTES;
    assert_in_range(bench.flash.erased, 2000u / STEPS, 2000u / STEPS + 1u);
    for (uint32_t i = 1; i < sectors; i++) {
        assert_true(bench.flash.erases[0] - bench.flash.erases[i] <= 1u);
    }
}

static void configuration_that_breaks_a_rule_is_refused(void **state)
{
    (void)state;
    struct flash_device device = bench.flash.device;
    bench.config.device = &device;
    device.unit = 8;
    assert_int_equal(mount(), GARRISON_ERROR_ARGUMENT);
    device = bench.flash.device;
    device.size = SECTOR_BYTES;
    assert_int_equal(mount(), GARRISON_ERROR_ARGUMENT);
    device.size = 65u * SECTOR_BYTES;
    assert_int_equal(mount(), GARRISON_ERROR_ARGUMENT);
    device.size = 2u * SECTOR_BYTES + QUAD;
    assert_int_equal(mount(), GARRISON_ERROR_ARGUMENT);
    device.sector = 256;
    device.size = 4u * device.sector;
    assert_int_equal(mount(), GARRISON_ERROR_ARGUMENT);
    device = bench.flash.device;
    assert_int_equal(mount(), GARRISON_OK);
}

/* ---- bytes and places ----------------------------------------------------------------------- */

static void bytes_are_as_specified(void **state)
{
    (void)state;
    static const uint8_t first[12] = {'G', 'A', 'C', 'T', 1, 0, 2, 0, 1, 0, 0, 0};
    static const uint8_t entry[10] = {STEPS + 1u, 0, 0, 0, 1, 2, 3, 4, 5, 6};
    static const uint8_t step[12] = {0x44, 0x33, 0x22, 0x11, 5, 0, 1, 2, 3, 4, 5, 6};
    must_mount();
    fill_sector();
    raise_to(0, STEPS + 1u);
    /* The table is of before the step that needed the sector. */
    assert_memory_equal(bytes_at(SECTOR_BYTES), first, sizeof first);
    assert_int_equal(bytes_at(SECTOR_BYTES)[QUAD], STEPS);
    assert_memory_equal(bytes_at(SECTOR_BYTES + HEADER), entry, 4);
    raise_to(5, 0x11223344);
    assert_memory_equal(bytes_at(SECTOR_BYTES + HEADER + QUAD), step, sizeof step);
    assert_true(bytes_all(bytes_at(SECTOR_BYTES + HEADER + 2u * QUAD), QUAD, 0xFF));
}

static void step_at_another_place_is_not_believed(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    raise_to(2, 6);
    for (uint32_t to = HEADER; to < SECTOR_BYTES; to += QUAD) {
        uint8_t image[4096];
        flash_emulator_save(&bench.flash, image);
        flash_emulator_poke(&bench.flash, to, bytes_at(HEADER + QUAD), QUAD);
        must_mount();
        assert_int_equal(value_of(2), 6);
        assert_int_equal(bench.report.dropped, to == HEADER + QUAD ? 0 : 1);
        assert_int_equal(value_of(1), to == HEADER ? 0 : 5);
        flash_emulator_restore(&bench.flash, image);
    }
}

static void step_with_any_flipped_bit_is_not_believed(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    for (uint32_t bit = 0; bit < 8u * QUAD; bit++) {
        bytes_at(HEADER)[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        must_mount();
        assert_int_equal(bench.report.dropped, 1);
        for (unsigned id = 0; id < COUNTER_MAX; id++) {
            assert_int_equal(value_of(id), 0);
        }
        bytes_at(HEADER)[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
    }
    must_mount();
    assert_int_equal(value_of(1), 5);
}

static void older_opening_of_a_sector_is_not_continued(void **state)
{
    (void)state;
    uint8_t steps[SECTOR_BYTES - HEADER];
    must_mount();
    fill_sector();
    memcpy(steps, bytes_at(HEADER), sizeof steps);
    raise_to(0, value_of(0) + 1u);
    fill_sector();
    raise_to(0, value_of(0) + 1u); /* in sector 0, opened for the second time */
    const uint32_t value = value_of(0);
    flash_emulator_poke(&bench.flash, HEADER + QUAD, steps + QUAD, sizeof steps - QUAD);
    must_mount();
    assert_int_equal(value_of(0), value);
    assert_int_equal(bench.report.dropped, STEPS - 1u);
}

static void area_of_another_id_key_or_size_is_refused(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    bench.config.area_id++;
    assert_int_equal(mount(), GARRISON_ERROR_DIGEST);
    bench.config.area_id--;
    storage_key_make(&bench.keys, &bench.protection, 2);
    assert_int_equal(mount(), GARRISON_ERROR_DIGEST);
    storage_key_make(&bench.keys, &bench.protection, 1);
    struct flash_device device = bench.flash.device;
    device.size -= SECTOR_BYTES;
    bench.config.device = &device;
    assert_int_equal(mount(), GARRISON_ERROR_DIGEST);
    bench.config.device = &bench.flash.device;
    must_mount();
    assert_int_equal(value_of(1), 5);
}

static void sector_at_another_place_is_refused(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    flash_emulator_poke(&bench.flash, SECTOR_BYTES, bytes_at(0), SECTOR_BYTES);
    memset(bytes_at(0), 0xFF, SECTOR_BYTES);
    assert_int_equal(mount(), GARRISON_ERROR_DIGEST);
}

static void newer_format_is_left_alone(void **state)
{
    (void)state;
    must_mount();
    const uint8_t newer[QUAD] = {'G', 'A', 'C', 'T', 2,    0,    2,    0,
                                 9,   0,   0,   0,   0x1A, 0x1B, 0x3E, 0x00};
    flash_emulator_poke(&bench.flash, SECTOR_BYTES, newer, sizeof newer);
    const uint64_t programmed = bench.flash.programmed;
    const uint64_t erased = bench.flash.erased;
    assert_int_equal(mount(), GARRISON_ERROR_UNSUPPORTED);
    assert_int_equal(bench.flash.programmed, programmed);
    assert_int_equal(bench.flash.erased, erased);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TWO(blank_area_is_made_new),
        TWO(value_and_binding_survive),
        TWO(counter_never_goes_back_and_keeps_its_binding),
        TWO(counter_that_is_none_is_refused),
        TWO(many_turns_keep_every_counter_and_wear_alike),
        THREE(many_turns_keep_every_counter_and_wear_alike),
        TWO(configuration_that_breaks_a_rule_is_refused),
        TWO(bytes_are_as_specified),
        TWO(step_at_another_place_is_not_believed),
        TWO(step_with_any_flipped_bit_is_not_believed),
        TWO(older_opening_of_a_sector_is_not_continued),
        THREE(area_of_another_id_key_or_size_is_refused),
        TWO(sector_at_another_place_is_refused),
        TWO(newer_format_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
