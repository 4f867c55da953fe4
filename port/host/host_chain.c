/*
 * The boot chain, run natively: the stages' own tables and code, one after the other, on the
 * simulated chip.
 */
#include <stdio.h>

#include "../stm32h573/layout.h"
#include "../stm32h573/regs.h"
#include "../stm32h573/stage.h"
#include "host.h"

#define VECTORS(off) (LAYOUT_FLASH_S + (off) + LAYOUT_HEADER_SIZE)

static bool expect_vectors(struct host_ending *ending, uint32_t vectors)
{
    if (ending->end != HOST_END_LEFT) {
        return false;
    }
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
    if (!expect_vectors(ending, VECTORS(LAYOUT_UROT_OFF))) {
        return;
    }
    host_run_stage(&urot_stage, ending);
    (void)expect_vectors(ending, VECTORS(LAYOUT_MANAGER_OFF));
}
