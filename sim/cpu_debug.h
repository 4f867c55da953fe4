/*
 * What a debugger holds of the processor: breakpoints, watchpoints, a step, a wish to halt.
 *
 * A breakpoint is a hook of the engine on one instruction, so memory keeps its bytes. A page with a
 * watchpoint is closed to the engine, and its loads and stores are done one by one. Where a stop cuts
 * a block, the rest of the block goes on as if it had not been cut: interrupts and devices find the
 * same points in time with a debugger as without.
 */
#pragma once

#include "cpu.h"

#define DEBUG_BREAKS  64u
#define DEBUG_WATCHES 16u

struct cpu_break {
    struct sim_cpu *cpu; /**< NULL: the place is free. */
    uint32_t addr;
    uint32_t last; /**< Last instruction that the hook is on. */
    size_t hook;
};

enum debug_mode {
    DEBUG_FREE = 0, /**< Runs; breakpoints and watchpoints act. */
    DEBUG_STEP,     /**< Stops after the next instruction; watchpoints act. */
    DEBUG_PASS,     /**< Does the next instruction, whatever is set on it; then DEBUG_FREE. */
};

struct cpu_debug {
    bool attached;    /**< BKPT comes to the debugger. */
    bool halt_wanted; /**< As soon as the state may be halted. */
    bool inside;      /**< The last stop has cut a block, whose rest comes next. */
    bool done;        /**< The instruction of DEBUG_STEP or DEBUG_PASS is over. */
    bool catch_faults;
    bool pass_fault; /**< It has been stopped for the fault before, which is taken now. */
    bool pass_watch; /**< It has been stopped for its access before, and is let through now. */
    enum debug_mode mode;
    struct sim_debug_stop stop; /**< Why it stops as soon as it may; kind NONE: it does not. */
    uint64_t rest_time;         /**< Time at the end of the rest of a block that was cut. */
    struct cpu_break at[DEBUG_BREAKS];
    struct cpu_break next; /**< Behind the instruction that is stepped. */
    struct sim_debug_watch watch[DEBUG_WATCHES];
    unsigned watches;
};

/* For cpu.c and cpu_map.c. */

/** Before a run. @return whether it begins with the rest of a block */
bool debug_begin(struct sim_cpu *cpu);
/** Before the engine runs in a mode for one instruction; `until` is then no later than its end. */
void debug_arm(struct sim_cpu *cpu, uint64_t *until);
/**
 * The engine has stopped; time was `start` before. @return whether the one instruction of a mode is
 * over, so that what stopped the engine after it is none of its business
 */
bool debug_over(struct sim_cpu *cpu, uint64_t start);
/** What stopped the engine has been answered. */
void debug_ran(struct sim_cpu *cpu, uint64_t start);
/** Whether the exception that is due is a fault to stop for, before it is taken. */
bool debug_fault(struct sim_cpu *cpu);
/** An exception may have been taken: the registers were these. */
void debug_entered(struct sim_cpu *cpu, uint32_t pc, uint32_t xpsr);
/** Whether the processor stops now. */
bool debug_due(struct sim_cpu *cpu);
/** Whether the place where the engine was stopped is within a block. */
bool debug_inside(const struct sim_cpu *cpu);
/** BKPT at PC. @return whether the debugger has it */
bool debug_bkpt(struct sim_cpu *cpu);
/**
 * Does the instruction at PC, whose access to `page` the engine was refused, or which it lacks.
 * @param inside  whether it is within a block
 */
void debug_emulate(struct sim_cpu *cpu, uint32_t page, bool inside);
/** The rights of a page, without those to data if it is watched. */
uint32_t debug_page_rights(const struct sim_cpu *cpu, uint32_t vpage, uint32_t rights);
/** An access to be done: a watchpoint on it stops the processor before. */
bool debug_watched(struct sim_cpu *cpu, uint32_t addr, unsigned size, bool write);

/* For the public API. */

bool debug_visible(const struct sim_cpu *cpu);
/** The state has been changed from outside: nothing of a block is to be gone on with. */
void debug_forget(struct sim_cpu *cpu);
