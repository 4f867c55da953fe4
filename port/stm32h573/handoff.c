/*
 * The hand-over record's memory: at the same place for every image.
 */
#include <garrison/port.h>

#include "layout.h"

struct handoff *port_handoff(void)
{
    return (struct handoff *)LAYOUT_HANDOFF_ADDR;
}
