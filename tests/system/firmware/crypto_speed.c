/*
 * Tells how many cycles the crypto service's answers take, the call through the gate included.
 */
#include <stdint.h>
#include <stdio.h>

#include "../../bench/crypto_load.h"

#define DEMCR      0xE000EDFCu
#define DWT_CTRL   0xE0001000u
#define DWT_CYCCNT 0xE0001004u

static volatile uint32_t *reg(uint32_t addr)
{
    return (volatile uint32_t *)addr;
}

int main(void)
{
    *reg(DEMCR) |= 1u << 24;
    *reg(DWT_CTRL) |= 1u;
    if (!crypto_load_prepare()) {
        printf("speed: no keys\n");
        return 1;
    }
    printf("speed: begin\n");
    for (unsigned i = 0; i < crypto_load_count; i++) {
        const struct crypto_load *load = &crypto_loads[i];
        const uint32_t begin = *reg(DWT_CYCCNT);
        for (unsigned j = 0; j < load->times; j++) {
            if (!load->run()) {
                printf("speed: %s failed\n", load->name);
                return 1;
            }
        }
        const uint32_t cycles = (*reg(DWT_CYCCNT) - begin) / load->times;
        printf("speed: %s %u, %u times\n", load->name, (unsigned)cycles, load->times);
    }
    printf("speed: end\n");
    return 0;
}
