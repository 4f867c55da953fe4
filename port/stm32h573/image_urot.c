/*
 * The uROT as an image of its own.
 */
#include <garrison/port.h>

#include "image.h"
#include "layout.h"
#include "leave.h"
#include "regs.h"
#include "stage.h"

const char image_name[] = "uROT";

/* The option bytes hide what lies before the uROT's slot: the hidden area grows over it. */
static uint32_t own_sectors(void)
{
    const struct layout_slot *urot = layout_find(&port_handoff()->layout, IMAGE_ROLE_UROT);
    if (urot == NULL) {
        port_panic("leave: the layout has no uROT");
    }
    return urot->size / LAYOUT_SECTOR;
}

const struct leave_stage leave_stage = {
    .hdp_extension = own_sectors,
    .level_after = SBS_HDPLSR_3,
};

_Noreturn void image_main(void)
{
    stage_main(&urot_stage);
}
