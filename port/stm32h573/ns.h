/*
 * What the files of the Non-secure run-time owe each other.
 */
#pragma once

#include <stdint.h>

/** Readies USART1 for stdout. */
void ns_uart_init(void);
void ns_uart_send(uint8_t byte);
