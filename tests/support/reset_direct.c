/*
 * What a partition calls to reset the chip, bound straight to the manager's body.
 */
#include <garrison/reset.h>
#include <garrison/spm.h>

void reset_request(void)
{
    spm_reset();
}
