/*
 * Firmware Update (psa/update.h), for a client.
 */
#include <psa/client.h>
#include <psa/update.h>

#include "services/update_protocol.h"

psa_status_t psa_fwu_query(psa_fwu_component_t component, psa_fwu_component_info_t *info)
{
    struct update_request request = {.function = UPDATE_QUERY, .component = component};
    psa_invec in = {&request, sizeof request};
    psa_outvec out = {info, sizeof *info};
    return psa_call(UPDATE_HANDLE, PSA_IPC_CALL, &in, 1, &out, 1);
}
