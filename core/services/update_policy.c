#include "services/update_policy.h"

#include <psa/update.h>

#define NON_SECURE_CLIENT (-1)
#define ALL_COMPONENTS    ((1u << PSA_FWU_COMPONENT_COUNT) - 1u)

/** The application may update all: what is installed is decided by signatures. Partitions may not. */
const struct update_right update_rights[] = {
    {.client = NON_SECURE_CLIENT, .components = ALL_COMPONENTS, .reboot = 1},
};

const uint32_t update_rights_count = sizeof update_rights / sizeof update_rights[0];
