/*
 * The rescue line of a boot stage: bytes both ways on the UART of the log, which uart.c has set up.
 * While there is nothing to do the processor sleeps.
 */
#include <garrison/port.h>

#include "regs.h"
#include "uart.h"

/* In a stage the UART is Secure, as all else is. */
#define BASE USART1_BASE

/* At least 20 ms. */
#define BYTE_POLLS 5000u

static bool received(uint8_t *byte)
{
    /* An overrun would be one interrupt request for ever. What was lost the host sends again. */
    reg_write(BASE + USART_ICR, USART_ICR_ERRORS);
    if ((reg_read(BASE + USART_ISR) & USART_ISR_RXNE) == 0) {
        return false;
    }
    *byte = (uint8_t)reg_read(BASE + USART_RDR);
    return true;
}

/**
 * Sleeps until a byte is there. A masked interrupt wakes the processor, and is not taken: the vector
 * table has no entry for it. The mask stays to the next reset, which is how a rescue ends.
 */
static void sleep_for_byte(uint8_t *byte)
{
    __asm__ volatile("cpsid i" ::: "memory");
    reg_set(BASE + USART_CR1, USART_CR1_RXNEIE);
    reg_write(NVIC_ISER(USART1_IRQ / 32u), 1u << USART1_IRQ % 32u);
    while (!received(byte)) {
        __asm__ volatile("dsb 0xF\n\twfi" ::: "memory");
        reg_write(NVIC_ICPR(USART1_IRQ / 32u), 1u << USART1_IRQ % 32u);
    }
}

bool port_rescue_open(void)
{
    return true;
}

bool port_rescue_read(uint8_t *byte, bool wait)
{
    if (wait) {
        sleep_for_byte(byte);
        return true;
    }
    for (uint32_t poll = 0; poll < BYTE_POLLS; poll++) {
        if (received(byte)) {
            return true;
        }
        reg_pause(UART_PAUSE);
    }
    return false;
}

void port_rescue_write(const uint8_t *data, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        uart_wait(BASE, USART_ISR_TXE);
        reg_write(BASE + USART_TDR, data[i]);
    }
    uart_wait(BASE, USART_ISR_TC); /* A reset that follows would cut the last byte. */
}
