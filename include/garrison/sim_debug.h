/*
 * A debugger's hand on the simulated chip: what it may see, breakpoints, watchpoints, single steps.
 *
 * Conventions are those of garrison/sim.h. Nothing here changes the bytes of a memory or what the
 * code finds in time and registers: a run with breakpoints that is gone on with is the same run.
 *
 * What is open is what sim_debug_access() says at the moment. Where that is Non-secure code only, the
 * processor is not stopped in Secure state: a stop that falls due there comes with the next
 * Non-secure instruction, as DHCSR.C_HALT does on Armv8-M without Secure debug.
 */
#pragma once

#include <garrison/sim.h>

GARRISON_ABI_BEGIN

/** Whether the processor stands in a state that the debugger may look at. */
SIM_EXPORT bool sim_debug_visible(const struct sim *sim);

enum sim_debug_kind {
    SIM_DEBUG_NONE = 0,
    SIM_DEBUG_HALT,  /**< sim_debug_halt(). */
    SIM_DEBUG_STEP,  /**< sim_debug_step(). */
    SIM_DEBUG_BREAK, /**< A breakpoint: the instruction at PC has not been executed. */
    SIM_DEBUG_BKPT,  /**< The instruction at PC is BKPT. */
    SIM_DEBUG_FAULT, /**< A fault: its exception is due, and the processor stands at its cause. */
    SIM_DEBUG_WATCH, /**< A watchpoint: the instruction at PC is about to touch what is watched. */
};

/** Why a run returned SIM_STOP_DEBUG. */
struct sim_debug_stop {
    enum sim_debug_kind kind;
    uint32_t addr;   /**< First watched byte that is touched. */
    bool write;      /**< It is about to be written. */
    bool reads;      /**< The watchpoint is for reads ... */
    bool writes;     /**< ... for writes, or both. */
    char fault[300]; /**< Which one, with its status bits: "SecureFault: SFSR.AUVIOL". */
};
SIM_EXPORT void sim_debug_why(const struct sim *sim, struct sim_debug_stop *stop);

/** Whether a debugger is there: BKPT then stops. Leaving removes all that was set. */
SIM_EXPORT void sim_debug_attach(struct sim *sim, bool attached);

/** Whether faults stop the processor before their exception is taken. */
SIM_EXPORT void sim_debug_catch(struct sim *sim, bool faults);

/**
 * Stops sim_run() with SIM_STOP_DEBUG before the instruction at `addr`. Set twice is set once.
 * @return SIM_ERROR_REFUSED: debug is closed there;
 *         SIM_ERROR_USAGE: too many are set, or there is no memory
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_debug_break_set(struct sim *sim, uint32_t addr,
                                                            struct sim_error *error);
SIM_EXPORT void sim_debug_break_clear(struct sim *sim, uint32_t addr);

/** Bytes whose access by a load or store is to stop the processor before it happens. */
struct sim_debug_watch {
    uint32_t addr;
    uint32_t len; /**< 1 or more. */
    bool reads;
    bool writes;
};

/** @return SIM_ERROR_REFUSED, SIM_ERROR_USAGE: as for breakpoints. Set twice is set once. */
SIM_EXPORT SIM_MUST_USE enum sim_status
sim_debug_watch_set(struct sim *sim, const struct sim_debug_watch *watch, struct sim_error *error);
SIM_EXPORT void sim_debug_watch_clear(struct sim *sim, const struct sim_debug_watch *watch);

/**
 * How the next sim_run() goes on. Each forgets what the one before asked for.
 * - resume: freely; what is set on the instruction at PC does not stop it again.
 * - step: for one instruction, or the entry into an exception; sleep included.
 * - halt: not at all, as soon as the state may be halted.
 */
SIM_EXPORT void sim_debug_resume(struct sim *sim);
SIM_EXPORT void sim_debug_step(struct sim *sim);
SIM_EXPORT void sim_debug_halt(struct sim *sim);

/**
 * Reads or writes as a debugger does: with the security that is open, as privileged code, without
 * the MPU, through the filters of the chip; a device feels it. Flash is not written this way.
 *
 * @param done  out: bytes before the first one that is refused
 * @return SIM_ERROR_REFUSED, with the reason
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_debug_read(struct sim *sim, uint32_t addr,
                                                       uint8_t *data, size_t len, size_t *done,
                                                       struct sim_error *error);
SIM_EXPORT SIM_MUST_USE enum sim_status sim_debug_write(struct sim *sim, uint32_t addr,
                                                        const uint8_t *data, size_t len,
                                                        size_t *done, struct sim_error *error);

/** Whose an address is, for code and data, by SAU and IDAU. */
struct sim_debug_place {
    bool secure;
    bool callable; /**< Secure, and Non-secure code may enter here. */
    uint32_t last; /**< The same holds up to here. */
};
SIM_EXPORT void sim_debug_place(struct sim *sim, uint32_t addr, struct sim_debug_place *place);

/**
 * Erases the sector of flash at an address, or programs quad-words, through the flash controller as
 * a loader would: its rules hold, virtual time passes. `addr` is a sector's, or a quad-word's.
 *
 * @return SIM_ERROR_REFUSED, with the reason
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_debug_flash_erase(struct sim *sim, uint32_t addr,
                                                              struct sim_error *error);
SIM_EXPORT SIM_MUST_USE enum sim_status sim_debug_flash_program(struct sim *sim, uint32_t addr,
                                                                const uint8_t *data, size_t len,
                                                                struct sim_error *error);

/** FP registers S0 to S31 and FPSCR. @return false: they hold what is Secure, and that is closed */
SIM_EXPORT bool sim_debug_fp_read(struct sim *sim, uint32_t s[32], uint32_t *fpscr);
SIM_EXPORT bool sim_debug_fp_write(struct sim *sim, const uint32_t s[32], uint32_t fpscr);

GARRISON_ABI_END
