/* OTP, device identity, high-cycle data, and ECC errors wherever they are read. */
#include "flash_fixture.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#define ECCC      (1u << 30)
#define ECCD      (1u << 31)
#define OTP_ECC   (1u << 24)
#define EDATA_ECC (1u << 21)
#define BK_ECC    (1u << 22)

static void write_half(struct flash_fixture *f, uint32_t addr, uint32_t value)
{
    set_ns(f, R_NSCR, CR_PG);
    (void)store(f, addr, 2, value);
    wait_done(f);
}

static void identity_is_readable(void **state)
{
    struct flash_fixture *f = *state;
    assert_int_equal(load(f, 0x08FFF800u, 4), 0x71696E75u); /* "uniq" */
    assert_int_equal(load(f, 0x08FFF80Au, 1), f->nv->uid[10]);
    assert_int_equal(load(f, 0x08FFF80Cu, 2), 2048);
    assert_int_equal(f->nmis, 0);
}

static void virgin_otp_is_a_double_error_with_all_ones(void **state)
{
    struct flash_fixture *f = *state;
    assert_int_equal(load(f, OTP_MEM + 6u, 2), 0xFFFFu);
    assert_int_equal(f->nmis, 1);
    assert_int_equal(reg_s(f, R_ECCDETR), ECCD | OTP_ECC | 0x603u);
    assert_int_equal(reg_s(f, R_ECCDR), 0xFFFFu);
    (void)load(f, OTP_MEM, 2); /* Not seen while ECCD stands. */
    assert_int_equal(f->nmis, 1);
    set_s(f, R_ECCDETR, ECCD);
    assert_int_equal(reg_s(f, R_ECCDETR), 0);
    assert_int_equal(reg_s(f, R_ECCDR), 0);
    (void)load(f, OTP_MEM, 2);
    assert_int_equal(f->nmis, 2);
}

/** As they were read on a part, with eight sectors of high-cycle data in each bank. */
static void error_address_of_high_cycle_data_is_the_parts(void **state)
{
    struct flash_fixture *f = *state;
    static const struct {
        uint32_t addr;
        uint32_t eccdetr;
    } reads[] = {
        {0x09006000u, 0x8020F800u}, {0x09006004u, 0x8020F801u}, {0x09007800u, 0x8020FA00u},
        {0x09007804u, 0x8020FA01u}, {0x09012000u, 0x8060F800u}, /* the same sector of bank 2 */
        {0x08FFF000u, 0x81000600u}, {0x08FFF002u, 0x81000601u},
    };
    fixture_option(f, NV_OB_EDATA1, 0x8007u);
    fixture_option(f, NV_OB_EDATA2, 0x8007u);
    for (unsigned i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        (void)load(f, reads[i].addr, 2);
        assert_int_equal(reg_s(f, R_ECCDETR), reads[i].eccdetr);
        set_s(f, R_ECCDETR, ECCD);
    }
}

static void otp_half_word_is_programmed_and_stays(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    write_half(f, OTP_MEM + 2u, 0x1234u);
    assert_int_equal(load(f, OTP_MEM + 2u, 2), 0x1234u);
    assert_int_equal(f->nmis, 0);
    write_half(f, OTP_MEM + 2u, 0x00FFu);
    (void)load(f, OTP_MEM + 2u, 2);
    assert_int_equal(f->nmis, 1);
}

static void otp_takes_half_words_only(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
    (void)store(f, OTP_MEM, 4, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_INCERR);
}

static void locked_otp_block_refuses(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_OTPBL, 1u << 1);
    unlock(f);
    write_half(f, OTP_MEM + 64u, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR);
    write_half(f, OTP_MEM + 62u, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR | SR_EOP);
}

static void high_cycle_data_lives_in_its_sector(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_EDATA1, 0x8007u);
    unlock(f);
    const uint32_t last = EDATA_NS + 0xBFFEu; /* Sector 127 of bank 1, last half-word. */
    (void)load(f, last, 2);
    assert_int_equal(f->nmis, 1); /* Virgin. */
    set_s(f, R_ECCDETR, ECCD);
    write_half(f, last, 0xCAFEu);
    assert_int_equal(load(f, last, 2), 0xCAFEu);
    assert_int_equal(load(f, last + 1u, 1), 0xCAu);
    assert_int_equal(f->nmis, 1);
    assert_int_equal(f->nv->flash[127u * SECTOR + 6142u], 0xFE);
    set_ns(f, R_NSCR, CR_SER | CR_SNB(127) | CR_STRT);
    wait_done(f);
    (void)load(f, last, 2);
    assert_int_equal(f->nmis, 2);
    assert_int_equal(reg_s(f, R_ECCDETR) & (ECCD | EDATA_ECC), ECCD | EDATA_ECC);
}

static void high_cycle_address_without_its_sector_is_refused(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_EDATA2, 0x8000u);
    assert_int_equal(load(f, EDATA_NS, 2), 0);
    assert_int_equal(f->decision.filter, BUS_FILTER_DECODE);
    (void)load(f, EDATA_NS + 0x17FFEu, 2);
    assert_int_equal(f->decision.answer, SIM_ANSWER_OK);
    (void)load(f, EDATA_NS + 0x167FEu, 2);
    assert_int_equal(f->decision.filter, BUS_FILTER_DECODE);
}

static void single_error_is_corrected_and_kept_until_cleared(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->flash[BANK + 0x20u] = 0x77;
    f->nv->flash_cell[(BANK + 0x20u) / 16u] = NV_CELL_ECC_SINGLE;
    set_s(f, R_ECCCORR, 1u << 25);
    assert_int_equal(load(f, FLASH_MEM_NS + BANK + 0x20u, 1), 0x77);
    assert_int_equal(reg_s(f, R_ECCCORR), ECCC | (1u << 25) | BK_ECC | 2u);
    assert_true(f->chip->irq_level[7]);
    assert_int_equal(f->nmis, 0);
    set_s(f, R_ECCCORR, ECCC | (1u << 25));
    assert_int_equal(reg_s(f, R_ECCCORR), 1u << 25);
    assert_false(f->chip->irq_level[7]);
}

static void double_error_in_main_flash_raises_the_nmi(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->flash_cell[1] = NV_CELL_ECC_DOUBLE;
    (void)load(f, FLASH_MEM_S, 4);
    assert_int_equal(f->nmis, 0);
    (void)load(f, FLASH_MEM_S + 0x1Cu, 4);
    assert_int_equal(f->nmis, 1);
    assert_int_equal(reg_s(f, R_ECCDETR), ECCD | 1u);
}

static void read_across_quad_words_meets_the_error_in_the_second(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->flash_cell[0] = NV_CELL_ECC_SINGLE;
    f->nv->flash_cell[1] = NV_CELL_ECC_DOUBLE;
    (void)load(f, FLASH_MEM_S + 14u, 4);
    assert_int_equal(f->nmis, 1);
    assert_int_equal(reg_s(f, R_ECCCORR), ECCC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(identity_is_readable),
        CASE(virgin_otp_is_a_double_error_with_all_ones),
        CASE(error_address_of_high_cycle_data_is_the_parts),
        CASE(otp_half_word_is_programmed_and_stays),
        CASE(otp_takes_half_words_only),
        CASE(locked_otp_block_refuses),
        CASE(high_cycle_data_lives_in_its_sector),
        CASE(high_cycle_address_without_its_sector_is_refused),
        CASE(single_error_is_corrected_and_kept_until_cleared),
        CASE(double_error_in_main_flash_raises_the_nmi),
        CASE(read_across_quad_words_meets_the_error_in_the_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
