/* Loads and stores of FP registers: VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP. */
#include "cpu_v8m.h"

static bool transfer(struct v8m *v, uint32_t addr, unsigned first, unsigned count, bool load)
{
    const struct sim_attr attr = v8m_attr(v);
    uint32_t words[32];
    v8m_fp_fetch(v);
    if ((addr & 3u) != 0) {
        v8m_usage_fault(v, v->secure, CFSR_UNALIGNED);
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const bool done = load ? v8m_read(v, addr + 4u * i, 4, attr, V8M_NORMAL, &words[i])
                               : v8m_write(v, addr + 4u * i, 4, attr, V8M_NORMAL, v->s[first + i]);
        if (!done) {
            return false;
        }
    }
    for (unsigned i = 0; load && i < count; i++) {
        v->s[first + i] = words[i];
    }
    return true;
}

/** First single-precision register of an encoding, and how many make one of its registers. */
static unsigned first_register(uint16_t first, uint16_t second, unsigned *each)
{
    const unsigned d = (first >> 6) & 1u;
    const unsigned vd = (second >> 12) & 0xFu;
    if ((second & 0x0100u) != 0) {
        *each = 2;
        return 2u * ((d << 4 | vd) & 15u);
    }
    *each = 1;
    return vd << 1 | d;
}

static bool single(struct v8m *v, uint16_t first, uint16_t second)
{
    unsigned each = 1;
    const unsigned reg = first_register(first, second, &each);
    const unsigned rn = first & 0xFu;
    const uint32_t base = rn == 15 ? (v->r[15] + 4u) & ~3u : v8m_reg(v, rn);
    const uint32_t imm = 4u * (second & 0xFFu);
    const uint32_t addr = (first & 0x80u) != 0 ? base + imm : base - imm;
    if (transfer(v, addr, reg, each, (first & 0x10u) != 0)) {
        v8m_advance(v, 4);
    }
    return true;
}

static bool multiple(struct v8m *v, uint16_t first, uint16_t second)
{
    unsigned each = 1;
    const unsigned reg = first_register(first, second, &each);
    const unsigned count = each == 2 ? second & 0xFEu : second & 0xFFu;
    const unsigned rn = first & 0xFu;
    const bool down = (first & 0x100u) != 0;
    if (count == 0 || reg + count > 32) {
        return false;
    }
    const uint32_t base = v8m_reg(v, rn);
    const uint32_t bytes = 4u * (second & 0xFFu);
    if (!transfer(v, down ? base - bytes : base, reg, count, (first & 0x10u) != 0)) {
        return true;
    }
    if ((first & 0x20u) != 0) {
        v8m_set_reg(v, rn, down ? base - bytes : base + bytes);
    }
    v8m_advance(v, 4);
    return true;
}

bool v8m_load_store_fp(struct v8m *v, uint16_t first, uint16_t second)
{
    if ((first & 0xFE00u) != 0xEC00u || ((second >> 8) & 0xEu) != 0xAu) {
        return false;
    }
    if ((first & 0x120u) == 0x100u) {
        return single(v, first, second);
    }
    if ((first & 0x1E0u) == 0x40u) {
        return false; /* two-register moves */
    }
    return multiple(v, first, second);
}
