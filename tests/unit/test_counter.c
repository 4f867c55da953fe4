/* Counters in a ring of sectors: values, places, damage, wear. Power cuts are in tests/power. */
#include "store/counter.h"

#include <string.h>

#include "base/bytes.h"
#include "support/flash_emulator.h"
#include "support/storage_key.h"
#include "support/test.h"

#define SECTOR_BYTES 512u
#define SECTORS_MAX  3u
#define QUAD         16u

/* Typed from docs/SPEC.md, not taken from the code. */
#define HEADER 192u
#define TAG    176u
#define STEPS  ((SECTOR_BYTES - HEADER) / QUAD)

static const uint8_t tied[COUNTER_BINDING_BYTES] = {1, 2, 3, 4, 5, 6};
static const uint8_t other[COUNTER_BINDING_BYTES] = {1, 2, 3, 4, 5, 7};

static struct {
    struct flash_power power;
    struct flash_emulator flash;
    struct storage_keys keys;
    struct store_protection protection;
    struct counters_config config;
    struct counters counters;
    struct counters_report report;
} bench;

static void bench_open(uint32_t sectors)
{
    memset(&bench, 0, sizeof bench);
    flash_power_init(&bench.power, 1);
    flash_emulator_open(&bench.flash, &bench.power, sectors, SECTOR_BYTES, QUAD);
    storage_key_make(&bench.keys, &bench.protection, 1);
    bench.config = (struct counters_config){
        .device = &bench.flash.device, .protection = &bench.protection, .area_id = 0xA1};
}

static int setup_two(void **state)
{
    (void)state;
    bench_open(2);
    return 0;
}

static int setup_three(void **state)
{
    (void)state;
    bench_open(3);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    const bool right = bench.flash.fault == NULL;
    flash_emulator_close(&bench.flash);
    return right ? 0 : -1;
}

static enum garrison_status mount(void)
{
    return counters_mount(&bench.counters, &bench.config, &bench.report);
}

static void must_mount(void)
{
    assert_int_equal(mount(), GARRISON_OK);
}

static void raise_to(unsigned id, uint32_t value)
{
    assert_int_equal(counter_raise(&bench.counters, id, value, tied), GARRISON_OK);
}

static uint32_t value_of(unsigned id)
{
    struct counter counter;
    assert_int_equal(counter_read(&bench.counters, id, &counter), GARRISON_OK);
    return counter.value;
}

/** Fills the present sector with steps of counter 0. */
static void fill_sector(void)
{
    while (bench.counters.end < SECTOR_BYTES) {
        raise_to(0, value_of(0) + 1u);
    }
}

static uint8_t *bytes_at(uint32_t off)
{
    return bench.flash.bytes + off;
}

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

/* ---- damage --------------------------------------------------------------------------------- */

/** With a table before it, or in its first turn, an area can do without a header. */
static void header_that_goes_bad_costs_nothing(void **state)
{
    (void)state;
    for (unsigned turns = 0; turns < 4u; turns++) {
        for (uint32_t quad = 0; quad < HEADER / QUAD; quad++) {
            bench_open(3);
            must_mount();
            raise_to(9, 77);
            for (unsigned i = 0; i < turns; i++) {
                fill_sector();
                raise_to(0, value_of(0) + 1u);
            }
            raise_to(8, 66);
            const uint32_t value = value_of(0);
            flash_emulator_rot(&bench.flash, turns % 3u * SECTOR_BYTES + quad * QUAD, 0);
            for (unsigned again = 0; again < 3u; again++) {
                must_mount();
                assert_false(bench.report.formatted);
                assert_int_equal(value_of(0), value);
                assert_int_equal(value_of(9), 77);
                assert_int_equal(value_of(8), 66u + again);
                raise_to(8, 67u + again);
            }
            assert_null(bench.flash.fault);
            flash_emulator_close(&bench.flash);
        }
    }
}

/** The other of two sectors has the table that is left: it is the damaged one that is given up. */
static void table_that_is_left_is_never_erased(void **state)
{
    (void)state;
    must_mount();
    fill_sector();
    raise_to(0, STEPS + 1u);
    raise_to(1, 4);
    flash_emulator_rot(&bench.flash, SECTOR_BYTES, 0);
    must_mount();
    raise_to(1, 5);
    assert_int_equal(bench.flash.erases[0], 1);
    assert_int_equal(bench.flash.erases[1], 2);
    must_mount();
    assert_int_equal(value_of(0), STEPS + 1u);
    assert_int_equal(value_of(1), 5);
}

static void headers_that_are_all_forged_are_refused(void **state)
{
    (void)state;
    must_mount();
    fill_sector();
    raise_to(0, STEPS + 1u);
    fill_sector();
    raise_to(0, 2u * STEPS + 1u); /* sequence 2, in sector 0 */
    for (uint32_t sector = 0; sector < 2; sector++) {
        bytes_at(sector * SECTOR_BYTES + TAG)[0] ^= 1u;
    }
    assert_int_equal(mount(), GARRISON_ERROR_DIGEST);
    bytes_at(TAG)[0] ^= 1u;
    must_mount();
    assert_int_equal(value_of(0), 2u * STEPS + 1u);
}

static void unreadable_flash_is_not_made_new(void **state)
{
    (void)state;
    must_mount();
    flash_emulator_rot(&bench.flash, 0, 0);
    flash_emulator_rot(&bench.flash, SECTOR_BYTES, 0);
    const uint64_t erased = bench.flash.erased;
    assert_int_equal(mount(), GARRISON_ERROR_DEVICE);
    assert_int_equal(bench.flash.erased, erased);
}

static void step_that_goes_bad_costs_itself_alone(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    raise_to(2, 6);
    raise_to(2, 7);
    raise_to(3, 8);
    flash_emulator_rot(&bench.flash, HEADER + 2u * QUAD, 0);
    must_mount();
    assert_int_equal(bench.report.dropped, 1);
    assert_int_equal(value_of(1), 5);
    assert_int_equal(value_of(2), 6);
    assert_int_equal(value_of(3), 8);
}

static void next_step_goes_behind_one_that_cannot_be_read(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    flash_emulator_rot(&bench.flash, HEADER, 0);
    must_mount();
    raise_to(1, 6);
    must_mount();
    assert_int_equal(value_of(1), 6);
    assert_int_equal(bench.report.dropped, 1);
}

/** The very first header, cut short in its last quad-word that is written. */
static void area_whose_first_header_is_torn_is_made_new(void **state)
{
    (void)state;
    must_mount();
    for (uint32_t kept = 0; kept < QUAD; kept++) {
        memset(bytes_at(kept), 0xFF, QUAD - kept);
        must_mount();
        assert_true(bench.report.formatted);
        must_mount();
        assert_false(bench.report.formatted);
    }
}

/** Cuts the mount of a blank area, and the next one too. */
static void cut_first_mount(uint32_t at, enum flash_cut cut, uint32_t again)
{
    bench_open(2);
    bench.power.seed = at + 31u * again;
    flash_power_arm(&bench.power, at, cut);
    assert_int_not_equal(mount(), GARRISON_OK);
    flash_power_on(&bench.power);
    flash_power_arm(&bench.power, again, cut);
    (void)!mount();
    flash_power_on(&bench.power);
    must_mount();
    raise_to(1, 1);
    must_mount();
    assert_int_equal(value_of(1), 1);
    assert_int_equal(value_of(0), 0);
    assert_null(bench.flash.fault);
    flash_emulator_close(&bench.flash);
}

static void area_that_was_never_mounted_whole_can_always_be(void **state)
{
    (void)state;
    /* An erase, and the header. */
    for (uint32_t at = 0; at <= HEADER / QUAD; at++) {
        for (uint32_t again = 0; again <= HEADER / QUAD; again++) {
            for (int cut = FLASH_CUT_BEFORE; cut < FLASH_CUT_KINDS; cut++) {
                const enum flash_operation first = at == 0 ? FLASH_ERASE : FLASH_PROGRAM;
                const enum flash_operation second = again == 0 ? FLASH_ERASE : FLASH_PROGRAM;
                if (flash_cut_applies((enum flash_cut)cut, first) &&
                    flash_cut_applies((enum flash_cut)cut, second)) {
                    cut_first_mount(at, (enum flash_cut)cut, again);
                }
            }
        }
    }
}

/** Looks erased after a cut, but is not. */
static void weak_quad_words_are_passed_over(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 5);
    const uint32_t unit = (HEADER + QUAD) / QUAD;
    bench.flash.cells[unit] = FLASH_CELL_WEAK_FAILS;
    bench.flash.cells[unit + 1u] = FLASH_CELL_WEAK_GARBAGE;
    must_mount();
    raise_to(1, 6);
    raise_to(1, 7);
    must_mount();
    assert_int_equal(value_of(1), 7);
    assert_int_equal(bench.report.dropped, 2);
}

static void half_opened_sector_does_not_count(void **state)
{
    (void)state;
    must_mount();
    fill_sector();
    uint8_t first[SECTOR_BYTES];
    raise_to(0, STEPS + 1u);
    memcpy(first, bytes_at(SECTOR_BYTES), sizeof first);
    for (uint32_t missing = 0; missing < HEADER / QUAD; missing++) {
        memset(bytes_at(SECTOR_BYTES), 0xFF, SECTOR_BYTES);
        memset(bench.flash.cells + SECTOR_BYTES / QUAD, FLASH_CELL_ERASED, SECTOR_BYTES / QUAD);
        for (uint32_t quad = 0; quad < HEADER / QUAD; quad++) {
            if (quad != missing) {
                flash_emulator_poke(&bench.flash, SECTOR_BYTES + quad * QUAD, first + quad * QUAD,
                                    QUAD);
            }
        }
        must_mount();
        assert_int_equal(value_of(0), STEPS);
        assert_int_equal(bench.counters.sequence, 0);
    }
    raise_to(0, STEPS + 5u);
    must_mount();
    assert_int_equal(value_of(0), STEPS + 5u);
}

/* ---- wear ----------------------------------------------------------------------------------- */

static void worn_sector_is_left_out_of_the_ring(void **state)
{
    (void)state;
    for (int wear = FLASH_WEAR_ERASE_FAILS; wear <= FLASH_WEAR_READS_WRONG; wear++) {
        bench_open(3);
        must_mount();
        bench.flash.wear[1] = (uint8_t)wear;
        for (unsigned round = 0; round < 5u; round++) {
            fill_sector();
            raise_to(0, value_of(0) + 1u);
            raise_to(1, round + 1u);
        }
        assert_int_equal(bench.counters.bad, 2);
        const uint32_t value = value_of(0);
        must_mount();
        assert_int_equal(value_of(0), value);
        assert_int_equal(value_of(1), 5);
        assert_null(bench.flash.fault);
        flash_emulator_close(&bench.flash);
    }
}

static void present_sector_that_wears_out_is_left(void **state)
{
    (void)state;
    must_mount();
    raise_to(0, 1);
    bench.flash.wear[0] = FLASH_WEAR_PROGRAM_FAILS;
    raise_to(0, 2);
    assert_int_equal(bench.counters.sequence, 1);
    must_mount();
    assert_int_equal(value_of(0), 2);
}

static void with_no_good_sector_left_values_can_still_be_read(void **state)
{
    (void)state;
    must_mount();
    raise_to(1, 9);
    fill_sector();
    bench.flash.wear[1] = FLASH_WEAR_ERASE_FAILS;
    assert_int_equal(counter_raise(&bench.counters, 1, 10, tied), GARRISON_ERROR_DEVICE);
    assert_int_equal(counter_raise(&bench.counters, 1, 10, tied), GARRISON_ERROR_DEVICE);
    assert_int_equal(value_of(1), 9);
    must_mount();
    assert_int_equal(value_of(1), 9);
    assert_int_equal(bench.flash.erases[0], 1);
}

int main(void)
{
#define TWO(name)   cmocka_unit_test_setup_teardown(name, setup_two, teardown)
#define THREE(name) cmocka_unit_test_setup_teardown(name, setup_three, teardown)
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
        cmocka_unit_test(header_that_goes_bad_costs_nothing),
        TWO(table_that_is_left_is_never_erased),
        TWO(headers_that_are_all_forged_are_refused),
        TWO(unreadable_flash_is_not_made_new),
        TWO(step_that_goes_bad_costs_itself_alone),
        TWO(next_step_goes_behind_one_that_cannot_be_read),
        TWO(area_whose_first_header_is_torn_is_made_new),
        cmocka_unit_test(area_that_was_never_mounted_whole_can_always_be),
        TWO(weak_quad_words_are_passed_over),
        TWO(half_opened_sector_does_not_count),
        cmocka_unit_test(worn_sector_is_left_out_of_the_ring),
        TWO(present_sector_that_wears_out_is_left),
        TWO(with_no_good_sector_left_values_can_still_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
