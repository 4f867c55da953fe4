/* The processor's run loop, and what the chip and the public API ask of it. */
#include <stdlib.h>

#include "cpu_engine.h"
#include "fail.h"

/** How often the loop may go round without an instruction before it is called a defect. */
#define STALLS_MAX 64u

/** From here on nothing is ever executed. */
#define NOT_MEMORY 0xE0000000u

void cpu_defect(struct sim_cpu *cpu, const char *what)
{
    chip_event(cpu->v.chip, SIM_EVENT_NOTE, "defect of the simulator: %s at PC 0x%08X", what,
               cpu->v.r[15]);
    cpu->failed = true;
}

/** A store is about to reach a page that has been executed, or has changed one. */
static void code_written(struct sim_cpu *cpu, uint32_t vpage)
{
    struct cpu_place place;
    if (!pages_find(&cpu->pages, vpage, &place)) {
        return;
    }
    struct cpu_frame *frame = &cpu->pages.frame[place.frame];
    upkeep_drop_frame(cpu, place.frame);
    if (frame->changes < PAGE_CHANGES_MAX) {
        frame->changes++;
    } else if (!frame->mixed_use) {
        frame->mixed_use = true;
        cpu->mixed_use_pages++;
    }
}

/** Takes back the time of the instructions of the last block that were not executed. */
static void uncount(struct sim_cpu *cpu)
{
    const cpu_block block = cpu->block;
    const uint32_t done = cpu->v.r[15] - cpu_block_pc(block);
    if (done < cpu_block_size(block)) {
        cpu->v.time -= blocks_count(cpu, cpu->v.r[15], cpu_block_size(block) - done);
    }
}

/* ARMv8-M ARM, BKPTInstrDebugEvent(). */
static void breakpoint(struct v8m *v)
{
    const bool monitor = v->vector[false][V8M_DEBUG].enabled && v8m_ready(v, V8M_DEBUG, false);
    if (monitor) {
        v->dfsr |= 2u;
        v8m_pend_fault(v, V8M_DEBUG, false);
        return;
    }
    v->hfsr |= HFSR_DEBUGEVT;
    v8m_pend_fault(v, V8M_HARD, v->trustzone && (v->secure || !(v->aircr_s & AIRCR_BFHFNMINS)));
}

/** Whether the engine stopped before the block at PC, which nothing outside is to notice. */
static bool stopped_for_upkeep(enum cpu_reason reason)
{
    return reason == CPU_PREPARE || reason == CPU_CODE_CHANGED || reason == CPU_ALIGN ||
           reason == CPU_EACH;
}

/** Passes time until the flash answers; what else is due comes first, and the run may end. */
static void wait_until(struct v8m *v, uint64_t when, uint64_t until)
{
    const uint64_t to = when < until ? when : until;
    v->time = v->time < to ? to : v->time;
}

/** Whether the engine stopped at an instruction of a block, whose time is counted as a whole. */
static bool cuts_block(enum cpu_reason reason)
{
    return reason == CPU_DATA || reason == CPU_FETCH_INSIDE || reason == CPU_WRITE_CODE ||
           reason == CPU_TRAP || reason == CPU_INVALID || reason == CPU_DEBUG ||
           reason == CPU_BKPT || reason == CPU_STACK_LIMIT || reason == CPU_UNALIGNED;
}

/** Answers what stopped the engine, which was entered at the time `start`. */
static void handle(struct sim_cpu *cpu, uint64_t start)
{
    struct v8m *v = &cpu->v;
    const bool cut = cuts_block(cpu->reason);
    const bool inside = cut && debug_inside(cpu);
    cpu->resuming = cpu->resuming && stopped_for_upkeep(cpu->reason);
    if (cut) {
        uncount(cpu);
    }
    if (debug_over(cpu, start)) {
        cpu->resuming = cpu->resuming || inside;
        return;
    }
    switch (cpu->reason) {
    case CPU_DATA:
        v->refused_page = cpu->page;
        debug_emulate(cpu, cpu->page, inside);
        v->refused_page = V8M_NO_PAGE;
        break;
    case CPU_FETCH_INSIDE:
        v8m_refused_fetch(v);
        break;
    case CPU_FETCH:
        v8m_refused_fetch(v);
        break;
    case CPU_WAIT:
        v->wait_until = bus_wait(v->chip, v->r[15], SIM_FETCH);
        break;
    case CPU_PREPARE:
        upkeep_prepare(cpu, cpu->page);
        break;
    case CPU_WRITE_CODE:
        code_written(cpu, cpu->page);
        cpu->resuming = true;
        break;
    case CPU_CODE_CHANGED:
        code_written(cpu, cpu->page);
        break;
    case CPU_ALIGN:
        align_watch(cpu, v->r[15], cpu->align_size);
        break;
    case CPU_EACH:
        upkeep_check_each(cpu, cpu->page);
        break;
    case CPU_TRAP:
    case CPU_INVALID:
        if (v->r[15] < NOT_MEMORY) {
            debug_emulate(cpu, V8M_NO_PAGE, inside);
        }
        break;
    case CPU_DEBUG:
        cpu->resuming = inside;
        break;
    case CPU_SVC:
        v8m_pend_fault(v, V8M_SVC, v->secure);
        break;
    case CPU_BKPT:
        if (!debug_bkpt(cpu)) {
            breakpoint(v);
        }
        break;
    case CPU_MAGIC:
        v8m_branch(v, v->r[15] | ((v->xpsr & XPSR_T) != 0 ? 1u : 0u));
        break;
    case CPU_STACK_LIMIT:
        v8m_usage_fault(v, v->secure, CFSR_STKOF);
        break;
    case CPU_UNALIGNED:
        v8m_usage_fault(v, v->secure, CFSR_UNALIGNED);
        break;
    case CPU_OTHER:
        cpu_defect(cpu, "an unknown exception of the engine");
        break;
    case CPU_NO_REASON:
    case CPU_BLOCK:
    default:
        break;
    }
}

/** Frames that a device changed while the engine ran. */
static void drop_changed(struct sim_cpu *cpu)
{
    for (unsigned i = 0; i < cpu->pages.frames; i++) {
        if (cpu->pages.frame[i].changed) {
            cpu->pages.frame[i].changed = false;
            upkeep_drop_frame(cpu, i);
        }
    }
    cpu->frames_changed = false;
}

/** Runs the engine until something needs us, at the latest at `until`. */
static void run_engine(struct sim_cpu *cpu, uint64_t until)
{
    struct v8m *v = &cpu->v;
    if ((v->xpsr & XPSR_T) == 0) {
        v8m_emulate(v); /* INVSTATE */
        return;
    }
    if (v->r[15] >= NOT_MEMORY) {
        v8m_refused_fetch(v);
        return;
    }
    const uint64_t start = v->time;
    if (cpu->debug.mode != DEBUG_FREE) {
        debug_arm(cpu, &until);
    }
    cpu->reason = CPU_NO_REASON;
    cpu->block = 0;
    cpu->until = until;
    atomic_store(&cpu->break_time, cpu->resuming ? 0 : until);
    if ((atomic_load(&cpu->stop_asked) && !cpu->resuming) || !engine_run(cpu)) {
        return;
    }
    handle(cpu, start);
    debug_ran(cpu, start);
    if (v->wait_until != 0) {
        wait_until(v, v->wait_until, until);
        if (cpu->reason == CPU_WAIT) { /* a fetch is asked again; an access is on the bus */
            v->wait_until = 0;
        }
    }
    if (cpu->frames_changed) {
        drop_changed(cpu);
    }
    if (cpu->bus_error) {
        cpu->bus_error = false;
        v8m_bus_fault(v, CFSR_IMPRECISERR);
    }
    if (cpu->shed != NULL) {
        upkeep_shed_fp(cpu);
    }
}

/** Passes time asleep; false when nothing is left that could wake the processor. */
static bool sleep_until(struct sim_cpu *cpu, uint64_t limit, uint64_t next)
{
    struct v8m *v = &cpu->v;
    const bool wfe = v->sleeping == V8M_WFE;
    if (v8m_would_wake(v, wfe)) {
        v->event_register = wfe ? false : v->event_register;
        v->sleeping = V8M_AWAKE;
        return true;
    }
    if (next == SIM_NEVER) {
        return false;
    }
    v->time = next < limit ? next : limit;
    return true;
}

/** Until when nothing can be executed or taken: an access or a vector waits for the flash. */
static uint64_t waiting(struct v8m *v)
{
    if (v->wait_until > v->time) {
        return v->wait_until;
    }
    v->wait_until = 0;
    return v8m_vector_wait(v);
}

enum sim_stop cpu_run(struct sim_cpu *cpu, uint64_t insns)
{
    struct v8m *v = &cpu->v;
    unsigned stalls = 0;
    if (v->time < v->chip->now) {
        v->time = v->chip->now;
    }
    const uint64_t limit = insns < SIM_NEVER - v->time ? v->time + insns : SIM_NEVER;
    cpu->resuming = debug_begin(cpu);
    while (!cpu->failed) {
        const uint64_t before = v->time;
        chip_advance(v->chip, v->time);
        const uint64_t tick = v8m_systick_advance(v);
        const uint64_t next = tick < v->chip->next_event ? tick : v->chip->next_event;
        const uint64_t wait = cpu->resuming ? 0 : waiting(v);
        if (!cpu->resuming) {
            if (wait == 0 && !debug_fault(cpu)) {
                const uint32_t pc = v->r[15];
                const uint32_t xpsr = v->xpsr;
                v8m_take_pending(v);
                debug_entered(cpu, pc, xpsr);
            }
        }
        if (debug_due(cpu)) {
            return SIM_STOP_DEBUG;
        }
        if (!cpu->resuming) {
            if (atomic_exchange(&cpu->stop_asked, false)) {
                return SIM_STOP_ASKED;
            }
            if (v->lockup) {
                return SIM_STOP_LOCKUP;
            }
            if (v->time >= limit) {
                return SIM_STOP_INSNS;
            }
        }
        if (wait != 0) {
            wait_until(v, wait, next < limit ? next : limit);
        } else if (v->sleeping == V8M_AWAKE) {
            run_engine(cpu, next < limit ? next : limit);
        } else if (!sleep_until(cpu, limit, next)) {
            return SIM_STOP_IDLE;
        }
        stalls = v->time == before ? stalls + 1u : 0;
        if (stalls > STALLS_MAX) {
            cpu_defect(cpu, "no progress");
        }
    }
    return SIM_STOP_ERROR;
}

void cpu_stop(struct sim_cpu *cpu)
{
    atomic_store(&cpu->stop_asked, true);
    atomic_store(&cpu->break_time, 0);
}

/* ---- what the system level asks of the engine ---- */

static void on_stored(void *context, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    struct sim_cpu *cpu = context;
    chip_note_written(cpu->v.chip, id, off, len);
    cpu_memory_changed(cpu, id, off, len);
}

static void on_map_changed(void *context)
{
    cpu_map_changed(context);
}

static bool on_watched(void *context, uint32_t addr, unsigned size, bool write)
{
    return debug_watched(context, addr, size, write);
}

static void on_attention(void *context)
{
    cpu_deadline(context);
}

static void on_fp_read(void *context, uint32_t s[32], uint32_t *fpscr)
{
    engine_fp_read(context, s, fpscr);
}

/** Time goes by while the host works: what its accesses took is over when the code goes on. */
static bool on_gate(void *context, bool trap)
{
    struct sim_cpu *cpu = context;
    struct v8m *v = &cpu->v;
    const struct sim_gate *gate = &cpu->gate;
    if (trap && cpu_rss_trap(cpu)) {
        return true;
    }
    if (gate->base == gate->limit || (trap && !v->secure) ||
        (!trap && (v->r[15] < gate->base || v->r[15] >= gate->limit))) {
        return false;
    }
    chip_advance(v->chip, v->time);
    const bool done = (trap ? gate->trap : gate->enter)(gate->context, v->r[15]);
    v->time = v->time < v->chip->now ? v->chip->now : v->time;
    return done;
}

static struct sim_cpu *new_failed(struct sim_cpu *cpu, enum sim_status status)
{
    (void)status; /* the reason is in the caller's struct sim_error */
    cpu_free(cpu);
    return NULL;
}

struct sim_cpu *cpu_new(struct sim_chip *chip, struct sim_error *error)
{
    struct sim_cpu *cpu = calloc(1, sizeof *cpu);
    if (cpu == NULL) {
        return new_failed(NULL, sim_fail(error, SIM_ERROR_MEMORY, "no memory for the processor"));
    }
    cpu->v.chip = chip;
    cpu->v.refused_page = V8M_NO_PAGE;
    cpu->v.known = cpu->known;
    cpu_map_changed(cpu); /* the first rules are number 1 */
    cpu->v.host = (struct v8m_host){.context = cpu,
                                    .fp_read = on_fp_read,
                                    .stored = on_stored,
                                    .map_changed = on_map_changed,
                                    .attention = on_attention,
                                    .watched = on_watched,
                                    .gate = on_gate};
    if (!pages_init(&cpu->pages, chip)) {
        return new_failed(cpu, sim_fail(error, SIM_ERROR_MEMORY, "no memory for pages"));
    }
    const enum sim_status status = engine_open(cpu, error);
    return status == SIM_OK ? cpu : new_failed(cpu, status);
}

void cpu_free(struct sim_cpu *cpu)
{
    if (cpu == NULL) {
        return;
    }
    engine_close(cpu);
    pages_fini(&cpu->pages);
    device_fini(cpu);
    free(cpu);
}

void cpu_reset(struct sim_cpu *cpu, uint32_t vtor_s, uint32_t vtor_ns)
{
    for (unsigned i = 0; i < cpu->pages.frames; i++) { /* memories may have been cleared */
        if (cpu->pages.frame[i].executed) {
            upkeep_drop_frame(cpu, i);
        }
    }
    debug_forget(cpu);
    cpu->v.time = cpu->v.chip->now;
    v8m_reset(&cpu->v, vtor_s, vtor_ns);
}

void cpu_irq(struct sim_cpu *cpu, unsigned irq, bool level)
{
    v8m_irq_line(&cpu->v, irq, level);
}

void cpu_nmi(struct sim_cpu *cpu)
{
    v8m_pend(&cpu->v, V8M_NMI, false);
}

void cpu_map_changed(struct sim_cpu *cpu)
{
    cpu->generation = ++cpu->generations;
    cpu->v.rules = cpu->generation;
    engine_flush(cpu);
    atomic_store(&cpu->break_time, 0);
}

void cpu_memory_changed(struct sim_cpu *cpu, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    const unsigned first = cpu->pages.first[id] + off / PAGE_BYTES;
    const unsigned last = cpu->pages.first[id] + (off + (len > 0 ? len - 1u : 0u)) / PAGE_BYTES;
    for (unsigned i = first; i <= last && i < cpu->pages.frames; i++) {
        struct cpu_frame *frame = &cpu->pages.frame[i];
        if (!frame->executed) {
            continue;
        }
        if (!cpu->in_engine) {
            upkeep_drop_frame(cpu, i);
        } else {
            frame->changed = true;
            cpu->frames_changed = true;
        }
    }
    if (cpu->frames_changed) {
        atomic_store(&cpu->break_time, 0);
    }
}

void cpu_deadline(struct sim_cpu *cpu)
{
    atomic_store(&cpu->break_time, 0);
}

void cpu_flash_busy(struct sim_cpu *cpu)
{
    engine_flush(cpu);
    atomic_store(&cpu->break_time, 0);
}

void cpu_where(const struct sim_cpu *cpu, struct sim_attr *attr, uint32_t *pc)
{
    *attr = v8m_attr(&cpu->v);
    *pc = cpu->in_engine ? cpu_block_pc(cpu->block) : cpu->v.r[15];
}

void cpu_set_gate(struct sim_cpu *cpu, const struct sim_gate *gate)
{
    cpu->gate = *gate;
}

void cpu_private_access(struct sim_cpu *cpu, struct sim_access *access)
{
    if (access->kind == SIM_WRITE) {
        v8m_ppb_write(&cpu->v, access->addr, access->size, access->value, access->attr);
    } else {
        access->value = v8m_ppb_read(&cpu->v, access->addr, access->size, access->attr);
    }
}

const struct chip_memory *cpu_reachable(struct sim_cpu *cpu, struct sim_attr attr,
                                        enum sim_access_kind kind, uint32_t addr, size_t len,
                                        uint32_t *off)
{
    const struct chip_memory *memory = NULL;
    uint32_t done = 0;
    while (done < len) {
        struct v8m_verdict verdict;
        v8m_check(&cpu->v, addr + done, kind, attr, &verdict);
        const struct bus_decision *bus = &verdict.bus;
        if (verdict.refusal != V8M_PASSES || bus->memory == NULL ||
            (done > 0 && (bus->memory != memory || bus->off != *off + done))) {
            return NULL;
        }
        memory = bus->memory;
        *off = done == 0 ? bus->off : *off;
        const uint32_t rest = verdict.last - (addr + done);
        done = rest < len - done ? done + rest + 1u : (uint32_t)len;
    }
    return memory;
}

void cpu_set_symbols(struct sim_cpu *cpu, cpu_symbol_fn *symbol, void *context)
{
    cpu->v.symbol = symbol;
    cpu->v.symbol_context = context;
}

/** A register behind enum sim_reg that is one word of the state; NULL for the others. */
static uint32_t *reg_word(struct v8m *v, enum sim_reg reg)
{
    const unsigned n = (unsigned)reg;
    switch (n) {
    case SIM_REG_SP:
        return v8m_sp(v);
    case SIM_REG_XPSR:
        return &v->xpsr;
    case SIM_REG_MSP_S:
    case SIM_REG_MSP_NS:
        return &v->msp[n == SIM_REG_MSP_S];
    case SIM_REG_PSP_S:
    case SIM_REG_PSP_NS:
        return &v->psp[n == SIM_REG_PSP_S];
    case SIM_REG_CONTROL_S:
    case SIM_REG_CONTROL_NS:
        return &v->control[n == SIM_REG_CONTROL_S];
    case SIM_REG_PRIMASK_S:
    case SIM_REG_PRIMASK_NS:
        return &v->primask[n == SIM_REG_PRIMASK_S];
    case SIM_REG_BASEPRI_S:
    case SIM_REG_BASEPRI_NS:
        return &v->basepri[n == SIM_REG_BASEPRI_S];
    case SIM_REG_FAULTMASK_S:
    case SIM_REG_FAULTMASK_NS:
        return &v->faultmask[n == SIM_REG_FAULTMASK_S];
    case SIM_REG_MSPLIM_S:
    case SIM_REG_MSPLIM_NS:
        return &v->msplim[n == SIM_REG_MSPLIM_S];
    case SIM_REG_PSPLIM_S:
    case SIM_REG_PSPLIM_NS:
        return &v->psplim[n == SIM_REG_PSPLIM_S];
    default:
        return n < 16 ? &v->r[n] : NULL;
    }
}

uint32_t cpu_reg_read(struct sim_cpu *cpu, enum sim_reg reg)
{
    if (reg == SIM_REG_SECURE) {
        return cpu->v.secure ? 1 : 0;
    }
    if (reg == SIM_REG_CONTROL_NS) {
        return v8m_control_read(&cpu->v, false);
    }
    const uint32_t *word = reg_word(&cpu->v, reg);
    return word != NULL ? *word : 0;
}

void cpu_reg_write(struct sim_cpu *cpu, enum sim_reg reg, uint32_t value)
{
    if (reg == SIM_REG_SECURE) {
        cpu->v.secure = value != 0 && cpu->v.trustzone;
        return;
    }
    uint32_t *word = reg_word(&cpu->v, reg);
    if (word == NULL) {
        return;
    }
    *word = value;
    if (reg == SIM_REG_PC) {
        debug_forget(cpu);
    }
    cpu->v.lockup = cpu->v.lockup && reg != SIM_REG_PC;
}
