/*
 * Initial Attestation (psa/initial_attestation.h, garrison/attestation.h), for a client.
 */
#include <garrison/attestation.h>
#include <psa/client.h>

#include "client/service_answer.h"
#include "services/attest_protocol.h"

GARRISON_ASSERT(GARRISON_ATTEST_POINT_BYTES == ATTEST_POINT_BYTES, "one form of the public key");

static psa_status_t attest_call(const struct attest_request *request, const psa_invec *challenge,
                                psa_outvec *out)
{
    psa_invec in[2] = {{request, sizeof *request}};
    size_t in_len = 1;

    if (challenge != NULL) {
        in[in_len++] = *challenge;
    }
    const psa_status_t status = psa_call(ATTEST_HANDLE, PSA_IPC_CALL, in, in_len, out, 1);
    if (status != PSA_ERROR_PROGRAMMER_ERROR) {
        return service_answer(status);
    }
    /* All else of the call is ours, so it is the caller's buffer, or there is no such service. */
    return psa_version(ATTEST_SID) == PSA_VERSION_NONE ? PSA_ERROR_NOT_SUPPORTED
                                                       : PSA_ERROR_INVALID_ARGUMENT;
}

psa_status_t garrison_attest_get_token(enum garrison_attest_profile profile,
                                       const uint8_t *auth_challenge, size_t challenge_size,
                                       uint8_t *token_buf, size_t token_buf_size,
                                       size_t *token_size)
{
    const struct attest_request request = {.function = ATTEST_TOKEN, .profile = (uint32_t)profile};
    const psa_invec challenge = {auth_challenge, challenge_size};
    psa_outvec token = {token_buf, token_buf_size};
    if (auth_challenge == NULL || token_size == NULL || (token_buf == NULL && token_buf_size > 0)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const psa_status_t status = attest_call(&request, &challenge, &token);
    *token_size = status == PSA_SUCCESS ? token.len : 0;
    return status;
}

psa_status_t garrison_attest_get_token_size(enum garrison_attest_profile profile,
                                            size_t challenge_size, size_t *token_size)
{
    const struct attest_request request = {
        .function = ATTEST_SIZE,
        .profile = (uint32_t)profile,
        .challenge = challenge_size < UINT32_MAX ? (uint32_t)challenge_size : UINT32_MAX,
    };
    uint32_t size = 0;
    psa_outvec out = {&size, sizeof size};
    if (token_size == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const psa_status_t status = attest_call(&request, NULL, &out);
    *token_size = status == PSA_SUCCESS ? size : 0;
    return status;
}

psa_status_t garrison_attest_get_public_key(uint8_t point[GARRISON_ATTEST_POINT_BYTES])
{
    const struct attest_request request = {.function = ATTEST_PUBLIC_KEY};
    psa_outvec out = {point, GARRISON_ATTEST_POINT_BYTES};
    return point != NULL ? attest_call(&request, NULL, &out) : PSA_ERROR_INVALID_ARGUMENT;
}

psa_status_t psa_initial_attest_get_token(const uint8_t *auth_challenge, size_t challenge_size,
                                          uint8_t *token_buf, size_t token_buf_size,
                                          size_t *token_size)
{
    return garrison_attest_get_token(GARRISON_ATTEST_RFC9783, auth_challenge, challenge_size,
                                     token_buf, token_buf_size, token_size);
}

psa_status_t psa_initial_attest_get_token_size(size_t challenge_size, size_t *token_size)
{
    return garrison_attest_get_token_size(GARRISON_ATTEST_RFC9783, challenge_size, token_size);
}
