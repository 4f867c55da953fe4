/*
 * The UART of the log.
 */
#pragma once

#include <stdint.h>

/**
 * Its address: the filters decide which alias it is reached through, so that a line gets out before
 * and after it was given to the application.
 */
uint32_t uart_base(void);

/** Cycles of 32 MHz between two looks at it, of the 2,800 that a byte takes. */
#define UART_PAUSE 129u

/** Waits until a flag of ISR is set, or far longer than that takes. */
void uart_wait(uint32_t base, uint32_t flag);
