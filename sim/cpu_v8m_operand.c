/* Where a load or store goes, as far as its encoding says: for accesses that the engine does. */
#include "cpu_v8m_insn.h"

static unsigned bits(uint32_t list)
{
    return (unsigned)__builtin_popcount(list);
}

static bool narrow(uint16_t half, struct v8m_operand *op)
{
    static const uint8_t sizes[8] = {4, 2, 1, 1, 4, 2, 1, 2};
    const uint32_t imm5 = (half >> 6) & 0x1Fu;
    op->load = (half & 0x0800u) != 0;
    op->base = (half >> 3) & 7;
    switch (half >> 12) {
    case 4: /* LDR (literal) */
        op->base = 15;
        op->offset = 4u * (half & 0xFFu);
        op->size = 4;
        return op->load;
    case 5:
        op->size = sizes[(half >> 9) & 7u];
        op->load = ((half >> 9) & 7u) >= 3u;
        op->index = (half >> 6) & 7;
        return true;
    case 6:
        op->size = 4;
        op->offset = 4u * imm5;
        return true;
    case 7:
        op->size = 1;
        op->offset = imm5;
        return true;
    case 8:
        op->size = 2;
        op->offset = 2u * imm5;
        return true;
    case 9:
        op->base = 13;
        op->size = 4;
        op->offset = 4u * (half & 0xFFu);
        return true;
    case 11: /* PUSH, POP */
        op->base = 13;
        op->size = 4;
        op->count = bits(half & 0x1FFu);
        op->offset = op->load ? 0u : 0u - 4u * op->count;
        return (half & 0x0600u) == 0x0400u;
    case 12: /* STM, LDM */
        op->base = (half >> 8) & 7;
        op->size = 4;
        op->count = bits(half & 0xFFu);
        return true;
    default:
        return false;
    }
}

/** LDREX, LDAEX and so on; TBB, TBH. */
static bool exclusive(uint16_t first, uint16_t second, struct v8m_operand *op)
{
    if ((first & 0x80u) == 0) {
        op->offset = 4u * (second & 0xFFu);
        return op->load || (second & 0xF000u) != 0xF000u; /* TT */
    }
    op->size = 1u << ((second >> 4) & 3u);
    if (op->load && (second & 0xE0u) == 0) { /* TBB, TBH */
        op->index = second & 0xF;
        op->shift = op->size - 1u;
    }
    return true;
}

/** Lists, pairs, exclusives, tables of branches. */
static bool multiple(uint16_t first, uint16_t second, struct v8m_operand *op)
{
    const uint32_t imm = 4u * (second & 0xFFu);
    op->load = (first & 0x10u) != 0;
    op->base = first & 0xF;
    op->size = 4;
    if ((first & 0x40u) == 0) {
        op->count = bits(second);
        op->offset = (first & 0x100u) != 0 ? 0u - 4u * op->count : 0u;
        return true;
    }
    if ((first & 0x120u) == 0) {
        return exclusive(first, second, op);
    }
    op->count = 2;
    if ((first & 0x2Fu) == 0x2Fu) { /* SG: there is no write-back to PC */
        return false;
    }
    if ((first & 0x100u) != 0) {
        op->offset = (first & 0x80u) != 0 ? imm : 0u - imm;
    }
    if (op->load && (second >> 12) == (first & 0xFu)) { /* overwritten between the two words */
        op->base = V8M_ANY_BASE;
    }
    return true;
}

static bool single(uint16_t first, uint16_t second, struct v8m_operand *op)
{
    const uint32_t imm8 = second & 0xFFu;
    op->size = 1u << ((first >> 5) & 3u);
    op->load = (first & 0x10u) != 0;
    op->base = first & 0xF;
    if (op->base == 15) {
        op->offset = (first & 0x80u) != 0 ? second & 0xFFFu : 0u - (second & 0xFFFu);
    } else if ((first & 0x80u) != 0) {
        op->offset = second & 0xFFFu;
    } else if ((second & 0x0800u) == 0) {
        op->index = second & 0xF;
        op->shift = (second >> 4) & 3u;
    } else if ((second & 0x400u) != 0) {
        op->offset = (second & 0x200u) != 0 ? imm8 : 0u - imm8;
    }
    const bool hint = op->load && op->size != 4 && (second >> 12) == 15; /* PLD, PLI */
    return op->size != 8 && !hint;
}

static bool floats(uint16_t first, uint16_t second, struct v8m_operand *op)
{
    const uint32_t bytes = 4u * (second & 0xFFu);
    const bool one = (first & 0x120u) == 0x100u;
    const bool up = (first & 0x80u) != 0;
    op->load = (first & 0x10u) != 0;
    op->base = first & 0xF;
    op->size = (second & 0x100u) != 0 ? 8 : 4;
    op->count = one ? 1u : (second & 0xFFu) * 4u / op->size;
    op->offset = up ? (one ? bytes : 0u) : 0u - bytes;
    return true;
}

bool v8m_operand(uint16_t first, uint16_t second, struct v8m_operand *op)
{
    *op = (struct v8m_operand){.count = 1, .index = -1};
    if (!v8m_is_wide(first)) {
        return narrow(first, op);
    }
    if ((first & 0xFE00u) == 0xE800u) {
        return multiple(first, second, op);
    }
    if ((first & 0xFE00u) == 0xF800u) {
        return single(first, second, op);
    }
    if ((first & 0xFE00u) == 0xEC00u && (first & 0x1A0u) != 0) {
        return floats(first, second, op);
    }
    return false;
}
