/* Who may reach the iROT's part of system flash. */
#include "dev_flash.h"

#include <stdio.h>

/** The first HDPL that no longer sees it. [U] */
#define SYSTEM_IROT_HIDDEN_FROM 2u

bool flash_check_system(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                        struct sim_attr attr, struct bus_decision *out)
{
    const uint32_t irot = out->first + NV_SYSTEM_IROT_OFF;
    const uint32_t behind = irot + NV_SYSTEM_IROT_BYTES;
    if (kind == SIM_WRITE) {
        (void)snprintf(out->why, sizeof out->why, "system flash cannot be written");
        return flash_refuse(out, BUS_FILTER_READONLY, kind);
    }
    if (off < NV_SYSTEM_IROT_OFF) {
        flash_narrow(out, out->first, irot - 1u);
        return true;
    }
    if (off >= NV_SYSTEM_IROT_OFF + NV_SYSTEM_IROT_BYTES) {
        flash_narrow(out, behind, out->last);
        return true;
    }
    flash_narrow(out, irot, behind - 1u);
    if (chip_trustzone(chip) && !attr.secure) {
        (void)snprintf(out->why, sizeof out->why,
                       "the iROT's part of system flash is Secure, the access is Non-secure");
        return flash_refuse(out, BUS_FILTER_ALIAS, kind);
    }
    if (chip_hdpl(chip) >= SYSTEM_IROT_HIDDEN_FROM) {
        (void)snprintf(out->why, sizeof out->why,
                       "the iROT's part of system flash is hidden: HDPL is %u", chip_hdpl(chip));
        return flash_refuse(out, BUS_FILTER_HDP, kind);
    }
    return true;
}
