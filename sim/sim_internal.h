/*
 * struct sim, shared by the files of the public API (sim.c, sim_access.c).
 */
#pragma once

#include <garrison/sim.h>

#include "bootrom.h"
#include "cpu.h"
#include "fail.h"
#include "snapshot_pages.h"
#include "store.h"
#include "symbols.h"

#define SIM_CONSOLES      16u
#define SIM_CONSOLE_BYTES 200u

/** A line that a UART has begun, for the journal. */
struct sim_console {
    size_t len;
    char line[SIM_CONSOLE_BYTES];
};

struct sim {
    struct sim_config config;
    struct sim_nv *nv;
    struct store *store; /**< NULL: the chip is in memory. */
    struct sim_chip *chip;
    struct sim_cpu *cpu; /**< NULL: no processor was asked for. */
    struct symbols *symbols;
    struct snapshot_pages pages;              /**< Content of the memories that snapshots share. */
    struct sim_console console[SIM_CONSOLES]; /**< By number of the UART. */
    uint8_t *overlaid;                        /**< What lies under the overlay: data, then cells. */
    uint32_t overlay_first;                   /**< Its first sector, in physical order. */
    uint32_t overlay_count;                   /**< Sectors; 0: there is no overlay. */
    struct sim_error failure;                 /**< Why `failed`. */
    enum chip_reset_cause reset_cause;        /**< Of the reset that is wanted. */
    bool reset_wanted;                        /**< Taken when the processor has stopped. */
    bool boot_pending;                        /**< Reset, and the boot ROM has not run yet. */
    bool powered;
    bool halted;               /**< The boot ROM found nothing to start. */
    bool rom;                  /**< The boot ROM is at work, and the processor with it. */
    volatile bool rom_stop;    /**< sim_run() is to return from it. */
    bool running;              /**< Within cpu_run(). */
    uint64_t flash_operations; /**< Since power-on. */
    uint64_t flash_stop;       /**< The one that stops the run; 0: none. */
    bool failed;               /**< The device file could not be written: nothing runs any more. */
};

/** A reset between two runs. */
void sim_reset_now(struct sim *sim, enum chip_reset_cause cause);

/** Index of an option word by its name, below NV_OB_COUNT. @return SIM_ERROR_USAGE: none has it */
enum sim_status sim_option_find(const char *name, unsigned *index, struct sim_error *error);

/** Stops the run for good when a commit failed. */
void sim_note_failure(struct sim *sim, enum sim_status status);

/** cpu_symbol_fn over the symbols of the chip's user. */
void sim_symbol_text(void *context, uint32_t addr, char *text, size_t size);

/** Frees whatever has been made so far. */
void sim_free(struct sim *sim);
