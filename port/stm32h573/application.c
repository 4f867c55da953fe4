/*
 * The start of the Non-secure application.
 */
#include <garrison/port.h>

#include "gate.h"
#include "layout.h"
#include "regs.h"

GARRISON_NORETURN void port_start_application(uint32_t vectors)
{
    const uint32_t stack = reg_read(vectors);
    const uint32_t entry = reg_read(vectors + 4u);

    if (port_partition_switch(NULL) != GARRISON_OK) {
        port_panic("manager: isolation does not read back as written");
    }
    /* The next reset is to show its own cause only. */
    reg_set(RCC_RSR, RCC_RSR_RMVF);
    reg_write(SCS_NS(SCB_VTOR), vectors);
    __asm__ volatile("dsb 0xF\n"
                     "isb 0xF" ::
                         : "memory");
    gate_start_application(entry & ~1u, stack);
}
