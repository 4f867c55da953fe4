/*
 * The iROT as an image of its own.
 */
#include "image.h"
#include "leave.h"
#include "regs.h"
#include "stage.h"

const char image_name[] = "iROT";

/* The option bytes hide the iROT's sectors from HDPL2 on. */
const struct leave_stage leave_stage = {
    .hdp_extension = NULL,
    .level_after = SBS_HDPLSR_2,
};

_Noreturn void image_main(void)
{
    stage_main(&irot_stage);
}
