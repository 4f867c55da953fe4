/*
 * Vector table of an image that takes supervisor calls and the interrupts of modules, and leaves all
 * others to the Non-secure side: one that is the Secure side's is reported as a fault.
 */
#include "busy.h"
#include "image.h"
#include "startup.h"

#define INTERRUPTS 131u

/* Of the devices that a module may have, TIM6 and TIM7. */
#define MODULES_FIRST 49u
#define MODULES_LAST  50u

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
            [2] = fault_entry, /* HardFault */
            [3] = busy_entry,  /* MemManage */
            [4 ... 6] = fault_entry,
            [7 ... 9] = fault_entry,
            [10] = image_svc,
            [11 ... 13] = fault_entry,
            [14] = image_tick,
            [15 ... 14 + MODULES_FIRST] = fault_entry,
            [15 + MODULES_FIRST... 15 + MODULES_LAST] = image_interrupt,
            [16 + MODULES_LAST... 14 + INTERRUPTS] = fault_entry,
        },
};
