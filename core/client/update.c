/*
 * Firmware Update (psa/update.h), for a client.
 */
#include <psa/client.h>
#include <psa/update.h>

#include "client/service_answer.h"
#include "services/update_protocol.h"

static psa_status_t update_call(const struct update_request *request, const psa_invec *block,
                                psa_outvec *out)
{
    psa_invec in[2] = {{request, sizeof *request}};
    size_t in_len = 1;

    if (block != NULL) {
        in[in_len++] = *block;
    }
    const psa_status_t status =
        psa_call(UPDATE_HANDLE, PSA_IPC_CALL, in, in_len, out, out != NULL ? 1 : 0);
    /* All else of the call is ours, so what the manager refuses is the caller's buffer. */
    return status == PSA_ERROR_PROGRAMMER_ERROR ? PSA_ERROR_INVALID_ARGUMENT
                                                : service_answer(status);
}

static uint32_t number(size_t value)
{
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/** Functions that have no argument but perhaps a component. */
static psa_status_t update_simple(enum update_function function, psa_fwu_component_t component)
{
    const struct update_request request = {.function = function, .component = component};
    return update_call(&request, NULL, NULL);
}

psa_status_t psa_fwu_query(psa_fwu_component_t component, psa_fwu_component_info_t *info)
{
    const struct update_request request = {.function = UPDATE_QUERY, .component = component};
    psa_outvec out = {info, sizeof *info};
    return info != NULL ? update_call(&request, NULL, &out) : PSA_ERROR_INVALID_ARGUMENT;
}

psa_status_t psa_fwu_start(psa_fwu_component_t component, const void *manifest,
                           size_t manifest_size)
{
    /* A manifest of no bytes is one as well. */
    const struct update_request request = {
        .function = UPDATE_START,
        .component = component,
        .value = manifest != NULL && manifest_size == 0 ? UINT32_MAX : number(manifest_size)};
    return update_call(&request, NULL, NULL);
}

psa_status_t psa_fwu_write(psa_fwu_component_t component, size_t image_offset, const void *block,
                           size_t block_size)
{
    const struct update_request request = {
        .function = UPDATE_WRITE, .component = component, .offset = number(image_offset)};
    const psa_invec in = {block, block_size};
    return block != NULL ? update_call(&request, &in, NULL) : PSA_ERROR_INVALID_ARGUMENT;
}

psa_status_t psa_fwu_finish(psa_fwu_component_t component)
{
    return update_simple(UPDATE_FINISH, component);
}

psa_status_t psa_fwu_cancel(psa_fwu_component_t component)
{
    return update_simple(UPDATE_CANCEL, component);
}

psa_status_t psa_fwu_clean(psa_fwu_component_t component)
{
    return update_simple(UPDATE_CLEAN, component);
}

psa_status_t psa_fwu_install(void)
{
    return update_simple(UPDATE_INSTALL, 0);
}

psa_status_t psa_fwu_request_reboot(void)
{
    return update_simple(UPDATE_REBOOT, 0);
}

psa_status_t psa_fwu_reject(psa_status_t error)
{
    const struct update_request request = {.function = UPDATE_REJECT, .value = (uint32_t)error};
    return update_call(&request, NULL, NULL);
}

psa_status_t psa_fwu_accept(void)
{
    return update_simple(UPDATE_ACCEPT, 0);
}
