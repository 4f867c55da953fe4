/* Random loads and stores. Encodings: Armv8-M ARM, chapter C2. */
#include "random_code.h"

/** Registers for a list of which none is a pointer or the index. */
static unsigned pick_list(struct maker *m, unsigned below, unsigned at_least)
{
    unsigned list = 0;
    unsigned count = at_least + pick(m, 4);
    while (count > 0) {
        list |= 1u << pick_result(m, below);
        count--;
    }
    while ((unsigned)__builtin_popcount(list) < at_least) {
        list |= 1u << pick_result(m, below);
    }
    return list;
}

static void narrow_immediate(struct maker *m)
{
    static const struct {
        uint16_t code;
        uint8_t size;
    } ops[6] = {{0x6000, 4}, {0x6800, 4}, {0x7000, 1}, {0x7800, 1}, {0x8000, 2}, {0x8800, 2}};
    const unsigned op = pick(m, 6);
    const unsigned size = ops[op].size;
    const unsigned base = pick_pointer(m);
    const unsigned most = (base == m->border ? 16u : 0x40u) / size;
    emit(m, ops[op].code | pick(m, most < 32 ? most : 32) << 6 | base << 3 | pick_result(m, 8));
}

static void narrow_register(struct maker *m)
{
    emit(m, 0x5000u | pick(m, 8) << 9 | m->index << 6 | m->free << 3 | pick_result(m, 8));
}

static void literal(struct maker *m)
{
    const unsigned pc = (m->halves * 2u + 4u) & ~3u;
    const unsigned words = (RANDOM_POOL * 2u - pc) / 4u;
    const unsigned pool = (RANDOM_HALVES - RANDOM_POOL) / 2u;
    emit(m, 0x4800u | pick_result(m, 8) << 8 | (words + pick(m, pool)));
}

/** STRB, STRH, STR, LDRB, LDRH, LDR, LDRSB, LDRSH: first half-word and size. */
struct single {
    uint16_t first;
    uint8_t size;
};

static struct single pick_single(struct maker *m)
{
    static const struct single ops[8] = {{0xF800, 1}, {0xF820, 2}, {0xF840, 4}, {0xF810, 1},
                                         {0xF830, 2}, {0xF850, 4}, {0xF910, 1}, {0xF930, 2}};
    return ops[pick(m, 8)];
}

static void wide_immediate(struct maker *m)
{
    const struct single op = pick_single(m);
    const unsigned base = pick_pointer(m);
    emit_wide(m, op.first | 0x80u | base, pick_result(m, 13) << 12 | pick_offset(m, base, op.size));
}

/** Offset down, before or after with writeback, or unprivileged. */
static void wide_indexed(struct maker *m)
{
    const struct single op = pick_single(m);
    const unsigned base = pick_pointer(m);
    unsigned mode = 0xC00u; /* P, negative */
    unsigned offset = pick_offset(m, base, op.size);
    if (chance(m, 4)) {
        mode = 0xE00u; /* LDRT and its kin */
    } else if (chance(m, 2) && may_drift(m, base, 8)) {
        mode = chance(m, 2) ? 0x900u : 0xD00u;
        mode |= pick(m, 2) << 9;
        offset = 4u * pick(m, 3);
    }
    emit_wide(m, op.first | base, pick_result(m, 13) << 12 | mode | offset);
}

static void wide_register(struct maker *m)
{
    const struct single op = pick_single(m);
    emit_wide(m, op.first | m->free, pick_result(m, 13) << 12 | pick(m, 4) << 4 | m->index);
}

static void dual(struct maker *m)
{
    const unsigned base = pick_pointer(m);
    const unsigned rt = pick_result(m, 13);
    unsigned rt2 = pick_result(m, 13);
    while (rt2 == rt) {
        rt2 = pick_result(m, 13);
    }
    unsigned mode = 0x100u;
    unsigned words = pick(m, 5);
    if (chance(m, 3) && may_drift(m, base, 8)) {
        mode = chance(m, 2) ? 0x020u : 0x120u;
        words = pick(m, 3);
    }
    emit_wide(m, 0xE840u | mode | pick(m, 2) << 7 | pick(m, 2) << 4 | base,
              rt << 12 | rt2 << 8 | words);
}

static void narrow_multiple(struct maker *m)
{
    const unsigned base = pick_pointer(m);
    const unsigned list = pick_list(m, 8, 1);
    if (may_drift(m, base, 4u * (unsigned)__builtin_popcount(list))) {
        emit(m, 0xC000u | pick(m, 2) << 11 | base << 8 | list);
        return;
    }
    emit(m, 0xBF00u);
}

static void wide_multiple(struct maker *m)
{
    const unsigned base = pick_pointer(m);
    const unsigned list = pick_list(m, 13, 2);
    unsigned first = chance(m, 2) ? 0xE880u : 0xE900u;
    if (chance(m, 2) && may_drift(m, base, 4u * (unsigned)__builtin_popcount(list))) {
        first |= 0x20u;
    }
    emit_wide(m, first | pick(m, 2) << 4 | base, list);
}

static void stack(struct maker *m)
{
    const unsigned list = pick_list(m, 8, 1);
    const unsigned words = (unsigned)__builtin_popcount(list);
    if (chance(m, 2) && m->pushed + words <= 24) {
        m->pushed += words;
        emit(m, 0xB400u | list);
    } else if (m->popped + words <= 24) {
        m->popped += words;
        emit(m, 0xBC00u | list);
    } else { /* STR and LDR by SP */
        emit(m, 0x9000u | pick(m, 2) << 11 | pick_result(m, 8) << 8 | pick(m, 8));
    }
}

/** LDREX and STREX, or their narrower kin, one behind the other. */
static void exclusive(struct maker *m)
{
    const unsigned base = pick_pointer(m);
    const unsigned status = pick_result(m, 13);
    const unsigned kind = pick(m, 3);
    unsigned value = pick_result(m, 13);
    while (value == status) {
        value = pick_result(m, 13);
    }
    if (kind == 0) {
        const unsigned words = pick(m, 4);
        emit_wide(m, 0xE850u | base, value << 12 | 0xF00u | words);
        emit_wide(m, 0xE840u | base, value << 12 | status << 8 | words);
        return;
    }
    const unsigned narrow = kind == 1 ? 0xF40u : 0xF50u;
    emit_wide(m, 0xE8D0u | base, value << 12 | narrow | 0xFu);
    emit_wide(m, 0xE8C0u | base, value << 12 | narrow | status);
}

static void ordered(struct maker *m)
{
    static const uint16_t sizes[3] = {0xF8F, 0xF9F, 0xFAF};
    emit_wide(m, 0xE8C0u | pick(m, 2) << 4 | pick_pointer(m),
              pick_result(m, 13) << 12 | sizes[pick(m, 3)]);
}

void make_memory(struct maker *m)
{
    static void (*const makers[])(struct maker *) = {
        narrow_immediate, narrow_register, literal,       wide_immediate, wide_immediate,
        wide_indexed,     wide_indexed,    wide_register, dual,           dual,
        narrow_multiple,  wide_multiple,   wide_multiple, stack,          ordered,
    };
    if (m->it_left == 0 && chance(m, 12)) {
        exclusive(m);
        return;
    }
    makers[pick(m, sizeof makers / sizeof makers[0])](m);
}
