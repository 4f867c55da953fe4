/*
 * Authenticated encryption. In parts, data of any length pass; in one call they stand in the arena
 * whole, since nothing of a plaintext may leave before its tag was found right.
 */
#include "base/secret.h"
#include "services/crypto_request.h"

static psa_status_t add(void *aead, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_size,
                        size_t *out_len)
{
    (void)out;
    (void)out_size;
    (void)out_len;
    return psa_aead_update_ad(aead, in, in_len);
}

static psa_status_t pass(void *aead, const uint8_t *in, size_t in_len, uint8_t *out,
                         size_t out_size, size_t *out_len)
{
    return psa_aead_update(aead, in, in_len, out, out_size, out_len);
}

static psa_status_t encrypt(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const struct crypto_request *request = &call->request;
    return psa_aead_encrypt(crypto_key_of(call), request->alg, request->nonce, request->nonce_len,
                            buffers->in[0].data, buffers->in[0].len, buffers->in[1].data,
                            buffers->in[1].len, buffers->out.data, buffers->out.size,
                            &buffers->out.len);
}

static psa_status_t decrypt(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const struct crypto_request *request = &call->request;
    return psa_aead_decrypt(crypto_key_of(call), request->alg, request->nonce, request->nonce_len,
                            buffers->in[0].data, buffers->in[0].len, buffers->in[1].data,
                            buffers->in[1].len, buffers->out.data, buffers->out.size,
                            &buffers->out.len);
}

/** Of GCM, as SP 800-38D has it. In one call Mbed TLS takes each from 4 on, in parts only these. */
static bool tag_length_is_right(psa_algorithm_t alg)
{
    const uint32_t len = PSA_ALG_AEAD_GET_TAG_LENGTH(alg);
    const bool is_gcm =
        PSA_ALG_AEAD_WITH_SHORTENED_TAG(alg, 0) == PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_GCM, 0);
    return !is_gcm || len == 4 || len == 8 || len >= 12;
}

static psa_status_t whole(const struct crypto_call *call, crypto_whole_fn *run)
{
    if (!tag_length_is_right(call->request.alg)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (call->request.nonce_len > CRYPTO_NONCE_BYTES) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    return crypto_whole(call, call->message->in_size[2] + PSA_AEAD_TAG_MAX_SIZE, run);
}

psa_status_t crypto_aead_encrypt(const struct crypto_call *call)
{
    return whole(call, encrypt);
}

psa_status_t crypto_aead_decrypt(const struct crypto_call *call)
{
    return whole(call, decrypt);
}

psa_status_t crypto_aead_encrypt_setup(const struct crypto_call *call)
{
    return psa_aead_encrypt_setup(call->state, crypto_key_of(call), call->request.alg);
}

psa_status_t crypto_aead_decrypt_setup(const struct crypto_call *call)
{
    return psa_aead_decrypt_setup(call->state, crypto_key_of(call), call->request.alg);
}

static psa_status_t generate_nonce(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_aead_generate_nonce(call->state, out->data, out->size, &out->len);
}

psa_status_t crypto_aead_generate_nonce(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_AEAD_NONCE_MAX_SIZE, generate_nonce);
}

static psa_status_t set_nonce(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_aead_set_nonce(call->state, buffers->in[0].data, buffers->in[0].len);
}

psa_status_t crypto_aead_set_nonce(const struct crypto_call *call)
{
    return crypto_whole(call, 0, set_nonce);
}

psa_status_t crypto_aead_set_lengths(const struct crypto_call *call)
{
    return psa_aead_set_lengths(call->state, call->request.value[0], call->request.value[1]);
}

psa_status_t crypto_aead_update_ad(const struct crypto_call *call)
{
    return crypto_absorb(call, call->state, add);
}

psa_status_t crypto_aead_update(const struct crypto_call *call)
{
    size_t written = 0;
    return crypto_stream(call, call->state, pass, &written);
}

psa_status_t crypto_aead_finish(const struct crypto_call *call)
{
    const psa_msg_t *message = call->message;
    uint8_t rest[PSA_AEAD_FINISH_OUTPUT_MAX_SIZE];
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE];
    size_t rest_len = 0;
    size_t tag_len = 0;
    const psa_status_t status = psa_aead_finish(
        call->state, rest, message->out_size[0] < sizeof rest ? message->out_size[0] : sizeof rest,
        &rest_len, tag, message->out_size[1] < sizeof tag ? message->out_size[1] : sizeof tag,
        &tag_len);
    if (status == PSA_SUCCESS) {
        psa_write(message->handle, 0, rest, rest_len);
        psa_write(message->handle, 1, tag, tag_len);
    }
    return status;
}

psa_status_t crypto_aead_verify(const struct crypto_call *call)
{
    const psa_msg_t *message = call->message;
    uint8_t rest[PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE];
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE + 1]; /* one byte more is enough to be wrong */
    size_t rest_len = 0;
    const size_t tag_len = psa_read(message->handle, 1, tag, sizeof tag);
    const psa_status_t status = psa_aead_verify(
        call->state, rest, message->out_size[0] < sizeof rest ? message->out_size[0] : sizeof rest,
        &rest_len, tag, tag_len);
    if (status == PSA_SUCCESS) {
        psa_write(message->handle, 0, rest, rest_len);
    }
    secret_wipe(rest, sizeof rest);
    return status;
}
