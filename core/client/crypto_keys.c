/*
 * PSA Crypto, key management (psa/crypto.h), for a client.
 */
#include "client/crypto_call.h"

struct crypto_attributes crypto_attributes_to_wire(const psa_key_attributes_t *attributes)
{
    return (struct crypto_attributes){
        .type = psa_get_key_type(attributes),
        .bits = (uint16_t)psa_get_key_bits(attributes),
        .lifetime = psa_get_key_lifetime(attributes),
        .id = psa_get_key_id(attributes),
        .usage = psa_get_key_usage_flags(attributes),
        .alg = psa_get_key_algorithm(attributes),
    };
}

psa_status_t psa_generate_key_custom(const psa_key_attributes_t *attributes,
                                     const psa_custom_key_parameters_t *custom,
                                     const uint8_t *custom_data, size_t custom_data_length,
                                     mbedtls_svc_key_id_t *key)
{
    const struct crypto_request request = {.function = CRYPTO_GENERATE_KEY,
                                           .attributes = crypto_attributes_to_wire(attributes),
                                           .value = {custom->flags}};
    return crypto_get_number(&request, crypto_in(custom_data, custom_data_length), key);
}

psa_status_t psa_generate_key_ext(const psa_key_attributes_t *attributes,
                                  const psa_key_production_parameters_t *params,
                                  size_t params_data_length, mbedtls_svc_key_id_t *key)
{
    const psa_custom_key_parameters_t custom = {.flags = params->flags};
    return psa_generate_key_custom(attributes, &custom, params->data, params_data_length, key);
}

psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, mbedtls_svc_key_id_t *key)
{
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    return psa_generate_key_custom(attributes, &custom, NULL, 0, key);
}

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, mbedtls_svc_key_id_t *key)
{
    const struct crypto_request request = {.function = CRYPTO_IMPORT_KEY,
                                           .attributes = crypto_attributes_to_wire(attributes)};
    return crypto_get_number(&request, crypto_in(data, data_length), key);
}

psa_status_t psa_copy_key(mbedtls_svc_key_id_t source_key, const psa_key_attributes_t *attributes,
                          mbedtls_svc_key_id_t *target_key)
{
    const struct crypto_request request = {.function = CRYPTO_COPY_KEY,
                                           .key = source_key,
                                           .attributes = crypto_attributes_to_wire(attributes)};
    return crypto_get_number(&request, crypto_in_none(), target_key);
}

psa_status_t psa_export_key(mbedtls_svc_key_id_t key, uint8_t *data, size_t data_size,
                            size_t *data_length)
{
    const struct crypto_request request = {.function = CRYPTO_EXPORT_KEY, .key = key};
    return crypto_get(&request, crypto_in_none(), data, data_size, data_length);
}

psa_status_t psa_export_public_key(mbedtls_svc_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    const struct crypto_request request = {.function = CRYPTO_EXPORT_PUBLIC_KEY, .key = key};
    return crypto_get(&request, crypto_in_none(), data, data_size, data_length);
}

psa_status_t psa_purge_key(mbedtls_svc_key_id_t key)
{
    const struct crypto_request request = {.function = CRYPTO_PURGE_KEY, .key = key};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_destroy_key(mbedtls_svc_key_id_t key)
{
    const struct crypto_request request = {.function = CRYPTO_DESTROY_KEY, .key = key};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_open_key(mbedtls_svc_key_id_t key, psa_key_handle_t *handle)
{
    const struct crypto_request request = {.function = CRYPTO_OPEN_KEY, .key = key};
    return crypto_get_number(&request, crypto_in_none(), handle);
}

psa_status_t psa_close_key(psa_key_handle_t handle)
{
    const struct crypto_request request = {.function = CRYPTO_CLOSE_KEY, .key = handle};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_get_key_attributes(mbedtls_svc_key_id_t key, psa_key_attributes_t *attributes)
{
    const struct crypto_request request = {.function = CRYPTO_KEY_ATTRIBUTES, .key = key};
    struct crypto_attributes found;
    psa_outvec out = {&found, sizeof found};

    psa_reset_key_attributes(attributes);
    const psa_status_t status = crypto_call(&request, crypto_in_none(), &out, 1);
    if (status != PSA_SUCCESS) {
        return status;
    }
    psa_set_key_id(attributes, found.id);
    psa_set_key_lifetime(attributes, found.lifetime); /* psa_set_key_id() changes it */
    psa_set_key_type(attributes, found.type);
    psa_set_key_bits(attributes, found.bits);
    psa_set_key_usage_flags(attributes, found.usage);
    psa_set_key_algorithm(attributes, found.alg);
    return PSA_SUCCESS;
}

void psa_reset_key_attributes(psa_key_attributes_t *attributes)
{
    *attributes = psa_key_attributes_init();
}
