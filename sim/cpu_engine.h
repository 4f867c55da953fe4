/* struct sim_cpu, shared by cpu_*.c. Nothing of the engine shows here. */
#pragma once

#include <stdatomic.h>

#include "cpu_debug.h"
#include "cpu_pages.h"

#define CPU_MEMO_ENTRIES  4096u
#define CPU_COUNT_ENTRIES 16384u
#define CPU_OPEN_MAX      256u

/** Where windows to devices stand in the engine's physical space; see cpu_map.c. */
#define CPU_PHYS_LOW_WINDOW 0x60000000u
#define CPU_PHYS_LOW_BYTES  0x10000000u

/** Rights of a page in the present state, as far as they are the same all over the page. */
#define CPU_READ_DIRECT  0x01u
#define CPU_WRITE_DIRECT 0x02u
#define CPU_FETCH_DIRECT 0x04u
#define CPU_FETCH_MIXED  0x08u /**< Some of the page may be executed. */
#define CPU_READ_WINDOW  0x10u
#define CPU_WRITE_WINDOW 0x20u
#define CPU_WRITE_MIXED  0x40u /**< Some of the page may be written. */

/** Rights as the engine is told them. */
#define MAP_READ  1u
#define MAP_WRITE 2u
#define MAP_EXEC  4u

/** An answer given before; valid while `generation` is the processor's. */
struct cpu_memo {
    uint32_t key;
    uint32_t generation;
    uint32_t rights;
};

/**
 * A block of instructions, as one number: its address << 16 | its size in bytes. No block is 0.
 * The hook on each block is the processor's hottest code, and compares and notes blocks this way.
 */
typedef uint64_t cpu_block;

static inline uint32_t cpu_block_pc(cpu_block block)
{
    return (uint32_t)(block >> 16);
}

static inline uint32_t cpu_block_size(cpu_block block)
{
    return (uint32_t)block & 0xFFFFu;
}

/**
 * In struct cpu_count: `need` is not 0, or `mixed` and not known to be open at present. The hook on
 * each block then finds another block.
 */
#define CPU_NEEDS (1ull << 63)

/** What is known of a block. */
struct cpu_count {
    cpu_block block; /**< With CPU_NEEDS if it is not enough to know it. */
    uint16_t count;  /**< Its instructions. */
    uint8_t it;      /**< ITSTATE at its start: translation may end a block inside an IT block. */
    bool mixed;      /**< In a page with `mixed_rights`: looked at before it is entered. */
    uint16_t need;   /**< Registers that must be aligned at its start, one bit each. */
    uint16_t lose;   /**< Registers that need not be at its end, although they were at its start. */
};

_Static_assert(sizeof(struct cpu_count) == 16, "the hook on each block finds its entry fast");

/** An instruction on the way through a block. */
struct cpu_step {
    uint32_t addr;
    uint32_t it; /**< ITSTATE. */
    uint16_t first;
    uint16_t second; /**< 0 for a narrow one. */
};

/** The engine's own PC is right. */
#define CPU_PC_EXACT 1u

/** Why the engine stopped. */
enum cpu_reason {
    CPU_NO_REASON = 0,
    CPU_BLOCK,        /**< Before a block: time, an exception, a request. */
    CPU_DATA,         /**< A load or store in `page` needs an exact check. */
    CPU_FETCH,        /**< The page at PC may not be executed. */
    CPU_FETCH_INSIDE, /**< The instruction at PC may not, others of its page may. */
    CPU_WAIT,         /**< The page at PC is in a bank of the flash that is at work. */
    CPU_PREPARE,      /**< The page at PC is to be scanned first. */
    CPU_CODE_CHANGED, /**< The block at PC is not what was scanned. */
    CPU_WRITE_CODE,   /**< A store into `page`, which has been executed. */
    CPU_ALIGN,        /**< The block at PC has accesses whose alignment is to be watched. */
    CPU_EACH,         /**< The block at PC may be executed in part: each instruction is checked. */
    CPU_TRAP,         /**< The instruction at PC is ours. */
    CPU_INVALID,      /**< The engine does not know the instruction at PC. */
    CPU_SVC,
    CPU_BKPT,
    CPU_MAGIC, /**< PC is EXC_RETURN or FNC_RETURN. */
    CPU_STACK_LIMIT,
    CPU_UNALIGNED,
    CPU_DEBUG, /**< A breakpoint, or the end of a step. */
    CPU_OTHER, /**< An exception of the engine that has no meaning here. */
};

/** What the engine has at present, so that only differences are written. */
struct cpu_loaded {
    uint32_t limit;
    uint32_t primask;
    uint32_t ge; /**< Its bits GE. */
    bool privileged;
    bool pages_privileged; /**< Privilege that its answers for pages were given to. */
    bool secure;
    bool negative;
    bool fp_ready;
};

struct uc_struct;
struct sim_cpu;

/** Accesses that have a hook for their alignment: as a rule, and at most. */
#define CPU_ALIGN_USUAL 64u
#define CPU_ALIGN_MAX   (CPU_ALIGN_USUAL + PAGE_BYTES / 2u)

/** An access whose alignment a hook looks at. */
struct cpu_align {
    struct sim_cpu *cpu; /**< NULL: the place is free. */
    uint32_t addr;
    unsigned base; /**< Register it is relative to. */
    size_t hook;
};

/** A load or store of a block, as cpu_device.c sees it. */
struct cpu_access;

/** The accesses of a block. */
struct cpu_accesses {
    cpu_block block;
    uint32_t regs; /**< That their addresses are made of, one bit each. */
    unsigned count;
    unsigned room;
    struct cpu_access *access;
};

#define CPU_DEVICE_BLOCKS 256u

/** What has to be known when a device is reached. */
struct cpu_device {
    struct cpu_accesses blocks[CPU_DEVICE_BLOCKS];
    cpu_block block; /**< In the block entered at that time, what is before `next` is over. */
    uint64_t time;
    unsigned next;
};

/** One of the windows of the engine's physical space. */
struct cpu_window {
    struct sim_cpu *cpu;
    uint32_t base;
};

#define CPU_WINDOWS 3u

struct sim_cpu {
    struct v8m v;
    struct uc_struct *uc;
    struct cpu_window window[CPU_WINDOWS];
    uint16_t stub[PAGE_BYTES]; /**< Two pages of the engine's own. */
    struct cpu_pages pages;

    atomic_bool stop_asked;
    _Atomic uint64_t break_time; /**< The engine stops before the next block from this time on. */
    uint64_t until;              /**< What `break_time` was set to when the engine was entered. */
    bool resuming; /**< In the middle of a block that upkeep has cut, where nothing may intervene:
                         where code has been executed before must not show in time. */
    bool in_engine;
    bool in_stub; /**< Running the engine for its own upkeep. */
    bool frozen;  /**< The engine is to stop, and what it still does is lost. */
    bool failed;
    bool flush_wanted;
    bool counts_stale; /**< `count` is to be emptied before the engine runs again. */
    bool frames_changed;
    bool bus_error; /**< A window's access failed; the fault follows it. */
    enum cpu_reason reason;
    uint32_t page;
    uint32_t stop_pc; /**< PC as a hook knows it, or: */
    struct cpu_loaded loaded;
    struct cpu_page *shed; /**< Its FP hooks are no longer needed. */
    struct cpu_align align[CPU_ALIGN_MAX];
    unsigned aligns;       /**< Places taken so far, in turn. */
    unsigned align_oldest; /**< The first of those that may still be taken. */
    uint32_t align_size;   /**< Of the block that CPU_ALIGN is about. */
    cpu_block align_block; /**< The last block whose registers were found aligned; 0: none. */
    uint64_t align_time;   /**< At its end. */
    bool refuse_next;      /**< The access in flight is unaligned: its next part is refused. */
    struct cpu_device device;
    struct cpu_debug debug;

    struct sim_gate gate;

    cpu_block block;     /**< The block that the engine is in; 0: it entered none in this run. */
    uint32_t block_it;   /**< ITSTATE at its start, unless the table has it. */
    uint32_t entry_xpsr; /**< xPSR that this run of the engine began with. */
    unsigned mixed_use_pages;
    uint32_t generation;  /**< Of the rules that decide on rights. */
    uint32_t generations; /**< How many there have been; a snapshot may bring an older one back. */
    struct v8m_known known[V8M_KNOWN];
    struct cpu_memo memo[CPU_MEMO_ENTRIES];
    struct cpu_count count[CPU_COUNT_ENTRIES];
    unsigned opens;
    uint16_t open[CPU_OPEN_MAX]; /**< Entries of `count` without CPU_NEEDS, though `mixed`. */
};

_Static_assert(CPU_COUNT_ENTRIES <= 1u << 16, "an index of `count` fits in `open`");

/* cpu_map.c: answers for pages, and accesses through windows. */

/** Rights of the page at `vpage` for the state that executes. */
uint32_t map_rights(struct sim_cpu *cpu, uint32_t vpage);
/**
 * Answers the engine's question for a page. Refusing, it leaves the reason in `cpu->reason`.
 */
bool map_fill(struct sim_cpu *cpu, uint32_t vpage, enum sim_access_kind kind, uint32_t *paddr,
              unsigned *perms);
/** Answers for our own upkeep: where the page is. @return false: nowhere */
bool map_plain(const struct sim_cpu *cpu, uint32_t vpage, uint32_t *paddr);
/** Where the engine finds a place of memory, and a window. */
uint32_t map_phys(const struct sim_cpu *cpu, const struct cpu_place *place);
bool map_window(uint32_t vpage, uint32_t *paddr);
/** An access through a window, of 1 to 8 bytes. */
uint64_t map_window_read(struct sim_cpu *cpu, uint32_t paddr, unsigned size);
void map_window_write(struct sim_cpu *cpu, uint32_t paddr, unsigned size, uint64_t value);
/** Checks one instruction of a page with mixed rights. */
bool map_fetch_allowed(struct sim_cpu *cpu, uint32_t addr, unsigned size);
/** Whether all of a block may be executed, and fetching it has no other effect. */
bool map_block_open(const struct sim_cpu *cpu, uint32_t addr, uint32_t size);
/** Whether the instruction at `addr` is one that may not be executed; has no effect. */
bool map_fetch_refused(const struct sim_cpu *cpu, uint32_t addr, unsigned size);

/* cpu_blocks.c: what the engine runs through, block by block. */

/** Reads the instruction at `step->addr`, and goes to the next one. */
void blocks_fetch(const struct sim_cpu *cpu, struct cpu_step *step);
void blocks_next(struct cpu_step *step);
/** Instructions from `addr` to `addr + size`. */
unsigned blocks_count(const struct sim_cpu *cpu, uint32_t addr, uint32_t size);
/**
 * Enters a block that the table does not know, or that the time has come to stop at.
 * @return why the engine must stop before it, or CPU_NO_REASON
 */
enum cpu_reason blocks_enter(struct sim_cpu *cpu, uint32_t addr, uint32_t size);
/**
 * ITSTATE at `addr`, where the engine stands or enters a block. The engine has it in its
 * translation only: what a hook finds in xPSR is zero. Who jumps, jumps to no IT block.
 */
uint32_t blocks_it_at(const struct sim_cpu *cpu, uint32_t addr);

/** What is known of the block that the engine is in; NULL: nothing. */
const struct cpu_count *blocks_current(const struct sim_cpu *cpu);
/** What is known of the blocks that begin at an address no longer holds. */
void blocks_forget(struct sim_cpu *cpu, uint32_t addr);
/** Blocks in pages with mixed rights are to be looked at anew: the engine asks for pages again. */
void blocks_close(struct sim_cpu *cpu);

/** Enters a block that the table knows: the processor's hottest code. @return whether it did */
static inline bool blocks_enter_known(struct sim_cpu *cpu, uint64_t addr, uint32_t size)
{
    const cpu_block block = addr << 16 | size;
    const struct cpu_count *entry = &cpu->count[(addr >> 1) % CPU_COUNT_ENTRIES];
    if (entry->block != block ||
        cpu->v.time >= atomic_load_explicit(&cpu->break_time, memory_order_relaxed)) {
        return false;
    }
    cpu->v.time += entry->count;
    cpu->block = block;
    return true;
}

/* cpu.c */

/** Ends the run for a defect of ours or the engine's, with a line in the journal. */
void cpu_defect(struct sim_cpu *cpu, const char *what);

/* cpu_unicorn.c */

SIM_MUST_USE enum sim_status engine_open(struct sim_cpu *cpu, struct sim_error *error);
void engine_close(struct sim_cpu *cpu);
/** Runs until something stops the engine: `cpu->reason`. @return false on a defect. */
bool engine_run(struct sim_cpu *cpu);
/** Makes the engine ask for every page again. */
void engine_flush(struct sim_cpu *cpu);
void engine_fp_read(struct sim_cpu *cpu, uint32_t s[32], uint32_t *fpscr);

/** Keeps what the engine alone knows, such as its FP registers. @return NULL: out of memory */
void *engine_save(struct sim_cpu *cpu);
void engine_restore(struct sim_cpu *cpu, const void *saved);
void engine_save_free(void *saved);

/** A hook on instructions, called before each with its address and size. */
typedef void cpu_hook_fn(struct uc_struct *uc, uint64_t addr, uint32_t size, void *context);

bool engine_hook(struct sim_cpu *cpu, uint32_t first, uint32_t last, cpu_hook_fn *callback,
                 void *context, size_t *handle);
void engine_unhook(struct sim_cpu *cpu, size_t handle);
/** Drops what the engine has translated of a page, so that new hooks act and old ones do not. */
void engine_forget(struct sim_cpu *cpu, uint32_t vpage);
/** R0 to R15 as the engine has them now. */
uint32_t engine_reg(struct sim_cpu *cpu, unsigned n);
/** Those of a set, one bit each, to their places in `values`. */
void engine_regs(struct sim_cpu *cpu, uint32_t set, uint32_t values[16]);
/** Stops it from a hook that knows where it is: its own PC may be that of an earlier block. */
void engine_stop_at(struct sim_cpu *cpu, enum cpu_reason reason, uint32_t pc);

/* cpu_upkeep.c */

/** Scans the page at PC for what must be trapped in the present state. */
void upkeep_prepare(struct sim_cpu *cpu, uint32_t vpage);
/** What was known about a frame's instructions no longer holds, through either alias. */
void upkeep_drop_frame(struct sim_cpu *cpu, unsigned index);
/** Each instruction of a page with mixed rights is checked from now on. */
void upkeep_check_each(struct sim_cpu *cpu, uint32_t vpage);
/** FP instructions of the page `cpu->shed` run free again. */
void upkeep_shed_fp(struct sim_cpu *cpu);

/* cpu_align.c */

/**
 * What a block asks of the alignment of registers, and does to it: `need` and `lose`.
 * @return false: it has accesses that need a hook
 */
bool align_facts(const struct sim_cpu *cpu, uint32_t addr, uint32_t size, struct cpu_count *facts);
/** Whether the registers are aligned that must be, at the start of a block. */
bool align_met(struct sim_cpu *cpu, const struct cpu_count *facts);
/** Puts hooks on those accesses of the block at PC of which nothing else can be said. */
void align_watch(struct sim_cpu *cpu, uint32_t addr, uint32_t size);
void align_drop_page(struct sim_cpu *cpu, struct cpu_page *page);

/* cpu_rss.c */

/** An instruction that is undefined: takes care of it if it is a service of the boot ROM. */
bool cpu_rss_trap(struct sim_cpu *cpu);

/* cpu_device.c */

/** Whether an access that a window sees is the first part of one that the engine has split. */
bool device_unaligned(struct sim_cpu *cpu, uint32_t addr, unsigned size, bool write);
/** What is known of blocks no longer holds. */
void device_forget(struct sim_cpu *cpu);
void device_fini(struct sim_cpu *cpu);
