/*
 * Pages whose rights differ inside, at every 32 bytes, for both states and both privileges: what is
 * refused is refused at its address, and what is open is not slowed down by it.
 */
#include "cpu_fixture.h"

#include "cpu_engine.h"

#define GRAIN           32u
#define PRESET          0x100u
#define MPU_CTRL        0xE000ED94u
#define MPU_RNR         0xE000ED98u
#define MPU_RLAR        0xE000EDA0u
#define MPCBB1_PRIVCFGR 0x50032E00u

/* RBAR: who may do what. */
#define RW_PRIV 0u
#define RW_ANY  2u
#define RO_PRIV 4u
#define RO_ANY  6u
#define XN      1u

/* Instructions. */
#define ADDS_R2 0x3201u
#define BX_LR   0x4770u
#define NOP_W   0xF3AFu, 0x8000u

enum { UNPRIVILEGED, PRIVILEGED };

/** What stands at one grain of the page: region 2 and so on, from grain 1 on; the rest has none. */
struct grain {
    uint32_t rbar;
    bool read[2]; /**< By privilege. */
    bool write[2];
    bool fetch[2];
};

static const struct grain grains[] = {
    {0, {false, false}, {false, false}, {false, false}},
    {RW_ANY, {true, true}, {true, true}, {true, true}},
    {RW_PRIV, {false, true}, {false, true}, {false, true}},
    {RO_ANY, {true, true}, {false, false}, {true, true}},
    {RO_PRIV | XN, {false, true}, {false, false}, {false, false}},
    {RW_ANY | XN, {true, true}, {true, true}, {false, false}},
    {0, {false, false}, {false, false}, {false, false}},
};
#define GRAINS (sizeof grains / sizeof grains[0])

static uint32_t page(bool secure)
{
    return (secure ? DATA_S : DATA_NS) + 0x1000u;
}

static void open_grain(struct cpu_fixture *f, bool secure, unsigned region, uint32_t addr,
                       uint32_t rbar)
{
    mpu_region(f, secure, region, addr | rbar, addr | 1u);
}

/** Stack and program are open to all, and the grains of the page as the table says. */
static void set_up(struct cpu_fixture *f, bool secure)
{
    const uint32_t stack = secure ? 0x30000000u : 0x20040000u;
    const uint32_t code = secure ? 0x0C000000u : 0x08100000u;
    const struct sim_attr attr = {true, true};
    for (uint32_t i = 0; i < 16; i++) { /* SRAM1 is unprivileged code's as well */
        bus_write(f->chip, MPCBB1_PRIVCFGR + 4u * i, 4, attr, 0, NULL);
    }
    mpu_region(f, secure, 0, stack | RW_ANY | XN, (stack + 0xFFE0u) | 1u);
    mpu_region(f, secure, 1, code | RO_ANY, (code + 0xFFE0u) | 1u);
    for (unsigned i = 1; i + 1u < GRAINS; i++) {
        open_grain(f, secure, i + 1u, page(secure) + i * GRAIN, grains[i].rbar);
    }
    set_scs(f, 0xE000EDC0, secure, 0xFF); /* Normal memory */
    set_scs(f, MPU_CTRL, secure, 1);
}

static void put(struct cpu_fixture *f, uint32_t addr, const uint16_t *half, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t at_word = (addr + 2u * (uint32_t)i) & ~3u;
        const unsigned shift = (addr + 2u * (uint32_t)i) % 4u * 8u;
        const uint32_t old = word(f, at_word) & ~(0xFFFFu << shift);
        set_word(f, at_word, old | (uint32_t)half[i] << shift);
    }
}

static void prepare(struct cpu_fixture *f, bool secure, unsigned privilege, const char *label)
{
    begin(f, label);
    f->v->cfsr[false] = f->v->cfsr[true] = f->v->hfsr = 0;
    f->v->msp[secure] = secure ? STACK_S : STACK_NS;
    f->v->control[secure] = privilege == PRIVILEGED ? 0 : CONTROL_NPRIV;
    f->events = 0;
    set_reg(f, 2, PRESET);
}

/** Runs code at an address of the page; it returns to `back`. @return instructions executed */
static uint64_t call(struct cpu_fixture *f, bool secure, unsigned privilege, uint32_t addr)
{
    const char *back = secure ? "back_s" : "back_ns";
    prepare(f, secure, privilege, back);
    set_reg(f, 14, at(back) | 1u);
    f->v->r[15] = addr;
    const uint64_t before = f->v->time;
    run(f);
    return f->v->time - before;
}

/** The last call got as far as `addr`, and added `added` before. */
static void expect_fetch_refused(struct cpu_fixture *f, bool secure, uint32_t addr, uint32_t added)
{
    assert_int_equal(f->v->cfsr[secure], CFSR_IACCVIOL);
    assert_int_equal(word(f, f->v->msp[secure] + 24u), addr);
    assert_int_equal(word(f, f->v->msp[secure] + 8u), PRESET + added);
}

static void expect_returned(struct cpu_fixture *f, bool secure, uint32_t added)
{
    assert_int_equal(f->v->cfsr[secure], 0);
    assert_int_equal(reg(f, 2), PRESET + added);
}

static void one_access(struct cpu_fixture *f, bool secure, unsigned privilege, bool write,
                       uint32_t addr, bool open)
{
    static const char *const labels[2][2] = {{"load_ns", "store_ns"}, {"load_s", "store_s"}};
    prepare(f, secure, privilege, labels[secure][write]);
    set_reg(f, 1, addr);
    run(f);
    assert_int_equal(f->v->cfsr[secure], open ? 0 : CFSR_DACCVIOL | CFSR_MMARVALID);
    if (!open) {
        assert_int_equal(f->v->mmfar[secure], addr);
        assert_int_equal(word(f, f->v->msp[secure] + 24u), at(labels[secure][write]));
    }
}

static void each_grain_has_rights_of_its_own_for_data(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned secure = 0; secure < 2; secure++) {
        set_up(f, secure != 0);
        for (unsigned i = 0; i < 4u * GRAINS; i++) {
            const struct grain *grain = &grains[i / 4u];
            const uint32_t first = page(secure != 0) + i / 4u * GRAIN;
            const unsigned privilege = i & 1u;
            const uint32_t addr = first + ((i & 2u) != 0 ? GRAIN - 1u : 0u);
            one_access(f, secure != 0, privilege, false, addr, grain->read[privilege]);
            one_access(f, secure != 0, privilege, true, addr, grain->write[privilege]);
        }
    }
}

static void each_grain_has_rights_of_its_own_for_code(void **state)
{
    static const uint16_t code[] = {ADDS_R2, BX_LR};
    struct cpu_fixture *f = *state;
    for (unsigned secure = 0; secure < 2; secure++) {
        for (unsigned i = 0; i < GRAINS; i++) { /* the page is open at first */
            put(f, page(secure != 0) + i * GRAIN, code, 2);
            (void)call(f, secure != 0, PRIVILEGED, page(secure != 0) + i * GRAIN);
            expect_returned(f, secure != 0, 1);
        }
        set_up(f, secure != 0);
        for (unsigned i = 0; i < 16u * GRAINS; i++) { /* eight times each: once known, and again */
            const struct grain *grain = &grains[i / 16u];
            const uint32_t first = page(secure != 0) + i / 16u * GRAIN;
            const unsigned privilege = i & 1u;
            const uint32_t addr = first + ((i & 2u) != 0 ? GRAIN - 4u : 0u);
            put(f, addr, code, 2);
            call(f, secure != 0, privilege, addr);
            if (grain->fetch[privilege]) {
                expect_returned(f, secure != 0, 1);
            } else {
                expect_fetch_refused(f, secure != 0, addr, 0);
            }
        }
    }
}

/** From grain 1, open to all, into grain 2, which is for privileged code. */
static void code_that_runs_on_into_another_grain_stops_at_it(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned secure = 0; secure < 2; secure++) {
        const uint32_t first = page(secure != 0) + GRAIN;
        const uint16_t add = ADDS_R2;
        const uint16_t leave = BX_LR;
        uint64_t time = 0;
        set_up(f, secure != 0);
        for (uint32_t addr = first; addr < first + GRAIN; addr += 2u) {
            put(f, addr, &add, 1);
        }
        put(f, first + GRAIN, &leave, 1);
        for (unsigned i = 0; i < 4; i++) {
            const uint64_t took = call(f, secure != 0, PRIVILEGED, first);
            expect_returned(f, secure != 0, GRAIN / 2u);
            assert_true(time == 0 || took == time); /* how it is checked takes no time */
            time = took;
            (void)call(f, secure != 0, UNPRIVILEGED, first);
            expect_fetch_refused(f, secure != 0, first + GRAIN, GRAIN / 2u);
        }
    }
}

/** Its second half in grain 2; first and second in the block. */
static void instruction_across_two_grains_needs_both(void **state)
{
    static const uint16_t code[] = {ADDS_R2, NOP_W, BX_LR};
    struct cpu_fixture *f = *state;
    for (unsigned secure = 0; secure < 2; secure++) {
        const uint32_t wide = page(secure != 0) + 2u * GRAIN - 2u;
        set_up(f, secure != 0);
        put(f, wide - 2u, code, 4);
        for (unsigned before = 0; before < 4; before++) {
            const uint32_t added = before & 1u;
            (void)call(f, secure != 0, PRIVILEGED, wide - 2u * added);
            expect_returned(f, secure != 0, added);
            (void)call(f, secure != 0, UNPRIVILEGED, wide - 2u * added);
            expect_fetch_refused(f, secure != 0, wide, added);
        }
    }
}

/** The first page is open, the second one in part either way: its first grain, or its second. */
static void instruction_across_two_pages_needs_the_first_grain_of_the_second(void **state)
{
    static const uint16_t code[] = {ADDS_R2, NOP_W, BX_LR};
    struct cpu_fixture *f = *state;
    const uint32_t first = page(false) + PAGE_BYTES;
    const uint32_t next = first + PAGE_BYTES;
    set_up(f, false);
    put(f, next - 4u, code, 4);
    mpu_region(f, false, 7, first | RW_ANY, (next - GRAIN) | 1u);
    for (unsigned i = 0; i < 4; i++) {
        open_grain(f, false, 3, next, RW_ANY);
        (void)call(f, false, UNPRIVILEGED, next - 4u);
        expect_returned(f, false, 1);
        open_grain(f, false, 3, next + GRAIN, RW_ANY);
        (void)call(f, false, UNPRIVILEGED, next - 4u);
        expect_fetch_refused(f, false, next - 2u, 1);
    }
}

static void code_that_closes_a_grain_finds_it_closed(void **state)
{
    static const uint16_t code[] = {ADDS_R2, BX_LR};
    struct cpu_fixture *f = *state;
    for (unsigned secure = 0; secure < 2; secure++) {
        const uint32_t grain = page(secure != 0) + GRAIN;
        set_up(f, secure != 0);
        put(f, grain, code, 2);
        prepare(f, secure != 0, PRIVILEGED, secure != 0 ? "close_s" : "close_ns");
        set_scs(f, MPU_RNR, secure != 0, 2);
        set_reg(f, 0, grain | 1u);
        set_reg(f, 4, 100);
        set_reg(f, 5, 0);
        set_reg(f, 6, MPU_RLAR);
        run(f);
        expect_fetch_refused(f, secure != 0, grain, 100);
    }
}

static void open_code_beside_closed_code_is_not_checked_at_each_instruction(void **state)
{
    static const uint16_t loop[] = {ADDS_R2, 0x3801u /* subs r0, #1 */, 0xD1FCu /* bne */, BX_LR};
    struct cpu_fixture *f = *state;
    struct cpu_place place;
    const uint32_t grain = page(false) + GRAIN;
    set_up(f, false);
    put(f, grain, loop, 4);
    for (unsigned i = 0; i < 2; i++) { /* the first time pages are got ready */
        set_reg(f, 0, 100);
        (void)call(f, false, UNPRIVILEGED, grain);
        expect_returned(f, false, 100);
    }
    assert_true(pages_find(&f->cpu->pages, grain, &place));
    assert_true(f->cpu->pages.page[place.page].mixed_rights);
    assert_false(f->cpu->pages.page[place.page].each_hooked);
    assert_in_range(f->cpu->opens, 1, 3);
}

static void open_code_beside_closed_code_still_needs_aligned_addresses(void **state)
{
    static const uint16_t code[] = {0xE9D3u, 0x4500u /* ldrd r4, r5, [r3] */, ADDS_R2, BX_LR};
    struct cpu_fixture *f = *state;
    const uint32_t grain = page(false) + GRAIN;
    set_up(f, false);
    put(f, grain, code, 4);
    for (unsigned i = 0; i < 4; i++) {
        set_reg(f, 3, STACK_NS - 0x400u);
        (void)call(f, false, UNPRIVILEGED, grain);
        expect_returned(f, false, 1);
    }
    set_reg(f, 3, STACK_NS - 0x3FEu);
    (void)call(f, false, UNPRIVILEGED, grain);
    assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
    assert_int_equal(word(f, f->v->msp[false] + 24u), grain);
}

static void regions_of_one_page_that_agree_are_as_one(void **state)
{
    const uint32_t all = CPU_READ_DIRECT | CPU_WRITE_DIRECT | CPU_FETCH_DIRECT;
    struct cpu_fixture *f = *state;
    const uint32_t vpage = page(false) + PAGE_BYTES;
    const uint32_t half = vpage + PAGE_BYTES / 2u;
    set_up(f, false);
    prepare(f, false, UNPRIVILEGED, "back_ns");
    mpu_region(f, false, 2, vpage | RW_ANY, (half - GRAIN) | 1u);
    mpu_region(f, false, 3, half | RW_ANY, (vpage + PAGE_BYTES - GRAIN) | 1u);
    assert_int_equal(map_rights(f->cpu, vpage), all);
    mpu_region(f, false, 3, half | RO_ANY, (vpage + PAGE_BYTES - GRAIN) | 1u);
    assert_int_equal(map_rights(f->cpu, vpage), CPU_FETCH_DIRECT | CPU_WRITE_MIXED);
    mpu_region(f, false, 2, vpage | RO_ANY, (half - GRAIN) | 1u);
    assert_int_equal(map_rights(f->cpu, vpage), all & ~CPU_WRITE_DIRECT);
    mpu_region(f, false, 2, vpage | RW_ANY, (half - GRAIN) | 1u);
    mpu_region(f, false, 3, half | RW_ANY | XN, (vpage + PAGE_BYTES - GRAIN) | 1u);
    assert_int_equal(map_rights(f->cpu, vpage), (all & ~CPU_FETCH_DIRECT) | CPU_FETCH_MIXED);
    mpu_region(f, false, 3, half | RW_ANY, (vpage + PAGE_BYTES - 2u * GRAIN) | 1u);
    assert_int_equal(map_rights(f->cpu, vpage), CPU_FETCH_MIXED | CPU_WRITE_MIXED);
    mpu_region(f, false, 3, half | RW_PRIV, (vpage + PAGE_BYTES - GRAIN) | 1u);
    mpu_region(f, false, 2, vpage | RW_PRIV, (half - GRAIN) | 1u);
    assert_int_equal(map_rights(f->cpu, vpage), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(each_grain_has_rights_of_its_own_for_data),
        TEST(each_grain_has_rights_of_its_own_for_code),
        TEST(code_that_runs_on_into_another_grain_stops_at_it),
        TEST(instruction_across_two_grains_needs_both),
        TEST(instruction_across_two_pages_needs_the_first_grain_of_the_second),
        TEST(code_that_closes_a_grain_finds_it_closed),
        TEST(open_code_beside_closed_code_is_not_checked_at_each_instruction),
        TEST(open_code_beside_closed_code_still_needs_aligned_addresses),
        TEST(regions_of_one_page_that_agree_are_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
