/* Exception return: checks, tail-chaining, unstacking. */
#include "cpu_v8m.h"

#define FRAME_CALLEE 0x28u
#define SIGNATURE    0xFEFA125Au
#define EXCRET_RES0  0x00000002u

/** A return under way: what EXC_RETURN says, and where the frame is. */
struct unstack {
    uint32_t exc_return;
    bool secure; /**< State returned to. */
    bool thread;
    bool fp;
    bool fp_high; /**< S16 to S31 are in the frame as well. */
    struct sim_attr attr;
    uint32_t *sp;
    uint32_t frame;
    uint32_t retpsr;
};

static bool read_words(struct v8m *v, uint32_t addr, uint32_t *words, unsigned count,
                       struct sim_attr attr)
{
    for (unsigned i = 0; i < count; i++) {
        if (!v8m_read(v, addr + 4u * i, 4, attr, V8M_UNSTACK, &words[i])) {
            return false;
        }
    }
    return true;
}

/** R_SMFL: Non-secure code may not return from, or with the frame of, a Secure exception. */
static bool es_violated(const struct v8m *v, uint32_t exc_return)
{
    return v->trustzone && !v->secure &&
           ((exc_return & EXCRET_ES) != 0 || (exc_return & EXCRET_DCRS) == 0);
}

static bool reserved_bits_wrong(const struct v8m *v, uint32_t exc_return)
{
    if ((exc_return & EXCRET_RES0) != 0) {
        return true;
    }
    return !v->trustzone && (exc_return & (EXCRET_S | EXCRET_ES | EXCRET_DCRS)) != EXCRET_DCRS;
}

/** FPCCR.CLRONRET. Returns false when Secure lazy state stands in the way. */
static bool clear_on_return(struct v8m *v)
{
    if ((v->fpccr[true] & FPCCR_CLRONRET) == 0 || (v->control[true] & CONTROL_FPCA) == 0) {
        return true;
    }
    if ((v->fpccr[true] & FPCCR_LSPACT) != 0) {
        v8m_secure_fault(v, SFSR_LSERR);
        return false;
    }
    v8m_fp_clear(v, 16);
    return true;
}

/* ARMv8-M ARM, ValidateExceptionReturn(). Returns false when a fault was pended. */
static bool validate(struct v8m *v, uint32_t *exc_return)
{
    const bool es_wrong = es_violated(v, *exc_return);
    if (es_wrong) {
        *exc_return &= ~EXCRET_ES;
    }
    const bool es = v->trustzone && (*exc_return & EXCRET_ES) != 0;
    const unsigned exc = v->xpsr & XPSR_EXC;
    if (exc != V8M_NMI && v8m_active_priority(v) >= 0) {
        v->faultmask[es] = 0;
    }
    const bool legal = v8m_deactivate(v, exc, es);
    v->control[es] &= ~CONTROL_SPSEL;
    v->control[es] |= (*exc_return & EXCRET_SPSEL) != 0 ? CONTROL_SPSEL : 0u;
    if (!clear_on_return(v)) {
        return false;
    }
    if (es_wrong) {
        v8m_secure_fault(v, SFSR_INVER);
        return false;
    }
    if (!legal || reserved_bits_wrong(v, *exc_return)) {
        v8m_usage_fault(v, v->secure, CFSR_INVPC);
        return false;
    }
    return true;
}

/* ARMv8-M ARM, PopStack(): the registers that Non-secure handlers must not see. */
static bool pop_callee(struct v8m *v, struct unstack *u)
{
    const bool stacked = (u->exc_return & EXCRET_ES) == 0 || (u->exc_return & EXCRET_DCRS) == 0;
    if (!u->secure || !stacked) {
        return true;
    }
    const uint32_t expected = SIGNATURE | ((u->exc_return & EXCRET_FTYPE) != 0 ? 1u : 0u);
    uint32_t signature = 0;
    if (!read_words(v, u->frame, &signature, 1, u->attr)) {
        return false;
    }
    if (signature != expected) {
        v8m_secure_fault(v, SFSR_INVIS);
        return false;
    }
    if (!read_words(v, u->frame + 8u, v->r + 4, 8, u->attr)) {
        return false;
    }
    u->frame += FRAME_CALLEE;
    return true;
}

static bool pop_basic(struct v8m *v, struct unstack *u)
{
    uint32_t words[8];
    if (!read_words(v, u->frame, words, 8, u->attr)) {
        return false;
    }
    u->retpsr = words[7];
    if (u->thread != ((u->retpsr & XPSR_EXC) == 0)) {
        v8m_usage_fault(v, v->secure, CFSR_INVPC);
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        v->r[i] = words[i];
    }
    v->r[12] = words[4];
    v->r[14] = words[5];
    v->r[15] = words[6] & ~1u;
    return true;
}

/** FP registers that were stacked for good come back; those still in place are kept. */
static bool pop_fp(struct v8m *v, struct unstack *u)
{
    u->fp_high = false;
    if (!u->fp) {
        return true;
    }
    if (!u->secure && (v->fpccr[true] & FPCCR_LSPACT) != 0 && v->trustzone) {
        v8m_secure_fault(v, SFSR_LSERR);
        return false;
    }
    u->fp_high = u->secure && (v->fpccr[true] & FPCCR_TS) != 0;
    if ((v->fpccr[u->secure] & FPCCR_LSPACT) != 0) {
        v->fpccr[u->secure] &= ~FPCCR_LSPACT;
        return true;
    }
    if (!v8m_cp10_allowed(v, u->secure, u->attr.privileged)) {
        const bool by_nsacr = !u->secure && (v->nsacr & (1u << 10)) == 0;
        v8m_usage_fault(v, by_nsacr ? v->trustzone : u->secure, CFSR_NOCP);
        return false;
    }
    v8m_fp_fetch(v);
    const unsigned registers = u->fp_high ? 32 : 16;
    uint32_t s[32];
    uint32_t fpscr = 0;
    if (!read_words(v, u->frame + 0x20u, s, 16, u->attr) ||
        !read_words(v, u->frame + 0x60u, &fpscr, 1, u->attr) ||
        (u->fp_high && !read_words(v, u->frame + 0x68u, s + 16, 16, u->attr))) {
        v8m_fp_clear(v, registers);
        return false;
    }
    for (unsigned i = 0; i < registers; i++) {
        v->s[i] = s[i];
    }
    v->fpscr = fpscr;
    return true;
}

/** The frame is consumed: stack pointer, mode, FPCA and SFPA of the code returned to. */
static void commit(struct v8m *v, const struct unstack *u)
{
    uint32_t sp = u->frame + 0x20u;
    sp += u->fp ? 0x48u : 0u;
    sp += u->fp_high ? 0x40u : 0u;
    sp |= (u->retpsr & XPSR_SPREALIGN) != 0 ? 4u : 0u;
    *u->sp = sp;
    v->control[true] &= ~CONTROL_FPCA;
    v->control[true] |= u->fp ? CONTROL_FPCA : 0u;
    if (u->secure) {
        v->control[true] &= ~CONTROL_SFPA;
        v->control[true] |= (u->retpsr & XPSR_SFPA) != 0 ? CONTROL_SFPA : 0u;
    }
    v->xpsr = u->retpsr & (XPSR_EXC | XPSR_IT | XPSR_GE | XPSR_T | XPSR_FLAGS);
    v->clear_exclusive = true;
    v->exclusive = false;
    v->event_register = true;
}

/* ARMv8-M ARM, ExceptionReturn(). */
void v8m_exception_return(struct v8m *v, uint32_t exc_return)
{
    if (!validate(v, &exc_return) || v8m_can_take(v)) {
        v8m_exception_taken(v, exc_return, true, false);
        return;
    }
    struct unstack u = {
        .exc_return = exc_return,
        .secure = v->trustzone && (exc_return & EXCRET_S) != 0,
        .thread = (exc_return & EXCRET_MODE) != 0,
        .fp = (exc_return & EXCRET_FTYPE) == 0,
    };
    v->secure = u.secure;
    u.attr.secure = u.secure;
    u.attr.privileged = !u.thread || (v->control[u.secure] & CONTROL_NPRIV) == 0;
    u.sp = v8m_sp_of(v, u.secure, u.thread);
    u.frame = *u.sp;
    if (!pop_callee(v, &u) || !pop_basic(v, &u) || !pop_fp(v, &u)) {
        v8m_exception_taken(v, exc_return, true, false);
        return;
    }
    commit(v, &u);
    if (!v8m_handler(v) && (v->scr[v->secure] & SCR_SLEEPONEXIT) != 0) {
        v->sleeping = V8M_WFI;
    }
}
