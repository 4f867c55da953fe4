/*
 * A hostile uROT: signed by its owner and started by the iROT, it looks for what the iROT should
 * have taken with it. Prints what it gets; the last try is a jump into the iROT's flash.
 */
#include <garrison/port.h>
#include <garrison/version.h>

#include "image.h"
#include "leave.h"
#include "regs.h"
#include "stage.h"

const char image_name[] = "probe";

const struct leave_stage leave_stage = {
    .hdp_extension = 0,
    .level_after = SBS_HDPLSR_3,
};

static const struct {
    const char *name;
    uint32_t addr;
} targets[] = {
    {"iROT's vectors", 0x0C000000u},
    {"iROT's code", 0x0C000400u},
    {"iROT's last word", 0x0C007FFCu},
    {"OBK of HDPL1, first", 0x0FFD0100u},
    {"OBK of HDPL1, key record", 0x0FFD0200u},
    {"OBK of HDPL1, last", 0x0FFD08FCu},
    {"own code", 0x0C008400u},
};

static void log_value(const char *name, uint32_t value)
{
    static const char digits[] = "0123456789abcdef";
    char line[80];
    unsigned at = 0;
    for (const char *from = "probe: "; *from != '\0'; from++) {
        line[at++] = *from;
    }
    for (; *name != '\0' && at < sizeof(line) - 12u; name++) {
        line[at++] = *name;
    }
    line[at++] = ' ';
    for (unsigned i = 0; i < 8u; i++) {
        line[at++] = digits[(value >> (28u - 4u * i)) & 0xFu];
    }
    line[at] = '\0';
    port_log(line);
}

_Noreturn void image_main(void)
{
    reg_write(MPU_CTRL, 0); /* What refuses from here on is the chip, not our own MPU. */
    board_init();
    for (unsigned i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        log_value(targets[i].name, reg_read(targets[i].addr));
    }
    port_log("probe: jump");
    void (*const irot)(void) = (void (*)(void))0x0C000401u;
    irot();
    port_panic("probe: came back");
}
