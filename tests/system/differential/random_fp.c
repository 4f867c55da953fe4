/* Random single-precision instructions. Encodings: Armv8-M ARM, chapter C2. */
#include "random_code.h"

/* Fields of a register number in the places d, n and m. */

static unsigned high_d(unsigned s)
{
    return (s & 1u) << 6;
}

static unsigned low_d(unsigned s)
{
    return s >> 1 << 12;
}

static unsigned low_m(unsigned s)
{
    return (s & 1u) << 5 | s >> 1;
}

/** Three registers; `first` and `second` without them. */
static void three(struct maker *m, unsigned first, unsigned second)
{
    const unsigned d = pick(m, 32);
    const unsigned n = pick(m, 32);
    emit_wide(m, first | high_d(d) | n >> 1,
              second | low_d(d) | (n & 1u) << 7 | low_m(pick(m, 32)));
}

static void two(struct maker *m, unsigned first, unsigned second)
{
    const unsigned d = pick(m, 32);
    emit_wide(m, first | high_d(d), second | low_d(d) | low_m(pick(m, 32)));
}

static void arithmetic(struct maker *m)
{
    /* VMLA, VNMLA, VMUL, VADD, VFNMA, VFMA, and with bit 6 the others of each pair; VDIV. */
    static const uint16_t ops[] = {0xEE00, 0xEE10, 0xEE20, 0xEE30, 0xEE90, 0xEEA0, 0xEE80};
    const unsigned op = pick(m, 7);
    three(m, ops[op], 0x0A00u | (op < 6 ? pick(m, 2) << 6 : 0u));
}

static void convert_fixed(struct maker *m)
{
    static const uint16_t ops[4] = {0xEEBA, 0xEEBB, 0xEEBE, 0xEEBF};
    const unsigned d = pick(m, 32);
    const bool wide = chance(m, 2);
    const unsigned imm5 = pick(m, wide ? 32 : 17);
    emit_wide(m, ops[pick(m, 4)] | high_d(d),
              0x0A40u | (wide ? 0x80u : 0u) | low_d(d) | (imm5 & 1u) << 5 | imm5 >> 1);
}

static void unary(struct maker *m)
{
    /* VMOV, VABS; VNEG, VSQRT; half precision; VCMP; VRINT; conversions: bit 7 chooses. */
    static const uint16_t ops[] = {0xEEB0, 0xEEB1, 0xEEB2, 0xEEB3, 0xEEB4,
                                   0xEEB6, 0xEEB8, 0xEEBC, 0xEEBD};
    if (chance(m, 8)) { /* VCMP with zero */
        const unsigned d = pick(m, 32);
        emit_wide(m, 0xEEB5u | high_d(d), 0x0A40u | pick(m, 2) << 7 | low_d(d));
        return;
    }
    if (chance(m, 12)) { /* VRINTX */
        two(m, 0xEEB7u, 0x0A40u);
        return;
    }
    two(m, ops[pick(m, sizeof ops / sizeof ops[0])], 0x0A40u | pick(m, 2) << 7);
}

/** What may not stand in an IT block. */
static void unconditional(struct maker *m)
{
    switch (pick(m, 4)) {
    case 0: /* VSEL */
        three(m, 0xFE00u | pick(m, 4) << 4, 0x0A00u);
        return;
    case 1: /* VMAXNM, VMINNM */
        three(m, 0xFE80u, 0x0A00u | pick(m, 2) << 6);
        return;
    case 2: /* VRINTA, N, P, M */
        two(m, 0xFEB8u | pick(m, 4), 0x0A40u);
        return;
    default: /* VCVTA, N, P, M */
        two(m, 0xFEBCu | pick(m, 4), 0x0A40u | pick(m, 2) << 7);
        return;
    }
}

static void move(struct maker *m)
{
    const unsigned s = pick(m, 31);
    const unsigned rt = pick_result(m, 13);
    unsigned rt2 = pick_result(m, 13);
    while (rt2 == rt) {
        rt2 = pick_result(m, 13);
    }
    switch (pick(m, 6)) {
    case 0: /* to and from a core register */
        emit_wide(m, 0xEE00u | pick(m, 2) << 4 | s >> 1, rt << 12 | 0xA10u | (s & 1u) << 7);
        return;
    case 1: /* two of each */
        emit_wide(m, 0xEC40u | pick(m, 2) << 4 | rt2, rt << 12 | 0xA10u | low_m(s));
        return;
    case 2:
        emit_wide(m, 0xEC40u | pick(m, 2) << 4 | rt2, rt << 12 | 0xB10u | s >> 1);
        return;
    case 3: /* VMOV immediate */
        emit_wide(m, 0xEEB0u | high_d(s) | pick(m, 16), low_d(s) | 0xA00u | pick(m, 16));
        return;
    case 4: /* VMRS */
        emit_wide(m, 0xEEF1u, rt << 12 | 0xA10u);
        return;
    default: /* VMRS APSR_nzcv */
        emit_wide(m, 0xEEF1u, 0xFA10u);
        return;
    }
}

static void memory(struct maker *m)
{
    const unsigned base = pick_pointer(m);
    const unsigned s = pick(m, 28);
    const unsigned count = 1u + pick(m, 4);
    switch (pick(m, 6)) {
    case 0:
    case 1: /* VLDR, VSTR */
        emit_wide(m, 0xED00u | pick(m, 2) << 7 | pick(m, 2) << 4 | high_d(s) | base,
                  low_d(s) | 0xA00u | pick(m, 5));
        return;
    case 2: /* of a double register; QEMU checks the first word only */
        emit_wide(m, 0xED00u | pick(m, 2) << 7 | pick(m, 2) << 4 | m->free,
                  low_d(s) | 0xB00u | pick(m, 4));
        return;
    case 3: /* VLDM, VSTM */
        emit_wide(m, 0xEC80u | pick(m, 2) << 4 | high_d(s) | base, low_d(s) | 0xA00u | count);
        return;
    case 4:
        if (may_drift(m, base, 4u * count)) {
            emit_wide(m, (chance(m, 2) ? 0xECA0u : 0xED20u) | pick(m, 2) << 4 | high_d(s) | base,
                      low_d(s) | 0xA00u | count);
            return;
        }
        emit(m, 0xBF00u);
        return;
    default:
        if (m->pushed + count <= 24) { /* VPUSH */
            m->pushed += count;
            emit_wide(m, 0xED2Du | high_d(s), low_d(s) | 0xA00u | count);
            return;
        }
        emit(m, 0xBF00u);
        return;
    }
}

void make_fp(struct maker *m)
{
    switch (pick(m, 8)) {
    case 0:
    case 1:
        arithmetic(m);
        return;
    case 2:
        unary(m);
        return;
    case 3:
        convert_fixed(m);
        return;
    case 4:
        if (m->it_left == 0) {
            unconditional(m);
            return;
        }
        arithmetic(m);
        return;
    case 5:
        move(m);
        return;
    default:
        memory(m);
        return;
    }
}
