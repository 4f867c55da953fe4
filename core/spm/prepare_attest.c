/*
 * What the attestation service is told; in a file of its own, for a manager without that service.
 */
#include <garrison/measured.h>
#include <garrison/port.h>

#include "services/attest.h"
#include "spm/prepare.h"

void manager_prepare_attest(void)
{
    struct measured image;
    attest_note_boot(manager_boot_seed());
    for (uint32_t place = 0; measured_at(port_handoff(), place, &image); place++) {
        attest_note_image(&image);
    }
    /* The label is part of the device's identity. */
    manager_note_key("garrison attest", attest_note_key);
}
