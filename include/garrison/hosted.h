/*
 * Garrison in a process of the host, serving an application on the simulated chip: the hosted way.
 *
 * The application is the image that would be flashed, linked for its slot; its calls through the gate
 * enter the manager's core compiled for the host. No image of the manager's or of the boot chain is
 * needed, and no key: on a device that has none the application finds what the manager of a
 * provisioned device would have set up.
 *
 * One chip per process, which is the one of garrison/host.h too; not for use by several threads.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/host.h>
#include <garrison/sim.h>

GARRISON_ABI_BEGIN

/** Instructions' time that a call takes, whatever it does; devices that it uses take theirs more. */
#define GARRISON_HOSTED_CALL_TICKS 2048u

/** How to start. Zero-initialise it. */
struct garrison_hosted_config {
    struct garrison_host_config host; /**< Device file and log; the seed is not used. */
    struct sim_config chip;           /**< Everything but the path and `no_cpu`. */
    uint32_t addr; /**< Non-secure address of the application's first byte; 0: it begins with its
                        vector table, where the device's layout has it. */
    const uint8_t *application; /**< Its bytes, to be kept until garrison_host_stop(). */
    size_t len;                 /**< Bytes. */
};

/**
 * Starts chip and manager and brings the application to its first instruction, for sim_run(). A device
 * with TrustZone on is booted first as garrison_host_start() does; the application lies over its
 * application's slot, and the device file keeps what it has there.
 *
 * @return 0 and the chip in `*sim`, to be given to garrison_host_stop();
 *         -1: refused, with the reason in garrison_host_reason() and nothing running.
 */
int garrison_hosted_start(const struct garrison_hosted_config *config, struct sim **sim);

/** After SIM_STOP_RESET: the same from the reset on. @return as garrison_hosted_start() */
int garrison_hosted_restart(void);

/** Why the manager has stopped serving, for good until a reset; NULL: it has not. */
const char *garrison_hosted_stopped(void);

GARRISON_ABI_END
