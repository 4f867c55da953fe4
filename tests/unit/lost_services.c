/*
 * A manager that refuses every call, as it does when services have failed too often; with LOST_LATER in
 * the environment, all but those that make a key or begin an operation. In the place of the port's
 * psa_call(), under the client library.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <psa/client.h>

#include "services/crypto_protocol.h"

uint32_t psa_framework_version(void)
{
    return PSA_FRAMEWORK_VERSION;
}

/** The service is there when the application starts. */
uint32_t psa_version(uint32_t sid)
{
    static bool has_started;
    const bool is_there = !has_started;
    (void)sid;
    has_started = true;
    return is_there ? 1u : PSA_VERSION_NONE;
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    const uint32_t number = 1;
    (void)type;
    (void)in_vec;
    (void)in_len;
    if (handle == CRYPTO_HANDLE && out_len == 1 && out_vec[0].len == sizeof number &&
        getenv("LOST_LATER") != NULL) {
        memcpy(out_vec[0].base, &number, sizeof number);
        return PSA_SUCCESS;
    }
    return PSA_ERROR_CONNECTION_REFUSED;
}
