/* Blocks of instructions as the engine enters them: their number of instructions is the time. */
#include "cpu_engine.h"

void blocks_fetch(const struct sim_cpu *cpu, struct cpu_step *step)
{
    step->first = 0;
    step->second = 0;
    (void)v8m_peek(&cpu->v, step->addr, &step->first);
    if (v8m_is_wide(step->first)) {
        (void)v8m_peek(&cpu->v, step->addr + 2u, &step->second);
    }
}

void blocks_next(struct cpu_step *step)
{
    const bool is_it = (step->first & 0xFF00u) == 0xBF00u && (step->first & 0xFu) != 0;
    step->it = is_it ? step->first & 0xFFu : v8m_it_advance(step->it);
    step->addr += v8m_is_wide(step->first) ? 4u : 2u;
}

unsigned blocks_count(const struct sim_cpu *cpu, uint32_t addr, uint32_t size)
{
    const uint32_t end = addr + size;
    unsigned count = 0;
    while (addr < end) {
        uint16_t half = 0;
        (void)v8m_peek(&cpu->v, addr, &half);
        addr += v8m_is_wide(half) ? 4u : 2u;
        count++;
    }
    return count;
}

/** ITSTATE at `end`, having been `it` at `addr`, of instructions that follow one another. */
static uint32_t it_after(const struct sim_cpu *cpu, uint32_t addr, uint32_t end, uint32_t it)
{
    struct cpu_step step = {.addr = addr, .it = it};
    while (step.addr < end) {
        blocks_fetch(cpu, &step);
        blocks_next(&step);
    }
    return step.it;
}

static uint32_t entry_index(uint32_t addr)
{
    return (addr >> 1) % CPU_COUNT_ENTRIES;
}

uint32_t blocks_it_at(const struct sim_cpu *cpu, uint32_t addr)
{
    if (cpu->block == 0) {
        return v8m_it_of(cpu->entry_xpsr);
    }
    const uint32_t start = cpu_block_pc(cpu->block);
    if (addr - start > cpu_block_size(cpu->block)) {
        return 0;
    }
    const struct cpu_count *entry = &cpu->count[entry_index(start)];
    const bool known = (entry->block & ~CPU_NEEDS) == cpu->block;
    return it_after(cpu, start, addr, known ? entry->it : cpu->block_it);
}

const struct cpu_count *blocks_current(const struct sim_cpu *cpu)
{
    const struct cpu_count *entry = &cpu->count[entry_index(cpu_block_pc(cpu->block))];
    return (entry->block & ~CPU_NEEDS) == cpu->block ? entry : NULL;
}

/** The rest of a block that upkeep has cut is entered; the block after it is one like any other. */
static void resumed(struct sim_cpu *cpu)
{
    cpu->resuming = false;
    atomic_store(&cpu->break_time, cpu->until);
    if (atomic_load(&cpu->stop_asked) || v8m_can_take(&cpu->v)) { /* due since the cut */
        atomic_store(&cpu->break_time, 0);
    }
}

void blocks_forget(struct sim_cpu *cpu, uint32_t addr)
{
    cpu->count[entry_index(addr)].block = 0;
}

static bool in_mixed_page(const struct sim_cpu *cpu, uint32_t addr)
{
    struct cpu_place place;
    return pages_find(&cpu->pages, addr, &place) && cpu->pages.page[place.page].mixed_rights;
}

/** Looks at a block in a page with mixed rights. @return why it is not to be entered as it is */
static enum cpu_reason look_at(struct sim_cpu *cpu, cpu_block block)
{
    const uint32_t addr = cpu_block_pc(block);
    struct cpu_step step = {.addr = addr};
    struct cpu_place place;
    if (map_block_open(cpu, addr, cpu_block_size(block))) {
        return CPU_NO_REASON;
    }
    blocks_fetch(cpu, &step);
    if (map_fetch_refused(cpu, addr, v8m_is_wide(step.first) ? 4 : 2)) {
        return CPU_FETCH;
    }
    if (pages_find(&cpu->pages, addr, &place) && cpu->pages.page[place.page].each_hooked) {
        return CPU_NO_REASON;
    }
    cpu->page = addr & PAGE_MASK;
    return CPU_EACH;
}

/** A block that may be executed, all of it, is entered the fast way until rights may have changed. */
static void open_block(struct sim_cpu *cpu, struct cpu_count *entry)
{
    if (entry->need == 0 && cpu->opens < CPU_OPEN_MAX &&
        map_block_open(cpu, cpu_block_pc(entry->block), cpu_block_size(entry->block))) {
        entry->block &= ~CPU_NEEDS;
        cpu->open[cpu->opens++] = (uint16_t)(entry - cpu->count);
    }
}

void blocks_close(struct sim_cpu *cpu)
{
    while (cpu->opens > 0) {
        struct cpu_count *entry = &cpu->count[cpu->open[--cpu->opens]];
        if (entry->mixed) { /* and no other block has taken its place */
            entry->block |= CPU_NEEDS;
        }
    }
}

/** Goes into a block about which everything is known. */
static enum cpu_reason enter_as(struct sim_cpu *cpu, const struct cpu_count *entry)
{
    const enum cpu_reason reason =
        entry->mixed ? look_at(cpu, entry->block & ~CPU_NEEDS) : CPU_NO_REASON;
    if (reason != CPU_NO_REASON) {
        return reason;
    }
    if (entry->need != 0 && !align_met(cpu, entry)) {
        cpu->align_size = cpu_block_size(entry->block);
        return CPU_ALIGN;
    }
    if (cpu->resuming) {
        resumed(cpu);
        cpu->debug.rest_time = cpu->v.time + entry->count;
    }
    cpu->block = entry->block & ~CPU_NEEDS;
    cpu->block_it = entry->it;
    cpu->v.time += entry->count;
    if (entry->need != 0) {
        cpu->align_block = cpu->block;
        cpu->align_time = cpu->v.time;
    }
    return CPU_NO_REASON;
}

enum cpu_reason blocks_enter(struct sim_cpu *cpu, uint32_t addr, uint32_t size)
{
    if (cpu->in_stub) {
        return CPU_NO_REASON;
    }
    if (!cpu->resuming &&
        cpu->v.time >= atomic_load_explicit(&cpu->break_time, memory_order_relaxed)) {
        return CPU_BLOCK;
    }
    struct cpu_count *known = &cpu->count[entry_index(addr)];
    struct cpu_count entry = {.block = (uint64_t)addr << 16 | size};
    if ((known->block & ~CPU_NEEDS) == entry.block) {
        const enum cpu_reason reason = enter_as(cpu, known);
        if (reason == CPU_NO_REASON && known->mixed) {
            open_block(cpu, known);
        }
        return reason;
    }
    const bool watched = cpu->mixed_use_pages != 0 && pages_watched(&cpu->pages, addr);
    if (watched && !pages_unchanged(&cpu->pages, addr, size)) {
        cpu->page = addr & PAGE_MASK;
        return CPU_CODE_CHANGED;
    }
    entry.it = (uint8_t)blocks_it_at(cpu, addr);
    if (!align_facts(cpu, addr, size, &entry)) {
        cpu->align_size = size;
        return CPU_ALIGN;
    }
    entry.count = (uint16_t)blocks_count(cpu, addr, size);
    entry.mixed = in_mixed_page(cpu, addr) || in_mixed_page(cpu, addr + size - 1u);
    const enum cpu_reason reason = enter_as(cpu, &entry);
    if (reason == CPU_NO_REASON && !watched) {
        *known = entry;
        known->block |= entry.need != 0 || entry.mixed ? CPU_NEEDS : 0u;
    }
    return reason;
}
