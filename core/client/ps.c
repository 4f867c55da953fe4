/*
 * Protected Storage (psa/protected_storage.h), for a client.
 */
#include <psa/protected_storage.h>

#include "client/storage_call.h"
#include "services/ps_protocol.h"

psa_status_t psa_ps_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                        psa_storage_create_flags_t create_flags)
{
    const struct storage_request request = {
        .function = STORAGE_SET, .uid = uid, .flags = create_flags};
    const psa_invec data = {p_data, data_length};
    return storage_call(PS_HANDLE, &request, &data, NULL);
}

psa_status_t psa_ps_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                        size_t *p_data_length)
{
    return storage_get(PS_HANDLE, uid, data_offset, (psa_outvec){p_data, data_size}, p_data_length);
}

psa_status_t psa_ps_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    return storage_info(PS_HANDLE, uid, p_info);
}

psa_status_t psa_ps_remove(psa_storage_uid_t uid)
{
    const struct storage_request request = {.function = STORAGE_REMOVE, .uid = uid};
    return storage_call(PS_HANDLE, &request, NULL, NULL);
}

psa_status_t psa_ps_create(psa_storage_uid_t uid, size_t capacity,
                           psa_storage_create_flags_t create_flags)
{
    const struct storage_request request = {.function = STORAGE_CREATE,
                                            .uid = uid,
                                            .flags = create_flags,
                                            .capacity = storage_number(capacity)};
    return storage_call(PS_HANDLE, &request, NULL, NULL);
}

psa_status_t psa_ps_set_extended(psa_storage_uid_t uid, size_t data_offset, size_t data_length,
                                 const void *p_data)
{
    const struct storage_request request = {
        .function = STORAGE_WRITE, .uid = uid, .offset = storage_number(data_offset)};
    const psa_invec data = {p_data, data_length};
    return storage_call(PS_HANDLE, &request, &data, NULL);
}

uint32_t psa_ps_get_support(void)
{
    const struct storage_request request = {.function = STORAGE_SUPPORTS};
    uint32_t supported = 0;
    psa_outvec out = {&supported, sizeof supported};
    const psa_status_t status = storage_call(PS_HANDLE, &request, NULL, &out);
    return status == PSA_SUCCESS ? supported : 0;
}
