/*
 * Reset of the Secure images.
 *
 * The linker script lists what is to be copied from flash and what is to be cleared, so that one
 * start-up serves images with one data section and with one for each partition.
 */
#include <stddef.h>

#include "image.h"
#include "regs.h"
#include "startup.h"

/* Enough for all interrupts, 32 to a word. */
#define INTERRUPT_WORDS 5u

/** One without: the same. */
struct startup_clear {
    uint32_t *from;
    uint32_t *end;
};

extern const struct startup_clear linker_clear[];
extern const struct startup_clear linker_clear_end[];
extern uint32_t linker_stack_limit[];
extern const uint8_t linker_vectors[];

_Noreturn void startup_main(void);

/* Above the first stack entry lies a word that no exception return accepts as an integrity
 * signature: a forged return to an empty Secure stack faults. */
#define STACK_SEAL 0xFEF5EDA5u

__attribute__((naked)) void startup_reset(void)
{
    __asm__ volatile("cpsid i\n"
                     "ldr r0, =linker_stack_limit\n"
                     "msr msplim, r0\n"
                     "ldr r0, =linker_stack_top\n"
                     "msr msp, r0\n"
                     "b startup_main\n");
}

_Noreturn void startup_main(void)
{
    /* Not by memcpy: the compiler's own loops would be copies of a partition's library code. */
    for (const struct startup_copy *copy = linker_copy; copy != linker_copy_end; copy++) {
        const uint32_t *from = copy->from;
        for (volatile uint32_t *to = copy->to; to != copy->end; to++) {
            *to = *from++;
        }
    }
    for (const struct startup_clear *clear = linker_clear; clear != linker_clear_end; clear++) {
        for (volatile uint32_t *to = clear->from; to != clear->end; to++) {
            *to = 0;
        }
    }
    linker_stack_top[0] = STACK_SEAL;
    linker_stack_top[1] = STACK_SEAL;

    reg_write(SCB_VTOR, (uint32_t)linker_vectors);
    reg_write(SCB_CPACR, 0); /* No floating point in Secure state, so none of it can leak. */
    reg_write(SCB_SHCSR, SHCSR_FAULTS);
    for (uint32_t i = 0; i < INTERRUPT_WORDS; i++) {
        reg_write(NVIC_ICER(i), UINT32_MAX); /* whatever the image before has left */
    }
    __asm__ volatile("cpsie i"); /* No interrupt is enabled, but a masked fault loses its name. */
    image_main();
}
