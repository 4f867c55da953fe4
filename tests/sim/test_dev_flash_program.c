/* Programming and erasing main flash: write buffer, protection, errors, time, banks. */
#include "flash_fixture.h"

#include <string.h>

#define PLACE      (FLASH_MEM_NS + BANK + 0x40u)
#define PLACE_PHYS (BANK + 0x40u)

static int programming_setup(void **state)
{
    (void)fixture_setup(state);
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
    return 0;
}

#define PROGRAMMING(name) cmocka_unit_test_setup_teardown(name, programming_setup, fixture_teardown)

static void quad_word_is_programmed_when_its_time_has_passed(void **state)
{
    struct flash_fixture *f = *state;
    nv_clean(f->nv);
    store_quad(f, PLACE, 0x11223344u);
    assert_int_equal(reg_ns(f, R_NSSR), SR_BSY);
    assert_int_equal(reg_s(f, R_SECSR), SR_BSY);
    assert_int_equal(load(f, PLACE, 4), 0xFFFFFFFFu);
    wait_done(f);
    assert_int_equal(load(f, PLACE, 4), 0x11223344u);
    assert_int_equal(load(f, PLACE + 12u, 2), 0x3344u);
    assert_int_equal(f->nv->flash_cell[PLACE_PHYS / 16u], NV_CELL_PROGRAMMED);
    assert_true(f->nv->dirty_sector[128]);
}

static void partial_buffer_waits_and_is_forced_with_ones(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, PLACE + 4u, 2, 0xABCDu);
    assert_int_equal(reg_ns(f, R_NSSR), SR_WBNE);
    assert_int_equal(reg_s(f, R_SECSR), 0);
    set_ns(f, R_NSCR, CR_PG | CR_FW);
    wait_done(f);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP);
    assert_int_equal(reg_ns(f, R_NSCR), CR_PG);
    assert_int_equal(load(f, PLACE + 4u, 4), 0xFFFFABCDu);
    assert_int_equal(load(f, PLACE, 4), 0xFFFFFFFFu);
    assert_int_equal(f->nv->flash_cell[PLACE_PHYS / 16u], NV_CELL_PROGRAMMED);
}

static void forcing_an_empty_buffer_does_nothing(void **state)
{
    struct flash_fixture *f = *state;
    set_ns(f, R_NSCR, CR_PG | CR_FW);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
}

static void store_without_pg_is_a_sequence_error(void **state)
{
    struct flash_fixture *f = *state;
    set_ns(f, R_NSCR, 0);
    (void)store(f, PLACE, 4, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_PGSERR);
    assert_non_null(strstr(f->event, "NSCR.PG"));
}

static void same_byte_twice_is_a_strobe_error_and_loses_the_buffer(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, PLACE, 4, 0);
    (void)store(f, PLACE + 3u, 1, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_STRBERR);
    set_ns(f, R_NSCCR, SR_STRBERR);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
}

static void another_quad_word_in_between_is_an_inconsistency(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, PLACE, 4, 0);
    (void)store(f, PLACE + 16u, 4, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_INCERR);
}

static void store_across_two_quad_words_is_an_inconsistency(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, PLACE + 14u, 4, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_INCERR);
    set_ns(f, R_NSCCR, SR_INCERR);
    store_quad(f, PLACE, 0x5A5A5A5Au);
    wait_done(f);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP);
    assert_int_equal(load(f, PLACE + 16u, 4), 0xFFFFFFFFu);
}

static void another_world_in_between_is_an_inconsistency(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_SECCR, CR_PG);
    (void)store(f, PLACE, 4, 0);
    (void)store(f, FLASH_MEM_S, 4, 0);
    assert_int_equal(reg_s(f, R_SECSR), SR_INCERR);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
}

static void quad_word_begun_by_one_world_is_not_finished_by_the_other(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_SECCR, CR_PG);
    (void)store(f, FLASH_MEM_NS + BANK, 4, 0);
    set_s(f, R_SECBB2R1, 1);
    (void)store(f, FLASH_MEM_S + BANK + 4u, 4, 0);
    assert_int_equal(reg_s(f, R_SECSR), SR_INCERR);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
}

static void second_programming_spoils_the_ecc(void **state)
{
    struct flash_fixture *f = *state;
    program(f, PLACE, 0xFFFF0000u);
    program(f, PLACE, 0xFFFF0000u); /* The same data again does no harm. */
    assert_int_equal(f->nv->flash_cell[PLACE_PHYS / 16u], NV_CELL_PROGRAMMED);
    program(f, PLACE, 0x00FFFF00u);
    assert_int_equal(f->nv->flash_cell[PLACE_PHYS / 16u], NV_CELL_ECC_DOUBLE);
    assert_non_null(strstr(f->event, "twice"));
    assert_int_equal(load(f, PLACE, 4), 0x00FF0000u);
    assert_int_equal(f->nmis, 1);
}

static void write_protected_group_keeps_its_data(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_WRP2, 0xFFFFFFFDu); /* Sectors 4 to 7 of bank 2. */
    unlock(f);
    program(f, FLASH_MEM_NS + BANK + 3u * SECTOR, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP);
    program(f, FLASH_MEM_NS + BANK + 4u * SECTOR, 0);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP | SR_WRPERR);
    assert_int_equal(f->nv->flash[BANK + 4u * SECTOR], 0xFF);
    set_ns(f, R_NSCR, CR_SER | CR_SNB(7) | CR_BKSEL);
    set_ns(f, R_NSCCR, SR_EOP | SR_WRPERR);
    set_ns(f, R_NSCR, CR_SER | CR_SNB(7) | CR_BKSEL | CR_STRT);
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR);
}

static void non_secure_store_to_secure_flash_is_refused_with_wrperr(void **state)
{
    struct flash_fixture *f = *state;
    assert_int_equal(store(f, FLASH_MEM_NS, 4, 0), SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.filter, BUS_FILTER_SECWM);
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR);
}

static void sector_erase_leaves_its_neighbours(void **state)
{
    struct flash_fixture *f = *state;
    program(f, FLASH_MEM_NS + BANK + SECTOR - 16u, 1);
    program(f, FLASH_MEM_NS + BANK + SECTOR, 2);
    program(f, FLASH_MEM_NS + BANK + 2u * SECTOR, 3);
    set_ns(f, R_NSCCR, SR_EOP);
    set_ns(f, R_NSCR, CR_SER | CR_SNB(1) | CR_BKSEL | CR_STRT);
    assert_int_equal(reg_ns(f, R_NSSR), SR_BSY);
    assert_int_equal(reg_ns(f, R_NSCR) & CR_STRT, CR_STRT);
    wait_done(f);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP);
    assert_int_equal(reg_ns(f, R_NSCR) & CR_STRT, 0);
    assert_int_equal(load(f, FLASH_MEM_NS + BANK + SECTOR, 4), 0xFFFFFFFFu);
    assert_int_equal(f->nv->flash_cell[(BANK + SECTOR) / 16u], NV_CELL_VIRGIN);
    assert_int_equal(load(f, FLASH_MEM_NS + BANK + SECTOR - 16u, 4), 1);
    assert_int_equal(load(f, FLASH_MEM_NS + BANK + 2u * SECTOR, 4), 3);
}

static void erase_of_the_other_worlds_sector_is_refused(void **state)
{
    struct flash_fixture *f = *state;
    set_ns(f, R_NSCR, CR_SER | CR_SNB(0) | CR_STRT); /* Secure by SECWM1. */
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR);
    assert_non_null(strstr(f->event, "SECWM1"));
    set_s(f, R_SECCR, CR_SER | CR_SNB(64) | CR_STRT); /* Non-secure. */
    assert_int_equal(reg_s(f, R_SECSR), SR_WRPERR);
    set_s(f, R_SECCR, CR_SER | CR_SNB(63) | CR_STRT);
    wait_done(f);
    assert_int_equal(reg_s(f, R_SECSR), SR_WRPERR | SR_EOP);
}

static void bank_erase_takes_the_whole_bank_or_nothing(void **state)
{
    struct flash_fixture *f = *state;
    program(f, PLACE, 5);
    set_ns(f, R_NSCR, CR_BER | CR_STRT); /* Bank 1 holds Secure sectors. */
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR | SR_EOP);
    set_ns(f, R_NSCR, CR_BER | CR_BKSEL | CR_STRT);
    wait_done(f);
    assert_int_equal(load(f, PLACE, 4), 0xFFFFFFFFu);
}

static void mass_erase_needs_every_sector(void **state)
{
    struct flash_fixture *f = *state;
    set_ns(f, R_NSCR, CR_MER | CR_STRT);
    assert_int_equal(reg_ns(f, R_NSSR), SR_WRPERR);
    fixture_option(f, NV_OB_OPTSR2, 0xC300007Cu);
    set_ns(f, R_NSKEYR, 0x45670123u);
    set_ns(f, R_NSKEYR, 0xCDEF89ABu);
    program(f, PLACE, 5);
    program(f, FLASH_MEM_NS, 5);
    set_ns(f, R_NSCR, CR_MER | CR_STRT);
    wait_done(f);
    assert_int_equal(load(f, PLACE, 4), 0xFFFFFFFFu);
    assert_int_equal(load(f, FLASH_MEM_NS, 4), 0xFFFFFFFFu);
}

static void conflicting_erase_bits_are_a_sequence_error(void **state)
{
    struct flash_fixture *f = *state;
    static const uint32_t wrong[] = {0, CR_SER | CR_MER, CR_BER | CR_MER, CR_SER | CR_BER,
                                     CR_SER | CR_PG};
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        set_ns(f, R_NSCR, wrong[i] | CR_BKSEL | CR_STRT);
        assert_int_equal(reg_ns(f, R_NSSR), SR_PGSERR);
        set_ns(f, R_NSCCR, SR_PGSERR);
    }
}

static void swapped_banks_change_addresses_but_not_bksel(void **state)
{
    struct flash_fixture *f = *state;
    program(f, PLACE, 0x22222222u);
    fixture_option(f, NV_OB_OPTSR, f->nv->option[NV_OB_OPTSR] | 0x80000000u);
    unlock(f);
    assert_int_equal(reg_ns(f, R_OPTCR) >> 31, 1);
    assert_int_equal(load(f, PLACE - BANK, 4), 0x22222222u);
    assert_int_equal(f->decision.off, PLACE_PHYS);
    program(f, PLACE - BANK + 16u, 0x33333333u);
    assert_int_equal(f->nv->flash[PLACE_PHYS + 16u], 0x33);
    set_ns(f, R_NSCR, CR_SER | CR_SNB(0) | CR_BKSEL | CR_STRT);
    wait_done(f);
    assert_int_equal(f->nv->flash[PLACE_PHYS], 0xFF);
}

static void store_while_busy_waits_for_the_running_operation(void **state)
{
    struct flash_fixture *f = *state;
    store_quad(f, PLACE, 1);
    store_quad(f, PLACE + 16u, 2);
    assert_int_equal(load(f, PLACE, 4), 1);
    wait_done(f);
    assert_int_equal(load(f, PLACE + 16u, 4), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROGRAMMING(quad_word_is_programmed_when_its_time_has_passed),
        PROGRAMMING(partial_buffer_waits_and_is_forced_with_ones),
        PROGRAMMING(forcing_an_empty_buffer_does_nothing),
        PROGRAMMING(store_without_pg_is_a_sequence_error),
        PROGRAMMING(same_byte_twice_is_a_strobe_error_and_loses_the_buffer),
        PROGRAMMING(another_quad_word_in_between_is_an_inconsistency),
        PROGRAMMING(store_across_two_quad_words_is_an_inconsistency),
        PROGRAMMING(another_world_in_between_is_an_inconsistency),
        PROGRAMMING(quad_word_begun_by_one_world_is_not_finished_by_the_other),
        PROGRAMMING(second_programming_spoils_the_ecc),
        PROGRAMMING(write_protected_group_keeps_its_data),
        PROGRAMMING(non_secure_store_to_secure_flash_is_refused_with_wrperr),
        PROGRAMMING(sector_erase_leaves_its_neighbours),
        PROGRAMMING(erase_of_the_other_worlds_sector_is_refused),
        PROGRAMMING(bank_erase_takes_the_whole_bank_or_nothing),
        PROGRAMMING(mass_erase_needs_every_sector),
        PROGRAMMING(conflicting_erase_bits_are_a_sequence_error),
        PROGRAMMING(swapped_banks_change_addresses_but_not_bksel),
        PROGRAMMING(store_while_busy_waits_for_the_running_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
