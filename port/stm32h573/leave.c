/*
 * Leaving a boot stage: what can be done before the point of no return.
 */
#include <garrison/port.h>

#include "layout.h"
#include "leave.h"
#include "regs.h"

_Noreturn void port_leave(uint32_t vectors)
{
    __asm__ volatile("cpsid i" ::: "memory");
    /* The core has checked it, in the same way as all it says about an image; here it costs nothing. */
    if (vectors % LAYOUT_VECTORS_ALIGN != 0) {
        port_panic("leave: the vector table is not aligned");
    }
    leave_trampoline(vectors, leave_stage.hdp_extension, leave_stage.level_after);
}
