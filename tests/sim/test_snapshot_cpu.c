/*
 * Snapshots of a chip with its processor: registers, code that changes, FP registers, the exclusive
 * monitor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <garrison/sim.h>

#define FLASH 0x08000000u
#define CODE  0x08000100u
#define FP    0x08000200u
#define EXCL  0x08000300u
#define WRITE 0x08000400u
#define PLACE 0x08110000u /* what is programmed, in the other bank */
#define IDLE  (EXCL + 10u)
#define SRAM  0x20000400u /* where code is called */
#define STACK 0x20008000u

/* Halfwords of Thumb code, called at SRAM: "movs r7, #n; bx lr". */
#define MOVS_R7(n) ((uint16_t)(0x2700u | (n)))
#define BX_LR      0x4770u

static const uint16_t store_and_call[] = {
    0x801A,         /* strh r2, [r3] */
    0xF3BF, 0x8F4F, /* dsb */
    0xF3BF, 0x8F6F, /* isb */
    0x4788,         /* blx r1 */
    0x3001,         /* adds r0, #1 */
    0xE7F7,         /* b to the beginning */
};

static const uint16_t use_fp[] = {
    0x6001,         /* str r1, [r0]: CPACR */
    0xF3BF, 0x8F4F, /* dsb */
    0xF3BF, 0x8F6F, /* isb */
    0xEE00, 0x2A10, /* vmov s0, r2 */
    0xEE10, 0x6A10, /* vmov r6, s0 */
    0xE7FC,         /* b to the previous one */
};

static const uint16_t use_monitor[] = {
    0xE853, 0x4F00, /* ldrex r4, [r3] */
    0xE7FF,         /* b to the next one */
    0xE843, 0x4500, /* strex r5, r4, [r3] */
    0xE7FE,         /* b . */
};

/* Quad-words of flash, one behind the other. */
static const uint16_t program_flash[] = {
    0x601A, 0x605A, 0x609A, 0x60DA, /* str r2, [r3] and the next three words */
    0x3310,                         /* adds r3, #16 */
    0xE7F9,                         /* b to the beginning */
};

static struct sim *sim;

static void poke(uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_poke(sim, addr, data, len, &error), SIM_OK);
}

static void poke_code(uint16_t first)
{
    const uint16_t code[2] = {first, BX_LR};
    poke(SRAM, code, sizeof code);
}

static int set_up(void **state)
{
    (void)state;
    const struct sim_config config = {.seed = 1};
    const uint32_t vectors[2] = {STACK, IDLE | 1u};
    struct sim_error error;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    poke(FLASH, vectors, sizeof vectors);
    poke(CODE, store_and_call, sizeof store_and_call);
    poke(FP, use_fp, sizeof use_fp);
    poke(EXCL, use_monitor, sizeof use_monitor);
    poke(WRITE, program_flash, sizeof program_flash);
    sim_power_on(sim);
    poke_code(MOVS_R7(1));
    assert_int_equal(sim_run(sim, 1), SIM_STOP_INSNS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sim_close(sim);
    return 0;
}

static void reg(enum sim_reg number, uint32_t value)
{
    sim_reg_write(sim, number, value);
}

static uint32_t reg_of(unsigned number)
{
    return sim_reg_read(sim, (enum sim_reg)number);
}

static void begin(uint32_t addr)
{
    reg(SIM_REG_PC, addr);
    reg(SIM_REG_R0, 0);
    reg((enum sim_reg)1, SRAM | 1u);
    reg((enum sim_reg)2, MOVS_R7(1));
    reg((enum sim_reg)3, SRAM);
}

static struct sim_snapshot *take(void)
{
    struct sim_snapshot *snapshot = NULL;
    struct sim_error error;
    assert_int_equal(sim_snapshot_take(sim, &snapshot, &error), SIM_OK);
    return snapshot;
}

static void run(uint64_t insns)
{
    assert_int_equal(sim_run(sim, insns), SIM_STOP_INSNS);
}

static void registers_and_time_come_back(void **state)
{
    (void)state;
    begin(CODE);
    run(1000);
    uint32_t before[34];
    for (unsigned i = 0; i < 34; i++) {
        before[i] = reg_of(i);
    }
    const uint64_t time = sim_time(sim);
    struct sim_snapshot *snapshot = take();
    run(777);
    for (unsigned i = 0; i < 34; i++) {
        reg((enum sim_reg)i, 0x100u * i);
    }
    sim_snapshot_restore(sim, snapshot);
    for (unsigned i = 0; i < 34; i++) {
        assert_int_equal(reg_of(i), before[i]);
    }
    assert_int_equal(sim_time(sim), time);
    sim_snapshot_free(snapshot);
}

static void code_that_the_program_changed_is_the_old_code_again(void **state)
{
    (void)state;
    begin(CODE);
    run(200);
    struct sim_snapshot *snapshot = take();
    uint64_t ends[2] = {0, 0};
    for (uint32_t i = 0; i < 60; i++) { /* the page is in mixed use before long */
        const uint32_t value = 2u + i % 2u;
        reg((enum sim_reg)2, MOVS_R7(value));
        run(100);
        assert_int_equal(reg_of(7), value);
        const uint64_t end = sim_time(sim) << 32 | reg_of(0);
        if (i < 2) {
            ends[i] = end;
        }
        assert_int_equal(end, ends[i % 2u]); /* and it took the same time */
        sim_snapshot_restore(sim, snapshot);
        reg((enum sim_reg)3, SRAM + 512u); /* from now on it stores elsewhere */
        run(100);
        assert_int_equal(reg_of(7), 1);
        sim_snapshot_restore(sim, snapshot);
    }
    sim_snapshot_free(snapshot);
}

static void code_that_the_host_changed_is_the_old_code_again(void **state)
{
    (void)state;
    begin(CODE);
    reg((enum sim_reg)3, SRAM + 2048u);
    run(200);
    struct sim_snapshot *snapshot = take();
    for (uint32_t i = 0; i < 40; i++) {
        poke_code(MOVS_R7(2u + i));
        run(100);
        assert_int_equal(reg_of(7), 2u + i);
        sim_snapshot_restore(sim, snapshot);
        run(100);
        assert_int_equal(reg_of(7), 1);
        sim_snapshot_restore(sim, snapshot);
    }
    sim_snapshot_free(snapshot);
}

static void write_register(uint32_t addr, uint32_t value)
{
    struct sim_access access = {
        .kind = SIM_WRITE, .addr = addr, .size = 4, .attr = {.privileged = true}, .value = value};
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
}

/** How many quad-words from PLACE on hold what was programmed. */
static uint32_t programmed(void)
{
    uint32_t count = 0;
    uint32_t words[4] = {0x5A5A5A5A, 0x5A5A5A5A, 0x5A5A5A5A, 0x5A5A5A5A};
    for (uint32_t now[4];; count++) {
        struct sim_error error;
        assert_int_equal(sim_peek(sim, PLACE + 16u * count, (uint8_t *)now, 16, &error), SIM_OK);
        if (memcmp(now, words, 16) != 0) {
            return count;
        }
    }
}

static void a_run_stops_in_the_flash_operation_that_was_named(void **state)
{
    (void)state;
    write_register(0x40022004u, 0x45670123u); /* NSKEYR */
    write_register(0x40022004u, 0xCDEF89ABu);
    write_register(0x40022028u, 2); /* NSCR.PG */
    begin(WRITE);
    reg((enum sim_reg)2, 0x5A5A5A5A);
    reg((enum sim_reg)3, PLACE);
    struct sim_snapshot *snapshot = take();
    for (uint32_t i = 0; i < 2; i++) {
        sim_flash_stop(sim, 3);
        assert_int_equal(sim_run(sim, 1000000), SIM_STOP_ASKED);
        assert_int_equal(sim_flash_operations(sim), 3);
        assert_int_equal(programmed(), 2); /* the third is under way */
        sim_flash_stop(sim, 0);
        assert_int_equal(sim_run(sim, 10000), SIM_STOP_INSNS);
        assert_true(sim_flash_operations(sim) > 3 && programmed() > 2);
        sim_snapshot_restore(sim, snapshot);
        assert_int_equal(sim_flash_operations(sim), 0);
    }
    sim_flash_stop(sim, 5);
    assert_int_equal(sim_run(sim, 1000000), SIM_STOP_ASKED);
    sim_power_on(sim);
    assert_int_equal(sim_flash_operations(sim), 0);
    assert_true(programmed() == 4 || programmed() == 5);
    sim_snapshot_free(snapshot);
}

static void stores_are_undone_every_time(void **state)
{
    (void)state;
    begin(CODE);
    reg((enum sim_reg)3, SRAM + 2048u);
    run(200);
    reg((enum sim_reg)3, STACK);
    struct sim_snapshot *snapshot = take();
    for (uint32_t i = 0; i < 50; i++) {
        struct sim_error error;
        uint16_t half = 0;
        reg((enum sim_reg)2, i);
        reg((enum sim_reg)3, STACK + 1024u * (i % 3u));
        run(100);
        assert_int_equal(sim_peek(sim, STACK + 1024u * (i % 3u), (uint8_t *)&half, 2, &error), 0);
        assert_int_equal(half, i);
        sim_snapshot_restore(sim, snapshot);
        assert_int_equal(sim_peek(sim, STACK + 1024u * (i % 3u), (uint8_t *)&half, 2, &error), 0);
        assert_int_equal(half, 0xA5A5);
    }
    sim_snapshot_free(snapshot);
}

static void fp_registers_come_back(void **state)
{
    (void)state;
    begin(FP);
    reg(SIM_REG_R0, 0xE000ED88u);
    reg((enum sim_reg)1, 0x00F00000u);
    reg((enum sim_reg)2, 0x3F800000u);
    run(50);
    assert_int_equal(reg_of(6), 0x3F800000u);
    struct sim_snapshot *snapshot = take();
    for (uint32_t i = 0; i < 3; i++) {
        reg(SIM_REG_PC, FP);
        reg((enum sim_reg)2, i);
        run(50);
        assert_int_equal(reg_of(6), i);
        sim_snapshot_restore(sim, snapshot);
        reg((enum sim_reg)6, 7);
        run(50);
        assert_int_equal(reg_of(6), 0x3F800000u);
    }
    sim_snapshot_free(snapshot);
}

static void the_exclusive_monitor_comes_back(void **state)
{
    (void)state;
    begin(EXCL);
    run(1);
    assert_int_equal(reg_of(SIM_REG_PC), EXCL + 6u);
    struct sim_snapshot *snapshot = take();
    for (unsigned i = 0; i < 3; i++) {
        run(1);
        assert_int_equal(reg_of(5), 0);
        reg(SIM_REG_PC, EXCL + 6u);
        run(1); /* once more, without a load */
        assert_int_equal(reg_of(5), 1);
        sim_snapshot_restore(sim, snapshot);
    }
    sim_snapshot_free(snapshot);
}

static void a_reset_is_undone(void **state)
{
    (void)state;
    begin(CODE);
    run(1000);
    struct sim_snapshot *snapshot = take();
    run(500);
    const uint64_t time = sim_time(sim);
    const uint32_t rounds = reg_of(0);
    for (unsigned i = 0; i < 3; i++) {
        sim_power_on(sim);
        assert_int_equal(sim_run(sim, 10), SIM_STOP_INSNS);
        sim_snapshot_restore(sim, snapshot);
        run(500);
        assert_int_equal(sim_time(sim), time);
        assert_int_equal(reg_of(0), rounds);
        assert_int_equal(reg_of(7), 1);
    }
    sim_snapshot_free(snapshot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_and_time_come_back),
        TEST(code_that_the_program_changed_is_the_old_code_again),
        TEST(code_that_the_host_changed_is_the_old_code_again),
        TEST(a_run_stops_in_the_flash_operation_that_was_named),
        TEST(stores_are_undone_every_time),
        TEST(fp_registers_come_back),
        TEST(the_exclusive_monitor_comes_back),
        TEST(a_reset_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
