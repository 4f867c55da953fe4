/*
 * Leaving a boot stage: what can be done before the point of no return.
 */
#include <stdbool.h>

#include <garrison/handoff.h>
#include <garrison/port.h>

#include "layout.h"
#include "leave.h"
#include "regs.h"

/**
 * Whether it is the vector table of an image that was verified. Who gets here by a branch that is left
 * out at the end of another function has something else in his registers.
 */
static bool is_recorded(uint32_t vectors)
{
    const struct handoff *record = port_handoff();
    for (uint32_t i = 0; i < record->count && i < HANDOFF_ENTRIES_MAX; i++) {
        if (record->entry[i].addr == vectors) {
            return true;
        }
    }
    return false;
}

_Noreturn void port_leave(uint32_t vectors)
{
    __asm__ volatile("cpsid i" ::: "memory");
    /* The core has checked it, in the same way as all it says about an image; here it costs nothing. */
    if (vectors % LAYOUT_VECTORS_ALIGN != 0 || !is_recorded(vectors)) {
        port_panic("leave: no image of the record's");
    }
    const uint32_t extension = leave_stage.hdp_extension != NULL ? leave_stage.hdp_extension() : 0;
    leave_trampoline(vectors, extension, leave_stage.level_after);
}
