/*
 * Resetting the chip, for the one partition that may.
 */
#include <garrison/port.h>
#include <garrison/spm.h>

#include "spm/running.h"

void spm_reset(void)
{
    const struct partition *partition = spm_running();
    if (partition == NULL || !partition->may_reset) {
        running_mistake("it may not reset the chip");
    }
    port_reset();
}
