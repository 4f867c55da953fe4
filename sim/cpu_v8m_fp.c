/*
 * Floating point context: who may use the FP registers, and saving them late.
 *
 * FPCCR bits that are not banked (HFRDY, BFRDY, MONRDY, LSPEN, CLRONRET and the Secure-only ones)
 * stand in v->fpccr[true], as does CONTROL.FPCA in v->control[true].
 */
#include <string.h>

#include "cpu_v8m.h"

void v8m_fp_fetch(struct v8m *v)
{
    if (!v->fp_here) {
        v->host.fp_read(v->host.context, v->s, &v->fpscr);
        v->fp_here = true;
    }
}

void v8m_fp_clear(struct v8m *v, unsigned registers)
{
    v8m_fp_fetch(v);
    memset(v->s, 0, registers * sizeof v->s[0]);
    v->fpscr = 0;
}

/* ARMv8-M ARM, IsCPEnabled(10, ...). */
bool v8m_cp10_allowed(const struct v8m *v, bool secure, bool privileged)
{
    if (!secure && (v->nsacr & (1u << 10)) == 0) {
        return false;
    }
    switch ((v->cpacr[secure] >> 20) & 3u) {
    case 1:
        return privileged;
    case 3:
        return true;
    default:
        return false;
    }
}

static bool lazy_owner(const struct v8m *v)
{
    return (v->fpccr[true] & FPCCR_S) != 0;
}

static bool lazy_active(const struct v8m *v)
{
    return (v->fpccr[lazy_owner(v)] & FPCCR_LSPACT) != 0;
}

static bool context_needed(const struct v8m *v)
{
    if ((v->fpccr[v->secure] & FPCCR_ASPEN) == 0) {
        return false;
    }
    return (v->control[true] & CONTROL_FPCA) == 0 ||
           (v->secure && (v->control[true] & CONTROL_SFPA) == 0);
}

bool v8m_fp_ready(const struct v8m *v)
{
    return v8m_cp10_allowed(v, v->secure, v8m_privileged(v)) && !lazy_active(v) &&
           !context_needed(v) && lazy_owner(v) == v->secure;
}

static void set_bit(uint32_t *word, uint32_t bit, bool on)
{
    *word = on ? *word | bit : *word & ~bit;
}

/* ARMv8-M ARM, UpdateFPCCR(). */
void v8m_fp_update_fpccr(struct v8m *v, uint32_t frame, bool apply_limit)
{
    const bool secure = v->secure;
    uint32_t *own = &v->fpccr[secure];
    uint32_t *shared = &v->fpccr[true];
    v->fpcar[secure] = frame & ~7u;
    if (apply_limit) {
        set_bit(own, FPCCR_SPLIMVIOL, frame < v8m_sp_limit(v));
    }
    *own |= FPCCR_LSPACT;
    set_bit(shared, FPCCR_S, secure);
    set_bit(own, FPCCR_USER, !v8m_privileged(v));
    set_bit(own, FPCCR_THREAD, !v8m_handler(v));
    set_bit(shared, FPCCR_HFRDY, v8m_ready(v, V8M_HARD, false));
    set_bit(shared, FPCCR_BFRDY, v8m_ready(v, V8M_BUS, false));
    set_bit(own, FPCCR_MMRDY, v8m_ready(v, V8M_MEM, secure));
    set_bit(&v->fpccr[false], FPCCR_UFRDY, v8m_ready(v, V8M_USAGE, false));
    set_bit(shared, FPCCR_MONRDY, v8m_ready(v, V8M_DEBUG, false));
    if (v->trustzone) {
        set_bit(shared, FPCCR_UFRDY, v8m_ready(v, V8M_USAGE, true));
        set_bit(shared, FPCCR_SFRDY, v8m_ready(v, V8M_SECURE, true));
    }
}

static bool store_registers(struct v8m *v, uint32_t frame, unsigned count, struct sim_attr attr,
                            enum v8m_access access)
{
    for (unsigned i = 0; i < count; i++) {
        const uint32_t addr = frame + 4u * i + (i >= 16u ? 8u : 0u); /* room for FPSCR */
        if (!v8m_write(v, addr, 4, attr, access, v->s[i])) {
            return false;
        }
    }
    return v8m_write(v, frame + 0x40u, 4, attr, access, v->fpscr);
}

/* ARMv8-M ARM, PreserveFPState(). Returns false when an exception is to be taken first. */
static bool preserve(struct v8m *v)
{
    const bool owner = lazy_owner(v);
    const struct sim_attr attr = {.secure = owner,
                                  .privileged = (v->fpccr[owner] & FPCCR_USER) == 0};
    const bool ts = owner && (v->fpccr[true] & FPCCR_TS) != 0;
    bool good = true;
    if (!v8m_cp10_allowed(v, owner, attr.privileged)) {
        const bool by_nsacr = !owner && (v->nsacr & (1u << 10)) == 0;
        const bool bank = by_nsacr ? v->trustzone : owner;
        v8m_set_cfsr(v, bank, CFSR_NOCP);
        v8m_pend_lazyfp(v, V8M_USAGE, bank);
        good = false;
    }
    v8m_fp_fetch(v);
    if (good && (v->fpccr[owner] & FPCCR_SPLIMVIOL) == 0) {
        good = store_registers(v, v->fpcar[owner], ts ? 32 : 16, attr, V8M_LAZYFP);
    }
    if (!good && v8m_can_take(v)) {
        return false;
    }
    v->fpccr[owner] &= ~FPCCR_LSPACT;
    if (ts) {
        v8m_fp_clear(v, 32);
    }
    return true;
}

/* ARMv8-M ARM, ExecuteFPCheck(). */
bool v8m_fp_check(struct v8m *v)
{
    if (!v8m_cp10_allowed(v, v->secure, v8m_privileged(v))) {
        const bool by_nsacr = !v->secure && (v->nsacr & (1u << 10)) == 0;
        v8m_usage_fault(v, by_nsacr ? v->trustzone : v->secure, CFSR_NOCP);
        return false;
    }
    if (lazy_active(v) && !preserve(v)) {
        return false;
    }
    set_bit(&v->fpccr[true], FPCCR_S, v->secure);
    if (context_needed(v)) {
        v8m_fp_fetch(v);
        v->fpscr = v->fpdscr[v->secure];
        v->control[true] |= CONTROL_FPCA | (v->secure ? CONTROL_SFPA : 0u);
    }
    return true;
}

/** The checks that VLSTM and VLLDM share; true: there is Secure FP state to look after. */
static bool lazy_instruction(struct v8m *v, bool *fault)
{
    *fault = false;
    if ((v->control[true] & CONTROL_SFPA) == 0) {
        return false;
    }
    if (!v8m_cp10_allowed(v, true, v8m_privileged(v))) {
        v8m_usage_fault(v, true, CFSR_NOCP);
        *fault = true;
    }
    return true;
}

/* ARMv8-M ARM, VLSTM. */
bool v8m_vlstm(struct v8m *v, uint32_t frame)
{
    bool fault = false;
    if (!lazy_instruction(v, &fault) || fault) {
        return !fault;
    }
    if (lazy_active(v)) {
        v8m_secure_fault(v, SFSR_LSERR);
        return false;
    }
    if ((frame & 7u) != 0) {
        v8m_usage_fault(v, true, CFSR_UNALIGNED);
        return false;
    }
    if ((v->fpccr[true] & FPCCR_LSPEN) != 0) {
        v8m_fp_update_fpccr(v, frame, false);
    } else {
        const bool ts = (v->fpccr[true] & FPCCR_TS) != 0;
        v8m_fp_fetch(v);
        if (!store_registers(v, frame, ts ? 32 : 16, v8m_attr(v), V8M_NORMAL)) {
            return false;
        }
        if (ts) {
            v8m_fp_clear(v, 32);
        }
    }
    v->control[true] &= ~CONTROL_FPCA;
    return true;
}

/* ARMv8-M ARM, VLLDM. */
bool v8m_vlldm(struct v8m *v, uint32_t frame)
{
    bool fault = false;
    if (!lazy_instruction(v, &fault) || fault) {
        return !fault;
    }
    if ((v->fpccr[true] & FPCCR_LSPACT) != 0) {
        v->fpccr[true] &= ~FPCCR_LSPACT; /* The registers have not been touched since. */
        v->control[true] |= CONTROL_FPCA;
        return true;
    }
    if ((frame & 7u) != 0) {
        v8m_usage_fault(v, true, CFSR_UNALIGNED);
        return false;
    }
    v8m_fp_fetch(v);
    const unsigned count = (v->fpccr[true] & FPCCR_TS) != 0 ? 32 : 16;
    const struct sim_attr attr = v8m_attr(v);
    uint32_t s[32];
    uint32_t fpscr = 0;
    for (unsigned i = 0; i < count; i++) {
        const uint32_t addr = frame + 4u * i + (i >= 16u ? 8u : 0u);
        if (!v8m_read(v, addr, 4, attr, V8M_NORMAL, &s[i])) {
            return false;
        }
    }
    if (!v8m_read(v, frame + 0x40u, 4, attr, V8M_NORMAL, &fpscr)) {
        return false;
    }
    memcpy(v->s, s, count * sizeof s[0]);
    v->fpscr = fpscr;
    v->control[true] |= CONTROL_FPCA;
    return true;
}
