/* Which access of a block a device sees: see cpu_device.c. */
#include "cpu_fixture.h"

#include "cpu.h"

#define DATA    0x20058000u
#define CODE    0x20052000u
#define GPIOA   0x42020000u
#define ODR     (GPIOA + 0x14u)
#define PATTERN 0x5EED0000u
#define NUMBER  0x1234u

static void prepare(struct cpu_fixture *f)
{
    const struct sim_attr attr = {true, true};
    for (unsigned i = 0; i < 13; i++) {
        set_reg(f, i, PATTERN + i);
    }
    f->v->cfsr[false] = f->v->cfsr[true] = f->v->hfsr = 0;
    f->v->msp[false] = STACK_NS;
    bus_write(f->chip, 0x54020C8Cu, 4, attr, 1, NULL);         /* RCC_AHB2ENR */
    bus_write(f->chip, GPIOA + 0x10000030u, 4, attr, 0, NULL); /* SECCFGR */
    bus_write(f->chip, ODR + 0x10000000u, 4, attr, NUMBER, NULL);
}

static void expect_unaligned(struct cpu_fixture *f, uint32_t pc)
{
    assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
    assert_int_equal(word(f, f->v->msp[false] + 24), pc);
}

static void second_round_is_looked_at_anew(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f);
    set_reg(f, 0, 2);
    set_reg(f, 1, ODR);
    set_reg(f, 4, 1);
    go(f, "again");
    expect_unaligned(f, at("again"));
    assert_int_equal(word(f, f->v->msp[false]), 1); /* r0 of the frame */
}

static void unaligned_access_that_is_not_done_decides_nothing(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f);
    set_reg(f, 1, ODR + 1u);
    set_reg(f, 4, ODR);
    go(f, "skipped");
    assert_int_equal(f->v->cfsr[false], 0);
    assert_int_equal(reg(f, 2), PATTERN + 2u);
    assert_int_equal(reg(f, 3), NUMBER);
}

static void list_that_was_aligned_is_not_the_access(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f);
    set_reg(f, 5, DATA);
    set_reg(f, 8, ODR + 1u - DATA);
    set_reg(f, 1, ODR);
    set_reg(f, 4, ODR + 1u);
    go(f, "list_before");
    expect_unaligned(f, at("list_before") + 8u);
}

static void pair_that_loads_its_base_is_let_through(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f);
    set_reg(f, 1, ODR);
    set_reg(f, 4, ODR + 1u);
    go(f, "own_base");
    assert_int_equal(f->v->cfsr[false], 0);
    assert_int_equal(reg(f, 1), NUMBER);
    assert_int_equal(reg(f, 3), 0); /* BSRR */
}

/* So often that the page may be written and executed at once. */
static void rewritten_code_is_looked_at_anew(void **state)
{
    const struct sim_attr attr = {false, true};
    struct cpu_fixture *f = *state;
    for (unsigned off = 0; off < 2; off++) {
        prepare(f);
        bus_write(f->chip, CODE + 2u, 2, attr, 0x4770, NULL); /* bx lr */
        cpu_memory_changed(f->cpu, CHIP_SRAM3, CODE - 0x20050000u, 4);
        set_reg(f, 0, 100);
        set_reg(f, 1, ODR);
        set_reg(f, 4, ODR + off);
        set_reg(f, 5, CODE);
        set_reg(f, 6, 0x680A); /* ldr r2, [r1] */
        set_reg(f, 8, 0x6822); /* ldr r2, [r4] */
        set_reg(f, 9, CODE | 1u);
        go(f, "rewrite");
        assert_int_equal(f->v->cfsr[false], off == 0 ? 0 : CFSR_UNALIGNED);
    }
    expect_unaligned(f, CODE);
    assert_int_equal(word(f, f->v->msp[false]), 100); /* in the first round */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(second_round_is_looked_at_anew),
        TEST(unaligned_access_that_is_not_done_decides_nothing),
        TEST(list_that_was_aligned_is_not_the_access),
        TEST(pair_that_loads_its_base_is_let_through),
        TEST(rewritten_code_is_looked_at_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
