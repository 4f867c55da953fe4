/* Counters on flash that rots, is torn or wears out. Power cuts at large are in tests/power. */
#include "counter_fixture.h"

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

/** A quad-word that can be read again later: the step behind it was made without knowing of it. */
static void a_step_below_the_value_is_not_taken(void **state)
{
    (void)state;
    uint8_t step[QUAD];
    must_mount();
    raise_to(1, 5);
    raise_to(1, 9);
    memcpy(step, bytes_at(HEADER + QUAD), QUAD);
    flash_emulator_rot(&bench.flash, HEADER + QUAD, 0);
    must_mount();
    raise_to(1, 6);
    flash_emulator_poke(&bench.flash, HEADER + QUAD, step, QUAD);
    must_mount();
    assert_int_equal(value_of(1), 9);
    assert_int_equal(bench.report.dropped, 1);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_that_goes_bad_costs_nothing),
        TWO(table_that_is_left_is_never_erased),
        TWO(headers_that_are_all_forged_are_refused),
        TWO(unreadable_flash_is_not_made_new),
        TWO(step_that_goes_bad_costs_itself_alone),
        TWO(a_step_below_the_value_is_not_taken),
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
