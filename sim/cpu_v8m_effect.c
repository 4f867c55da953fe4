/*
 * Which registers an instruction writes, and what becomes of them modulo 4. Where that would need
 * their values, nothing is known; SP is always aligned, so nothing is said of it.
 */
#include "cpu_v8m_insn.h"

#define SP 13u
#define PC 15u

static void lose(struct v8m_effect *effect, unsigned reg)
{
    effect->written |= 1u << reg;
    effect->lost |= 1u << reg;
}

static void lose_list(struct v8m_effect *effect, uint32_t list)
{
    effect->written |= list;
    effect->lost |= list;
}

/** `to` becomes `from` plus a number. */
static void offset(struct v8m_effect *effect, unsigned to, unsigned from, uint32_t number)
{
    if ((number & 3u) != 0) {
        lose(effect, to);
        return;
    }
    effect->written |= 1u << to;
    if (from == SP || from == PC) { /* as a base, PC is aligned */
        effect->aligned |= 1u << to;
    } else {
        effect->to = (int)to;
        effect->from = (int)from;
    }
}

static void constant(struct v8m_effect *effect, unsigned to, uint32_t value)
{
    offset(effect, to, SP, value);
}

static void shifted_narrow(uint16_t half, struct v8m_effect *effect)
{
    const unsigned rd = half & 7u;
    const unsigned rm = (half >> 3) & 7u;
    const unsigned amount = (half >> 6) & 0x1Fu;
    const unsigned op = (half >> 11) & 3u;
    if (op == 3 && (amount & 0x10u) != 0) { /* ADDS, SUBS with a number of three bits */
        offset(effect, rd, rm, amount & 7u);
    } else if (op == 0 && amount == 0) { /* MOVS */
        offset(effect, rd, rm, 0);
    } else if (op == 0 && amount >= 2) {
        constant(effect, rd, 0);
    } else {
        lose(effect, rd);
    }
}

static void immediate_narrow(uint16_t half, struct v8m_effect *effect)
{
    const unsigned rd = (half >> 8) & 7u;
    const uint32_t number = half & 0xFFu;
    switch ((half >> 11) & 3u) {
    case 0: /* MOVS */
        constant(effect, rd, number);
        break;
    case 1: /* CMP */
        break;
    default: /* ADDS, SUBS */
        offset(effect, rd, rd, number);
        break;
    }
}

/** 0x40.. to 0x4F..: data processing, high registers, branches to registers, LDR (literal). */
static void registers_narrow(uint16_t half, struct v8m_effect *effect)
{
    const unsigned high = (half & 7u) | ((half >> 4) & 8u);
    const unsigned rm = (half >> 3) & 0xFu;
    if ((half & 0x0800u) != 0) {
        lose(effect, (half >> 8) & 7u);
        return;
    }
    if ((half & 0x0400u) == 0) {
        const unsigned op = (half >> 6) & 0xFu;
        if (op != 8 && op != 10 && op != 11) { /* TST, CMP, CMN */
            lose(effect, half & 7u);
        }
        return;
    }
    switch ((half >> 8) & 3u) {
    case 0: /* ADD */
        lose(effect, high);
        break;
    case 1: /* CMP */
        break;
    case 2: /* MOV: PC is not aligned here */
        if (rm == PC) {
            lose(effect, high);
        } else {
            offset(effect, high, rm, 0);
        }
        break;
    default: /* BX, BLX */
        lose(effect, 14);
        break;
    }
}

static void miscellaneous_narrow(uint16_t half, struct v8m_effect *effect)
{
    switch ((half >> 8) & 0xFu) {
    case 0x0: /* ADD, SUB of SP */
        effect->written |= 1u << SP;
        break;
    case 0x4: /* PUSH */
    case 0x5:
        effect->written |= 1u << SP;
        break;
    case 0xC: /* POP */
    case 0xD:
        effect->written |= 1u << SP;
        lose_list(effect, half & 0xFFu);
        break;
    case 0x2: /* SXTB and so on */
    case 0xA: /* REV and so on */
        lose(effect, half & 7u);
        break;
    default: /* CBZ, CPS, BKPT, IT, hints */
        break;
    }
}

static void effect_narrow(uint16_t half, struct v8m_effect *effect)
{
    const bool load = (half & 0x0800u) != 0;
    const unsigned high = (half >> 8) & 7u;
    switch (half >> 12) {
    case 0x0:
    case 0x1:
        shifted_narrow(half, effect);
        break;
    case 0x2:
    case 0x3:
        immediate_narrow(half, effect);
        break;
    case 0x4:
        registers_narrow(half, effect);
        break;
    case 0x5:
        if (((half >> 9) & 7u) >= 3u) {
            lose(effect, half & 7u);
        }
        break;
    case 0x6:
    case 0x7:
    case 0x8:
        if (load) {
            lose(effect, half & 7u);
        }
        break;
    case 0x9:
        if (load) {
            lose(effect, high);
        }
        break;
    case 0xA: /* ADR, ADD of SP */
        constant(effect, high, 0);
        break;
    case 0xB:
        miscellaneous_narrow(half, effect);
        break;
    case 0xC: /* LDM and STM: the base moves by words */
        effect->written |= 1u << high;
        if (load) {
            lose_list(effect, half & 0xFFu);
        }
        break;
    default: /* branches, SVC */
        break;
    }
}

/** ARMv8-M ARM, T32ExpandImm(). */
static uint32_t expanded(uint16_t first, uint16_t second)
{
    const uint32_t imm = (first & 0x400u) << 1 | (second & 0x7000u) >> 4 | (second & 0xFFu);
    const uint32_t byte = imm & 0xFFu;
    switch (imm >> 8) {
    case 0:
        return byte;
    case 1:
        return byte << 16 | byte;
    case 2:
        return byte << 24 | byte << 8;
    case 3:
        return byte * 0x01010101u;
    default:
        break;
    }
    const uint32_t value = 0x80u | (imm & 0x7Fu);
    const unsigned rotation = imm >> 7;
    return value >> rotation | value << (32u - rotation);
}

/** What ADD, SUB, MOV, BIC and AND with a number do; of the others nothing is known. */
static void with_number(unsigned op, unsigned rd, unsigned rn, uint32_t number,
                        struct v8m_effect *effect)
{
    if ((op == 8 || op == 13) && rn != PC) { /* of PC that is UNPREDICTABLE */
        offset(effect, rd, rn, number);
    } else if (op == 2 && rn == PC) {
        constant(effect, rd, number);
    } else if (op == 0 && (number & 3u) == 0) {
        constant(effect, rd, 0);
    } else if (op == 1 && (number & 3u) == 3u) {
        constant(effect, rd, 0);
    } else {
        lose(effect, rd);
    }
}

/** First half-word 0xF... : numbers, branches, special registers. */
static void immediate_wide(uint16_t first, uint16_t second, struct v8m_effect *effect)
{
    const unsigned rd = (second >> 8) & 0xFu;
    const unsigned rn = first & 0xFu;
    const uint32_t plain = (first & 0x400u) << 1 | (second & 0x7000u) >> 4 | (second & 0xFFu);
    if ((second & 0x8000u) != 0) { /* BL, MRS, and what writes no register */
        lose(effect, 14);
        lose(effect, rd);
        return;
    }
    if ((first & 0x200u) == 0) {
        with_number((first >> 5) & 0xFu, rd, rn, expanded(first, second), effect);
        return;
    }
    switch ((first >> 4) & 0x1Fu) {
    case 0x00: /* ADDW */
    case 0x0A: /* SUBW */
        offset(effect, rd, rn, plain);
        break;
    case 0x04: /* MOVW */
        constant(effect, rd, plain);
        break;
    case 0x0C: /* MOVT: the lower half stays */
        effect->written |= 1u << rd;
        break;
    default:
        lose(effect, rd);
        break;
    }
}

/** First half-word 0xEA.. and 0xEB..: a register, shifted. */
static void shifted_wide(uint16_t first, uint16_t second, struct v8m_effect *effect)
{
    const unsigned op = (first >> 5) & 0xFu;
    const unsigned rd = (second >> 8) & 0xFu;
    const unsigned rn = first & 0xFu;
    const unsigned rm = second & 0xFu;
    const unsigned amount = ((second >> 10) & 0x1Cu) | ((second >> 6) & 3u);
    const bool left = (second & 0x30u) == 0;
    if (op == 2 && rn == PC && left && amount == 0 && rm != PC) { /* MOV */
        offset(effect, rd, rm, 0);
    } else if (op == 2 && rn == PC && left && amount >= 2) { /* LSL */
        constant(effect, rd, 0);
    } else if ((op == 8 || op == 13) && left && amount >= 2 && rn != PC) {
        offset(effect, rd, rn, 0); /* ADD, SUB of words */
    } else {
        lose(effect, rd);
    }
}

/** First half-word 0xE8.. and 0xE9..: lists, pairs, exclusives. */
static void multiple_wide(uint16_t first, uint16_t second, struct v8m_effect *effect)
{
    const unsigned rn = first & 0xFu;
    const bool load = (first & 0x10u) != 0;
    if ((first & 0x40u) == 0) {
        effect->written |= 1u << rn;
        if (load) {
            lose_list(effect, second);
        }
        return;
    }
    if ((first & 0x120u) == 0) { /* exclusives, TT, TBB */
        lose(effect, (second >> 12) & 0xFu);
        lose(effect, (second >> 8) & 0xFu);
        lose(effect, second & 0xFu);
        return;
    }
    effect->written |= 1u << rn;
    if (load) {
        lose(effect, (second >> 12) & 0xFu);
        lose(effect, (second >> 8) & 0xFu);
    }
}

/** First half-word 0xF8.. and 0xF9..: one register. */
static void single_wide(uint16_t first, uint16_t second, struct v8m_effect *effect)
{
    const unsigned rn = first & 0xFu;
    if (rn != PC && (first & 0x80u) == 0 && (second & 0x0900u) == 0x0900u) {
        offset(effect, rn, rn, second & 0xFFu);
    }
    if ((first & 0x10u) != 0) {
        lose(effect, (second >> 12) & 0xFu);
    }
}

/** Coprocessors: of FP, only moves to one or two core registers write any, and loads their base. */
static void coprocessor(uint16_t first, uint16_t second, struct v8m_effect *effect)
{
    const bool transfer = (first & 0xFE00u) == 0xEC00u && (first & 0x1A0u) != 0;
    const bool fp = (second & 0x0E00u) == 0x0A00u;
    if (transfer && fp) {
        effect->written |= 1u << (first & 0xFu);
        return;
    }
    lose(effect, (second >> 12) & 0xFu);
    lose(effect, first & 0xFu);
}

void v8m_effect(uint16_t first, uint16_t second, struct v8m_effect *effect)
{
    *effect = (struct v8m_effect){.to = -1, .from = -1};
    if (!v8m_is_wide(first)) {
        effect_narrow(first, effect);
        return;
    }
    if ((first & 0xEC00u) == 0xEC00u) {
        coprocessor(first, second, effect);
    } else if ((first & 0xFE00u) == 0xE800u) {
        multiple_wide(first, second, effect);
    } else if ((first & 0xFE00u) == 0xEA00u) {
        shifted_wide(first, second, effect);
    } else if ((first & 0xF800u) == 0xF000u) {
        immediate_wide(first, second, effect);
    } else if ((first & 0xFE00u) == 0xF800u) {
        single_wide(first, second, effect);
    } else { /* 0xFA.., 0xFB..: registers, long products */
        lose(effect, (second >> 8) & 0xFu);
        lose(effect, (second >> 12) & 0xFu);
    }
}
