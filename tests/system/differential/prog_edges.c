/* Rare edges: the signature's lowest bit, lazy FP errors, what a Non-secure handler is shown. */
#include "rt.h"

#define CP10_11      0x00F00000u
#define FPCCR_LAZY   0xC0000000u /* ASPEN, LSPEN */
#define FP_FILL_ONE  "vmov.f32 s0, #1.0\n vmov.f32 s16, #2.0\n"
#define VECTOR_NS(n) (load(VTOR + NS) + 4u * (n))

static void on_end(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note_faults();
    end_program();
}

static void fp_on(void)
{
    store(CPACR, CP10_11);
    store(CPACR + NS, CP10_11);
    store(NSACR, 0xC00);
    store(FPCCR, FPCCR_LAZY);
}

static uint32_t flip_sftc(uint32_t unused, uint32_t unused_too)
{
    (void)unused;
    (void)unused_too;
    uint32_t *word = (uint32_t *)get_msp();
    while ((*word | 1u) != 0xFEFA125Bu) {
        word++;
    }
    note("signature", *word);
    *word ^= 1u;
    return 0;
}

static NS_CODE void ns_has_sftc_flipped(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    (void)gate_call(flip_sftc, 0, 0);
}

PROGRAM(signature_of_the_other_frame_type_is_refused)
{
    handlers_ns[IRQ0 + 64] = ns_has_sftc_flipped;
    handlers_s[SECURE_FAULT] = on_end;
    irq_open(64, 0x40, false);
    irq_pend(64);
    note("went on", 1);
}

PROGRAM(vlstm_over_a_lazy_frame)
{
    handlers_s[SECURE_FAULT] = on_end;
    fp_on();
    uint32_t area[34] __attribute__((aligned(8)));
    __asm volatile(FP_FILL_ONE "vlstm %0\n isb" ::"r"(area) : "memory");
    note("FPCCR", load(FPCCR));
    __asm volatile("vlstm %0\n isb" ::"r"(area) : "memory");
    note("went on", load(FPCCR));
}

static void svc_moves_frame_to_nowhere(struct entry *entry)
{
    note("exc_return", entry->lr);
    store(FPCAR, VOID_S);
    __asm volatile("vmov.f32 s0, #1.0\n isb");
    note("went on", load(FPCCR));
}

PROGRAM(lazy_store_where_nothing_is)
{
    handlers_s[SVCALL] = svc_moves_frame_to_nowhere;
    handlers_s[BUS_FAULT] = on_end;
    store(SHPR2, 0x80000000u);
    fp_on();
    __asm volatile(FP_FILL_ONE "svc 1");
    note("went on", load(CFSR));
}

static void fault_moves_ns_frame(struct entry *entry)
{
    note("exc_return", entry->lr);
    store(FPCAR + NS, WINDOW_S);
    __asm volatile("vmov.f32 s0, #1.0\n isb");
    note("went on", load(FPCCR));
}

static NS_CODE uint32_t ns_fp_faults(uint32_t a, uint32_t b)
{
    __asm volatile(FP_FILL_ONE);
    __asm volatile("ldr r3, [%0]" ::"r"(a) : "r3");
    return a + b;
}

PROGRAM(lazy_store_of_a_non_secure_frame_into_secure_memory)
{
    handlers_s[BUS_FAULT] = fault_moves_ns_frame; /* which is Secure, whoever causes it */
    handlers_s[SECURE_FAULT] = on_end;
    fp_on();
    sau_region(2, VOID_NS, VOID_NS + 0xFFFFu, 1);
    store(SHPR1, 0x00008000u);
    note("returned", ns_call(ns_fp_faults, VOID_NS, 2));
}

PROGRAM(flags_are_hidden_from_a_non_secure_handler)
{
    uint32_t handler;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .balign 4\n"
                   "1: mrs r0, apsr\n ldr r1, =0x20007000\n str r0, [r1]\n bx lr\n"
                   ".ltorg\n .popsection\n ldr %0, =1b\n orr %0, #1"
                   : "=r"(handler));
    store(VECTOR_NS(IRQ0 + 64), handler);
    store(WINDOW_NS, 0x55u);
    irq_open(64, 0x40, false);
    uint32_t after;
    set_primask(1);
    irq_pend(64);
    __asm volatile("ldr r4, =0xF80F0000\n msr apsr_nzcvqg, r4\n cpsie i\n isb\n mrs %0, apsr"
                   : "=r"(after)::"r4", "cc", "memory");
    note("flags there", load(WINDOW_NS));
    note("flags after", after);
}

static void note_rettobase(struct entry *entry)
{
    note("ipsr", get_ipsr());
    note("RETTOBASE", load(ICSR) & 1u << 11);
    if (get_ipsr() == SVCALL) {
        store(ICSR, ICSR_PENDSVSET);
        note("RETTOBASE", load(ICSR) & 1u << 11);
    }
    (void)entry;
}

PROGRAM(rettobase_is_set_in_the_outermost_handler_only)
{
    handlers_s[SVCALL] = note_rettobase;
    handlers_s[PENDSV] = note_rettobase;
    store(SHPR2, 0x80000000u);
    store(SHPR3, 0x00400000u);
    __asm volatile("svc 1");
}

PROGRAM(blxns_at_the_stack_limit)
{
    handlers_s[USAGE_FAULT] = on_end;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .thumb_func\n 1: bx lr\n .popsection\n"
                   "ldr r7, =0x30004800\n msr psp, r7\n sub r4, r7, #8\n sub r5, r7, #0\n"
                   "msr psplim, r4\n mov r6, #2\n msr control, r6\n isb\n"
                   "ldr r6, =1b\n bic r6, #1\n blxns r6\n"
                   "msr psplim, r5\n blxns r6\n"
                   "mov r6, #0\n msr control, r6\n isb" ::
                       : "r4", "r5", "r6", "r7", "lr", "cc", "memory");
    note("went on", 1);
}

static void hard_fault_pends_nmi(struct entry *entry)
{
    on_fault_skip(entry);
    store(ICSR, ICSR_NMIPENDSET);
    note_icsr("NMI waits");
}

PROGRAM(secure_hard_fault_holds_off_a_non_secure_nmi)
{
    handlers_s[HARD_FAULT] = hard_fault_pends_nmi;
    handlers_ns[NMI] = ns_on_note;
    store(AIRCR, AIRCR_KEY | AIRCR_BFHFNMINS);
    store(SHCSR, 0);
    __asm volatile("udf #1");
    note("after", get_ipsr());
}

/* FPCCR.SPLIMVIOL: nothing is stored where the stacking would have crossed the limit. */

static void svc_marks_violation(struct entry *entry)
{
    (void)entry;
    uint32_t *const area = (uint32_t *)load(FPCAR);
    for (unsigned i = 0; i < 18u; i++) {
        area[i] = 0x5A5A0000u + i;
    }
    store(FPCCR, load(FPCCR) | 1u << 9);
    note("FPCCR", load(FPCCR));
    __asm volatile("vmov.f32 s0, #3.0\n isb");
    note("FPCCR", load(FPCCR));
    note_words("area", area, 18);
}

PROGRAM(lazy_store_over_the_limit_is_left_out)
{
    handlers_s[SVCALL] = svc_marks_violation;
    fp_on();
    __asm volatile(FP_FILL_ONE "svc 1");
}

static void overflow_uses_fp(struct entry *entry)
{
    const uint32_t *const area = (const uint32_t *)load(FPCAR);
    note("exc_return", entry->lr);
    note("FPCCR", load(FPCCR));
    note("area", area[0]);
    __asm volatile("vmov.f32 s0, #3.0\n isb");
    note("FPCCR", load(FPCCR));
    note_words("area", area, 18);
    note_faults();
    end_program();
}

PROGRAM(stack_overflow_by_a_lazy_frame_stores_nothing)
{
    handlers_s[USAGE_FAULT] = overflow_uses_fp;
    fp_on();
    set_psp(WINDOW_S + 0x100u);
    set_psplim(WINDOW_S + 0xF8u);
    store(WINDOW_S + 0x100u - 0x48u, 0x5A5A5A5Au);
    __asm volatile("mov r4, #2\n msr control, r4\n isb\n" FP_FILL_ONE "svc 1" ::: "r4", "memory");
}

/* A narrow LDM whose base is in its list takes the base from memory, in every kind of page. */

static void load_own_bases(uint32_t at)
{
    uint32_t words[4];
    __asm volatile("mov r0, %1\n .inst.n 0xC807 @ ldm r0, {r0, r1, r2}\n"
                   "stm %0, {r0, r1, r2}\n"
                   "mov r2, %1\n .inst.n 0xCA07 @ ldm r2, {r0, r1, r2}\n"
                   "str r2, [%0, #12]" ::"r"(words),
                   "r"(at)
                   : "r0", "r1", "r2", "memory");
    note_words("own base", words, 4);
    __asm volatile("mov r0, %1\n .inst.n 0xC806 @ ldm r0!, {r1, r2}\n"
                   "stm %0, {r0, r1, r2}\n"
                   "mov r0, %1\n ldm.w r0, {r0, r3}\n str r0, [%0, #12]" ::"r"(words),
                   "r"(at)
                   : "r0", "r1", "r2", "r3", "memory");
    note_words("other base", words, 4);
    __asm volatile("mov r1, %1\n .inst.n 0xC106 @ stm r1!, {r1, r2}\n"
                   "str r1, [%0]\n ldr r3, [%1]\n str r3, [%0, #4]" ::"r"(words),
                   "r"(at)
                   : "r1", "r2", "r3", "memory");
    note_words("base stored", words, 2);
}

PROGRAM(load_multiple_of_its_own_base)
{
    for (unsigned i = 0; i < 4; i++) {
        store(WINDOW_S + 4u * i, 0xB0B00000u + i);
    }
    load_own_bases(WINDOW_S);
    for (unsigned i = 0; i < 4; i++) {
        store(WINDOW_S + 4u * i, 0xB0B00000u + i);
    }
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_PRIV); /* a page of borders */
    mpu_on(0);
    load_own_bases(WINDOW_S);
}

PROGRAM(blxns_just_at_the_stack_limit)
{
    handlers_s[USAGE_FAULT] = on_end;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .thumb_func\n 1: bx lr\n .popsection\n"
                   "ldr r7, =0x30004800\n msr psp, r7\n sub r4, r7, #8\n"
                   "msr psplim, r4\n mov r6, #2\n msr control, r6\n isb\n"
                   "ldr r6, =1b\n bic r6, #1\n blxns r6\n"
                   "mov r6, #0\n msr control, r6\n isb" ::
                       : "r4", "r6", "r7", "lr", "cc", "memory");
    note("went on", 1);
}

static uint32_t note_arrival(uint32_t a, uint32_t b)
{
    note("arrived", a + b);
    return 0;
}

static NS_CODE uint32_t ns_calls_gate(uint32_t a, uint32_t b)
{
    (void)gate_call(note_arrival, a, b);
    return 9;
}

PROGRAM(gateways_in_two_callable_regions_are_none)
{
    handlers_s[SECURE_FAULT] = on_end;
    sau_region(2, GATES, GATES_LAST, 3);
    note("returned", ns_call(ns_calls_gate, 1, 2));
}

PROGRAM(system_region_is_execute_never_whatever_the_mpu_says)
{
    handlers_s[MEM_MANAGE] = on_end;
    handlers_s[BUS_FAULT] = on_end;
    mpu_region(0, 0, 0xE0200000u, 0xE02000FFu, MPU_RW_ANY);
    mpu_on(0);
    __asm volatile("ldr r3, =0xE0200001\n bx r3" ::: "r3", "memory");
}

PROGRAM(mpu_aliases_follow_the_region_number)
{
    store(MPU_RNR, 6);
    store(MPU_RBAR_A1, 0x30004820u);
    store(MPU_RLAR_A1, 0x30004841u);
    store(MPU_RNR, 200);
    note("RNR", load(MPU_RNR));
    for (uint32_t i = 0; i < 8; i++) {
        store(MPU_RNR, i);
        note("RBAR", load(MPU_RBAR));
        note("RLAR", load(MPU_RLAR));
    }
}

static NS_CODE uint32_t ns_claims_fp(uint32_t a, uint32_t b)
{
    uint32_t control;
    __asm volatile("mov r3, #4\n msr control, r3\n isb\n mrs %0, control" : "=r"(control)::"r3");
    return control + a + b;
}

PROGRAM(non_secure_code_claims_fp_only_where_it_may)
{
    fp_on();
    store(NSACR, 0);
    note("without NSACR", ns_call(ns_claims_fp, 0, 0));
    note("CONTROL", get_control());
    store(NSACR, 0xC00);
    note("with NSACR", ns_call(ns_claims_fp, 0, 0));
    note("CONTROL", get_control());
    set_control(0);
}
