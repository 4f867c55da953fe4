#include "client/crypto_call.h"

#define INPUTS_MAX 2u

psa_status_t crypto_call(const struct crypto_request *request, const psa_invec *in, size_t in_len,
                         psa_outvec *out)
{
    psa_invec vec[1 + INPUTS_MAX] = {{request, sizeof *request}};

    if (in_len > INPUTS_MAX) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    for (size_t i = 0; i < in_len; i++) {
        vec[1 + i] = in[i];
    }
    return psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, vec, 1 + in_len, out, out != NULL ? 1 : 0);
}
