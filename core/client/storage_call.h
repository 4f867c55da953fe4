/*
 * How the client library calls the storage services.
 */
#pragma once

#include <psa/client.h>
#include <psa/storage_common.h>

#include "services/storage_protocol.h"

/** A length or offset as a request has it: what does not fit is more than there can be. */
uint32_t storage_number(size_t value);

/**
 * Sends a request.
 * @param data  what is to be written; NULL: nothing
 * @param out   the output, whose `len` becomes what was written; or NULL
 * @return PSA_ERROR_INVALID_ARGUMENT: also for memory that the caller may not access.
 */
psa_status_t storage_call(psa_handle_t handle, const struct storage_request *request,
                          const psa_invec *data, psa_outvec *out);

/** STORAGE_GET, as psa_its_get() and psa_ps_get() are. */
psa_status_t storage_get(psa_handle_t handle, psa_storage_uid_t uid, size_t offset, psa_outvec out,
                         size_t *len);

/** STORAGE_INFO, as psa_its_get_info() and psa_ps_get_info() are. */
psa_status_t storage_info(psa_handle_t handle, psa_storage_uid_t uid,
                          struct psa_storage_info_t *info);
