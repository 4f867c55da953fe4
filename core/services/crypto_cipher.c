/*
 * Unauthenticated ciphers. Input of any length passes in parts, in one call as well.
 */
#include "base/secret.h"
#include "services/crypto_request.h"

static psa_status_t pass(void *cipher, const uint8_t *in, size_t in_len, uint8_t *out,
                         size_t out_size, size_t *out_len)
{
    return psa_cipher_update(cipher, in, in_len, out, out_size, out_len);
}

/** Writes the end of the output, behind `written` bytes of it. */
static psa_status_t finish(const struct crypto_call *call, psa_cipher_operation_t *cipher,
                           size_t written)
{
    uint8_t out[PSA_CIPHER_FINISH_OUTPUT_MAX_SIZE];
    const size_t room = call->message->out_size[0] - written;
    size_t len = 0;
    const psa_status_t status =
        psa_cipher_finish(cipher, out, room < sizeof out ? room : sizeof out, &len);
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, out, len);
    }
    secret_wipe(out, sizeof out);
    return status;
}

static psa_status_t generate_iv(const struct crypto_call *call, psa_cipher_operation_t *cipher,
                                size_t *written)
{
    uint8_t iv[PSA_CIPHER_IV_MAX_SIZE];
    const size_t room = call->message->out_size[0];
    const psa_status_t status =
        psa_cipher_generate_iv(cipher, iv, room < sizeof iv ? room : sizeof iv, written);
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, iv, *written);
    }
    return status;
}

static psa_status_t set_iv(const struct crypto_call *call, psa_cipher_operation_t *cipher,
                           size_t len)
{
    uint8_t iv[PSA_CIPHER_IV_MAX_SIZE + 1]; /* one byte more is enough to be wrong */
    const size_t read = psa_read(call->message->handle, 1, iv, len < sizeof iv ? len : sizeof iv);
    return psa_cipher_set_iv(cipher, iv, read);
}

/** Bytes of the IV that stands before the ciphertext. */
static psa_status_t find_iv_len(const struct crypto_call *call, size_t *len)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_status_t status = psa_get_key_attributes(crypto_key_of(call), &attributes);
    *len = PSA_CIPHER_IV_LENGTH(psa_get_key_type(&attributes), call->request.alg);
    return status;
}

psa_status_t crypto_cipher_encrypt(const struct crypto_call *call)
{
    psa_cipher_operation_t cipher = PSA_CIPHER_OPERATION_INIT;
    size_t iv_len = 0;
    size_t written = 0;
    psa_status_t status = psa_cipher_encrypt_setup(&cipher, crypto_key_of(call), call->request.alg);
    if (status == PSA_SUCCESS) {
        status = find_iv_len(call, &iv_len);
    }
    if (status == PSA_SUCCESS && iv_len > 0) {
        status = generate_iv(call, &cipher, &written);
    }
    if (status == PSA_SUCCESS) {
        status = crypto_stream(call, &cipher, pass, &written);
    }
    if (status == PSA_SUCCESS) {
        status = finish(call, &cipher, written);
    }
    (void)psa_cipher_abort(&cipher); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_cipher_decrypt(const struct crypto_call *call)
{
    psa_cipher_operation_t cipher = PSA_CIPHER_OPERATION_INIT;
    size_t iv_len = 0;
    size_t written = 0;
    psa_status_t status = psa_cipher_decrypt_setup(&cipher, crypto_key_of(call), call->request.alg);
    if (status == PSA_SUCCESS) {
        status = find_iv_len(call, &iv_len);
    }
    if (status == PSA_SUCCESS && call->message->in_size[1] < iv_len) {
        status = PSA_ERROR_INVALID_ARGUMENT;
    }
    if (status == PSA_SUCCESS && iv_len > 0) {
        status = set_iv(call, &cipher, iv_len);
    }
    if (status == PSA_SUCCESS) {
        status = crypto_stream(call, &cipher, pass, &written);
    }
    if (status == PSA_SUCCESS) {
        status = finish(call, &cipher, written);
    }
    (void)psa_cipher_abort(&cipher); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_cipher_encrypt_setup(const struct crypto_call *call)
{
    return psa_cipher_encrypt_setup(call->state, crypto_key_of(call), call->request.alg);
}

psa_status_t crypto_cipher_decrypt_setup(const struct crypto_call *call)
{
    return psa_cipher_decrypt_setup(call->state, crypto_key_of(call), call->request.alg);
}

psa_status_t crypto_cipher_generate_iv(const struct crypto_call *call)
{
    size_t written = 0;
    return generate_iv(call, call->state, &written);
}

psa_status_t crypto_cipher_set_iv(const struct crypto_call *call)
{
    return set_iv(call, call->state, call->message->in_size[1]);
}

psa_status_t crypto_cipher_update(const struct crypto_call *call)
{
    size_t written = 0;
    return crypto_stream(call, call->state, pass, &written);
}

psa_status_t crypto_cipher_finish(const struct crypto_call *call)
{
    return finish(call, call->state, 0);
}
