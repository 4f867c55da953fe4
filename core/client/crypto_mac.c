/*
 * PSA Crypto, message authentication codes (psa/crypto.h), for a client.
 */
#include "client/crypto_call.h"

psa_status_t psa_mac_compute(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                             size_t input_length, uint8_t *mac, size_t mac_size, size_t *mac_length)
{
    const struct crypto_request request = {.function = CRYPTO_MAC_COMPUTE, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in(input, input_length), mac, mac_size, mac_length);
}

psa_status_t psa_mac_verify(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                            size_t input_length, const uint8_t *mac, size_t mac_length)
{
    const struct crypto_request request = {.function = CRYPTO_MAC_VERIFY, .key = key, .alg = alg};
    return crypto_send(&request, crypto_in_2(input, input_length, mac, mac_length));
}

psa_status_t psa_mac_sign_setup(psa_mac_operation_t *operation, mbedtls_svc_key_id_t key,
                                psa_algorithm_t alg)
{
    const struct crypto_request request = {
        .function = CRYPTO_MAC_SIGN_SETUP, .key = key, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_mac_verify_setup(psa_mac_operation_t *operation, mbedtls_svc_key_id_t key,
                                  psa_algorithm_t alg)
{
    const struct crypto_request request = {
        .function = CRYPTO_MAC_VERIFY_SETUP, .key = key, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_mac_update(psa_mac_operation_t *operation, const uint8_t *input,
                            size_t input_length)
{
    const struct crypto_request request = {.function = CRYPTO_MAC_UPDATE,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(input, input_length));
}

psa_status_t psa_mac_sign_finish(psa_mac_operation_t *operation, uint8_t *mac, size_t mac_size,
                                 size_t *mac_length)
{
    const struct crypto_request request = {.function = CRYPTO_MAC_SIGN_FINISH,
                                           .operation = operation->handle};
    return crypto_ended(&operation->handle,
                        crypto_get(&request, crypto_in_none(), mac, mac_size, mac_length));
}

psa_status_t psa_mac_verify_finish(psa_mac_operation_t *operation, const uint8_t *mac,
                                   size_t mac_length)
{
    const struct crypto_request request = {.function = CRYPTO_MAC_VERIFY_FINISH,
                                           .operation = operation->handle};
    return crypto_ended(&operation->handle, crypto_send(&request, crypto_in(mac, mac_length)));
}

psa_status_t psa_mac_abort(psa_mac_operation_t *operation)
{
    return crypto_abort(&operation->handle);
}
