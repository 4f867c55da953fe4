/*
 * The simulated STM32H573.
 *
 * A `struct sim` is one chip with its memories, devices and, if asked for, its processor. Its
 * non-volatile state lives in a device file (docs/SPEC.md, "Device file") or in memory.
 *
 * Conventions of this header
 * - Pointers are never NULL unless the function says so. Strings are UTF-8 and NUL-terminated.
 * - What is passed in is copied; what is returned by pointer belongs to the simulator and lives
 *   until the next call on the same `struct sim`, unless the function says otherwise.
 * - Addresses (`addr`) are the chip's own, Non-secure or Secure alias. Lengths are bytes.
 * - Virtual time counts executed instructions; two runs with the same device state, images and
 *   inputs are the same run, byte for byte in their journals.
 * - A function that can fail returns an `enum sim_status` and, on failure, leaves one line in
 *   words in the `struct sim_error` it was given (which may be NULL).
 * - A `struct sim` may be used by one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/** Marks a result that must not be ignored. */
#define SIM_MUST_USE __attribute__((warn_unused_result))

/** Marks what libgarrison-sim exports. */
#define SIM_EXPORT __attribute__((visibility("default")))

enum sim_status {
    SIM_OK = 0,
    SIM_ERROR_USAGE,    /**< The caller's configuration or argument is wrong. */
    SIM_ERROR_FILE,     /**< A file is missing, unreadable, damaged or not of our kind. */
    SIM_ERROR_BUSY,     /**< The device file is in use by another simulator. */
    SIM_ERROR_MEMORY,   /**< The host has no memory left. */
    SIM_ERROR_INTERNAL, /**< A defect of the simulator or of its engine. */
    SIM_ERROR_REFUSED,  /**< The chip does not let whoever asks. */
};

/** The reason of a failure: one line without a newline, naming file, place and cause. */
struct sim_error {
    char text[512];
};

struct sim;

/** Security and privilege of an access, or of the processor. */
struct sim_attr {
    bool secure;     /**< Secure state, or a Secure transaction. */
    bool privileged; /**< Privileged state, or a privileged transaction. */
};

enum sim_access_kind {
    SIM_READ = 0,
    SIM_WRITE = 1,
    SIM_FETCH = 2,
};

enum sim_event_kind {
    SIM_EVENT_BOOT = 0,    /**< The boot ROM has started a stage, or the HDPL has been raised. */
    SIM_EVENT_RESET = 1,   /**< A reset, with its cause. */
    SIM_EVENT_REFUSED = 2, /**< An access was refused: who, what, which filter, why. */
    SIM_EVENT_FAULT = 3,   /**< An exception for a fault was taken, or the processor locked up. */
    SIM_EVENT_FLASH = 4,   /**< A flash, option-byte, OBK or OTP operation that failed. */
    SIM_EVENT_CONSOLE = 5, /**< A line that a UART sent: "USART1: ..." */
    SIM_EVENT_BLOCK = 6,   /**< First touch of a block that is not modelled. */
    SIM_EVENT_NOTE = 7,    /**< Anything else worth a line. */
};

/** One event of the journal. */
struct sim_event {
    uint64_t time;            /**< Instructions executed since the device was last powered. */
    uint32_t boot;            /**< Number of the boot since the device was made, from 1. */
    enum sim_event_kind kind; /**< What sort of event. */
    uint8_t hdpl;             /**< Temporal isolation level at the event, 0 to 3. */
    bool has_cpu;             /**< Whether `attr` and `pc` say something. */
    struct sim_attr attr;     /**< State of the processor. */
    uint32_t pc;              /**< Address of the instruction concerned. */
    const char *text;         /**< One line in words. */
};

/** Called for each event as it happens; must not call back into the simulator. */
typedef void sim_event_fn(void *context, const struct sim_event *event);

/** Called with each byte a UART sends; `uart` is 1 for USART1. Must not call back. */
typedef void sim_uart_fn(void *context, unsigned uart, uint8_t byte);

/** What a chip is opened with. Zero-initialise it; every zero is a sound default. */
struct sim_config {
    const char *device_path; /**< Device file; NULL: a virgin chip in memory, gone at close. */
    bool ephemeral;          /**< Read the device file, write nothing back. */
    bool no_cpu;             /**< No processor: devices are driven with sim_access() only. */
    bool strict_blocks;      /**< Touching a block that is not modelled is a bus error. */
    uint64_t seed;           /**< Seed of the entropy source; 0: the device's own. */
    sim_event_fn *on_event;  /**< May be NULL. */
    sim_uart_fn *on_uart;    /**< May be NULL. */
    void *context;           /**< Passed to both callbacks. */
};

/**
 * Opens a chip, powered off. With a device path, the file is locked until sim_close().
 *
 * @return SIM_OK and the chip in `*out`, to be given to sim_close();
 *         SIM_ERROR_FILE: missing, damaged or foreign device file, which is left untouched;
 *         SIM_ERROR_BUSY: another simulator has the file open;
 *         SIM_ERROR_MEMORY, SIM_ERROR_INTERNAL.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_open(const struct sim_config *config, struct sim **out,
                                                 struct sim_error *error);

/** What makes one chip differ from another of its kind. */
struct sim_identity {
    uint8_t uid[12];    /**< Unique device id. */
    uint8_t secret[32]; /**< Root of the keys that only this chip has. */
    uint64_t seed;      /**< First seed of its entropy source. */
};

/**
 * Makes the device file of a virgin chip: erased, OPEN, TrustZone off.
 *
 * @return SIM_ERROR_FILE: the path exists already, or cannot be written; nothing is left behind.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status
sim_create(const char *path, const struct sim_identity *identity, struct sim_error *error);

/**
 * Gives a device file that no simulator has open another name, in one step.
 *
 * @param replace  whether a device file that has that name, damaged or not, is replaced
 * @return SIM_ERROR_FILE: the name is taken, by a device file or by anything else, or cannot be
 *         given; SIM_ERROR_BUSY: a simulator has the file of that name open. Nothing is changed.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_rename(const char *made, const char *path, bool replace,
                                                   struct sim_error *error);

/** Commits the non-volatile state and frees the chip. NULL does nothing. */
SIM_EXPORT void sim_close(struct sim *sim);

/**
 * Writes what the chip has stored so far to the device file. Also done before any byte leaves a
 * UART, at each reset and at close, so that killing the simulator leaves a state that the chip
 * could have had. Journal events since the last commit are lost with a kill.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_commit(struct sim *sim, struct sim_error *error);

/** Power-on reset: volatile memory is lost, HDPL is 0, the boot ROM decides what starts. */
SIM_EXPORT void sim_power_on(struct sim *sim);

/**
 * Runs the boot ROM of a chip without a processor, after sim_power_on(), a reset, or the end of debug
 * authentication. With a processor sim_run() does it.
 *
 * @param vectors  out: vector table of what it starts
 * @return whether it starts anything; if not, the journal says why: it may be at work (a regression,
 *         debug authentication), which sim_advance() lets it be
 */
SIM_EXPORT SIM_MUST_USE bool sim_boot(struct sim *sim, uint32_t *vectors);

/** Why sim_run() returned. */
enum sim_stop {
    SIM_STOP_INSNS = 0,  /**< The given number of instructions has been executed. */
    SIM_STOP_ASKED = 1,  /**< sim_stop() was called. */
    SIM_STOP_RESET = 2,  /**< The chip was reset and stands before its next boot. */
    SIM_STOP_IDLE = 3,   /**< WFI or WFE with nothing left that could ever wake it; or the boot ROM
                              waits for the host of debug authentication. */
    SIM_STOP_LOCKUP = 4, /**< The processor locked up; only a reset helps. */
    SIM_STOP_HALTED = 5, /**< The boot ROM found nothing it may start. */
    SIM_STOP_ERROR = 6,  /**< The engine failed: a defect, described in the journal. */
    SIM_STOP_DEBUG = 7,  /**< For a debugger: garrison/sim_debug.h. */
};

/**
 * Runs the processor from where it stands for at most `insns` instructions (may overshoot by one
 * translated block). A reset ends the run; the next sim_run() boots.
 */
SIM_EXPORT enum sim_stop sim_run(struct sim *sim, uint64_t insns);

/** Flash operations that have begun since power-on: writes of a quad-word, erases, OBK swaps ... */
SIM_EXPORT uint64_t sim_flash_operations(const struct sim *sim);

/**
 * Makes sim_run() return with SIM_STOP_ASKED while flash operation `number` since power-on, counted
 * from 1, is under way; 0: not at all. sim_power_on() then cuts that operation.
 */
SIM_EXPORT void sim_flash_stop(struct sim *sim, uint64_t number);

/** Makes the current or next sim_run() return soon. Safe from callbacks and signal handlers. */
SIM_EXPORT void sim_stop(struct sim *sim);

/** Instructions executed since power-on. */
SIM_EXPORT uint64_t sim_time(const struct sim *sim);

/** Gives one byte to a UART's receiver, as if it had arrived on the pin. */
SIM_EXPORT void sim_uart_send(struct sim *sim, unsigned uart, uint8_t byte);

/** One access on the chip's bus. */
struct sim_access {
    enum sim_access_kind kind; /**< SIM_READ or SIM_WRITE (SIM_FETCH reads). */
    uint32_t addr;             /**< Non-secure or Secure alias. */
    uint8_t size;              /**< 1, 2 or 4. */
    struct sim_attr attr;      /**< Of the transaction. */
    uint32_t value;            /**< Written value, or the value read. */
};

/** How the bus answered. */
enum sim_answer {
    SIM_ANSWER_OK = 0,      /**< Done. */
    SIM_ANSWER_IGNORED = 1, /**< Refused silently: reads are zero, writes are lost. */
    SIM_ANSWER_ERROR = 2,   /**< Bus error. */
};

/**
 * Performs one access as a bus master with the given attributes would: every filter of the chip
 * applies (the processor's own SAU and MPU do not). Refusals are in the journal. The processor's
 * private peripherals, from 0xE0000000 to 0xE00FFFFF, answer as to its own code, between two runs.
 */
SIM_EXPORT enum sim_answer sim_access(struct sim *sim, struct sim_access *access);

/** Lets virtual time pass without executing: devices finish what they are doing. */
SIM_EXPORT void sim_advance(struct sim *sim, uint64_t ticks);

/**
 * Reads or writes memory behind all filters, as the host may and no chip does. Writing flash this
 * way leaves it as if erased and programmed. Only flash, OTP, OBK, SRAM and backup SRAM.
 *
 * @return SIM_ERROR_USAGE: the range is not wholly within one of those memories.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_peek(struct sim *sim, uint32_t addr, uint8_t *data,
                                                 size_t len, struct sim_error *error);
SIM_EXPORT SIM_MUST_USE enum sim_status
sim_poke(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len, struct sim_error *error);

/**
 * Option words, by the name of their register in the reference manual without "FLASH_" and "_CUR":
 * "OPTSR", "OPTSR2", "SECBOOTR", "SECWM1R", "WRP1R", "HDP1R" ... Writing takes effect at once, as
 * a programming tool's option-byte load does, with none of the chip's own rules.
 *
 * @return SIM_ERROR_USAGE: no such option word.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_option_read(struct sim *sim, const char *name,
                                                        uint32_t *value, struct sim_error *error);
SIM_EXPORT SIM_MUST_USE enum sim_status sim_option_write(struct sim *sim, const char *name,
                                                         uint32_t value, struct sim_error *error);

/** Name of the option word with that index, from 0; NULL behind the last. */
SIM_EXPORT const char *sim_option_name(unsigned index);

/** What a chip is and has been through, for reports. */
struct sim_state {
    uint8_t uid[12];
    uint32_t boots;            /**< Boots since the device was made. */
    const char *product_state; /**< "OPEN", "TZ-CLOSED" ... or "INVALID". */
    bool trustzone;            /**< Whether the option bytes enable it. */
    unsigned hdpl;             /**< 0 before the first boot of this run. */
    uint32_t backup[32];       /**< TAMP backup registers. */
    uint32_t sectors_used;     /**< Flash sectors with at least one programmed quad-word. */
};
SIM_EXPORT void sim_state_get(const struct sim *sim, struct sim_state *state);

/**
 * What debug is open for at this moment: by product state, and by what debug authentication has
 * opened. It changes with resets, HDPL, and writes of the firmware: ask again before each access.
 */
struct sim_debug_access {
    bool trustzone;   /**< Whether there is a Secure world; if not, `nonsecure` speaks for all. */
    bool nonsecure;   /**< Non-secure code may be halted, its registers and memory accessed. */
    bool secure;      /**< Secure code and memory too. Never without `nonsecure`. */
    bool access_port; /**< Whether the processor's port (AP1) answers; the mailbox's always does. */
    unsigned hdpl;    /**< Level from which on what was authenticated is open; 0: nothing was. */
    char why[160];    /**< Why not all is open, in words, without a newline; empty: all is. */
};
SIM_EXPORT void sim_debug_access(const struct sim *sim, struct sim_debug_access *access);

/*
 * A debug probe on SWD and NRST, between two runs: what a programming tool does with a part. Each
 * function that can be refused returns SIM_ERROR_REFUSED with the chip's reason, and then has done
 * nothing that it does not tell of.
 */

/**
 * Takes hold of a chip that has power.
 *
 * @param under_reset  NRST is pulled first: the chip stands before its next boot, RAM kept or erased
 *                     as the option bytes say
 * @return SIM_ERROR_REFUSED: there is no power, or the processor's access port does not answer. The
 *         mailbox's always does while there is power.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_probe_connect(struct sim *sim, bool under_reset,
                                                          struct sim_error *error);

/** Pulls NRST for a moment. A chip without power stays off. */
SIM_EXPORT void sim_probe_reset(struct sim *sim);

/**
 * Reads or writes memory, registers of devices and the processor's own through its access port,
 * privileged, Secure at Secure addresses: every filter of the bus applies, those of the processor do
 * not. Accesses are as wide as address and length allow, up to a word.
 *
 * @return SIM_ERROR_REFUSED: what lies before the refused address has been transferred
 */
SIM_EXPORT SIM_MUST_USE enum sim_status
sim_probe_read(struct sim *sim, uint32_t addr, uint8_t *data, size_t len, struct sim_error *error);
SIM_EXPORT SIM_MUST_USE enum sim_status sim_probe_write(struct sim *sim, uint32_t addr,
                                                        const uint8_t *data, size_t len,
                                                        struct sim_error *error);

/** An option word, named as for sim_option_write(). */
struct sim_probe_option {
    const char *name;
    uint32_t value;
};

/**
 * Changes option words in one step, under the chip's rules, waits, and loads them with a reset.
 *
 * @return SIM_ERROR_USAGE: no such option word;
 *         SIM_ERROR_REFUSED: nothing has changed, and there was no reset
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_probe_options(struct sim *sim,
                                                          const struct sim_probe_option *options,
                                                          size_t count, struct sim_error *error);

/**
 * The mailbox of debug authentication, which has a port of its own: one word to the chip, with
 * DEV_ACK set for it. Nobody on the chip need be there to read it: the boot ROM is, from a reset that
 * finds the magic there until its host resumes the boot (docs/SPEC.md, "Debug authentication").
 *
 * @return SIM_ERROR_REFUSED: no power, or the chip has not taken the word before
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_probe_send(struct sim *sim, uint32_t word,
                                                       struct sim_error *error);

/**
 * Begins debug authentication as tools do: while NRST is pulled, a word into the mailbox, and whatever
 * stood there is gone.
 *
 * @return SIM_ERROR_REFUSED: no power
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_probe_begin(struct sim *sim, uint32_t word,
                                                        struct sim_error *error);

/**
 * Provisions option-byte keys as a tool does: resets the chip, and has the boot ROM's DataProvisioning
 * write the content of an .obk file (address, size and encryption, a word each, and the data).
 *
 * @param result  out: what the boot ROM says, 0xEAEAEAEA or 0xF5F5F5F5; 0 if it was not asked
 * @return SIM_ERROR_USAGE: this is no .obk file;
 *         SIM_ERROR_REFUSED: OBK is as before
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_probe_provision(struct sim *sim, const uint8_t *obk,
                                                            size_t len, uint32_t *result,
                                                            struct sim_error *error);

/** One word from the chip, clearing HOST_ACK. @return false: there is none, or no power */
SIM_EXPORT bool sim_probe_receive(struct sim *sim, uint32_t *word);

/** Calls `each` for the last `limit` events (0: all) of a device file, oldest first. */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_journal_read(const char *path, uint64_t limit,
                                                         sim_event_fn *each, void *context,
                                                         struct sim_error *error);

/** Name of an event's kind as the journal shows it: "refused". */
SIM_EXPORT const char *sim_event_name(enum sim_event_kind kind);

/** Registers of the processor, for debuggers and tests. */
enum sim_reg {
    SIM_REG_R0 = 0, /**< R0 to R12 are 0 to 12, SP 13, LR 14, PC 15. */
    SIM_REG_SP = 13,
    SIM_REG_LR = 14,
    SIM_REG_PC = 15,
    SIM_REG_XPSR = 16,
    SIM_REG_MSP_S = 17,
    SIM_REG_PSP_S = 18,
    SIM_REG_MSP_NS = 19,
    SIM_REG_PSP_NS = 20,
    SIM_REG_CONTROL_S = 21,
    SIM_REG_CONTROL_NS = 22,
    SIM_REG_PRIMASK_S = 23,
    SIM_REG_PRIMASK_NS = 24,
    SIM_REG_BASEPRI_S = 25,
    SIM_REG_BASEPRI_NS = 26,
    SIM_REG_FAULTMASK_S = 27,
    SIM_REG_FAULTMASK_NS = 28,
    SIM_REG_MSPLIM_S = 29,
    SIM_REG_PSPLIM_S = 30,
    SIM_REG_MSPLIM_NS = 31,
    SIM_REG_PSPLIM_NS = 32,
    SIM_REG_SECURE = 33, /**< 1 in Secure state. */
};

/** Reads or writes a register between two runs. A chip without a processor reads zero. */
SIM_EXPORT uint32_t sim_reg_read(struct sim *sim, enum sim_reg reg);
SIM_EXPORT void sim_reg_write(struct sim *sim, enum sim_reg reg, uint32_t value);

/**
 * The whole machine at one instant between two runs: processor, devices, memories, virtual time,
 * non-volatile state, and the lines that the UARTs have begun. The journal is not part of it, nor
 * are symbols.
 */
struct sim_snapshot;

/**
 * Takes a snapshot, between two runs. Any number may exist; they share what is the same in them.
 * The first one of a chip copies all of its memories, each later one what has been written since
 * the last one was taken or restored.
 *
 * A chip whose device file is written to has no snapshots: the file would follow it back in time.
 * Open it `ephemeral`, or without a device file.
 *
 * @return SIM_OK and the snapshot in `*out`, to be given to sim_snapshot_free() before sim_close();
 *         SIM_ERROR_USAGE: the chip has a device file and is not ephemeral;
 *         SIM_ERROR_MEMORY.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status
sim_snapshot_take(struct sim *sim, struct sim_snapshot **out, struct sim_error *error);

/**
 * Goes back to a snapshot of the same `sim`, as often as wanted, between two runs. What follows is
 * what followed the snapshot, instruction for instruction, if it is given the same input.
 *
 * Going back to the snapshot that was last taken or restored costs what has been written since, in
 * pages of 1 KB of SRAM and sectors of flash; going to another one, a comparison of all pages more.
 */
SIM_EXPORT void sim_snapshot_restore(struct sim *sim, const struct sim_snapshot *snapshot);

/**
 * The same for all that a power cut erases; flash, OTP, OBK, option words and the backup domain stay
 * as they are now. So a test need not run what led to the snapshot once more, where that does the
 * same whatever has become of them. Costs a comparison of all pages.
 */
SIM_EXPORT void sim_snapshot_restore_volatile(struct sim *sim, const struct sim_snapshot *snapshot);

/** NULL does nothing. */
SIM_EXPORT void sim_snapshot_free(struct sim_snapshot *snapshot);

/**
 * Adds the function symbols of an ELF file, so that events name them.
 *
 * @return SIM_ERROR_FILE: not a readable 32-bit little-endian ELF file.
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_symbols_add(struct sim *sim, const char *elf_path,
                                                        struct sim_error *error);

/*
 * A host in the place of the Secure side: the processor runs Non-secure code, and what enters the
 * Secure state through a gate comes to the host.
 */

/**
 * Called between two instructions; may use everything here but sim_run(), sim_power_on(), sim_boot(),
 * snapshots and sim_close(). It says by the registers how the processor goes on.
 * @param addr  of the instruction that is due
 * @return whether it has taken care of it; if not, the processor does what it would do without
 */
typedef bool sim_gate_fn(void *context, uint32_t addr);

struct sim_gate {
    uint32_t base;  /**< First address of the gate. */
    uint32_t limit; /**< First one behind; equal: there is no gate. */
    sim_gate_fn
        *enter; /**< Non-secure code has branched into the gate, which the SAU lets be called:
                             it stands for the SG there, whatever the memory holds. */
    sim_gate_fn *trap; /**< Secure code has met an undefined instruction. */
    void *context;     /**< Passed to both. */
};

/** Sets the gate, until it is set again. What it points to is copied. */
SIM_EXPORT void sim_gate_set(struct sim *sim, const struct sim_gate *gate);

/**
 * Takes the place of the boot ROM and all it would start: after sim_power_on() or a reset, and
 * perhaps sim_boot(), the processor is as after reset, at these Secure vectors, and sim_run() goes on
 * with the registers that it is given.
 */
SIM_EXPORT void sim_take_over(struct sim *sim, uint32_t vectors);

/**
 * Memory of the chip where the processor in a state with these attributes may read (SIM_READ), or
 * write (SIM_WRITE), every byte of a range: SAU, IDAU, MPU and the filters decide, nothing is
 * journalled. It stays what it is until the chip is closed; its rights may change.
 * @return NULL: some of it may not, or is not memory, or is not in one piece
 */
SIM_EXPORT uint8_t *sim_lend(struct sim *sim, struct sim_attr attr, enum sim_access_kind kind,
                             uint32_t addr, size_t len);

/** Says that SRAM that was lent has been written. */
SIM_EXPORT void sim_lend_end(struct sim *sim, uint32_t addr, size_t len);

/**
 * Lays erased flash over sectors of the chip's. As long as it lies there, all that is stored in it is
 * stored in memory, and the device file keeps what it has of those sectors. sim_overlay_end() brings
 * that back, and comes before the next overlay. No snapshots meanwhile.
 *
 * @return SIM_ERROR_USAGE: these are not whole sectors of the flash; SIM_ERROR_MEMORY;
 *         SIM_ERROR_FILE, _INTERNAL: as sim_commit().
 */
SIM_EXPORT SIM_MUST_USE enum sim_status sim_overlay(struct sim *sim, uint32_t addr, uint32_t len,
                                                    struct sim_error *error);
SIM_EXPORT void sim_overlay_end(struct sim *sim);

/** Version of the simulator and of its engine, for reports: "0.1.0 (Unicorn 2.1.1)". */
SIM_EXPORT const char *sim_version(void);

GARRISON_ABI_END
