/* How the processor runs: time, sleep, stops, changing code and rights, the journal. */
#include "cpu_fixture.h"

#include <stdio.h>

static void stops_after_the_given_instructions(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "endless");
    const uint64_t before = f->v->time;
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_INSNS);
    assert_in_range(f->v->time - before, 1000, 1002);
    assert_int_equal(reg(f, 0) - 0, (f->v->time - before) / 2);
}

static void stop_is_taken_at_the_next_block(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "endless");
    cpu_stop(f->cpu);
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_ASKED);
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_INSNS);
}

static void systick_wakes_from_sleep(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "tick_and_sleep");
    const uint64_t before = f->v->time;
    assert_int_equal(cpu_run(f->cpu, 1100), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 10), V8M_SYSTICK);
    assert_in_range(f->v->time - before, 1000, 1101);
}

static void countflag_comes_and_is_cleared_by_reading(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "poll_countflag");
    assert_int_equal(reg(f, 2) & 0x10000, 0);
    assert_in_range(reg(f, 3), 120, 130); /* 4 instructions a round, 500 counts */
}

static void wfi_wakes_behind_primask(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "masked_wfi");
    assert_int_equal(reg(f, 7), 1); /* woken before the mask went, then PendSV */
    assert_int_equal(reg(f, 10), V8M_PENDSV);
}

static void wfe_consumes_the_event(void **state)
{
    struct cpu_fixture *f = *state;
    f->v->event_register = false;
    go(f, "wait_for_event");
    assert_int_equal(reg(f, 6), 1);
    assert_int_equal(f->v->sleeping, V8M_WFE);
}

static void written_code_runs_through_either_alias(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t places[][2] = {{0x30012000, 0x30012001}, {0x30012000, 0x30012001}};
    for (unsigned i = 0; i < 2; i++) {
        set_reg(f, 0, places[i][0]);
        set_reg(f, 1, places[i][1]);
        set_reg(f, 2, 0x2700u + 17u + i); /* movs r7, #n */
        go(f, "copy_and_call");
        assert_int_equal(reg(f, 7), 17 + i);
    }
}

static void code_that_changes_for_ever_stays_right(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, 0x30012000);
    set_reg(f, 1, 0x30012001);
    set_reg(f, 2, 0x3701); /* adds r7, #1, then #2 and back */
    set_reg(f, 5, 200);
    go(f, "rewrite_often");
    assert_int_equal(reg(f, 7), 100 * 1 + 100 * 2);
}

static void host_changes_of_code_are_seen(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, 0x30012000);
    set_reg(f, 1, 0x30012001);
    set_reg(f, 2, 0x2711);
    go(f, "copy_and_call");
    const uint16_t half = 0x2722;
    memcpy(f->chip->memory[CHIP_SRAM1].bytes + 0x12000, &half, 2);
    cpu_memory_changed(f->cpu, CHIP_SRAM1, 0x12000, 2);
    f->v->r[15] = 0x30012000;
    f->v->r[14] = at("word_at") | 1u;
    f->v->r[1] = 0x30012000;
    f->v->sleeping = V8M_AWAKE;
    run(f);
    assert_int_equal(reg(f, 7), 0x22);
}

static void host_changes_of_non_secure_code_are_seen(void **state)
{
    struct cpu_fixture *f = *state;
    for (uint16_t i = 0; i < 3; i++) {
        const uint16_t code[2] = {(uint16_t)(0x2700u + i), 0x4770}; /* movs r7, #i; bx lr */
        memcpy(f->chip->memory[CHIP_SRAM3].bytes + 0x2000, code, sizeof code);
        cpu_memory_changed(f->cpu, CHIP_SRAM3, 0x2000, sizeof code);
        set_reg(f, 1, 0x20052001);
        go(f, "ns_call");
        assert_int_equal(reg(f, 7), i);
    }
}

/** TAMP erases SRAM2 behind the processor: the code that stood there is not executed again. */
static void code_that_a_tamper_erases_is_gone(void **state)
{
    struct cpu_fixture *f = *state;
    const struct sim_attr attr = {.secure = true, .privileged = true};
    const uint32_t code = 0x20042000; /* in SRAM2; the sled of zeros ends in the next page */
    set_word(f, code, 0x47702701u);   /* movs r7, #1; bx lr */
    cpu_memory_changed(f->cpu, CHIP_SRAM2, code - 0x20040000u, 4);
    set_reg(f, 1, code | 1u);
    set_reg(f, 7, 0);
    go(f, "ns_call");
    assert_int_equal(reg(f, 7), 1);
    assert_int_equal(bus_write(f->chip, 0x54020824, 4, attr, 1, NULL), SIM_ANSWER_OK); /* DBP */
    bus_write(f->chip, 0x54007C04, 4, attr, 0x00800000, NULL); /* TAMP_CR2.BKERASE */
    assert_int_equal(word(f, code), 0);
    set_word(f, code + 1024u, 0xE7FEBF30u); /* wfi; b . */
    cpu_memory_changed(f->cpu, CHIP_SRAM2, code + 1024u - 0x20040000u, 4);
    set_reg(f, 7, 0);
    go(f, "ns_call");
    assert_int_equal(reg(f, 7), 0);
}

static void reset_request_reaches_the_chip(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "request_reset");
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_ASKED);
    assert_int_equal(f->resets_wanted, 1);
}

static void closed_block_reads_as_zero_at_once(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t addr = 0x20060040;
    set_word(f, addr, 0x1234);
    set_reg(f, 0, 0x50033500 + 4u * 4u);
    set_reg(f, 1, 1);
    set_reg(f, 2, addr);
    go(f, "close_block");
    assert_int_equal(reg(f, 3), 0x1234);
    assert_int_equal(reg(f, 4), 0);
    assert_true(said(f, "refused by MPCBB"));
    assert_true(said(f, "it reads as zero"));
}

static void changed_sau_is_in_force_after_isb(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 2, 0x20050000);
    go(f, "change_sau");
    assert_int_equal(f->v->sfar, 0x20050000);
    assert_int_equal(f->v->sfsr, SFSR_AUVIOL | SFSR_SFARVALID);
}

static void repeated_refusals_are_counted(void **state)
{
    struct cpu_fixture *f = *state;
    const struct sim_attr attr = {true, true};
    bus_write(f->chip, 0x50033500u, 4, attr, 1, NULL);
    set_reg(f, 2, 0x20050000);
    set_reg(f, 1, 0);
    go(f, "ns_loop_refused");
    assert_int_equal(f->events, 3); /* the 1st, the 10th and the 100th */
    assert_non_null(strstr(f->text[2], "100th"));
}

static void flash_is_programmed_by_stores(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t addr = 0x0C0E0000;
    memset(f->nv->flash + 0xE0000, 0xFF, 16);
    f->nv->flash_cell[0xE0000 / 16] = NV_CELL_VIRGIN;
    set_reg(f, 0, addr);
    set_reg(f, 1, 0x50022000);
    for (unsigned i = 0; i < 4; i++) {
        set_reg(f, 4 + i, 0x11111111u * (i + 1u));
    }
    go(f, "program_flash");
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(word(f, addr + 4u * i), 0x11111111u * (i + 1u));
    }
}

static void fault_without_a_vector_table_locks_up(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "bad_vectors");
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_LOCKUP);
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_LOCKUP);
    assert_true(said(f, "lockup: "));
    assert_int_equal(f->v->hfsr & HFSR_VECTTBL, HFSR_VECTTBL);
}

static void stack_limit_is_exact(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000ED24, true, 1u << 18);
    f->v->msp[true] = STACK_S;
    f->v->msplim[true] = STACK_S - 3u * 32u - 16u;
    go(f, "deep");
    assert_int_equal(f->v->cfsr[true], CFSR_STKOF);
    assert_int_equal(f->v->msp[true], STACK_S - 3u * 32u - 16u);    /* no frame fits either */
    assert_int_equal(word(f, STACK_S - 3u * 32u - 4u), 0xA5A5A5A5); /* as after power-on */
}

static void division_by_zero_traps_when_asked(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "divide");
    assert_int_equal(reg(f, 2), 0);
    set_scs(f, 0xE000ED14, true, CCR_DIV_0_TRP);
    go(f, "ns_divide");
    assert_int_equal(reg(f, 2), 0); /* banked */
    go(f, "divide");
    assert_int_equal(f->v->cfsr[true], CFSR_DIVBYZERO);
    set_scs(f, 0xE000ED14, true, 0);
    f->v->cfsr[true] = 0;
    go(f, "divide");
    assert_int_equal(f->v->cfsr[true], 0);
}

static void multiple_accesses_must_be_aligned(void **state)
{
    struct cpu_fixture *f = *state;
    static const char *const labels[] = {"dual_at", "multiple_at"};
    for (unsigned i = 0; i < 2; i++) {
        f->v->cfsr[true] = 0;
        set_reg(f, 1, DATA_S);
        go(f, labels[i]);
        assert_int_equal(f->v->cfsr[true], 0);
        set_reg(f, 1, DATA_S + 2u);
        go(f, labels[i]);
        assert_int_equal(f->v->cfsr[true], CFSR_UNALIGNED);
    }
}

static void first_unaligned_dual_load_after_reset_faults(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 1, DATA_S + 2u);
    go(f, "dual_over_base");
    assert_int_equal(f->v->cfsr[true], CFSR_UNALIGNED);
    assert_int_equal(reg(f, 1), DATA_S + 2u);
}

static void any_unaligned_access_traps_when_asked(void **state)
{
    struct cpu_fixture *f = *state;
    set_word(f, DATA_S, 0x11223344);
    set_word(f, DATA_S + 4u, 0x55667788);
    set_reg(f, 1, DATA_S + 1u);
    go(f, "word_at");
    assert_int_equal(reg(f, 2), 0x88112233);
    set_scs(f, 0xE000ED14, true, CCR_UNALIGN_TRP);
    go(f, "word_at");
    assert_int_equal(f->v->cfsr[true], CFSR_UNALIGNED);
}

static void cycle_counter_counts_instructions(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "count_cycles");
    assert_in_range(reg(f, 3), 3, 8);
}

static uint32_t trace(struct cpu_fixture *f)
{
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < f->events; i++) {
        for (const char *p = f->text[i]; *p != '\0'; p++) {
            hash = (hash ^ (uint8_t)*p) * 16777619u;
        }
    }
    for (unsigned i = 0; i < 15; i++) {
        hash = (hash ^ reg(f, i)) * 16777619u;
    }
    return hash ^ (uint32_t)f->v->time;
}

static void same_run_is_the_same_again(void **state)
{
    struct cpu_fixture *f = *state;
    uint32_t first = 0;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(cpu_secure(state), 0);
        const uint64_t start = f->v->time;
        begin(f, "tick_and_sleep");
        assert_int_equal(cpu_run(f->cpu, 20000), SIM_STOP_INSNS);
        f->v->time -= start;
        const uint32_t hash = trace(f);
        assert_true(i == 0 || hash == first);
        first = hash;
    }
}

static void without_trustzone_all_is_non_secure(void **state)
{
    struct cpu_fixture *f = *state;
    f->v->msp[false] = STACK_NS;
    set_reg(f, 2, 0x20050000);
    set_word(f, 0x20050000, 99);
    go(f, "ns_load");
    assert_int_equal(reg(f, 4), 99);
    assert_false(f->v->secure);
    f->v->cfsr[false] = 0;
    set_reg(f, 2, 0x30000000);
    go(f, "ns_load");
    assert_int_equal(f->v->cfsr[false], CFSR_PRECISERR | CFSR_BFARVALID);
    assert_int_equal(reg(f, 11), 0xFFFFFFB8);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(stops_after_the_given_instructions),
        TEST(stop_is_taken_at_the_next_block),
        TEST(systick_wakes_from_sleep),
        TEST(countflag_comes_and_is_cleared_by_reading),
        TEST(wfi_wakes_behind_primask),
        TEST(wfe_consumes_the_event),
        TEST(written_code_runs_through_either_alias),
        TEST(code_that_changes_for_ever_stays_right),
        TEST(host_changes_of_code_are_seen),
        TEST(host_changes_of_non_secure_code_are_seen),
        TEST(code_that_a_tamper_erases_is_gone),
        TEST(reset_request_reaches_the_chip),
        TEST(closed_block_reads_as_zero_at_once),
        TEST(changed_sau_is_in_force_after_isb),
        TEST(repeated_refusals_are_counted),
        TEST(flash_is_programmed_by_stores),
        TEST(fault_without_a_vector_table_locks_up),
        TEST(stack_limit_is_exact),
        TEST(division_by_zero_traps_when_asked),
        TEST(multiple_accesses_must_be_aligned),
        TEST(first_unaligned_dual_load_after_reset_faults),
        TEST(any_unaligned_access_traps_when_asked),
        TEST(cycle_counter_counts_instructions),
        TEST(same_run_is_the_same_again),
        cmocka_unit_test_setup_teardown(without_trustzone_all_is_non_secure, cpu_plain, cpu_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
