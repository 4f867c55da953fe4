/*
 * Garrison in a process of the host: the native way to run an application.
 *
 * The application is compiled for the host and linked with the manager's core; flash, OTP and keys
 * are the simulated chip's, without its processor. The first PSA call starts everything, so an
 * application needs none of this header; tests use it to choose the device and to begin anew.
 *
 * One chip per process; not for use by several threads at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/** Called with each line that the boot stages and the manager log. */
typedef void garrison_host_log_fn(void *context, const char *line);

/** How to start. Zero-initialise it; every zero is a sound default. */
struct garrison_host_config {
    const char *device_path; /**< Device file; NULL: the environment variable GARRISON_DEVICE names
                                  it, or else the chip is in memory and gone at the end. */
    bool ephemeral;          /**< The device file must be there, and is not written. */
    uint64_t seed;           /**< Of the entropy source; 0: the device's own. */
    garrison_host_log_fn *on_log; /**< NULL: lines go to stderr if GARRISON_LOG is set. */
    void *context;                /**< Passed to `on_log`. */
};

/**
 * Starts the chip and the manager, anew if they were running. A device with TrustZone on is booted
 * as the part would: the iROT verifies the uROT, and that the manager and the application, whose
 * places this process then takes; on any other device the process itself is what runs.
 *
 * @return 0; -1: refused, with the reason in garrison_host_reason() and nothing running.
 */
int garrison_host_start(const struct garrison_host_config *config);

/** Ends what runs and commits the device file. */
void garrison_host_stop(void);

/** Why garrison_host_start() refused: one line. Empty if it did not. */
const char *garrison_host_reason(void);

GARRISON_ABI_END
