/*
 * The uROT as an image of its own.
 */
#include "image.h"
#include "leave.h"
#include "regs.h"
#include "stage.h"

const char image_name[] = "uROT";

/* The uROT's sectors follow the iROT's: the hidden area grows over them. */
const struct leave_stage leave_stage = {
    .hdp_extension = LAYOUT_UROT_SIZE / LAYOUT_SECTOR,
    .level_after = SBS_HDPLSR_3,
};

_Noreturn void image_main(void)
{
    stage_main(&urot_stage);
}
