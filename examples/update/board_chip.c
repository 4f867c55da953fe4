/*
 * The STM32H573, as the boot stages have left it: HSI divided by 2, and the console's UART set up to
 * send. While nothing comes the processor sleeps.
 */
#include "board.h"

#include <stdio.h>

#define REG(addr) (*(volatile uint32_t *)(addr))

#define USART1_CR1  REG(0x40013800u)
#define USART1_ISR  REG(0x4001381Cu)
#define USART1_ICR  REG(0x40013820u)
#define USART1_RDR  REG(0x40013824u)
#define CR1_RE      (1u << 2)
#define CR1_RXNEIE  (1u << 5)
#define ISR_RXNE    (1u << 5)
#define ISR_TC      (1u << 6)
#define ICR_ERRORS  0xFu       /* parity, framing, noise, overrun */
#define USART1_BIT  (1u << 26) /* interrupt 58, in the second word */
#define IWDG_KR     REG(0x40003000u)
#define KR_REFRESH  0xAAAAu
#define SYST_CSR    REG(0xE000E010u)
#define SYST_RVR    REG(0xE000E014u)
#define SYST_CVR    REG(0xE000E018u)
#define CSR_RUN     7u /* on, asks for an interrupt, on the core's clock */
#define NVIC_ISER1  REG(0xE000E104u)
#define NVIC_ICER1  REG(0xE000E184u)
#define NVIC_ICPR1  REG(0xE000E284u)
#define SCB_ICSR    REG(0xE000ED04u)
#define ICSR_TICKED (1u << 26)
#define ICSR_UNTICK (1u << 25)

#define TICK_MS     100u
#define TICK_CYCLES (32000u * TICK_MS)

void board_alive(void)
{
    IWDG_KR = KR_REFRESH; /* does nothing if it does not run */
}

void board_write(uint8_t byte)
{
    (void)putchar(byte);
    (void)fflush(stdout);
}

void board_flush(void)
{
    (void)fflush(stdout);
    while ((USART1_ISR & ISR_TC) == 0) {
    }
}

static int receive(void)
{
    USART1_ICR = ICR_ERRORS; /* one request for ever, else; what was lost is sent again */
    return (USART1_ISR & ISR_RXNE) != 0 ? (int)(uint8_t)USART1_RDR : -1;
}

/* Interrupts stay masked: a pending one wakes the processor and is not taken. */
int board_read(uint32_t timeout_ms)
{
    uint32_t ticks = (timeout_ms + TICK_MS - 1u) / TICK_MS;
    int byte = -1;
    __asm__ volatile("cpsid i" ::: "memory");
    USART1_CR1 |= CR1_RE | CR1_RXNEIE;
    NVIC_ISER1 = USART1_BIT;
    SYST_RVR = TICK_CYCLES - 1u;
    SYST_CVR = 0;
    SYST_CSR = CSR_RUN;
    for (byte = receive(); byte < 0 && ticks > 0; byte = receive()) {
        __asm__ volatile("dsb 0xF\n\twfi" ::: "memory");
        NVIC_ICPR1 = USART1_BIT;
        if ((SCB_ICSR & ICSR_TICKED) != 0) {
            SCB_ICSR = ICSR_UNTICK;
            board_alive();
            ticks--;
        }
    }
    SYST_CSR = 0;
    SCB_ICSR = ICSR_UNTICK;
    NVIC_ICER1 = USART1_BIT;
    __asm__ volatile("cpsie i" ::: "memory");
    return byte;
}
