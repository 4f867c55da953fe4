/* Code that runs while the flash is at work: in the same bank, in the other bank, in SRAM. */
#include "cpu_fixture.h"

/* The controller. Bank 1 is Secure, bank 2 Non-secure. */
#define FLASH_NS 0x40022000u
#define FLASH_S  0x50022000u
#define NSKEYR   0x04u
#define SECKEYR  0x08u
#define OPSR     0x18u
#define NSSR     0x20u
#define SECSR    0x24u
#define NSCR     0x28u
#define SECCR    0x2Cu
#define BSY      0x1u
#define LOCK     0x1u
#define PG       0x2u
#define SER      0x4u
#define STRT     0x20u
#define SNB(n)   ((uint32_t)(n) << 6)
#define BKSEL    0x80000000u
#define EOP      0x10000u

#define SECTOR     8u
#define BANK1_WORD 0x0C010000u /* Its first word in bank 1 ... */
#define BANK1_NEXT 0x0C012000u /* ... one that is not erased ... */
#define BANK2_WORD 0x08110000u /* ... and in bank 2. */
#define NEXT_OFF   0x12000u    /* Of BANK1_NEXT in the flash. */

/** 2 ms and 30 us at 32 MHz, as the model has them. */
#define ERASE_TICKS   64000u
#define PROGRAM_TICKS 960u

#define CODE     0x30014000u /* where a program is copied to */
#define SYSTICK  0xE000E010u
#define VTOR     0xE000ED08u
#define ERASE_S  (SER | STRT | SNB(SECTOR))
#define ERASE_NS (ERASE_S | BKSEL)

static void put(struct cpu_fixture *f, uint32_t addr, uint32_t value)
{
    const struct sim_attr attr = {.secure = true, .privileged = true};
    assert_int_equal(bus_write(f->chip, addr, 4, attr, value, NULL), SIM_ANSWER_OK);
}

static uint32_t get(struct cpu_fixture *f, uint32_t addr)
{
    const struct sim_attr attr = {.secure = true, .privileged = true};
    uint32_t value = 0;
    assert_int_equal(bus_read(f->chip, addr, 4, attr, &value, NULL), SIM_ANSWER_OK);
    return value;
}

/** A key while unlocked would lock until the next reset. */
static void unlock(struct cpu_fixture *f)
{
    if ((get(f, FLASH_S + SECCR) & LOCK) == 0) {
        return;
    }
    put(f, FLASH_S + NSKEYR, 0x45670123);
    put(f, FLASH_S + NSKEYR, 0xCDEF89AB);
    put(f, FLASH_S + SECKEYR, 0x45670123);
    put(f, FLASH_S + SECKEYR, 0xCDEF89AB);
}

static void fill(struct cpu_fixture *f, uint32_t addr, uint32_t value)
{
    set_word(f, addr, value);
    f->nv->flash_cell[(addr & 0x1FFFFFu) / 16u] = NV_CELL_PROGRAMMED;
}

/** Sectors as an erase leaves them, whatever an earlier test has torn. */
static void wipe(struct cpu_fixture *f, uint32_t phys)
{
    memset(f->nv->flash + phys, 0xFF, (size_t)2u * NV_SECTOR_BYTES);
    memset(f->nv->flash_cell + phys / 16u, NV_CELL_VIRGIN, (size_t)2u * NV_SECTOR_BYTES / 16u);
    chip_memory_changed(f->chip, CHIP_FLASH, phys, 2u * NV_SECTOR_BYTES);
    chip_map_changed(f->chip);
}

/** Words that the erases change, registers for `cr` and what starts the erase. */
static void prepare(struct cpu_fixture *f, uint32_t cr, uint32_t sr, uint32_t start)
{
    unlock(f);
    wipe(f, BANK1_WORD & 0x1FFFFFu);
    wipe(f, BANK2_WORD & 0x1FFFFFu);
    fill(f, BANK1_WORD, 0x11111111);
    fill(f, BANK1_NEXT, 0x22222222);
    fill(f, BANK2_WORD, 0x33333333);
    set_reg(f, 0, cr);
    set_reg(f, 1, sr);
    set_reg(f, 2, start);
}

/** Copies Secure programs to SRAM, and starts at the one named. */
static void begin_in_sram(struct cpu_fixture *f, const char *label)
{
    const uint32_t first = at("s_erase_and_poll");
    const uint32_t len = at("s_last") - first;
    for (uint32_t off = 0; off < len; off += 4u) {
        set_word(f, CODE + off, word(f, first + off));
    }
    cpu_memory_changed(f->cpu, CHIP_SRAM1, CODE - 0x30000000u, len + 4u);
    begin(f, label);
    f->v->r[15] = CODE + (at(label) - first);
}

static uint64_t run_ticks(struct cpu_fixture *f)
{
    const uint64_t before = f->v->time;
    run(f);
    return f->v->time - before;
}

static void polls_from_the_erased_bank_never_see_busy(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    begin(f, "s_erase_and_poll");
    assert_in_range(run_ticks(f), ERASE_TICKS, ERASE_TICKS + 10u);
    assert_int_equal(reg(f, 3), 0);
    assert_int_equal(reg(f, 4), EOP);
    assert_int_equal(word(f, BANK1_WORD), 0xFFFFFFFF);

    prepare(f, FLASH_NS + NSCR, FLASH_NS + NSSR, ERASE_NS);
    begin(f, "ns_erase_and_poll");
    assert_in_range(run_ticks(f), ERASE_TICKS, ERASE_TICKS + 10u);
    assert_int_equal(reg(f, 3), 0);
    assert_int_equal(word(f, BANK2_WORD), 0xFFFFFFFF);
}

static void polls_from_the_other_bank_see_busy(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_NS + NSCR, FLASH_NS + NSSR, ERASE_NS);
    begin(f, "s_erase_and_poll");
    assert_in_range(run_ticks(f), ERASE_TICKS, ERASE_TICKS + 10u);
    assert_in_range(reg(f, 3), ERASE_TICKS / 5u - 2u, ERASE_TICKS / 5u + 2u);
    assert_int_equal(word(f, BANK2_WORD), 0xFFFFFFFF);
}

static void polls_from_sram_see_busy(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    begin_in_sram(f, "s_erase_and_poll");
    assert_in_range(run_ticks(f), ERASE_TICKS, ERASE_TICKS + 10u);
    assert_in_range(reg(f, 3), ERASE_TICKS / 5u - 2u, ERASE_TICKS / 5u + 2u);
}

static void mass_erase_holds_both_banks(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, 0);
    f->nv->option[NV_OB_SECWM2] = 0x007F0000; /* SECCR erases what is Secure */
    chip_map_changed(f->chip);
    set_reg(f, 2, 0x8000u | STRT);
    begin(f, "s_erase_and_poll");
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 3), 0);
    assert_int_equal(get(f, FLASH_S + SECSR), BSY);
    assert_true(bus_wait(f->chip, BANK1_WORD, SIM_READ) != 0);
    assert_true(bus_wait(f->chip, BANK2_WORD, SIM_FETCH) != 0);
    assert_int_equal(bus_wait(f->chip, DATA_S, SIM_READ), 0);
}

static void read_of_the_erased_bank_waits_and_sees_the_end(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    set_reg(f, 5, BANK1_WORD);
    begin_in_sram(f, "erase_and_read");
    run(f);
    assert_int_equal(reg(f, 8), BSY);
    assert_int_equal(reg(f, 6), 0xFFFFFFFF);
    assert_int_equal(reg(f, 7), EOP);

    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    put(f, FLASH_S + 0x34u, EOP);
    set_reg(f, 5, BANK1_NEXT); /* any address of the bank */
    begin_in_sram(f, "erase_and_read");
    run(f);
    assert_int_equal(reg(f, 6), 0x22222222);
    assert_int_equal(reg(f, 7), EOP);
}

static void read_of_the_other_bank_does_not_wait(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    set_reg(f, 5, BANK2_WORD);
    begin_in_sram(f, "erase_and_read");
    run(f);
    assert_int_equal(reg(f, 6), 0x33333333);
    assert_int_equal(reg(f, 7), BSY);
}

static void load_of_several_registers_waits_as_a_whole(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    set_reg(f, 5, BANK1_WORD - 4u); /* the first word stands in a sector that stays */
    fill(f, BANK1_WORD - 16u, 0x44444444);
    set_word(f, BANK1_WORD - 4u, 0x55555555);
    begin_in_sram(f, "erase_and_load_two");
    assert_in_range(run_ticks(f), ERASE_TICKS, ERASE_TICKS + 10u);
    assert_int_equal(reg(f, 6), 0x55555555);
    assert_int_equal(reg(f, 7), 0xFFFFFFFF);
}

static void second_quad_word_waits_for_the_first(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, PG);
    wipe(f, NEXT_OFF);
    set_reg(f, 5, BANK1_NEXT);
    for (unsigned n = 6; n < 10; n++) {
        set_reg(f, n, n);
    }
    begin_in_sram(f, "program_two");
    assert_in_range(run_ticks(f), 2u * PROGRAM_TICKS, 2u * PROGRAM_TICKS + 10u);
    assert_int_equal(word(f, BANK1_NEXT + 12u), 9);
    assert_int_equal(word(f, BANK1_NEXT + 28u), 9);
    assert_int_equal(get(f, FLASH_S + SECSR), EOP);
}

/** What has begun cannot be done again: the second quad-word ends the first at once. */
static void store_of_two_quad_words_is_done_once(void **state)
{
    struct cpu_fixture *f = *state;
    static const unsigned registers[8] = {3, 4, 6, 7, 8, 9, 10, 11};
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, PG);
    wipe(f, NEXT_OFF);
    set_reg(f, 5, BANK1_NEXT);
    for (unsigned n = 0; n < 8; n++) {
        set_reg(f, registers[n], 100u + n);
    }
    begin_in_sram(f, "program_eight");
    assert_in_range(run_ticks(f), PROGRAM_TICKS, PROGRAM_TICKS + 10u);
    for (unsigned n = 0; n < 8; n++) {
        assert_int_equal(word(f, BANK1_NEXT + 4u * n), 100u + n);
    }
    assert_int_equal(reg(f, 5), BANK1_NEXT + 32u);
}

static void control_register_waits_while_busy(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    set_reg(f, 6, 0);
    begin_in_sram(f, "write_in_between");
    run(f);
    assert_int_equal(reg(f, 7), EOP);
    assert_int_equal(word(f, BANK1_WORD), 0xFFFFFFFF);
}

static void power_cut_while_waiting_is_in_the_middle(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    begin(f, "s_erase_and_poll");
    const uint64_t before = f->v->time;
    assert_int_equal(cpu_run(f->cpu, ERASE_TICKS / 2u), SIM_STOP_INSNS);
    assert_int_equal(f->v->time - before, ERASE_TICKS / 2u);
    assert_int_equal(get(f, FLASH_S + SECSR), BSY);
    assert_int_equal(word(f, BANK1_WORD), 0x11111111);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    assert_int_equal(get(f, FLASH_S + OPSR) >> 29, 3); /* a sector erase */
    unsigned torn = 0;
    for (unsigned quad = 0; quad < 512; quad++) {
        torn += f->nv->flash_cell[0x1000 + quad] == NV_CELL_ECC_DOUBLE ? 1u : 0u;
    }
    assert_in_range(torn, 128, 384);
}

static void tick_after(struct cpu_fixture *f, uint32_t ticks)
{
    set_scs(f, SYSTICK + 4u, true, ticks);
    set_scs(f, SYSTICK + 8u, true, 0);
    set_scs(f, SYSTICK, true, 7);
}

/** The address of the handler's copy in SRAM, as a vector has it. */
static uint32_t handler_in_sram(void)
{
    return CODE + (at("handler") - at("s_erase_and_poll")) + 1u;
}

static void interrupt_waits_for_its_vector(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    begin_in_sram(f, "s_erase_and_poll");
    set_word(f, 0x0C000000u + 4u * V8M_SYSTICK, handler_in_sram());
    tick_after(f, 1000);
    const uint64_t before = f->v->time;
    assert_int_equal(cpu_run(f->cpu, ERASE_TICKS - 100u), SIM_STOP_INSNS);
    assert_int_equal(f->v->time - before, ERASE_TICKS - 100u);
    assert_int_not_equal(reg(f, 10), V8M_SYSTICK);
    assert_in_range(reg(f, 3), 1, 200); /* nor has the program gone on */
    assert_int_equal(cpu_run(f->cpu, 200), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 10), V8M_SYSTICK);
}

static void interrupt_from_sram_is_taken_while_code_waits(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    begin_in_sram(f, "s_erase_and_poll");
    begin(f, "s_erase_and_poll"); /* in bank 1; the handler stays in SRAM */
    set_scs(f, VTOR, true, DATA_S);
    set_word(f, DATA_S + 4u * V8M_SYSTICK, handler_in_sram());
    tick_after(f, 1000);
    assert_int_equal(cpu_run(f->cpu, 2000), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 10), V8M_SYSTICK);
    assert_int_equal(get(f, FLASH_S + SECSR), BSY);
}

/** An access that is on the bus is not abandoned. */
static void interrupt_waits_for_a_load(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    set_reg(f, 5, BANK1_NEXT);
    set_reg(f, 10, 0);
    begin_in_sram(f, "erase_and_read");
    set_scs(f, VTOR, true, DATA_S);
    set_word(f, DATA_S + 4u * V8M_SYSTICK, handler_in_sram());
    tick_after(f, 1000);
    assert_int_equal(cpu_run(f->cpu, ERASE_TICKS - 100u), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 10), 0);
    assert_int_equal(cpu_run(f->cpu, 200), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 10), V8M_SYSTICK);
}

static void handler_in_the_erased_bank_waits(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    begin_in_sram(f, "s_erase_and_poll");
    set_scs(f, VTOR, true, DATA_S);
    set_word(f, DATA_S + 4u * V8M_SYSTICK, at("handler") + 1u);
    tick_after(f, 1000);
    assert_int_equal(cpu_run(f->cpu, ERASE_TICKS - 100u), SIM_STOP_INSNS);
    assert_int_not_equal(reg(f, 10), V8M_SYSTICK);
    assert_int_equal(cpu_run(f->cpu, 200), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 10), V8M_SYSTICK);
}

static void code_that_ran_before_shows_not_in_time(void **state)
{
    struct cpu_fixture *f = *state;
    uint64_t ticks[3];
    for (unsigned i = 0; i < 3; i++) {
        prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
        begin(f, "s_erase_and_poll");
        ticks[i] = run_ticks(f);
    }
    assert_int_equal(ticks[0], ticks[1]);
    assert_int_equal(ticks[1], ticks[2]);
}

static void start_erase(struct cpu_fixture *f, uint32_t request)
{
    prepare(f, FLASH_NS + NSCR, FLASH_NS + NSSR, 0);
    put(f, (request & BKSEL) != 0 ? FLASH_NS + NSCR : FLASH_S + SECCR, request);
}

static void areas_belong_to_their_banks(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t edata1 = 0x0D000000;
    const uint32_t edata2 = 0x0900C000;
    start_erase(f, ERASE_S);
    assert_int_equal(bus_wait(f->chip, edata1, SIM_READ), f->chip->now + ERASE_TICKS);
    assert_int_equal(bus_wait(f->chip, edata2, SIM_READ), 0);
    assert_int_equal(bus_wait(f->chip, BANK2_WORD, SIM_READ), 0);
    assert_true(bus_wait(f->chip, BANK2_WORD, SIM_WRITE) != 0); /* one thing at a time */
    assert_true(bus_wait(f->chip, edata2, SIM_WRITE) != 0);
    assert_int_equal(bus_wait(f->chip, FLASH_NS + NSSR, SIM_READ), 0);
    assert_int_equal(bus_wait(f->chip, FLASH_NS + NSKEYR, SIM_WRITE), 0);
    chip_advance(f->chip, f->chip->now + ERASE_TICKS);
    assert_int_equal(bus_wait(f->chip, edata1, SIM_READ), 0);
    start_erase(f, ERASE_NS);
    assert_int_equal(bus_wait(f->chip, edata1, SIM_READ), 0);
    assert_true(bus_wait(f->chip, edata2, SIM_READ) != 0);
}

/** Where these are is not known: they hold both banks, and wait for either. */
static void other_memories_belong_to_both_banks(void **state)
{
    struct cpu_fixture *f = *state;
    static const uint32_t others[] = {0x0FFD0100, 0x08FFF000, 0x0FF80000};
    for (unsigned bank = 0; bank < 2; bank++) {
        start_erase(f, bank == 0 ? ERASE_S : ERASE_NS);
        for (unsigned i = 0; i < 3; i++) {
            assert_true(bus_wait(f->chip, others[i], SIM_READ) != 0);
        }
        chip_advance(f->chip, f->chip->now + ERASE_TICKS);
    }
    put(f, FLASH_S + 0x14u, 0x192A083B);
    put(f, FLASH_S + 0x14u, 0x6E7F4C5D);
    put(f, FLASH_S + 0x44u, 0x8); /* ALT_SECT_ERASE */
    assert_true(bus_wait(f->chip, BANK1_WORD, SIM_READ) != 0);
    assert_true(bus_wait(f->chip, BANK2_WORD, SIM_READ) != 0);
    chip_advance(f->chip, f->chip->now + ERASE_TICKS);
    put(f, FLASH_S + 0x0Cu, 0x08192A3B);
    put(f, FLASH_S + 0x0Cu, 0x4C5D6E7F);
    put(f, FLASH_S + 0x1Cu, 0x2); /* OPTSTRT */
    assert_true(bus_wait(f->chip, BANK1_WORD, SIM_FETCH) != 0);
    assert_true(bus_wait(f->chip, BANK2_WORD, SIM_FETCH) != 0);
}

/** What stands in the place of code after an erase is executed, and virgin flash is no code. */
static void erased_code_is_gone(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t code = 0x4770277Bu; /* movs r7, #123; bx lr */
    prepare(f, FLASH_S + SECCR, FLASH_S + SECSR, ERASE_S);
    fill(f, BANK1_WORD, code);
    cpu_memory_changed(f->cpu, CHIP_FLASH, BANK1_WORD - 0x0C000000u, 4);
    for (unsigned i = 0; i < 2; i++) {
        begin(f, "handler");
        set_reg(f, 14, at("handler") + 1u);
        set_reg(f, 7, 0);
        f->v->r[15] = BANK1_WORD;
        run(f);
        assert_int_equal(reg(f, 7), i == 0 ? 123 : 0);
        if (i == 0) {
            go(f, "s_erase_and_poll");
        }
    }
    assert_int_equal(reg(f, 10), V8M_HARD); /* an undefined instruction */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(polls_from_the_erased_bank_never_see_busy),
        TEST(polls_from_the_other_bank_see_busy),
        TEST(polls_from_sram_see_busy),
        TEST(mass_erase_holds_both_banks),
        TEST(read_of_the_erased_bank_waits_and_sees_the_end),
        TEST(read_of_the_other_bank_does_not_wait),
        TEST(load_of_several_registers_waits_as_a_whole),
        TEST(second_quad_word_waits_for_the_first),
        TEST(store_of_two_quad_words_is_done_once),
        TEST(control_register_waits_while_busy),
        TEST(power_cut_while_waiting_is_in_the_middle),
        TEST(interrupt_waits_for_its_vector),
        TEST(interrupt_from_sram_is_taken_while_code_waits),
        TEST(interrupt_waits_for_a_load),
        TEST(handler_in_the_erased_bank_waits),
        TEST(code_that_ran_before_shows_not_in_time),
        TEST(areas_belong_to_their_banks),
        TEST(other_memories_belong_to_both_banks),
        TEST(erased_code_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
