/*
 * Alignment of LDM, STM, LDRD, STRD and the loads and stores of FP registers: unaligned, they fault
 * whatever CCR says, and the engine does not notice.
 *
 * For each block it is known which registers must be aligned at its start for every such access in
 * it to be aligned, and which ones are still aligned at its end if they were at its start. So a
 * small loop is looked at once, when it is entered. An access whose base cannot be told from
 * the registers at the start of its block, or was unaligned there, gets a hook. The engine walks
 * the list of all hooks at each hook, so the list is kept short: the oldest ones go.
 */
#include <string.h>

#include "cpu_engine.h"
#include "cpu_v8m_insn.h"

#define REGS 16u
/** Instead of the register that another one is aligned with. */
#define ALIGNED 16u
#define LOST    17u

/** The page that an address is in and the bit that says that it has a hook. */
static struct cpu_page *hook_bit(const struct sim_cpu *cpu, uint32_t addr, uint32_t **word,
                                 uint32_t *bit)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, addr, &place)) {
        return NULL;
    }
    struct cpu_page *page = &cpu->pages.page[place.page];
    const uint32_t half = (addr & ~PAGE_MASK) / 2u;
    *word = &page->watched[half / 32u];
    *bit = 1u << (half % 32u);
    return page;
}

static bool has_hook(const struct sim_cpu *cpu, uint32_t addr)
{
    uint32_t *word = NULL;
    uint32_t bit = 0;
    return hook_bit(cpu, addr, &word, &bit) != NULL && (*word & bit) != 0;
}

/** Follows an instruction: what each register is then aligned with. */
static void follow(const struct cpu_step *step, uint8_t with[REGS])
{
    struct v8m_effect effect;
    uint8_t before[REGS];
    memcpy(before, with, sizeof before);
    v8m_effect(step->first, step->second, &effect);
    if (effect.to >= 0) {
        with[effect.to] = before[effect.from];
    }
    for (unsigned i = 0; i < REGS; i++) {
        if ((effect.aligned & (1u << i)) != 0) {
            with[i] = ALIGNED;
        }
        if ((effect.lost & (1u << i)) != 0) {
            with[i] = LOST;
        }
    }
    for (unsigned i = 0; i < REGS && step->it != 0; i++) { /* it may not be done */
        with[i] = with[i] == before[i] ? with[i] : LOST;
    }
    with[13] = ALIGNED;
}

/** Which registers an access that must be aligned rests on, at the start of its block. */
static unsigned rests_on(const struct sim_cpu *cpu, const struct cpu_step *step,
                         const uint8_t with[REGS])
{
    const int base = v8m_aligned_base(step->first, step->second);
    if (base < 0 || with[base] == ALIGNED || has_hook(cpu, step->addr)) {
        return ALIGNED;
    }
    return with[base];
}

static void begin(uint8_t with[REGS])
{
    for (unsigned i = 0; i < REGS; i++) {
        with[i] = (uint8_t)i;
    }
    with[13] = ALIGNED;
}

bool align_facts(const struct sim_cpu *cpu, uint32_t addr, uint32_t size, struct cpu_count *facts)
{
    struct cpu_step step = {.addr = addr, .it = facts->it};
    uint8_t with[REGS];
    begin(with);
    uint32_t need = 0;
    uint32_t lose = 0;
    for (; step.addr < addr + size; blocks_next(&step)) {
        blocks_fetch(cpu, &step);
        const unsigned rest = rests_on(cpu, &step, with);
        if (rest == LOST) {
            return false;
        }
        need |= rest < REGS ? 1u << rest : 0u;
        follow(&step, with);
    }
    for (unsigned i = 0; i < REGS; i++) {
        lose |= with[i] == i || with[i] == ALIGNED ? 0u : 1u << i;
    }
    facts->need = (uint16_t)need;
    facts->lose = (uint16_t)lose;
    return true;
}

/**
 * Whether they have been looked at, and nothing has changed them since: the block follows itself, or
 * has one other block between. Time tells that it is one only: each block takes some.
 */
static bool still_met(const struct sim_cpu *cpu, const struct cpu_count *facts)
{
    const cpu_block block = facts->block & ~CPU_NEEDS;
    if (cpu->align_block != block || (facts->need & facts->lose) != 0) {
        return false;
    }
    if (cpu->align_time == cpu->v.time) {
        return true;
    }
    const struct cpu_count *between = blocks_current(cpu);
    return between != NULL && cpu->v.time - cpu->align_time == between->count &&
           (facts->need & between->lose) == 0;
}

bool align_met(struct sim_cpu *cpu, const struct cpu_count *facts)
{
    if (still_met(cpu, facts)) {
        return true;
    }
    uint32_t values[REGS];
    engine_regs(cpu, facts->need, values);
    uint32_t low = 0;
    for (uint32_t set = facts->need; set != 0; set &= set - 1u) {
        low |= values[__builtin_ctz(set)];
    }
    return (low & 3u) == 0;
}

static void on_access(struct uc_struct *uc, uint64_t addr, uint32_t size, void *context)
{
    struct cpu_align *align = context;
    struct sim_cpu *cpu = align->cpu;
    (void)uc;
    (void)size;
    if (cpu == NULL || align->addr != (uint32_t)addr) {
        return; /* a hook that is about to go */
    }
    if ((engine_reg(cpu, align->base) & 3u) != 0) {
        engine_stop_at(cpu, CPU_TRAP, (uint32_t)addr);
    }
}

/** Takes the hook off one access; blocks that counted on it are looked at anew. */
static void release(struct sim_cpu *cpu, struct cpu_align *align)
{
    uint32_t *word = NULL;
    uint32_t bit = 0;
    engine_unhook(cpu, align->hook);
    engine_forget(cpu, align->addr & PAGE_MASK);
    if (hook_bit(cpu, align->addr, &word, &bit) != NULL) {
        *word &= ~bit;
    }
    align->cpu = NULL;
    cpu->counts_stale = true;
}

/** Leaves fewer than CPU_ALIGN_USUAL: one block can want no more than the other places. */
static void make_room(struct sim_cpu *cpu)
{
    while (cpu->aligns - cpu->align_oldest >= CPU_ALIGN_USUAL) {
        struct cpu_align *align = &cpu->align[cpu->align_oldest++ % CPU_ALIGN_MAX];
        if (align->cpu != NULL) {
            release(cpu, align);
        }
    }
}

static void hook(struct sim_cpu *cpu, const struct cpu_step *step)
{
    uint32_t *word = NULL;
    uint32_t bit = 0;
    if (hook_bit(cpu, step->addr, &word, &bit) == NULL) {
        return;
    }
    *word |= bit;
    struct cpu_align *align = &cpu->align[cpu->aligns++ % CPU_ALIGN_MAX];
    *align = (struct cpu_align){
        .cpu = cpu,
        .addr = step->addr,
        .base = (unsigned)v8m_aligned_base(step->first, step->second),
    };
    (void)engine_hook(cpu, step->addr, step->addr, on_access, align, &align->hook);
}

void align_watch(struct sim_cpu *cpu, uint32_t addr, uint32_t size)
{
    struct cpu_step step = {.addr = addr, .it = v8m_it_of(cpu->v.xpsr)};
    uint8_t with[REGS];
    begin(with);
    make_room(cpu);
    for (; step.addr < addr + size; blocks_next(&step)) {
        blocks_fetch(cpu, &step);
        const unsigned rest = rests_on(cpu, &step, with);
        if (rest == LOST || (rest < REGS && (cpu->v.r[rest] & 3u) != 0)) {
            hook(cpu, &step);
        }
        follow(&step, with);
    }
    blocks_forget(cpu, addr);
    engine_forget(cpu, addr & PAGE_MASK);
}

void align_drop_page(struct sim_cpu *cpu, struct cpu_page *page)
{
    for (unsigned i = 0; i < CPU_ALIGN_MAX; i++) {
        struct cpu_align *align = &cpu->align[i];
        if (align->cpu != NULL && (align->addr & PAGE_MASK) == page->vpage) {
            release(cpu, align);
        }
    }
    memset(page->watched, 0, sizeof page->watched);
}
