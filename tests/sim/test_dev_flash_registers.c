/* The flash controller's registers: reset values, locks, worlds, privilege, interrupts. */
#include "flash_fixture.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static void reset_values_are_locked_and_idle(void **state)
{
    struct flash_fixture *f = *state;
    assert_int_equal(reg_ns(f, R_NSCR), CR_LOCK);
    assert_int_equal(reg_s(f, R_SECCR), CR_LOCK);
    assert_int_equal(reg_s(f, R_NSOBKCFGR), 1);
    assert_int_equal(reg_s(f, R_SECOBKCFGR), 1);
    assert_int_equal(reg_s(f, R_OPTCR), 1);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
    assert_int_equal(reg_s(f, R_SECSR), 0);
    assert_int_equal(reg_ns(f, R_OPSR), 0);
    assert_int_equal(reg_ns(f, R_HDPEXTR), 0);
    assert_int_equal(reg_s(f, R_SECBB1R1), 0);
}

static void latency_reads_back_what_was_written(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_ACR, 0x00000125u);
    assert_int_equal(reg_s(f, R_ACR), 0x125);
    set_s(f, R_ACR, 0xFFFFFFFFu);
    assert_int_equal(reg_s(f, R_ACR), 0x13F);
}

static void keys_unlock_the_control_register(void **state)
{
    struct flash_fixture *f = *state;
    set_ns(f, R_NSCR, CR_PG);
    assert_int_equal(reg_ns(f, R_NSCR), CR_LOCK);
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
    assert_int_equal(reg_ns(f, R_NSCR), CR_PG);
    assert_int_equal(reg_s(f, R_SECCR), 0);
}

static void setting_lock_keeps_the_other_bits_and_needs_the_keys_again(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
    set_ns(f, R_NSCR, CR_LOCK);
    assert_int_equal(reg_ns(f, R_NSCR), CR_LOCK | CR_PG);
    unlock(f);
    assert_int_equal(reg_ns(f, R_NSCR), CR_PG);
}

static void wrong_key_locks_until_reset(void **state)
{
    struct flash_fixture *f = *state;
    set_ns(f, R_NSKEYR, 0x45670123u);
    set_ns(f, R_NSKEYR, 0x12345678u);
    unlock(f);
    assert_int_equal(reg_ns(f, R_NSCR), CR_LOCK);
    fixture_reset(f);
    unlock(f);
    assert_int_equal(reg_ns(f, R_NSCR), 0);
}

static void second_unlock_sequence_locks_until_reset(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSKEYR, 0x45670123u);
    assert_int_equal(reg_ns(f, R_NSCR), CR_LOCK);
    set_ns(f, R_NSKEYR, 0xCDEF89ABu);
    assert_int_equal(reg_ns(f, R_NSCR), CR_LOCK);
}

static void secure_registers_are_zero_for_non_secure_software(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    set_s(f, R_SECCR, CR_PG);
    set_s(f, R_SECBB1R1, 0x5u);
    assert_int_equal(reg_ns(f, R_SECCR), 0);
    assert_int_equal(reg_ns(f, R_SECBB1R1), 0);
    set_ns(f, R_SECCR, 0);
    set_ns(f, R_SECBB1R1, 0);
    assert_int_equal(reg_s(f, R_SECCR), CR_PG);
    assert_int_equal(reg_s(f, R_SECBB1R1), 5);
}

static void secure_registers_are_dead_without_trustzone(void **state)
{
    struct flash_fixture *f = *state;
    fixture_option(f, NV_OB_OPTSR2, 0xC300007Cu);
    set_ns(f, R_SECKEYR, 0x45670123u);
    set_ns(f, R_SECKEYR, 0xCDEF89ABu);
    assert_int_equal(reg_ns(f, R_SECCR), 0);
}

static uint32_t read_unprivileged(struct flash_fixture *f, uint32_t addr, bool secure)
{
    const struct sim_attr attr = {.secure = secure};
    uint32_t value;
    (void)bus_read(f->chip, addr, 4, attr, &value, NULL);
    return value;
}

static void privilege_bits_close_the_registers_of_their_world(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG);
    set_s(f, R_SECCR, CR_PG);
    assert_int_equal(read_unprivileged(f, FLASH_REGS_NS + R_NSCR, false), CR_PG);
    set_ns(f, R_PRIVCFGR, 3); /* Non-secure software sets NSPRIV only. */
    assert_int_equal(reg_s(f, R_PRIVCFGR), 2);
    assert_int_equal(read_unprivileged(f, FLASH_REGS_NS + R_NSCR, false), 0);
    assert_int_equal(read_unprivileged(f, FLASH_REGS_S + R_SECCR, true), CR_PG);
    set_s(f, R_PRIVCFGR, 3);
    assert_int_equal(read_unprivileged(f, FLASH_REGS_S + R_SECCR, true), 0);
    assert_int_equal(reg_s(f, R_SECCR), CR_PG);
}

static void narrow_writes_reach_their_bytes_only(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_SECBB1R1, 0x11223344u);
    (void)store(f, FLASH_REGS_S + R_SECBB1R1 + 2u, 1, 0x99);
    assert_int_equal(reg_s(f, R_SECBB1R1), 0x11993344u);
    assert_int_equal(load(f, FLASH_REGS_S + R_SECBB1R1 + 2u, 2), 0x1199u);
}

static void end_of_operation_interrupts_the_world_that_asked(void **state)
{
    struct flash_fixture *f = *state;
    unlock(f);
    set_ns(f, R_NSCR, CR_PG | CR_EOPIE);
    store_quad(f, FLASH_MEM_NS + BANK, 1);
    assert_int_equal(reg_ns(f, R_NSSR), SR_BSY);
    assert_false(f->chip->irq_level[6]);
    wait_done(f);
    assert_int_equal(reg_ns(f, R_NSSR), SR_EOP);
    assert_true(f->chip->irq_level[6]);
    assert_false(f->chip->irq_level[7]);
    set_ns(f, R_NSCCR, SR_EOP);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
    assert_false(f->chip->irq_level[6]);
    set_s(f, R_SECCR, CR_PG | CR_EOPIE);
    store_quad(f, FLASH_MEM_S, 1);
    wait_done(f);
    assert_true(f->chip->irq_level[7]);
    assert_int_equal(reg_ns(f, R_NSSR), 0);
}

static void filters_say_that_they_decide_differently(void **state)
{
    struct flash_fixture *f = *state;
    const unsigned before = f->maps;
    set_s(f, R_SECBB2R1, 1);
    set_s(f, R_PRIVBB1R1, 1);
    set_s(f, R_HDPEXTR, 1);
    assert_int_equal(f->maps, before + 3u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values_are_locked_and_idle),
        CASE(latency_reads_back_what_was_written),
        CASE(keys_unlock_the_control_register),
        CASE(setting_lock_keeps_the_other_bits_and_needs_the_keys_again),
        CASE(wrong_key_locks_until_reset),
        CASE(second_unlock_sequence_locks_until_reset),
        CASE(secure_registers_are_zero_for_non_secure_software),
        CASE(secure_registers_are_dead_without_trustzone),
        CASE(privilege_bits_close_the_registers_of_their_world),
        CASE(narrow_writes_reach_their_bytes_only),
        CASE(end_of_operation_interrupts_the_world_that_asked),
        CASE(filters_say_that_they_decide_differently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
