/*
 * PSA Crypto, unauthenticated ciphers (psa/crypto.h), for a client.
 */
#include "client/crypto_call.h"

psa_status_t psa_cipher_encrypt(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *output, size_t output_size,
                                size_t *output_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_CIPHER_ENCRYPT, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in(input, input_length), output, output_size, output_length);
}

psa_status_t psa_cipher_decrypt(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *output, size_t output_size,
                                size_t *output_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_CIPHER_DECRYPT, .key = key, .alg = alg};
    return crypto_get(&request, crypto_in(input, input_length), output, output_size, output_length);
}

psa_status_t psa_cipher_encrypt_setup(psa_cipher_operation_t *operation, mbedtls_svc_key_id_t key,
                                      psa_algorithm_t alg)
{
    const struct crypto_request request = {
        .function = CRYPTO_CIPHER_ENCRYPT_SETUP, .key = key, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_cipher_decrypt_setup(psa_cipher_operation_t *operation, mbedtls_svc_key_id_t key,
                                      psa_algorithm_t alg)
{
    const struct crypto_request request = {
        .function = CRYPTO_CIPHER_DECRYPT_SETUP, .key = key, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_cipher_generate_iv(psa_cipher_operation_t *operation, uint8_t *iv, size_t iv_size,
                                    size_t *iv_length)
{
    const struct crypto_request request = {.function = CRYPTO_CIPHER_GENERATE_IV,
                                           .operation = operation->handle};
    return crypto_get(&request, crypto_in_none(), iv, iv_size, iv_length);
}

psa_status_t psa_cipher_set_iv(psa_cipher_operation_t *operation, const uint8_t *iv,
                               size_t iv_length)
{
    const struct crypto_request request = {.function = CRYPTO_CIPHER_SET_IV,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(iv, iv_length));
}

psa_status_t psa_cipher_update(psa_cipher_operation_t *operation, const uint8_t *input,
                               size_t input_length, uint8_t *output, size_t output_size,
                               size_t *output_length)
{
    const struct crypto_request request = {.function = CRYPTO_CIPHER_UPDATE,
                                           .operation = operation->handle};
    return crypto_get(&request, crypto_in(input, input_length), output, output_size, output_length);
}

psa_status_t psa_cipher_finish(psa_cipher_operation_t *operation, uint8_t *output,
                               size_t output_size, size_t *output_length)
{
    const struct crypto_request request = {.function = CRYPTO_CIPHER_FINISH,
                                           .operation = operation->handle};
    return crypto_ended(&operation->handle,
                        crypto_get(&request, crypto_in_none(), output, output_size, output_length));
}

psa_status_t psa_cipher_abort(psa_cipher_operation_t *operation)
{
    return crypto_abort(&operation->handle);
}
