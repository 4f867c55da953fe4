/*
 * Upkeep of the pages that are executed: hooks on the instructions that the engine must not do by
 * itself, put up when a page is first executed, taken down when it changes or they are in the way.
 */
#include "cpu_engine.h"

static bool divisor_is_zero(struct sim_cpu *cpu, uint32_t addr)
{
    uint16_t second = 0;
    (void)v8m_peek(&cpu->v, addr + 2u, &second);
    return engine_reg(cpu, second & 0xFu) == 0;
}

static void on_trap(struct uc_struct *uc, uint64_t address, uint32_t size, void *context)
{
    struct cpu_site *site = context;
    struct sim_cpu *cpu = site->page->owner;
    (void)uc;
    (void)size;
    switch (site->trap) {
    case V8M_TRAP_UNMASK:
        if (cpu->v.pending != 0) { /* The engine does it; then we look. */
            atomic_store(&cpu->break_time, 0);
        }
        return;
    case V8M_TRAP_FP:
        if (cpu->loaded.fp_ready) {
            cpu->shed = site->page;
            atomic_store(&cpu->break_time, 0);
            return;
        }
        break;
    case V8M_TRAP_DIVIDE:
        if ((cpu->v.ccr[cpu->v.secure] & CCR_DIV_0_TRP) == 0 ||
            !divisor_is_zero(cpu, (uint32_t)address)) {
            return;
        }
        break;
    case V8M_TRAP_EXCLUSIVE:
        if (!cpu->v.exclusive) {
            return;
        }
        break;
    case V8M_TRAP_EMULATE:
    case V8M_TRAP_NONE:
    default:
        break;
    }
    engine_stop_at(cpu, CPU_TRAP, (uint32_t)address);
}

static void on_each(struct uc_struct *uc, uint64_t address, uint32_t size, void *context)
{
    struct sim_cpu *cpu = context;
    (void)uc;
    if (!map_fetch_allowed(cpu, (uint32_t)address, size)) {
        engine_stop_at(cpu, CPU_FETCH_INSIDE, (uint32_t)address);
    }
}

static bool wanted(const struct sim_cpu *cpu, const struct cpu_site *site)
{
    if (site->trap == V8M_TRAP_FP) {
        return !cpu->loaded.fp_ready;
    }
    if (site->trap == V8M_TRAP_DIVIDE) {
        return ((cpu->v.ccr[true] | cpu->v.ccr[false]) & CCR_DIV_0_TRP) != 0;
    }
    return true;
}

static void unhook_site(struct sim_cpu *cpu, struct cpu_site *site)
{
    if (site->hooked) {
        engine_unhook(cpu, site->hook);
        site->hooked = false;
    }
}

static void unprepare(struct sim_cpu *cpu, struct cpu_page *page)
{
    if (!page->prepared) {
        return;
    }
    for (unsigned i = 0; i < page->sites; i++) {
        unhook_site(cpu, &page->site[i]);
    }
    if (page->each_hooked) {
        engine_unhook(cpu, page->each_hook);
    }
    engine_forget(cpu, page->vpage);
    page->prepared = false;
    page->fp_hooked = false;
    page->divide_hooked = false;
    page->mixed_rights = false;
    page->each_hooked = false;
    align_drop_page(cpu, page);
}

void upkeep_shed_fp(struct sim_cpu *cpu)
{
    struct cpu_page *page = cpu->shed;
    cpu->shed = NULL;
    for (unsigned i = 0; i < page->sites; i++) {
        if (page->site[i].trap == V8M_TRAP_FP) {
            unhook_site(cpu, &page->site[i]);
        }
    }
    engine_forget(cpu, page->vpage);
    page->fp_hooked = false;
}

void upkeep_drop_frame(struct sim_cpu *cpu, unsigned index)
{
    struct cpu_frame *frame = &cpu->pages.frame[index];
    frame->executed = false;
    unprepare(cpu, &cpu->pages.page[2u * index]);
    unprepare(cpu, &cpu->pages.page[2u * index + 1u]);
    cpu->counts_stale = true;
    cpu->flush_wanted = true;
}

static void hook_page(struct sim_cpu *cpu, struct cpu_page *page)
{
    for (unsigned i = 0; i < page->sites; i++) {
        struct cpu_site *site = &page->site[i];
        if (!wanted(cpu, site) || site->hooked) {
            continue;
        }
        site->hooked = engine_hook(cpu, site->addr, site->addr, on_trap, site, &site->hook);
    }
}

void upkeep_prepare(struct sim_cpu *cpu, uint32_t vpage)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, vpage, &place)) {
        return;
    }
    struct cpu_page *page = &cpu->pages.page[place.page];
    if (page->prepared && page->vpage != vpage) {
        unprepare(cpu, page);
    }
    if (!page->prepared && !pages_scan(&cpu->pages, &place, vpage)) {
        cpu_defect(cpu, "no memory for a page");
        return;
    }
    page->owner = cpu;
    hook_page(cpu, page);
    if (!page->mixed_rights && (map_rights(cpu, vpage) & CPU_FETCH_MIXED) != 0) {
        page->mixed_rights = true; /* in other states too: it does not go to and fro */
        cpu->counts_stale = true;
    }
    engine_forget(cpu, vpage);
    page->prepared = true;
    page->fp_hooked = page->fp_hooked || !cpu->loaded.fp_ready;
    page->divide_hooked =
        page->divide_hooked || ((cpu->v.ccr[true] | cpu->v.ccr[false]) & CCR_DIV_0_TRP) != 0;
    cpu->pages.frame[place.frame].executed = true;
}

void upkeep_check_each(struct sim_cpu *cpu, uint32_t vpage)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, vpage, &place)) {
        return;
    }
    struct cpu_page *page = &cpu->pages.page[place.page];
    page->each_hooked =
        engine_hook(cpu, vpage, vpage + PAGE_BYTES - 1u, on_each, cpu, &page->each_hook);
    engine_forget(cpu, vpage);
}
