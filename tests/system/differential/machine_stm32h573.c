/* The STM32H573. The transcript gathers in SRAM3, where the host fetches it. */
#include "machine.h"
#include "stm32h573.h"

#define GTZC_MPCBB1_SECCFGR  0x50032D00u /* one bit per block of 512 bytes, 32 blocks a word */
#define GTZC_MPCBB1_PRIVCFGR 0x50032E00u
#define BLOCK                512u

static struct stm32h573_output *const output = (struct stm32h573_output *)STM32H573_OUTPUT;

void machine_attribute(void)
{
    volatile uint32_t *const seccfgr = (volatile uint32_t *)GTZC_MPCBB1_SECCFGR;
    volatile uint32_t *const privcfgr = (volatile uint32_t *)GTZC_MPCBB1_PRIVCFGR;
    for (uint32_t block = 0; block < MACHINE_SRAM_BYTES / BLOCK; block++) {
        if (block >= MACHINE_NS_OFF / BLOCK) {
            seccfgr[block / 32u] &= ~(1u << (block % 32u));
        }
        privcfgr[block / 32u] &= ~(1u << (block % 32u));
    }
}

void machine_first_start(void)
{
    output->finished = 0;
    output->len = 0;
}

static void write(const char *text)
{
    uint32_t len = output->len;
    for (unsigned i = 0; text[i] != 0 && len < STM32H573_OUTPUT_BYTES; i++) {
        output->text[len++] = text[i];
    }
    output->len = len;
}

static __attribute__((noreturn)) void finish(void)
{
    output->finished = 1;
    for (;;) {
        __asm volatile("cpsid i\n wfi");
    }
}

const struct machine machine_this = {
    .retained = (struct machine_retained *)STM32H573_RETAINED,
    .blob = (const uint32_t *)STM32H573_BLOB,
    .exact = true,
    .write = write,
    .finish = finish,
};
