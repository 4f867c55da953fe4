/*
 * Alignment of LDM, STM, LDRD, STRD and the loads and stores of FP registers: unaligned, they fault
 * whatever CCR says, and the engine does not notice.
 *
 * Looking at each of them would cost too much, so each is looked at when it first runs, and the
 * next CPU_ALIGN_RUNS - 1 times. What has been aligned that often is taken to be so for good. The
 * list of hooks is short for the same reason: the engine walks all of it at each hook.
 */
#include "cpu_engine.h"

/** Calls `found` for each access of a block that must be aligned; stops when it returns false. */
struct walk {
    uint32_t addr;
    uint32_t end;
    uint16_t first;
    uint16_t second;
};

/** Moves to the next such access, whose address is left in `walk->addr`. */
static bool next_access(const struct sim_cpu *cpu, struct walk *walk, unsigned *base)
{
    while (walk->addr < walk->end) {
        walk->second = 0;
        (void)v8m_peek(&cpu->v, walk->addr, &walk->first);
        const bool wide = v8m_is_wide(walk->first);
        if (wide) {
            (void)v8m_peek(&cpu->v, walk->addr + 2u, &walk->second);
        }
        const int found = v8m_aligned_base(walk->first, walk->second);
        if (found >= 0) {
            *base = (unsigned)found;
            return true;
        }
        walk->addr += wide ? 4u : 2u;
    }
    return false;
}

/** The page that an address is in and the bit that says it has been watched. */
static struct cpu_page *seen_bit(const struct sim_cpu *cpu, uint32_t addr, uint32_t **word,
                                 uint32_t *bit)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, addr, &place)) {
        return NULL;
    }
    struct cpu_page *page = &cpu->pages.page[place.page];
    const uint32_t half = (addr & ~PAGE_MASK) / 2u;
    *word = &page->aligned[half / 32u];
    *bit = 1u << (half % 32u);
    return page;
}

bool align_unseen(const struct sim_cpu *cpu, uint32_t addr, uint32_t size)
{
    struct walk walk = {.addr = addr, .end = addr + size};
    unsigned base = 0;
    while (next_access(cpu, &walk, &base)) {
        uint32_t *word = NULL;
        uint32_t bit = 0;
        if (seen_bit(cpu, walk.addr, &word, &bit) != NULL && (*word & bit) == 0) {
            return true;
        }
        walk.addr += v8m_is_wide(walk.first) ? 4u : 2u;
    }
    return false;
}

static void on_access(struct uc_struct *uc, uint64_t addr, uint32_t size, void *context)
{
    struct cpu_align *align = context;
    struct sim_cpu *cpu = align->cpu;
    (void)uc;
    (void)size;
    if (align->left == 0 || align->addr != (uint32_t)addr) {
        return; /* a hook that is about to go */
    }
    if ((engine_reg(cpu, align->base) & 3u) != 0) {
        engine_stop_at(cpu, CPU_TRAP, (uint32_t)addr);
        return;
    }
    if (--align->left == 0) {
        cpu->align_wanted = true;
        atomic_store(&cpu->break_time, 0);
    }
}

/** Takes the watch off one access. */
static void release(struct sim_cpu *cpu, struct cpu_align *align)
{
    engine_unhook(cpu, align->hook);
    engine_forget(cpu, align->addr & PAGE_MASK);
    align->left = 0;
    align->cpu = NULL;
}

/** A free place, or the longest watched one's: the places are taken in turn. */
static struct cpu_align *take_place(struct sim_cpu *cpu)
{
    struct cpu_align *align = &cpu->align[cpu->aligns++ % CPU_ALIGN_MAX];
    if (align->cpu != NULL) {
        release(cpu, align);
    }
    return align;
}

void align_watch(struct sim_cpu *cpu, uint32_t addr, uint32_t size)
{
    struct walk walk = {.addr = addr, .end = addr + size};
    unsigned base = 0;
    while (next_access(cpu, &walk, &base)) {
        uint32_t *word = NULL;
        uint32_t bit = 0;
        if (seen_bit(cpu, walk.addr, &word, &bit) != NULL && (*word & bit) == 0) {
            *word |= bit;
            struct cpu_align *align = take_place(cpu);
            *align = (struct cpu_align){
                .cpu = cpu, .addr = walk.addr, .base = base, .left = CPU_ALIGN_RUNS};
            (void)engine_hook(cpu, walk.addr, walk.addr, on_access, align, &align->hook);
            engine_forget(cpu, walk.addr & PAGE_MASK);
        }
        walk.addr += v8m_is_wide(walk.first) ? 4u : 2u;
    }
}

void align_settle(struct sim_cpu *cpu)
{
    cpu->align_wanted = false;
    for (unsigned i = 0; i < CPU_ALIGN_MAX; i++) {
        if (cpu->align[i].cpu != NULL && cpu->align[i].left == 0) {
            release(cpu, &cpu->align[i]);
        }
    }
}

void align_drop_page(struct sim_cpu *cpu, struct cpu_page *page)
{
    for (unsigned i = 0; i < CPU_ALIGN_MAX; i++) {
        struct cpu_align *align = &cpu->align[i];
        if (align->cpu != NULL && (align->addr & PAGE_MASK) == page->vpage) {
            release(cpu, align);
        }
    }
    for (unsigned i = 0; i < PAGE_BYTES / 64u; i++) {
        page->aligned[i] = 0;
    }
}
