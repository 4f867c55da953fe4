/*
 * The rescue line of a boot stage: bytes both ways on the UART of the log, which uart.c has set up.
 * While there is nothing to do the processor sleeps.
 */
#include <garrison/port.h>

#include "regs.h"

/* In a stage the UART is Secure, as all else is. */
#define BASE USART1_BASE

/* Cycles of 32 MHz between two polls, of the 2,800 that a byte takes. */
#define POLL_PAUSE 129u

/* At least 20 ms. */
#define BYTE_POLLS 5000u

/* Without a limit a stopped UART clock would hold the stage. */
#define SEND_POLLS 3000u

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
        reg_pause(POLL_PAUSE);
    }
    return false;
}

static void wait_for(uint32_t flag)
{
    for (uint32_t poll = 0; poll < SEND_POLLS; poll++) {
        if (reg_read(BASE + USART_ISR) & flag) {
            return;
        }
        reg_pause(POLL_PAUSE);
    }
}

void port_rescue_write(const uint8_t *data, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        wait_for(USART_ISR_TXE);
        reg_write(BASE + USART_TDR, data[i]);
    }
    wait_for(USART_ISR_TC); /* A reset that follows would cut the last byte. */
}
