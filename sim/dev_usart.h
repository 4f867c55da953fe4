/* What the world around the chip needs of a USART: its receiving pin. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct sim_device;

/**
 * `dev_row.index` of LPUART1, which is also its number for chip_uart() and sim_uart_send(); USARTs
 * and UARTs have the numbers of their names, 1 to 12.
 */
#define USART_INDEX_LPUART1 13u

/**
 * Gives one byte to the receiving pin. It arrives one frame after the byte before it, at the baud
 * rate that the receiver is set to; a byte at a receiver that is off is lost, as on the chip, and
 * so is a byte beyond the 4096 that can wait on the line. The journal says so.
 */
void usart_receive(struct sim_device *dev, uint8_t byte);
