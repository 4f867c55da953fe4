/*
 * The log, on the UART that board.c has set up.
 */
#include <garrison/port.h>

#include "regs.h"
#include "uart.h"

/* Cycles of 32 MHz between two polls, of the 2,800 that a byte takes. */
#define POLL_PAUSE 129u

/* Without a limit a stopped UART clock would stop the boot. */
#define SEND_POLLS 3000u

static void uart_send(uint32_t base, char byte)
{
    for (uint32_t poll = 0; poll < SEND_POLLS; poll++) {
        if (reg_read(base + USART_ISR) & USART_ISR_TXE) {
            break;
        }
        reg_pause(POLL_PAUSE);
    }
    reg_write(base + USART_TDR, (uint8_t)byte);
}

void port_log(const char *line)
{
    const uint32_t base = uart_base();
    while (*line != '\0') {
        uart_send(base, *line++);
    }
    uart_send(base, '\n');
}
