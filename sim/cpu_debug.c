/* Stops for a debugger: at instructions, at accesses, after a step, on demand. */
#include "cpu_debug.h"
#include <stdio.h>
#include <string.h>

#include "cpu_engine.h"

#define PPB_FIRST 0xE0000000u
#define PPB_LAST  0xE00FFFFFu

bool debug_visible(const struct sim_cpu *cpu)
{
    struct sim_debug_access access;
    chip_debug_access(cpu->v.chip, &access);
    return cpu->v.secure ? access.secure : access.nonsecure;
}

/** Whether a new reason to stop counts: one is enough, and what is passed does not stop. */
static bool listening(const struct sim_cpu *cpu)
{
    const struct cpu_debug *debug = &cpu->debug;
    return debug->attached && debug->stop.kind == SIM_DEBUG_NONE && debug_visible(cpu);
}

/* ---- hooks on instructions ---- */

static void on_break(struct uc_struct *uc, uint64_t address, uint32_t size, void *context)
{
    const struct cpu_break *at = context;
    struct sim_cpu *cpu = at->cpu;
    (void)uc;
    (void)size;
    if (cpu != NULL && at->addr == (uint32_t)address && cpu->debug.mode == DEBUG_FREE &&
        listening(cpu)) {
        cpu->debug.stop.kind = SIM_DEBUG_BREAK;
        engine_stop_at(cpu, CPU_DEBUG, at->addr);
    }
}

/**
 * Nothing but the instruction before can have led here: the run ends with that one's block. The
 * engine calls no hook on an instruction that its IT block skips; such ones have done nothing, and
 * the stop is before the first of them.
 */
static void on_next(struct uc_struct *uc, uint64_t address, uint32_t size, void *context)
{
    const struct cpu_break *at = context;
    struct sim_cpu *cpu = at->cpu;
    (void)uc;
    (void)size;
    if (cpu != NULL && (uint32_t)address - at->addr <= at->last - at->addr &&
        cpu->debug.mode != DEBUG_FREE) {
        engine_stop_at(cpu, CPU_DEBUG, at->addr);
    }
}

static void forget(struct sim_cpu *cpu, const struct cpu_break *at)
{
    engine_forget(cpu, at->addr & PAGE_MASK);
    if (((at->addr ^ at->last) & PAGE_MASK) != 0) {
        engine_forget(cpu, at->last & PAGE_MASK);
    }
}

static bool hook_on(struct sim_cpu *cpu, struct cpu_break *at, uint32_t addr, uint32_t last,
                    cpu_hook_fn *callback)
{
    *at = (struct cpu_break){.cpu = cpu, .addr = addr, .last = last};
    if (!engine_hook(cpu, addr, last, callback, at, &at->hook)) {
        at->cpu = NULL;
        return false;
    }
    forget(cpu, at);
    return true;
}

static void hook_off(struct sim_cpu *cpu, struct cpu_break *at)
{
    if (at->cpu != NULL) {
        engine_unhook(cpu, at->hook);
        forget(cpu, at);
        at->cpu = NULL;
    }
}

static struct cpu_break *break_at(struct sim_cpu *cpu, uint32_t addr)
{
    for (unsigned i = 0; i < DEBUG_BREAKS; i++) {
        if (cpu->debug.at[i].cpu != NULL && cpu->debug.at[i].addr == addr) {
            return &cpu->debug.at[i];
        }
    }
    return NULL;
}

bool cpu_break_set(struct sim_cpu *cpu, uint32_t addr)
{
    if (break_at(cpu, addr) != NULL) {
        return true;
    }
    for (unsigned i = 0; i < DEBUG_BREAKS; i++) {
        if (cpu->debug.at[i].cpu == NULL) {
            return hook_on(cpu, &cpu->debug.at[i], addr, addr, on_break);
        }
    }
    return false;
}

void cpu_break_clear(struct sim_cpu *cpu, uint32_t addr)
{
    struct cpu_break *at = break_at(cpu, addr);
    if (at != NULL) {
        hook_off(cpu, at);
    }
}

/* ---- watchpoints ---- */

static bool same_watch(const struct sim_debug_watch *a, const struct sim_debug_watch *b)
{
    return a->addr == b->addr && a->len == b->len && a->reads == b->reads && a->writes == b->writes;
}

static unsigned watch_find(const struct cpu_debug *debug, const struct sim_debug_watch *watch)
{
    unsigned i = 0;
    while (i < debug->watches && !same_watch(&debug->watch[i], watch)) {
        i++;
    }
    return i;
}

bool cpu_watch_set(struct sim_cpu *cpu, const struct sim_debug_watch *watch)
{
    struct cpu_debug *debug = &cpu->debug;
    if (watch_find(debug, watch) < debug->watches) {
        return true;
    }
    if (debug->watches == DEBUG_WATCHES) {
        return false;
    }
    debug->watch[debug->watches++] = *watch;
    engine_flush(cpu);
    return true;
}

void cpu_watch_clear(struct sim_cpu *cpu, const struct sim_debug_watch *watch)
{
    struct cpu_debug *debug = &cpu->debug;
    const unsigned i = watch_find(debug, watch);
    if (i < debug->watches) {
        debug->watch[i] = debug->watch[--debug->watches];
        engine_flush(cpu);
    }
}

static bool page_watched(const struct cpu_debug *debug, uint32_t vpage)
{
    for (unsigned i = 0; i < debug->watches; i++) {
        const struct sim_debug_watch *watch = &debug->watch[i];
        if (watch->addr - vpage < PAGE_BYTES || vpage - watch->addr < watch->len) {
            return true;
        }
    }
    return false;
}

uint32_t debug_page_rights(const struct sim_cpu *cpu, uint32_t vpage, uint32_t rights)
{
    if (cpu->debug.watches == 0 || !page_watched(&cpu->debug, vpage)) {
        return rights;
    }
    return rights & (CPU_FETCH_DIRECT | CPU_FETCH_MIXED);
}

bool debug_watched(struct sim_cpu *cpu, uint32_t addr, unsigned size, bool write)
{
    struct cpu_debug *debug = &cpu->debug;
    if (debug->pass_watch || debug->mode == DEBUG_PASS || !listening(cpu)) {
        return false;
    }
    for (unsigned i = 0; i < debug->watches; i++) {
        const struct sim_debug_watch *watch = &debug->watch[i];
        if ((write ? watch->writes : watch->reads) &&
            (addr - watch->addr < watch->len || watch->addr - addr < size)) {
            debug->stop = (struct sim_debug_stop){
                .kind = SIM_DEBUG_WATCH,
                .addr = addr - watch->addr < watch->len ? addr : watch->addr,
                .write = write,
                .reads = watch->reads,
                .writes = watch->writes,
            };
            return true;
        }
    }
    return false;
}

void debug_emulate(struct sim_cpu *cpu, uint32_t page, bool inside)
{
    struct v8m *v = &cpu->v;
    struct cpu_debug *debug = &cpu->debug;
    if (debug->watches == 0) {
        v8m_emulate(v);
        return;
    }
    const uint32_t pc = v->r[15];
    const uint64_t time = v->time;
    const unsigned pending = v->pending;
    const uint32_t end = cpu_block_pc(cpu->block) + cpu_block_size(cpu->block);
    v->watching = true;
    v8m_emulate(v);
    v->watching = false;
    if (debug->stop.kind == SIM_DEBUG_WATCH) { /* Nothing has happened yet. */
        v->time = time;
        cpu->resuming = inside;
    } else if (page != V8M_NO_PAGE && page_watched(debug, page) && v->pending == pending &&
               v->wait_until == 0) {
        cpu->resuming = v->r[15] - pc - 2u <= 2u && v->r[15] < end;
    }
}

/* ---- the run ---- */

bool debug_inside(const struct sim_cpu *cpu)
{
    return cpu->v.r[15] != cpu_block_pc(cpu->block) || cpu->v.time == cpu->debug.rest_time;
}

void debug_forget(struct sim_cpu *cpu)
{
    cpu->debug.inside = false;
    cpu->debug.pass_watch = false;
    cpu->debug.stop.kind = SIM_DEBUG_NONE;
}

bool debug_begin(struct sim_cpu *cpu)
{
    struct cpu_debug *debug = &cpu->debug;
    const bool inside = debug->inside;
    debug->inside = false;
    debug->rest_time = SIM_NEVER;
    if (debug->mode == DEBUG_FREE) {
        hook_off(cpu, &debug->next);
    }
    return inside;
}

void debug_arm(struct sim_cpu *cpu, uint64_t *until)
{
    const struct v8m *v = &cpu->v;
    struct cpu_debug *debug = &cpu->debug;
    struct cpu_step step = {.addr = v->r[15], .it = v8m_it_of(v->xpsr)};
    blocks_fetch(cpu, &step);
    blocks_next(&step);
    const uint32_t next = step.addr;
    while ((step.it & 0xFu) != 0) { /* to the first one behind the IT block */
        blocks_fetch(cpu, &step);
        blocks_next(&step);
    }
    if (debug->next.cpu == NULL || debug->next.addr != next || debug->next.last != step.addr) {
        hook_off(cpu, &debug->next);
        (void)hook_on(cpu, &debug->next, next, step.addr, on_next);
    }
    *until = *until < v->time + 1u ? *until : v->time + 1u;
}

bool debug_over(struct sim_cpu *cpu, uint64_t start)
{
    struct v8m *v = &cpu->v;
    const struct cpu_debug *debug = &cpu->debug;
    if (debug->mode == DEBUG_FREE || v->time == start || cpu->reason == CPU_SVC ||
        cpu->reason == CPU_MAGIC || cpu->reason == CPU_OTHER) {
        return false;
    }
    if (v->time - start > 1u) { /* the block has ended with instructions that were skipped */
        v->r[15] = debug->next.addr;
        v->xpsr = (v->xpsr & ~XPSR_IT) | v8m_it_bits(blocks_it_at(cpu, v->r[15]));
        v->time = start + 1u;
        cpu->resuming = true;
    }
    return true;
}

void debug_ran(struct sim_cpu *cpu, uint64_t start)
{
    cpu->debug.done = cpu->debug.done || cpu->v.time != start;
}

bool debug_fault(struct sim_cpu *cpu)
{
    const struct v8m *v = &cpu->v;
    struct sim_debug_stop *stop = &cpu->debug.stop;
    unsigned exc = 0;
    bool bank = false;
    int prio = 0;
    if (!cpu->debug.catch_faults || cpu->debug.pass_fault || v->pending == 0 || v->lockup ||
        !v8m_can_take(v) || !v8m_highest_pending(v, &exc, &bank, &prio) || exc < V8M_HARD ||
        exc > V8M_SECURE || !listening(cpu)) {
        return false;
    }
    stop->kind = SIM_DEBUG_FAULT;
    (void)snprintf(stop->fault, sizeof stop->fault, "%s: %s", v8m_exc_name(exc), v->cause);
    return true;
}

void debug_entered(struct sim_cpu *cpu, uint32_t pc, uint32_t xpsr)
{
    const struct v8m *v = &cpu->v;
    cpu->debug.pass_fault = false;
    cpu->debug.done = cpu->debug.done || v->r[15] != pc || ((v->xpsr ^ xpsr) & XPSR_EXC) != 0;
}

bool debug_bkpt(struct sim_cpu *cpu)
{
    if (!listening(cpu)) {
        return false;
    }
    cpu->debug.stop.kind = SIM_DEBUG_BKPT;
    return true;
}

bool debug_due(struct sim_cpu *cpu)
{
    struct cpu_debug *debug = &cpu->debug;
    if (debug->mode != DEBUG_FREE && debug->done) {
        if (debug->mode == DEBUG_STEP && debug->stop.kind == SIM_DEBUG_NONE) {
            debug->stop.kind = SIM_DEBUG_STEP;
        }
        debug->mode = DEBUG_FREE;
        debug->pass_watch = false;
    }
    if (debug->halt_wanted && debug->stop.kind == SIM_DEBUG_NONE && !cpu->resuming) {
        debug->stop.kind = SIM_DEBUG_HALT;
    }
    if (debug->stop.kind == SIM_DEBUG_NONE || !debug_visible(cpu)) {
        return false;
    }
    debug->inside = cpu->resuming;
    return true;
}

void cpu_debug_go(struct sim_cpu *cpu, enum sim_debug_kind kind)
{
    struct cpu_debug *debug = &cpu->debug;
    const bool watch = debug->stop.kind == SIM_DEBUG_WATCH;
    debug->pass_fault = debug->stop.kind == SIM_DEBUG_FAULT;
    debug->pass_watch = kind == SIM_DEBUG_STEP && watch;
    debug->mode = DEBUG_FREE;
    if (kind == SIM_DEBUG_STEP) {
        debug->mode = DEBUG_STEP;
    } else if (kind == SIM_DEBUG_NONE && (watch || break_at(cpu, cpu->v.r[15]) != NULL)) {
        debug->mode = DEBUG_PASS;
    }
    debug->halt_wanted = kind == SIM_DEBUG_HALT;
    debug->done = false;
    debug->stop = (struct sim_debug_stop){0};
}

void cpu_debug_attach(struct sim_cpu *cpu, bool attached)
{
    struct cpu_debug *debug = &cpu->debug;
    debug->attached = attached;
    debug->catch_faults = false;
    if (attached) {
        return;
    }
    for (unsigned i = 0; i < DEBUG_BREAKS; i++) {
        hook_off(cpu, &debug->at[i]);
    }
    debug->watches = 0;
    engine_flush(cpu);
    cpu_debug_go(cpu, SIM_DEBUG_NONE);
}

bool cpu_debug_visible(const struct sim_cpu *cpu)
{
    return debug_visible(cpu);
}

void cpu_debug_place(struct sim_cpu *cpu, uint32_t addr, struct sim_debug_place *place)
{
    struct v8m_attribution attribution;
    v8m_attribute(&cpu->v, addr, false, &attribution);
    const bool ppb = addr - PPB_FIRST <= PPB_LAST - PPB_FIRST; /* as the state that asks */
    place->secure = ppb ? cpu->v.secure : !attribution.ns;
    place->callable = !attribution.ns && attribution.nsc;
    place->last = attribution.last;
}

/** While a lazy save is due for Secure code, the registers are still its own. */
static bool fp_closed(const struct sim_cpu *cpu)
{
    const struct v8m *v = &cpu->v;
    struct sim_debug_access access;
    chip_debug_access(v->chip, &access);
    return v->trustzone && !access.secure && (v->fpccr[true] & FPCCR_S) != 0 &&
           (v->fpccr[true] & FPCCR_LSPACT) != 0;
}

bool cpu_fp_read(struct sim_cpu *cpu, uint32_t s[32], uint32_t *fpscr)
{
    struct v8m *v = &cpu->v;
    if (fp_closed(cpu)) {
        return false;
    }
    v8m_fp_fetch(v);
    memcpy(s, v->s, sizeof v->s);
    *fpscr = v->fpscr;
    return true;
}

bool cpu_fp_write(struct sim_cpu *cpu, const uint32_t s[32], uint32_t fpscr)
{
    struct v8m *v = &cpu->v;
    if (fp_closed(cpu)) {
        return false;
    }
    v8m_fp_fetch(v);
    memcpy(v->s, s, sizeof v->s);
    v->fpscr = fpscr;
    return true;
}

void cpu_debug_catch(struct sim_cpu *cpu, bool faults)
{
    cpu->debug.catch_faults = faults;
}

void cpu_debug_why(const struct sim_cpu *cpu, struct sim_debug_stop *stop)
{
    *stop = cpu->debug.stop;
}
