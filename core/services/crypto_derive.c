/*
 * Key derivation. Mbed TLS keeps what is left of an operation after a failure, so it ends only when
 * the client aborts it; see the functions' table.
 */
#include <garrison_psa_slot.h>

#include "base/secret.h"
#include "services/crypto_request.h"

/** Derived bytes made at a time; they stand on the stack. */
#define PART_BYTES 64u

psa_status_t crypto_derivation_setup(const struct crypto_call *call)
{
    return psa_key_derivation_setup(call->state, call->request.alg);
}

psa_status_t crypto_derivation_get_capacity(const struct crypto_call *call)
{
    size_t capacity = 0;
    const psa_status_t status = psa_key_derivation_get_capacity(call->state, &capacity);
    return crypto_answer_number(call, status, capacity);
}

psa_status_t crypto_derivation_set_capacity(const struct crypto_call *call)
{
    return psa_key_derivation_set_capacity(call->state, call->request.value[0]);
}

static psa_key_derivation_step_t step_of(const struct crypto_call *call)
{
    return (psa_key_derivation_step_t)call->request.step;
}

static psa_status_t input_bytes(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_key_derivation_input_bytes(call->state, step_of(call), buffers->in[0].data,
                                          buffers->in[0].len);
}

psa_status_t crypto_derivation_input_bytes(const struct crypto_call *call)
{
    return crypto_whole(call, 0, input_bytes);
}

/** Whether so much can be derived within the service's time. */
static bool is_affordable(const struct crypto_call *call, size_t len)
{
    return garrison_psa_derivation_rounds(call->state, len) <= CRYPTO_PBKDF2_ROUNDS_MAX;
}

psa_status_t crypto_derivation_input_integer(const struct crypto_call *call)
{
    const uint64_t value = call->request.value[0] | (uint64_t)call->request.value[1] << 32;
    const psa_status_t status = psa_key_derivation_input_integer(call->state, step_of(call), value);
    return status == PSA_SUCCESS && !is_affordable(call, 1) ? PSA_ERROR_NOT_SUPPORTED : status;
}

psa_status_t crypto_derivation_input_key(const struct crypto_call *call)
{
    return psa_key_derivation_input_key(call->state, step_of(call), crypto_key_of(call));
}

static psa_status_t key_agreement(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_key_derivation_key_agreement(call->state, step_of(call), crypto_key_of(call),
                                            buffers->in[0].data, buffers->in[0].len);
}

psa_status_t crypto_derivation_key_agreement(const struct crypto_call *call)
{
    return crypto_whole(call, 0, key_agreement);
}

/** Leaves an operation that cannot give `len` bytes with none, before any of them is made. */
static psa_status_t require_capacity(const struct crypto_call *call, size_t len)
{
    size_t capacity = 0;
    const psa_status_t status = psa_key_derivation_get_capacity(call->state, &capacity);
    if (status == PSA_SUCCESS && len > capacity) {
        (void)psa_key_derivation_set_capacity(call->state, 0); /* less is always allowed */
    } else if (status == PSA_SUCCESS && !is_affordable(call, len)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    return status;
}

psa_status_t crypto_derivation_output_bytes(const struct crypto_call *call)
{
    uint8_t part[PART_BYTES];
    size_t left = call->message->out_size[0];
    psa_status_t status = require_capacity(call, left);

    while (left > 0 && status == PSA_SUCCESS) {
        const size_t len = left < sizeof part ? left : sizeof part;
        status = psa_key_derivation_output_bytes(call->state, part, len);
        if (status == PSA_SUCCESS) {
            psa_write(call->message->handle, 0, part, len);
        }
        left -= len;
    }
    secret_wipe(part, sizeof part);
    return status;
}

static psa_status_t output_key(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const psa_key_attributes_t attributes = crypto_attributes_of(call);
    const psa_custom_key_parameters_t custom = {.flags = call->request.value[0]};
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;
    const psa_status_t status = psa_key_derivation_output_key_custom(
        &attributes, call->state, &custom, buffers->in[0].data, buffers->in[0].len, &key);
    return crypto_answer_key(call, status, key);
}

psa_status_t crypto_derivation_output_key(const struct crypto_call *call)
{
    if (!crypto_answer_is_number(call)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    return is_affordable(call, PSA_BITS_TO_BYTES(call->request.attributes.bits))
               ? crypto_whole(call, 0, output_key)
               : PSA_ERROR_NOT_SUPPORTED;
}

/** Compares all of it, however early it differs. Mbed TLS has no such function. */
static psa_status_t verify(void *derivation, const uint8_t *expected, size_t left)
{
    uint8_t part[PART_BYTES];
    bool equal = true;
    psa_status_t status = PSA_SUCCESS;
    while (left > 0 && status == PSA_SUCCESS) {
        const size_t len = left < sizeof part ? left : sizeof part;
        status = psa_key_derivation_output_bytes(derivation, part, len);
        equal = secret_equal(part, expected, len) && equal;
        expected += len;
        left -= len;
    }
    secret_wipe(part, sizeof part);
    return status == PSA_SUCCESS && !equal ? PSA_ERROR_INVALID_SIGNATURE : status;
}

static psa_status_t verify_bytes(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const psa_status_t status = require_capacity(call, buffers->in[0].len);
    return status == PSA_SUCCESS ? verify(call->state, buffers->in[0].data, buffers->in[0].len)
                                 : status;
}

psa_status_t crypto_derivation_verify_bytes(const struct crypto_call *call)
{
    return crypto_whole(call, 0, verify_bytes);
}

psa_status_t crypto_derivation_verify_key(const struct crypto_call *call)
{
    const psa_key_derivation_operation_t *derivation = call->state;
    const uint8_t *expected = NULL;
    size_t len = 0;
    psa_status_t status = garrison_psa_expected_bytes(
        crypto_key_of(call), derivation->MBEDTLS_PRIVATE(alg), &expected, &len);
    if (status == PSA_SUCCESS) {
        status = require_capacity(call, len);
    }
    return status == PSA_SUCCESS ? verify(call->state, expected, len) : status;
}
