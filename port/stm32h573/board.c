/*
 * Clocks and pins that every image needs, and the line of the log and of the rescue: USART1 (PA9,
 * PA10), 115200 8N1.
 */
#include "image.h"
#include "regs.h"
#include "uart.h"

#define CLOCK_HZ 32000000u /* HSI divided by 2: what the part runs on after reset */
#define BAUD     115200u

#define PIN_TX              9u
#define PIN_RX              10u
#define GPIO_MODE_ALTERNATE 2u
#define GPIO_USART1         7u /* alternate function */

uint32_t uart_base(void)
{
    const bool non_secure = (reg_read(GTZC_TZSC_SECCFGR(2)) & TZSC2_USART1) == 0;
    return non_secure ? PERIPHERAL_NS(USART1_BASE) : USART1_BASE;
}

static void uart_init(void)
{
    reg_set(RCC_AHB2ENR, RCC_AHB2ENR_GPIOAEN);
    reg_set(RCC_APB2ENR, RCC_APB2ENR_USART1EN);

    const uint32_t high =
        (GPIO_USART1 << ((PIN_TX - 8u) * 4u)) | (GPIO_USART1 << ((PIN_RX - 8u) * 4u));
    const uint32_t high_mask = (0xFu << ((PIN_TX - 8u) * 4u)) | (0xFu << ((PIN_RX - 8u) * 4u));
    reg_update(GPIOA_BASE + GPIO_AFRH, high_mask, high);
    const uint32_t mode =
        (GPIO_MODE_ALTERNATE << (PIN_TX * 2u)) | (GPIO_MODE_ALTERNATE << (PIN_RX * 2u));
    const uint32_t mode_mask = (3u << (PIN_TX * 2u)) | (3u << (PIN_RX * 2u));
    reg_update(GPIOA_BASE + GPIO_MODER, mode_mask, mode);

    const uint32_t base = uart_base();
    if (reg_read(base + USART_CR1) & USART_CR1_UE) {
        return;
    }
    reg_write(base + USART_BRR, (CLOCK_HZ + BAUD / 2u) / BAUD);
    reg_write(base + USART_CR1, USART_CR1_UE | USART_CR1_TE | USART_CR1_RE);
}

void board_init(void)
{
    reg_set(RCC_AHB1ENR, RCC_AHB1ENR_TZSC1EN);
    reg_set(RCC_APB3ENR, RCC_APB3ENR_SBSEN);
    uart_init();
}
