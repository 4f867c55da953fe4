/* VCVT from fixed point: it rounds to nearest whatever FPSCR says, and the engine follows FPSCR. */
#include "cpu_v8m.h"

#define FPSCR_IXC 0x10u

bool v8m_is_vcvt_from_fixed(uint16_t first, uint16_t second)
{
    return (first & 0xFFBEu) == 0xEEBAu && (second & 0x0F50u) == 0x0A40u;
}

/* ARMv8-M ARM, VCVT (between floating-point and fixed-point), FixedToFP(). */
bool v8m_vcvt_from_fixed(struct v8m *v, uint16_t first, uint16_t second)
{
    if (!v8m_is_vcvt_from_fixed(first, second)) {
        return false;
    }
    const unsigned reg = ((second >> 12) & 0xFu) << 1 | ((first >> 6) & 1u);
    const unsigned size = (second & 0x80u) != 0 ? 32 : 16;
    const unsigned fraction = size - ((second & 0xFu) << 1 | ((second >> 5) & 1u));
    v8m_fp_fetch(v);
    const uint32_t bits = size == 32 ? v->s[reg] : v->s[reg] & 0xFFFFu;
    double value = bits;
    if ((first & 1u) == 0 && (bits >> (size - 1u)) != 0) { /* signed, and negative */
        value -= (double)(1ull << size);
    }
    /* A double holds it exactly; the host rounds to nearest, and no result is subnormal. */
    const float rounded = (float)value;
    const union {
        float number;
        uint32_t bits;
    } result = {.number = rounded / (float)(1ull << fraction)};
    v->s[reg] = result.bits;
    v->fpscr |= (double)rounded != value ? FPSCR_IXC : 0u;
    v8m_advance(v, 4);
    return true;
}
