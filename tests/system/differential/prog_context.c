/* Context that exceptions save and restore, where two rules meet: FP, CONTROL, limits, banks. */
#include "rt.h"

#define CP10_11     0x00F00000u
#define FPCCR_LAZY  0xC0000000u /* ASPEN, LSPEN */
#define FPCCR_EAGER 0x80000000u
#define FPCCR_TS    (1u << 26)
#define FPCCR_CLR   (1u << 28) /* CLRONRET */
#define FP_ONE      "vmov.f32 s0, #1.0\n vmov.f32 s16, #2.0\n"

static void fp_on(uint32_t fpccr)
{
    store(CPACR, CP10_11);
    store(CPACR + NS, CP10_11);
    store(NSACR, 0xC00);
    store(FPCCR, fpccr);
    store(FPCCR + NS, load(FPCCR + NS) | FPCCR_EAGER); /* ASPEN of its bank */
}

static void on_end(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note("MSP_NS", get_msp_ns());
    note_faults();
    end_program();
}

/*
 * A Secure handler over Non-secure code: its first fault is only the way there, the second is told.
 */

static handler_fn *act;
static unsigned secure_faults;

static void on_way(struct entry *entry)
{
    if (secure_faults++ != 0) {
        on_end(entry);
    }
    store(SFSR, 0xFFu);
    frame_of(entry)->pc += instruction_len(frame_of(entry)->pc);
    note("from", entry->lr);
    act(entry);
}

static void act_over_non_secure(handler_fn *handler)
{
    act = handler;
    handlers_s[SECURE_FAULT] = on_way;
    store(SHPR1, 0x80000000u);
}

/* SFPA that a Secure handler leaves behind is not the Non-secure code's. */

static void secure_uses_fp(struct entry *entry)
{
    (void)entry;
    __asm volatile("vmov.f32 s1, #3.0\n isb");
    note("CONTROL there", get_control());
}

static uint32_t note_control(uint32_t unused, uint32_t unused_too)
{
    (void)unused;
    (void)unused_too;
    note("CONTROL behind SG", get_control());
    return 0;
}

static NS_CODE void ns_notes_frame(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    note("NS frame xpsr", ns_frame_of(entry)->xpsr);
}

static NS_CODE uint32_t ns_is_interrupted(uint32_t a, uint32_t b)
{
    __asm volatile("vmov.f32 s0, #1.0\n isb");
    __asm volatile("ldr r3, [%0]\n svc 1" ::"r"(a) : "r3", "memory");
    (void)gate_call(note_control, 0, 0);
    return b;
}

PROGRAM(secure_fp_state_does_not_stay_in_non_secure_code)
{
    act_over_non_secure(secure_uses_fp);
    handlers_ns[SVCALL] = ns_notes_frame;
    fp_on(FPCCR_LAZY);
    note("returned", ns_call(ns_is_interrupted, WINDOW_S, 7));
}

/* Eager stacking without the right to use FP. */

static void nothing(struct entry *entry)
{
    (void)entry;
    note("handler", get_ipsr());
}

PROGRAM(eager_stacking_without_the_right_to_fp)
{
    handlers_s[USAGE_FAULT] = on_end;
    handlers_s[SVCALL] = nothing;
    fp_on(FPCCR_EAGER);
    __asm volatile(FP_ONE);
    store(CPACR, 0);
    __asm volatile("svc 1");
    note("went on", load(CFSR));
}

static uint32_t take_fp(uint32_t nsacr, uint32_t cpacr_ns)
{
    store(NSACR, nsacr);
    store(CPACR + NS, cpacr_ns);
    return 0;
}

static NS_CODE uint32_t ns_loses_fp(uint32_t a, uint32_t b)
{
    __asm volatile("vmov.f32 s0, #1.0\n isb");
    (void)gate_call(take_fp, a, b);
    __asm volatile("svc 1");
    return 0;
}

static NS_CODE void ns_on_end(struct entry *entry)
{
    note("NS fault", get_ipsr());
    note("NS exc_return", entry->lr);
    note("NS CFSR", *(volatile uint32_t *)CFSR);
    (void)gate_call(end_program_gate, 0, 0);
}

static void without_fp(uint32_t fpccr, uint32_t nsacr, uint32_t cpacr_ns)
{
    handlers_s[USAGE_FAULT] = on_end;
    handlers_ns[USAGE_FAULT] = ns_on_end;
    handlers_ns[SVCALL] = ns_notes_frame;
    fp_on(fpccr);
    (void)ns_call(ns_loses_fp, nsacr, cpacr_ns);
    note("MSP_NS", get_msp_ns());
}

PROGRAM(non_secure_eager_stacking_without_cpacr)
{
    without_fp(FPCCR_EAGER, 0xC00, 0);
}

PROGRAM(non_secure_eager_stacking_without_nsacr)
{
    without_fp(FPCCR_EAGER, 0, CP10_11);
}

PROGRAM(non_secure_lazy_stacking_without_nsacr)
{
    without_fp(FPCCR_LAZY, 0, CP10_11);
}

/* A frame on top of one that is still to be stored. */

static void svc_claims_fp(struct entry *entry)
{
    (void)entry;
    note("FPCCR", load(FPCCR));
    set_control(get_control() | 4u);
    store(ICSR, ICSR_PENDSVSET);
    note("went on", load(FPCCR));
}

PROGRAM(second_fp_frame_over_a_lazy_one)
{
    handlers_s[SECURE_FAULT] = on_end;
    handlers_s[SVCALL] = svc_claims_fp;
    handlers_s[PENDSV] = nothing;
    store(SHPR2, 0x80000000u);
    store(SHPR3, 0x00400000u);
    fp_on(FPCCR_LAZY);
    __asm volatile(FP_ONE "svc 1");
}

static void claims_lazy_state(struct entry *entry)
{
    note("exc_return", entry->lr);
    note("FPCCR", load(FPCCR));
    store(FPCCR, load(FPCCR) | 1u);
}

PROGRAM(return_to_non_secure_fp_over_secure_lazy_state)
{
    act_over_non_secure(claims_lazy_state);
    handlers_ns[SVCALL] = ns_notes_frame;
    fp_on(FPCCR_LAZY);
    (void)ns_call(ns_is_interrupted, WINDOW_S, 7);
}

/* What UpdateFPCCR() records. */

static void note_fpccr(struct entry *entry)
{
    (void)entry;
    note("FPCCR", load(FPCCR));
    note("FPCCR_NS", load(FPCCR + NS));
}

static void note_fpccr_and_end(struct entry *entry)
{
    note_fpccr(entry);
    end_program();
}

PROGRAM(lazy_frame_of_unprivileged_code)
{
    handlers_s[SVCALL] = note_fpccr_and_end;
    fp_on(FPCCR_LAZY);
    __asm volatile("mov r4, #1\n msr control, r4\n isb\n" FP_ONE "svc 1" ::: "r4", "memory");
}

static void hard_fault_uses_fp(struct entry *entry)
{
    frame_of(entry)->pc += 2u;
    __asm volatile("vmov.f32 s0, #3.0\n isb");
    store(ICSR, ICSR_NMIPENDSET);
}

PROGRAM(lazy_frame_of_a_hard_fault_handler)
{
    handlers_s[HARD_FAULT] = hard_fault_uses_fp;
    handlers_s[NMI] = note_fpccr;
    store(SHCSR, 0);
    fp_on(FPCCR_LAZY);
    __asm volatile("udf #1");
}

static NS_CODE void ns_note_fpccr(struct entry *entry)
{
    (void)entry;
    note("NS FPCCR", *(volatile uint32_t *)FPCCR);
    note("NS FPCAR", *(volatile uint32_t *)FPCAR);
}

static NS_CODE uint32_t ns_svc_with_fp(uint32_t a, uint32_t b)
{
    __asm volatile("vmov.f32 s0, #1.0\n vmov.f32 s16, #2.0\n svc 1");
    return a + b;
}

PROGRAM(non_secure_frame_while_fp_is_treated_as_secure)
{
    handlers_ns[SVCALL] = ns_note_fpccr;
    fp_on(FPCCR_LAZY | FPCCR_TS);
    note("returned", ns_call(ns_svc_with_fp, 1, 2));
}

static NS_CODE uint32_t ns_new_context(uint32_t a, uint32_t b)
{
    uint32_t fpscr;
    __asm volatile("vmrs %0, fpscr" : "=r"(fpscr));
    return fpscr + a + b;
}

PROGRAM(each_state_has_its_default_fpscr)
{
    uint32_t fpscr;
    fp_on(FPCCR_LAZY);
    store(FPDSCR, 0x01000000u);
    store(FPDSCR + NS, 0x02400000u);
    note("NS FPSCR", ns_call(ns_new_context, 0, 0));
    set_control(0); /* FPCA and SFPA: the next use begins a context */
    __asm volatile("vmrs %0, fpscr" : "=r"(fpscr));
    note("FPSCR", fpscr);
}

PROGRAM(clear_on_return_leaves_the_upper_registers)
{
    uint32_t s[2];
    handlers_s[SVCALL] = secure_uses_fp;
    fp_on(FPCCR_EAGER | FPCCR_CLR);
    __asm volatile(FP_ONE "mov r4, #0\n msr control, r4\n isb\n svc 1\n"
                          "vmov %0, s1\n vmov %1, s16"
                   : "=r"(s[0]), "=r"(s[1])::"r4", "memory");
    note_words("s1, s16", s, 2);
}

/* Lazy stores that are refused. */

static void svc_moves_frame(struct entry *entry)
{
    (void)entry;
    store(FPCAR, VOID_S);
    __asm volatile("vmov.f32 s0, #3.0\n isb");
    note("went on", load(FPCCR));
    note_icsr("ICSR");
}

PROGRAM(lazy_store_whose_fault_must_wait)
{
    handlers_s[SVCALL] = svc_moves_frame;
    handlers_s[BUS_FAULT] = on_end;
    store(SHPR1, 0x0000C000u);
    store(SHPR2, 0x40000000u);
    fp_on(FPCCR_LAZY);
    __asm volatile(FP_ONE "svc 1");
    note("after", load(CFSR));
}

static void closes_the_frame(struct entry *entry)
{
    note("exc_return", entry->lr);
    const uint32_t frame = load(FPCAR + NS);
    mpu_region(NS, 0, frame & ~0x1Fu, (frame & ~0x1Fu) + 0x1Fu, MPU_RO_PRIV);
    mpu_on(NS);
    __asm volatile("vmov.f32 s0, #3.0\n isb");
    note("went on", load(FPCCR));
}

PROGRAM(lazy_store_that_the_non_secure_mpu_refuses)
{
    act_over_non_secure(closes_the_frame);
    handlers_s[MEM_MANAGE] = on_end;
    handlers_ns[MEM_MANAGE] = ns_on_end;
    handlers_ns[SVCALL] = ns_notes_frame;
    fp_on(FPCCR_LAZY);
    (void)ns_call(ns_is_interrupted, WINDOW_S, 7);
}

/* Unstacking FP registers that cannot be read. */

static void svc_closes_the_frame(struct entry *entry)
{
    (void)entry;
    mpu_region(0, 0, WINDOW_S + 0xC0u, WINDOW_S + 0xDFu, MPU_RW_ANY);
    mpu_region(0, 1, WINDOW_S + 0xC0u, WINDOW_S + 0xDFu, MPU_RW_ANY);
    mpu_on(0);
}

static void notes_fp(struct entry *entry)
{
    uint32_t s[3];
    store(MPU_CTRL, 0);
    note("exc_return", entry->lr);
    __asm volatile("vmov %0, s0\n vmov %1, s15\n vmov %2, s16"
                   : "=r"(s[0]), "=r"(s[1]), "=r"(s[2]));
    note_words("s0, s15, s16", s, 3);
    note_faults();
    end_program();
}

PROGRAM(fp_frame_that_cannot_be_read)
{
    handlers_s[SVCALL] = svc_closes_the_frame;
    handlers_s[MEM_MANAGE] = notes_fp;
    fp_on(FPCCR_EAGER);
    set_psp(WINDOW_S + 0x100u);
    __asm volatile("mov r4, #2\n msr control, r4\n isb\n" FP_ONE "vmov.f32 s15, #4.0\n svc 1" ::
                       : "r4", "memory");
}

/* The registers that Non-secure handlers must not see are stacked late. */

static void irq_pends_non_secure(struct entry *entry)
{
    note("exc_return", entry->lr);
    irq_pend(65);
}

static NS_CODE void ns_ends(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    (void)gate_call(end_program_gate, 0, 0);
}

static void tail_chain_on(uint32_t control, uint32_t limit)
{
    handlers_s[IRQ0 + 64] = irq_pends_non_secure;
    handlers_ns[IRQ0 + 65] = ns_ends;
    handlers_s[USAGE_FAULT] = on_end;
    handlers_s[MEM_MANAGE] = on_end;
    irq_open(64, 0x40, true);
    irq_open(65, 0x80, false);
    set_psplim(limit);
    __asm volatile("msr control, %0\n isb\n ldr r4, =0xE000EF00\n mov r5, #64\n"
                   "str r5, [r4]\n dsb\n isb\n" ::"r"(control)
                   : "r4", "r5", "memory");
    end_program();
}

PROGRAM(late_stacking_below_psplim)
{
    set_psp(WINDOW_S + 0x100u);
    tail_chain_on(2, WINDOW_S + 0x100u - 0x20u - 0x20u);
}

PROGRAM(late_stacking_just_above_psplim)
{
    set_psp(WINDOW_S + 0x100u);
    tail_chain_on(2, WINDOW_S + 0x100u - 0x20u - 0x28u);
}

PROGRAM(late_stacking_of_unprivileged_code)
{
    set_psp(WINDOW_S + 0x100u);
    store(CCR, load(CCR) | 2u); /* USERSETMPEND */
    mpu_region(0, 0, 0x30000000u, WINDOW_S + 0xBFu, MPU_RW_ANY);
    mpu_region(0, 1, WINDOW_S + 0xC0u, WINDOW_S + 0xDFu, MPU_RW_PRIV);
    mpu_region(0, 2, WINDOW_S + 0xE0u, GATES - 1u, MPU_RW_ANY);
    mpu_on(0);
    tail_chain_on(3, 0);
}

/* Returns. */

static void returns_to_odd(struct entry *entry)
{
    frame_of(entry)->pc |= 1u;
}

PROGRAM(bit_0_of_a_stacked_pc_is_ignored)
{
    handlers_s[SVCALL] = returns_to_odd;
    uint32_t where;
    __asm volatile("svc 1\n mov %0, pc" : "=r"(where));
    note("bit 0", where & 1u);
}

static void claims_non_secure(struct entry *entry)
{
    entry->lr = (entry->lr & ~1u) | 4u;
}

static void notes_control(struct entry *entry)
{
    note("CONTROL", get_control());
    note("CONTROL_NS", get_control_ns());
    on_end(entry);
}

PROGRAM(stack_of_a_claimed_exception_is_selected)
{
    handlers_s[SVCALL] = claims_non_secure;
    handlers_s[HARD_FAULT] = notes_control; /* SVCALL is still active */
    __asm volatile("svc 1");
}

static NS_CODE void ns_skips(struct entry *entry)
{
    note("NS handler", get_ipsr());
    note("NS SHCSR", *(volatile uint32_t *)SHCSR);
    ns_frame_of(entry)->pc += 2u;
}

static NS_CODE uint32_t ns_faults_twice(uint32_t a, uint32_t b)
{
    __asm volatile("udf #1\n udf #2");
    return a + b;
}

PROGRAM(non_secure_hard_fault_ends_with_its_return)
{
    handlers_ns[HARD_FAULT] = ns_skips;
    store(AIRCR, AIRCR_KEY | AIRCR_BFHFNMINS);
    store(SHCSR + NS, 0);
    note("returned", ns_call(ns_faults_twice, 1, 2));
    note("SHCSR_NS", load(SHCSR + NS));
    note("SHCSR", load(SHCSR));
}

/** BXNS does not hide the number of the Secure exception as BLXNS does: no return fits it. */
static void returns_from_bxns(struct entry *entry)
{
    (void)entry;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .thumb_func\n 1: bx lr\n .popsection\n"
                   "sub sp, #8\n adr r5, 2f\n orr r5, #1\n str r5, [sp]\n mov r5, #11\n"
                   "str r5, [sp, #4]\n mvn lr, #0x01000000\n ldr r5, =1b\n bic r5, #1\n"
                   "bxns r5\n .ltorg\n .balign 4\n 2: nop" ::
                       : "r5", "lr", "memory");
    note("went on", get_ipsr());
    end_program();
}

PROGRAM(function_return_of_a_handler_that_shows_its_number)
{
    handlers_s[SVCALL] = returns_from_bxns;
    handlers_s[USAGE_FAULT] = on_end;
    handlers_ns[USAGE_FAULT] = ns_on_end;
    handlers_s[HARD_FAULT] = on_end;
    store(SHPR2, 0x80000000u);
    store(SHPR2 + NS, 0x80000000u);
    __asm volatile("svc 1");
}
