/* Which instructions the engine must not do, or not do unseen. */
#include "cpu_v8m.h"

static enum v8m_trap scan_narrow(uint16_t half)
{
    switch (half) {
    case 0xBF10: /* YIELD: the engine would stop */
    case 0xBF20: /* WFE */
    case 0xBF30: /* WFI */
    case 0xBF40: /* SEV */
        return V8M_TRAP_EMULATE;
    default:
        break;
    }
    if ((half & 0xFFECu) == 0xB660u) { /* CPS */
        if ((half & 1u) != 0) {
            return V8M_TRAP_EMULATE; /* FAULTMASK */
        }
        return (half & 0x10u) == 0 ? V8M_TRAP_UNMASK : V8M_TRAP_NONE;
    }
    return V8M_TRAP_NONE;
}

static enum v8m_trap scan_special(uint16_t first, uint16_t second)
{
    const unsigned sysm = second & 0xFFu;
    if ((first & 0xFFF0u) == 0xF380u && (second & 0xF300u) == 0x8000u) { /* MSR */
        if (sysm < 8u) {
            return V8M_TRAP_NONE;
        }
        return sysm == 16u ? V8M_TRAP_UNMASK : V8M_TRAP_EMULATE;
    }
    if (first == 0xF3EFu && (second & 0xF000u) == 0x8000u) { /* MRS */
        return sysm < 8u || sysm == 16u ? V8M_TRAP_NONE : V8M_TRAP_EMULATE;
    }
    if (first == 0xF3BFu && (second & 0xFFF0u) == 0x8F20u) {
        return V8M_TRAP_EXCLUSIVE; /* CLREX */
    }
    if (first == 0xF3AFu && (second & 0xFF00u) == 0x8000u) { /* wide hints */
        return sysm >= 1u && sysm <= 4u ? V8M_TRAP_EMULATE : V8M_TRAP_NONE;
    }
    return V8M_TRAP_NONE;
}

bool v8m_is_unprivileged(uint16_t first, uint16_t second)
{
    return (first & 0xFE80u) == 0xF800u && (first & 0xFu) != 15u && (second & 0x0F00u) == 0x0E00u;
}

bool v8m_is_undefined_store(uint16_t first)
{
    return (first & 0xFF10u) == 0xF900u || (first & 0xFE1Fu) == 0xF80Fu;
}

/** LDAH, LDA, STLH, STL. */
static bool is_ordered(uint16_t first, uint16_t second)
{
    const unsigned kind = (second >> 4) & 0xFu;
    return (first & 0xFFE0u) == 0xE8C0u && (kind == 9 || kind == 10);
}

/** STREX and its kin. */
static bool is_store_exclusive(uint16_t first, uint16_t second)
{
    if ((first & 0xFFF0u) == 0xE840u) {
        return true; /* TT has been recognised before */
    }
    return (first & 0xFFF0u) == 0xE8C0u && (second & 0x0040u) != 0;
}

enum v8m_trap v8m_scan(uint16_t first, uint16_t second)
{
    if (!v8m_is_wide(first)) {
        return scan_narrow(first);
    }
    if (v8m_is_vcvt_from_fixed(first, second)) {
        return V8M_TRAP_EMULATE;
    }
    if ((first & 0xEC00u) == 0xEC00u && (second & 0x0E00u) == 0x0A00u) {
        return V8M_TRAP_FP;
    }
    if ((first & 0xFC00u) == 0xF000u) {
        return scan_special(first, second);
    }
    if (v8m_is_unprivileged(first, second)) {
        return V8M_TRAP_EMULATE;
    }
    if ((first & 0xFFF0u) == 0xE840u && (second & 0xF03Fu) == 0xF000u) { /* TT */
        return V8M_TRAP_EMULATE;
    }
    if (is_ordered(first, second)) {
        return V8M_TRAP_EMULATE; /* the engine does not ask for alignment */
    }
    if (v8m_is_undefined_store(first)) {
        return V8M_TRAP_EMULATE;
    }
    if (is_store_exclusive(first, second)) {
        return V8M_TRAP_EXCLUSIVE;
    }
    if ((first & 0xFFD0u) == 0xFB90u && (second & 0xF0F0u) == 0xF0F0u) { /* SDIV, UDIV */
        return V8M_TRAP_DIVIDE;
    }
    return V8M_TRAP_NONE;
}

int v8m_aligned_base(uint16_t first, uint16_t second)
{
    int base = -1;
    if ((first & 0xF000u) == 0xC000u) { /* LDM, STM */
        return (first >> 8) & 7;
    }
    if ((first & 0xFE40u) == 0xE800u) { /* LDM, STM */
        base = first & 0xF;
    } else if ((first & 0xFE40u) == 0xE840u && (first & 0x0120u) != 0) { /* LDRD, STRD */
        base = first & 0xF;
    } else if ((first & 0xFE00u) == 0xEC00u && (second & 0x0E00u) == 0x0A00u &&
               (first & 0x01A0u) != 0) { /* VLDR, VSTR, VLDM, VSTM */
        base = first & 0xF;
    }
    return base == 13 || base == 15 ? -1 : base; /* SP is aligned, PC is taken so */
}
