/*
 * Alignment: what must be aligned whatever CCR says, and Device memory, which takes nothing else.
 * The fault is at the instruction, and neither a register nor the device has changed.
 */
#include "cpu_fixture.h"

#include <stdio.h>

#include "cpu.h"

#define ROUNDS  1000u
#define DATA    0x20058000u
#define TABLE   0x20051000u
#define CODE    0x20052000u
#define GPIOA   0x42020000u
#define ODR     (GPIOA + 0x14u)
#define PATTERN 0x5EED0000u

static const char *const forms[] = {
    "load_multiple", "load_moving",    "load_down",    "load_link",   "load_dual",
    "load_dual_pre", "load_dual_post", "load_float",   "load_double", "load_floats",
    "load_doubles",  "store_multiple", "store_down",   "store_dual",  "store_dual_post",
    "store_float",   "store_double",   "store_floats",
};

static const char *label_of(const char *prefix, const char *form)
{
    static char label[64];
    (void)snprintf(label, sizeof label, "%s_%s", prefix, form);
    return label;
}

static void prepare(struct cpu_fixture *f)
{
    for (unsigned i = 0; i < 13; i++) {
        set_reg(f, i, PATTERN + i);
    }
    f->v->nsacr = 0xC00;
    f->v->cpacr[false] = 0xF00000;
    f->v->fp_here = true;
    f->v->cfsr[false] = f->v->cfsr[true] = f->v->hfsr = 0;
    f->v->msp[false] = STACK_NS;
    f->v->control[true] = CONTROL_FPCA;
    f->v->fpccr[true] &= ~(FPCCR_S | FPCCR_LSPEN);
    f->v->fpccr[false] &= ~FPCCR_LSPACT;
}

/** The fault, at an instruction. */
static void expect_unaligned(struct cpu_fixture *f, uint32_t pc)
{
    assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
    assert_int_equal(word(f, f->v->msp[false] + 24), pc);
}

/** Goes round a loop whose instruction stands `before` bytes behind its label. */
static void go_round(struct cpu_fixture *f, const char *prefix, const char *form, uint32_t before)
{
    const char *label = label_of(prefix, form);
    prepare(f);
    set_reg(f, 0, ROUNDS);
    set_reg(f, 1, DATA);
    set_reg(f, 6, TABLE);
    set_reg(f, 14, DATA);
    set_word(f, TABLE, DATA);
    go(f, label);
    if (f->v->cfsr[false] != CFSR_UNALIGNED) {
        print_message("%s\n", label);
    }
    expect_unaligned(f, at(label) + before);
}

static void goes_round(struct cpu_fixture *f, const char *prefix, uint32_t before)
{
    for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        go_round(f, prefix, forms[i], before);
        go_round(f, prefix, forms[i], before); /* now everything about the block is known */
    }
}

static void unaligned_after_many_aligned_rounds_faults(void **state)
{
    goes_round(*state, "kept", 0);
}

static void base_loaded_in_its_block_is_looked_at(void **state)
{
    goes_round(*state, "loaded", 4);
}

static void base_of_a_loop_of_several_blocks_is_looked_at(void **state)
{
    goes_round(*state, "apart", 2);
}

static void base_moved_by_words_stays_known(void **state)
{
    goes_round(*state, "moved", 10);
}

static void conditional_accesses_fault_only_when_they_are_done(void **state)
{
    static const char *const conditional[] = {"load_multiple", "load_dual", "store_dual",
                                              "store_float"};
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < 4; i++) {
        const char *label = label_of("in_it", conditional[i]);
        for (unsigned unaligned = 0; unaligned < 2; unaligned++) {
            prepare(f);
            set_reg(f, 0, ROUNDS);
            set_reg(f, 1, DATA + 2u * unaligned);
            go(f, label);
            assert_int_equal(reg(f, 7), PATTERN + 7u + ROUNDS);
            assert_int_equal(f->v->cfsr[false], unaligned != 0 ? CFSR_UNALIGNED : 0);
        }
        expect_unaligned(f, at(label) + 6u);
        assert_int_equal(word(f, f->v->msp[false] + 28) & XPSR_IT, 0x00000800); /* EQ, the last */
    }
}

static void base_changed_under_a_condition_is_looked_at(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f);
    set_reg(f, 0, 1);
    set_reg(f, 1, DATA);
    go(f, "base_in_it");
    assert_int_equal(f->v->cfsr[false], 0);
    prepare(f);
    set_reg(f, 0, 0);
    set_reg(f, 1, DATA);
    go(f, "base_in_it");
    assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
    static const char *const labels[] = {"aligned_in_it", "copied_in_it"};
    for (unsigned i = 0; i < 2; i++) {
        prepare(f);
        set_reg(f, 1, DATA + 2u);
        set_reg(f, 6, DATA);
        go(f, labels[i]);
        assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
    }
}

static void base_moved_by_a_register_is_looked_at_in_each_round(void **state)
{
    struct cpu_fixture *f = *state;
    for (uint32_t step = 0; step < 3; step++) {
        prepare(f);
        set_reg(f, 0, ROUNDS);
        set_reg(f, 1, DATA);
        set_reg(f, 6, step);
        go(f, "moving");
        assert_int_equal(f->v->cfsr[false], step != 0 ? CFSR_UNALIGNED : 0);
    }
    assert_int_equal(word(f, f->v->msp[false]), ROUNDS - 1u);
}

static void each_of_many_accesses_of_a_block_is_looked_at(void **state)
{
    static const unsigned bad[] = {0, 1, 63, 64, 100, 149};
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (unsigned n = 0; n < 150; n++) {
            set_word(f, TABLE + 4u * n, DATA + 4u * n + (n == bad[i] ? 2u : 0u));
        }
        prepare(f);
        set_reg(f, 6, TABLE);
        go(f, "many");
        expect_unaligned(f, at("many") + 8u * bad[i] + 4u);
        set_word(f, TABLE + 4u * bad[i], DATA);
        prepare(f);
        set_reg(f, 6, TABLE);
        go(f, "many");
        assert_int_equal(f->v->cfsr[false], 0);
    }
}

/** Writes code as the bus does. */
static void write_code(struct cpu_fixture *f, uint32_t addr, const uint16_t *half, unsigned count)
{
    const struct sim_attr attr = {false, true};
    for (unsigned i = 0; i < count; i++) {
        bus_write(f->chip, addr + 2u * i, 2, attr, half[i], NULL);
    }
    cpu_memory_changed(f->cpu, CHIP_SRAM3, addr - 0x20050000u, 2u * count);
}

static void start_at(struct cpu_fixture *f, uint32_t pc)
{
    begin(f, "kept_load_dual");
    f->v->r[15] = pc;
    run(f);
}

static void code_that_has_become_such_an_access_is_looked_at(void **state)
{
    static const uint16_t single[] = {0x680A, 0x3801, 0xD1FC, 0xBF30, 0xE7FE}; /* ldr r2, [r1] */
    static const uint16_t list[] = {0xC904};                                   /* ldm r1!, {r2} */
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < 20; i++) {
        for (unsigned n = 0; n < 2; n++) {
            prepare(f);
            write_code(f, CODE, single, 5);
            if (n != 0) {
                write_code(f, CODE, list, 1);
            }
            set_reg(f, 0, 100);
            set_reg(f, 1, DATA + 2u);
            start_at(f, CODE);
            assert_int_equal(f->v->cfsr[false], n != 0 ? CFSR_UNALIGNED : 0);
        }
        expect_unaligned(f, CODE);
        assert_int_equal(reg(f, 1), DATA + 2u);
    }
}

static void restored_snapshot_knows_no_more_than_it_should(void **state)
{
    struct cpu_fixture *f = *state;
    const char *const labels[] = {"kept_load_dual", "loaded_load_multiple"};
    for (unsigned i = 0; i < 2; i++) {
        prepare(f);
        set_reg(f, 0, ROUNDS);
        set_reg(f, 1, DATA);
        set_reg(f, 6, TABLE);
        set_word(f, TABLE, DATA);
        begin(f, labels[i]);
        assert_int_equal(cpu_run(f->cpu, 2000), SIM_STOP_INSNS);
        struct cpu_snapshot *snapshot = cpu_snapshot_take(f->cpu);
        assert_non_null(snapshot);
        for (unsigned n = 0; n < 4; n++) {
            set_word(f, TABLE, DATA + 2u * (n & 1u));
            set_reg(f, 1, DATA + 2u * (n & 1u));
            run(f);
            assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
            const uint32_t left = word(f, f->v->msp[false]); /* r0 of the frame */
            assert_in_range(left, (n & 1u) != 0 ? 100 : 1, (n & 1u) != 0 ? ROUNDS : 1);
            cpu_snapshot_restore(f->cpu, snapshot);
            f->v->cfsr[false] = 0;
        }
        cpu_snapshot_free(snapshot);
    }
}

/* ---- devices ---- */

struct device_form {
    const char *label;
    uint32_t offset; /**< That the instruction adds to r1. */
    unsigned size;
    bool write;
    bool alone; /**< What it does to its base leaves doubt when others are near. */
};

static const struct device_form device_forms[] = {
    {"load_half", 0, 2, false, false},
    {"load_signed", 0, 2, false, false},
    {"load_half_wide", 0x100, 2, false, false},
    {"load_half_register", 8, 2, false, false},
    {"load_half_post", 0, 2, false, false},
    {"load_word", 0, 4, false, false},
    {"load_word_offset", 4, 4, false, false},
    {"load_word_wide", 0x101, 4, false, false},
    {"load_word_back", 0u - 4u, 4, false, false},
    {"load_word_register", 8, 4, false, false},
    {"load_word_shifted", 32, 4, false, false},
    {"load_word_pre", 4, 4, false, false},
    {"load_word_post", 0, 4, false, false},
    {"load_word_own", 0, 4, false, true},
    {"load_dual", 0, 4, false, false},
    {"load_multiple", 0, 4, false, false},
    {"load_float", 0, 4, false, false},
    {"load_double", 0, 4, false, false},
    {"store_half", 0, 2, true, false},
    {"store_half_register", 8, 2, true, false},
    {"store_half_post", 0, 2, true, false},
    {"store_word", 0, 4, true, false},
    {"store_word_offset", 4, 4, true, false},
    {"store_word_wide", 0x101, 4, true, false},
    {"store_word_register", 8, 4, true, false},
    {"store_word_shifted", 32, 4, true, false},
    {"store_word_pre", 0u - 4u, 4, true, false},
    {"store_word_post", 0, 4, true, false},
    {"store_dual", 0, 4, true, false},
    {"store_multiple", 0, 4, true, false},
    {"store_float", 0, 4, true, false},
    {"store_double", 0, 4, true, false},
};

static uint32_t odr(struct cpu_fixture *f)
{
    const struct sim_attr attr = {true, true};
    uint32_t value = 0;
    bus_read(f->chip, ODR + 0x10000000u, 4, attr, &value, NULL);
    return value;
}

/** GPIOA for Non-secure code, with a number in ODR. */
static void open_port(struct cpu_fixture *f)
{
    const struct sim_attr attr = {true, true};
    bus_write(f->chip, 0x54020C8Cu, 4, attr, 1, NULL); /* RCC_AHB2ENR */
    bus_write(f->chip, 0x54020C64u, 4, attr, 1, NULL); /* RCC_AHB2RSTR */
    bus_write(f->chip, 0x54020C64u, 4, attr, 0, NULL);
    bus_write(f->chip, GPIOA + 0x10000030u, 4, attr, 0, NULL); /* SECCFGR */
    bus_write(f->chip, ODR + 0x10000000u, 4, attr, 0x1234, NULL);
    assert_int_equal(odr(f), 0x1234);
}

static void unaligned_access(struct cpu_fixture *f, const struct device_form *form,
                             const char *prefix, uint32_t place)
{
    const char *label = label_of(prefix, form->label);
    const uint32_t before = at(label) + 2u;
    prepare(f);
    open_port(f);
    set_reg(f, 1, place - form->offset);
    set_reg(f, 4, 8);
    set_reg(f, 7, place & ~3u);
    f->v->fp_here = true;
    memset(f->v->s, 0x5A, sizeof f->v->s);
    go(f, label);
    if (f->v->cfsr[false] != CFSR_UNALIGNED) {
        fail_msg("%s at 0x%08X: CFSR = 0x%08X", label, place, f->v->cfsr[false]);
    }
    expect_unaligned(f, before);
    assert_int_equal(odr(f), 0x1234);
    const uint32_t frame = f->v->msp[false];
    assert_int_equal(word(f, frame + 4), place - form->offset);
    assert_int_equal(word(f, frame + 8), PATTERN + 2u);
    assert_int_equal(reg(f, 4), 8);
    assert_int_equal(reg(f, 5), PATTERN + 5u);
    assert_int_equal(word(f, frame + 32), 0x5A5A5A5A); /* s0, s1 */
    assert_int_equal(word(f, frame + 36), 0x5A5A5A5A);
}

static void unaligned_access_to_a_device_faults_before_it(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < sizeof device_forms / sizeof device_forms[0]; i++) {
        const struct device_form *form = &device_forms[i];
        for (unsigned off = 1; off < 4; off += form->size == 2 ? 2 : 1) {
            unaligned_access(f, form, "device", ODR + off);
            unaligned_access(f, form, "device", GPIOA + 0x3FCu + off); /* leaves the page */
            if (!form->alone) {
                unaligned_access(f, form, "after", ODR + off);
            }
        }
    }
}

static void unaligned_load_has_no_effect_on_a_device(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000E014, false, 5);
    set_scs(f, 0xE000E018, false, 0);
    set_scs(f, 0xE000E010, false, 5);
    for (unsigned n = 0; n < 2; n++) {
        prepare(f);
        set_reg(f, 1, 0xE000E010u + n);
        go(f, "device_load_word");
        assert_int_equal(f->v->cfsr[false], n == 0 ? 0 : CFSR_UNALIGNED);
        if (n == 0) {
            prepare(f);
            set_reg(f, 0, 100);
            set_reg(f, 1, DATA);
            go(f, "kept_load_multiple"); /* time passes */
        }
    }
    assert_int_equal(scs(f, 0xE000E010, false) & 0x10000u, 0x10000u); /* COUNTFLAG */
}

static void unaligned_access_to_a_device_in_an_it_block_keeps_its_state(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f);
    open_port(f);
    set_reg(f, 1, ODR + 1u);
    go(f, "device_in_it");
    expect_unaligned(f, at("device_in_it") + 6u);
    assert_int_equal(reg(f, 6), PATTERN + 7u);
    assert_int_equal(word(f, f->v->msp[false] + 28) & XPSR_IT, 0x00000C00); /* EQ, then NE */
}

static void double_words_at_a_device_are_two_words(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned n = 0; n < 2; n++) {
        prepare(f);
        open_port(f);
        set_reg(f, 1, ODR - 4u * n);
        set_reg(f, 4, 8);
        memset(f->v->s, 0x5A, sizeof f->v->s);
        f->v->s[n] = 0x4321;
        f->v->s[1u - n] = 0;
        go(f, "device_store_double");
        assert_int_equal(f->v->cfsr[false], 0);
        assert_int_equal(odr(f), 0x4321);
        open_port(f);
        prepare(f);
        set_reg(f, 1, ODR - 4u * n);
        go(f, "device_load_double");
        assert_int_equal(f->v->cfsr[false], 0);
    }
}

/* Blocks of loads and stores at random: what a window makes of them, against each one checked. */

#define BLOCKS 1500u
#define INSNS  10u

static uint32_t random_state = 1;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

struct outcome {
    uint32_t cfsr;
    uint32_t frame[8];
    uint32_t reg[13];
    uint32_t odr;
};

static uint32_t random_pointer(void)
{
    const uint32_t device = random_word() % 4u != 0 ? ODR : DATA;
    return device + (random_word() % 3u == 0 ? random_word() % 8u : 0);
}

/** One instruction; its pointers are in r0 to r3, what it loads goes there only from r5. */
static unsigned random_insn(uint16_t code[2])
{
    const uint16_t rn = (uint16_t)(random_word() % 4u);
    const uint16_t rt = (uint16_t)(6u + random_word() % 2u);
    const uint16_t imm = (uint16_t)(random_word() % 2u << 6);
    static const uint16_t narrow[] = {0x6800, 0x6800, 0x6000, 0x8800, 0x8000, 0x7800, 0x7000};
    static const uint16_t wide[][2] = {
        {0xF850, 0x0B04}, {0xF850, 0x0F04}, {0xF840, 0x0B04}, {0xF830, 0x0B02}, {0xF820, 0x0F02},
        {0xF8D0, 0x0001}, {0xF8B0, 0x0001}, {0xF850, 0x0C04}, {0xF8C0, 0x0002},
    };
    switch (random_word() % 8u) {
    case 0:
        code[0] = (uint16_t)(0x3000u | rn << 8 | (random_word() % 5u)); /* adds */
        return 1;
    case 1:
        code[0] = (uint16_t)(0x4600u | ((random_word() % 4u) << 3) | rn); /* mov */
        return 1;
    case 2:
        code[0] = (uint16_t)(0x6828u | rn); /* ldr rn, [r5] */
        return 1;
    case 3: {
        const unsigned i = random_word() % 9u;
        code[0] = (uint16_t)(wide[i][0] | rn);
        code[1] = (uint16_t)(wide[i][1] | rt << 12);
        return 2;
    }
    case 4:
        code[0] = (uint16_t)(0xC8C0u | rn << 8); /* ldm rn!, {r6, r7} */
        return 1;
    default:
        code[0] = (uint16_t)(narrow[random_word() % 7u] | imm | rn << 3 | rt);
        return 1;
    }
}

static unsigned random_block(uint16_t code[64])
{
    unsigned count = 0;
    for (unsigned i = 0; i < INSNS; i++) {
        if (random_word() % 8u == 0) {
            code[count++] = (uint16_t)(0xBF08u | random_word() % 2u << 4); /* it eq, it ne */
        }
        count += random_insn(&code[count]);
    }
    code[count++] = 0xBF30;
    code[count++] = 0xE7FE;
    return count;
}

static void run_block(struct cpu_fixture *f, const uint16_t *code, unsigned count,
                      const uint32_t start[8], struct outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    prepare(f);
    open_port(f);
    for (uint32_t i = 0; i < 16; i++) {
        set_word(f, DATA + 4u * i, ODR + (i % 3u));
    }
    set_word(f, TABLE, start[4]);
    write_code(f, CODE, code, count);
    for (unsigned i = 0; i < 8; i++) {
        set_reg(f, i, i == 5 ? TABLE : start[i]);
    }
    set_reg(f, 14, 0);
    start_at(f, CODE);
    outcome->cfsr = f->v->cfsr[false];
    outcome->odr = odr(f);
    for (unsigned i = 0; i < 8 && outcome->cfsr != 0; i++) {
        outcome->frame[i] = word(f, f->v->msp[false] + 4u * i);
    }
    for (unsigned i = 0; i < 9; i++) {
        outcome->reg[i] = reg(f, i);
    }
}

/** Device memory whose borders are everywhere: each access is done on its own. */
static void check_each(struct cpu_fixture *f, bool on)
{
    mpu_region(f, false, 0, 0x20040000 | 2u, 0x2009FFE0 | 1u);
    mpu_region(f, false, 1, 0x08100000 | 6u, 0x081FFFE0 | 1u);
    mpu_region(f, false, 2, GPIOA | 3u, (GPIOA + 0x20u) | 3u);
    mpu_region(f, false, 3, (GPIOA + 0x40u) | 3u, (GPIOA + 0x7E0u) | 3u);
    set_scs(f, 0xE000EDC0, false, 0x00FF); /* Normal, Device */
    set_scs(f, 0xE000ED94, false, on ? 1 : 0);
}

/** What a window cannot tell (see cpu_device.c) is let through; it never refuses too much. */
static void windows_see_what_single_checks_see(void **state)
{
    struct cpu_fixture *f = *state;
    unsigned faults = 0;
    unsigned missed = 0;
    for (unsigned n = 0; n < BLOCKS; n++) {
        uint16_t code[64];
        uint32_t start[8];
        struct outcome window;
        struct outcome checked;
        const unsigned count = random_block(code);
        for (unsigned i = 0; i < 8; i++) {
            start[i] = random_pointer();
        }
        check_each(f, false);
        run_block(f, code, count, start, &window);
        check_each(f, true);
        run_block(f, code, count, start, &checked);
        if (checked.cfsr == 0 || window.frame[6] == checked.frame[6]) {
            assert_memory_equal(&window, &checked, sizeof window);
        } else {
            assert_int_equal(checked.cfsr, CFSR_UNALIGNED);
            missed++;
        }
        faults += checked.cfsr == CFSR_UNALIGNED ? 1u : 0u;
    }
    assert_in_range(faults, BLOCKS / 4u, BLOCKS);
    assert_in_range(missed, 0, BLOCKS / 20u);
    check_each(f, false);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(unaligned_after_many_aligned_rounds_faults),
        TEST(base_loaded_in_its_block_is_looked_at),
        TEST(base_of_a_loop_of_several_blocks_is_looked_at),
        TEST(base_moved_by_words_stays_known),
        TEST(conditional_accesses_fault_only_when_they_are_done),
        TEST(base_changed_under_a_condition_is_looked_at),
        TEST(base_moved_by_a_register_is_looked_at_in_each_round),
        TEST(each_of_many_accesses_of_a_block_is_looked_at),
        TEST(code_that_has_become_such_an_access_is_looked_at),
        TEST(restored_snapshot_knows_no_more_than_it_should),
        TEST(unaligned_access_to_a_device_faults_before_it),
        TEST(unaligned_load_has_no_effect_on_a_device),
        TEST(unaligned_access_to_a_device_in_an_it_block_keeps_its_state),
        TEST(double_words_at_a_device_are_two_words),
        TEST(windows_see_what_single_checks_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
