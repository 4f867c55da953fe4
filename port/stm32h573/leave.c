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
    const uint32_t extension = leave_stage.hdp_extension != NULL ? leave_stage.hdp_extension() : 0;
    leave_trampoline(vectors, extension, leave_stage.level_after);
}
