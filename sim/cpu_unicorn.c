/*
 * The processor on Unicorn: the one file that knows the engine.
 *
 * One engine, virtual TLB, Non-secure for ever: it executes plain instructions. Whatever belongs to
 * the system level stops it, exactly at an instruction, and is done on `struct v8m` before it goes
 * on. In the engine, SP is whichever stack pointer is in use, and MSPLIM its limit.
 */
#include <stdio.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "cpu_engine.h"
#include "fail.h"

/* The engine's own code, where nothing of the chip is: one page, and one of undefined instructions. */
#define STUB_ADDR  0xF0000000u
#define STUB_BXNS  0x00u /* bxns r0: leaves the engine's Secure state, once */
#define STUB_FP    0x10u /* vmov s0, r0: the engine's own FP context is active from then on */
#define STUB_LIMIT 0x20u /* msr msplim, r0; clrex */
#define STUB_END   0x30u
#define STUB_UDF   0xDE00u

/** The engine wants an address to stop at, and looks there: the last one of the second page. */
#define STOP_PAGE  (STUB_ADDR + PAGE_BYTES)
#define STOP_NEVER (STOP_PAGE + PAGE_BYTES - 2u)

/* The engine's exception numbers that mean something. */
#define INTR_SVC       2u
#define INTR_DATA      4u
#define INTR_BKPT      7u
#define INTR_MAGIC     8u
#define INTR_NOCP      17u
#define INTR_STKOF     19u
#define INTR_UNALIGNED 22u

#define XPSR_HANDLER (XPSR_T | 3u)
#define REGISTERS    17

static int reg_ids[REGISTERS] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,   UC_ARM_REG_R5,
    UC_ARM_REG_R6,  UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10,  UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC, UC_ARM_REG_XPSR,
};

struct stub_word {
    uint32_t off;
    uint16_t half;
};

static const struct stub_word stub_code[] = {
    {STUB_BXNS, 0x4704},      {STUB_FP, 0xEE00},        {STUB_FP + 2, 0x0A10},
    {STUB_FP + 4, 0xBF30},    {STUB_LIMIT, 0xF380},     {STUB_LIMIT + 2, 0x880A},
    {STUB_LIMIT + 4, 0xF3BF}, {STUB_LIMIT + 6, 0x8F2F}, {STUB_LIMIT + 8, 0xBF30},
    {STUB_END, 0xBF30},
};

static void reg_write(struct sim_cpu *cpu, int id, uint32_t value)
{
    (void)uc_reg_write(cpu->uc, id, &value);
}

static void stop_for(struct sim_cpu *cpu, enum cpu_reason reason)
{
    if (!cpu->frozen) { /* Later ones are of instructions that do not count. */
        cpu->reason = reason;
    }
    (void)uc_emu_stop(cpu->uc);
}

/** Its answers for pages are forgotten, and ours for blocks that rest on the same rights. */
static void flush(struct sim_cpu *cpu)
{
    blocks_close(cpu);
    (void)uc_ctl_flush_tlb(cpu->uc);
}

/* ---- what the engine asks ---- */

static bool on_fill(uc_engine *uc, uint64_t vaddr, uc_mem_type type, uc_tlb_entry *result,
                    void *context)
{
    struct sim_cpu *cpu = context;
    const uint32_t vpage = (uint32_t)vaddr & PAGE_MASK;
    (void)uc;
    if (cpu->frozen) {
        return false;
    }
    if (cpu->refuse_next && type != UC_MEM_FETCH) {
        cpu->refuse_next = false;
        cpu->reason = CPU_TRAP;
        return false;
    }
    if (vpage == STOP_PAGE && type == UC_MEM_FETCH) {
        result->paddr = vpage;
        result->perms = UC_PROT_EXEC;
        return true;
    }
    uint32_t paddr = vpage;
    if (cpu->in_stub) {
        result->perms = UC_PROT_ALL;
        const bool there = vpage == STUB_ADDR || map_plain(cpu, vpage, &paddr);
        result->paddr = paddr;
        return there;
    }
    const enum sim_access_kind load = type == UC_MEM_FETCH ? SIM_FETCH : SIM_READ;
    const enum sim_access_kind kind = type == UC_MEM_WRITE ? SIM_WRITE : load;
    unsigned perms = 0; /* MAP_READ and so on have the values of UC_PROT_READ and so on. */
    if (!map_fill(cpu, vpage, kind, &paddr, &perms)) {
        return false;
    }
    result->paddr = paddr;
    result->perms = (uc_prot)perms;
    return true;
}

/** Not inlined, and with the same arguments: the hook on every block then saves no register. */
static __attribute__((noinline)) void on_unknown_block(uc_engine *uc, uint64_t address,
                                                       uint32_t size, void *context)
{
    struct sim_cpu *cpu = context;
    (void)uc;
    const enum cpu_reason reason = blocks_enter(cpu, (uint32_t)address, size);
    if (reason != CPU_NO_REASON) {
        engine_stop_at(cpu, reason, (uint32_t)address);
    }
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    if (!blocks_enter_known(context, address, size)) {
        on_unknown_block(uc, address, size, context);
    }
}

static void on_intr(uc_engine *uc, uint32_t number, void *context)
{
    struct sim_cpu *cpu = context;
    (void)uc;
    switch (number) {
    case INTR_SVC:
        stop_for(cpu, CPU_SVC);
        break;
    case INTR_BKPT:
        stop_for(cpu, CPU_BKPT);
        break;
    case INTR_MAGIC:
        stop_for(cpu, CPU_MAGIC);
        break;
    case INTR_STKOF:
        stop_for(cpu, CPU_STACK_LIMIT);
        break;
    case INTR_NOCP:
        stop_for(cpu, CPU_TRAP);
        break;
    case INTR_DATA:
    case INTR_UNALIGNED:
        stop_for(cpu, CPU_UNALIGNED);
        break;
    default:
        stop_for(cpu, CPU_OTHER);
        break;
    }
}

static bool on_invalid(uc_engine *uc, void *context)
{
    (void)uc;
    stop_for(context, CPU_INVALID);
    return false;
}

static uint64_t on_window_read(uc_engine *uc, uint64_t offset, unsigned size, void *context)
{
    const struct cpu_window *window = context;
    (void)uc;
    return map_window_read(window->cpu, window->base + (uint32_t)offset, size);
}

static void on_window_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value,
                            void *context)
{
    const struct cpu_window *window = context;
    (void)uc;
    map_window_write(window->cpu, window->base + (uint32_t)offset, size, value);
}

/* ---- what the upkeep of pages needs ---- */

bool engine_hook(struct sim_cpu *cpu, uint32_t first, uint32_t last, cpu_hook_fn *callback,
                 void *context, size_t *handle)
{
    uc_hook hook = 0;
    const uc_err err = uc_hook_add(cpu->uc, &hook, UC_HOOK_CODE, (void *)callback, context,
                                   (uint64_t)first, (uint64_t)last);
    *handle = hook;
    if (err != UC_ERR_OK) {
        cpu_defect(cpu, uc_strerror(err));
    }
    return err == UC_ERR_OK;
}

void engine_unhook(struct sim_cpu *cpu, size_t handle)
{
    cpu->in_stub = true;
    (void)uc_hook_del(cpu->uc, handle);
    cpu->in_stub = false;
}

void engine_forget(struct sim_cpu *cpu, uint32_t vpage)
{
    cpu->in_stub = true;
    (void)uc_ctl_remove_cache(cpu->uc, (uint64_t)vpage, (uint64_t)vpage + PAGE_BYTES);
    cpu->in_stub = false;
    cpu->flush_wanted = true;
}

uint32_t engine_reg(struct sim_cpu *cpu, unsigned n)
{
    uint32_t value = 0;
    (void)uc_reg_read(cpu->uc, reg_ids[n & 0xFu], &value);
    return value;
}

void engine_regs(struct sim_cpu *cpu, uint32_t set, uint32_t values[16])
{
    int ids[16];
    void *places[16];
    int count = 0;
    for (; set != 0; set &= set - 1u) {
        const int n = __builtin_ctz(set);
        ids[count] = reg_ids[n];
        places[count++] = &values[n];
    }
    (void)uc_reg_read_batch(cpu->uc, ids, places, count);
}

/** Reads the registers; the frame's SP goes to `*sp`. */
static void read_registers(struct sim_cpu *cpu, uint32_t *sp)
{
    struct v8m *v = &cpu->v;
    void *values[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++) {
        values[i] = i == 13 ? sp : &v->r[i < 16 ? i : 0];
    }
    values[16] = &v->xpsr;
    (void)uc_reg_read_batch(cpu->uc, reg_ids, values, REGISTERS);
}

static void read_primask(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    if (v8m_privileged(v)) {
        (void)uc_reg_read(cpu->uc, UC_ARM_REG_PRIMASK, &cpu->loaded.primask);
        v->primask[v->secure] = cpu->loaded.primask;
    }
}

/**
 * Inside an IT block the engine runs on to the block's end whoever stops it. The registers are
 * taken now, and until it stands still no load or store gets through: what it does is lost.
 */
static void freeze(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    uint32_t sp = 0;
    read_registers(cpu, &sp);
    *v8m_sp(v) = sp;
    read_primask(cpu);
    engine_fp_read(cpu, v->s, &v->fpscr);
    cpu->frozen = true;
    atomic_store(&cpu->break_time, 0);
    flush(cpu);
}

/** Everything that the engine may have changed since is loaded again. */
static void thaw(struct sim_cpu *cpu)
{
    cpu->frozen = false;
    cpu->v.fp_here = true;
    cpu->loaded.limit = ~v8m_sp_limit(&cpu->v);
    cpu->loaded.ge = ~cpu->v.xpsr;
    cpu->flush_wanted = true;
}

void engine_stop_at(struct sim_cpu *cpu, enum cpu_reason reason, uint32_t pc)
{
    if (cpu->frozen) {
        stop_for(cpu, reason);
        return;
    }
    cpu->stop_pc = pc;
    stop_for(cpu, reason);
    if (blocks_it_at(cpu, pc) != 0) {
        freeze(cpu);
    }
}

/* ---- registers in and out ---- */

static void run_stub(struct sim_cpu *cpu, uint32_t off, uint32_t r0)
{
    const uint64_t time = cpu->v.time;
    const uint64_t break_time = atomic_exchange(&cpu->break_time, UINT64_MAX);
    cpu->in_stub = true;
    reg_write(cpu, UC_ARM_REG_R0, r0);
    const uint64_t start = (uint64_t)STUB_ADDR + off;
    const uc_err err = uc_emu_start(cpu->uc, start | 1u, STOP_NEVER, 0, 0);
    cpu->in_stub = false;
    cpu->v.time = time;
    atomic_store(&cpu->break_time, break_time);
    if (err != UC_ERR_OK) {
        cpu_defect(cpu, uc_strerror(err));
    }
}

/** What the engine can only be told while it is privileged. */
static void load_special(struct sim_cpu *cpu, bool privileged)
{
    struct v8m *v = &cpu->v;
    struct cpu_loaded *loaded = &cpu->loaded;
    const uint32_t limit = v8m_sp_limit(v);
    const uint32_t primask = v->primask[v->secure];
    const bool thread_privileged = privileged || v8m_handler(v);
    if (limit == loaded->limit && !v->clear_exclusive && primask == loaded->primask &&
        thread_privileged == loaded->privileged) {
        return;
    }
    reg_write(cpu, UC_ARM_REG_XPSR, XPSR_HANDLER);
    if (limit != loaded->limit || v->clear_exclusive) {
        run_stub(cpu, STUB_LIMIT, limit);
        loaded->limit = limit;
        v->clear_exclusive = false;
    }
    reg_write(cpu, UC_ARM_REG_PRIMASK, primask);
    loaded->primask = primask;
    reg_write(cpu, UC_ARM_REG_CONTROL, thread_privileged ? 0 : CONTROL_NPRIV);
    loaded->privileged = thread_privileged;
}

static void fp_to_engine(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    if (!v->fp_here) {
        return;
    }
    for (int i = 0; i < 16; i++) {
        const uint64_t d = v->s[2 * i] | (uint64_t)v->s[2 * i + 1] << 32;
        (void)uc_reg_write(cpu->uc, UC_ARM_REG_D0 + i, &d);
    }
    reg_write(cpu, UC_ARM_REG_FPSCR, v->fpscr);
    v->fp_here = false;
}

void engine_fp_read(struct sim_cpu *cpu, uint32_t s[32], uint32_t *fpscr)
{
    for (int i = 0; i < 16; i++) {
        uint64_t d = 0;
        (void)uc_reg_read(cpu->uc, UC_ARM_REG_D0 + i, &d);
        s[2 * i] = (uint32_t)d;
        s[2 * i + 1] = (uint32_t)(d >> 32);
    }
    (void)uc_reg_read(cpu->uc, UC_ARM_REG_FPSCR, fpscr);
}

/** Forgets the engine's answers for pages when the state asks for others. */
static void settle_map(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    struct cpu_loaded *loaded = &cpu->loaded;
    const bool negative = v8m_negative_priority(v, v->secure);
    const bool fp_ready = v8m_fp_ready(v);
    const bool pages_privileged = v8m_privileged(v);
    /* The engine's translations do not tell privilege: registers written do not reach them. */
    if (cpu->flush_wanted || v->secure != loaded->secure || negative != loaded->negative ||
        pages_privileged != loaded->pages_privileged || (loaded->fp_ready && !fp_ready)) {
        flush(cpu);
    }
    cpu->flush_wanted = false;
    loaded->pages_privileged = pages_privileged;
    loaded->secure = v->secure;
    loaded->negative = negative;
    loaded->fp_ready = fp_ready;
}

static void enter(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    settle_map(cpu);
    load_special(cpu, v8m_privileged(v));
    fp_to_engine(cpu);
    reg_write(cpu, UC_ARM_REG_XPSR, v->xpsr);
    if (((v->xpsr ^ cpu->loaded.ge) & XPSR_GE) != 0) { /* writing xPSR leaves GE out */
        reg_write(cpu, UC_ARM_REG_APSR_NZCVQG, v->xpsr);
    }
    uint32_t sp = *v8m_sp(v);
    void *values[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++) {
        values[i] = i == 13 ? &sp : &v->r[i < 16 ? i : 0];
    }
    (void)uc_reg_write_batch(cpu->uc, reg_ids, values, 15);
}

static void leave(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    const bool frozen = cpu->frozen;
    if (!frozen) {
        uint32_t sp = 0;
        read_registers(cpu, &sp);
        *v8m_sp(v) = sp;
        cpu->loaded.ge = v->xpsr;
    }
    if (cpu->stop_pc != CPU_PC_EXACT) {
        v->r[15] = cpu->stop_pc;
        v->xpsr = (v->xpsr & ~XPSR_IT) | v8m_it_bits(blocks_it_at(cpu, cpu->stop_pc));
    }
    if (frozen) {
        thaw(cpu);
    } else {
        read_primask(cpu);
    }
}

/* ---- the engine as a whole ---- */

bool engine_run(struct sim_cpu *cpu)
{
    enter(cpu);
    cpu->stop_pc = CPU_PC_EXACT;
    if (cpu->counts_stale) {
        memset(cpu->count, 0, sizeof cpu->count);
        device_forget(cpu);
        cpu->counts_stale = false;
    }
    cpu->align_block = 0;
    cpu->device.block = 0;
    cpu->block = 0;
    cpu->entry_xpsr = cpu->v.xpsr;
    cpu->in_engine = true;
    const uc_err err = uc_emu_start(cpu->uc, (uint64_t)cpu->v.r[15] | 1u, STOP_NEVER, 0, 0);
    cpu->in_engine = false;
    leave(cpu);
    if (cpu->refuse_next) {
        cpu->refuse_next = false;
        cpu_defect(cpu, "an aligned access to a device was taken for an unaligned one");
        return false;
    }
    if (err != UC_ERR_OK && cpu->reason == CPU_NO_REASON) {
        cpu_defect(cpu, uc_strerror(err));
        return false;
    }
    return true;
}

void engine_flush(struct sim_cpu *cpu)
{
    if (cpu->in_engine) {
        flush(cpu);
    } else {
        cpu->flush_wanted = true;
    }
}

void *engine_save(struct sim_cpu *cpu)
{
    uc_context *context = NULL;
    if (uc_context_alloc(cpu->uc, &context) != UC_ERR_OK) {
        return NULL;
    }
    (void)uc_context_save(cpu->uc, context);
    return context;
}

void engine_restore(struct sim_cpu *cpu, const void *saved)
{
    (void)uc_context_restore(cpu->uc, (uc_context *)(uintptr_t)saved);
    cpu->flush_wanted = true;
}

void engine_save_free(void *saved)
{
    (void)uc_context_free(saved);
}

static uc_err map_memories(struct sim_cpu *cpu)
{
    for (unsigned i = 0; i < sizeof cpu->stub / sizeof cpu->stub[0]; i++) {
        cpu->stub[i] = STUB_UDF;
    }
    for (unsigned i = 0; i < sizeof stub_code / sizeof stub_code[0]; i++) {
        cpu->stub[stub_code[i].off / 2u] = stub_code[i].half;
    }
    uc_err err = uc_mem_map_ptr(cpu->uc, STUB_ADDR, sizeof cpu->stub, UC_PROT_READ | UC_PROT_EXEC,
                                cpu->stub);
    for (unsigned id = 0; id < CHIP_MEMORIES && err == UC_ERR_OK; id++) {
        const struct chip_memory *memory = &cpu->v.chip->memory[id];
        if (id == CHIP_BKPSRAM) { /* among the peripherals: through their window */
            continue;
        }
        const uint32_t prot = UC_PROT_READ | UC_PROT_EXEC | (memory->writable ? UC_PROT_WRITE : 0u);
        err = uc_mem_map_ptr(cpu->uc, memory->base_ns, memory->size, prot, memory->bytes);
    }
    static const struct {
        uint32_t base;
        uint32_t size;
    } windows[CPU_WINDOWS] = {{CPU_PHYS_LOW_WINDOW, CPU_PHYS_LOW_BYTES},
                              {0x40000000, 0x20000000},
                              {0xE0000000, 0x100000}};
    for (unsigned i = 0; i < CPU_WINDOWS && err == UC_ERR_OK; i++) {
        cpu->window[i] = (struct cpu_window){.cpu = cpu, .base = windows[i].base};
        err = uc_mmio_map(cpu->uc, windows[i].base, windows[i].size, on_window_read,
                          &cpu->window[i], on_window_write, &cpu->window[i]);
    }
    return err;
}

static uc_err add_hooks(struct sim_cpu *cpu)
{
    static const struct {
        int type;
        void *callback;
    } hooks[] = {
        {UC_HOOK_TLB_FILL, (void *)on_fill},
        {UC_HOOK_BLOCK, (void *)on_block},
        {UC_HOOK_INTR, (void *)on_intr},
        {UC_HOOK_INSN_INVALID, (void *)on_invalid},
    };
    uc_err err = UC_ERR_OK;
    for (unsigned i = 0; i < sizeof hooks / sizeof hooks[0] && err == UC_ERR_OK; i++) {
        uc_hook hook = 0;
        err = uc_hook_add(cpu->uc, &hook, hooks[i].type, hooks[i].callback, cpu, (uint64_t)1,
                          (uint64_t)0);
    }
    return err;
}

enum sim_status engine_open(struct sim_cpu *cpu, struct sim_error *error)
{
    uc_err err = uc_open(UC_ARCH_ARM, (uc_mode)(UC_MODE_THUMB | UC_MODE_MCLASS), &cpu->uc);
    if (err == UC_ERR_OK) {
        err = uc_ctl_set_cpu_model(cpu->uc, UC_CPU_ARM_CORTEX_M33);
    }
    if (err == UC_ERR_OK) {
        err = uc_ctl_tlb_mode(cpu->uc, UC_TLB_VIRTUAL);
    }
    if (err == UC_ERR_OK) {
        err = map_memories(cpu);
    }
    if (err == UC_ERR_OK) {
        err = add_hooks(cpu);
    }
    if (err == UC_ERR_OK) {
        run_stub(cpu, STUB_BXNS, STUB_ADDR + STUB_END);
        run_stub(cpu, STUB_FP, 0);
    }
    if (err != UC_ERR_OK || cpu->failed) {
        return sim_fail(error, SIM_ERROR_INTERNAL, "Unicorn cannot be used: %s", uc_strerror(err));
    }
    return SIM_OK;
}

void engine_close(struct sim_cpu *cpu)
{
    if (cpu->uc != NULL) {
        (void)uc_close(cpu->uc);
    }
}

const char *cpu_engine_version(void)
{
    static char text[32];
    unsigned major = 0;
    unsigned minor = 0;
    const unsigned version = uc_version(&major, &minor);
    (void)snprintf(text, sizeof text, "Unicorn %u.%u.%u", major, minor, (version >> 8) & 0xFFu);
    return text;
}
