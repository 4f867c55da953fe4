#include "random_code.h"

#include <string.h>

#define SVC_END   0xDFE0u
#define ROOM      (RANDOM_POOL - 20u) /* an instruction begins only before this half-word */
#define REGISTERS 13u

unsigned pick(struct maker *m, unsigned limit)
{
    m->state += 0x9E3779B97F4A7C15u; /* SplitMix64 */
    uint64_t z = m->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return (unsigned)((z >> 32) % limit);
}

bool chance(struct maker *m, unsigned of)
{
    return pick(m, of) == 0;
}

unsigned pick_result(struct maker *m, unsigned below)
{
    unsigned reg = pick(m, below);
    while (reg == m->free || reg == m->border || reg == m->index || reg == m->edge) {
        reg = pick(m, below);
    }
    return reg;
}

unsigned pick_operand(struct maker *m, unsigned below)
{
    return pick(m, below);
}

bool may_drift(struct maker *m, unsigned reg, unsigned bytes)
{
    unsigned *const drift = &m->drift[reg == m->border];
    if (*drift + bytes > (reg == m->border ? 0x40u : 0x80u)) {
        return false;
    }
    *drift += bytes;
    return true;
}

unsigned pick_pointer(struct maker *m)
{
    return chance(m, 2) ? m->free : m->border;
}

unsigned pick_offset(struct maker *m, unsigned reg, unsigned size)
{
    return reg == m->border ? pick(m, 16u / size + 1u) * size : pick(m, 0x60);
}

void emit(struct maker *m, unsigned half)
{
    m->out->code[m->halves++] = (uint16_t)half;
}

void emit_wide(struct maker *m, unsigned first, unsigned second)
{
    emit(m, first);
    emit(m, second);
}

static uint32_t pick_value(struct maker *m)
{
    static const uint32_t special[] = {0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x8000, 0xFFFF};
    const uint32_t value = pick(m, 0x10000) << 16 | pick(m, 0x10000);
    switch (pick(m, 6)) {
    case 0:
        return special[pick(m, 8)];
    case 1:
        return value >> pick(m, 32);
    default:
        return value;
    }
}

/* One instruction that is no branch, as one that may stand in an IT block. */
static void make_plain(struct maker *m)
{
    switch (pick(m, 18)) {
    case 16:
    case 17:
        make_edge(m);
        return;
    case 0:
    case 1:
    case 2:
        make_narrow_alu(m);
        return;
    case 3:
    case 4:
    case 5:
        make_wide_alu(m);
        return;
    case 6:
        make_multiply(m);
        return;
    case 7:
    case 8:
        make_dsp(m);
        return;
    case 9:
    case 10:
    case 11:
        make_fp(m);
        return;
    default:
        make_memory(m);
        return;
    }
}

static void make_it_block(struct maker *m)
{
    const unsigned condition = pick(m, 14);
    const unsigned count = 1u + pick(m, 4);
    unsigned mask = 0;
    for (unsigned i = 1; i < count; i++) {
        mask |= ((condition & 1u) ^ pick(m, 2)) << (4u - i);
    }
    mask |= 1u << (4u - count);
    emit(m, 0xBF00u | condition << 4 | mask);
    for (m->it_left = count; m->it_left > 0; m->it_left--) {
        const unsigned place = count - m->it_left;
        m->it_cond = place == 0 ? condition : (condition & 0xEu) | (mask >> (4u - place) & 1u);
        make_plain(m);
    }
    m->it_cond = 14;
}

/** A forward branch over one instruction: B<c>, CBZ, CBNZ, B.W, or TBB by the index. */
static void make_branch(struct maker *m)
{
    const unsigned at = m->halves;
    const unsigned kind = pick(m, 5);
    if (kind == 4) { /* TBB [PC, index]: all four entries go behind the table */
        emit_wide(m, 0xE8DFu, 0xF000u | m->index);
        emit_wide(m, 0x0202u, 0x0202u);
        return;
    }
    emit(m, 0);
    if (kind >= 2) {
        emit(m, 0);
    }
    make_plain(m);
    const unsigned words = m->halves - at - 2u; /* half-words from PC to the target */
    switch (kind) {
    case 0:
        m->out->code[at] = (uint16_t)(0xD000u | pick(m, 14) << 8 | words);
        return;
    case 1:
        m->out->code[at] = (uint16_t)(0xB100u | pick(m, 2) << 11 | words << 3 | pick_operand(m, 8));
        return;
    case 2:
        m->out->code[at] = (uint16_t)(0xF000u | pick(m, 14) << 6);
        m->out->code[at + 1u] = (uint16_t)(0x8000u | words);
        return;
    default: /* B.W: J1 and J2 are set for a short offset */
        m->out->code[at] = 0xF000u;
        m->out->code[at + 1u] = (uint16_t)(0xB800u | words);
        return;
    }
}

static void make_system(struct maker *m)
{
    switch (pick(m, 3)) {
    case 0: /* MRS APSR */
        emit_wide(m, 0xF3EFu, 0x8000u | pick_result(m, 13) << 8);
        return;
    case 1: /* MSR APSR_nzcvqg */
        emit_wide(m, 0xF380u | pick_operand(m, 13), 0x8C00u);
        return;
    default:
        emit(m, 0xBF00u);
        return;
    }
}

static void make_instruction(struct maker *m)
{
    switch (pick(m, 12)) {
    case 0:
        make_it_block(m);
        return;
    case 1:
        make_branch(m);
        return;
    case 2:
        make_system(m);
        return;
    default:
        make_plain(m);
        return;
    }
}

/** Three different low registers, and what they point at. */
static void make_pointers(struct maker *m)
{
    const bool non_secure = (m->out->flags & RANDOM_NON_SECURE) != 0;
    const uint32_t window = non_secure ? RANDOM_WINDOW_NS : RANDOM_WINDOW_S;
    m->free = pick(m, 8);
    m->border = (m->free + 1u + pick(m, 7)) % 8u;
    do {
        m->index = pick(m, 8);
    } while (m->index == m->free || m->index == m->border);
    m->out->r[m->free] = window + 0x100u + pick(m, 32) * 4u + (chance(m, 8) ? pick(m, 4) : 0);
    m->out->r[m->border] = window + 0x270u + 4u * pick(m, non_secure ? 40 : 24);
    m->out->r[m->index] = pick(m, 4);
    m->edge = chance(m, 2) ? 8u + pick(m, 5) : pick(m, 8);
    while (m->edge == m->free || m->edge == m->border || m->edge == m->index) {
        m->edge = pick(m, 8);
    }
    static const uint16_t edges[] = {RANDOM_READ_ONLY, RANDOM_PRIVILEGED, RANDOM_OPEN,
                                     RANDOM_SECURE, RANDOM_SECURE_END};
    const unsigned around = chance(m, 4) ? pick(m, 24) - 16u : pick(m, 6) - 4u;
    m->out->r[m->edge] = window + edges[pick(m, non_secure ? 5 : 3)] + around;
}

void random_make(uint64_t seed, uint32_t number, struct random_sequence *out)
{
    struct maker m = {.state = seed * 0xD1342543DE82EF95u + (uint64_t)number * 0x2545F4914F6CDD1Du,
                      .it_cond = 14,
                      .out = out};
    memset(out, 0, sizeof *out);
    out->flags = chance(&m, 2) ? RANDOM_NON_SECURE : 0;
    out->flags |= chance(&m, 2) ? RANDOM_UNPRIVILEGED : 0;
    out->flags |= chance(&m, 8) ? RANDOM_UNALIGN_TRP : 0;
    out->seed = pick_value(&m);
    for (unsigned i = 0; i < REGISTERS; i++) {
        out->r[i] = pick_value(&m);
    }
    out->apsr = pick_value(&m) & 0xF80F0000u;
    out->fpscr = chance(&m, 2) ? 0 : pick(&m, 32) << 22; /* RMode, FZ, DN, AHP */
    out->crossing = RANDOM_NO_CROSSING;
    out->sp = 0x80u + 8u * pick(&m, 8);
    make_pointers(&m);
    const unsigned most = 4u + pick(&m, ROOM - 4u);
    while (m.halves < most) {
        make_instruction(&m);
        if (m.halves >= ROOM) {
            break;
        }
    }
    emit(&m, SVC_END);
    for (m.halves = RANDOM_POOL; m.halves < RANDOM_HALVES;) {
        emit(&m, pick(&m, 0x10000));
    }
}
