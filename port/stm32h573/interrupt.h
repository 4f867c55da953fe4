/*
 * The tick, and the handlers of partitions' interrupts: when they run, and how long.
 */
#pragma once

#include <stdint.h>

#include "chain.h"

/** Has the Secure SysTick run. */
void tick_start(void);

/** Has it stop, unless something under way needs it. */
void tick_stop(void);

/** Whether the handler of an interrupt runs, which is the last of the chain then; 0: none. */
uint32_t interrupt_is_running(void);

/** Ends that, before chain_leave() goes on with what it has interrupted. */
void interrupt_end(void);
