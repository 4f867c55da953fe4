/*
 * PSA Crypto, key derivation (psa/crypto.h), for a client.
 */
#include "client/crypto_call.h"

typedef psa_key_derivation_operation_t derivation_t;

psa_status_t psa_key_derivation_setup(derivation_t *operation, psa_algorithm_t alg)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_SETUP, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_key_derivation_get_capacity(const derivation_t *operation, size_t *capacity)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_GET_CAPACITY,
                                           .operation = operation->handle};
    uint32_t number = 0;
    const psa_status_t status = crypto_get_number(&request, crypto_in_none(), &number);
    *capacity = number < UINT32_MAX ? number : PSA_KEY_DERIVATION_UNLIMITED_CAPACITY;
    return status;
}

psa_status_t psa_key_derivation_set_capacity(derivation_t *operation, size_t capacity)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_SET_CAPACITY,
                                           .operation = operation->handle,
                                           .value = {crypto_number(capacity)}};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_key_derivation_input_bytes(derivation_t *operation, psa_key_derivation_step_t step,
                                            const uint8_t *data, size_t data_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_DERIVATION_INPUT_BYTES, .operation = operation->handle, .step = step};
    return crypto_send(&request, crypto_in(data, data_length));
}

psa_status_t psa_key_derivation_input_integer(derivation_t *operation,
                                              psa_key_derivation_step_t step, uint64_t value)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_INPUT_INTEGER,
                                           .operation = operation->handle,
                                           .step = step,
                                           .value = {(uint32_t)value, (uint32_t)(value >> 32)}};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_key_derivation_input_key(derivation_t *operation, psa_key_derivation_step_t step,
                                          mbedtls_svc_key_id_t key)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_INPUT_KEY,
                                           .operation = operation->handle,
                                           .step = step,
                                           .key = key};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_key_derivation_key_agreement(derivation_t *operation,
                                              psa_key_derivation_step_t step,
                                              mbedtls_svc_key_id_t private_key,
                                              const uint8_t *peer_key, size_t peer_key_length)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_KEY_AGREEMENT,
                                           .operation = operation->handle,
                                           .step = step,
                                           .key = private_key};
    return crypto_send(&request, crypto_in(peer_key, peer_key_length));
}

psa_status_t psa_key_derivation_output_bytes(derivation_t *operation, uint8_t *output,
                                             size_t output_length)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_OUTPUT_BYTES,
                                           .operation = operation->handle};
    size_t len = 0;
    const psa_status_t status = crypto_get(&request, crypto_in_none(), output, output_length, &len);
    return status == PSA_SUCCESS && len != output_length ? PSA_ERROR_COMMUNICATION_FAILURE : status;
}

psa_status_t psa_key_derivation_output_key_custom(const psa_key_attributes_t *attributes,
                                                  derivation_t *operation,
                                                  const psa_custom_key_parameters_t *custom,
                                                  const uint8_t *custom_data,
                                                  size_t custom_data_length,
                                                  mbedtls_svc_key_id_t *key)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_OUTPUT_KEY,
                                           .operation = operation->handle,
                                           .attributes = crypto_attributes_to_wire(attributes),
                                           .value = {custom->flags}};
    return crypto_get_number(&request, crypto_in(custom_data, custom_data_length), key);
}

psa_status_t psa_key_derivation_output_key_ext(const psa_key_attributes_t *attributes,
                                               derivation_t *operation,
                                               const psa_key_production_parameters_t *params,
                                               size_t params_data_length, mbedtls_svc_key_id_t *key)
{
    const psa_custom_key_parameters_t custom = {.flags = params->flags};
    return psa_key_derivation_output_key_custom(attributes, operation, &custom, params->data,
                                                params_data_length, key);
}

psa_status_t psa_key_derivation_output_key(const psa_key_attributes_t *attributes,
                                           derivation_t *operation, mbedtls_svc_key_id_t *key)
{
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    return psa_key_derivation_output_key_custom(attributes, operation, &custom, NULL, 0, key);
}

psa_status_t psa_key_derivation_verify_bytes(derivation_t *operation, const uint8_t *expected,
                                             size_t expected_length)
{
    const struct crypto_request request = {.function = CRYPTO_DERIVATION_VERIFY_BYTES,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(expected, expected_length));
}

psa_status_t psa_key_derivation_verify_key(derivation_t *operation, psa_key_id_t expected)
{
    const struct crypto_request request = {
        .function = CRYPTO_DERIVATION_VERIFY_KEY, .operation = operation->handle, .key = expected};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_key_derivation_abort(derivation_t *operation)
{
    return crypto_abort(&operation->handle);
}
