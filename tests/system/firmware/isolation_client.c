/*
 * An application that shows what of the processor's isolation can be seen from its side only: which
 * interrupts are its own, and that masking them does not mask the manager.
 */
#include <stdint.h>
#include <stdio.h>

#include <psa/client.h>

#define NVIC_IPR ((volatile uint8_t *)0xE000E400u)

#define CRYPTO_SID 0x47410001u

/** A priority sticks only in an interrupt of the application's own. */
static void show_interrupts(void)
{
    for (uint32_t word = 0; word < 5u; word++) {
        uint32_t own = 0;
        for (uint32_t bit = 0; bit < 32u; bit++) {
            volatile uint8_t *const priority = &NVIC_IPR[32u * word + bit];
            *priority = 0xE0;
            own |= *priority != 0 ? 1u << bit : 0;
            *priority = 0;
        }
        printf("isolation: own interrupts %lu: %08lx\n", (unsigned long)word, (unsigned long)own);
    }
}

static void show_masked_calls(void)
{
    __asm__ volatile("cpsid i" ::: "memory");
    const uint32_t by_primask = psa_version(CRYPTO_SID);
    __asm__ volatile("cpsie i\ncpsid f" ::: "memory");
    const uint32_t by_faultmask = psa_version(CRYPTO_SID);
    __asm__ volatile("cpsie f" ::: "memory");
    printf("isolation: version, interrupts masked: %lu\n", (unsigned long)by_primask);
    printf("isolation: version, faults masked: %lu\n", (unsigned long)by_faultmask);
}

int main(void)
{
    show_interrupts();
    show_masked_calls();
    printf("isolation: ready\n");
    return 0;
}
