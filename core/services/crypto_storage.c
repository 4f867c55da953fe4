/*
 * Persistent keys are objects of Internal Trusted Storage. Mbed TLS writes and removes them
 * through here.
 */
#include <psa/internal_trusted_storage.h>

#include "services/crypto_request.h"

/* Mbed TLS calls these, and this file the client library. */
psa_status_t mbed_psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                              psa_storage_create_flags_t create_flags);
psa_status_t mbed_psa_its_remove(psa_storage_uid_t uid);

static psa_status_t failure;

static psa_status_t note(psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        failure = status;
    }
    return status;
}

psa_status_t mbed_psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                              psa_storage_create_flags_t create_flags)
{
    return note(psa_its_set(uid, data_length, p_data, create_flags));
}

psa_status_t mbed_psa_its_remove(psa_storage_uid_t uid)
{
    return note(psa_its_remove(uid));
}

psa_status_t crypto_storage_failure(void)
{
    const psa_status_t status = failure;
    failure = PSA_SUCCESS;
    return status;
}
