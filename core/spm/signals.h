/*
 * Signals of the interrupts of partitions.
 */
#pragma once

#include <garrison/partition.h>

/** None is set. */
void signals_init(void);

/** Sets a signal. */
void signals_set(psa_signal_t signal);

/** Disables the interrupts of a partition and clears their signals. */
void signals_off(const struct partition *partition);
