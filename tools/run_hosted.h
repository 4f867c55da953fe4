/*
 * `garrison run --hosted`: the chip with an application and no image of ours.
 */
#pragma once

#include <stdbool.h>

#include <garrison/sim.h>

/** What is run. */
struct run_hosted {
    const char *application; /**< Path. */
    const char *device;      /**< Path; NULL: a chip in memory, unless GARRISON_DEVICE names one. */
    bool quiet;              /**< The manager's log is not shown. */
};

/**
 * Opens the chip and brings the application to its first instruction.
 * @param properties  of the chip, without its path
 * @return exit status, having said why; run_hosted_close() is due in any case
 */
int run_hosted_open(const struct run_hosted *hosted, const struct sim_config *properties,
                    struct sim **sim);

/** After a reset of the chip: the application once more. @return why not: the chip is gone; or NULL */
const char *run_hosted_restart(void);

/** Why the manager serves no more; NULL: it does. */
const char *run_hosted_stopped(void);

void run_hosted_close(void);
