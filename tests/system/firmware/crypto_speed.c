/*
 * Tells how many cycles the crypto service's answers take, the call through the gate included: once, and
 * again for each byte on USART1.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../../bench/crypto_load.h"

#define DEMCR      0xE000EDFCu
#define DWT_CTRL   0xE0001000u
#define DWT_CYCCNT 0xE0001004u

#define USART1_ISR     0x4001381Cu
#define USART1_RDR     0x40013824u
#define USART_ISR_RXNE (1u << 5)

static volatile uint32_t *reg(uint32_t addr)
{
    return (volatile uint32_t *)addr;
}

/** Runs each load `many` times as often as on the chip. @return whether all went well */
static bool measure(unsigned many)
{
    printf("speed: begin\n");
    for (unsigned i = 0; i < crypto_load_count; i++) {
        const struct crypto_load *load = &crypto_loads[i];
        const unsigned times = load->times * many;
        const uint32_t begin = *reg(DWT_CYCCNT);
        for (unsigned j = 0; j < times; j++) {
            if (!load->run()) {
                printf("speed: %s failed\n", load->name);
                return false;
            }
        }
        const uint32_t parts = load->parts != 0 ? load->parts : 1u;
        const uint32_t cycles = (*reg(DWT_CYCCNT) - begin) / times * parts;
        printf("speed: %s %u, %u times\n", load->name, (unsigned)cycles, times);
    }
    printf("speed: end\n");
    return true;
}

/** A byte of USART1: how many times as often the loads run next. */
static unsigned wait(void)
{
    while ((*reg(USART1_ISR) & USART_ISR_RXNE) == 0) {
    }
    return *reg(USART1_RDR) & 0xFFu;
}

int main(void)
{
    *reg(DEMCR) |= 1u << 24;
    *reg(DWT_CTRL) |= 1u;
    if (!crypto_load_prepare()) {
        printf("speed: no keys\n");
        return 1;
    }
    unsigned many = 1;
    while (measure(many)) {
        many = wait();
    }
    return 1;
}
