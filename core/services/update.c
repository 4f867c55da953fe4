#include "services/update.h"

#include <stdbool.h>
#include <string.h>

#include "services/update_protocol.h"

static psa_fwu_component_info_t installed[PSA_FWU_COMPONENT_COUNT];
static bool known[PSA_FWU_COMPONENT_COUNT];

void update_note_installed(psa_fwu_component_t component, psa_fwu_image_version_t version,
                           const uint8_t digest[32])
{
    psa_fwu_component_info_t *info = &installed[component];
    memset(info, 0, sizeof *info);
    info->state = PSA_FWU_READY;
    info->error = PSA_SUCCESS;
    info->version = version;
    memcpy(info->impl.digest, digest, sizeof info->impl.digest);
    known[component] = true;
}

static psa_status_t query(const psa_msg_t *message, uint32_t component)
{
    if (message->out_size[0] != sizeof installed[0]) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (component >= PSA_FWU_COMPONENT_COUNT || !known[component]) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    psa_write(message->handle, 0, &installed[component], sizeof installed[0]);
    return PSA_SUCCESS;
}

psa_status_t update_service(const psa_msg_t *message)
{
    struct update_request request;
    if (message->in_size[0] != sizeof request ||
        psa_read(message->handle, 0, &request, sizeof request) != sizeof request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (message->type != PSA_IPC_CALL || request.function != UPDATE_QUERY) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    return query(message, request.component);
}
