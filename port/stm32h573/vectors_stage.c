/*
 * Vector table of a boot stage: the processor's exceptions only. A stage takes no interrupt: at its
 * reset all are disabled, and the one that the rescue enables to be woken stays masked to the next
 * reset (uart_rescue.c). So what lies behind the table is never read as an entry of it.
 */
#include "image.h"
#include "startup.h"

struct vectors {
    uint32_t *stack;
    startup_handler *handler[STARTUP_EXCEPTIONS - 1u];
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    .stack = linker_stack_top,
    .handler =
        {
            [0] = startup_reset,
            [1] = fault_nmi,
            [2 ... STARTUP_EXCEPTIONS - 2u] = fault_entry, /* a supervisor call is one, too */
        },
};
