/* USART1: initialisation, transmission with a time-out, reception by interrupt. */
#include "hal.h"

#define CLOCK_HZ   250000000u
#define BAUD       921600u
#define TIMEOUT_MS 100u

/* How long the other side may take to answer the invitation. */
#define ANSWER_TIMEOUT_MS 500u

#define CR1_UE     HAL_BIT(0)
#define CR1_RE     HAL_BIT(2)
#define CR1_TE     HAL_BIT(3)
#define CR1_RXNEIE HAL_BIT(5)
#define CR1_PEIE   HAL_BIT(8)
#define CR3_EIE    HAL_BIT(0)
#define ISR_ERRORS 0xFu /* PE, FE, NE, ORE */
#define ISR_RXNE   HAL_BIT(5)
#define ISR_TC     HAL_BIT(6)
#define ISR_TXE    HAL_BIT(7)
#define ISR_TEACK  HAL_BIT(21)
#define ISR_REACK  HAL_BIT(22)

#define RX_BYTES 16u

enum hal_uart_state { UART_RESET, UART_READY, UART_BUSY_TX, UART_BUSY_RX };

struct hal_uart {
    struct hal_usart *instance;
    volatile enum hal_uart_state tx_state, rx_state;
    uint8_t *rx;
    uint16_t rx_size;
    volatile uint16_t rx_count; /**< Bytes that are still to come. */
    volatile uint32_t errors;
};

static struct hal_uart uart = {.instance = HAL_USART1};

static void uart_pins(void)
{
    hal_clock_enable(&HAL_RCC->ahb2enr, HAL_BIT(0));
    hal_clock_enable(&HAL_RCC->apb2enr, HAL_BIT(14));
    hal_modify(&HAL_RCC->ccipr[0], 7u, 0);
    hal_modify(&HAL_GPIOA->afr[1], 0xFF0u, 0x770u);
    hal_modify(&HAL_GPIOA->moder, 0xFu << 18, 0xAu << 18);
}

bool hal_step_uart_init(void)
{
    struct hal_usart *usart = uart.instance;
    uart_pins();
    hal_clear(&usart->cr1, CR1_UE);
    usart->presc = 0;
    usart->cr1 = CR1_TE | CR1_RE;
    usart->cr2 = 0;
    usart->cr3 = 0;
    usart->brr = (CLOCK_HZ + BAUD / 2u) / BAUD;
    hal_set(&usart->cr1, CR1_UE);
    if (hal_wait("USART1_ISR.TEACK", &usart->isr, ISR_TEACK, ISR_TEACK, TIMEOUT_MS) != HAL_OK ||
        hal_wait("USART1_ISR.REACK", &usart->isr, ISR_REACK, ISR_REACK, TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    uart.tx_state = UART_READY;
    uart.rx_state = UART_READY;
    return true;
}

bool hal_uart_ready(void)
{
    return uart.tx_state == UART_READY;
}

enum hal_status hal_uart_transmit(const char *text, uint32_t timeout_ms)
{
    struct hal_usart *usart = uart.instance;
    if (uart.tx_state != UART_READY) {
        return HAL_BUSY;
    }
    uart.tx_state = UART_BUSY_TX;
    enum hal_status status = HAL_OK;
    for (; *text != '\0' && status == HAL_OK; text++) {
        status = hal_wait("USART1_ISR.TXE", &usart->isr, ISR_TXE, ISR_TXE, timeout_ms);
        usart->tdr = (uint8_t)*text;
    }
    if (status == HAL_OK) {
        status = hal_wait("USART1_ISR.TC", &usart->isr, ISR_TC, ISR_TC, timeout_ms);
    }
    uart.tx_state = UART_READY;
    return status;
}

bool hal_step_uart_transmit(void)
{
    return hal_check("transmit", hal_uart_transmit("hal: transmitting\n", TIMEOUT_MS), HAL_OK) &&
           hal_check("USART1_ISR.TC", HAL_USART1->isr & ISR_TC, ISR_TC);
}

void hal_usart1_handler(void)
{
    struct hal_usart *usart = uart.instance;
    const uint32_t isr = usart->isr;
    if ((isr & ISR_ERRORS) != 0) {
        uart.errors |= isr & ISR_ERRORS;
        usart->icr = isr & ISR_ERRORS;
    }
    if ((isr & ISR_RXNE) == 0 || uart.rx_state != UART_BUSY_RX) {
        return;
    }
    *uart.rx++ = (uint8_t)usart->rdr;
    uart.rx_count--;
    if (uart.rx_count == 0) {
        hal_clear(&usart->cr1, CR1_RXNEIE | CR1_PEIE);
        hal_clear(&usart->cr3, CR3_EIE);
        uart.rx_state = UART_READY;
    }
}

static enum hal_status uart_receive_it(uint8_t *data, uint16_t size)
{
    if (uart.rx_state != UART_READY) {
        return HAL_BUSY;
    }
    uart.rx = data;
    uart.rx_size = size;
    uart.rx_count = size;
    uart.errors = 0;
    uart.rx_state = UART_BUSY_RX;
    hal_set(&uart.instance->cr3, CR3_EIE);
    hal_set(&uart.instance->cr1, CR1_RXNEIE | CR1_PEIE);
    hal_nvic_enable(HAL_IRQ_USART1);
    return HAL_OK;
}

/** The other side answers the invitation with "0123456789ABCDEF". */
bool hal_step_uart_receive(void)
{
    static const uint8_t wanted[] = "0123456789ABCDEF";
    uint8_t data[RX_BYTES];
    if (!hal_check("receive", uart_receive_it(data, RX_BYTES), HAL_OK)) {
        return false;
    }
    (void)hal_uart_transmit("hal: send\n", TIMEOUT_MS);
    const uint32_t start = hal_tick();
    while (uart.rx_state == UART_BUSY_RX && hal_tick() - start < ANSWER_TIMEOUT_MS) {
        __asm__ volatile("wfi");
    }
    hal_nvic_disable(HAL_IRQ_USART1);
    if (!hal_check("bytes to come", uart.rx_count, 0) || !hal_check("USART1_ISR", uart.errors, 0)) {
        return false;
    }
    for (unsigned i = 0; i < RX_BYTES; i++) {
        if (!hal_check("USART1_RDR", data[i], wanted[i])) {
            return false;
        }
    }
    return true;
}
