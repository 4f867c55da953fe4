/*
 * Two threads and main(), taking turns: the least that shows what a preemptive operating system has to
 * know of the manager.
 */
#pragma once

#include <stdint.h>

/** Runs both functions as threads until they have returned; main() waits. */
void threads_run(void (*first)(void), void (*second)(void), uint32_t slice_cycles);

/** Lets another thread go on. */
void threads_yield(void);

/** 0: main(), 1: the first thread, 2: the second. */
uint32_t threads_current(void);

/** How often a thread was taken the processor within a call of the manager's. */
uint32_t threads_switched_in_call(void);
