/*
 * PSA Crypto, password-authenticated key exchange (psa/crypto_extra.h), for a client.
 */
#include "client/crypto_call.h"

psa_status_t psa_pake_setup(psa_pake_operation_t *operation,
                            const psa_pake_cipher_suite_t *cipher_suite)
{
    const struct crypto_request request = {.function = CRYPTO_PAKE_SETUP,
                                           .alg = psa_pake_cs_get_algorithm(cipher_suite),
                                           .step = psa_pake_cs_get_primitive(cipher_suite),
                                           .value = {psa_pake_cs_get_hash(cipher_suite)}};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_pake_set_password_key(psa_pake_operation_t *operation,
                                       mbedtls_svc_key_id_t password)
{
    const struct crypto_request request = {
        .function = CRYPTO_PAKE_SET_PASSWORD_KEY, .operation = operation->handle, .key = password};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_pake_set_user(psa_pake_operation_t *operation, const uint8_t *user_id,
                               size_t user_id_len)
{
    const struct crypto_request request = {.function = CRYPTO_PAKE_SET_USER,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(user_id, user_id_len));
}

psa_status_t psa_pake_set_peer(psa_pake_operation_t *operation, const uint8_t *peer_id,
                               size_t peer_id_len)
{
    const struct crypto_request request = {.function = CRYPTO_PAKE_SET_PEER,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(peer_id, peer_id_len));
}

psa_status_t psa_pake_set_role(psa_pake_operation_t *operation, psa_pake_role_t role)
{
    const struct crypto_request request = {
        .function = CRYPTO_PAKE_SET_ROLE, .operation = operation->handle, .step = role};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_pake_output(psa_pake_operation_t *operation, psa_pake_step_t step, uint8_t *output,
                             size_t output_size, size_t *output_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_PAKE_OUTPUT, .operation = operation->handle, .step = step};
    return crypto_get(&request, crypto_in_none(), output, output_size, output_length);
}

psa_status_t psa_pake_input(psa_pake_operation_t *operation, psa_pake_step_t step,
                            const uint8_t *input, size_t input_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_PAKE_INPUT, .operation = operation->handle, .step = step};
    return crypto_send(&request, crypto_in(input, input_length));
}

psa_status_t psa_pake_get_implicit_key(psa_pake_operation_t *operation,
                                       psa_key_derivation_operation_t *output)
{
    const struct crypto_request request = {.function = CRYPTO_PAKE_IMPLICIT_KEY,
                                           .operation = operation->handle,
                                           .value = {output->handle}};
    return crypto_ended(&operation->handle, crypto_send(&request, crypto_in_none()));
}

psa_status_t psa_pake_abort(psa_pake_operation_t *operation)
{
    return crypto_abort(&operation->handle);
}
