/*
 * A module that makes one access for its client, as hostile_partition.h does; it has one device and
 * calls nobody.
 */
#include <psa/client.h>

#include <garrison/module.h>

#include "hostile.h"
#include "matrix.h"

GARRISON_MODULE(1024, .name = "module", .service_count = 1,
                .service = {{MATRIX_MODULE_SID, 1, MODULE_FOR_NON_SECURE}}, .device_count = 1,
                .device = {1} /* TIM7 */);

psa_status_t garrison_module_main(const psa_msg_t *message)
{
    struct hostile_request request;
    uint32_t result[HOSTILE_WORDS] = {0};
    if (psa_read(message->handle, 0, &request, sizeof request) != sizeof request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (request.attack == 'V') {
        result[0] = psa_version(request.addr);
    } else {
        result[0] = matrix_try(request.attack, request.addr);
    }
    psa_write(message->handle, 0, result, sizeof result);
    return PSA_SUCCESS;
}
