/*
 * Vector table of an image that takes supervisor calls, and leaves interrupts to others: an
 * interrupt that is the Secure side's is reported as a fault.
 */
#include "image.h"
#include "startup.h"

#define INTERRUPTS 131u

struct vectors {
    uint32_t *stack;
    startup_handler *handler[STARTUP_EXCEPTIONS - 1u + INTERRUPTS];
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    .stack = linker_stack_top,
    .handler =
        {
            [0] = startup_reset,
            [1] = fault_nmi,
            [2 ... 6] = fault_entry, /* HardFault to SecureFault */
            [7 ... 9] = fault_entry,
            [10] = image_svc,
            [11 ... 13] = fault_entry,
            [14] = image_tick,
            [15 ... 14 + INTERRUPTS] = fault_entry,
        },
};
