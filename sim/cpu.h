/*
 * The processor: a Cortex-M33 with TrustZone, FPU, 12 Secure and 8 Non-secure MPU regions, 8 SAU
 * regions, 131 interrupts with 4 priority bits.
 *
 * cpu_unicorn.c executes instructions and is the only file that knows the engine. The Armv8-M
 * system level stands in cpu_v8m_*.c over the struct of cpu_v8m.h. The processor reaches memory
 * and devices through bus.h only.
 */
#pragma once

#include <garrison/sim_debug.h>

#include "bus.h"

struct sim_cpu;

/** Makes the processor of a chip. @return NULL with the reason in `error`. */
struct sim_cpu *cpu_new(struct sim_chip *chip, struct sim_error *error);
void cpu_free(struct sim_cpu *cpu);

/** Resets: registers, system level; then Secure state, MSP and PC from `vtor` (Secure address). */
void cpu_reset(struct sim_cpu *cpu, uint32_t vtor_s, uint32_t vtor_ns);

/**
 * Runs for at most `insns` instructions, calling chip_advance() as virtual time passes.
 * Returns SIM_STOP_INSNS, _ASKED (cpu_stop() was called), _IDLE, _LOCKUP or _ERROR.
 */
enum sim_stop cpu_run(struct sim_cpu *cpu, uint64_t insns);

/** Makes cpu_run() return at the next block. Safe from callbacks and signal handlers. */
void cpu_stop(struct sim_cpu *cpu);

/* What the chip tells the processor (struct chip_listener). */
void cpu_irq(struct sim_cpu *cpu, unsigned irq, bool level);
void cpu_nmi(struct sim_cpu *cpu);
void cpu_map_changed(struct sim_cpu *cpu);
void cpu_memory_changed(struct sim_cpu *cpu, enum chip_memory_id id, uint32_t off, uint32_t len);
void cpu_deadline(struct sim_cpu *cpu);
void cpu_flash_busy(struct sim_cpu *cpu);

/** The processor between two runs, without its memories; sim/snapshot.c. */
struct cpu_snapshot;
/** @return NULL when the host has no memory left. */
struct cpu_snapshot *cpu_snapshot_take(struct sim_cpu *cpu);
/** Memories, devices and time must already be those of the snapshot. */
void cpu_snapshot_restore(struct sim_cpu *cpu, const struct cpu_snapshot *snapshot);
void cpu_snapshot_free(struct cpu_snapshot *snapshot);

/** State for the journal: security, privilege and PC (of the block, if within a device access). */
void cpu_where(const struct sim_cpu *cpu, struct sim_attr *attr, uint32_t *pc);

uint32_t cpu_reg_read(struct sim_cpu *cpu, enum sim_reg reg);
void cpu_reg_write(struct sim_cpu *cpu, enum sim_reg reg, uint32_t value);

/** Sets the gate of a host in the Secure side's place. */
void cpu_set_gate(struct sim_cpu *cpu, const struct sim_gate *gate);

/** An access to the private peripherals by code of these attributes, between two runs. */
void cpu_private_access(struct sim_cpu *cpu, struct sim_access *access);

/**
 * Memory that code of these attributes may reach, all of it in one piece, and where in which memory
 * it is. @return NULL: it may not
 */
const struct chip_memory *cpu_reachable(struct sim_cpu *cpu, struct sim_attr attr,
                                        enum sim_access_kind kind, uint32_t addr, size_t len,
                                        uint32_t *off);

/* cpu_debug.c: for the public API of garrison/sim_debug.h. */

/** @return false: there is no place for another one */
bool cpu_break_set(struct sim_cpu *cpu, uint32_t addr);
void cpu_break_clear(struct sim_cpu *cpu, uint32_t addr);
bool cpu_watch_set(struct sim_cpu *cpu, const struct sim_debug_watch *watch);
void cpu_watch_clear(struct sim_cpu *cpu, const struct sim_debug_watch *watch);
void cpu_debug_attach(struct sim_cpu *cpu, bool attached);
void cpu_debug_catch(struct sim_cpu *cpu, bool faults);
/** How the next run goes on: SIM_DEBUG_STEP, SIM_DEBUG_HALT, or SIM_DEBUG_NONE for freely. */
void cpu_debug_go(struct sim_cpu *cpu, enum sim_debug_kind kind);
void cpu_debug_why(const struct sim_cpu *cpu, struct sim_debug_stop *stop);
bool cpu_debug_visible(const struct sim_cpu *cpu);
/** Whose an address is, by SAU and IDAU. */
void cpu_debug_place(struct sim_cpu *cpu, uint32_t addr, struct sim_debug_place *place);
/** FP registers. @return false: they hold what is Secure, and that is closed */
bool cpu_fp_read(struct sim_cpu *cpu, uint32_t s[32], uint32_t *fpscr);
bool cpu_fp_write(struct sim_cpu *cpu, const uint32_t s[32], uint32_t fpscr);

/** Function symbol for an address, from the ELF files the user gave; the buffer is the caller's. */
typedef void cpu_symbol_fn(void *context, uint32_t addr, char *text, size_t size);
void cpu_set_symbols(struct sim_cpu *cpu, cpu_symbol_fn *symbol, void *context);

/** "Unicorn 2.1.1". */
const char *cpu_engine_version(void);
