/*
 * What the engine is told about a page, and the windows through which it reaches devices.
 *
 * The engine's physical space: memories stand at their Non-secure addresses, peripherals and the
 * PPB at their own (both aliases), everything below 0x10000000 that is not plain memory, such as
 * stores to flash, in a window at 0x60000000. A page that needs anything else is never mapped: its
 * loads and stores are done one by one by cpu_v8m_ldst.c.
 */
#include "cpu_engine.h"

#define PERIPHERALS_FIRST 0x40000000u
#define PERIPHERALS_LAST  0x5FFFFFFFu
#define PPB_FIRST         0xE0000000u
#define PPB_LAST          0xE00FFFFFu

static bool has_window(uint32_t vpage)
{
    uint32_t paddr = 0;
    return map_window(vpage, &paddr);
}

/** The right that one kind of data access has to the piece of a page that a verdict is about. */
static uint32_t data_right(struct sim_cpu *cpu, uint32_t vpage, enum sim_access_kind kind,
                           const struct v8m_verdict *verdict)
{
    const bool write = kind == SIM_WRITE;
    if (verdict->refusal != V8M_PASSES) {
        return 0;
    }
    if (write && flash_may_begin(cpu->v.chip, &verdict->bus)) {
        return 0; /* the operation begins at this very instruction, and the next one may wait */
    }
    const struct chip_memory *memory = verdict->bus.memory;
    if (memory != NULL && verdict->bus.direct && (!write || memory->writable)) {
        /* Device memory does not take unaligned accesses: those are checked one by one. */
        if (verdict->device_type) {
            return 0;
        }
        return write ? CPU_WRITE_DIRECT : CPU_READ_DIRECT;
    }
    if (!has_window(vpage) || (verdict->device_type && vpage < PERIPHERALS_FIRST)) {
        return 0; /* cpu_device.c looks at what is among the peripherals only */
    }
    return write ? CPU_WRITE_WINDOW : CPU_READ_WINDOW;
}

static uint32_t fetch_right(const struct v8m_verdict *verdict)
{
    if (verdict->refusal != V8M_PASSES || verdict->bus.memory == NULL) {
        return 0;
    }
    return verdict->bus.direct ? CPU_FETCH_DIRECT : CPU_FETCH_MIXED;
}

/**
 * The right that one kind of access has to all of a page, in terms of CPU_READ_DIRECT and so on.
 * Neighbouring regions may be the page's together, if each of them gives the same.
 */
static uint32_t page_right(struct sim_cpu *cpu, uint32_t vpage, enum sim_access_kind kind)
{
    const struct v8m *v = &cpu->v;
    const bool fetch = kind == SIM_FETCH;
    struct v8m_verdict verdict;
    if (!fetch && (v->ccr[v->secure] & CCR_UNALIGN_TRP) != 0) {
        return 0; /* each access is looked at */
    }
    v8m_check(v, vpage, kind, v8m_attr(v), &verdict);
    const uint32_t right = fetch ? fetch_right(&verdict) : data_right(cpu, vpage, kind, &verdict);
    const uint32_t mixed = kind == SIM_WRITE ? CPU_WRITE_MIXED : 0;
    const bool all = right != 0 || kind != SIM_READ; /* one piece that is not read: none is */
    while (all && verdict.last - vpage < PAGE_BYTES - 1u) {
        const uint32_t next = verdict.last + 1u;
        v8m_check(v, next, kind, v8m_attr(v), &verdict);
        if (right != (fetch ? fetch_right(&verdict) : data_right(cpu, vpage, kind, &verdict))) {
            return fetch ? CPU_FETCH_MIXED : mixed;
        }
    }
    return right;
}

uint32_t map_rights(struct sim_cpu *cpu, uint32_t vpage)
{
    const struct v8m *v = &cpu->v;
    const uint32_t state =
        (v->secure ? 1u : 0u) | (v8m_privileged(v) ? 2u : 0u) | (cpu->loaded.negative ? 4u : 0u);
    const uint32_t key = vpage | state;
    struct cpu_memo *memo =
        &cpu->memo[((vpage >> 10) ^ (vpage >> 20) ^ (state << 9)) % CPU_MEMO_ENTRIES];
    if (memo->key != key || memo->generation != cpu->generation) {
        memo->key = key;
        memo->generation = cpu->generation;
        memo->rights = page_right(cpu, vpage, SIM_READ) | page_right(cpu, vpage, SIM_WRITE) |
                       page_right(cpu, vpage, SIM_FETCH);
        if ((memo->rights & CPU_WRITE_MIXED) != 0) { /* the monitor of exclusives is ours or its */
            memo->rights &= ~CPU_READ_DIRECT;
        }
    }
    return memo->rights;
}

uint32_t map_phys(const struct sim_cpu *cpu, const struct cpu_place *place)
{
    return cpu->v.chip->memory[place->id].base_ns + place->off;
}

bool map_window(uint32_t vpage, uint32_t *paddr)
{
    *paddr = vpage;
    if (vpage < CPU_PHYS_LOW_BYTES) {
        *paddr = CPU_PHYS_LOW_WINDOW | vpage;
        return true;
    }
    return (vpage >= PERIPHERALS_FIRST && vpage <= PERIPHERALS_LAST) ||
           (vpage >= PPB_FIRST && vpage <= PPB_LAST);
}

static uint32_t window_addr(uint32_t paddr)
{
    return paddr - CPU_PHYS_LOW_WINDOW < CPU_PHYS_LOW_BYTES ? paddr - CPU_PHYS_LOW_WINDOW : paddr;
}

/* ---- the answer to a fill ---- */

bool map_plain(const struct sim_cpu *cpu, uint32_t vpage, uint32_t *paddr)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, vpage, &place)) {
        return false;
    }
    *paddr = map_phys(cpu, &place);
    return true;
}

static bool refuse_fill(struct sim_cpu *cpu, uint32_t vpage, enum cpu_reason reason)
{
    cpu->reason = reason;
    cpu->page = vpage;
    return false;
}

/** Whether the present state finds at a page all the hooks and checks that it needs. */
static bool page_ready(const struct sim_cpu *cpu, const struct cpu_page *page, uint32_t vpage,
                       uint32_t rights)
{
    const bool divide = ((cpu->v.ccr[true] | cpu->v.ccr[false]) & CCR_DIV_0_TRP) != 0;
    return page->prepared && page->vpage == vpage &&
           (cpu->loaded.fp_ready || page->fp_hooked || !page->has_fp) &&
           (page->divide_hooked || !page->has_divide || !divide) &&
           (page->mixed_rights || (rights & CPU_FETCH_MIXED) == 0);
}

static bool fill_fetch(struct sim_cpu *cpu, uint32_t vpage, uint32_t rights, uint32_t *paddr,
                       unsigned *perms)
{
    struct cpu_place place;
    if ((rights & (CPU_FETCH_DIRECT | CPU_FETCH_MIXED)) == 0 ||
        !pages_find(&cpu->pages, vpage, &place)) {
        return refuse_fill(cpu, vpage, CPU_FETCH);
    }
    if (bus_wait(cpu->v.chip, vpage, SIM_FETCH) != 0) {
        return refuse_fill(cpu, vpage, CPU_WAIT);
    }
    if (!page_ready(cpu, &cpu->pages.page[place.page], vpage, rights)) {
        return refuse_fill(cpu, vpage, CPU_PREPARE);
    }
    const struct cpu_frame *frame = &cpu->pages.frame[place.frame];
    *paddr = map_phys(cpu, &place);
    *perms = MAP_EXEC;
    if ((rights & CPU_READ_DIRECT) != 0) {
        *perms |= MAP_READ;
    }
    if ((rights & CPU_WRITE_DIRECT) != 0 && frame->mixed_use &&
        written_is_free(cpu->v.chip->written, place.frame)) {
        *perms |= MAP_WRITE;
    }
    return true;
}

static bool fill_direct(struct sim_cpu *cpu, uint32_t vpage, bool write, uint32_t rights,
                        uint32_t *paddr, unsigned *perms)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, vpage, &place)) {
        return refuse_fill(cpu, vpage, CPU_DATA);
    }
    const struct cpu_frame *frame = &cpu->pages.frame[place.frame];
    const struct cpu_page *page = &cpu->pages.page[place.page];
    if (write && frame->executed && !frame->mixed_use) {
        return refuse_fill(cpu, vpage, CPU_WRITE_CODE);
    }
    if (write) {
        written_note(cpu->v.chip->written, place.frame);
    }
    *perms = (rights & CPU_READ_DIRECT) != 0 ? MAP_READ : 0u;
    if ((rights & CPU_WRITE_DIRECT) != 0 && (!frame->executed || frame->mixed_use) &&
        written_is_free(cpu->v.chip->written, place.frame)) {
        *perms |= MAP_WRITE;
    }
    if ((rights & (CPU_FETCH_DIRECT | CPU_FETCH_MIXED)) != 0 && frame->executed &&
        page_ready(cpu, page, vpage, rights)) {
        *perms |= MAP_EXEC;
    }
    *paddr = map_phys(cpu, &place);
    return true;
}

bool map_fill(struct sim_cpu *cpu, uint32_t vpage, enum sim_access_kind kind, uint32_t *paddr,
              unsigned *perms)
{
    const uint32_t rights = debug_page_rights(cpu, vpage, map_rights(cpu, vpage));
    if (kind == SIM_FETCH) {
        return fill_fetch(cpu, vpage, rights, paddr, perms);
    }
    const bool write = kind == SIM_WRITE;
    if (!write && bus_wait(cpu->v.chip, vpage, SIM_READ) != 0) {
        return refuse_fill(cpu, vpage, CPU_DATA);
    }
    if ((rights & (write ? CPU_WRITE_DIRECT : CPU_READ_DIRECT)) != 0) {
        return fill_direct(cpu, vpage, write, rights, paddr, perms);
    }
    if ((rights & (write ? CPU_WRITE_WINDOW : CPU_READ_WINDOW)) == 0 || !map_window(vpage, paddr)) {
        return refuse_fill(cpu, vpage, CPU_DATA);
    }
    *perms = (rights & CPU_READ_WINDOW) != 0 ? MAP_READ : 0u;
    *perms |= (rights & CPU_WRITE_WINDOW) != 0 ? MAP_WRITE : 0u;
    return true;
}

/**
 * A device says no although its page was open: a bus error follows the access, as on a write
 * buffer. PC is known to the block only.
 */
static void window_answer(struct sim_cpu *cpu, uint32_t addr, unsigned size,
                          enum sim_access_kind kind, struct v8m_verdict *verdict,
                          enum sim_answer answer)
{
    struct v8m *v = &cpu->v;
    if (answer == SIM_ANSWER_OK) {
        return;
    }
    v->r[15] = cpu_block_pc(cpu->block);
    verdict->refusal = answer == SIM_ANSWER_ERROR ? V8M_BY_BUS : V8M_BY_SILENCE;
    v8m_report_refused(v, addr, size, kind, v8m_attr(v), verdict,
                       answer == SIM_ANSWER_ERROR ? "CFSR.IMPRECISERR" : "it has no effect");
    if (answer == SIM_ANSWER_ERROR) {
        cpu->bus_error = true;
        atomic_store(&cpu->break_time, 0);
    }
}

/** Attributes of a transaction that the checks of its page have let through. */
static struct sim_attr window_attr(const struct v8m *v, uint32_t addr)
{
    struct v8m_attribution attribution;
    struct sim_attr attr = v8m_attr(v);
    v8m_attribute(v, addr, false, &attribution);
    attr.secure = attr.secure && !attribution.ns;
    return attr;
}

static uint32_t window_read(struct sim_cpu *cpu, uint32_t addr, unsigned size)
{
    struct v8m *v = &cpu->v;
    if (addr >= PPB_FIRST) {
        return v8m_ppb_read(v, addr, size, v8m_attr(v));
    }
    struct v8m_verdict verdict = {.refusal = V8M_PASSES};
    uint32_t value = 0;
    const struct sim_attr attr = window_attr(v, addr);
    chip_advance(v->chip, v->time);
    const enum sim_answer answer = bus_read(v->chip, addr, size, attr, &value, &verdict.bus);
    window_answer(cpu, addr, size, SIM_READ, &verdict, answer);
    return value;
}

static void window_write(struct sim_cpu *cpu, uint32_t addr, unsigned size, uint32_t value)
{
    struct v8m *v = &cpu->v;
    if (addr >= PPB_FIRST) {
        v8m_ppb_write(v, addr, size, value, v8m_attr(v));
        return;
    }
    struct v8m_verdict verdict = {.refusal = V8M_PASSES};
    const struct sim_attr attr = window_attr(v, addr);
    chip_advance(v->chip, v->time);
    const enum sim_answer answer = bus_write(v->chip, addr, size, attr, value, &verdict.bus);
    window_answer(cpu, addr, size, SIM_WRITE, &verdict, answer);
}

/* A double access is two of a word on the bus. */

uint64_t map_window_read(struct sim_cpu *cpu, uint32_t paddr, unsigned size)
{
    const uint32_t addr = window_addr(paddr);
    if (size > 1 && addr >= PERIPHERALS_FIRST && device_unaligned(cpu, addr, size, false)) {
        return 0;
    }
    if (size <= 4) {
        return window_read(cpu, addr, size);
    }
    const uint64_t low = window_read(cpu, addr, 4);
    return low | (uint64_t)window_read(cpu, addr + 4u, 4) << 32;
}

void map_window_write(struct sim_cpu *cpu, uint32_t paddr, unsigned size, uint64_t value)
{
    const uint32_t addr = window_addr(paddr);
    if (size == 1 && addr >= PERIPHERALS_FIRST && device_unaligned(cpu, addr, size, true)) {
        return;
    }
    window_write(cpu, addr, size <= 4 ? size : 4, (uint32_t)value);
    if (size > 4) {
        window_write(cpu, addr + 4u, 4, (uint32_t)(value >> 32));
    }
}

bool map_fetch_allowed(struct sim_cpu *cpu, uint32_t addr, unsigned size)
{
    struct v8m *v = &cpu->v;
    struct v8m_verdict verdict;
    uint32_t at = addr;
    if (!v8m_check_range(v, addr, size, SIM_FETCH, v8m_attr(v), &verdict, &at)) {
        return false;
    }
    if (!verdict.bus.direct) { /* Reading it has an effect: an ECC error shows. */
        const struct sim_attr txn = {.secure = verdict.secure_txn, .privileged = v8m_privileged(v)};
        uint32_t value = 0;
        return bus_read(v->chip, addr & ~3u, 4, txn, &value, NULL) != SIM_ANSWER_ERROR;
    }
    return true;
}

bool map_block_open(const struct sim_cpu *cpu, uint32_t addr, uint32_t size)
{
    const struct v8m *v = &cpu->v;
    const uint32_t last = addr + size - 1u;
    struct v8m_verdict verdict;
    for (uint32_t next = addr;; next = verdict.last + 1u) {
        v8m_check(v, next, SIM_FETCH, v8m_attr(v), &verdict);
        if (fetch_right(&verdict) != CPU_FETCH_DIRECT) {
            return false;
        }
        if (verdict.last >= last) {
            return true;
        }
    }
}

bool map_fetch_refused(const struct sim_cpu *cpu, uint32_t addr, unsigned size)
{
    const struct v8m *v = &cpu->v;
    struct v8m_verdict verdict;
    uint32_t at = addr;
    return !v8m_check_range(v, addr, size, SIM_FETCH, v8m_attr(v), &verdict, &at);
}
