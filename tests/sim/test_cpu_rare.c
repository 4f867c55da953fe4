/*
 * What is rare, and what QEMU cannot be the measure of: it stops at a lockup, has no
 * CCR.BFHFNMIGN, and the two machines have no device in common that holds a line.
 */
#include "cpu_fixture.h"

#define CCR_RESET 0x00000201u
#define NOTHING   0x36000000u /* Secure, and no memory */
#define SHCSR     0xE000ED24u

/** Takes a handler of the program into the Secure vector table. */
static void set_handler(struct cpu_fixture *f, unsigned exc, const char *label)
{
    set_word(f, 0x0C000000u + 4u * exc, at(label) | 1u);
}

/* CCR.BFHFNMIGN, Configuration and Control Register: precise bus errors of loads and stores. */

static void bus_errors_in_hard_fault_are_ignored_when_told(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, CCR_RESET | CCR_BFHFNMIGN);
    set_reg(f, 1, NOTHING);
    set_handler(f, V8M_HARD, "handler_hard");
    go(f, "fault_in_hard_fault");
    assert_int_equal(reg(f, 7), 1); /* the handler has returned */
    assert_int_equal(reg(f, 6), 2);
    assert_int_equal(reg(f, 5), 0); /* read behind the refused words */
    assert_int_equal(f->v->cfsr[false], 0);
    assert_true(said(f, "it reads as zero"));
    assert_true(said(f, "it is ignored"));
}

static void bus_errors_under_faultmask_are_ignored_when_told(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, CCR_RESET | CCR_BFHFNMIGN);
    set_reg(f, 1, NOTHING);
    set_reg(f, 6, 0);
    go(f, "read_at_faultmask");
    assert_int_equal(reg(f, 6), 1);
    assert_int_equal(f->v->cfsr[false], 0);
}

static void bus_errors_at_other_priorities_are_not_ignored(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000ED14, true, CCR_RESET | CCR_BFHFNMIGN);
    set_scs(f, SHCSR, true, 0x70000);
    set_reg(f, 1, NOTHING);
    go(f, "word_at");
    assert_int_equal(reg(f, 10), V8M_BUS);
    assert_int_equal(f->v->cfsr[false], CFSR_PRECISERR | CFSR_BFARVALID);
    assert_int_equal(f->v->bfar, NOTHING);
}

static void fetch_errors_are_never_ignored(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, CCR_RESET | CCR_BFHFNMIGN);
    set_reg(f, 1, NOTHING | 1u);
    begin(f, "branch_in_hard_fault");
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_LOCKUP);
    assert_int_equal(f->v->cfsr[false], CFSR_IBUSERR);
}

/* Lockup: a fault that cannot be taken, because the processor runs at its HardFault's priority. */

static void lockup(struct cpu_fixture *f, const char *label)
{
    begin(f, label);
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_LOCKUP);
    assert_true(f->v->lockup);
    assert_true(said(f, "lockup: HardFault of the Secure state cannot be taken"));
    assert_int_equal(f->v->vector[true][V8M_HARD].pending, false);
}

static void fault_in_hard_fault_locks_up(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, CCR_RESET);
    set_reg(f, 1, NOTHING);
    set_reg(f, 6, 0);
    set_handler(f, V8M_HARD, "handler_hard");
    lockup(f, "fault_in_hard_fault");
    assert_int_equal(reg(f, 6), 0);
    assert_int_equal(f->v->bfar, NOTHING);
    assert_true(f->v->vector[true][V8M_HARD].active);
}

static void fault_in_nmi_locks_up(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, SHCSR, true, 0xF0000);
    set_handler(f, V8M_NMI, "handler_nmi");
    lockup(f, "undefined_in_nmi");
    assert_int_equal(reg(f, 6), 1);
    assert_int_equal(f->v->cfsr[true], CFSR_UNDEFINSTR);
}

static void fault_under_faultmask_locks_up(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, CCR_RESET);
    set_reg(f, 1, NOTHING);
    set_scs(f, SHCSR, true, 0xF0000);
    lockup(f, "read_at_faultmask");
}

/* With BFHFNMINS the Secure HardFault has priority -3: it can be taken out of NMI. */
static void secure_fault_in_a_non_secure_nmi_is_taken(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000ED0C, true, 0x05FA0000u | AIRCR_BFHFNMINS);
    begin(f, "ns_undefined");
    f->v->vector[false][V8M_NMI].active = true;
    f->v->xpsr |= V8M_NMI;
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_LOCKUP); /* HardFault is Non-secure, -1 */
    v8m_reset(f->v, 0x0C000000, 0x08100000);
    set_scs(f, 0xE000ED0C, true, 0x05FA0000u | AIRCR_BFHFNMINS);
    f->v->msp[true] = STACK_S;
    f->v->msp[false] = STACK_NS;
    f->v->vector[false][V8M_NMI].active = true;
    v8m_pend_fault(f->v, V8M_USAGE, true); /* not enabled: escalates */
    assert_false(f->v->lockup);
    assert_true(f->v->vector[true][V8M_HARD].pending);
    v8m_take_pending(f->v);
    assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_HARD);
    assert_true(f->v->secure);
}

/* A line that stays high is pending again when its handler returns: Interrupt pending state. */

static void held_line_is_pended_again(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000E100, true, 1);
    set_handler(f, V8M_IRQ0, "handler_irq");
    f->v->primask[true] = 1; /* until the program opens it */
    cpu_irq(f->cpu, 0, true);
    go(f, "count_interrupts");
    assert_int_equal(reg(f, 5), 3);
    assert_int_equal(reg(f, 7), 1);
    assert_int_equal(scs(f, 0xE000E200, true) & 1u, 1); /* disabled by now, and still pending */
    set_scs(f, 0xE000E280, true, 1);
    assert_int_equal(scs(f, 0xE000E200, true) & 1u, 1);
    cpu_irq(f->cpu, 0, false);
    set_scs(f, 0xE000E280, true, 1);
    assert_int_equal(scs(f, 0xE000E200, true) & 1u, 0);
}

static void line_that_has_fallen_is_not_pended_again(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000E100, true, 1);
    set_handler(f, V8M_IRQ0, "handler_irq");
    f->v->primask[true] = 1; /* until the program opens it */
    begin(f, "count_interrupts");
    cpu_irq(f->cpu, 0, true);
    cpu_irq(f->cpu, 0, false); /* the edge has been latched */
    assert_int_equal(cpu_run(f->cpu, 200), SIM_STOP_INSNS);
    assert_int_equal(reg(f, 5), 1);
    assert_int_equal(scs(f, 0xE000E200, true) & 1u, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(bus_errors_in_hard_fault_are_ignored_when_told),
        TEST(bus_errors_under_faultmask_are_ignored_when_told),
        TEST(bus_errors_at_other_priorities_are_not_ignored),
        TEST(fetch_errors_are_never_ignored),
        TEST(fault_in_hard_fault_locks_up),
        TEST(fault_in_nmi_locks_up),
        TEST(fault_under_faultmask_locks_up),
        TEST(secure_fault_in_a_non_secure_nmi_is_taken),
        TEST(held_line_is_pended_again),
        TEST(line_that_has_fallen_is_not_pended_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
