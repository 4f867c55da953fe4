/*
 * What the files of the host's port share.
 */
#pragma once

#include <garrison/host.h>
#include <garrison/port.h>
#include <garrison/sim.h>
#include <garrison/stage.h>
#include <psa/client.h>

/** How a stage that was run natively, or a call of the hosted way, has ended. */
enum host_end {
    HOST_END_DONE,  /**< It has returned. */
    HOST_END_LEFT,  /**< It started the image at `vectors`. */
    HOST_END_PANIC, /**< It gave up; `reason` says why. */
    HOST_END_RESET, /**< It asked for a reset. */
};

struct host_ending {
    enum host_end end;
    uint32_t vectors;
    char reason[256];
};

/** The chip of this process; NULL before garrison_host_start(). */
extern struct sim *host_chip;

typedef void host_body_fn(void *context);

/** Runs a function until it returns, or the core ends it by port_panic(), port_reset() ... */
void host_run(host_body_fn *body, void *context, struct host_ending *ending);

/** Runs a boot stage to its end. The chip is at the level that the stage expects. */
void host_run_stage(const struct boot_stage *stage, struct host_ending *ending);

/**
 * Runs the chain from the iROT to the point where the manager would start, on a chip that has just
 * been reset to HDPL1. On HOST_END_LEFT the hand-over record is complete.
 */
void host_run_chain(struct host_ending *ending);

/**
 * Opens the chip as garrison_host_start() does, with these properties; the path of the configuration
 * counts. @return 0; -1: refused, as garrison_host_start()
 */
int host_open_chip(const struct garrison_host_config *config, const struct sim_config *properties);

/**
 * Brings a chip that has just been reset to where the manager starts: through the chain, or directly.
 * @return 0; -1: refused, the chip is closed
 */
int host_boot(void);

/** Whether the last host_boot() went through a chain. */
bool host_has_chain(void);

/** From there: the manager as it serves an application. @return as host_boot() */
int host_serve(void);

/** Closes the chip and notes why. @return -1 */
int host_refuse(const char *text);

/** Raises an interrupt of a partition's. @return whether it was enabled, and its handler has run */
bool host_interrupt(psa_signal_t signal);

/** Forgets the calls that the core has left without an answer: at a reset. */
void host_gate_forget(void);

/** Starts as if with an empty configuration, unless started; ends the process if that is refused. */
void host_ensure_started(void);

/** Sets who listens to the log from now on; NULL: as with an empty configuration. */
void host_listen(garrison_host_log_fn *on_log, void *context);

/** Gives a line to whoever listens to the log. */
void host_log(const char *line);

/** Tells the log of each secure module that the device has: none runs here. */
void host_modules_refuse(void);

/** Somebody has asked in vain for a service: once for each module the log says if it is one of its. */
void host_modules_ask_sid(uint32_t sid);
void host_modules_ask_handle(psa_handle_t handle);

/** Forgets what has been told of the storage services. */
void host_storage_start(void);

/** After a call: what the storage service of that handle found when it mounted, once. */
void host_storage_tell(psa_handle_t handle);
