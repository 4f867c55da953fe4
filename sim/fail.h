/*
 * The one way in which the simulator's functions report a failure.
 */
#pragma once

#include <garrison/sim.h>

/** Leaves one line in `error`, which may be NULL, and returns `status`. */
SIM_MUST_USE enum sim_status sim_fail(struct sim_error *error, enum sim_status status,
                                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
