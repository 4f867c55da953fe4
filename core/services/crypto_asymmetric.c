/*
 * Signatures, asymmetric encryption and key agreement. A message to be signed passes in parts: its
 * hash is made here, and garrison_psa_slot.h applies the key's policy for messages to it.
 */
#include <garrison_psa_slot.h>

#include "base/secret.h"
#include "services/crypto_request.h"

/* PSA_HASH_LENGTH() of what is not known to the compiler is much code. */
#define HASH_INDEX(alg)  ((alg)&0xFFu)
#define HASH_LENGTH(alg) [HASH_INDEX(alg)] = PSA_HASH_LENGTH(alg)
static const uint8_t hash_lengths[] = {
    HASH_LENGTH(PSA_ALG_MD5),         HASH_LENGTH(PSA_ALG_RIPEMD160),
    HASH_LENGTH(PSA_ALG_SHA_1),       HASH_LENGTH(PSA_ALG_SHA_224),
    HASH_LENGTH(PSA_ALG_SHA_256),     HASH_LENGTH(PSA_ALG_SHA_384),
    HASH_LENGTH(PSA_ALG_SHA_512),     HASH_LENGTH(PSA_ALG_SHA_512_224),
    HASH_LENGTH(PSA_ALG_SHA_512_256), HASH_LENGTH(PSA_ALG_SHA3_224),
    HASH_LENGTH(PSA_ALG_SHA3_256),    HASH_LENGTH(PSA_ALG_SHA3_384),
    HASH_LENGTH(PSA_ALG_SHA3_512),
};

bool crypto_hash_length_is_right(const struct crypto_call *call)
{
    const uint32_t index = HASH_INDEX(PSA_ALG_SIGN_GET_HASH(call->request.alg));
    const size_t len = index < sizeof hash_lengths ? hash_lengths[index] : 0; /* 0: any */
    return len == 0 || len == call->message->in_size[1];
}

static psa_status_t sign_hash(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_sign_hash(crypto_key_of(call), call->request.alg, buffers->in[0].data,
                         buffers->in[0].len, out->data, out->size, &out->len);
}

psa_status_t crypto_sign_hash(const struct crypto_call *call)
{
    return crypto_hash_length_is_right(call) ? crypto_whole(call, PSA_SIGNATURE_MAX_SIZE, sign_hash)
                                             : PSA_ERROR_INVALID_ARGUMENT;
}

static psa_status_t verify_hash(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_verify_hash(crypto_key_of(call), call->request.alg, buffers->in[0].data,
                           buffers->in[0].len, buffers->in[1].data, buffers->in[1].len);
}

psa_status_t crypto_verify_hash(const struct crypto_call *call)
{
    return crypto_hash_length_is_right(call) ? crypto_whole(call, 0, verify_hash)
                                             : PSA_ERROR_INVALID_ARGUMENT;
}

static psa_status_t add(void *hash, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_size,
                        size_t *out_len)
{
    (void)out;
    (void)out_size;
    (void)out_len;
    return psa_hash_update(hash, in, in_len);
}

/** The message's hash, by the signature's algorithm. */
static psa_status_t hash_message(const struct crypto_call *call, uint8_t digest[PSA_HASH_MAX_SIZE],
                                 size_t *len)
{
    psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
    const psa_algorithm_t alg = PSA_ALG_SIGN_GET_HASH(call->request.alg);
    psa_status_t status = psa_hash_setup(&hash, alg);
    if (status == PSA_SUCCESS) {
        status = crypto_absorb(call, &hash, add);
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&hash, digest, PSA_HASH_MAX_SIZE, len);
    }
    (void)psa_hash_abort(&hash); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_sign_message(const struct crypto_call *call)
{
    uint8_t digest[PSA_HASH_MAX_SIZE];
    uint8_t signature[PSA_SIGNATURE_MAX_SIZE];
    const size_t room = call->message->out_size[0];
    size_t digest_len = 0;
    size_t len = 0;
    psa_status_t status = garrison_psa_may_sign_message(crypto_key_of(call), call->request.alg);
    if (status == PSA_SUCCESS) {
        status = hash_message(call, digest, &digest_len);
    }
    if (status == PSA_SUCCESS) {
        status = garrison_psa_sign_digest(crypto_key_of(call), call->request.alg, digest,
                                          digest_len, signature,
                                          room < sizeof signature ? room : sizeof signature, &len);
    }
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, signature, len);
    }
    secret_wipe(digest, sizeof digest);
    return status;
}

psa_status_t crypto_verify_message(const struct crypto_call *call)
{
    uint8_t digest[PSA_HASH_MAX_SIZE];
    uint8_t signature[PSA_SIGNATURE_MAX_SIZE + 1]; /* one byte more is enough to be wrong */
    size_t digest_len = 0;
    psa_status_t status = garrison_psa_may_verify_message(crypto_key_of(call), call->request.alg);
    if (status == PSA_SUCCESS) {
        status = hash_message(call, digest, &digest_len);
    }
    if (status == PSA_SUCCESS) {
        const size_t len = psa_read(call->message->handle, 2, signature, sizeof signature);
        status = garrison_psa_verify_digest(crypto_key_of(call), call->request.alg, digest,
                                            digest_len, signature, len);
    }
    return status;
}

static psa_status_t asymmetric_encrypt(const struct crypto_call *call,
                                       struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_asymmetric_encrypt(crypto_key_of(call), call->request.alg, buffers->in[0].data,
                                  buffers->in[0].len, buffers->in[1].data, buffers->in[1].len,
                                  out->data, out->size, &out->len);
}

psa_status_t crypto_asymmetric_encrypt(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_ASYMMETRIC_ENCRYPT_OUTPUT_MAX_SIZE, asymmetric_encrypt);
}

static psa_status_t asymmetric_decrypt(const struct crypto_call *call,
                                       struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_asymmetric_decrypt(crypto_key_of(call), call->request.alg, buffers->in[0].data,
                                  buffers->in[0].len, buffers->in[1].data, buffers->in[1].len,
                                  out->data, out->size, &out->len);
}

psa_status_t crypto_asymmetric_decrypt(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_ASYMMETRIC_DECRYPT_OUTPUT_MAX_SIZE, asymmetric_decrypt);
}

static psa_status_t raw_key_agreement(const struct crypto_call *call,
                                      struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_raw_key_agreement(call->request.alg, crypto_key_of(call), buffers->in[0].data,
                                 buffers->in[0].len, out->data, out->size, &out->len);
}

psa_status_t crypto_raw_key_agreement(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_RAW_KEY_AGREEMENT_OUTPUT_MAX_SIZE, raw_key_agreement);
}

/** Types of key that a shared secret may become: PSA Crypto 1.2, psa_key_agreement(). */
static bool may_be_secret(psa_key_type_t type)
{
    return type == PSA_KEY_TYPE_DERIVE || type == PSA_KEY_TYPE_RAW_DATA ||
           type == PSA_KEY_TYPE_HMAC || type == PSA_KEY_TYPE_PASSWORD;
}

/** Mbed TLS has no such function; this one makes the key of the secret itself. */
static psa_status_t key_agreement(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const psa_key_attributes_t attributes = crypto_attributes_of(call);
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;
    uint8_t secret[PSA_RAW_KEY_AGREEMENT_OUTPUT_MAX_SIZE];
    size_t len = 0;
    psa_status_t status = PSA_ERROR_INVALID_ARGUMENT;
    if (may_be_secret(psa_get_key_type(&attributes))) {
        status = psa_raw_key_agreement(call->request.alg, crypto_key_of(call), buffers->in[0].data,
                                       buffers->in[0].len, secret, sizeof secret, &len);
    }
    if (status == PSA_SUCCESS) {
        status = psa_import_key(&attributes, secret, len, &key);
    }
    secret_wipe(secret, sizeof secret);
    return crypto_answer_key(call, status, key);
}

psa_status_t crypto_key_agreement(const struct crypto_call *call)
{
    return crypto_answer_is_number(call) ? crypto_whole(call, 0, key_agreement)
                                         : PSA_ERROR_PROGRAMMER_ERROR;
}
