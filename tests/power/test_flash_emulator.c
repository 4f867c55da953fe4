/* The emulated flash fails as its header says: what the other tests here rest on. */
#include "support/flash_emulator.h"
#include "support/test.h"

#include <string.h>

#define SECTORS 3u
#define SECTOR  512u
#define UNIT    16u
#define SIZE    1536u

static struct flash_power power;
static struct flash_emulator flash;
static uint8_t before[SIZE + SIZE / UNIT];

static const uint8_t data[4 * UNIT] = "0123456789ABCDEF the four quad-words of a test: 64 bytes";

static int open_flash(void **state)
{
    (void)state;
    flash_power_init(&power, 1);
    flash_emulator_open(&flash, &power, SECTORS, SECTOR, UNIT);
    return 0;
}

static int close_flash(void **state)
{
    (void)state;
    flash_emulator_close(&flash);
    return 0;
}

static enum garrison_status read_at(uint32_t off, uint8_t *bytes, uint32_t len)
{
    return flash.device.read(&flash.device, off, bytes, len);
}

static enum garrison_status program_at(uint32_t off, uint32_t len)
{
    return flash.device.program(&flash.device, off, data, len);
}

static enum garrison_status erase_at(uint32_t off, uint32_t len)
{
    return flash.device.erase(&flash.device, off, len);
}

static bool reads_erased(uint32_t off, uint32_t len)
{
    uint8_t bytes[SIZE];
    uint8_t blank[SIZE];
    memset(blank, 0xFF, sizeof blank);
    return read_at(off, bytes, len) == GARRISON_OK && memcmp(bytes, blank, len) == 0;
}

static void assert_reads(uint32_t off, const uint8_t *expected, uint32_t len)
{
    uint8_t bytes[SIZE];
    assert_int_equal(read_at(off, bytes, len), GARRISON_OK);
    assert_memory_equal(bytes, expected, len);
}

/* Nothing but [from, to) differs from the snapshot. */
static void assert_only_changed(uint32_t from, uint32_t to)
{
    uint8_t now[sizeof before];
    flash_emulator_save(&flash, now);
    assert_memory_equal(now, before, from);
    assert_memory_equal(now + to, before + to, SIZE - to);
    assert_memory_equal(now + SIZE, before + SIZE, from / UNIT);
    assert_memory_equal(now + SIZE + to / UNIT, before + SIZE + to / UNIT, (SIZE - to) / UNIT);
}

static void bytes_stay_until_their_sector_is_erased(void **state)
{
    (void)state;
    assert_true(reads_erased(0, SIZE));
    assert_int_equal(program_at(SECTOR - UNIT, 2 * UNIT), GARRISON_OK);
    assert_reads(SECTOR - UNIT, data, 2 * UNIT);
    assert_int_equal(erase_at(0, SECTOR), GARRISON_OK);
    assert_true(reads_erased(0, SECTOR));
    assert_reads(SECTOR, data + UNIT, UNIT);
    assert_null(flash.fault);
}

static void every_operation_is_counted(void **state)
{
    (void)state;
    assert_int_equal(program_at(0, 4 * UNIT), GARRISON_OK);
    assert_int_equal(erase_at(0, 2 * SECTOR), GARRISON_OK);
    assert_int_equal(erase_at(0, SECTOR), GARRISON_OK);
    assert_true(flash_power_other(&power));
    (void)reads_erased(0, UNIT);
    assert_int_equal(flash.programmed, 4);
    assert_int_equal(flash.erased, 3);
    assert_int_equal(flash.erases[0], 2);
    assert_int_equal(flash.erases[1], 1);
    assert_int_equal(flash.erases[2], 0);
    assert_int_equal(flash.reads, 1);
    assert_int_equal(power.operations, 8);
    assert_int_equal(power.trace[3], FLASH_PROGRAM);
    assert_int_equal(power.trace[4], FLASH_ERASE);
    assert_int_equal(power.trace[7], FLASH_OTHER);
}

static void programming_twice_is_a_fault(void **state)
{
    (void)state;
    assert_int_equal(program_at(UNIT, UNIT), GARRISON_OK);
    assert_null(flash.fault);
    (void)program_at(0, 2 * UNIT);
    assert_non_null(flash.fault);
    assert_int_equal(flash.fault_off, UNIT);
}

static void programming_what_has_an_ecc_error_is_a_fault(void **state)
{
    (void)state;
    flash_emulator_rot(&flash, 0, 0);
    (void)program_at(0, UNIT);
    assert_non_null(flash.fault);
}

static void ranges_and_alignments_are_checked(void **state)
{
    uint8_t byte;
    (void)state;
    assert_int_equal(read_at(SIZE, &byte, 1), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(read_at(UINT32_MAX, &byte, 1), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(program_at(8, UNIT), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(program_at(0, 8), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(erase_at(UNIT, SECTOR), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(erase_at(SIZE, SECTOR), GARRISON_ERROR_ARGUMENT);
    assert_non_null(flash.fault);
    assert_int_equal(power.operations, 0);
}

static void without_power_nothing_answers_and_nothing_changes(void **state)
{
    uint8_t byte;
    (void)state;
    flash_power_arm(&power, 0, FLASH_CUT_BEFORE);
    flash_emulator_save(&flash, before);
    assert_int_equal(program_at(0, UNIT), GARRISON_ERROR_DEVICE);
    assert_true(power.off);
    assert_int_equal(program_at(0, UNIT), GARRISON_ERROR_DEVICE);
    assert_int_equal(erase_at(0, SECTOR), GARRISON_ERROR_DEVICE);
    assert_int_equal(read_at(0, &byte, 1), GARRISON_ERROR_DEVICE);
    assert_false(flash_power_other(&power));
    assert_int_equal(power.operations, 1);
    flash_power_on(&power);
    assert_only_changed(0, 0);
    assert_int_equal(program_at(0, UNIT), GARRISON_OK);
}

static void the_operation_asked_for_is_cut(void **state)
{
    (void)state;
    flash_power_arm(&power, 2, FLASH_CUT_BEFORE);
    assert_int_equal(program_at(0, 4 * UNIT), GARRISON_ERROR_DEVICE);
    flash_power_on(&power);
    assert_reads(0, data, 2 * UNIT);
    assert_true(reads_erased(2 * UNIT, 2 * UNIT));

    flash_power_arm(&power, 2, FLASH_CUT_AFTER);
    assert_int_equal(program_at(8 * UNIT, 4 * UNIT), GARRISON_ERROR_DEVICE);
    flash_power_on(&power);
    assert_reads(8 * UNIT, data, 3 * UNIT);
    assert_true(reads_erased(11 * UNIT, UNIT));

    flash_power_arm(&power, 1, FLASH_CUT_AFTER);
    assert_int_equal(erase_at(0, 3 * SECTOR), GARRISON_ERROR_DEVICE);
    assert_int_equal(flash.erased, 2);
}

static void something_else_is_cut_whole(void **state)
{
    (void)state;
    flash_power_arm(&power, 0, FLASH_CUT_BEFORE);
    assert_false(flash_power_other(&power));
    assert_true(power.off);
    flash_power_on(&power);
    flash_power_arm(&power, 0, FLASH_CUT_AFTER);
    assert_true(flash_power_other(&power));
    assert_true(power.off);
}

static void two_devices_share_their_power(void **state)
{
    struct flash_emulator other;
    uint8_t byte;
    (void)state;
    flash_emulator_open(&other, &power, 2, SECTOR, UNIT);
    flash_power_arm(&power, 1, FLASH_CUT_BEFORE);
    assert_int_equal(program_at(0, UNIT), GARRISON_OK);
    assert_int_equal(other.device.erase(&other.device, 0, SECTOR), GARRISON_ERROR_DEVICE);
    assert_int_equal(read_at(0, &byte, 1), GARRISON_ERROR_DEVICE);
    flash_emulator_close(&other);
}

static void cut_program(enum flash_cut cut)
{
    flash_power_arm(&power, 1, cut);
    flash_emulator_save(&flash, before);
    assert_int_equal(program_at(2 * UNIT, 3 * UNIT), GARRISON_ERROR_DEVICE);
    flash_power_on(&power);
    assert_reads(2 * UNIT, data, UNIT);
    assert_only_changed(2 * UNIT, 4 * UNIT);
}

static void a_torn_unit_can_be_an_ecc_error(void **state)
{
    uint8_t bytes[2 * UNIT];
    (void)state;
    cut_program(FLASH_CUT_PROGRAM_ECC);
    assert_int_equal(read_at(3 * UNIT + 5, bytes, 1), GARRISON_ERROR_DEVICE);
    assert_int_equal(read_at(2 * UNIT + 1, bytes, UNIT), GARRISON_ERROR_DEVICE);
    assert_int_equal(read_at(4 * UNIT, bytes, UNIT), GARRISON_OK);
}

static void a_torn_unit_can_be_garbage(void **state)
{
    uint8_t bytes[UNIT];
    (void)state;
    cut_program(FLASH_CUT_PROGRAM_GARBAGE);
    assert_int_equal(read_at(3 * UNIT, bytes, UNIT), GARRISON_OK);
    assert_memory_not_equal(bytes, data + UNIT, UNIT);
    assert_false(reads_erased(3 * UNIT, UNIT));
}

static void a_torn_unit_can_have_old_and_new_bits(void **state)
{
    uint8_t bytes[UNIT];
    (void)state;
    cut_program(FLASH_CUT_PROGRAM_MIX);
    assert_int_equal(read_at(3 * UNIT, bytes, UNIT), GARRISON_OK);
    for (unsigned i = 0; i < UNIT; i++) {
        assert_int_equal(bytes[i] & data[UNIT + i], data[UNIT + i]);
    }
    assert_memory_not_equal(bytes, data + UNIT, UNIT);
    assert_false(reads_erased(3 * UNIT, UNIT));
}

static void a_torn_unit_can_look_erased_and_fail_when_programmed(void **state)
{
    (void)state;
    cut_program(FLASH_CUT_PROGRAM_WEAK_FAILS);
    assert_true(reads_erased(3 * UNIT, UNIT));
    assert_int_equal(program_at(3 * UNIT, UNIT), GARRISON_ERROR_DEVICE);
    assert_null(flash.fault);
    assert_false(reads_erased(3 * UNIT, UNIT));
}

static void a_torn_unit_can_look_erased_and_take_garbage(void **state)
{
    uint8_t bytes[UNIT];
    (void)state;
    cut_program(FLASH_CUT_PROGRAM_WEAK_GARBAGE);
    assert_true(reads_erased(3 * UNIT, UNIT));
    assert_int_equal(program_at(3 * UNIT, UNIT), GARRISON_OK);
    assert_null(flash.fault);
    assert_int_equal(read_at(3 * UNIT, bytes, UNIT), GARRISON_OK);
    assert_memory_not_equal(bytes, data, UNIT);
    (void)program_at(3 * UNIT, UNIT);
    assert_non_null(flash.fault);
}

static void a_weak_unit_that_is_torn_is_garbage(void **state)
{
    (void)state;
    cut_program(FLASH_CUT_PROGRAM_WEAK_GARBAGE);
    flash_power_arm(&power, 0, FLASH_CUT_PROGRAM_WEAK_GARBAGE);
    assert_int_equal(program_at(3 * UNIT, UNIT), GARRISON_ERROR_DEVICE);
    flash_power_on(&power);
    assert_false(reads_erased(3 * UNIT, UNIT));
}

static void cut_erase(enum flash_cut cut)
{
    for (uint32_t off = 0; off < SIZE; off += sizeof data) {
        assert_int_equal(program_at(off, sizeof data), GARRISON_OK);
    }
    flash_emulator_save(&flash, before);
    flash_power_arm(&power, 0, cut);
    assert_int_equal(erase_at(SECTOR, 2 * SECTOR), GARRISON_ERROR_DEVICE);
    flash_power_on(&power);
    assert_only_changed(SECTOR, 2 * SECTOR);
}

static void a_torn_erase_can_leave_the_header(void **state)
{
    unsigned found[6] = {0};
    (void)state;
    for (power.seed = 0; power.seed < 1000; power.seed++) {
        uint32_t left = 0;
        const uint64_t seed = power.seed;
        cut_erase(FLASH_CUT_ERASE_HEADER_LEFT);
        while (left < 5 && !reads_erased(SECTOR + left * UNIT, UNIT)) {
            left++;
        }
        found[left]++;
        assert_reads(SECTOR, data, left * UNIT);
        assert_true(reads_erased(SECTOR + left * UNIT, SECTOR - left * UNIT));
        assert_int_equal(program_at(SECTOR + left * UNIT, UNIT), GARRISON_OK);
        assert_int_equal(erase_at(0, SIZE), GARRISON_OK);
        power.seed = seed;
    }
    assert_null(flash.fault);
    assert_int_equal(found[0] + found[5], 0);
    assert_true(found[1] > 0 && found[2] > 0 && found[3] > 0 && found[4] > 0);
}

static void a_torn_erase_can_reach_half(void **state)
{
    (void)state;
    cut_erase(FLASH_CUT_ERASE_HALF);
    assert_true(reads_erased(SECTOR, SECTOR / 2));
    assert_reads(SECTOR + SECTOR / 2, data, sizeof data);
}

static void a_torn_erase_can_leave_each_unit_in_another_state(void **state)
{
    unsigned found[FLASH_CELL_WEAK_GARBAGE + 1] = {0};
    (void)state;
    cut_erase(FLASH_CUT_ERASE_RANDOM);
    for (unsigned i = 0; i < SECTOR / UNIT; i++) {
        found[flash.cells[SECTOR / UNIT + i]]++;
    }
    for (unsigned i = 0; i < COUNT_OF(found); i++) {
        assert_true(found[i] > 0);
    }
}

static void a_torn_erase_can_leave_garbage_errors_or_weak_units(void **state)
{
    uint8_t bytes[SECTOR];
    (void)state;
    cut_erase(FLASH_CUT_ERASE_GARBAGE);
    assert_int_equal(read_at(SECTOR, bytes, SECTOR), GARRISON_OK);
    assert_false(reads_erased(SECTOR, UNIT));
    assert_int_equal(erase_at(0, SIZE), GARRISON_OK);

    cut_erase(FLASH_CUT_ERASE_ECC);
    for (unsigned i = 0; i < SECTOR / UNIT; i++) {
        assert_int_equal(read_at(SECTOR + i * UNIT, bytes, 1), GARRISON_ERROR_DEVICE);
    }
    assert_int_equal(erase_at(0, SIZE), GARRISON_OK);

    cut_erase(FLASH_CUT_ERASE_WEAK);
    assert_true(reads_erased(SECTOR, SECTOR));
    assert_int_equal(program_at(SECTOR, UNIT), GARRISON_ERROR_DEVICE);
    assert_null(flash.fault);
}

static void an_erase_mends_what_was_torn(void **state)
{
    (void)state;
    cut_erase(FLASH_CUT_ERASE_RANDOM);
    assert_int_equal(erase_at(SECTOR, SECTOR), GARRISON_OK);
    assert_true(reads_erased(SECTOR, SECTOR));
    for (uint32_t off = SECTOR; off < 2 * SECTOR; off += UNIT) {
        assert_int_equal(program_at(off, UNIT), GARRISON_OK);
        assert_reads(off, data, UNIT);
    }
    assert_null(flash.fault);
}

static void cuts_apply_to_the_operation_they_are_made_for(void **state)
{
    (void)state;
    for (unsigned cut = 0; cut < FLASH_CUT_KINDS; cut++) {
        const bool any = cut <= FLASH_CUT_AFTER;
        const bool erase = cut >= FLASH_CUT_ERASE_HEADER_LEFT;
        assert_int_equal(flash_cut_applies(cut, FLASH_PROGRAM), any || !erase);
        assert_int_equal(flash_cut_applies(cut, FLASH_ERASE), any || erase);
        assert_int_equal(flash_cut_applies(cut, FLASH_OTHER), any);
    }
}

static void the_same_seed_tears_the_same_way(void **state)
{
    uint8_t again[SIZE + SIZE / UNIT];
    (void)state;
    cut_erase(FLASH_CUT_ERASE_RANDOM);
    flash_emulator_save(&flash, again);
    assert_int_equal(erase_at(0, SIZE), GARRISON_OK);
    power.seed = 1;
    cut_erase(FLASH_CUT_ERASE_RANDOM);
    flash_emulator_save(&flash, before);
    assert_memory_equal(before, again, sizeof again);
    assert_int_equal(erase_at(0, SIZE), GARRISON_OK);
    power.seed = 2;
    cut_erase(FLASH_CUT_ERASE_RANDOM);
    flash_emulator_save(&flash, before);
    assert_memory_not_equal(before, again, sizeof again);
}

static void a_unit_rots(void **state)
{
    uint8_t bytes[UNIT];
    unsigned flipped = 0;
    (void)state;
    assert_int_equal(program_at(0, 2 * UNIT), GARRISON_OK);
    flash_emulator_rot(&flash, UNIT, 3);
    assert_int_equal(read_at(UNIT, bytes, UNIT), GARRISON_OK);
    for (unsigned i = 0; i < UNIT * 8u; i++) {
        flipped += (unsigned)(bytes[i / 8u] ^ data[UNIT + i / 8u]) >> i % 8u & 1u;
    }
    assert_int_equal(flipped, 3);
    assert_reads(0, data, UNIT);
    flash_emulator_rot(&flash, 0, 0);
    assert_int_equal(read_at(0, bytes, UNIT), GARRISON_ERROR_DEVICE);
}

static void a_worn_sector_fails_in_its_way(void **state)
{
    uint8_t bytes[UNIT];
    (void)state;
    flash.wear[0] = FLASH_WEAR_ERASE_FAILS;
    flash.wear[1] = FLASH_WEAR_PROGRAM_FAILS;
    flash.wear[2] = FLASH_WEAR_READS_WRONG;
    assert_int_equal(erase_at(0, SECTOR), GARRISON_ERROR_DEVICE);
    assert_false(power.off);
    assert_int_equal(program_at(SECTOR, UNIT), GARRISON_ERROR_DEVICE);
    assert_int_equal(read_at(SECTOR, bytes, UNIT), GARRISON_ERROR_DEVICE);
    assert_int_equal(program_at(2 * SECTOR, UNIT), GARRISON_OK);
    assert_int_equal(read_at(2 * SECTOR, bytes, UNIT), GARRISON_OK);
    assert_memory_not_equal(bytes, data, UNIT);
}

static void sectors_wear_out_at_their_endurance(void **state)
{
    (void)state;
    flash.endurance = 5;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(erase_at(0, SIZE), GARRISON_OK);
        assert_int_equal(program_at(SECTOR, UNIT), GARRISON_OK);
    }
    assert_int_equal(erase_at(0, SECTOR), GARRISON_ERROR_DEVICE);
    assert_int_equal(erase_at(SECTOR, SECTOR), GARRISON_OK);
    assert_int_equal(program_at(SECTOR, UNIT), GARRISON_ERROR_DEVICE);
}

#define WITH_FLASH(test) cmocka_unit_test_setup_teardown(test, open_flash, close_flash)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FLASH(bytes_stay_until_their_sector_is_erased),
        WITH_FLASH(every_operation_is_counted),
        WITH_FLASH(programming_twice_is_a_fault),
        WITH_FLASH(programming_what_has_an_ecc_error_is_a_fault),
        WITH_FLASH(ranges_and_alignments_are_checked),
        WITH_FLASH(without_power_nothing_answers_and_nothing_changes),
        WITH_FLASH(the_operation_asked_for_is_cut),
        WITH_FLASH(something_else_is_cut_whole),
        WITH_FLASH(two_devices_share_their_power),
        WITH_FLASH(a_torn_unit_can_be_an_ecc_error),
        WITH_FLASH(a_torn_unit_can_be_garbage),
        WITH_FLASH(a_torn_unit_can_have_old_and_new_bits),
        WITH_FLASH(a_torn_unit_can_look_erased_and_fail_when_programmed),
        WITH_FLASH(a_torn_unit_can_look_erased_and_take_garbage),
        WITH_FLASH(a_weak_unit_that_is_torn_is_garbage),
        WITH_FLASH(a_torn_erase_can_leave_the_header),
        WITH_FLASH(a_torn_erase_can_reach_half),
        WITH_FLASH(a_torn_erase_can_leave_each_unit_in_another_state),
        WITH_FLASH(a_torn_erase_can_leave_garbage_errors_or_weak_units),
        WITH_FLASH(an_erase_mends_what_was_torn),
        WITH_FLASH(cuts_apply_to_the_operation_they_are_made_for),
        WITH_FLASH(the_same_seed_tears_the_same_way),
        WITH_FLASH(a_unit_rots),
        WITH_FLASH(a_worn_sector_fails_in_its_way),
        WITH_FLASH(sectors_wear_out_at_their_endurance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
