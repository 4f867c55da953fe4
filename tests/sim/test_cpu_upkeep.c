/* What the processor keeps of the code it has run: it holds, and goes when it does no more. */
#include "cpu_fixture.h"

#include "cpu_engine.h"

#define ROUNDS   100u
#define DATA     0x20058000u
#define TABLE    0x20051000u
#define MPU_CTRL 0xE000ED94u
/** FLASH_OPTSR */
#define SWAP_BANK 0x80000000u

static void prepare(struct cpu_fixture *f, bool fp)
{
    f->v->nsacr = 0xC00;
    f->v->cpacr[false] = fp ? 0xF00000 : 0;
    f->v->fp_here = true;
    f->v->cfsr[false] = f->v->cfsr[true] = f->v->hfsr = 0;
    f->v->msp[false] = STACK_NS;
    f->v->control[true] = fp ? CONTROL_FPCA : 0;
    f->v->fpccr[true] &= ~(FPCCR_S | FPCCR_LSPEN);
    f->v->fpccr[false] &= ~FPCCR_LSPACT;
    set_reg(f, 0, ROUNDS);
}

/** What is known of the page of a label. */
static const struct cpu_page *page_of(struct cpu_fixture *f, const char *label)
{
    struct cpu_place place;
    assert_true(pages_find(&f->cpu->pages, at(label), &place));
    return &f->cpu->pages.page[place.page];
}

static void base_that_moves_in_one_of_several_blocks_is_looked_at(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, false);
    set_reg(f, 1, DATA);
    go(f, "moved_between");
    assert_int_equal(f->v->cfsr[false], CFSR_UNALIGNED);
    assert_int_equal(word(f, f->v->msp[false] + 4), DATA + 2u);
}

static void only_accesses_in_doubt_get_a_hook(void **state)
{
    struct cpu_fixture *f = *state;
    const unsigned before = f->cpu->aligns;
    set_word(f, TABLE, DATA);
    for (unsigned round = 0; round < 3; round++) {
        prepare(f, false);
        set_reg(f, 6, TABLE);
        set_reg(f, 7, DATA);
        set_reg(f, 8, DATA);
        go(f, "one_base_unknown");
        assert_int_equal(f->v->cfsr[false], 0);
        assert_int_equal(f->cpu->aligns, before + 1u);
    }
}

static void fp_needs_no_hooks_once_it_is_there(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, false);
    go(f, "fp_loop");
    assert_int_equal(f->v->cfsr[false], CFSR_NOCP);
    assert_true(page_of(f, "fp_loop")->fp_hooked);
    prepare(f, true);
    go(f, "fp_loop");
    assert_int_equal(f->v->cfsr[false], 0);
    assert_int_equal(reg(f, 0), 0);
    assert_false(page_of(f, "fp_loop")->fp_hooked);
}

static void fp_taken_away_after_the_first_run_faults(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, true);
    go(f, "fp_loop");
    assert_int_equal(f->v->cfsr[false], 0);
    prepare(f, false);
    go(f, "fp_loop");
    assert_int_equal(f->v->cfsr[false], CFSR_NOCP);
}

static void page_that_has_one_set_of_rights_again_runs(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned round = 0; round < 3; round++) {
        const uint32_t page = at("moved_between") & PAGE_MASK;
        mpu_region(f, false, 0, (page + 0x3C0u) | 7u, (page + 0x3C0u) | 1u); /* execute never */
        set_scs(f, MPU_CTRL, false, round % 2u == 0 ? 5 : 0);
        prepare(f, true);
        go(f, "fp_loop");
        assert_int_equal(f->v->cfsr[false], 0);
        assert_true(page_of(f, "fp_loop")->mixed_rights); /* once is for good */
    }
}

static void instructions_across_pages_are_known(void **state)
{
    struct cpu_fixture *f = *state;
    prepare(f, false);
    set_reg(f, 0, 0x40);
    go(f, "across_basepri");
    assert_int_equal(f->v->basepri[false], 0x40);
    f->v->basepri[false] = 0x60;
    set_reg(f, 0, 0);
    go(f, "across_control");
    assert_int_equal(reg(f, 0), 0x60);
}

static void request_to_stop_outlives_upkeep_in_a_block(void **state)
{
    struct cpu_fixture *f = *state;
    struct sim_cpu *cpu = f->cpu;
    begin(f, "moved_between");
    cpu->until = SIM_NEVER;
    cpu->resuming = true;
    atomic_store(&cpu->stop_asked, true);
    atomic_store(&cpu->break_time, 0);
    const uint32_t addr = at("moved_between");
    assert_int_equal(blocks_enter(cpu, addr + 4u, 2), CPU_NO_REASON);
    assert_false(cpu->resuming);
    assert_int_equal(atomic_load(&cpu->break_time), 0);
    atomic_store(&cpu->stop_asked, false);
}

static bool has_hooks(const struct cpu_page *page)
{
    for (unsigned i = 0; i < sizeof page->watched / sizeof page->watched[0]; i++) {
        if (page->watched[i] != 0) {
            return true;
        }
    }
    return false;
}

/* Afterwards the page is found at another address, and its hooks are not where it was. */
static void hooks_do_not_outlive_a_swap_of_banks(void **state)
{
    struct cpu_fixture *f = *state;
    set_word(f, TABLE, DATA);
    prepare(f, false);
    set_reg(f, 6, TABLE);
    go(f, "pair");
    const struct cpu_page *page = page_of(f, "pair");
    assert_true(has_hooks(page));
    f->nv->option[NV_OB_OPTSR] ^= SWAP_BANK;
    cpu_reset(f->cpu, 0x0C000000, 0x08100000);
    assert_ptr_not_equal(page_of(f, "pair"), page);
    assert_false(has_hooks(page));
    f->nv->option[NV_OB_OPTSR] ^= SWAP_BANK;
}

static void faultmask_is_not_set_at_negative_priority(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "mask_faults");
    assert_int_equal(f->v->faultmask[true], 1);
    f->v->faultmask[true] = 0;
    begin(f, "mask_faults");
    f->v->vector[false][V8M_NMI].active = true;
    f->v->xpsr |= V8M_NMI;
    run(f);
    assert_int_equal(f->v->faultmask[true], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(base_that_moves_in_one_of_several_blocks_is_looked_at),
        TEST(only_accesses_in_doubt_get_a_hook),
        TEST(fp_needs_no_hooks_once_it_is_there),
        TEST(fp_taken_away_after_the_first_run_faults),
        TEST(page_that_has_one_set_of_rights_again_runs),
        TEST(instructions_across_pages_are_known),
        TEST(request_to_stop_outlives_upkeep_in_a_block),
        TEST(hooks_do_not_outlive_a_swap_of_banks),
        TEST(faultmask_is_not_set_at_negative_priority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
