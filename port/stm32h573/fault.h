/*
 * Faults of a Secure image.
 */
#pragma once

#include <stdint.h>

/** Name of the partition whose code was running, or NULL. An image without any leaves it out. */
const char *fault_partition(void);

/**
 * Logs the fault and stops.
 * @param frame  what the exception stacked, perhaps unreadable or of the other state
 */
_Noreturn void fault_report(const uint32_t *frame, uint32_t exc_return);

/** Logs "<image>: <what>", or "<image>: partition <name>: <what>" while one runs, and stops. */
_Noreturn void fault_stop(const char *what);
