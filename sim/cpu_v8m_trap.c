/* Instructions of the system level: done here, whoever stopped the engine at them. */
#include "cpu_v8m.h"

void v8m_advance(struct v8m *v, unsigned size)
{
    v->r[15] += size;
    v->time++;
    v->xpsr = (v->xpsr & ~XPSR_IT) | v8m_it_bits(v8m_it_advance(v8m_it_of(v->xpsr)));
}

/* ARMv8-M ARM, ConditionHolds(). */
bool v8m_condition_passed(const struct v8m *v)
{
    const unsigned it = v8m_it_of(v->xpsr);
    if ((it & 0xFu) == 0) {
        return true;
    }
    const bool n = (v->xpsr >> 31) & 1u;
    const bool z = (v->xpsr >> 30) & 1u;
    const bool c = (v->xpsr >> 29) & 1u;
    const bool o = (v->xpsr >> 28) & 1u;
    const unsigned cond = it >> 4;
    bool result = true;
    switch (cond >> 1) {
    case 0:
        result = z;
        break;
    case 1:
        result = c;
        break;
    case 2:
        result = n;
        break;
    case 3:
        result = o;
        break;
    case 4:
        result = c && !z;
        break;
    case 5:
        result = n == o;
        break;
    case 6:
        result = n == o && !z;
        break;
    default:
        return true;
    }
    return (cond & 1u) != 0 ? !result : result;
}

static void hint(struct v8m *v, unsigned number, unsigned size)
{
    v8m_advance(v, size);
    switch (number) {
    case 2: /* WFE */
        if (v->event_register) {
            v->event_register = false;
        } else {
            v->sleeping = V8M_WFE;
        }
        break;
    case 3: /* WFI */
        v->sleeping = V8M_WFI;
        break;
    case 4: /* SEV */
        v->event_register = true;
        break;
    default:
        break;
    }
}

/* ARMv8-M ARM, CPS. */
static void cps(struct v8m *v, uint16_t half)
{
    const bool disable = (half & 0x10u) != 0;
    if (v8m_privileged(v)) {
        if ((half & 2u) != 0) {
            v->primask[v->secure] = disable ? 1 : 0;
        }
        if ((half & 1u) != 0 && (!disable || v8m_execution_priority(v) > -1)) {
            v->faultmask[v->secure] = disable ? 1 : 0;
        }
    }
    v8m_advance(v, 2);
}

static bool emulate_narrow(struct v8m *v, uint16_t half)
{
    if ((half & 0xFF0Fu) == 0xBF00u) {
        hint(v, (half >> 4) & 0xFu, 2);
        return true;
    }
    if ((half & 0xFFECu) == 0xB660u) {
        cps(v, half);
        return true;
    }
    if (v->secure && (half & 0xFF07u) == 0x4704u) { /* BXNS, BLXNS */
        const uint32_t target = v8m_reg(v, (half >> 3) & 0xFu);
        v->time++;
        if ((half & 0x80u) != 0) {
            v8m_blxns(v, target, v->r[15] + 2u);
        } else {
            v8m_bxns(v, target);
        }
        return true;
    }
    return v8m_load_store(v, half, 0);
}

static bool emulate_special(struct v8m *v, uint16_t first, uint16_t second)
{
    if ((first & 0xFFF0u) == 0xF380u && (second & 0xF300u) == 0x8000u) {
        const uint32_t value = v8m_reg(v, first & 0xFu);
        if (v8m_msr(v, second & 0xFFu, (second >> 10) & 3u, value)) {
            v8m_advance(v, 4);
        }
        return true;
    }
    if (first == 0xF3EFu && (second & 0xF000u) == 0x8000u) {
        v8m_set_reg(v, (second >> 8) & 0xFu, v8m_mrs(v, second & 0xFFu));
        v8m_advance(v, 4);
        return true;
    }
    if (first == 0xF3BFu && (second & 0xFFF0u) == 0x8F20u) { /* CLREX */
        v->exclusive = false;
        v->clear_exclusive = true;
        v8m_advance(v, 4);
        return true;
    }
    if (first == 0xF3AFu && (second & 0xFF00u) == 0x8000u) {
        hint(v, second & 0xFFu, 4);
        return true;
    }
    return false;
}

/** VLSTM and VLLDM, which exist in Secure state only. */
static bool emulate_vlxxm(struct v8m *v, uint16_t first, uint16_t second)
{
    if (!v->secure || (first & 0xFFE0u) != 0xEC20u || (second & 0xFF00u) != 0x0A00u) {
        return false;
    }
    const uint32_t frame = v8m_reg(v, first & 0xFu);
    if ((first & 0x10u) != 0 ? v8m_vlldm(v, frame) : v8m_vlstm(v, frame)) {
        v8m_advance(v, 4);
    }
    return true;
}

/** Instructions for a coprocessor: the FPU is number 10 and 11, all others are absent. */
static bool emulate_coprocessor(struct v8m *v, uint16_t first, uint16_t second)
{
    if ((first & 0xEC00u) != 0xEC00u || (first & 0xEF00u) == 0xEF00u) {
        return false;
    }
    if (((second >> 8) & 0xEu) != 0xAu) {
        v8m_usage_fault(v, v->secure, CFSR_NOCP);
        return true;
    }
    if (v8m_fp_ready(v)) {
        return v8m_load_store_fp(v, first, second) || v8m_vcvt_from_fixed(v, first, second);
    }
    (void)v8m_fp_check(v); /* The engine does it now, or a fault has been pended. */
    return true;
}

static bool emulate_wide(struct v8m *v, uint16_t first, uint16_t second)
{
    if ((first & 0xFC00u) == 0xF000u) {
        return emulate_special(v, first, second);
    }
    if ((first & 0xFFF0u) == 0xE840u && (second & 0xF03Fu) == 0xF000u) {
        const bool alternate = (second & 0x80u) != 0;
        if (alternate && !v->secure) {
            return false;
        }
        const uint32_t addr = v8m_reg(v, first & 0xFu);
        v8m_set_reg(v, (second >> 8) & 0xFu, v8m_tt(v, addr, alternate, (second & 0x40u) != 0));
        v8m_advance(v, 4);
        return true;
    }
    if ((first & 0xFFD0u) == 0xFB90u && (second & 0xF0F0u) == 0xF0F0u) {
        v8m_usage_fault(v, v->secure, CFSR_DIVBYZERO);
        return true;
    }
    return emulate_vlxxm(v, first, second) || emulate_coprocessor(v, first, second) ||
           v8m_load_store(v, first, second);
}

void v8m_emulate(struct v8m *v)
{
    uint16_t first = 0;
    uint16_t second = 0;
    v->has_stored = false;
    if ((v->xpsr & XPSR_T) == 0) {
        v8m_usage_fault(v, v->secure, CFSR_INVSTATE);
        return;
    }
    bool known = v8m_peek(v, v->r[15], &first);
    const bool wide = known && v8m_is_wide(first);
    if (wide) {
        known = v8m_peek(v, v->r[15] + 2u, &second);
    }
    if (known && !v8m_condition_passed(v)) {
        v8m_advance(v, wide ? 4 : 2);
        return;
    }
    if (known) {
        known = wide ? emulate_wide(v, first, second) : emulate_narrow(v, first);
    }
    if (known) {
        return;
    }
    if (v->host.gate(v->host.context, true)) {
        v->time++;
        return;
    }
    v8m_usage_fault(v, v->secure, CFSR_UNDEFINSTR);
}
