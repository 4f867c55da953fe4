/*
 * PSA Crypto, authenticated encryption (psa/crypto.h), for a client.
 */
#include <string.h>

#include "client/crypto_call.h"

/** What one call encrypts or decrypts. */
struct aead {
    mbedtls_svc_key_id_t key;
    psa_algorithm_t alg;
    const uint8_t *nonce;
    size_t nonce_len;
    const uint8_t *ad;
    size_t ad_len;
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t out_size;
    size_t *out_len;
};

static psa_status_t run(enum crypto_function function, const struct aead *aead)
{
    struct crypto_request request = {.function = function,
                                     .key = aead->key,
                                     .alg = aead->alg,
                                     .nonce_len = (uint32_t)aead->nonce_len};
    if (aead->nonce_len > 0) {
        memcpy(request.nonce, aead->nonce, aead->nonce_len);
    }
    return crypto_get(&request, crypto_in_2(aead->ad, aead->ad_len, aead->in, aead->in_len),
                      aead->out, aead->out_size, aead->out_len);
}

/** Nonce, lengths and additional data, once an operation was set up. */
static psa_status_t begin(psa_aead_operation_t *operation, const struct aead *aead, size_t text_len)
{
    psa_status_t status = psa_aead_set_lengths(operation, aead->ad_len, text_len);
    if (status == PSA_SUCCESS) {
        status = psa_aead_set_nonce(operation, aead->nonce, aead->nonce_len);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_update_ad(operation, aead->ad, aead->ad_len);
    }
    return status;
}

/* A nonce that a request has no room for: the same in parts. */

static psa_status_t encrypt_in_parts(const struct aead *aead)
{
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    size_t tag_len = 0;
    size_t rest_len = 0;
    psa_status_t status = psa_aead_encrypt_setup(&operation, aead->key, aead->alg);
    *aead->out_len = 0;
    if (status == PSA_SUCCESS) {
        status = begin(&operation, aead, aead->in_len);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_update(&operation, aead->in, aead->in_len, aead->out, aead->out_size,
                                 aead->out_len);
    }
    if (status == PSA_SUCCESS) {
        uint8_t rest[PSA_AEAD_FINISH_OUTPUT_MAX_SIZE]; /* nothing: all of it has come out */
        status =
            psa_aead_finish(&operation, rest, sizeof rest, &rest_len, aead->out + *aead->out_len,
                            aead->out_size - *aead->out_len, &tag_len);
    }
    *aead->out_len = status == PSA_SUCCESS ? *aead->out_len + tag_len : 0;
    (void)psa_aead_abort(&operation); /* fails only where nothing works any more */
    return status;
}

static psa_status_t decrypt_in_parts(const struct aead *aead)
{
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    const size_t tag_len = PSA_ALG_AEAD_GET_TAG_LENGTH(aead->alg);
    size_t rest_len = 0;
    size_t out_len = 0;
    psa_status_t status = psa_aead_decrypt_setup(&operation, aead->key, aead->alg);
    *aead->out_len = 0;
    if (status == PSA_SUCCESS && aead->in_len < tag_len) {
        status = PSA_ERROR_INVALID_ARGUMENT;
    }
    if (status == PSA_SUCCESS) {
        status = begin(&operation, aead, aead->in_len - tag_len);
    }
    if (status == PSA_SUCCESS) {
        status = psa_aead_update(&operation, aead->in, aead->in_len - tag_len, aead->out,
                                 aead->out_size, &out_len);
    }
    if (status == PSA_SUCCESS) {
        uint8_t rest[PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE]; /* nothing: all of it has come out */
        status = psa_aead_verify(&operation, rest, sizeof rest, &rest_len,
                                 aead->in + aead->in_len - tag_len, tag_len);
    }
    if (status == PSA_SUCCESS) {
        *aead->out_len = out_len;
    } else if (out_len > 0) {
        memset(aead->out, 0, out_len); /* what is not authentic is not for the caller */
    }
    (void)psa_aead_abort(&operation); /* fails only where nothing works any more */
    return status;
}

psa_status_t psa_aead_encrypt(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *nonce,
                              size_t nonce_length, const uint8_t *additional_data,
                              size_t additional_data_length, const uint8_t *plaintext,
                              size_t plaintext_length, uint8_t *ciphertext, size_t ciphertext_size,
                              size_t *ciphertext_length)
{
    const struct aead aead = {
        .key = key,
        .alg = alg,
        .nonce = nonce,
        .nonce_len = nonce_length,
        .ad = additional_data,
        .ad_len = additional_data_length,
        .in = plaintext,
        .in_len = plaintext_length,
        .out = ciphertext,
        .out_size = ciphertext_size,
        .out_len = ciphertext_length,
    };
    return nonce_length <= CRYPTO_NONCE_BYTES ? run(CRYPTO_AEAD_ENCRYPT, &aead)
                                              : encrypt_in_parts(&aead);
}

psa_status_t psa_aead_decrypt(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *nonce,
                              size_t nonce_length, const uint8_t *additional_data,
                              size_t additional_data_length, const uint8_t *ciphertext,
                              size_t ciphertext_length, uint8_t *plaintext, size_t plaintext_size,
                              size_t *plaintext_length)
{
    const struct aead aead = {
        .key = key,
        .alg = alg,
        .nonce = nonce,
        .nonce_len = nonce_length,
        .ad = additional_data,
        .ad_len = additional_data_length,
        .in = ciphertext,
        .in_len = ciphertext_length,
        .out = plaintext,
        .out_size = plaintext_size,
        .out_len = plaintext_length,
    };
    return nonce_length <= CRYPTO_NONCE_BYTES ? run(CRYPTO_AEAD_DECRYPT, &aead)
                                              : decrypt_in_parts(&aead);
}

psa_status_t psa_aead_encrypt_setup(psa_aead_operation_t *operation, mbedtls_svc_key_id_t key,
                                    psa_algorithm_t alg)
{
    const struct crypto_request request = {
        .function = CRYPTO_AEAD_ENCRYPT_SETUP, .key = key, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_aead_decrypt_setup(psa_aead_operation_t *operation, mbedtls_svc_key_id_t key,
                                    psa_algorithm_t alg)
{
    const struct crypto_request request = {
        .function = CRYPTO_AEAD_DECRYPT_SETUP, .key = key, .alg = alg};
    return crypto_setup(&operation->handle, &request, crypto_in_none());
}

psa_status_t psa_aead_generate_nonce(psa_aead_operation_t *operation, uint8_t *nonce,
                                     size_t nonce_size, size_t *nonce_length)
{
    const struct crypto_request request = {.function = CRYPTO_AEAD_GENERATE_NONCE,
                                           .operation = operation->handle};
    return crypto_get(&request, crypto_in_none(), nonce, nonce_size, nonce_length);
}

psa_status_t psa_aead_set_nonce(psa_aead_operation_t *operation, const uint8_t *nonce,
                                size_t nonce_length)
{
    const struct crypto_request request = {.function = CRYPTO_AEAD_SET_NONCE,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(nonce, nonce_length));
}

psa_status_t psa_aead_set_lengths(psa_aead_operation_t *operation, size_t ad_length,
                                  size_t plaintext_length)
{
    const struct crypto_request request = {
        .function = CRYPTO_AEAD_SET_LENGTHS,
        .operation = operation->handle,
        .value = {crypto_number(ad_length), crypto_number(plaintext_length)}};
    return crypto_send(&request, crypto_in_none());
}

psa_status_t psa_aead_update_ad(psa_aead_operation_t *operation, const uint8_t *input,
                                size_t input_length)
{
    const struct crypto_request request = {.function = CRYPTO_AEAD_UPDATE_AD,
                                           .operation = operation->handle};
    return crypto_send(&request, crypto_in(input, input_length));
}

psa_status_t psa_aead_update(psa_aead_operation_t *operation, const uint8_t *input,
                             size_t input_length, uint8_t *output, size_t output_size,
                             size_t *output_length)
{
    const struct crypto_request request = {.function = CRYPTO_AEAD_UPDATE,
                                           .operation = operation->handle};
    return crypto_get(&request, crypto_in(input, input_length), output, output_size, output_length);
}

psa_status_t psa_aead_finish(psa_aead_operation_t *operation, uint8_t *ciphertext,
                             size_t ciphertext_size, size_t *ciphertext_length, uint8_t *tag,
                             size_t tag_size, size_t *tag_length)
{
    const struct crypto_request request = {.function = CRYPTO_AEAD_FINISH,
                                           .operation = operation->handle};
    psa_outvec out[2] = {{ciphertext, ciphertext_size}, {tag, tag_size}};
    const psa_status_t status = crypto_call(&request, crypto_in_none(), out, 2);
    *ciphertext_length = status == PSA_SUCCESS ? out[0].len : 0;
    *tag_length = status == PSA_SUCCESS ? out[1].len : 0;
    return crypto_ended(&operation->handle, status);
}

psa_status_t psa_aead_verify(psa_aead_operation_t *operation, uint8_t *plaintext,
                             size_t plaintext_size, size_t *plaintext_length, const uint8_t *tag,
                             size_t tag_length)
{
    const struct crypto_request request = {.function = CRYPTO_AEAD_VERIFY,
                                           .operation = operation->handle};
    return crypto_ended(&operation->handle,
                        crypto_get(&request, crypto_in(tag, tag_length), plaintext, plaintext_size,
                                   plaintext_length));
}

psa_status_t psa_aead_abort(psa_aead_operation_t *operation)
{
    return crypto_abort(&operation->handle);
}
