/* Blocks of instructions as the engine enters them: their number of instructions is the time. */
#include "cpu_engine.h"

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
    while (addr < end) {
        uint16_t half = 0;
        (void)v8m_peek(&cpu->v, addr, &half);
        const bool is_it = (half & 0xFF00u) == 0xBF00u && (half & 0xFu) != 0;
        it = is_it ? half & 0xFFu : v8m_it_advance(it);
        addr += v8m_is_wide(half) ? 4u : 2u;
    }
    return it;
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
    return it_after(cpu, start, addr, entry->block == cpu->block ? entry->it : cpu->block_it);
}

/** The rest of a block that upkeep has cut is entered; the block after it is one like any other. */
static void resumed(struct sim_cpu *cpu)
{
    cpu->resuming = false;
    atomic_store(&cpu->break_time, cpu->until);
    if (atomic_load(&cpu->stop_asked)) {
        atomic_store(&cpu->break_time, 0);
    }
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
    const bool watched = cpu->mixed_use_pages != 0 && pages_watched(&cpu->pages, addr);
    if (watched && !pages_unchanged(&cpu->pages, addr, size)) {
        cpu->page = addr & PAGE_MASK;
        return CPU_CODE_CHANGED;
    }
    if (align_unseen(cpu, addr, size)) {
        cpu->align_size = size;
        return CPU_ALIGN;
    }
    const uint32_t it = blocks_it_at(cpu, addr);
    const uint32_t count = blocks_count(cpu, addr, size);
    if (cpu->resuming) {
        resumed(cpu);
    }
    cpu->block = (uint64_t)addr << 16 | size;
    cpu->block_it = it;
    cpu->v.time += count;
    if (!watched) {
        cpu->count[entry_index(addr)] = (struct cpu_count){cpu->block, count, it};
    }
    return CPU_NO_REASON;
}
