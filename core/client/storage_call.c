#include "client/storage_call.h"

#include "client/service_answer.h"

uint32_t storage_number(size_t value)
{
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

psa_status_t storage_call(psa_handle_t handle, const struct storage_request *request,
                          const psa_invec *data, psa_outvec *out)
{
    psa_invec in[2] = {{request, sizeof *request}};
    size_t in_len = 1;

    if (data != NULL) {
        if (data->base == NULL && data->len > 0) {
            return PSA_ERROR_INVALID_ARGUMENT;
        }
        in[in_len++] = *data;
    }
    if (out != NULL && out->base == NULL && out->len > 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const psa_status_t status =
        psa_call(handle, PSA_IPC_CALL, in, in_len, out, out != NULL ? 1 : 0);
    /* All else of the call is ours, so what the manager refuses is the caller's buffer. */
    return status == PSA_ERROR_PROGRAMMER_ERROR ? PSA_ERROR_INVALID_ARGUMENT
                                                : service_answer(status);
}

psa_status_t storage_get(psa_handle_t handle, psa_storage_uid_t uid, size_t offset, psa_outvec out,
                         size_t *len)
{
    const struct storage_request request = {
        .function = STORAGE_GET, .uid = uid, .offset = storage_number(offset)};
    if (len == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const psa_status_t status = storage_call(handle, &request, NULL, &out);
    if (status == PSA_SUCCESS) {
        *len = out.len;
    }
    return status;
}

psa_status_t storage_info(psa_handle_t handle, psa_storage_uid_t uid,
                          struct psa_storage_info_t *info)
{
    const struct storage_request request = {.function = STORAGE_INFO, .uid = uid};
    struct storage_answer answer = {0};
    psa_outvec out = {&answer, sizeof answer};
    if (info == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const psa_status_t status = storage_call(handle, &request, NULL, &out);
    if (status == PSA_SUCCESS) {
        info->capacity = answer.capacity;
        info->size = answer.size;
        info->flags = answer.flags;
    }
    return status;
}
