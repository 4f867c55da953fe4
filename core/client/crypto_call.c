#include "client/crypto_call.h"

#include "client/service_answer.h"

uint32_t crypto_number(size_t value)
{
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

psa_status_t crypto_call(const struct crypto_request *request, struct crypto_in in, psa_outvec *out,
                         size_t out_count)
{
    const psa_invec vec[3] = {{request, sizeof *request}, in.vec[0], in.vec[1]};
    return service_answer(psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, vec, 1 + in.count, out, out_count));
}

psa_status_t crypto_send(const struct crypto_request *request, struct crypto_in in)
{
    return crypto_call(request, in, NULL, 0);
}

psa_status_t crypto_get(const struct crypto_request *request, struct crypto_in in, uint8_t *out,
                        size_t size, size_t *len)
{
    psa_outvec vec = {out, size};
    const psa_status_t status = crypto_call(request, in, &vec, 1);
    *len = status == PSA_SUCCESS ? vec.len : 0;
    return status;
}

psa_status_t crypto_get_number(const struct crypto_request *request, struct crypto_in in,
                               uint32_t *number)
{
    psa_outvec vec = {number, sizeof *number};
    *number = 0;
    return crypto_call(request, in, &vec, 1);
}

psa_status_t crypto_setup(mbedtls_psa_client_handle_t *handle, const struct crypto_request *request,
                          struct crypto_in in)
{
    return *handle != 0 ? PSA_ERROR_BAD_STATE : crypto_get_number(request, in, handle);
}

psa_status_t crypto_ended(mbedtls_psa_client_handle_t *handle, psa_status_t status)
{
    if (status == PSA_SUCCESS) {
        *handle = 0;
    }
    return status;
}

psa_status_t crypto_abort(mbedtls_psa_client_handle_t *handle)
{
    const struct crypto_request request = {.function = CRYPTO_ABORT, .operation = *handle};
    if (*handle == 0) {
        return PSA_SUCCESS;
    }
    return crypto_ended(handle, crypto_send(&request, crypto_in_none()));
}
