/*
 * A hostile uROT: signed by its owner and started by the iROT, it looks for what the iROT should
 * have taken with it. Prints what it gets; the last try is a jump into the iROT's flash.
 */
#include <garrison/port.h>
#include <garrison/version.h>

#include "image.h"
#include "leave.h"
#include "probe.h"
#include "regs.h"
#include "stage.h"

const char image_name[] = "probe";

const struct leave_stage leave_stage = {
    .hdp_extension = NULL,
    .level_after = SBS_HDPLSR_3,
};

static const struct probe_target targets[] = {
    {"OBK of HDPL1, first", 0x0FFD0100u},
    {"OBK of HDPL1, key record", 0x0FFD0200u},
    {"OBK of HDPL1, last", 0x0FFD08FCu},
    {"own code", 0x0C008400u},
};

_Noreturn void image_main(void)
{
    reg_write(MPU_CTRL, 0); /* What refuses from here on is the chip, not our own MPU. */
    board_init();
    probe_read_irot();
    probe_read(targets, sizeof(targets) / sizeof(targets[0]));
    port_log("probe: jump");
    void (*const irot)(void) = (void (*)(void))(probe_irot() + 0x401u);
    irot();
    port_panic("probe: came back");
}
