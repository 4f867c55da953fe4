/* Which exception runs first: priorities, groups, both states, AIRCR.PRIS. */
#include "rt.h"

#define LOW  80u
#define HIGH 81u
#define MORE 82u

static void pend_high(struct entry *entry)
{
    note("begin", get_ipsr());
    note("exc_return", entry->lr);
    irq_pend(HIGH);
    note("RETTOBASE", load(ICSR) & 1u << 11);
    note("end", get_ipsr());
}

static void run_pair(uint32_t low, uint32_t high)
{
    handlers_s[IRQ0 + LOW] = pend_high;
    handlers_s[IRQ0 + HIGH] = on_note;
    irq_open(LOW, low, true);
    irq_open(HIGH, high, true);
    irq_pend(LOW);
    note_icsr("thread");
}

PROGRAM(higher_priority_preempts)
{
    run_pair(0x80, 0x40);
}

PROGRAM(equal_priority_waits)
{
    run_pair(0x40, 0x40);
}

PROGRAM(lower_priority_waits)
{
    run_pair(0x40, 0x80);
}

PROGRAM(subpriority_does_not_preempt)
{
    store(AIRCR, AIRCR_KEY | 6u << 8); /* one bit of group priority */
    note("AIRCR", load(AIRCR) & 0x700u);
    run_pair(0x70, 0x10);
    run_pair(0x90, 0x70);
}

static void pend_three(uint32_t a, uint32_t b, uint32_t c)
{
    handlers_s[IRQ0 + LOW] = on_note;
    handlers_s[IRQ0 + HIGH] = on_note;
    handlers_s[IRQ0 + MORE] = on_note;
    irq_open(LOW, a, true);
    irq_open(HIGH, b, true);
    irq_open(MORE, c, true);
    set_primask(1);
    irq_pend(MORE);
    irq_pend(LOW);
    irq_pend(HIGH);
    note_icsr("ICSR");
    set_primask(0);
    barrier();
    note_icsr("ICSR");
}

PROGRAM(pending_run_by_number_when_equal)
{
    pend_three(0x40, 0x40, 0x40);
}

PROGRAM(pending_run_by_priority)
{
    pend_three(0x80, 0x40, 0x20);
}

PROGRAM(pending_run_by_subpriority)
{
    store(AIRCR, AIRCR_KEY | 7u << 8); /* no group priority at all */
    pend_three(0x80, 0x20, 0x40);
}

PROGRAM(system_exceptions_order)
{
    handlers_s[PENDSV] = on_note;
    handlers_s[SYSTICK] = on_note;
    handlers_s[NMI] = on_note;
    handlers_s[IRQ0 + LOW] = on_note;
    irq_open(LOW, 0, true);
    set_primask(1);
    irq_pend(LOW);
    store(ICSR, ICSR_PENDSTSET);
    store(ICSR, ICSR_PENDSVSET);
    note_icsr("ICSR");
    store(ICSR, ICSR_NMIPENDSET);
    set_primask(0);
    barrier();
    note_icsr("ICSR");
}

PROGRAM(priority_registers_are_banked)
{
    store(SHPR1, 0x50607080u);
    store(SHPR2, 0x90A0B0C0u);
    store(SHPR3, 0xD0E0F010u);
    note("SHPR1", load(SHPR1));
    note("SHPR2", load(SHPR2));
    note("SHPR3", load(SHPR3));
    note("SHPR1_NS", load(SHPR1 + NS));
    note("SHPR2_NS", load(SHPR2 + NS));
    note("SHPR3_NS", load(SHPR3 + NS));
    store(SHPR1 + NS, 0x20304050u);
    store(SHPR3 + NS, 0x60708090u);
    note("SHPR1_NS", load(SHPR1 + NS));
    note("SHPR3_NS", load(SHPR3 + NS));
    note("SHPR3", load(SHPR3));
}

static NS_CODE uint32_t ns_looks_at_irqs(uint32_t irq, uint32_t unused)
{
    (void)unused;
    note("NS ISER", load(NVIC_ISER(irq)));
    note("NS ITNS", load(NVIC_ITNS(irq)));
    note("NS IPR", load(NVIC_IPR(irq & ~3u)));
    store(NVIC_IPR(irq & ~3u), 0x60606060u);
    store(NVIC_ISER(irq), 0xFFFFFFFFu);
    store(NVIC_ISPR(irq), 0xFFFFFFFFu);
    store(NVIC_ITNS(irq), 0xFFFFFFFFu);
    note("NS ISER", load(NVIC_ISER(irq)));
    note("NS ISPR", load(NVIC_ISPR(irq)));
    note("NS IPR", load(NVIC_IPR(irq & ~3u)));
    store(NVIC_ICPR(irq), 0xFFFFFFFFu);
    store(NVIC_ICER(irq), 0xFFFFFFFFu);
    return load(NVIC_ISER(irq));
}

PROGRAM(non_secure_sees_only_its_interrupts)
{
    irq_open(64, 0x40, true);
    irq_open(65, 0x80, false);
    irq_open(66, 0xC0, true);
    irq_open(67, 0x20, false);
    set_primask(1);
    set_primask_ns(1);
    note("returned", ns_call(ns_looks_at_irqs, 64, 0));
    note("ISER", load(NVIC_ISER(64)));
    note("ISPR", load(NVIC_ISPR(64)));
    note("ITNS", load(NVIC_ITNS(64)));
    note("IPR", load(NVIC_IPR(64)));
    note("ISER_NS", load(NVIC_ISER(64) + NS));
    note("IPR_NS", load(NVIC_IPR(64) + NS));
}

/** A Secure and a Non-secure interrupt pend together; then each is pended by the other. */
static void s_pends_ns(struct entry *entry)
{
    note("S begin", entry->lr);
    irq_pend(65);
    note("S end", load(NVIC_IABR(64)));
}

static NS_CODE void ns_pends_nothing(struct entry *entry)
{
    note("NS begin", entry->lr);
    note("NS end", load(NVIC_IABR(64)));
}

static void run_across(uint32_t s, uint32_t ns)
{
    handlers_s[IRQ0 + 64] = s_pends_ns;
    handlers_ns[IRQ0 + 65] = ns_pends_nothing;
    irq_open(64, s, true);
    irq_open(65, ns, false);
    irq_pend(64);
    note("thread", load(ICSR) & 0x1FFu);
}

PROGRAM(non_secure_preempts_secure_by_priority)
{
    run_across(0x80, 0x40);
}

PROGRAM(pris_halves_non_secure_priorities)
{
    store(AIRCR, AIRCR_KEY | AIRCR_PRIS);
    note("AIRCR", load(AIRCR));
    run_across(0x80, 0x00); /* the same, then */
    run_across(0x90, 0x00);
    run_across(0xC0, 0x60);
    run_across(0xC0, 0xA0);
}

static NS_CODE uint32_t ns_masks(uint32_t basepri, uint32_t primask)
{
    set_basepri(basepri);
    set_primask(primask);
    irq_pend(65);
    note("NS still masked", load(NVIC_ISPR(64)));
    gate_call(irq_pend_secure, 64, 0);
    set_basepri(0);
    set_primask(0);
    barrier();
    return 0;
}

PROGRAM(non_secure_masks_and_secure_interrupts)
{
    handlers_s[IRQ0 + 64] = on_note;
    handlers_ns[IRQ0 + 65] = ns_on_note;
    irq_open(64, 0x80, true);
    irq_open(65, 0x80, false);
    (void)ns_call(ns_masks, 0x40, 0);
    (void)ns_call(ns_masks, 0, 1);
    note("PRIS", 1);
    store(AIRCR, AIRCR_KEY | AIRCR_PRIS);
    store_byte(NVIC_IPR(64), 0x40);
    (void)ns_call(ns_masks, 0x40, 0);
    (void)ns_call(ns_masks, 0, 1);
    store_byte(NVIC_IPR(64), 0xC0);
    (void)ns_call(ns_masks, 0x20, 0);
}

static void changes_priority(struct entry *entry)
{
    note("begin", entry->lr);
    irq_pend(HIGH);
    note("pended", 0);
    store_byte(NVIC_IPR(HIGH), 0x20);
    note("raised", 0);
    store_byte(NVIC_IPR(HIGH), 0x80);
}

PROGRAM(raising_a_pending_priority_preempts)
{
    handlers_s[IRQ0 + LOW] = changes_priority;
    handlers_s[IRQ0 + HIGH] = on_note;
    irq_open(LOW, 0x40, true);
    irq_open(HIGH, 0x80, true);
    irq_pend(LOW);
}

static void hard_fault_of_svc(struct entry *entry)
{
    note("hard fault", entry->lr);
    note("at", frame_of(entry)->pc);
    note_faults();
    note("SHCSR", load(SHCSR));
}

static void svc_within_svc(struct entry *entry)
{
    note("svc", entry->lr);
    __asm volatile("svc 1");
    note("after", load(SHCSR));
}

PROGRAM(svc_that_cannot_preempt_is_a_hard_fault)
{
    handlers_s[SVCALL] = svc_within_svc;
    handlers_s[HARD_FAULT] = hard_fault_of_svc;
    __asm volatile("svc 0");
    set_primask(1);
    __asm volatile("svc 0");
    set_primask(0);
    set_basepri(0x40);
    store(SHPR2, 0x40000000u);
    __asm volatile("svc 0");
    set_basepri(0);
}
