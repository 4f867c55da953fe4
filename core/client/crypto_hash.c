/*
 * PSA Crypto, start, random bytes and message digests (psa/crypto.h), for a client.
 */
#include <stdbool.h>

#include "client/crypto_call.h"

static bool service_is_there(void)
{
    return psa_version(CRYPTO_SID) >= CRYPTO_VERSION;
}

psa_status_t psa_crypto_init(void)
{
    return service_is_there() ? PSA_SUCCESS : PSA_ERROR_COMMUNICATION_FAILURE;
}

int psa_can_do_hash(psa_algorithm_t hash_alg)
{
    (void)hash_alg; /* the question is whether PSA is ready at all */
    return service_is_there();
}

int psa_can_do_cipher(psa_key_type_t key_type, psa_algorithm_t cipher_alg)
{
    (void)key_type;
    (void)cipher_alg;
    return service_is_there();
}

psa_status_t psa_generate_random(uint8_t *output, size_t output_size)
{
    const struct crypto_request request = {.function = CRYPTO_RANDOM};
    size_t len = 0;
    const psa_status_t status = crypto_get(&request, crypto_in_none(), output, output_size, &len);
    /* Bytes that nobody made must not pass for random ones. */
    return status == PSA_SUCCESS && len != output_size ? PSA_ERROR_COMMUNICATION_FAILURE : status;
}

/* Every random byte comes from the entropy source itself: there is no generator to reseed. */

psa_status_t psa_random_reseed(const uint8_t *perso, size_t perso_size)
{
    (void)perso;
    (void)perso_size;
    return PSA_ERROR_NOT_SUPPORTED;
}

psa_status_t psa_random_deplete(void)
{
    return PSA_ERROR_NOT_SUPPORTED;
}

psa_status_t psa_random_set_prediction_resistance(unsigned enabled)
{
    (void)enabled;
    return PSA_ERROR_NOT_SUPPORTED;
}

psa_status_t psa_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              uint8_t *hash, size_t hash_size, size_t *hash_length)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_COMPUTE, .alg = alg};
    return crypto_get(&request, crypto_in(input, input_length), hash, hash_size, hash_length);
}

psa_status_t psa_hash_compare(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              const uint8_t *hash, size_t hash_length)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_COMPARE, .alg = alg};
    return crypto_send(&request, crypto_in_2(input, input_length, hash, hash_length));
}

psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_SETUP, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_UPDATE,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(input, input_length));
}

psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_FINISH,
                                           .operation = operation->handle};
    return crypto_ended(&operation->handle,
                        crypto_get(&request, crypto_in_none(), hash, hash_size, hash_length));
}

psa_status_t psa_hash_verify(psa_hash_operation_t *operation, const uint8_t *hash,
                             size_t hash_length)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_VERIFY,
                                           .operation = operation->handle};
    return crypto_ended(&operation->handle, crypto_send(&request, crypto_in(hash, hash_length)));
}

psa_status_t psa_hash_abort(psa_hash_operation_t *operation)
{
    return crypto_abort(&operation->handle);
}

psa_status_t psa_hash_clone(const psa_hash_operation_t *source_operation,
                            psa_hash_operation_t *target_operation)
{
    const struct crypto_request request = {.function = CRYPTO_HASH_CLONE,
                                           .operation = source_operation->handle};
    return crypto_setup(&target_operation->handle, &request, crypto_in_none());
}
