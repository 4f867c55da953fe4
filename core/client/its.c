/*
 * Internal Trusted Storage (psa/internal_trusted_storage.h), for a client.
 */
#include <psa/internal_trusted_storage.h>

#include "client/storage_call.h"
#include "services/its_protocol.h"

psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags)
{
    const struct storage_request request = {
        .function = STORAGE_SET, .uid = uid, .flags = create_flags};
    const psa_invec data = {p_data, data_length};
    return storage_call(ITS_HANDLE, &request, &data, NULL);
}

psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length)
{
    return storage_get(ITS_HANDLE, uid, data_offset, (psa_outvec){p_data, data_size},
                       p_data_length);
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    return storage_info(ITS_HANDLE, uid, p_info);
}

psa_status_t psa_its_remove(psa_storage_uid_t uid)
{
    const struct storage_request request = {.function = STORAGE_REMOVE, .uid = uid};
    return storage_call(ITS_HANDLE, &request, NULL, NULL);
}
