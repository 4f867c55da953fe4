/* Transitions between Secure and Non-secure state by calls and returns. */
#include "cpu_v8m.h"

#define SG_HALF 0xE97Fu

/** The half-words of SG must both be Secure and Non-secure callable, and in one region's hands. */
static bool sg_half(struct v8m *v, uint32_t addr, uint16_t *half)
{
    const struct sim_attr secure = {.secure = true, .privileged = v8m_privileged_in(v, true)};
    struct v8m_attribution attribution;
    v8m_attribute(v, addr, true, &attribution);
    if (attribution.ns || !attribution.nsc) {
        return false;
    }
    struct v8m_verdict verdict;
    v8m_check(v, addr, SIM_FETCH, secure, &verdict);
    if (verdict.refusal != V8M_PASSES) {
        (void)v8m_refuse(v, addr, 2, SIM_FETCH, secure, V8M_NORMAL, &verdict);
        return false;
    }
    return v8m_peek(v, addr, half);
}

/** SG at PC, executed from Non-secure state. ARMv8-M ARM, SG. */
static bool secure_gateway(struct v8m *v)
{
    uint16_t first = 0;
    uint16_t second = 0;
    const unsigned before = v->pending;
    if (!sg_half(v, v->r[15], &first) || first != SG_HALF || !sg_half(v, v->r[15] + 2u, &second) ||
        second != SG_HALF) {
        return v->pending != before || v->lockup; /* the fetch of SG itself faulted */
    }
    v->r[14] &= ~1u;
    v->secure = true;
    v->control[true] &= ~CONTROL_SFPA;
    v->xpsr &= ~XPSR_IT;
    v->r[15] += 4u;
    v->time++;
    return true;
}

/** A gate that is the host's: the memory there need not hold SG. */
static bool host_gateway(struct v8m *v)
{
    struct v8m_attribution attribution;
    v8m_attribute(v, v->r[15], true, &attribution);
    if (attribution.ns || !attribution.nsc || !v->host.gate(v->host.context, false)) {
        return false;
    }
    v->time++;
    return true;
}

void v8m_refused_fetch(struct v8m *v)
{
    const struct sim_attr attr = v8m_attr(v);
    struct v8m_verdict verdict;
    uint32_t at = v->r[15];
    uint16_t half = 0;
    v8m_check(v, at, SIM_FETCH, attr, &verdict);
    if (verdict.refusal == V8M_PASSES && v8m_peek(v, at, &half) && v8m_is_wide(half)) {
        at += 2u; /* an instruction across the border of two regions */
        v8m_check(v, at, SIM_FETCH, attr, &verdict);
    }
    if (verdict.refusal == V8M_BY_SECURITY && !v->secure && at == v->r[15] &&
        (host_gateway(v) || secure_gateway(v))) {
        return;
    }
    if (verdict.refusal != V8M_PASSES) {
        (void)v8m_refuse(v, at, 2, SIM_FETCH, attr, V8M_NORMAL, &verdict);
    }
}

void v8m_branch(struct v8m *v, uint32_t target)
{
    v->r[15] = target & ~1u;
    v->xpsr &= ~(XPSR_IT | XPSR_T);
    v->xpsr |= (target & 1u) != 0 ? XPSR_T : 0u;
    if (v8m_handler(v) && target >= 0xFF000000u) {
        v8m_exception_return(v, target);
    } else if (v->trustzone && (target & ~1u) == (FNC_RETURN & ~1u)) {
        v8m_function_return(v);
    }
}

/* ARMv8-M ARM, BXNS. Bit 0 clear asks for the Non-secure state. */
void v8m_bxns(struct v8m *v, uint32_t target)
{
    if (target >= (FNC_RETURN & ~1u)) {
        v8m_branch(v, target);
        return;
    }
    v->xpsr &= ~XPSR_IT;
    v->xpsr |= XPSR_T;
    if ((target & 1u) == 0) {
        v->control[true] &= ~CONTROL_SFPA;
        v->secure = false;
    }
    v->r[15] = target & ~1u;
}

/* ARMv8-M ARM, BLXNS. */
void v8m_blxns(struct v8m *v, uint32_t target, uint32_t next)
{
    if ((target & 1u) != 0) {
        v->xpsr = (v->xpsr & ~XPSR_IT) | XPSR_T;
        v->r[14] = next | 1u;
        v->r[15] = target & ~1u;
        return;
    }
    uint32_t *sp = v8m_sp(v);
    const uint32_t frame = *sp - 8u;
    if (frame < v8m_sp_limit(v)) {
        v8m_usage_fault(v, true, CFSR_STKOF);
        return;
    }
    uint32_t psr = v->xpsr & XPSR_EXC;
    psr |= (v->control[true] & CONTROL_SFPA) != 0 ? XPSR_SFPA : 0u;
    const struct sim_attr attr = v8m_attr(v);
    if (!v8m_write(v, frame, 4, attr, V8M_NORMAL, next | 1u) ||
        !v8m_write(v, frame + 4u, 4, attr, V8M_NORMAL, psr)) {
        return;
    }
    *sp = frame;
    v->r[14] = FNC_RETURN;
    if (v8m_handler(v)) { /* The number of the Secure exception is not shown. */
        v->xpsr = (v->xpsr & ~XPSR_EXC) | 1u;
    }
    v->xpsr = (v->xpsr & ~XPSR_IT) | XPSR_T;
    v->control[true] &= ~CONTROL_SFPA;
    v->secure = false;
    v->r[15] = target & ~1u;
}

/* ARMv8-M ARM, FunctionReturn(). PC still holds the magic value. */
void v8m_function_return(struct v8m *v)
{
    const bool handler = v8m_handler(v);
    uint32_t *sp = v8m_sp_of(v, true, !handler);
    const struct sim_attr attr = {.secure = true, .privileged = v8m_privileged_in(v, true)};
    uint32_t pc = 0;
    uint32_t psr = 0;
    if (!v8m_read(v, *sp, 4, attr, V8M_NORMAL, &pc) ||
        !v8m_read(v, *sp + 4u, 4, attr, V8M_NORMAL, &psr)) {
        return;
    }
    const uint32_t now = v->xpsr & XPSR_EXC;
    const uint32_t then = psr & XPSR_EXC;
    if (!((now == 0 && then == 0) || (now == 1u && then != 0))) {
        v8m_usage_fault(v, v->secure, CFSR_INVPC);
        return;
    }
    *sp += 8u;
    v->secure = true;
    v->control[true] &= ~CONTROL_SFPA;
    v->control[true] |= (psr & XPSR_SFPA) != 0 ? CONTROL_SFPA : 0u;
    v->xpsr &= ~(XPSR_EXC | XPSR_IT | XPSR_T);
    v->xpsr |= then | ((pc & 1u) != 0 ? XPSR_T : 0u);
    v->r[15] = pc & ~1u;
}
