#include "support/update_call.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psa/client.h>
#include <psa/service.h>

#include "services/update.h"
#include "services/update_protocol.h"

#define MESSAGE 1

int32_t update_client = -1;

/** The call under way. */
static struct {
    const psa_invec *in;
    size_t in_len;
    psa_outvec *out;
    size_t out_len;
    size_t taken[PSA_MAX_IOVEC];
    size_t given[PSA_MAX_IOVEC];
} call;

static void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "update service: %s\n", what);
        abort();
    }
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    psa_msg_t message = {.type = type, .handle = MESSAGE, .client_id = update_client};
    must(handle == UPDATE_HANDLE, "called by another handle");
    memset(&call, 0, sizeof call);
    call.in = in_vec;
    call.in_len = in_len;
    call.out = out_vec;
    call.out_len = out_len;
    for (size_t i = 0; i < in_len; i++) {
        message.in_size[i] = in_vec[i].len;
    }
    for (size_t i = 0; i < out_len; i++) {
        message.out_size[i] = out_vec[i].len;
    }
    const psa_status_t status = update_service(&message);
    for (size_t i = 0; i < out_len; i++) {
        out_vec[i].len = call.given[i];
    }
    return status;
}

size_t psa_read(psa_handle_t msg_handle, uint32_t invec_idx, void *buffer, size_t num_bytes)
{
    must(msg_handle == MESSAGE, "reads a message that there is not");
    if (invec_idx >= call.in_len) {
        return 0;
    }
    const size_t left = call.in[invec_idx].len - call.taken[invec_idx];
    const size_t len = num_bytes < left ? num_bytes : left;
    memcpy(buffer, (const uint8_t *)call.in[invec_idx].base + call.taken[invec_idx], len);
    call.taken[invec_idx] += len;
    return len;
}

void psa_write(psa_handle_t msg_handle, uint32_t outvec_idx, const void *buffer, size_t num_bytes)
{
    must(msg_handle == MESSAGE, "answers a message that there is not");
    must(outvec_idx < call.out_len &&
             num_bytes <= call.out[outvec_idx].len - call.given[outvec_idx],
         "more was answered than fits");
    memcpy((uint8_t *)call.out[outvec_idx].base + call.given[outvec_idx], buffer, num_bytes);
    call.given[outvec_idx] += num_bytes;
}
