/* Power lost in the middle of an operation: what is left, and that OPSR tells. */
#include "flash_fixture.h"

#include <stdlib.h>
#include <string.h>

#define CASE(name) cmocka_unit_test_setup_teardown(name, cut_setup, fixture_teardown)

#define CODE(opsr) ((opsr) >> 29)
#define DATA_OP    (1u << 21)
#define BK_OP      (1u << 22)
#define OTP_OP     (1u << 24)

#define SEEDS       64u
#define EDATA_PHYS  (BANK + 127u * SECTOR) /* The last sector of bank 2. */
#define EDATA_BANK2 0xC000u
#define EDATA_LAST  (EDATA_NS + EDATA_BANK2 + 7u * 6144u)

#define ALT_SECT  (1u << 2)
#define ALT_ERASE (1u << 3)
#define SWAP_REQ  (1u << 1)

static int cut_setup(void **state)
{
    (void)fixture_setup(state);
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
    return 0;
}

static void cut(struct flash_fixture *f)
{
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
}

static void quiet_reset_tells_of_nothing(void **state)
{
    struct flash_fixture *f = *state;
    program(f, FLASH_MEM_NS + BANK, 0);
    cut(f);
    assert_int_equal(reg_ns(f, R_OPSR), 0);
    assert_int_equal(f->nv->flash_cell[BANK / 16u], NV_CELL_PROGRAMMED);
}

/** What a cut may leave of a unit. */
enum outcome { OLD, NEW, TORN, OUTCOMES };

static enum outcome outcome_of(const uint8_t *bytes, uint8_t cell, unsigned len)
{
    const uint8_t old = 0xFF;
    const uint8_t new = 0x5A;
    if (cell == NV_CELL_ECC_DOUBLE) {
        for (unsigned i = 0; i < len; i++) {
            assert_int_equal(bytes[i] & new, new); /* Ones are never cleared. */
        }
        return TORN;
    }
    for (unsigned i = 0; i < len; i++) {
        assert_int_equal(bytes[i], cell == NV_CELL_VIRGIN ? old : new);
    }
    return cell == NV_CELL_VIRGIN ? OLD : NEW;
}

static void be_ready(struct flash_fixture *f, uint64_t seed)
{
    f->nv->rng_state = seed;
    if ((reg_ns(f, R_NSCR) & CR_LOCK) != 0) {
        unlock(f); /* A second pair of keys would lock it for good. */
    }
    set_ns(f, R_NSCR, CR_PG);
    set_s(f, R_SECCR, CR_PG);
    set_s(f, R_SECOBKKEYR, 0x192A083Bu);
    set_s(f, R_SECOBKKEYR, 0x6E7F4C5Du);
    if (chip_hdpl(f->chip) == 0) {
        chip_hdpl_raise(f->chip);
    }
}

/** Nothing of `before` has changed but `len` bytes of main flash at `phys`. */
static void only_flash_changed(const struct sim_nv *before, const struct sim_nv *nv, uint32_t phys,
                               uint32_t len)
{
    const uint32_t end = phys + len;
    assert_memory_equal(nv->flash, before->flash, phys);
    assert_memory_equal(nv->flash + end, before->flash + end, NV_FLASH_BYTES - end);
    assert_memory_equal(nv->flash_cell, before->flash_cell, phys / 16u);
    assert_memory_equal(nv->flash_cell + end / 16u, before->flash_cell + end / 16u,
                        (NV_FLASH_BYTES - end) / 16u);
    assert_memory_equal(nv->otp, before->otp, sizeof(nv->otp));
    assert_memory_equal(nv->obk, before->obk, sizeof(nv->obk));
    assert_memory_equal(nv->option, before->option, sizeof(nv->option));
}

static struct sim_nv *copy_of(const struct sim_nv *nv)
{
    struct sim_nv *copy = malloc(sizeof(*copy));
    assert_non_null(copy);
    memcpy(copy, nv, sizeof(*copy));
    return copy;
}

static void cut_write_leaves_old_new_or_torn(void **state)
{
    struct flash_fixture *f = *state;
    const uint32_t phys = BANK + 0x30u;
    struct sim_nv *before = copy_of(f->nv);
    unsigned count[OUTCOMES] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        memset(f->nv->flash + phys, 0xFF, 16);
        f->nv->flash_cell[phys / 16u] = NV_CELL_VIRGIN;
        be_ready(f, seed);
        store_quad(f, FLASH_MEM_NS + phys, 0x5A5A5A5Au);
        cut(f);
        assert_int_equal(CODE(reg_ns(f, R_OPSR)), 1);
        assert_int_equal(reg_ns(f, R_OPSR) & 0x5FFFFFu, BK_OP | 0x30u);
        only_flash_changed(before, f->nv, phys, 16);
        const enum outcome got = outcome_of(f->nv->flash + phys, f->nv->flash_cell[phys / 16u], 16);
        count[got]++;
        const unsigned nmis = f->nmis;
        (void)load(f, FLASH_MEM_NS + phys, 4);
        assert_int_equal(f->nmis - nmis, got == TORN);
    }
    assert_true(count[OLD] != 0 && count[NEW] != 0 && count[TORN] != 0);
    free(before);
}

static void buffer_that_was_not_full_is_lost_without_a_trace(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, FLASH_MEM_NS + BANK, 4, 0);
    cut(f);
    assert_int_equal(f->nv->flash_cell[BANK / 16u], NV_CELL_VIRGIN);
    assert_int_equal(reg_ns(f, R_OPSR), 0);
}

static void fill(struct flash_fixture *f, uint32_t phys, uint32_t len)
{
    memset(f->nv->flash + phys, 0x5A, len);
    memset(f->nv->flash_cell + phys / 16u, NV_CELL_PROGRAMMED, len / 16u);
}

/** Counts what a cut erase has left: NEW is the old content here, OLD is the erased state. */
static void count_erased(const struct flash_fixture *f, uint32_t phys, uint32_t len,
                         unsigned count[OUTCOMES])
{
    memset(count, 0, OUTCOMES * sizeof(count[0]));
    for (uint32_t at = phys; at < phys + len; at += 16u) {
        count[outcome_of(f->nv->flash + at, f->nv->flash_cell[at / 16u], 16)]++;
    }
}

static void cut_erase_leaves_each_quad_word_old_torn_or_erased(void **state)
{
    struct flash_fixture *f = *state;
    struct sim_nv *before = copy_of(f->nv);
    unsigned first[OUTCOMES] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        unsigned count[OUTCOMES];
        fill(f, BANK, SECTOR);
        be_ready(f, seed);
        set_ns(f, R_NSCR, CR_SER | CR_BKSEL | CR_STRT);
        cut(f);
        assert_int_equal(CODE(reg_ns(f, R_OPSR)), 3);
        only_flash_changed(before, f->nv, BANK, SECTOR);
        count_erased(f, BANK, SECTOR, count);
        assert_true(count[NEW] > 50 && count[TORN] > 100 && count[OLD] > 50);
        first[outcome_of(f->nv->flash + BANK, f->nv->flash_cell[BANK / 16u], 16)]++;
    }
    assert_true(first[NEW] != 0); /* A readable header before a half-erased body. */
    assert_true(first[OLD] != 0 && first[TORN] != 0);
    free(before);
}

static void cut_bank_erase_reaches_every_sector_of_it(void **state)
{
    struct flash_fixture *f = *state;
    fill(f, BANK - SECTOR, BANK + SECTOR);
    struct sim_nv *before = copy_of(f->nv);
    set_ns(f, R_NSCR, CR_BER | CR_BKSEL | CR_STRT);
    cut(f);
    assert_int_equal(reg_ns(f, R_OPSR), 4u << 29 | BK_OP);
    only_flash_changed(before, f->nv, BANK, BANK);
    for (uint32_t sector = BANK; sector < 2u * BANK; sector += SECTOR) {
        unsigned count[OUTCOMES];
        count_erased(f, sector, SECTOR, count);
        assert_true(count[NEW] > 50 && count[TORN] > 100 && count[OLD] > 50);
    }
    free(before);
}

static void cut_mass_erase_reaches_both_banks(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_SECWM1, 0x7Fu);
    be_ready(f, 1);
    fill(f, 0, 2u * BANK);
    set_ns(f, R_NSCR, CR_MER | CR_STRT);
    cut(f);
    assert_int_equal(reg_ns(f, R_OPSR), 5u << 29);
    for (uint32_t sector = 0; sector < 2u * BANK; sector += SECTOR) {
        unsigned count[OUTCOMES];
        count_erased(f, sector, SECTOR, count);
        assert_true(count[NEW] > 50 && count[TORN] > 100 && count[OLD] > 50);
    }
}

static void same_device_tears_the_same_way(void **state)
{
    struct flash_fixture *f = *state;
    uint8_t first[16];
    f->nv->rng_state = 4;
    store_quad(f, FLASH_MEM_NS + BANK, 0);
    cut(f);
    memcpy(first, f->nv->flash + BANK, sizeof(first));
    assert_int_equal(f->nv->flash_cell[BANK / 16u], NV_CELL_ECC_DOUBLE);
    memset(f->nv->flash + BANK, 0xFF, 16);
    f->nv->flash_cell[BANK / 16u] = NV_CELL_VIRGIN;
    be_ready(f, 4);
    store_quad(f, FLASH_MEM_NS + BANK, 0);
    cut(f);
    assert_memory_equal(f->nv->flash + BANK, first, sizeof(first));
}

static void cut_option_change_keeps_the_old_words(void **state)
{
    struct flash_fixture *f = *state;
    unlock_options(f);
    set_s(f, R_WRP1R_PRG, 0);
    set_s(f, R_OPTCR, 2);
    cut(f);
    assert_int_equal(reg_s(f, R_WRP1R_CUR), 0xFFFFFFFFu);
    assert_int_equal(CODE(reg_ns(f, R_OPSR)), 6);
}

static void cut_swap_keeps_the_current_keys(void **state)
{
    struct flash_fixture *f = *state;
    memset(f->nv->obk[0] + 0x100, 0x11, 16);
    f->nv->obk_cell[0][0x10] = NV_CELL_PROGRAMMED;
    set_s(f, R_SECOBKKEYR, 0x192A083Bu);
    set_s(f, R_SECOBKKEYR, 0x6E7F4C5Du);
    set_s(f, R_SECOBKCFGR, (1u << 2) | (1u << 1) | (511u << 16));
    assert_int_equal(reg_s(f, R_SECSR), SR_BSY);
    cut(f);
    chip_hdpl_raise(f->chip);
    assert_int_equal(f->nv->obk_current, 0);
    assert_int_equal(load(f, OBK_S + 0x100u, 4), 0x11111111u);
    assert_int_equal(CODE(reg_ns(f, R_OPSR)), 7);
    assert_int_equal(reg_ns(f, R_OPSR) & OTP_OP, OTP_OP);
}

#define SWAP_TICKS 320000u /* 10 ms at 32 MHz, as the model has it. */
#define SELECTOR   511u
#define KEYS       8u
#define FIRST_KEY  0x10u

/** KEYS keys in the current sector, the second of them updated; a swap, cut after some ticks. */
static void cut_swap_after(struct flash_fixture *f, uint64_t seed, uint64_t ticks)
{
    f->nv->obk_current = 0;
    memset(f->nv->obk, 0xFF, sizeof(f->nv->obk));
    memset(f->nv->obk_cell, NV_CELL_VIRGIN, sizeof(f->nv->obk_cell));
    for (unsigned key = 0; key < KEYS; key++) {
        memset(f->nv->obk[0] + 16u * (FIRST_KEY + key), 0x5A, 16);
        f->nv->obk_cell[0][FIRST_KEY + key] = NV_CELL_PROGRAMMED;
    }
    memset(f->nv->obk[1] + 16u * (FIRST_KEY + 1u), 0x33, 16);
    f->nv->obk_cell[1][FIRST_KEY + 1u] = NV_CELL_PROGRAMMED;
    be_ready(f, seed);
    set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | (511u << 16));
    chip_advance(f->chip, f->chip->now + ticks);
    cut(f);
}

/** Slot of the alternate sector; the updated key stays as it is in every case. */
static enum outcome swapped(const struct flash_fixture *f, unsigned slot)
{
    assert_int_equal(f->nv->obk_cell[1][FIRST_KEY + 1u], NV_CELL_PROGRAMMED);
    assert_int_equal(f->nv->obk[1][16u * (FIRST_KEY + 1u)], 0x33);
    return outcome_of(f->nv->obk[1] + 16u * slot, f->nv->obk_cell[1][slot], 16);
}

/** Eight steps: seven keys upwards, then the selector. */
static void cut_swap_has_copied_as_far_as_its_time(void **state)
{
    struct flash_fixture *f = *state;
    unsigned count[OUTCOMES] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        cut_swap_after(f, seed, SWAP_TICKS * 3u / 8u + 1000u);
        assert_int_equal(reg_ns(f, R_OPSR), 7u << 29 | OTP_OP);
        assert_int_equal(f->nv->obk_current, 0);
        assert_int_equal(swapped(f, FIRST_KEY), NEW);
        assert_int_equal(swapped(f, FIRST_KEY + 2u), NEW);
        assert_int_equal(swapped(f, FIRST_KEY + 3u), NEW);
        count[swapped(f, FIRST_KEY + 4u)]++;
        assert_int_equal(swapped(f, FIRST_KEY + 5u), OLD);
        assert_int_equal(swapped(f, FIRST_KEY + 7u), OLD);
        assert_int_equal(f->nv->obk_cell[1][SELECTOR], NV_CELL_VIRGIN);
    }
    assert_true(count[OLD] != 0 && count[NEW] != 0 && count[TORN] != 0);
}

static void cut_in_the_selector_keeps_old_keys_or_has_all_new(void **state)
{
    struct flash_fixture *f = *state;
    unsigned count[OUTCOMES] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        cut_swap_after(f, seed, SWAP_TICKS * 7u / 8u + 1000u);
        for (unsigned key = 0; key < KEYS; key++) {
            if (key != 1) {
                assert_int_equal(swapped(f, FIRST_KEY + key), NEW);
            }
        }
        const uint8_t cell = f->nv->obk_cell[1][SELECTOR];
        assert_int_equal(f->nv->obk_current, cell == NV_CELL_PROGRAMMED ? 1 : 0);
        count[cell == NV_CELL_VIRGIN ? OLD : cell == NV_CELL_PROGRAMMED ? NEW : TORN]++;
        if (cell == NV_CELL_ECC_DOUBLE) { /* it takes no swap before it has been erased */
            be_ready(f, seed);
            set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | (511u << 16));
            assert_int_equal(reg_s(f, R_SECSR) & SR_OBKWERR, SR_OBKWERR);
            cut(f);
        }
    }
    assert_true(count[OLD] != 0 && count[NEW] != 0 && count[TORN] != 0);
}

static void cut_after_the_swap_changes_nothing(void **state)
{
    struct flash_fixture *f = *state;
    cut_swap_after(f, 1, SWAP_TICKS);
    assert_int_equal(reg_ns(f, R_OPSR), 0);
    assert_int_equal(f->nv->obk_current, 1);
    assert_int_equal(f->nv->obk_cell[1][SELECTOR], NV_CELL_PROGRAMMED);
    assert_int_equal(swapped(f, FIRST_KEY + 7u), NEW);
}

/** A system reset cuts as well, and does not set the time back. */
static void reset_in_a_swap_is_at_its_own_time(void **state)
{
    struct flash_fixture *f = *state;
    chip_advance(f->chip, f->chip->now + 12345u);
    cut_swap_after(f, 1, 0);
    assert_int_equal(swapped(f, FIRST_KEY + 2u), OLD);
    be_ready(f, 1);
    set_s(f, R_SECOBKCFGR, ALT_ERASE);
    wait_done(f);
    chip_advance(f->chip, f->chip->now + 777777u);
    set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | (511u << 16));
    chip_advance(f->chip, f->chip->now + SWAP_TICKS / 2u + 1000u);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(f->nv->obk_cell[1][FIRST_KEY + 3u], NV_CELL_PROGRAMMED);
    assert_int_equal(f->nv->obk_cell[1][FIRST_KEY + 6u], NV_CELL_VIRGIN);
}

static void cut_obk_erase_tears_the_alternate_sector_alone(void **state)
{
    struct flash_fixture *f = *state;
    unsigned count[OUTCOMES] = {0};
    memset(f->nv->obk, 0x5A, sizeof(f->nv->obk));
    memset(f->nv->obk_cell, NV_CELL_PROGRAMMED, sizeof(f->nv->obk_cell));
    struct sim_nv *before = copy_of(f->nv);
    be_ready(f, 1);
    set_s(f, R_SECOBKCFGR, ALT_ERASE);
    cut(f);
    assert_int_equal(reg_ns(f, R_OPSR), 2u << 29 | OTP_OP);
    assert_int_equal(f->nv->obk_current, 0);
    assert_memory_equal(f->nv->obk[0], before->obk[0], sizeof(f->nv->obk[0]));
    assert_memory_equal(f->nv->obk_cell[0], before->obk_cell[0], sizeof(f->nv->obk_cell[0]));
    assert_memory_equal(f->nv->flash, before->flash, sizeof(f->nv->flash));
    for (unsigned slot = 0; slot < NV_OBK_BYTES / 16u; slot++) {
        count[outcome_of(f->nv->obk[1] + slot * 16u, f->nv->obk_cell[1][slot], 16)]++;
    }
    assert_true(count[NEW] > 50 && count[TORN] > 100 && count[OLD] > 50);
    free(before);
}

static void cut_obk_write_leaves_old_new_or_torn(void **state)
{
    struct flash_fixture *f = *state;
    unsigned count[OUTCOMES] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        memset(f->nv->obk[0], 0xFF, NV_OBK_BYTES);
        memset(f->nv->obk_cell[0], NV_CELL_VIRGIN, sizeof(f->nv->obk_cell[0]));
        be_ready(f, seed);
        store_quad(f, OBK_S + 0x110u, 0x5A5A5A5Au);
        cut(f);
        assert_int_equal(reg_ns(f, R_OPSR), 1u << 29 | OTP_OP | 0x110u);
        count[outcome_of(f->nv->obk[0] + 0x110, f->nv->obk_cell[0][0x11], 16)]++;
    }
    assert_true(count[OLD] != 0 && count[NEW] != 0 && count[TORN] != 0);
}

static void cut_otp_write_leaves_old_new_or_torn(void **state)
{
    struct flash_fixture *f = *state;
    unsigned count[OUTCOMES] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        memset(f->nv->otp + 4, 0xFF, 2);
        f->nv->otp_cell[2] = NV_CELL_VIRGIN;
        be_ready(f, seed);
        (void)store(f, OTP_MEM + 4u, 2, 0x5A5A);
        cut(f);
        assert_int_equal(reg_ns(f, R_OPSR), (1u << 29) | OTP_OP | 4u);
        count[outcome_of(f->nv->otp + 4, f->nv->otp_cell[2], 2)]++;
    }
    assert_true(count[OLD] != 0 && count[NEW] != 0 && count[TORN] != 0);
}

/** Reads a half-word of high-cycle data; true when its ECC is good. */
static bool edata_good(struct flash_fixture *f, uint32_t off)
{
    set_ns(f, R_ECCDETR, 1u << 31);
    (void)load(f, EDATA_LAST + off, 2);
    return reg_ns(f, R_ECCDETR) == 0;
}

static void cut_erase_of_high_cycle_data_marks_each_half_word(void **state)
{
    struct flash_fixture *f = *state;
    unsigned count[OUTCOMES] = {0};
    fixture_option(f, NV_OB_EDATA2, 0x8000u);
    be_ready(f, 1);
    for (uint32_t off = 0; off < 6144u; off += 2u) {
        (void)store(f, EDATA_LAST + off, 2, 0x5A5A);
        wait_done(f);
    }
    assert_true(edata_good(f, 6142));
    set_ns(f, R_NSCR, CR_SER | CR_SNB(127) | CR_BKSEL | CR_STRT);
    cut(f);
    assert_int_equal(reg_ns(f, R_OPSR), 3u << 29 | BK_OP | DATA_OP | 127u * SECTOR);
    for (uint32_t off = 0; off < 6144u; off += 2u) {
        const uint8_t *half = f->nv->flash + EDATA_PHYS + off;
        if (edata_good(f, off)) {
            assert_int_equal(half[0] << 8 | half[1], 0x5A5A);
            count[NEW]++;
        } else {
            count[(half[0] & half[1]) == 0xFF ? OLD : TORN]++;
        }
    }
    assert_true(count[NEW] > 300 && count[TORN] > 600 && count[OLD] > 300);
}

static void cut_write_of_high_cycle_data_is_told(void **state)
{
    struct flash_fixture *f = *state;
    unsigned good = 0;
    fixture_option(f, NV_OB_EDATA2, 0x8000u);
    for (uint32_t off = 0; off < 2u * SEEDS; off += 2u) {
        be_ready(f, 1000u * off);
        (void)store(f, EDATA_LAST + off, 2, 0x5A5A);
        cut(f);
        assert_int_equal(reg_ns(f, R_OPSR), 1u << 29 | BK_OP | DATA_OP | (127u * SECTOR + off));
        good += edata_good(f, off);
    }
    assert_true(good > 0 && good < SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(quiet_reset_tells_of_nothing),
        CASE(cut_write_leaves_old_new_or_torn),
        CASE(buffer_that_was_not_full_is_lost_without_a_trace),
        CASE(cut_erase_leaves_each_quad_word_old_torn_or_erased),
        CASE(cut_bank_erase_reaches_every_sector_of_it),
        CASE(cut_mass_erase_reaches_both_banks),
        CASE(same_device_tears_the_same_way),
        CASE(cut_option_change_keeps_the_old_words),
        CASE(cut_swap_keeps_the_current_keys),
        CASE(cut_swap_has_copied_as_far_as_its_time),
        CASE(cut_in_the_selector_keeps_old_keys_or_has_all_new),
        CASE(cut_after_the_swap_changes_nothing),
        CASE(reset_in_a_swap_is_at_its_own_time),
        CASE(cut_obk_erase_tears_the_alternate_sector_alone),
        CASE(cut_obk_write_leaves_old_new_or_torn),
        CASE(cut_otp_write_leaves_old_new_or_torn),
        CASE(cut_erase_of_high_cycle_data_marks_each_half_word),
        CASE(cut_write_of_high_cycle_data_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
