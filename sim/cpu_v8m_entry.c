/* Exception entry: stacking, choice of the exception, vector, hiding of Secure registers. */
#include <string.h>

#include "cpu_v8m.h"

#define FRAME_BASIC    0x20u
#define FRAME_FP       0x68u
#define FRAME_FP_TS    0xA8u
#define FRAME_CALLEE   0x28u
#define SIGNATURE      0xFEFA125Au /* bit 0: FType of the EXC_RETURN value */
#define EXCRET_DEFAULT 0xFFFFFF80u

static bool stack_words(struct v8m *v, uint32_t addr, const uint32_t *words, unsigned count,
                        struct sim_attr attr)
{
    for (unsigned i = 0; i < count; i++) {
        if (!v8m_write(v, addr + 4u * i, 4, attr, V8M_STACK, words[i])) {
            return false;
        }
    }
    return true;
}

/** Size of the frame: with or without room for the FP registers. */
static uint32_t frame_size(const struct v8m *v)
{
    const bool cp10 = v->secure || (v->nsacr & (1u << 10)) != 0;
    if ((v->control[true] & CONTROL_FPCA) == 0 || !cp10) {
        return FRAME_BASIC;
    }
    return v->secure && (v->fpccr[true] & FPCCR_TS) != 0 ? FRAME_FP_TS : FRAME_FP;
}

/** Stores the FP registers at once, when lazy stacking is off. */
static bool stack_fp_now(struct v8m *v, uint32_t frame, uint32_t size, bool good)
{
    const struct sim_attr attr = v8m_attr(v);
    const bool allowed = v8m_cp10_allowed(v, v->secure, attr.privileged);
    const unsigned registers = size == FRAME_FP_TS ? 32 : 16;
    if (good && !allowed) {
        v8m_usage_fault(v, v->secure, CFSR_NOCP);
        good = false;
    }
    v8m_fp_fetch(v);
    good = good && stack_words(v, frame + 0x20u, v->s, 16, attr) &&
           stack_words(v, frame + 0x60u, &v->fpscr, 1, attr) &&
           (registers == 16 || stack_words(v, frame + 0x68u, v->s + 16, 16, attr));
    if (allowed) {
        v8m_fp_clear(v, registers);
    }
    return good;
}

/** The part of PushStack() about the FP context. */
static bool stack_fp(struct v8m *v, uint32_t frame, uint32_t size, bool good)
{
    if ((v->control[true] & CONTROL_FPCA) == 0) {
        return good;
    }
    const bool owner = (v->fpccr[true] & FPCCR_S) != 0;
    if ((v->fpccr[owner] & FPCCR_LSPACT) != 0 && v->trustzone) {
        v8m_secure_fault(v, SFSR_LSERR);
        return good;
    }
    if (!v->secure && (v->nsacr & (1u << 10)) == 0) {
        v8m_usage_fault(v, v->trustzone, CFSR_NOCP);
        return good;
    }
    if ((v->fpccr[true] & FPCCR_LSPEN) == 0) {
        return stack_fp_now(v, frame, size, good);
    }
    v8m_fp_update_fpccr(v, frame + 0x20u, true);
    return good;
}

/* ARMv8-M ARM, PushStack(). Returns false when a derived exception was pended. */
static bool push_stack(struct v8m *v)
{
    uint32_t *sp = v8m_sp(v);
    const uint32_t size = frame_size(v);
    const uint32_t frame = (*sp & ~4u) - size;
    uint32_t retpsr = v->xpsr & ~(XPSR_SPREALIGN | XPSR_SFPA);
    if ((*sp & 4u) != 0) {
        retpsr |= XPSR_SPREALIGN;
    }
    if (v->secure && (v->control[true] & CONTROL_SFPA) != 0) {
        retpsr |= XPSR_SFPA;
    }
    bool good = true;
    const uint32_t limit = v8m_sp_limit(v);
    const bool overflow = frame < limit;
    if (overflow) { /* Nothing is stacked, SP is left at the limit. */
        v8m_usage_fault(v, v->secure, CFSR_STKOF);
        *sp = limit;
        good = false;
    }
    const uint32_t words[8] = {v->r[0],  v->r[1],  v->r[2],  v->r[3],
                               v->r[12], v->r[14], v->r[15], retpsr};
    good = good && stack_words(v, frame, words, 8, v8m_attr(v));
    good = stack_fp(v, frame, size, good);
    if (!overflow) {
        *sp = frame;
    }
    return good;
}

/* ARMv8-M ARM, PushCalleeStack(). */
static bool push_callee_stack(struct v8m *v, uint32_t exc_return, bool tail_chain)
{
    const bool thread = (exc_return & EXCRET_MODE) != 0;
    struct sim_attr attr = v8m_attr(v); /* Secure: what comes from a Non-secure handler has it */
    uint32_t *sp = v8m_sp(v);
    uint32_t limit = v8m_sp_limit(v);
    if (tail_chain) {
        attr.privileged = !thread || (v->control[true] & CONTROL_NPRIV) == 0;
        sp = v8m_sp_of(v, true, thread);
        limit = sp == &v->psp[true] ? v->psplim[true] : v->msplim[true];
    }
    const uint32_t frame = *sp - FRAME_CALLEE;
    if (frame < limit) {
        v8m_usage_fault(v, true, CFSR_STKOF);
        *sp = limit;
        return false;
    }
    uint32_t words[10] = {SIGNATURE | ((exc_return & EXCRET_FTYPE) != 0 ? 1u : 0u), 0};
    memcpy(words + 2, v->r + 4, 8 * sizeof words[0]);
    const bool good =
        stack_words(v, frame, words, 1, attr) && stack_words(v, frame + 8u, words + 2, 8, attr);
    *sp = frame;
    return good;
}

/** Takes care of the registers of Secure background code; false when stacking them failed. */
static bool protect_callee(struct v8m *v, uint32_t *exc_return, bool tail_chain, bool secure,
                           bool ignore_faults)
{
    if ((*exc_return & EXCRET_S) == 0) {
        return true;
    }
    const bool from_ns = tail_chain && (*exc_return & EXCRET_ES) == 0;
    if (secure) {
        if (from_ns) { /* They are on the stack already: the return unstacks them. */
            *exc_return &= ~EXCRET_DCRS;
        }
        return true;
    }
    bool good = true;
    if ((*exc_return & EXCRET_DCRS) != 0 && !from_ns) {
        v->ignore_stack_faults = ignore_faults;
        good = push_callee_stack(v, *exc_return, tail_chain);
        v->ignore_stack_faults = false;
    }
    *exc_return |= EXCRET_DCRS;
    return good;
}

/** Non-secure handlers see no register of Secure code. */
static void hide_registers(struct v8m *v, uint32_t exc_return)
{
    v->r[0] = v->r[1] = v->r[2] = v->r[3] = 0;
    v->r[12] = 0;
    if ((exc_return & EXCRET_S) != 0) {
        memset(v->r + 4, 0, 8 * sizeof v->r[0]);
    }
    v->xpsr &= ~(XPSR_FLAGS | XPSR_GE | XPSR_IT);
}

/** Reads the vector; a failure is a HardFault in place of the exception. */
static bool load_vector(struct v8m *v, unsigned exc, bool secure, uint32_t *vector)
{
    if (v8m_read_vector(v, v->vtor[secure] + 4u * exc, secure, vector)) {
        return true;
    }
    v->hfsr |= HFSR_VECTTBL | HFSR_FORCED;
    v8m_pend_derived(v, V8M_HARD, v->trustzone && (secure || !(v->aircr_s & AIRCR_BFHFNMINS)));
    return false;
}

static bool is_fault(unsigned exc)
{
    return (exc >= V8M_HARD && exc <= V8M_SECURE) || exc == V8M_DEBUG;
}

void v8m_exception_taken(struct v8m *v, uint32_t exc_return, bool tail_chain, bool ignore_faults)
{
    unsigned exc = 0;
    bool bank = false;
    int prio = 0;
    while (!v->lockup && v8m_highest_pending(v, &exc, &bank, &prio)) {
        const bool secure = v8m_target(v, exc, bank);
        const bool good =
            !v->trustzone || protect_callee(v, &exc_return, tail_chain, secure, ignore_faults);
        exc_return &= ~(EXCRET_ES | EXCRET_SPSEL);
        exc_return |= secure ? EXCRET_ES : 0u;
        exc_return |= (v->control[secure] & CONTROL_SPSEL) != 0 ? EXCRET_SPSEL : 0u;
        uint32_t vector = 0;
        if ((!good && !ignore_faults) || !load_vector(v, exc, secure, &vector)) {
            if (!secure && v->trustzone) {
                hide_registers(v, exc_return);
            }
            tail_chain = true; /* A derived exception: choose again, on the same frame. */
            ignore_faults = true;
            continue;
        }
        if (is_fault(exc)) {
            v8m_report_fault(v, exc, secure);
        }
        if (!secure && v->trustzone) {
            hide_registers(v, exc_return);
        }
        v8m_activate(v, exc, bank);
        v->secure = secure;
        v->control[secure] &= ~CONTROL_SPSEL;
        v->control[true] &= ~(CONTROL_FPCA | CONTROL_SFPA);
        v->r[14] = exc_return;
        v->r[15] = vector & ~1u;
        v->xpsr &= ~(XPSR_EXC | XPSR_IT | XPSR_T);
        v->xpsr |= exc | ((vector & 1u) != 0 ? XPSR_T : 0u);
        v->clear_exclusive = true;
        v->exclusive = false;
        v->event_register = true;
        return;
    }
}

uint64_t v8m_vector_wait(const struct v8m *v)
{
    unsigned exc = 0;
    bool bank = false;
    int prio = 0;
    if (flash_busy_until(v->chip) == 0 || v->lockup || !v8m_can_take(v) ||
        !v8m_highest_pending(v, &exc, &bank, &prio)) {
        return 0;
    }
    return bus_wait(v->chip, v->vtor[v8m_target(v, exc, bank)] + 4u * exc, SIM_READ);
}

/* ARMv8-M ARM, ExceptionEntry(). */
void v8m_take_pending(struct v8m *v)
{
    while (!v->lockup && v8m_can_take(v)) {
        v->sleeping = V8M_AWAKE;
        uint32_t exc_return = EXCRET_DEFAULT | EXCRET_DCRS;
        exc_return |= v->secure ? EXCRET_S : 0u;
        exc_return |= v8m_handler(v) ? 0u : EXCRET_MODE;
        exc_return |= (v->control[true] & CONTROL_FPCA) == 0 ? EXCRET_FTYPE : 0u;
        const bool good = push_stack(v);
        v8m_exception_taken(v, exc_return, false, !good);
    }
}
