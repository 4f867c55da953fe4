/*
 * A module that asks for attestation tokens: whoever calls it, the client id in them is its own.
 */
#include <garrison/attestation.h>
#include <psa/client.h>

#include "attest_module.h"

#define ATTEST_SID 0x47410005u /* docs/SPEC.md */

GARRISON_MODULE(1536, .name = "attested", .service_count = 1,
                .service = {{ATTEST_MODULE_SID, 1, MODULE_FOR_NON_SECURE}}, .use_count = 1,
                .use = {ATTEST_SID});

static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];

psa_status_t garrison_module_main(const psa_msg_t *message)
{
    uint32_t profile = 0;
    uint8_t challenge[64];
    size_t size = 0;
    if (psa_read(message->handle, 0, &profile, sizeof profile) != sizeof profile) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const size_t len = psa_read(message->handle, 1, challenge, sizeof challenge);
    const psa_status_t status = garrison_attest_get_token(
        (enum garrison_attest_profile)profile, challenge, len, token, sizeof token, &size);
    if (status == PSA_SUCCESS && size <= message->out_size[0]) {
        psa_write(message->handle, 0, token, size);
    }
    return status;
}
