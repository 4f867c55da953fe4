/*
 * Password-authenticated key exchange: J-PAKE.
 */
#include "services/crypto_operation.h"
#include "services/crypto_request.h"

psa_status_t crypto_pake_setup(const struct crypto_call *call)
{
    psa_pake_cipher_suite_t suite = PSA_PAKE_CIPHER_SUITE_INIT;
    psa_pake_cs_set_algorithm(&suite, call->request.alg);
    psa_pake_cs_set_primitive(&suite, call->request.step);
    psa_pake_cs_set_hash(&suite, call->request.value[0]);
    return psa_pake_setup(call->state, &suite);
}

psa_status_t crypto_pake_set_password_key(const struct crypto_call *call)
{
    return psa_pake_set_password_key(call->state, crypto_key_of(call));
}

static psa_status_t set_user(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_pake_set_user(call->state, buffers->in[0].data, buffers->in[0].len);
}

psa_status_t crypto_pake_set_user(const struct crypto_call *call)
{
    return crypto_whole(call, 0, set_user);
}

static psa_status_t set_peer(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_pake_set_peer(call->state, buffers->in[0].data, buffers->in[0].len);
}

psa_status_t crypto_pake_set_peer(const struct crypto_call *call)
{
    return crypto_whole(call, 0, set_peer);
}

psa_status_t crypto_pake_set_role(const struct crypto_call *call)
{
    return psa_pake_set_role(call->state, (psa_pake_role_t)call->request.step);
}

static psa_pake_step_t step_of(const struct crypto_call *call)
{
    /* A step that does not fit is none. */
    return call->request.step <= UINT8_MAX ? (psa_pake_step_t)call->request.step : 0;
}

static psa_status_t output(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_pake_output(call->state, step_of(call), out->data, out->size, &out->len);
}

psa_status_t crypto_pake_output(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_PAKE_OUTPUT_MAX_SIZE, output);
}

static psa_status_t input(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    return psa_pake_input(call->state, step_of(call), buffers->in[0].data, buffers->in[0].len);
}

psa_status_t crypto_pake_input(const struct crypto_call *call)
{
    return crypto_whole(call, 0, input);
}

psa_status_t crypto_pake_implicit_key(const struct crypto_call *call)
{
    psa_key_derivation_operation_t *derivation =
        crypto_operation_state(call, call->request.value[0], CRYPTO_KIND_DERIVATION);
    return derivation != NULL ? psa_pake_get_implicit_key(call->state, derivation)
                              : PSA_ERROR_BAD_STATE;
}
