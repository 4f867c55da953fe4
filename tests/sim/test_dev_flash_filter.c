/* Who may reach which flash sector: SECWM, SECBB, PRIVBB, HDP, high-cycle sectors, ECC errors. */
#include "flash_fixture.h"

#include <string.h>

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct sim_attr secure = {.secure = true, .privileged = true};
static const struct sim_attr non_secure = {.secure = false, .privileged = true};

static struct bus_decision decide(struct flash_fixture *f, uint32_t addr, enum sim_access_kind kind,
                                  struct sim_attr attr)
{
    struct bus_decision decision;
    bus_decide(f->chip, addr, kind, attr, &decision);
    return decision;
}

static void assert_refused(struct flash_fixture *f, uint32_t addr, struct sim_attr attr,
                           enum bus_filter filter, const char *why)
{
    struct bus_decision decision = decide(f, addr, SIM_READ, attr);
    assert_int_equal(decision.answer, SIM_ANSWER_IGNORED);
    assert_int_equal(decision.filter, filter);
    assert_string_equal(decision.why, why);
    assert_int_equal(decide(f, addr, SIM_WRITE, attr).answer, SIM_ANSWER_IGNORED);
    assert_int_equal(decide(f, addr, SIM_FETCH, attr).answer, SIM_ANSWER_ERROR);
}

static void assert_open(struct flash_fixture *f, uint32_t addr, struct sim_attr attr)
{
    assert_int_equal(decide(f, addr, SIM_READ, attr).answer, SIM_ANSWER_OK);
    assert_int_equal(decide(f, addr, SIM_WRITE, attr).answer, SIM_ANSWER_OK);
    assert_int_equal(decide(f, addr, SIM_FETCH, attr).answer, SIM_ANSWER_OK);
}

static void watermark_parts_the_worlds(void **state)
{
    struct flash_fixture *f = *state;
    assert_open(f, FLASH_MEM_S + 64u * SECTOR - 4u, secure);
    assert_refused(f, FLASH_MEM_NS + 63u * SECTOR, non_secure, BUS_FILTER_SECWM,
                   "flash sector 63 of bank 1 is Secure (SECWM1), the access is Non-secure");
    assert_open(f, FLASH_MEM_NS + 64u * SECTOR, non_secure);
    assert_refused(f, FLASH_MEM_S + 64u * SECTOR, secure, BUS_FILTER_ALIAS,
                   "flash sector 64 of bank 1 is Non-secure (not in SECWM1, not in SECBB1), "
                   "the access is Secure");
}

static void refused_read_is_zero_and_illegal(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->flash[0] = 0x5A;
    assert_int_equal(load(f, FLASH_MEM_NS, 4), 0);
    assert_true(f->decision.illegal);
    assert_int_equal(load(f, FLASH_MEM_S, 1), 0x5A);
}

static void block_bits_make_single_sectors_secure(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_SECBB2R1 + 4u, 1u << 3); /* Sector 35 of bank 2. */
    assert_refused(f, FLASH_MEM_NS + BANK + 35u * SECTOR, non_secure, BUS_FILTER_SECBB,
                   "flash sector 35 of bank 2 is Secure (SECBB2), the access is Non-secure");
    assert_open(f, FLASH_MEM_S + BANK + 35u * SECTOR, secure);
    assert_open(f, FLASH_MEM_NS + BANK + 34u * SECTOR, non_secure);
}

static void privileged_sector_refuses_unprivileged_software(void **state)
{
    struct flash_fixture *f = *state;
    const struct sim_attr user = {.secure = true, .privileged = false};
    set_s(f, R_PRIVBB1R1, 1u << 5);
    assert_refused(f, FLASH_MEM_S + 5u * SECTOR, user, BUS_FILTER_PRIVBB,
                   "flash sector 5 of bank 1 is privileged (PRIVBB1), the access is unprivileged");
    assert_open(f, FLASH_MEM_S + 5u * SECTOR, secure);
    assert_open(f, FLASH_MEM_S + 6u * SECTOR, user);
}

static void non_secure_software_cannot_make_secure_sectors_unprivileged(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_PRIVBB1R1, 1u);
    set_ns(f, R_PRIVBB1R1, 0);
    assert_int_equal(reg_s(f, R_PRIVBB1R1), 1);
    set_ns(f, R_PRIVBB1R1 + 8u, 1); /* Sector 64 is Non-secure. */
    assert_int_equal(reg_s(f, R_PRIVBB1R1 + 8u), 1);
}

static void hidden_area_disappears_at_hdpl_2(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_HDP1, 0x00030000u);
    assert_open(f, FLASH_MEM_S + 3u * SECTOR, secure);
    chip_hdpl_raise(f->chip);
    assert_open(f, FLASH_MEM_S + 3u * SECTOR, secure);
    chip_hdpl_raise(f->chip);
    assert_refused(f, FLASH_MEM_S + 3u * SECTOR, secure, BUS_FILTER_HDP,
                   "flash sector 3 of bank 1 is hidden: HDP1 covers sectors 0..3 and HDPL is 2");
    assert_open(f, FLASH_MEM_S + 4u * SECTOR, secure);
}

static void extension_disappears_at_hdpl_3_and_only_grows(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_HDP1, 0x00030000u);
    chip_hdpl_raise(f->chip);
    chip_hdpl_raise(f->chip);
    set_s(f, R_HDPEXTR, 2);
    set_s(f, R_HDPEXTR, 1);
    set_ns(f, R_HDPEXTR, 5);
    assert_int_equal(reg_s(f, R_HDPEXTR), 2);
    assert_open(f, FLASH_MEM_S + 5u * SECTOR, secure);
    chip_hdpl_raise(f->chip);
    assert_refused(f, FLASH_MEM_S + 5u * SECTOR, secure, BUS_FILTER_HDP,
                   "flash sector 5 of bank 1 is hidden: HDPEXT1 covers sectors 4..5 and HDPL is 3");
    assert_open(f, FLASH_MEM_S + 6u * SECTOR, secure);
    set_s(f, R_HDPEXTR, 9);
    assert_int_equal(reg_s(f, R_HDPEXTR), 2);
    fixture_reset(f);
    assert_int_equal(reg_s(f, R_HDPEXTR), 0);
    assert_open(f, FLASH_MEM_S, secure);
}

static void hidden_sector_is_neither_written_nor_erased(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_HDP1, 0x00030000u);
    chip_hdpl_raise(f->chip);
    chip_hdpl_raise(f->chip);
    unlock(f);
    set_s(f, R_SECCR, CR_PG);
    assert_int_equal(store(f, FLASH_MEM_S, 4, 0), SIM_ANSWER_IGNORED);
    assert_int_equal(reg_s(f, R_SECSR), SR_WRPERR);
    set_s(f, R_SECCCR, SR_WRPERR);
    set_s(f, R_SECCR, CR_SER | CR_SNB(3) | CR_STRT);
    assert_int_equal(reg_s(f, R_SECSR), SR_WRPERR);
}

static void decision_holds_for_one_page_or_sector(void **state)
{
    struct flash_fixture *f = *state;
    const struct bus_decision open = decide(f, FLASH_MEM_S + SECTOR + 20u, SIM_READ, secure);
    assert_int_equal(open.first, FLASH_MEM_S + SECTOR);
    assert_int_equal(open.last, FLASH_MEM_S + SECTOR + 1023u);
    assert_true(open.direct);
    const struct bus_decision closed = decide(f, FLASH_MEM_NS + SECTOR, SIM_READ, non_secure);
    assert_int_equal(closed.first, FLASH_MEM_NS + SECTOR);
    assert_int_equal(closed.last, FLASH_MEM_NS + 2u * SECTOR - 1u);
}

static void direct_range_stops_at_a_quad_word_with_an_ecc_error(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->flash_cell[(SECTOR + 64u) / 16u] = NV_CELL_ECC_SINGLE;
    const struct bus_decision before = decide(f, FLASH_MEM_S + SECTOR, SIM_READ, secure);
    assert_true(before.direct);
    assert_int_equal(before.first, FLASH_MEM_S + SECTOR);
    assert_int_equal(before.last, FLASH_MEM_S + SECTOR + 63u);
    const struct bus_decision at = decide(f, FLASH_MEM_S + SECTOR + 70u, SIM_FETCH, secure);
    assert_false(at.direct);
    assert_int_equal(at.first, FLASH_MEM_S + SECTOR + 64u);
    assert_int_equal(at.last, FLASH_MEM_S + SECTOR + 79u);
    const struct bus_decision after = decide(f, FLASH_MEM_S + SECTOR + 80u, SIM_READ, secure);
    assert_true(after.direct);
    assert_int_equal(after.first, FLASH_MEM_S + SECTOR + 80u);
    assert_int_equal(after.last, FLASH_MEM_S + SECTOR + 1023u);
}

static void without_trustzone_only_the_hidden_area_is_closed(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->option[NV_OB_HDP1] = 0x00030000u;
    fixture_option(f, NV_OB_OPTSR2, 0xC300007Cu);
    assert_open(f, FLASH_MEM_NS, non_secure);
    chip_hdpl_raise(f->chip);
    chip_hdpl_raise(f->chip);
    assert_int_equal(decide(f, FLASH_MEM_NS, SIM_READ, non_secure).filter, BUS_FILTER_HDP);
    assert_open(f, FLASH_MEM_NS + 4u * SECTOR, non_secure);
}

static void high_cycle_sector_is_not_reached_as_main_flash(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_EDATA2, 0x8001u); /* The last two sectors. */
    assert_open(f, FLASH_MEM_NS + BANK + 125u * SECTOR, non_secure);
    assert_refused(f, FLASH_MEM_NS + BANK + 126u * SECTOR, non_secure, BUS_FILTER_DECODE,
                   "flash sector 126 of bank 2 is high-cycle data (EDATA2), not for this address");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(watermark_parts_the_worlds),
        CASE(refused_read_is_zero_and_illegal),
        CASE(block_bits_make_single_sectors_secure),
        CASE(privileged_sector_refuses_unprivileged_software),
        CASE(non_secure_software_cannot_make_secure_sectors_unprivileged),
        CASE(hidden_area_disappears_at_hdpl_2),
        CASE(extension_disappears_at_hdpl_3_and_only_grows),
        CASE(hidden_sector_is_neither_written_nor_erased),
        CASE(decision_holds_for_one_page_or_sector),
        CASE(direct_range_stops_at_a_quad_word_with_an_ecc_error),
        CASE(without_trustzone_only_the_hidden_area_is_closed),
        CASE(high_cycle_sector_is_not_reached_as_main_flash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
