/*
 * Keys. Each belongs to the client that made it: the owner is part of Mbed TLS's key id, so that an
 * id of another client's names nothing.
 */
#include "services/crypto_request.h"

static psa_key_attributes_t attributes_of(const struct crypto_call *call)
{
    const struct crypto_attributes *wanted = &call->request.attributes;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_id(&attributes, mbedtls_svc_key_id_make(call->message->client_id, wanted->id));
    /* psa_set_key_id() changed it; for a volatile key this clears the id and keeps the owner. */
    psa_set_key_lifetime(&attributes, wanted->lifetime);
    psa_set_key_type(&attributes, wanted->type);
    psa_set_key_bits(&attributes, wanted->bits);
    psa_set_key_usage_flags(&attributes, wanted->usage);
    psa_set_key_algorithm(&attributes, wanted->alg);
    return attributes;
}

static psa_status_t answer_key(const struct crypto_call *call, psa_status_t status,
                               mbedtls_svc_key_id_t key)
{
    psa_key_id_t id = MBEDTLS_SVC_KEY_ID_GET_KEY_ID(key);
    return crypto_output_write(call, status, &id, sizeof id);
}

psa_status_t crypto_generate_key(const struct crypto_call *call)
{
    psa_key_attributes_t attributes = attributes_of(call);
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;

    if (call->message->out_size[0] != sizeof(psa_key_id_t)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    psa_status_t status = psa_generate_key(&attributes, &key);
    return answer_key(call, status, key);
}

psa_status_t crypto_import_key(const struct crypto_call *call)
{
    psa_key_attributes_t attributes = attributes_of(call);
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;
    struct crypto_input data = {0};

    if (call->message->out_size[0] != sizeof(psa_key_id_t)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    psa_status_t status = crypto_input_read(call, 1, &data);
    if (status == PSA_SUCCESS) {
        status = psa_import_key(&attributes, data.data, data.len, &key);
    }
    crypto_input_free(&data);
    return answer_key(call, status, key);
}

psa_status_t crypto_export_public_key(const struct crypto_call *call)
{
    uint8_t data[PSA_EXPORT_PUBLIC_KEY_MAX_SIZE];
    size_t len = 0;
    psa_status_t status = psa_export_public_key(crypto_key_of(call), data,
                                                crypto_output_size(call, sizeof data), &len);
    return crypto_output_write(call, status, data, len);
}

psa_status_t crypto_destroy_key(const struct crypto_call *call)
{
    return psa_destroy_key(crypto_key_of(call));
}

psa_status_t crypto_key_attributes(const struct crypto_call *call)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    if (call->message->out_size[0] != sizeof(struct crypto_attributes)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    psa_status_t status = psa_get_key_attributes(crypto_key_of(call), &attributes);
    struct crypto_attributes answer = {
        .type = psa_get_key_type(&attributes),
        .bits = (uint16_t)psa_get_key_bits(&attributes),
        .lifetime = psa_get_key_lifetime(&attributes),
        .id = MBEDTLS_SVC_KEY_ID_GET_KEY_ID(psa_get_key_id(&attributes)),
        .usage = psa_get_key_usage_flags(&attributes),
        .alg = psa_get_key_algorithm(&attributes),
    };
    psa_reset_key_attributes(&attributes);
    return crypto_output_write(call, status, &answer, sizeof answer);
}
