/*
 * Leaving a boot stage: what can be done before the point of no return.
 */
#include <garrison/port.h>

#include "layout.h"
#include "leave.h"
#include "regs.h"

/** Sectors to be hidden besides those of the option bytes. */
static uint32_t hdp_extension(void)
{
    const struct layout_slot *urot = layout_find(&port_handoff()->layout, IMAGE_ROLE_UROT);
    if (!leave_stage.extends_hdp) {
        return 0;
    }
    if (urot == NULL) {
        port_panic("leave: the layout has no uROT");
    }
    return urot->size / LAYOUT_SECTOR;
}

_Noreturn void port_leave(uint32_t vectors)
{
    __asm__ volatile("cpsid i" ::: "memory");
    /* The core has checked it, in the same way as all it says about an image; here it costs nothing. */
    if (vectors % LAYOUT_VECTORS_ALIGN != 0) {
        port_panic("leave: the vector table is not aligned");
    }
    leave_trampoline(vectors, hdp_extension(), leave_stage.level_after);
}
