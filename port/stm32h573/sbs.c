/*
 * Temporal isolation: the level the part is at.
 */
#include <garrison/port.h>

#include "regs.h"

unsigned port_hdpl(void)
{
    switch (reg_read(SBS_HDPLSR)) {
    case SBS_HDPLSR_0:
        return 0;
    case SBS_HDPLSR_1:
        return 1;
    case SBS_HDPLSR_2:
        return 2;
    default:
        /* A code that is none of the four gets the least rights. */
        return 3;
    }
}
