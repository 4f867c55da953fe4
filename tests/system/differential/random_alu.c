/* Random instructions on core registers. Encodings: Armv8-M ARM, chapter C2. */
#include "random_code.h"

static void narrow_data_processing(struct maker *m)
{
    const unsigned op = pick(m, 16);
    const bool compares = op == 8 || op == 10 || op == 11; /* TST, CMP, CMN */
    const unsigned rdn = compares ? pick_operand(m, 8) : pick_result(m, 8);
    emit(m, 0x4000u | op << 6 | pick_operand(m, 8) << 3 | rdn);
}

static void narrow_high(struct maker *m)
{
    if (chance(m, 3)) { /* CMP, one of them high */
        const unsigned rn = 8u + pick(m, 5);
        emit(m, 0x4580u | pick_operand(m, 13) << 3 | (rn & 7u));
        return;
    }
    const unsigned rd = pick_result(m, 13);
    emit(m, (chance(m, 2) ? 0x4400u : 0x4600u) | (rd & 8u) << 4 | pick_operand(m, 13) << 3 |
                (rd & 7u));
}

void make_narrow_alu(struct maker *m)
{
    static const uint16_t reverses[3] = {0xBA00, 0xBA40, 0xBAC0};
    const unsigned rd = pick_result(m, 8);
    const unsigned rm = pick_operand(m, 8);
    switch (pick(m, 7)) {
    case 0: /* LSL, LSR, ASR */
        emit(m, pick(m, 3) << 11 | pick(m, 32) << 6 | rm << 3 | rd);
        return;
    case 1: /* ADD, SUB of three */
        emit(m, 0x1800u | pick(m, 4) << 9 | pick(m, 8) << 6 | rm << 3 | rd);
        return;
    case 2: /* MOV, CMP, ADD, SUB */
        emit(m, 0x2000u | pick(m, 4) << 11 | rd << 8 | pick(m, 256));
        return;
    case 3:
        narrow_high(m);
        return;
    case 4: /* SXTH, SXTB, UXTH, UXTB */
        emit(m, 0xB200u | pick(m, 4) << 6 | rm << 3 | rd);
        return;
    case 5:
        emit(m, reverses[pick(m, 3)] | rm << 3 | rd);
        return;
    default:
        narrow_data_processing(m);
        return;
    }
}

/** Operation, S, Rn and Rd of the two large groups. */
static void data_processing(struct maker *m, unsigned group, unsigned rest)
{
    static const uint8_t ops[] = {0, 1, 2, 3, 4, 8, 10, 11, 13, 14};
    unsigned op = ops[pick(m, sizeof ops)];
    unsigned s = pick(m, 2);
    unsigned rn = pick_operand(m, 13);
    unsigned rd = pick_result(m, 13);
    if (chance(m, 4) && (op == 0 || op == 4 || op == 8 || op == 13)) {
        rd = 15; /* TST, TEQ, CMN, CMP */
        s = 1;
    } else if (chance(m, 3) && (op == 2 || op == 3)) {
        rn = 15; /* MOV, MVN */
    }
    emit_wide(m, group | op << 5 | s << 4 | rn, rest | rd << 8);
}

static void modified_immediate(struct maker *m)
{
    unsigned imm12 = pick(m, 0x1000);
    if ((imm12 & 0xC00u) == 0 && (imm12 & 0xFFu) == 0) {
        imm12 |= 1u; /* a pattern of zeros is UNPREDICTABLE */
    }
    data_processing(m, 0xF000u | (imm12 & 0x800u) >> 1, (imm12 & 0x700u) << 4 | (imm12 & 0xFFu));
}

static unsigned shift_amount(unsigned imm5)
{
    return (imm5 & 0x1Cu) << 10 | (imm5 & 3u) << 6;
}

static void plain_immediate(struct maker *m)
{
    static const uint16_t ops[4] = {0xF240, 0xF2C0, 0xF200, 0xF2A0}; /* MOVW, MOVT, ADDW, SUBW */
    const unsigned kind = pick(m, 4);
    const unsigned low = kind < 2 ? pick(m, 16) : pick_operand(m, 13);
    emit_wide(m, ops[kind] | pick(m, 2) << 10 | low,
              pick(m, 8) << 12 | pick_result(m, 13) << 8 | pick(m, 256));
}

static void bit_field(struct maker *m)
{
    const unsigned lsb = pick(m, 32);
    const unsigned width = 1u + pick(m, 32u - lsb);
    const unsigned rest = shift_amount(lsb) | pick_result(m, 13) << 8;
    switch (pick(m, 4)) {
    case 0: /* BFI */
        emit_wide(m, 0xF360u | pick_operand(m, 13), rest | (lsb + width - 1u));
        return;
    case 1: /* BFC */
        emit_wide(m, 0xF36Fu, rest | (lsb + width - 1u));
        return;
    case 2: /* SBFX */
        emit_wide(m, 0xF340u | pick_operand(m, 13), rest | (width - 1u));
        return;
    default: /* UBFX */
        emit_wide(m, 0xF3C0u | pick_operand(m, 13), rest | (width - 1u));
        return;
    }
}

static void saturate(struct maker *m)
{
    const unsigned arithmetic = pick(m, 2);
    const unsigned amount = arithmetic ? 1u + pick(m, 31) : pick(m, 32);
    emit_wide(m, (chance(m, 2) ? 0xF300u : 0xF380u) | arithmetic << 5 | pick_operand(m, 13),
              shift_amount(amount) | pick_result(m, 13) << 8 | pick(m, 32));
}

static void one_operand(struct maker *m)
{
    const unsigned rm = pick_operand(m, 13);
    const unsigned rd = pick_result(m, 13);
    if (chance(m, 5)) { /* CLZ */
        emit_wide(m, 0xFAB0u | rm, 0xF080u | rd << 8 | rm);
        return;
    }
    emit_wide(m, 0xFA90u | rm, 0xF080u | rd << 8 | pick(m, 4) << 4 | rm); /* REV, RBIT ... */
}

static void extend(struct maker *m)
{
    const unsigned rn = chance(m, 2) ? 15 : pick_operand(m, 13);
    emit_wide(m, 0xFA00u | pick(m, 6) << 4 | rn,
              0xF080u | pick_result(m, 13) << 8 | pick(m, 4) << 4 | pick_operand(m, 13));
}

void make_wide_alu(struct maker *m)
{
    switch (pick(m, 9)) {
    case 0:
    case 1:
        modified_immediate(m);
        return;
    case 2: /* shifted register */
        data_processing(m, 0xEA00u,
                        shift_amount(pick(m, 32)) | pick(m, 4) << 4 | pick_operand(m, 13));
        return;
    case 3:
        plain_immediate(m);
        return;
    case 4:
        bit_field(m);
        return;
    case 5:
        saturate(m);
        return;
    case 6: /* shift by register */
        emit_wide(m, 0xFA00u | pick(m, 8) << 4 | pick_operand(m, 13),
                  0xF000u | pick_result(m, 13) << 8 | pick_operand(m, 13));
        return;
    case 7:
        one_operand(m);
        return;
    default:
        extend(m);
        return;
    }
}

/** SMULL, UMULL, SMLAL, UMLAL, UMAAL, SMLALxy, SMLALD, SMLSLD: two results. */
static void long_multiply(struct maker *m)
{
    static const struct {
        uint16_t first;
        uint16_t second;
        uint8_t variants; /**< Of bits 5 and 4. */
    } ops[] = {{0xFB80, 0x00, 1}, {0xFBA0, 0x00, 1}, {0xFBC0, 0x00, 1}, {0xFBE0, 0x00, 1},
               {0xFBE0, 0x60, 1}, {0xFBC0, 0x80, 4}, {0xFBC0, 0xC0, 2}, {0xFBD0, 0xC0, 2}};
    const unsigned op = pick(m, 8);
    const unsigned low = pick_result(m, 13);
    unsigned high = pick_result(m, 13);
    while (high == low) {
        high = pick_result(m, 13);
    }
    emit_wide(m, ops[op].first | pick_operand(m, 13),
              low << 12 | high << 8 | ops[op].second | pick(m, ops[op].variants) << 4 |
                  pick_operand(m, 13));
}

void make_multiply(struct maker *m)
{
    const unsigned rn = pick_operand(m, 13);
    const unsigned rest = pick_result(m, 13) << 8 | pick_operand(m, 13);
    const unsigned ra = pick_operand(m, 13) << 12;
    switch (pick(m, 6)) {
    case 0: /* MUL */
        emit_wide(m, 0xFB00u | rn, 0xF000u | rest);
        return;
    case 1: /* MLA, MLS */
        emit_wide(m, 0xFB00u | rn, ra | pick(m, 2) << 4 | rest);
        return;
    case 2: /* SDIV, UDIV */
        emit_wide(m, 0xFB90u | pick(m, 2) << 5 | rn, 0xF0F0u | rest);
        return;
    case 3: { /* SMLAxy, SMLAD, SMLAWy, SMLSD, SMMLA, and without an addend */
        const unsigned op = 1u + pick(m, 5);
        const unsigned variant = pick(m, op == 1 ? 4 : 2) << 4;
        emit_wide(m, 0xFB00u | op << 4 | rn, (chance(m, 2) ? 0xF000u : ra) | variant | rest);
        return;
    }
    case 4: /* SMMLS; USAD8, USADA8 */
        if (chance(m, 2)) {
            emit_wide(m, 0xFB60u | rn, ra | pick(m, 2) << 4 | rest);
        } else {
            emit_wide(m, 0xFB70u | rn, (chance(m, 2) ? 0xF000u : ra) | rest);
        }
        return;
    default:
        long_multiply(m);
        return;
    }
}

void make_dsp(struct maker *m)
{
    static const uint8_t parallel[6] = {0, 1, 2, 4, 5, 6};
    const unsigned rn = pick_operand(m, 13);
    const unsigned rest = pick_result(m, 13) << 8 | pick_operand(m, 13);
    switch (pick(m, 6)) {
    case 0: /* QADD, QDADD, QSUB, QDSUB */
        emit_wide(m, 0xFA80u | rn, 0xF080u | pick(m, 4) << 4 | rest);
        return;
    case 1: /* SEL */
        emit_wide(m, 0xFAA0u | rn, 0xF080u | rest);
        return;
    case 2: /* PKHBT, PKHTB */
        emit_wide(m, 0xEAC0u | rn, shift_amount(pick(m, 32)) | pick(m, 2) << 5 | rest);
        return;
    case 3: /* SSAT16, USAT16 */
        emit_wide(m, (chance(m, 2) ? 0xF320u : 0xF3A0u) | rn, (rest & 0xF00u) | pick(m, 16));
        return;
    default: /* S, Q, SH, U, UQ, UH of ADD16, ASX, SAX, SUB16, ADD8, SUB8 */
        emit_wide(m, 0xFA80u | (unsigned)parallel[pick(m, 6)] << 4 | rn,
                  0xF000u | pick(m, 2) << 6 | pick(m, 3) << 4 | rest);
        return;
    }
}
