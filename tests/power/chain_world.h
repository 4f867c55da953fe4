/*
 * A chip whose boot chain is run natively, stage by stage, with both of its memories on emulated
 * flash: the user flash, and the keys store, which has two sectors that take turns as on the part.
 * Power may go off at any operation of either; nothing runs on after that.
 */
#pragma once

#include <setjmp.h>
#include <stdbool.h>

#include <garrison/counters.h>
#include <garrison/handoff.h>
#include <garrison/keys.h>
#include <garrison/stage.h>

#include "support/flash_emulator.h"

#define CHAIN_SECTOR      512u
#define CHAIN_SECTORS     36u
#define CHAIN_UNIT        16u
#define CHAIN_HEADER      0x20u
#define CHAIN_IROT_END    (8u * CHAIN_SECTOR)
#define CHAIN_BASE_S      0x0C000000u
#define CHAIN_BASE_NS     0x08000000u
#define CHAIN_STACK_S     0x30050000u
#define CHAIN_STACK_NS    0x20040000u
#define CHAIN_STORE_BYTES 0xC00u /* of HDPL0 to 2 */

#define CHAIN_IMAGE(bytes) ((bytes) + (bytes) / CHAIN_UNIT)

/** How something that was run has ended. */
enum chain_end {
    CHAIN_RETURNED = 0,
    CHAIN_LEFT,    /**< A stage has started the image at `vectors`. */
    CHAIN_RESET,   /**< The chip was asked to reset. */
    CHAIN_CUT,     /**< Power went off. */
    CHAIN_GAVE_UP, /**< A stage has started nothing; `panic` says why. */
};

/** All that survives a power cut. */
struct chain_state {
    uint8_t flash[CHAIN_IMAGE(CHAIN_SECTORS * CHAIN_SECTOR)];
    uint8_t store[CHAIN_IMAGE(2u * CHAIN_STORE_BYTES)];
    uint8_t current;
};

struct chain_world {
    struct flash_power power;
    struct flash_emulator flash;
    struct flash_emulator store;
    uint8_t current; /**< The sector of the keys store that is read. */
    struct handoff handoff;
    unsigned hdpl;
    uint32_t vectors; /**< Of the last port_leave(). */
    bool watched;     /**< The watchdog was started in this boot. */
    char panic[128];
    char log[128]; /**< The last line. */
    jmp_buf end;
};

extern struct chain_world chain;

/** The stages, with the port's own rules but for sizes and places. */
extern const struct boot_stage chain_irot;
extern const struct boot_stage chain_urot;

/** An erased chip. */
void chain_open(void);
void chain_close(void);

void chain_save(struct chain_state *state);
void chain_restore(const struct chain_state *state);

/** Puts bytes of the keys store in, as provisioning does. */
void chain_provision(uint32_t off, const void *data, uint32_t len);

/** The boot counters of a level, as they stand; zeros if there are none. */
struct boot_counters chain_counters(uint32_t off);

/** Runs to its end; power that is off, or goes off, ends it at once. */
enum chain_end chain_run(void (*body)(void));

/** A reset and both stages: CHAIN_LEFT, with HDPL 3, when the manager is started. */
enum chain_end chain_boot(void);

/** A device whose user ends with the power: what port_flash() gives, and the areas of services. */
const struct flash_device *chain_flash(void);
