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
