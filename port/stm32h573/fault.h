/*
 * Faults of a Secure image.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>

struct line;

/* Bits of EXC_RETURN. */
#define EXC_RETURN_SECURE (1u << 6) /**< The stack that was in use belongs to Secure state. */
#define EXC_RETURN_THREAD (1u << 3)

#define FAULT_FRAME_PC 6u /**< Word of the stacked frame. */

/**
 * Ends the partition whose code was running, which is to blame; returns if there was none. An image
 * without partitions leaves it out.
 */
void fault_partition(const char *reason);

/**
 * Whether what was interrupted is code of the partition that runs, or what that is to blame for. An
 * image without partitions leaves it out.
 */
bool fault_is_partitions(uint32_t exc_return);

/** Makes the log's peripheral the image's again, before its last line. */
void fault_open_log(void);

/**
 * Adds to the line where Non-secure code was when it faulted. A boot stage leaves it out: nothing
 * Non-secure runs before the manager.
 */
void fault_add_non_secure(struct line *line, uint32_t exc_return);

/**
 * Address of what an exception out of Non-secure state has stacked, if it could: that side chooses it,
 * and what lies there is its own. Boot stages have none.
 */
uint32_t fault_non_secure_frame(uint32_t exc_return);

/**
 * Logs the fault and stops.
 * @param frame  what the exception stacked, perhaps unreadable or of the other state
 */
GARRISON_ENTRY _Noreturn void fault_report(const uint32_t *frame, uint32_t exc_return);

/** Blames the partition that runs, or logs "<image>: <what>" and stops. */
_Noreturn void fault_stop(const char *what);
