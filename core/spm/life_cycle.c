/*
 * The life cycle that clients are told, from the port's.
 */
#include <garrison/port.h>
#include <garrison/spm.h>
#include <psa/lifecycle.h>

uint32_t spm_life_cycle(void)
{
    switch (port_life_cycle()) {
    case PORT_LIFE_OPEN:
        return PSA_LIFECYCLE_ASSEMBLY_AND_TEST;
    case PORT_LIFE_PROVISIONING:
        return PSA_LIFECYCLE_PSA_ROT_PROVISIONING;
    case PORT_LIFE_TZ_CLOSED: /* Non-secure debug is open there */
    case PORT_LIFE_DEBUG:
        return PSA_LIFECYCLE_NON_PSA_ROT_DEBUG;
    case PORT_LIFE_SECURE_DEBUG:
        return PSA_LIFECYCLE_RECOVERABLE_PSA_ROT_DEBUG;
    case PORT_LIFE_CLOSED:
    case PORT_LIFE_LOCKED:
        return PSA_LIFECYCLE_SECURED;
    }
    return PSA_LIFECYCLE_UNKNOWN;
}
