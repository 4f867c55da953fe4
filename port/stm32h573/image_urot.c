/*
 * The uROT as an image of its own.
 */
#include "image.h"
#include "leave.h"
#include "regs.h"
#include "stage.h"

const char image_name[] = "uROT";

/* The uROT's slot follows the iROT's: the hidden area grows over it. */
const struct leave_stage leave_stage = {
    .extends_hdp = true,
    .level_after = SBS_HDPLSR_3,
};

_Noreturn void image_main(void)
{
    stage_main(&urot_stage);
}
