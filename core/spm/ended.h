/*
 * Clients that have ended, until those have heard of it who keep something for them.
 */
#pragma once

#include "spm/partitions.h"

/** Nobody has ended yet. */
void ended_init(void);

/** A partition begins anew: it has nothing with others, and has nothing of others to forget. */
void ended_note(const struct partition *partition);

/** One that a partition has still to hear of, which then is told; NULL: there is none. */
const struct partition *ended_take(const struct partition *listener);
