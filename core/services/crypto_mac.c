/*
 * Message authentication codes. A message of any length passes in parts.
 */
#include "base/secret.h"
#include "services/crypto_request.h"

static psa_status_t add(void *mac, const uint8_t *in, size_t in_len, uint8_t *out, size_t out_size,
                        size_t *out_len)
{
    (void)out;
    (void)out_size;
    (void)out_len;
    return psa_mac_update(mac, in, in_len);
}

static psa_status_t finish(const struct crypto_call *call, psa_mac_operation_t *mac)
{
    uint8_t value[PSA_MAC_MAX_SIZE];
    const size_t room = call->message->out_size[0];
    size_t len = 0;
    const psa_status_t status =
        psa_mac_sign_finish(mac, value, room < sizeof value ? room : sizeof value, &len);
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, value, len);
    }
    secret_wipe(value, sizeof value);
    return status;
}

/** Compares with the MAC in an input; one byte more than a MAC has is enough to be wrong. */
static psa_status_t verify(const struct crypto_call *call, psa_mac_operation_t *mac, uint32_t index)
{
    uint8_t expected[PSA_MAC_MAX_SIZE + 1];
    const size_t len = psa_read(call->message->handle, index, expected, sizeof expected);
    const psa_status_t status = psa_mac_verify_finish(mac, expected, len);
    secret_wipe(expected, sizeof expected);
    return status;
}

psa_status_t crypto_mac_compute(const struct crypto_call *call)
{
    psa_mac_operation_t mac = PSA_MAC_OPERATION_INIT;
    psa_status_t status = psa_mac_sign_setup(&mac, crypto_key_of(call), call->request.alg);
    if (status == PSA_SUCCESS) {
        status = crypto_absorb(call, &mac, add);
    }
    if (status == PSA_SUCCESS) {
        status = finish(call, &mac);
    }
    (void)psa_mac_abort(&mac); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_mac_verify(const struct crypto_call *call)
{
    psa_mac_operation_t mac = PSA_MAC_OPERATION_INIT;
    psa_status_t status = psa_mac_verify_setup(&mac, crypto_key_of(call), call->request.alg);
    if (status == PSA_SUCCESS) {
        status = crypto_absorb(call, &mac, add);
    }
    if (status == PSA_SUCCESS) {
        status = verify(call, &mac, 2);
    }
    (void)psa_mac_abort(&mac); /* cannot fail on an operation that was initialised */
    return status;
}

psa_status_t crypto_mac_sign_setup(const struct crypto_call *call)
{
    return psa_mac_sign_setup(call->state, crypto_key_of(call), call->request.alg);
}

psa_status_t crypto_mac_verify_setup(const struct crypto_call *call)
{
    return psa_mac_verify_setup(call->state, crypto_key_of(call), call->request.alg);
}

psa_status_t crypto_mac_update(const struct crypto_call *call)
{
    return crypto_absorb(call, call->state, add);
}

psa_status_t crypto_mac_sign_finish(const struct crypto_call *call)
{
    return finish(call, call->state);
}

psa_status_t crypto_mac_verify_finish(const struct crypto_call *call)
{
    return verify(call, call->state, 1);
}
