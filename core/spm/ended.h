/*
 * Clients that have ended, until those have heard of it who keep something for them.
 */
#pragma once

#include "spm/partitions.h"

/** Nobody has ended yet. */
void ended_init(void);

/** The partition with that number begins anew: it has nothing with others, and nothing of others to forget. */
void ended_note(uint32_t number);

/** One that the partition `listener` has still to hear of, which then is told; NULL: there is none. */
const struct partition *ended_take(uint32_t listener);
