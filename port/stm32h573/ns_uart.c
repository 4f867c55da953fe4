/*
 * stdout of an application: USART1, which the boot stages have set up with its pins and clocks.
 */
#include "ns.h"
#include "regs.h"

#define USART1_NS PERIPHERAL_NS(USART1_BASE)

void ns_uart_init(void)
{
    /* An application started without the chain's log would find the UART off. */
    reg_set(USART1_NS + USART_CR1, USART_CR1_UE | USART_CR1_TE);
}

void ns_uart_send(uint8_t byte)
{
    while (!(reg_read(USART1_NS + USART_ISR) & USART_ISR_TXE)) {
    }
    reg_write(USART1_NS + USART_TDR, byte);
}
