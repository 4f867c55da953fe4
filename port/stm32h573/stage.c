/*
 * The start of a boot stage.
 */
#include "stage.h"

#include <garrison/port.h>

#include "image.h"

_Noreturn void stage_main(const struct boot_stage *stage)
{
    const enum garrison_status isolated = port_isolation_apply(NULL); /* the flash follows */
    board_init();
    crypto_blocks_init();
    if (isolated != GARRISON_OK) {
        port_panic("isolation does not read back as written");
    }
    boot_stage_run(stage);
}
