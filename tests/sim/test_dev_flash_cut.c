/* Power lost in the middle of an operation: what is left, and that OPSR tells. */
#include "flash_fixture.h"

#include <stdlib.h>
#include <string.h>

#define CASE(name) cmocka_unit_test_setup_teardown(name, cut_setup, fixture_teardown)

#define CODE(opsr) ((opsr) >> 29)
#define BK_OP      (1u << 22)
#define OTP_OP     (1u << 24)

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

static void cut_write_leaves_a_torn_quad_word(void **state)
{
    struct flash_fixture *f = *state;
    store_quad(f, FLASH_MEM_NS + BANK + 0x30u, 0x0F0F0F0Fu);
    cut(f);
    const uint32_t phys = BANK + 0x30u;
    assert_int_equal(f->nv->flash_cell[phys / 16u], NV_CELL_ECC_DOUBLE);
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(f->nv->flash[phys + i] & 0x0F, 0x0F); /* Ones are never cleared. */
    }
    assert_int_equal(f->nv->flash_cell[phys / 16u + 1u], NV_CELL_VIRGIN);
    assert_int_equal(CODE(reg_ns(f, R_OPSR)), 1);
    assert_int_equal(reg_ns(f, R_OPSR) & 0x5FFFFFu, BK_OP | 0x30u);
    (void)load(f, FLASH_MEM_NS + BANK + 0x30u, 4);
    assert_int_equal(f->nmis, 1);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
}

static void buffer_that_was_not_full_is_lost_without_a_trace(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, FLASH_MEM_NS + BANK, 4, 0);
    cut(f);
    assert_int_equal(f->nv->flash_cell[BANK / 16u], NV_CELL_VIRGIN);
    assert_int_equal(reg_ns(f, R_OPSR), 0);
}

static void cut_erase_leaves_a_half_erased_sector(void **state)
{
    struct flash_fixture *f = *state;
    for (uint32_t off = 0; off < SECTOR; off += 16u) {
        program(f, FLASH_MEM_NS + BANK + off, 0x5A5A5A5Au);
    }
    set_ns(f, R_NSCR, CR_SER | CR_BKSEL | CR_STRT);
    cut(f);
    unsigned count[4] = {0};
    for (uint32_t quad = 0; quad < SECTOR / 16u; quad++) {
        const uint8_t cell = f->nv->flash_cell[BANK / 16u + quad];
        count[cell]++;
        for (unsigned i = 0; i < 16; i++) {
            const uint8_t byte = f->nv->flash[BANK + quad * 16u + i];
            assert_int_equal(byte & 0x5A, 0x5A);
            assert_true(cell != NV_CELL_VIRGIN || byte == 0xFF);
        }
    }
    assert_true(count[NV_CELL_VIRGIN] > 100);
    assert_true(count[NV_CELL_ECC_DOUBLE] > 100);
    assert_int_equal(count[NV_CELL_PROGRAMMED], 0);
    assert_int_equal(CODE(reg_ns(f, R_OPSR)), 3);
    assert_int_equal(f->nv->flash_cell[BANK / 16u - 1u], NV_CELL_VIRGIN);
}

static void same_device_tears_the_same_way(void **state)
{
    struct flash_fixture *f = *state;
    uint8_t first[16];
    store_quad(f, FLASH_MEM_NS + BANK, 0);
    cut(f);
    memcpy(first, f->nv->flash + BANK, sizeof(first));
    memset(f->nv->flash + BANK, 0xFF, 16);
    f->nv->flash_cell[BANK / 16u] = NV_CELL_VIRGIN;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
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

static void cut_otp_write_is_unreadable(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, OTP_MEM + 4u, 2, 0);
    cut(f);
    assert_int_equal(f->nv->otp_cell[2], NV_CELL_ECC_DOUBLE);
    assert_int_equal(reg_ns(f, R_OPSR), (1u << 29) | OTP_OP | 4u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(quiet_reset_tells_of_nothing),
        CASE(cut_write_leaves_a_torn_quad_word),
        CASE(buffer_that_was_not_full_is_lost_without_a_trace),
        CASE(cut_erase_leaves_a_half_erased_sector),
        CASE(same_device_tears_the_same_way),
        CASE(cut_option_change_keeps_the_old_words),
        CASE(cut_swap_keeps_the_current_keys),
        CASE(cut_otp_write_is_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
