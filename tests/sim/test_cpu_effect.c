/* What v8m_effect() says about instructions, against what they do. */
#include "cpu_fixture.h"

#include "cpu.h"
#include "cpu_v8m_insn.h"

#define CODE    0x20052000u
#define DATA    0x20058000u
#define SLOTS   32u
#define SLOT    512u
#define RANDOMS 40000u

static void prepare(struct cpu_fixture *f)
{
    f->v->nsacr = 0xC00;
    f->v->cpacr[false] = 0xF00000;
    f->v->cfsr[false] = f->v->cfsr[true] = f->v->hfsr = 0;
    f->v->msp[false] = STACK_NS;
    f->v->control[true] = CONTROL_FPCA;
    f->v->fpccr[true] &= ~(FPCCR_S | FPCCR_LSPEN);
    f->v->fpccr[false] &= ~FPCCR_LSPACT;
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

static uint32_t random_state = 1;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static bool leaves_its_place(uint16_t first, uint16_t second)
{
    if (!v8m_is_wide(first)) {
        return first >= 0xD000u || (first & 0xFF00u) == 0x4700u || (first & 0xF500u) == 0xB100u ||
               (first & 0xFF00u) == 0xBF00u || (first & 0xFF00u) == 0xBE00u ||
               (first & 0xFFE0u) == 0xB660u || (first & 0xFF00u) == 0xBD00u ||
               (first & 0xFF87u) == 0x4487u || (first & 0xFF87u) == 0x4687u;
    }
    const bool special = (first & 0xF800u) == 0xF000u && (second & 0x8000u) != 0;
    const bool table = (first & 0xFFF0u) == 0xE8D0u;
    const bool list = (first & 0xFE50u) == 0xE810u && (second & 0x8000u) != 0;
    const bool at_pc = (first & 0xFA0Fu) == 0xE80Fu; /* UNPREDICTABLE, but for literals */
    return special || table || list || at_pc || (second & 0xF000u) == 0xF000u ||
           (second & 0x0F00u) == 0x0F00u;
}

static uint32_t random_register(unsigned choice)
{
    return choice % 3u == 0 ? random_word() : DATA + (random_word() & 0xFFFu);
}

static void compare_effect(struct cpu_fixture *f, uint16_t first, uint16_t second,
                           const uint32_t before[16], unsigned *seen)
{
    struct v8m_effect effect;
    v8m_effect(first, second, &effect);
    if (f->v->cfsr[false] != 0 || f->v->hfsr != 0) {
        return;
    }
    (*seen)++;
    for (unsigned i = 0; i < 15; i++) {
        const uint32_t bit = 1u << i;
        uint32_t expected = before[i];
        if (i == 13 || (effect.lost & bit) != 0) {
            continue;
        }
        if ((effect.written & bit) == 0 && reg(f, i) != expected) {
            fail_msg("%04x %04x: r%u was %08x, is %08x", first, second, i, expected, reg(f, i));
        }
        expected = effect.to == (int)i ? before[effect.from] : expected;
        expected = (effect.aligned & bit) != 0 ? 0 : expected;
        if (((reg(f, i) ^ expected) & 3u) != 0) {
            fail_msg("%04x %04x: r%u was %08x, is %08x", first, second, i, before[i], reg(f, i));
        }
    }
}

/** Does an instruction on its own. */
static void one_instruction(struct cpu_fixture *f, unsigned n, uint16_t first, uint16_t second,
                            unsigned *seen)
{
    const uint32_t addr = CODE + SLOT * (n % SLOTS) + 2u * (n & 1u);
    uint16_t code[] = {first, 0xBF00, 0xBF30, 0xE7FE}; /* nop; wfi */
    uint32_t before[16];
    if (v8m_is_wide(first)) {
        code[1] = second;
    }
    prepare(f);
    write_code(f, addr, code, 4);
    begin(f, "anywhere");
    const unsigned choice = random_word();
    for (unsigned i = 0; i < 15; i++) {
        set_reg(f, i, i == 13 ? STACK_NS : random_register(choice));
        before[i] = reg(f, i);
    }
    f->v->r[15] = addr;
    run(f);
    compare_effect(f, first, second, before, seen);
}

static void effects_said_of_narrow_instructions_are_true(void **state)
{
    unsigned seen = 0;
    for (uint32_t first = 0; first < 0xE800u; first++) {
        if (!leaves_its_place((uint16_t)first, 0)) {
            one_instruction(*state, first, (uint16_t)first, 0, &seen);
        }
    }
    assert_in_range(seen, 30000, 0xE800);
}

static void effects_said_of_wide_instructions_are_true(void **state)
{
    unsigned seen = 0;
    for (unsigned i = 0; i < RANDOMS; i++) {
        const uint16_t first = (uint16_t)(0xE800u + random_word() % 0x1800u);
        const uint16_t second = (uint16_t)random_word();
        if (!leaves_its_place(first, second)) {
            one_instruction(*state, i, first, second, &seen);
        }
    }
    assert_in_range(seen, RANDOMS / 8u, RANDOMS);
}

/** Those of which few come at random: each operation with each shift. */
static void effects_said_of_shifted_registers_are_true(void **state)
{
    unsigned seen = 0;
    for (uint32_t i = 0; i < 16u * 4u * 32u; i++) {
        const uint32_t op = i / 128u;
        const uint32_t amount = i % 32u;
        const uint32_t type = i / 32u % 4u;
        const uint16_t first = (uint16_t)(0xEA01u | op << 5);
        const uint16_t second =
            (uint16_t)(0x0002u | (amount & 0x1Cu) << 10 | (amount & 3u) << 6 | type << 4);
        for (unsigned n = 0; n < 4; n++) {
            one_instruction(*state, i, first, second, &seen);
        }
    }
    assert_in_range(seen, 4000, 8192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(effects_said_of_narrow_instructions_are_true, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(effects_said_of_wide_instructions_are_true, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(effects_said_of_shifted_registers_are_true, cpu_secure,
                                        cpu_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
