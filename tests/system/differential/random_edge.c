/*
 * Random accesses at and across borders by the pointer that never moves: of any alignment, of one
 * register or several. Which of them are refused is known here; a pointer is changed by none but
 * those, as the sequence ends with them.
 */
#include "random_code.h"

#define SVC_CROSSED 0xDFE2u

/** An access in the making. */
struct edge {
    uint32_t at;
    unsigned size;  /**< Of each element. */
    unsigned count; /**< Of elements. */
    bool load;
    bool unprivileged;
};

/** Whether a byte may not be accessed so: the regions of prog_random.c. */
static bool refused(const struct maker *m, const struct edge *edge, uint32_t addr)
{
    const bool non_secure = (m->out->flags & RANDOM_NON_SECURE) != 0;
    const bool privileged = !edge->unprivileged && (m->out->flags & RANDOM_UNPRIVILEGED) == 0;
    const uint32_t off = addr - (non_secure ? RANDOM_WINDOW_NS : RANDOM_WINDOW_S);
    if (off >= RANDOM_READ_ONLY && off < RANDOM_PRIVILEGED) {
        return !edge->load;
    }
    if (off >= RANDOM_PRIVILEGED && off < RANDOM_OPEN) {
        return !privileged;
    }
    return non_secure && off >= RANDOM_SECURE && off < RANDOM_SECURE_END;
}

/** The first byte refused; bytes that are not accessed: none is. */
static uint32_t first_refused(const struct maker *m, const struct edge *edge)
{
    uint32_t addr = edge->at;
    while (addr != edge->at + edge->size * edge->count && !refused(m, edge, addr)) {
        addr++;
    }
    return addr;
}

static bool is_refused(const struct maker *m, const struct edge *edge)
{
    return first_refused(m, edge) != edge->at + edge->size * edge->count;
}

static bool faults_unaligned(const struct maker *m, const struct edge *edge)
{
    return edge->at % edge->size != 0 && (m->out->flags & RANDOM_UNALIGN_TRP) != 0;
}

/** An access that QEMU lets pass and the architecture does not. */
static bool crosses(const struct maker *m, const struct edge *edge)
{
    return edge->count == 1 && edge->at % edge->size != 0 && !faults_unaligned(m, edge) &&
           is_refused(m, edge) && first_refused(m, edge) != edge->at;
}

static void note_crossing(struct maker *m, const struct edge *edge, unsigned half, uint32_t changes)
{
    m->out->crossing = half;
    m->out->crossing_addr = edge->at;
    m->out->crossing_refused = first_refused(m, edge);
    m->out->crossing_condition = m->it_cond;
    m->out->crossing_changes = changes;
    emit(m, SVC_CROSSED);
}

/** An instruction with one such access. */
struct choice {
    struct edge edge;
    unsigned first;
    unsigned second;
    uint32_t changes; /**< Registers it changes. */
    bool moves;       /**< It moves the pointer, and nothing keeps it from that. */
};

/** One register: immediate up or down, before or behind, unprivileged, by a register. */
static void choose(struct maker *m, struct choice *choice)
{
    static const struct {
        uint16_t first;
        uint8_t size;
        bool load;
    } ops[8] = {{0xF800, 1, false}, {0xF820, 2, false}, {0xF840, 4, false}, {0xF810, 1, true},
                {0xF830, 2, true},  {0xF850, 4, true},  {0xF910, 1, true},  {0xF930, 2, true}};
    const unsigned op = pick(m, 8);
    const unsigned form = pick(m, 6);
    const unsigned imm = chance(m, 3) ? pick(m, 9) : pick(m, 3);
    const unsigned shift = pick(m, 3);
    const unsigned rt = pick_result(m, 13);
    const uint32_t base = m->out->r[m->edge];
    struct edge *const edge = &choice->edge;
    *edge = (struct edge){.at = base, .size = ops[op].size, .count = 1, .load = ops[op].load};
    choice->first = ops[op].first | m->edge;
    choice->second = rt << 12;
    choice->changes = edge->load ? 1u << rt : 0;
    choice->moves = false;
    if (form == 0) {
        choice->first |= 0x80u;
        choice->second |= imm;
        edge->at = base + imm;
    } else if (form == 1) {
        choice->second |= 0xE00u | imm;
        edge->at = base + imm;
        edge->unprivileged = true;
    } else if (form == 2) {
        choice->second |= shift << 4 | m->index;
        edge->at = base + (m->out->r[m->index] << shift);
    } else {
        const bool before = form != 4;
        choice->second |= 0x800u | (before ? 0x400u : 0) | (form >= 4 ? 0x100u : 0) | imm;
        edge->at = before ? base - imm : base;
        choice->changes |= form >= 4 ? 1u << m->edge : 0;
        choice->moves = form >= 4 && !is_refused(m, edge) && !faults_unaligned(m, edge);
    }
}

static void single(struct maker *m)
{
    const bool may_cross = m->it_left <= 1; /* as the SVC must be the next instruction */
    unsigned tries = may_cross && chance(m, 2) ? 12 : 1;
    struct choice choice;
    do {
        choose(m, &choice);
        tries--;
    } while (tries > 0 && !crosses(m, &choice.edge));
    const bool crossing = crosses(m, &choice.edge);
    if (choice.moves || (crossing && !may_cross)) {
        emit(m, 0xBF00u);
        return;
    }
    const unsigned half = m->halves;
    emit_wide(m, choice.first, choice.second);
    if (crossing) {
        note_crossing(m, &choice.edge, half, choice.changes);
    }
}

static unsigned pick_list(struct maker *m)
{
    unsigned list = 0;
    const unsigned wanted = 2u + pick(m, 4);
    while ((unsigned)__builtin_popcount(list) < wanted) {
        list |= 1u << pick_result(m, 13);
    }
    return list;
}

/** LDM and STM; the base may be loaded, or written back, by what is refused. */
static void multiple(struct maker *m)
{
    const bool down = chance(m, 2);
    unsigned list = pick_list(m);
    struct edge edge = {.size = 4, .load = chance(m, 2)};
    const bool own_base = edge.load && chance(m, 4);
    const bool writeback = !own_base && chance(m, 3);
    list |= own_base ? 1u << m->edge : 0;
    edge.count = (unsigned)__builtin_popcount(list);
    edge.at = m->out->r[m->edge] - (down ? 4u * edge.count : 0);
    if ((own_base || writeback) && edge.at % 4u == 0 && !is_refused(m, &edge)) {
        emit(m, 0xBF00u);
        return;
    }
    const unsigned first =
        (down ? 0xE900u : 0xE880u) | (writeback ? 0x20u : 0) | (edge.load ? 0x10u : 0) | m->edge;
    emit_wide(m, first, list);
}

static void dual(struct maker *m)
{
    struct edge edge = {.size = 4, .count = 2, .load = chance(m, 2)};
    const unsigned words = pick(m, 3);
    const bool up = chance(m, 2);
    const bool own_base = edge.load && chance(m, 4);
    const bool writeback = !own_base && chance(m, 3);
    const bool swapped = chance(m, 2);
    unsigned rt = pick_result(m, 13);
    unsigned rt2 = pick_result(m, 13);
    while (rt2 == rt) {
        rt2 = pick_result(m, 13);
    }
    if (own_base) {
        *(swapped ? &rt : &rt2) = m->edge;
    }
    edge.at = m->out->r[m->edge] + (up ? 4u * words : 0u - 4u * words);
    if ((own_base || writeback) && edge.at % 4u == 0 && !is_refused(m, &edge)) {
        emit(m, 0xBF00u);
        return;
    }
    emit_wide(
        m, 0xE940u | (up ? 0x80u : 0) | (writeback ? 0x20u : 0) | (edge.load ? 0x10u : 0) | m->edge,
        rt << 12 | rt2 << 8 | words);
}

void make_edge(struct maker *m)
{
    if (m->out->crossing != RANDOM_NO_CROSSING) { /* one is enough, and often ends it all */
        emit(m, 0xBF00u);
        return;
    }
    switch (pick(m, 5)) {
    case 0:
        multiple(m);
        return;
    case 1:
        dual(m);
        return;
    default:
        single(m);
        return;
    }
}
