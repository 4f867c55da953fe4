/* The FP context: who may use it, what is stacked when, and what is cleared. */
#include "rt.h"

#define CP10_11        0x00F00000u
#define FPCCR_ASPEN    (1u << 31)
#define FPCCR_LSPEN    (1u << 30)
#define FPCCR_CLRONRET (1u << 28)
#define FPCCR_TS       (1u << 26)

/** xPSR-like mask: what of FPCCR can be compared when several fault bits may be ready or not. */
static void note_fpccr(const char *tag)
{
    note(tag, load(FPCCR));
    note("FPCCR_NS", load(FPCCR + NS));
}

static void fp_on(void)
{
    store(CPACR, CP10_11);
    store(CPACR + NS, CP10_11);
    store(NSACR, 0xC00);
}

/** s0 to s31 from a base value. */
#define FP_FILL(base)                                                                              \
    "mov r3, #" #base "\n"                                                                         \
    "vmov s0, r3\n add r3, #1\n vmov s1, r3\n add r3, #1\n vmov s2, r3\n add r3, #1\n"             \
    "vmov s3, r3\n vmov.f32 s15, s3\n vmov.f32 s16, s1\n vmov.f32 s31, s2\n vmov.f32 s7, s0\n"     \
    "ldr r3, =0x03000010\n vmsr fpscr, r3\n"

INLINE uint32_t fp_sum(void)
{
    uint32_t sum;
    __asm volatile("vmov %0, s0\n vmov r3, s1\n add %0, %0, r3, lsl #4\n vmov r3, s3\n"
                   "add %0, %0, r3, lsl #8\n vmov r3, s15\n add %0, %0, r3, lsl #12\n"
                   "vmov r3, s16\n add %0, %0, r3, lsl #16\n vmov r3, s31\n"
                   "add %0, %0, r3, lsl #20\n vmrs r3, fpscr\n eor %0, r3"
                   : "=&r"(sum)::"r3");
    return sum;
}

PROGRAM(fp_needs_cpacr)
{
    handlers_s[USAGE_FAULT] = on_fault_skip;
    note("CPACR", load(CPACR));
    __asm volatile("vmov s0, r0");
    __asm volatile("vldr s0, [sp]");
    __asm volatile("vmrs r3, fpscr" ::: "r3");
    note("control", get_control());
    store(CPACR, 0x00500000u); /* privileged only */
    __asm volatile("vmov s0, r0\n isb");
    note("control", get_control());
    be_unprivileged();
    __asm volatile("vmov s1, r0\n isb");
    be_privileged();
    store(CPACR, 0xFFFFFFFFu);
    note("CPACR", load(CPACR));
    store(NSACR, 0xFFFFFFFFu);
    note("NSACR", load(NSACR));
}

static NS_CODE uint32_t ns_fp(uint32_t a, uint32_t b)
{
    (void)b;
    note("NS CPACR", load(CPACR));
    __asm volatile("vmov s0, %0\n isb" ::"r"(a));
    note("NS control", get_control());
    __asm volatile("vmov %0, s0" : "=r"(a));
    return a;
}

PROGRAM(non_secure_fp_needs_nsacr_and_cpacr)
{
    handlers_s[USAGE_FAULT] = on_fault_skip;
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    store(CPACR, CP10_11);
    store(CPACR + NS, CP10_11);
    note("no NSACR", ns_call(ns_fp, 0x11, 0));
    store(NSACR, 0xC00);
    store(CPACR + NS, 0);
    note("no CPACR_NS", ns_call(ns_fp, 0x22, 0));
    store(CPACR + NS, CP10_11);
    note("both", ns_call(ns_fp, 0x33, 0));
    note("control", get_control());
    note("CPACR_NS", load(CPACR + NS));
}

static void svc_looks(struct entry *entry)
{
    const struct frame *const frame = frame_of(entry);
    const uint32_t *const fp = (const uint32_t *)(frame + 1);
    note("exc_return", entry->lr);
    note("xpsr", frame->xpsr);
    note("control", get_control());
    note_fpccr("FPCCR");
    note("FPCAR", load(FPCAR));
    if ((entry->lr & 0x10u) == 0) {
        note("frame to FPCAR", load(FPCAR) - (uint32_t)frame);
        note("s0 there", fp[0]);
        note("s15 there", fp[15]);
        note("fpscr there", fp[16]);
    }
}

static void svc_uses_fp(struct entry *entry)
{
    svc_looks(entry);
    __asm volatile("vmov.f32 s0, #1.0\n vmov.f32 s16, #2.0\n isb");
    const uint32_t *const fp = (const uint32_t *)(frame_of(entry) + 1);
    note("after use", get_control());
    note_fpccr("FPCCR");
    if ((entry->lr & 0x10u) == 0) {
        note_words("s0 to s15, fpscr", fp, 17);
    }
}

static void run_svc(uint32_t fpccr)
{
    fp_on();
    store(FPCCR, fpccr);
    __asm volatile(FP_FILL(0x40)::: "r3");
    note("control", get_control());
    __asm volatile("svc 1");
    note("sum", fp_sum());
    note("control", get_control());
    note_fpccr("FPCCR");
}

PROGRAM(lazy_frame_untouched)
{
    handlers_s[SVCALL] = svc_looks;
    run_svc(FPCCR_ASPEN | FPCCR_LSPEN);
}

PROGRAM(lazy_frame_stored_at_first_use)
{
    handlers_s[SVCALL] = svc_uses_fp;
    run_svc(FPCCR_ASPEN | FPCCR_LSPEN);
}

PROGRAM(eager_frame)
{
    handlers_s[SVCALL] = svc_uses_fp;
    run_svc(FPCCR_ASPEN);
}

PROGRAM(no_automatic_state)
{
    handlers_s[SVCALL] = svc_looks;
    run_svc(0);
}

PROGRAM(secure_fp_is_treated_as_secure)
{
    handlers_s[SVCALL] = svc_uses_fp;
    run_svc(FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_TS);
}

PROGRAM(treated_as_secure_eager)
{
    handlers_s[SVCALL] = svc_looks;
    store(FPDSCR, 0x02000000u);
    run_svc(FPCCR_ASPEN | FPCCR_TS | FPCCR_CLRONRET);
}

PROGRAM(clear_on_return)
{
    handlers_s[SVCALL] = svc_uses_fp;
    fp_on();
    store(FPCCR, FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_CLRONRET);
    __asm volatile("svc 1"); /* no FP context here: the handler's own is cleared */
    note("control", get_control());
    note("sum", fp_sum());
}

PROGRAM(new_context_takes_fpdscr)
{
    fp_on();
    store(FPDSCR, 0x07C00000u);
    note("FPDSCR", load(FPDSCR));
    uint32_t fpscr;
    set_control(get_control() & ~12u);
    __asm volatile("vmov.f32 s0, #1.0\n vmrs %0, fpscr" : "=r"(fpscr));
    note("fpscr", fpscr);
    __asm volatile("vmov.f32 s1, #3.0\n vdiv.f32 s2, s0, s1\n vmov %0, s2" : "=r"(fpscr));
    note("rounded", fpscr);
    note("FPDSCR_NS", load(FPDSCR + NS));
}

static NS_CODE void ns_irq_looks(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    note("NS control", get_control());
    note("NS FPCCR", load(FPCCR));
    note("NS FPCAR", load(FPCAR));
}

static NS_CODE void ns_irq_uses(struct entry *entry)
{
    ns_irq_looks(entry);
    uint32_t value;
    __asm volatile("vmov %0, s0\n isb" : "=r"(value));
    note("NS s0", value);
    __asm volatile("vmov %0, s16" : "=r"(value));
    note("NS s16", value);
    __asm volatile("vmov.f32 s0, #1.0\n vmov.f32 s16, #2.0");
    note("NS FPCCR", load(FPCCR));
}

static void run_irq(uint32_t fpccr, handler_fn *handler)
{
    handlers_s[SECURE_FAULT] = on_fault_skip;
    handlers_ns[IRQ0 + 64] = handler;
    fp_on();
    store(FPCCR, fpccr);
    irq_open(64, 0x40, false);
    __asm volatile(FP_FILL(0x40)::: "r3");
    irq_pend(64);
    note("sum", fp_sum());
    note("control", get_control());
    note_fpccr("FPCCR");
}

PROGRAM(non_secure_irq_leaves_lazy_secure_frame)
{
    run_irq(FPCCR_ASPEN | FPCCR_LSPEN, ns_irq_looks);
}

PROGRAM(non_secure_irq_uses_fp_over_a_lazy_secure_frame)
{
    run_irq(FPCCR_ASPEN | FPCCR_LSPEN, ns_irq_uses);
}

PROGRAM(non_secure_irq_over_secure_fp_treated_as_secure)
{
    run_irq(FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_TS, ns_irq_uses);
}

PROGRAM(non_secure_irq_over_an_eager_frame_treated_as_secure)
{
    run_irq(FPCCR_ASPEN | FPCCR_TS, ns_irq_uses);
}

static void s_irq_uses(struct entry *entry)
{
    note("S exc_return", entry->lr);
    note("S control", get_control());
    note_fpccr("FPCCR");
    uint32_t value;
    __asm volatile("vmov %0, s0\n isb" : "=r"(value));
    note("S s0", value);
    note("S control", get_control());
    __asm volatile("vmov.f32 s0, #4.0\n vmov.f32 s31, #5.0");
    note_fpccr("FPCCR");
}

static uint32_t pend_secure_64(uint32_t a, uint32_t b)
{
    (void)a;
    irq_pend(64);
    return b;
}

static NS_CODE uint32_t ns_fp_interrupted(uint32_t a, uint32_t b)
{
    __asm volatile(FP_FILL(0x60)::: "r3");
    note("NS control", get_control());
    (void)gate_call(pend_secure_64, 0, 0);
    note("NS control", get_control());
    note("NS sum", fp_sum());
    return a + b;
}

PROGRAM(secure_irq_over_non_secure_fp)
{
    handlers_s[IRQ0 + 64] = s_irq_uses;
    fp_on();
    irq_open(64, 0x40, true);
    note("returned", ns_call(ns_fp_interrupted, 1, 2));
    note("control", get_control());
}

static uint32_t s_uses_fp(uint32_t a, uint32_t b)
{
    uint32_t value;
    note("S control", get_control());
    __asm volatile("vmov %0, s0" : "=r"(value));
    note("S s0", value);
    note("S control", get_control());
    return a + b;
}

static NS_CODE uint32_t ns_fp_then_gate(uint32_t a, uint32_t b)
{
    __asm volatile(FP_FILL(0x70)::: "r3");
    const uint32_t sum = gate_call(s_uses_fp, a, b);
    note("NS control", get_control());
    note("NS sum", fp_sum());
    return sum;
}

PROGRAM(secure_function_called_with_fp_in_use)
{
    fp_on();
    note("returned", ns_call(ns_fp_then_gate, 1, 2));
    note("control", get_control());
}

static NS_CODE uint32_t ns_spoils_fp(uint32_t a, uint32_t b)
{
    uint32_t value;
    __asm volatile("vmov %0, s0" : "=r"(value));
    note("NS s0", value);
    __asm volatile("vmov.f32 s0, #7.0\n vmov.f32 s16, #8.0\n vmov.f32 s31, #9.0");
    return a + b;
}

static NS_CODE uint32_t ns_leaves_fp_alone(uint32_t a, uint32_t b)
{
    return a + b;
}

static void vlstm_and_call(uint32_t (*function)(uint32_t, uint32_t))
{
    uint32_t area[34 + 8] __attribute__((aligned(8)));
    for (unsigned i = 0; i < 42; i++) {
        area[i] = 0xEEEE0000u + i;
    }
    note("control", get_control());
    __asm volatile("vlstm %0" ::"r"(area) : "memory");
    note("control", get_control());
    note_fpccr("FPCCR");
    note("FPCAR", load(FPCAR));
    (void)ns_call(function, 1, 2);
    note_fpccr("FPCCR");
    note_words("area", area, 4);
    __asm volatile("vlldm %0\n isb" ::"r"(area) : "memory");
    note("control", get_control());
    note_fpccr("FPCCR");
    note("sum", fp_sum());
}

PROGRAM(vlstm_with_fp_in_use_and_spoilt)
{
    fp_on();
    __asm volatile(FP_FILL(0x50)::: "r3");
    vlstm_and_call(ns_spoils_fp);
}

PROGRAM(vlstm_with_fp_in_use_and_left_alone)
{
    fp_on();
    __asm volatile(FP_FILL(0x50)::: "r3");
    vlstm_and_call(ns_leaves_fp_alone);
}

PROGRAM(vlstm_without_fp_in_use)
{
    fp_on();
    set_control(0);
    vlstm_and_call(ns_leaves_fp_alone);
}

PROGRAM(vlstm_eager)
{
    fp_on();
    store(FPCCR, FPCCR_ASPEN);
    __asm volatile(FP_FILL(0x50)::: "r3");
    vlstm_and_call(ns_spoils_fp);
}

static void on_lazy_fault(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note_faults();
    note_fpccr("FPCCR");
    mpu_region(0, 0, WINDOW_S, WINDOW_S + 0x1Fu, MPU_RW_ANY);
    set_primask(0);
}

static void svc_with_moved_rights(struct entry *entry)
{
    note("exc_return", entry->lr);
    /* Where the lazy frame goes becomes read-only: the first use of FP faults. */
    mpu_region(0, 0, PSP_S_TOP - 0x80u, PSP_S_TOP - 1u, MPU_RO_PRIV);
    mpu_on(0);
    __asm volatile("vmov.f32 s0, #1.0\n isb");
    note("went on", load(CFSR));
    note_fpccr("FPCCR");
}

PROGRAM(lazy_store_into_a_forbidden_region)
{
    handlers_s[SVCALL] = svc_with_moved_rights;
    handlers_s[MEM_MANAGE] = on_lazy_fault;
    store(SHPR2, 0x80000000u);
    fp_on();
    store(FPCCR, FPCCR_ASPEN | FPCCR_LSPEN);
    set_control(2);
    __asm volatile(FP_FILL(0x40)::: "r3");
    __asm volatile("svc 1");
    set_control(0);
    note_fpccr("FPCCR");
}

static uint32_t fp_op(uint32_t which, uint32_t a, uint32_t b)
{
    uint32_t result = 0;
    __asm volatile("vmov s0, %0\n vmov s1, %1\n vmov.f32 s2, #1.0" ::"r"(a), "r"(b));
    switch (which) {
    case 0:
        __asm volatile("vadd.f32 s2, s0, s1");
        break;
    case 1:
        __asm volatile("vdiv.f32 s2, s0, s1");
        break;
    case 2:
        __asm volatile("vfma.f32 s2, s0, s1");
        break;
    case 3:
        __asm volatile("vsqrt.f32 s2, s0");
        break;
    case 4:
        __asm volatile("vcvt.s32.f32 s2, s0");
        break;
    case 5:
        __asm volatile("vcvtb.f16.f32 s2, s0\n vcvtt.f16.f32 s2, s1");
        break;
    case 6:
        __asm volatile("vmaxnm.f32 s2, s0, s1");
        break;
    case 7:
        __asm volatile("vrinta.f32 s2, s0");
        break;
    case 8:
        __asm volatile("vcmp.f32 s0, s1\n vmrs apsr_nzcv, fpscr\n vseleq.f32 s2, s0, s1" ::: "cc");
        break;
    default:
        __asm volatile("vcvtm.u32.f32 s2, s0");
        break;
    }
    __asm volatile("vmov %0, s2" : "=r"(result));
    return result;
}

PROGRAM(fp_arithmetic_and_flags)
{
    static const uint32_t value[] = {0x3F800000, 0x00000000, 0x80000000, 0x7F800000, 0x7FC00001,
                                     0x7F800001, 0x00000001, 0x41CCCCCD, 0xC2280000};
    fp_on();
    for (uint32_t which = 0; which < 10; which++) {
        uint32_t sum = 0;
        for (unsigned i = 0; i < 9; i++) {
            for (unsigned j = 0; j < 9; j++) {
                sum = sum * 31u + fp_op(which, value[i], value[j]);
            }
        }
        uint32_t fpscr;
        __asm volatile("vmrs %0, fpscr" : "=r"(fpscr));
        note("sum", sum);
        note("fpscr", fpscr);
    }
}

PROGRAM(unprivileged_secure_code_says_that_it_uses_fp)
{
    fp_on();
    be_unprivileged();
    set_control(get_control() | 8u);
    note("SFPA set", get_control());
    set_control(get_control() & ~8u);
    note("SFPA clear", get_control());
    be_privileged();
}

static void uses_fp_and_skips(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    frame->pc += instruction_len(frame->pc);
    __asm volatile("vmov.f32 s0, #1.0\n isb");
    note("handler", get_control());
    store(SFSR, ~0u);
}

static uint32_t notes_control(uint32_t a, uint32_t b)
{
    (void)a;
    note("behind the gate", get_control());
    return b;
}

static NS_CODE uint32_t ns_faults_and_calls(uint32_t a, uint32_t b)
{
    (void)load(a);
    note("NS control", get_control());
    return gate_call(notes_control, 0, b);
}

PROGRAM(gate_begins_without_secure_fp_context)
{
    fp_on();
    handlers_s[SECURE_FAULT] = uses_fp_and_skips;
    note("returned", ns_call(ns_faults_and_calls, WINDOW_S, 5));
}

static NS_CODE uint32_t ns_uses_another_coprocessor(uint32_t a, uint32_t b)
{
    __asm volatile(".inst.w 0xEE000210" ::: "memory"); /* mcr p2, 0, r0, c0, c0, 0 */
    return a + b;
}

PROGRAM(absent_coprocessor_is_a_fault_of_its_state)
{
    handlers_s[USAGE_FAULT] = on_fault_skip;
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    note("returned", ns_call(ns_uses_another_coprocessor, 3, 4));
    note("CFSR_NS", load(CFSR + NS));
    __asm volatile(".inst.w 0xEE000210" ::: "memory");
}
