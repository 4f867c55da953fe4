/* Exceptions within the Secure state: entry, return, nesting, what software sees of them. */
#include "rt.h"

static struct entry *outer; /* of the handler that an inner one looks at */

static void note_state(const char *tag)
{
    note(tag, get_ipsr());
    note_icsr("ICSR");
    note("SHCSR", load(SHCSR));
    note("control", get_control());
}

static void svc_frame(struct entry *entry)
{
    const struct frame *const frame = frame_of(entry);
    note_entry(entry);
    note_frame(frame);
    note("frame at", (uint32_t)frame);
    note_state("in");
    frame_of(entry)->r0 = 0x600D;
    set_control(get_control() & ~1u);
}

PROGRAM(svc_stacks_and_returns)
{
    handlers_s[SVCALL] = svc_frame;
    uint32_t result;
    __asm volatile("ldr r0, =0x10101010\n mov r1, #1\n mov r2, #2\n mov r3, #3\n"
                   "ldr r12, =0x12121212\n svc 1\n mov %0, r0"
                   : "=r"(result)::"r0", "r1", "r2", "r3", "r12", "memory");
    note("r0", result);
    note_state("after");
}

PROGRAM(svc_on_the_process_stack)
{
    handlers_s[SVCALL] = svc_frame;
    set_control(2);
    __asm volatile("svc 2" ::: "r0", "memory");
    set_control(0);
    note("psp", get_psp());
    note_state("after");
}

PROGRAM(svc_from_unprivileged_code)
{
    handlers_s[SVCALL] = svc_frame;
    be_unprivileged();
    __asm volatile("svc 3" ::: "r0", "memory");
    note("control", get_control());
}

PROGRAM(misaligned_stack_is_aligned)
{
    handlers_s[SVCALL] = svc_frame;
    uint32_t before;
    uint32_t after;
    __asm volatile("sub sp, #4\n mov %0, sp\n svc 4\n mov %1, sp\n add sp, #4"
                   : "=&r"(before), "=&r"(after)::"r0", "memory");
    note("before", before);
    note("after", after);
}

PROGRAM(svc_inside_an_it_block)
{
    handlers_s[SVCALL] = svc_frame;
    uint32_t one = 0;
    uint32_t two = 0;
    __asm volatile("movs r0, #0\n cmp r0, #0\n ittee eq\n svceq 5\n moveq %0, #7\n"
                   "movne %1, #8\n movne %0, #9\n"
                   : "+&r"(one), "+&r"(two)::"r0", "cc", "memory");
    note("one", one);
    note("two", two);
}

static void pendsv_in_svc(struct entry *entry)
{
    outer = entry;
    store(ICSR, ICSR_PENDSVSET);
    note_state("svc");
}

static void pendsv_nested(struct entry *entry)
{
    note_state("pendsv");
    note("exc_return", entry->lr);
    note("frame at", (uint32_t)frame_of(entry));
    note("xpsr", frame_of(entry)->xpsr & 0x1FFu);
}

PROGRAM(pendsv_preempts_svc)
{
    handlers_s[SVCALL] = pendsv_in_svc;
    handlers_s[PENDSV] = pendsv_nested;
    store(SHPR2, 0x80000000u);
    store(SHPR3, 0x00400000u);
    __asm volatile("svc 0");
    note_state("thread");
}

PROGRAM(pendsv_tail_chains_after_svc)
{
    handlers_s[SVCALL] = pendsv_in_svc;
    handlers_s[PENDSV] = pendsv_nested;
    store(SHPR2, 0x40000000u);
    store(SHPR3, 0x00800000u);
    __asm volatile("svc 0");
    note_state("thread");
}

PROGRAM(pendsv_can_be_withdrawn)
{
    handlers_s[PENDSV] = on_note;
    set_primask(1);
    store(ICSR, ICSR_PENDSVSET);
    note_icsr("ICSR");
    store(ICSR, ICSR_PENDSVCLR);
    note_icsr("ICSR");
    set_primask(0);
    barrier();
    note_state("thread");
}

static void nmi(struct entry *entry)
{
    note_state("nmi");
    note("exc_return", entry->lr);
    note("primask", get_primask());
}

PROGRAM(nmi_ignores_every_mask)
{
    handlers_s[NMI] = nmi;
    set_primask(1);
    set_faultmask(1);
    store(ICSR, ICSR_NMIPENDSET);
    note("faultmask", get_faultmask());
    set_faultmask(0);
    set_primask(0);
}

static void nmi_within_nmi(struct entry *entry)
{
    static uint32_t times;
    note("nmi", ++times);
    note("exc_return", entry->lr);
    if (times == 1) {
        store(ICSR, ICSR_NMIPENDSET);
        note_icsr("ICSR");
    }
}

PROGRAM(nmi_pended_within_itself_chains)
{
    handlers_s[NMI] = nmi_within_nmi;
    store(ICSR, ICSR_NMIPENDSET);
    note_state("thread");
}

static void to_process_stack(struct entry *entry)
{
    struct frame *const copy = (struct frame *)(PSP_S_TOP - 0x40u);
    *copy = *frame_of(entry);
    set_psp((uint32_t)copy);
    /* Thread mode goes on below, on the process stack, with the main one as it is now. */
    entry->lr |= 4u;
}

PROGRAM(exc_return_switches_the_stack)
{
    handlers_s[SVCALL] = to_process_stack;
    uint32_t sp;
    uint32_t control;
    __asm volatile("mov r4, sp\n svc 0\n mov %0, sp\n mrs %1, control\n movs r5, #0\n"
                   "msr control, r5\n isb\n mov sp, r4"
                   : "=&r"(sp), "=&r"(control)::"r4", "r5", "memory");
    note("sp", sp);
    note("control", control);
}

static void thread_from_nested(struct entry *entry)
{
    note_state("pendsv");
    struct frame *const frame = frame_of(entry);
    frame->xpsr &= ~0x1FFu;
    entry->lr |= 8u;
}

static void svc_expects_thread(struct entry *entry)
{
    (void)entry;
    store(ICSR, ICSR_PENDSVSET);
    note_state("svc goes on");
    end_program(); /* In Thread mode its EXC_RETURN is just an address. */
}

PROGRAM(return_to_thread_with_another_active)
{
    handlers_s[SVCALL] = svc_expects_thread;
    handlers_s[PENDSV] = thread_from_nested;
    store(SHPR2, 0x80000000u);
    store(SHPR3, 0x00400000u);
    __asm volatile("svc 0");
}

static uint32_t wrong_return;
static uint32_t wrong_xpsr_clear;
static uint32_t wrong_xpsr_set;

static void svc_returns_wrongly(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    frame->xpsr = (frame->xpsr & ~wrong_xpsr_clear) | wrong_xpsr_set;
    entry->lr = wrong_return;
}

/** Tail-chained upon the refused return: EXC_RETURN is what was refused. */
static void usage_after_return(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note_faults();
    note_state("in");
    entry->lr = 0xFFFFFFF9u;
    struct frame *const frame = (struct frame *)(entry + 1);
    note("xpsr", frame->xpsr);
    frame->xpsr = (frame->xpsr & 1u << 9) | 1u << 24;
}

static void try_return(uint32_t exc_return, uint32_t clear, uint32_t set)
{
    wrong_return = exc_return;
    wrong_xpsr_clear = clear;
    wrong_xpsr_set = set;
    /* Word-aligned, so that a return without the T bit is that fault and no other. */
    __asm volatile(".balign 4\n nop\n svc 0\n nop" ::: "memory");
}

PROGRAM(return_to_handler_without_a_handler)
{
    handlers_s[SVCALL] = svc_returns_wrongly;
    handlers_s[USAGE_FAULT] = usage_after_return;
    try_return(0xFFFFFFF1u, 0, 0);
    note_state("thread");
}

PROGRAM(return_to_thread_with_an_exception_number)
{
    handlers_s[SVCALL] = svc_returns_wrongly;
    handlers_s[USAGE_FAULT] = usage_after_return;
    try_return(0xFFFFFFF9u, 0, 15);
    note_state("thread");
}

static void usage_without_t(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note("at", frame->pc);
    note("xpsr", frame->xpsr);
    note_faults();
    frame->xpsr |= 1u << 24;
}

PROGRAM(return_without_the_thumb_bit)
{
    handlers_s[SVCALL] = svc_returns_wrongly;
    handlers_s[USAGE_FAULT] = usage_without_t;
    try_return(0xFFFFFFF9u, 1u << 24, 0);
    note_state("thread");
}

static void svc_sets_flags(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note("xpsr", frame->xpsr);
    frame->xpsr = (frame->xpsr & ~0xF80F0000u) | 0xA8050000u;
    frame->r1 = 0x11;
    frame->r12 = 0x1212;
}

PROGRAM(returned_flags_and_registers_hold)
{
    handlers_s[SVCALL] = svc_sets_flags;
    uint32_t flags;
    uint32_t r1;
    uint32_t r12;
    __asm volatile("svc 0\n mrs %0, apsr\n mov %1, r1\n mov %2, r12"
                   : "=&r"(flags), "=&r"(r1), "=&r"(r12)::"r0", "r1", "r2", "r3", "r12", "cc");
    note("apsr", flags);
    note("r1", r1);
    note("r12", r12);
}

static void irq_state(struct entry *entry)
{
    note_state("irq");
    note("exc_return", entry->lr);
    note("ISPR", load(NVIC_ISPR(70)));
    note("IABR", load(NVIC_IABR(70)));
}

PROGRAM(interrupt_pends_and_runs)
{
    handlers_s[IRQ0 + 70] = irq_state;
    irq_open(70, 0x40, true);
    set_primask(1);
    irq_pend(70);
    note("ISPR", load(NVIC_ISPR(70)));
    note_icsr("ICSR");
    store(NVIC_ICPR(70), 1u << 6);
    note("ISPR", load(NVIC_ISPR(70)));
    store(STIR, 70);
    note("ISPR", load(NVIC_ISPR(70)));
    set_primask(0);
    barrier();
    note("ISPR", load(NVIC_ISPR(70)));
    note("IABR", load(NVIC_IABR(70)));
    store(NVIC_ICER(70), 1u << 6);
    irq_pend(70);
    note("ISER", load(NVIC_ISER(70)));
    note_icsr("ICSR");
}

static void irq_pends_itself(struct entry *entry)
{
    static uint32_t times;
    note("time", ++times);
    note("exc_return", entry->lr);
    if (times < 3) {
        irq_pend(71);
        note_icsr("ICSR");
    }
}

PROGRAM(interrupt_pended_within_itself_runs_again)
{
    handlers_s[IRQ0 + 71] = irq_pends_itself;
    irq_open(71, 0x40, true);
    irq_pend(71);
    note_icsr("ICSR");
}

PROGRAM(masked_interrupt_ends_wfi)
{
    handlers_s[IRQ0 + 72] = on_note;
    irq_open(72, 0x40, true);
    set_primask(1);
    irq_pend(72);
    __asm volatile("wfi");
    note_icsr("awake");
    set_primask(0);
    barrier();
    note_icsr("after");
}

PROGRAM(event_register_ends_wfe)
{
    __asm volatile("sev\n wfe");
    note("awake", 1);
}

PROGRAM(barriers_and_hints_do_nothing)
{
    uint32_t sum = 1;
    __asm volatile("nop\n yield\n dmb\n dsb\n isb\n csdb\n ssbb\n adds %0, #1\n clrex"
                   : "+r"(sum)::"cc", "memory");
    note("sum", sum);
}
