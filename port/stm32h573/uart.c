/*
 * The log, on the UART that board.c has set up.
 */
#include <garrison/port.h>

#include "regs.h"
#include "uart.h"

/* Without a limit a stopped UART clock would stop the boot. */
#define WAIT_POLLS 3000u

void uart_wait(uint32_t base, uint32_t flag)
{
    for (uint32_t poll = 0; poll < WAIT_POLLS; poll++) {
        if (reg_read(base + USART_ISR) & flag) {
            return;
        }
        reg_pause(UART_PAUSE);
    }
}

static void uart_send(uint32_t base, char byte)
{
    uart_wait(base, USART_ISR_TXE);
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
