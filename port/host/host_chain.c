/*
 * The boot chain, run natively: the stages' own tables and code, one after the other, on the
 * simulated chip.
 */
#include <stdio.h>

#include "../stm32h573/layout.h"
#include "../stm32h573/regs.h"
#include "../stm32h573/stage.h"
#include "host.h"

const struct boot_self irot_self = {
    .off = LAYOUT_IROT_OFF,
    .size = LAYOUT_IROT_SIZE,
    .addr = LAYOUT_FLASH_S + LAYOUT_IROT_OFF,
};

/** Whether a stage has left to the image of that role, which the chip would now run. */
static bool expect_left_to(struct host_ending *ending, uint32_t role)
{
    const struct layout_slot *slot = layout_find(&port_handoff()->layout, role);
    if (ending->end != HOST_END_LEFT) {
        return false;
    }
    const uint32_t vectors = slot != NULL ? LAYOUT_FLASH_S + slot->off + LAYOUT_HEADER_SIZE : 0;
    if (ending->vectors != vectors) {
        ending->end = HOST_END_PANIC;
        (void)snprintf(ending->reason, sizeof ending->reason,
                       "a stage left to 0x%08X instead of 0x%08X", ending->vectors, vectors);
        return false;
    }
    return true;
}

void host_run_chain(struct host_ending *ending)
{
    host_run_stage(&irot_stage, ending);
    if (!expect_left_to(ending, IMAGE_ROLE_UROT)) {
        return;
    }
    host_run_stage(&urot_stage, ending);
    (void)expect_left_to(ending, IMAGE_ROLE_MANAGER);
}
