#include "gpdma_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MPCBB1_SEC(n) (0x40032c00u + 0x100u + 4u * (n))
#define MPCBB1_PRV(n) (0x40032c00u + 0x200u + 4u * (n))

int dma_setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

int dma_setup_trustzone(void **state)
{
    *state = bench_open(true);
    for (uint32_t i = 0; i < 15u; i++) {
        bench_write_as(*state, true, true, MPCBB1_SEC(i), 0);
        bench_write_as(*state, true, true, MPCBB1_PRV(i), 0);
    }
    return 0;
}

int dma_teardown(void **state)
{
    bench_close(*state);
    return 0;
}

uint8_t *dma_ram(struct dev_bench *b, uint32_t addr)
{
    return &b->chip->memory[CHIP_SRAM1].bytes[addr - 0x20000000u];
}

void dma_fill(struct dev_bench *b, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        *dma_ram(b, SRC + i) = (uint8_t)(7u * i + 1u);
    }
    memset(dma_ram(b, DST), 0xee, len + 16u);
}

uint32_t dma_get(struct dev_bench *b, unsigned n, uint32_t off)
{
    return bench_read(b, CH(n) + off);
}

void dma_put(struct dev_bench *b, unsigned n, uint32_t off, uint32_t value)
{
    bench_write(b, CH(n) + off, value);
}

void dma_go(struct dev_bench *b, unsigned n, uint32_t tr1, uint32_t tr2, uint32_t len)
{
    dma_put(b, n, TR1, tr1);
    dma_put(b, n, TR2, tr2);
    dma_put(b, n, BR1, len);
    dma_put(b, n, SAR, SRC);
    dma_put(b, n, DAR, DST);
    dma_put(b, n, CR, EN | FLAGS);
}

void dma_item(struct dev_bench *b, uint32_t addr, const uint32_t *word, uint32_t count)
{
    memcpy(dma_ram(b, addr), word, 4u * count);
}
