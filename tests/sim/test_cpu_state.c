/*
 * The system level by itself, where neither a program nor QEMU shows what it decides: priorities
 * as they are computed, events, sleep, and what FPCCR says of exceptions that cannot be taken.
 */
#include "cpu_fixture.h"

#define NOWHERE 0x28000000u

/* ARMv8-M ARM, ExecutionPriority(). */
static void masks_make_priorities(void **state)
{
    struct cpu_fixture *f = *state;
    struct v8m *v = f->v;
    static const struct {
        uint32_t aircr;
        uint32_t faultmask[2];
        int priority;
    } rows[] = {
        {0, {0, 0}, V8M_PRIO_NONE},
        {0, {1, 0}, 0},
        {0, {0, 1}, -1},
        {AIRCR_PRIS, {1, 0}, 0x80},
        {AIRCR_BFHFNMINS, {1, 0}, -1},
        {AIRCR_BFHFNMINS, {0, 1}, -3},
        {AIRCR_BFHFNMINS, {1, 1}, -3},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        v->aircr_s = rows[i].aircr;
        v->faultmask[false] = rows[i].faultmask[0];
        v->faultmask[true] = rows[i].faultmask[1];
        assert_int_equal(v8m_execution_priority(v), rows[i].priority);
    }
}

/* ARMv8-M ARM, IsReqExcPriNeg(): for the MPUs, and the limits of stacks. */
static void negative_priority_is_of_one_state(void **state)
{
    struct cpu_fixture *f = *state;
    struct v8m *v = f->v;
    v->vector[false][V8M_NMI].active = true;
    assert_true(v8m_negative_priority(v, true));
    assert_false(v8m_negative_priority(v, false));
    v->aircr_s = AIRCR_BFHFNMINS;
    assert_false(v8m_negative_priority(v, true));
    assert_true(v8m_negative_priority(v, false));
    v->vector[false][V8M_NMI].active = false;
    v->faultmask[false] = 1;
    assert_true(v8m_negative_priority(v, false));
    v->aircr_s = 0;
    assert_false(v8m_negative_priority(v, false));
}

static void limits_hold_at_negative_priority_too(void **state)
{
    struct cpu_fixture *f = *state;
    struct v8m *v = f->v;
    v->msplim[true] = 0x1000;
    v->vector[true][V8M_HARD].active = true;
    v->xpsr = XPSR_T | V8M_HARD;
    assert_int_equal(v8m_sp_limit(v), 0x1000);
    v->ccr[true] |= CCR_STKOFHFNMIGN;
    assert_int_equal(v8m_sp_limit(v), 0);
    v->vector[true][V8M_HARD].active = false;
    assert_int_equal(v8m_sp_limit(v), 0x1000);
}

/* A vector that cannot be read is a HardFault of the state of the exception where that has one. */
static void missing_non_secure_vectors_lock_up_where_hard_fault_is_non_secure(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(cpu_secure(state), 0);
        f->v->aircr_s = i == 0 ? 0 : AIRCR_BFHFNMINS;
        f->v->vtor[false] = NOWHERE;
        f->v->vector[false][V8M_IRQ0].enabled = true;
        f->v->irq_ns[0] = true;
        v8m_pend(f->v, V8M_IRQ0, false);
        v8m_take_pending(f->v);
        assert_int_equal(f->v->lockup, i != 0);
        assert_int_equal(f->v->vector[true][V8M_HARD].active, i == 0);
    }
}

static void exceptions_set_the_event_register(void **state)
{
    struct cpu_fixture *f = *state;
    f->v->event_register = false;
    v8m_pend(f->v, V8M_PENDSV, true);
    v8m_take_pending(f->v);
    assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_PENDSV);
    assert_true(f->v->event_register);
    f->v->event_register = false;
    v8m_exception_return(f->v, f->v->r[14]);
    assert_true(f->v->event_register);
}

/* SCR.SEVONPEND of the state that an exception is taken to. */
static void pending_is_an_event_for_its_target_state(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned ns = 0; ns < 2; ns++) {
        for (unsigned bank = 0; bank < 2; bank++) {
            f->v->irq_ns[0] = ns != 0;
            f->v->scr[bank] = SCR_SEVONPEND;
            f->v->scr[1 - bank] = 0;
            f->v->event_register = false;
            v8m_pend(f->v, V8M_IRQ0, false);
            assert_int_equal(f->v->event_register, (bank == 0) == (ns != 0));
            v8m_unpend(f->v, V8M_IRQ0, false);
        }
    }
}

/* SCR.SLEEPONEXIT of the state that is returned to, and only into Thread mode. */
static void sleep_on_exit_is_of_the_state_returned_to(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned ns = 0; ns < 2; ns++) {
        for (unsigned bank = 0; bank < 2; bank++) {
            assert_int_equal(cpu_secure(state), 0);
            f->v->secure = ns == 0;
            f->v->scr[bank] = SCR_SLEEPONEXIT;
            v8m_pend(f->v, V8M_PENDSV, ns == 0);
            v8m_take_pending(f->v);
            v8m_exception_return(f->v, f->v->r[14]);
            assert_false(v8m_handler(f->v));
            assert_int_equal(f->v->sleeping == V8M_WFI, (bank == 0) == (ns != 0));
        }
    }
}

static void return_to_a_handler_does_not_sleep(void **state)
{
    struct cpu_fixture *f = *state;
    f->v->scr[true] = SCR_SLEEPONEXIT;
    f->v->vector[true][V8M_PENDSV].prio = 0x80;
    v8m_pend(f->v, V8M_PENDSV, true);
    v8m_take_pending(f->v);
    v8m_pend(f->v, V8M_NMI, false);
    v8m_take_pending(f->v);
    assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_NMI);
    v8m_exception_return(f->v, f->v->r[14]);
    assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_PENDSV);
    assert_int_equal(f->v->sleeping, V8M_AWAKE);
}

/* ARMv8-M ARM, UpdateFPCCR() and HandleException() of a lazy FP store. */

static void monitor_is_ready_as_it_is_enabled(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < 2; i++) {
        f->v->vector[false][V8M_DEBUG].enabled = i != 0;
        v8m_fp_update_fpccr(f->v, DATA_S, true);
        assert_int_equal((f->v->fpccr[true] & FPCCR_MONRDY) != 0, i != 0);
    }
}

static void lazy_fault_that_was_not_ready_is_a_hard_fault(void **state)
{
    struct cpu_fixture *f = *state;
    struct v8m *v = f->v;
    static const struct {
        unsigned exc;
        uint32_t ready;
    } rows[] = {{V8M_USAGE, FPCCR_UFRDY}, {V8M_MEM, FPCCR_MMRDY}};
    for (unsigned i = 0; i < 4; i++) {
        const unsigned exc = rows[i / 2u].exc;
        const bool bank = i % 2u != 0;
        v8m_nvic_reset(v);
        v->vector[bank][exc].enabled = true;
        v->fpccr[bank] &= ~rows[i / 2u].ready;
        v->fpccr[!bank] |= rows[i / 2u].ready;
        v->fpccr[true] |= FPCCR_HFRDY;
        v8m_pend_lazyfp(v, exc, bank);
        assert_false(v->vector[bank][exc].pending);
        assert_true(v->vector[true][V8M_HARD].pending);
    }
}

static void lazy_fault_that_cannot_be_taken_nor_wait_locks_up(void **state)
{
    struct cpu_fixture *f = *state;
    f->v->vector[true][V8M_HARD].active = true;
    f->v->fpccr[true] |= FPCCR_HFRDY;
    v8m_pend_lazyfp(f->v, V8M_BUS, false);
    assert_false(f->v->lockup);
    f->v->fpccr[true] &= ~(FPCCR_HFRDY | FPCCR_BFRDY);
    v8m_pend_lazyfp(f->v, V8M_BUS, false);
    assert_true(f->v->lockup);
}

/* MAIR: 0x0c for every kind of Device memory, which allows no unaligned access. */
static void all_device_types_are_device_memory(void **state)
{
    struct cpu_fixture *f = *state;
    static const uint8_t types[] = {0x00, 0x04, 0x08, 0x0C, 0x44, 0xFF};
    mpu_region(f, true, 0, 0x30010000 | 2u, 0x300100E0 | 1u);
    set_scs(f, 0xE000ED94, true, 5);
    for (unsigned i = 0; i < sizeof types; i++) {
        struct v8m_mpu_answer answer;
        set_scs(f, 0xE000EDC0, true, types[i]);
        v8m_mpu_check(f->v, 0x30010010, (struct sim_attr){true, true}, &answer);
        assert_int_equal(answer.device_type, i < 4);
    }
}

/* ARMv8-M ARM, FunctionReturn(): Thread mode of the Secure state may be unprivileged. */
static void function_return_reads_with_the_rights_of_secure_code(void **state)
{
    struct cpu_fixture *f = *state;
    mpu_region(f, true, 0, DATA_S | 1u, (DATA_S + 0xE0u) | 1u); /* privileged, no execution */
    set_scs(f, 0xE000ED94, true, 5);
    set_word(f, DATA_S, at("idle") | 1u);
    set_word(f, DATA_S + 4u, 0);
    for (uint32_t npriv = 0; npriv < 2; npriv++) {
        f->v->secure = false;
        f->v->xpsr = XPSR_T;
        f->v->control[true] = npriv != 0 ? CONTROL_NPRIV : 0;
        f->v->msp[true] = DATA_S;
        v8m_function_return(f->v);
        assert_int_equal(f->v->secure, npriv == 0);
        assert_int_equal(f->v->cfsr[true], npriv == 0 ? 0 : CFSR_DACCVIOL | CFSR_MMARVALID);
        assert_int_equal(f->v->msp[true], npriv == 0 ? DATA_S + 8u : DATA_S);
    }
}

/* ARMv8-M ARM, PopStack(): registers that could not be read are not left from the handler. */
static void fp_registers_that_cannot_be_read_become_zero(void **state)
{
    for (unsigned high = 0; high < 2; high++) {
        struct cpu_fixture *f = *state;
        struct v8m *v = f->v;
        v->cpacr[true] = 0xF00000;
        v->fpccr[true] = FPCCR_ASPEN | (high != 0 ? FPCCR_TS : 0);
        v->control[true] = CONTROL_FPCA | CONTROL_SFPA;
        v->xpsr = XPSR_T;
        v->secure = true;
        v->fp_here = true;
        v->msp[true] = STACK_S;
        set_scs(f, 0xE000ED94, true, 0);
        v8m_pend(v, V8M_PENDSV, true);
        v8m_take_pending(v);
        assert_int_equal(v->r[14] & EXCRET_FTYPE, 0);
        const uint32_t fp = (v->msp[true] + 0x20u + 0x1Fu) & ~0x1Fu; /* some of them */
        mpu_region(f, true, 0, fp | 3u, fp | 1u);
        mpu_region(f, true, 1, fp | 3u, fp | 1u); /* two regions: nobody's */
        set_scs(f, 0xE000ED94, true, 5);
        v->fp_here = true;
        for (unsigned i = 0; i < 32; i++) {
            v->s[i] = 0x5A5A0000u + i;
        }
        v8m_exception_return(v, v->r[14]);
        assert_int_equal(v->cfsr[true] & CFSR_MUNSTKERR, CFSR_MUNSTKERR);
        for (unsigned i = 0; i < 32; i++) {
            assert_int_equal(v->s[i], i < 16 || high != 0 ? 0 : 0x5A5A0000u + i);
        }
        assert_int_equal(cpu_secure(state), 0);
    }
}

/* Nor does it stand in PC until the engine drops it: a fault before would stack it. */
static void bit_0_of_a_stacked_pc_is_dropped(void **state)
{
    struct cpu_fixture *f = *state;
    v8m_pend(f->v, V8M_PENDSV, true);
    v8m_take_pending(f->v);
    set_word(f, f->v->msp[true] + 24u, at("idle") | 1u);
    v8m_exception_return(f->v, f->v->r[14]);
    assert_int_equal(f->v->r[15], at("idle"));
}

/* AIRCR.BFHFNMINS gives it to the Non-secure state; QEMU lets that state clear it at any time. */
static void hard_fault_status_is_of_the_state_that_takes_hard_faults(void **state)
{
    struct cpu_fixture *f = *state;
    f->v->hfsr = 0x40000000;
    assert_int_equal(scs(f, 0xE000ED2C, false), 0);
    set_scs(f, 0xE000ED2C, false, 0xFFFFFFFF);
    assert_int_equal(f->v->hfsr, 0x40000000);
    f->v->aircr_s = AIRCR_BFHFNMINS;
    assert_int_equal(scs(f, 0xE000ED2C, false), 0x40000000);
    set_scs(f, 0xE000ED2C, false, 0xFFFFFFFF);
    assert_int_equal(f->v->hfsr, 0);
}

/* QEMU has no deep sleep to compare with. */
static void deep_sleep_of_secure_code_is_not_seen_by_non_secure_code(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000ED10, true, 0xFFFFFFFF);
    set_scs(f, 0xE000ED10, false, 0xFFFFFFFF);
    assert_int_equal(scs(f, 0xE000ED10, true), 0x1E);
    assert_int_equal(scs(f, 0xE000ED10, false), 0x16);
}

/* SysTick: the external clock, and a reload value of zero, which lets it count no further. */
static void systick_counts_by_its_clock_and_stops_without_a_reload_value(void **state)
{
    struct cpu_fixture *f = *state;
    for (uint32_t core = 0; core < 2; core++) {
        set_scs(f, 0xE000E014, true, 100);
        set_scs(f, 0xE000E018, true, 0);
        set_scs(f, 0xE000E010, true, 1u | core << 2);
        f->v->time += 80;
        assert_int_equal(scs(f, 0xE000E018, true), 101u - (core != 0 ? 80u : 10u));
        set_scs(f, 0xE000E014, true, 0);
        f->v->time += 101u * 8u;
        assert_int_equal(scs(f, 0xE000E010, true) >> 16, 1);
        f->v->time += 100;
        assert_int_equal(scs(f, 0xE000E010, true) >> 16, 0);
        assert_int_equal(scs(f, 0xE000E018, true), 0);
        set_scs(f, 0xE000E010, true, 0);
    }
}

/* ARMv8-M ARM, DeActivate(): FAULTMASK ends with a return where nothing else is below 0. */
static void return_keeps_faultmask_while_priority_is_negative(void **state)
{
    struct cpu_fixture *f = *state;
    struct v8m *v = f->v;
    for (unsigned nmi = 0; nmi < 2; nmi++) {
        assert_int_equal(cpu_secure(state), 0);
        v8m_pend(v, V8M_PENDSV, true);
        v8m_take_pending(v);
        v->faultmask[true] = 1;
        v->vector[false][V8M_NMI].active = nmi != 0;
        v8m_exception_return(v, v->r[14]);
        assert_int_equal(v->faultmask[true], nmi);
    }
}

/* MPU_CTRL.HFNMIENA: what an NMI may do is not remembered for the code it came from. */
static void checks_passed_without_mpu_do_not_hold_with_it(void **state)
{
    struct cpu_fixture *f = *state;
    const struct sim_attr attr = {true, true};
    struct v8m_verdict verdict;
    mpu_region(f, true, 0, DATA_S | 4u, DATA_S | 1u); /* read-only, privileged */
    set_scs(f, 0xE000ED94, true, 5);
    for (unsigned nmi = 0; nmi < 4; nmi++) {
        f->v->vector[false][V8M_NMI].active = nmi % 2u == 0;
        v8m_check(f->v, DATA_S + 8u, SIM_WRITE, attr, &verdict);
        assert_int_equal(verdict.refusal, nmi % 2u == 0 ? V8M_PASSES : V8M_BY_MPU);
    }
    f->v->vector[false][V8M_NMI].active = false;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(masks_make_priorities),
        TEST(return_keeps_faultmask_while_priority_is_negative),
        TEST(checks_passed_without_mpu_do_not_hold_with_it),
        TEST(negative_priority_is_of_one_state),
        TEST(limits_hold_at_negative_priority_too),
        TEST(missing_non_secure_vectors_lock_up_where_hard_fault_is_non_secure),
        TEST(exceptions_set_the_event_register),
        TEST(pending_is_an_event_for_its_target_state),
        TEST(sleep_on_exit_is_of_the_state_returned_to),
        TEST(return_to_a_handler_does_not_sleep),
        TEST(monitor_is_ready_as_it_is_enabled),
        TEST(lazy_fault_that_was_not_ready_is_a_hard_fault),
        TEST(lazy_fault_that_cannot_be_taken_nor_wait_locks_up),
        TEST(all_device_types_are_device_memory),
        TEST(function_return_reads_with_the_rights_of_secure_code),
        TEST(fp_registers_that_cannot_be_read_become_zero),
        TEST(bit_0_of_a_stacked_pc_is_dropped),
        TEST(hard_fault_status_is_of_the_state_that_takes_hard_faults),
        TEST(deep_sleep_of_secure_code_is_not_seen_by_non_secure_code),
        TEST(systick_counts_by_its_clock_and_stops_without_a_reload_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
