/*
 * Loads and stores, one instruction at a time.
 *
 * The engine does them by itself wherever a whole page has one answer. The rest comes here: pages
 * whose rights differ inside, refused accesses, LDRT and STRT. Registers change only when the whole
 * instruction has been done.
 */
#include "cpu_v8m.h"

/** A decoded access of one register, or two, or a list. */
struct ldst {
    uint32_t addr;
    unsigned size; /**< Of each access. */
    bool load;
    bool sign;
    bool aligned; /**< Must be aligned whatever CCR says. */
    bool writeback;
    unsigned base;
    uint32_t new_base;
    uint32_t list; /**< Registers, lowest first; for two registers, see `second`. */
    unsigned rt;
    int second;     /**< Second register of LDRD and STRD; -1: none. */
    unsigned width; /**< Of the instruction. */
    struct sim_attr attr;
};

static uint32_t extend(uint32_t value, unsigned size, bool sign)
{
    if (!sign || size == 4) {
        return value;
    }
    const unsigned shift = 32u - 8u * size;
    return (uint32_t)((int32_t)(value << shift) >> shift);
}

static bool misaligned(struct v8m *v, uint32_t addr, unsigned size)
{
    if ((addr & (size - 1u)) == 0) {
        return false;
    }
    v8m_usage_fault(v, v->secure, CFSR_UNALIGNED);
    return true;
}

/** Ends an instruction; a load of PC branches. */
static void finish(struct v8m *v, const struct ldst *op, bool branch, uint32_t target)
{
    if (op->writeback) {
        v8m_set_reg(v, op->base, op->new_base);
    }
    v8m_advance(v, op->width);
    if (branch) {
        v8m_branch(v, target);
    }
}

static void do_list(struct v8m *v, struct ldst *op)
{
    uint32_t values[16];
    uint32_t addr = op->addr;
    if (misaligned(v, addr, 4)) {
        return;
    }
    for (unsigned i = 0; i < 16; i++) {
        if ((op->list & (1u << i)) == 0) {
            continue;
        }
        const bool done = op->load ? v8m_read(v, addr, 4, op->attr, V8M_NORMAL, &values[i])
                                   : v8m_write(v, addr, 4, op->attr, V8M_NORMAL, v8m_reg(v, i));
        if (!done) {
            return;
        }
        addr += 4u;
    }
    if (!op->load) {
        finish(v, op, false, 0);
        return;
    }
    for (unsigned i = 0; i < 15; i++) {
        if ((op->list & (1u << i)) != 0) {
            v8m_set_reg(v, i, values[i]);
        }
    }
    finish(v, op, (op->list & 0x8000u) != 0, values[15]);
}

static void do_one(struct v8m *v, struct ldst *op)
{
    uint32_t value[2] = {0, 0};
    const unsigned count = op->second >= 0 ? 2 : 1;
    if (op->aligned && misaligned(v, op->addr, op->size)) {
        return;
    }
    if (!op->load) {
        value[0] = v8m_reg(v, op->rt);
        value[1] = op->second >= 0 ? v8m_reg(v, (unsigned)op->second) : 0;
    }
    for (unsigned i = 0; i < count; i++) {
        const uint32_t addr = op->addr + 4u * i;
        const bool done = op->load ? v8m_read(v, addr, op->size, op->attr, V8M_NORMAL, &value[i])
                                   : v8m_write(v, addr, op->size, op->attr, V8M_NORMAL, value[i]);
        if (!done) {
            return;
        }
    }
    if (!op->load) {
        finish(v, op, false, 0);
        return;
    }
    value[0] = extend(value[0], op->size, op->sign);
    if (op->rt == 15) {
        finish(v, op, true, value[0]);
        return;
    }
    v8m_set_reg(v, op->rt, value[0]);
    if (op->second >= 0) {
        v8m_set_reg(v, (unsigned)op->second, value[1]);
    }
    finish(v, op, false, 0);
}

/** PC as the base of an address, ARMv8-M ARM, "Align(PC, 4)". */
static uint32_t literal_base(const struct v8m *v)
{
    return (v->r[15] + 4u) & ~3u;
}

static bool narrow_multiple(struct v8m *v, uint16_t half, struct ldst *op)
{
    if ((half & 0xFE00u) == 0xB400u || (half & 0xFE00u) == 0xBC00u) { /* PUSH, POP */
        op->load = (half & 0x0800u) != 0;
        op->list = half & 0xFFu;
        op->list |= (half & 0x100u) != 0 ? (op->load ? 0x8000u : 0x4000u) : 0u;
        op->base = 13;
    } else if ((half & 0xF000u) == 0xC000u) { /* STM, LDM */
        op->load = (half & 0x0800u) != 0;
        op->list = half & 0xFFu;
        op->base = (half >> 8) & 7u;
    } else {
        return false;
    }
    const uint32_t base = v8m_reg(v, op->base);
    const uint32_t bytes = 4u * (uint32_t)__builtin_popcount(op->list);
    const bool down = !op->load && op->base == 13;
    op->addr = down ? base - bytes : base;
    op->new_base = down ? base - bytes : base + bytes;
    op->writeback = !(op->load && op->base != 13 && (op->list & (1u << op->base)) != 0);
    do_list(v, op);
    return true;
}

static bool narrow_single(struct v8m *v, uint16_t half, struct ldst *op)
{
    const uint32_t rn = v8m_reg(v, (half >> 3) & 7u);
    const uint32_t imm5 = (half >> 6) & 0x1Fu;
    op->rt = half & 7u;
    op->load = (half & 0x0800u) != 0;
    switch (half >> 12) {
    case 4: /* LDR (literal) */
        if ((half & 0x0800u) == 0) {
            return false;
        }
        op->size = 4;
        op->rt = (half >> 8) & 7u;
        op->addr = literal_base(v) + 4u * (half & 0xFFu);
        break;
    case 5: { /* register offset */
        static const uint8_t sizes[8] = {4, 2, 1, 1, 4, 2, 1, 2};
        const unsigned kind = (half >> 9) & 7u;
        op->size = sizes[kind];
        op->load = kind >= 3;
        op->sign = kind == 3 || kind == 7;
        op->addr = rn + v8m_reg(v, (half >> 6) & 7u);
        break;
    }
    case 6:
        op->size = 4;
        op->addr = rn + 4u * imm5;
        break;
    case 7:
        op->size = 1;
        op->addr = rn + imm5;
        break;
    case 8:
        op->size = 2;
        op->addr = rn + 2u * imm5;
        break;
    case 9: /* SP relative */
        op->size = 4;
        op->rt = (half >> 8) & 7u;
        op->addr = v8m_reg(v, 13) + 4u * (half & 0xFFu);
        break;
    default:
        return false;
    }
    do_one(v, op);
    return true;
}

static bool wide_multiple(struct v8m *v, uint16_t first, uint16_t second, struct ldst *op)
{
    const bool down = (first & 0x0100u) != 0;
    op->load = (first & 0x10u) != 0;
    op->list = second;
    op->base = first & 0xFu;
    op->writeback = (first & 0x20u) != 0;
    const uint32_t base = v8m_reg(v, op->base);
    const uint32_t bytes = 4u * (uint32_t)__builtin_popcount(op->list);
    op->addr = down ? base - bytes : base;
    op->new_base = down ? base - bytes : base + bytes;
    do_list(v, op);
    return true;
}

/*
 * LDRD whose first register is the base: when its second word was refused, the engine has already
 * loaded the first one. The second word stands at the start of the refused page.
 */
static void restore_base(struct v8m *v, struct ldst *op, uint32_t offset)
{
    if (v->refused_page != V8M_NO_PAGE && op->load && op->rt == op->base && !op->writeback &&
        (op->addr & ~0x3FFu) != v->refused_page) {
        op->addr = v->refused_page - 4u;
        v->r[op->base] = op->addr - offset;
    }
}

static bool dual(struct v8m *v, uint16_t first, uint16_t second, struct ldst *op)
{
    const bool index = (first & 0x0100u) != 0;
    uint32_t offset = 4u * (second & 0xFFu);
    offset = (first & 0x80u) != 0 ? offset : 0u - offset;
    op->base = first & 0xFu;
    op->load = (first & 0x10u) != 0;
    op->size = 4;
    op->aligned = true;
    op->rt = (second >> 12) & 0xFu;
    op->second = (second >> 8) & 0xF;
    op->writeback = (first & 0x20u) != 0;
    const uint32_t base = op->base == 15 ? literal_base(v) : v8m_reg(v, op->base);
    op->new_base = base + offset;
    op->addr = index ? op->new_base : base;
    restore_base(v, op, offset);
    do_one(v, op);
    return true;
}

/** TBB and TBH. */
static bool table_branch(struct v8m *v, uint16_t first, uint16_t second)
{
    const unsigned size = (second & 0x10u) != 0 ? 2 : 1;
    const uint32_t index = v8m_reg(v, second & 0xFu) * size;
    uint32_t value = 0;
    if (v8m_read(v, v8m_reg(v, first & 0xFu) + index, size, v8m_attr(v), V8M_NORMAL, &value)) {
        const uint32_t target = v->r[15] + 4u + 2u * value;
        v8m_advance(v, 4);
        v->xpsr &= ~XPSR_IT;
        v->r[15] = target;
    }
    return true;
}

/** A store-exclusive that has lost its monitor stores nothing. */
static bool exclusive_lost(struct v8m *v, unsigned rd, unsigned width)
{
    if (v->exclusive) {
        return false;
    }
    v8m_set_reg(v, rd, 1);
    v8m_advance(v, width);
    return true;
}

static void do_exclusive(struct v8m *v, struct ldst *op, int rd)
{
    op->aligned = true;
    const uint32_t pc = v->r[15];
    if (!op->load && exclusive_lost(v, (unsigned)rd, 4)) {
        return;
    }
    do_one(v, op);
    if (v->r[15] == pc) {
        return; /* faulted */
    }
    v->exclusive = op->load;
    v->clear_exclusive = true; /* the engine's own monitor knows nothing of it */
    if (!op->load) {
        v8m_set_reg(v, (unsigned)rd, 0);
    }
}

/** LDREX, STREX, LDA, STL and their kin. */
static bool exclusive_or_ordered(struct v8m *v, uint16_t first, uint16_t second, struct ldst *op)
{
    op->load = (first & 0x10u) != 0;
    op->base = first & 0xFu;
    op->rt = (second >> 12) & 0xFu;
    op->addr = v8m_reg(v, op->base);
    if ((first & 0x80u) == 0) { /* LDREX, STREX: word, with an offset */
        op->size = 4;
        op->addr += 4u * (second & 0xFFu);
        do_exclusive(v, op, (second >> 8) & 0xF);
        return true;
    }
    const unsigned kind = (second >> 4) & 0xFu;
    if (op->load && kind < 2) {
        return table_branch(v, first, second);
    }
    op->size = 1u << (kind & 3u);
    op->aligned = true;
    if ((kind & 3u) == 3u) {
        return false;
    }
    if (kind >= 8 && kind < 12) {
        do_one(v, op);
        return true;
    }
    if (kind < 4) {
        return false;
    }
    do_exclusive(v, op, second & 0xF);
    return true;
}

static bool wide_single(struct v8m *v, uint16_t first, uint16_t second, struct ldst *op)
{
    op->size = 1u << ((first >> 5) & 3u);
    op->load = (first & 0x10u) != 0;
    op->sign = (first & 0x100u) != 0;
    op->base = first & 0xFu;
    op->rt = (second >> 12) & 0xFu;
    if (op->size == 8 || (op->load && op->size != 4 && op->rt == 15)) {
        v8m_advance(v, 4); /* PLD, PLI */
        return op->size != 8;
    }
    const uint32_t base = op->base == 15 ? literal_base(v) : v8m_reg(v, op->base);
    if (op->base == 15) {
        const uint32_t imm = second & 0xFFFu;
        op->addr = (first & 0x80u) != 0 ? base + imm : base - imm;
    } else if ((first & 0x80u) != 0) {
        op->addr = base + (second & 0xFFFu);
    } else if ((second & 0x0800u) == 0) {
        op->addr = base + (v8m_reg(v, second & 0xFu) << ((second >> 4) & 3u));
    } else {
        const uint32_t imm = second & 0xFFu;
        op->new_base = (second & 0x200u) != 0 ? base + imm : base - imm;
        op->addr = (second & 0x400u) != 0 ? op->new_base : base;
        op->writeback = (second & 0x100u) != 0;
        if (v8m_is_unprivileged(first, second)) {
            op->attr.privileged = false;
        }
    }
    do_one(v, op);
    return true;
}

bool v8m_load_store(struct v8m *v, uint16_t first, uint16_t second)
{
    struct ldst op = {.size = 4, .second = -1, .attr = v8m_attr(v)};
    if (!v8m_is_wide(first)) {
        op.width = 2;
        return narrow_multiple(v, first, &op) || narrow_single(v, first, &op);
    }
    op.width = 4;
    if ((first & 0xFE40u) == 0xE800u) {
        const unsigned direction = (first >> 7) & 3u;
        return (direction == 1 || direction == 2) && wide_multiple(v, first, second, &op);
    }
    if ((first & 0xFE40u) == 0xE840u) {
        if ((first & 0x0120u) == 0) {
            return exclusive_or_ordered(v, first, second, &op);
        }
        return dual(v, first, second, &op);
    }
    if ((first & 0xFE00u) == 0xF800u) {
        return !v8m_is_undefined_store(first) && wide_single(v, first, second, &op);
    }
    return false;
}
