/*
 * Accesses around every kind of border: the fault is the architectural one, at the exact address,
 * and its registers have not changed. A border lies within the processor's page or on its edge.
 */
#include "cpu_fixture.h"

#include <stdio.h>

#define PATTERN   0xA5000000u
#define UNTOUCHED 0x5EEDu
#define WRITTEN   0x08180000u /* flash without a program */
#define OTP       0x08FFF000u
#define PLAIN     0x20080000u /* SRAM3 */

enum border {
    BORDER_MPU,   /**< An MPU region ends, no other follows: MemManage. */
    BORDER_SAU,   /**< A Non-secure SAU region ends: SecureFault. */
    BORDER_MPCBB, /**< A block of SRAM3 is Secure: zero, or nothing. */
    BORDER_VOID,  /**< The memory ends: BusFault. */
    BORDERS,
};

struct form {
    const char *label;
    unsigned size;
    bool write;
    bool words;     /**< Made of words, which must be aligned. */
    uint16_t core;  /**< Registers that a load of several changes, the lowest first. */
    uint8_t floats; /**< FP registers that it changes, from s0 on. */
};

static const struct form forms[] = {
    {"load_byte", 1, false, false, 0, 0},        {"load_signed", 2, false, false, 0, 0},
    {"load_half", 2, false, false, 0, 0},        {"load_word", 4, false, false, 0, 0},
    {"load_indexed", 4, false, false, 0, 0},     {"load_register", 4, false, false, 0, 0},
    {"load_dual", 8, false, true, 0x0C, 0},      {"load_own_base", 8, false, true, 0x0A, 0},
    {"load_multiple", 16, false, true, 0x3C, 0}, {"load_float", 4, false, true, 0, 1},
    {"load_double", 8, false, true, 0, 2},       {"load_floats", 16, false, true, 0, 4},
    {"store_byte", 1, true, false, 0, 0},        {"store_half", 2, true, false, 0, 0},
    {"store_word", 4, true, false, 0, 0},        {"store_indexed", 4, true, false, 0, 0},
    {"store_dual", 8, true, true, 0, 0},         {"store_multiple", 16, true, true, 0, 0},
    {"store_float", 4, true, true, 0, 0},        {"store_double", 8, true, true, 0, 0},
    {"store_floats", 16, true, true, 0, 0},
};

/** Sets a border up at which everything from `border` on is refused. */
static void raise_border(struct cpu_fixture *f, enum border kind, uint32_t border)
{
    const struct sim_attr attr = {true, true};
    switch (kind) {
    case BORDER_MPU:
        mpu_region(f, false, 0, 0x20040000 | 2u, (border - 32u) | 1u);
        mpu_region(f, false, 1, 0x08100000 | 6u, 0x0810FFE0 | 1u);
        set_scs(f, 0xE000EDC0, false, 0xFF);
        set_scs(f, 0xE000ED94, false, 1);
        break;
    case BORDER_SAU:
        sau_region(f, 4, 0x20050000, border - 1u, false);
        break;
    case BORDER_MPCBB:
        bus_write(f->chip, 0x50033500u, 4, attr, 1u << ((border - 0x20050000u) / 512u), NULL);
        break;
    case BORDER_VOID:
        sau_region(f, 4, 0x20050000, 0x200BFFFF, false);
        break;
    case BORDERS:
    default:
        break;
    }
}

static uint32_t border_at(enum border kind, bool on_page)
{
    static const uint32_t within[BORDERS] = {0x20050120, 0x20050220, 0x20050200, 0x200A0000};
    static const uint32_t edge[BORDERS] = {0x20050400, 0x20050800, 0x20050400, 0x200A0000};
    return on_page ? edge[kind] : within[kind];
}

static void prepare(struct cpu_fixture *f, uint32_t border)
{
    for (uint32_t addr = border - 64u; addr != border + 64u && addr < 0x200A0000u; addr += 4u) {
        set_word(f, addr, PATTERN | (addr & 0xFFFFFFu));
    }
    for (unsigned i = 0; i < 13; i++) {
        set_reg(f, i, UNTOUCHED + i);
    }
    set_reg(f, 0, 0);
    f->v->nsacr = 0xC00;
    f->v->cpacr[false] = 0xF00000;
    f->v->fp_here = true;
    for (unsigned i = 0; i < 32; i++) {
        f->v->s[i] = UNTOUCHED + i;
    }
    f->v->cfsr[false] = f->v->cfsr[true] = f->v->sfsr = f->v->hfsr = 0;
    f->v->msp[false] = STACK_NS;
    f->v->control[true] = CONTROL_FPCA;
    f->v->fpccr[true] &= ~(FPCCR_S | FPCCR_LSPEN);
    f->v->fpccr[false] &= ~FPCCR_LSPACT;
}

/**
 * Registers as the frame of the fault has them. The first `loaded` words of an instruction of
 * several are in a page that it has left: what they were loaded into is UNKNOWN, its base is not.
 */
static void expect_unchanged(struct cpu_fixture *f, const struct form *form, uint32_t addr,
                             unsigned loaded)
{
    const uint32_t frame = f->v->msp[false];
    unsigned place = 0;
    assert_int_equal(word(f, frame + 4), addr);
    for (unsigned i = 2; i < 9; i++) {
        const bool unknown = (form->core >> i & 1u) != 0 && place < loaded;
        place += form->core >> i & 1u;
        if (!unknown) {
            assert_int_equal(i < 4 ? word(f, frame + 4u * i) : reg(f, i), UNTOUCHED + i);
        }
    }
    for (unsigned i = form->floats != 0 ? loaded : 0; i < 16; i++) {
        assert_int_equal(word(f, frame + 0x20u + 4u * i), UNTOUCHED + i);
    }
}

/** Words that were loaded before an access left its page. */
static unsigned words_loaded(const struct form *form, uint32_t border, uint32_t addr)
{
    const bool leaves = !form->write && form->words && border % 1024u == 0 && addr < border;
    return leaves ? (border - addr) / 4u : 0;
}

static void expect_fault(struct cpu_fixture *f, enum border kind, uint32_t at_addr)
{
    switch (kind) {
    case BORDER_MPU:
        assert_int_equal(f->v->cfsr[false], CFSR_DACCVIOL | CFSR_MMARVALID);
        assert_int_equal(f->v->mmfar[false], at_addr);
        break;
    case BORDER_SAU:
        assert_int_equal(f->v->sfsr, SFSR_AUVIOL | SFSR_SFARVALID);
        assert_int_equal(f->v->sfar, at_addr);
        break;
    case BORDER_VOID:
        assert_int_equal(f->v->cfsr[false], CFSR_PRECISERR | CFSR_BFARVALID);
        assert_int_equal(f->v->bfar, at_addr);
        break;
    case BORDER_MPCBB:
    case BORDERS:
    default:
        fail();
    }
}

static void expect_silence(struct cpu_fixture *f, const struct form *form, uint32_t addr,
                           uint32_t border)
{
    assert_int_equal(reg(f, 10), UNTOUCHED + 10);
    if (form->write) {
        assert_int_equal(word(f, border), PATTERN | (border & 0xFFFFFFu));
    } else if (addr >= border && strcmp(form->label, "load_word") == 0) {
        assert_int_equal(reg(f, 2), 0);
    }
    assert_true(said(f, "MPCBB"));
}

static void one_access(struct cpu_fixture *f, const struct form *form, enum border kind,
                       uint32_t border, uint32_t addr)
{
    prepare(f, border);
    f->events = 0;
    set_reg(f, 1, addr);
    f->v->secure = false;
    begin(f, form->label);
    const uint32_t pc = f->v->r[15];
    run(f);
    const bool refused = addr + form->size > border;
    const uint32_t first = addr > border ? addr : border;
    if (!refused) {
        assert_int_equal(reg(f, 10), UNTOUCHED + 10); /* no handler ran */
        return;
    }
    if (kind == BORDER_MPCBB) {
        memset(f->v->report, 0, sizeof f->v->report);
        expect_silence(f, form, addr, border);
        return;
    }
    expect_fault(f, kind, first);
    if (kind != BORDER_SAU || f->v->secure) {
        assert_int_equal(word(f, f->v->msp[false] + 24), pc);
        expect_unchanged(f, form, addr, words_loaded(form, border, addr));
    }
}

static void sweep(struct cpu_fixture *f, enum border kind, bool on_page)
{
    const uint32_t border = border_at(kind, on_page);
    unsigned accesses = 0;
    raise_border(f, kind, border);
    for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const unsigned step = forms[i].words ? 4 : 1;
        for (uint32_t back = 0; back <= forms[i].size + 4u; back += step) {
            one_access(f, &forms[i], kind, border, border - back);
            accesses++;
        }
    }
    assert_in_range(accesses, 100, 1000);
}

#define SWEEP(name, kind, on_page)                                                                 \
    static void name(void **state)                                                                 \
    {                                                                                              \
        sweep(*state, kind, on_page);                                                              \
    }
SWEEP(mpu_border_within_a_page_is_exact, BORDER_MPU, false)
SWEEP(mpu_border_on_a_page_is_exact, BORDER_MPU, true)
SWEEP(sau_border_within_a_page_is_exact, BORDER_SAU, false)
SWEEP(sau_border_on_a_page_is_exact, BORDER_SAU, true)
SWEEP(mpcbb_border_within_a_page_is_exact, BORDER_MPCBB, false)
SWEEP(mpcbb_border_on_a_page_is_exact, BORDER_MPCBB, true)
SWEEP(end_of_memory_is_exact, BORDER_VOID, true)

static void fault_inside_an_it_block_keeps_its_state(void **state)
{
    struct cpu_fixture *f = *state;
    raise_border(f, BORDER_MPU, 0x20050120);
    prepare(f, 0x20050120);
    set_reg(f, 1, 0x20050120);
    go(f, "store_in_it");
    assert_int_equal(f->v->cfsr[false], CFSR_DACCVIOL | CFSR_MMARVALID);
    assert_int_equal(reg(f, 6), 1);
    assert_int_equal(word(f, f->v->msp[false] + 28) & XPSR_IT, 0x00000C00); /* EQ, then NE */
}

static void exclusives_work_in_a_page_of_mixed_rights(void **state)
{
    struct cpu_fixture *f = *state;
    raise_border(f, BORDER_MPU, 0x20050120);
    prepare(f, 0x20050120);
    set_word(f, 0x20050100, 41);
    set_reg(f, 1, 0x20050100);
    go(f, "load_exclusive");
    assert_int_equal(reg(f, 3), 0);
    assert_int_equal(word(f, 0x20050100), 42);
}

static void unprivileged_loads_use_unprivileged_rights(void **state)
{
    struct cpu_fixture *f = *state;
    mpu_region(f, false, 0, 0x20050000 | 0u, 0x200503E0 | 1u); /* privileged read-write */
    mpu_region(f, false, 1, 0x20050400 | 2u, 0x200507E0 | 1u); /* anyone */
    set_scs(f, 0xE000EDC0, false, 0xFF);
    set_scs(f, 0xE000ED94, false, 5);
    set_word(f, 0x20050400, 7);
    set_reg(f, 1, 0x20050400);
    go(f, "load_unprivileged");
    assert_int_equal(reg(f, 2), 7);
    set_reg(f, 1, 0x20050000);
    go(f, "store_word");
    assert_int_equal(f->v->cfsr[false], 0);
    go(f, "store_unprivileged");
    assert_int_equal(f->v->cfsr[false], CFSR_DACCVIOL | CFSR_MMARVALID);
    assert_int_equal(f->v->mmfar[false], 0x20050000);
}

static void fetch_border_within_a_page_is_exact(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t border = (at("walk_across") + 16u + 31u) & ~31u;
    mpu_region(f, false, 0, 0x08100000 | 6u, (border - 32u) | 1u);
    set_scs(f, 0xE000EDC0, false, 0xFF);
    set_scs(f, 0xE000ED94, false, 5);
    mpu_region(f, false, 1, border | 7u, (border & ~0x3FFu) + 0x3E0u + 1u);
    go(f, "walk_across");
    assert_int_equal(f->v->cfsr[false], CFSR_IACCVIOL);
    assert_int_equal(word(f, f->v->msp[false] + 24), border);
    const uint32_t done = border - (at("walk_across") + 8u);
    assert_int_equal(reg(f, 7), done / 2u);
}

/*
 * SRAM; and OTP and flash that is written, which the engine reaches as it does devices: Normal
 * memory unless the MPU says otherwise (cpu_map.c).
 */
static void memory_that_the_mpu_marks_as_device_takes_aligned_accesses_only(void **state)
{
    static const struct {
        const char *label;
        uint32_t addr;
        bool faults;
    } rows[] = {
        {"store_word", WRITTEN, false},        {"store_word", WRITTEN + 1u, true},
        {"store_word", WRITTEN + 2u, true},    {"store_half", WRITTEN + 2u, false},
        {"store_half", WRITTEN + 3u, true},    {"store_indexed", WRITTEN + 0x3FFu, true},
        {"load_word", OTP + 2u, true},         {"load_half", OTP + 1u, true},
        {"load_register", OTP + 0x3FEu, true}, {"load_word", PLAIN + 4u, false},
        {"load_word", PLAIN + 2u, true},       {"store_half", PLAIN + 1u, true},
    };
    struct cpu_fixture *f = *state;
    sau_region(f, 5, OTP, OTP + 0x7FFu, false);
    mpu_region(f, false, 0, 0x20040000 | 2u, (PLAIN - 32u) | 1u);
    mpu_region(f, false, 1, 0x08100000 | 6u, 0x0817FFE0 | 1u);
    mpu_region(f, false, 3, OTP | 3u, (OTP + 0x7E0u) | 3u);
    set_scs(f, 0xE000EDC0, false, 0x00FF); /* Normal, Device */
    set_scs(f, 0xE000ED94, false, 1);
    for (unsigned device = 0; device < 2; device++) {
        const uint32_t kind = device != 0 ? 2u : 0;
        mpu_region(f, false, 2, WRITTEN | 3u, (WRITTEN + 0x7FFE0u) | 1u | kind);
        mpu_region(f, false, 4, PLAIN | 3u, (PLAIN + 0x1FFE0u) | 1u | kind);
        for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            const bool faults = rows[i].faults && (device != 0 || rows[i].addr - OTP < 0x800u);
            prepare(f, DATA_NS);
            set_reg(f, 1, rows[i].addr);
            f->v->secure = false;
            go(f, rows[i].label);
            assert_int_equal(f->v->cfsr[false], faults ? CFSR_UNALIGNED : 0);
            if (faults) {
                assert_int_equal(word(f, f->v->msp[false] + 4u), rows[i].addr); /* r1 */
            } else {
                assert_int_equal(reg(f, 10), UNTOUCHED + 10); /* no handler ran */
            }
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(mpu_border_within_a_page_is_exact),
        TEST(mpu_border_on_a_page_is_exact),
        TEST(sau_border_within_a_page_is_exact),
        TEST(sau_border_on_a_page_is_exact),
        TEST(mpcbb_border_within_a_page_is_exact),
        TEST(mpcbb_border_on_a_page_is_exact),
        TEST(end_of_memory_is_exact),
        TEST(fault_inside_an_it_block_keeps_its_state),
        TEST(exclusives_work_in_a_page_of_mixed_rights),
        TEST(unprivileged_loads_use_unprivileged_rights),
        TEST(fetch_border_within_a_page_is_exact),
        TEST(memory_that_the_mpu_marks_as_device_takes_aligned_accesses_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
