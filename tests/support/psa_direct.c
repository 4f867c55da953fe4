#include "support/psa_direct.h"

#include <garrison/gate.h>
#include <garrison/spm.h>

#define STACK_BYTES 4096u

int32_t psa_direct_client = SPM_CLIENT_NON_SECURE;

static _Alignas(32) uint8_t crypto_stack[STACK_BYTES];
static _Alignas(32) uint8_t update_stack[STACK_BYTES];

/* The process is one sandbox: everything is everybody's. */
#define WHOLE_MEMORY                                                                               \
    {                                                                                              \
        {                                                                                          \
            .base = 32, .limit = UINTPTR_MAX & ~(uintptr_t)31,                                     \
            .access = PARTITION_READ | PARTITION_WRITE                                             \
        }                                                                                          \
    }

const struct partition_memory partition_memory_crypto = {
    .stack_base = (uintptr_t)crypto_stack,
    .stack_limit = (uintptr_t)crypto_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
};

const struct partition_memory partition_memory_update = {
    .stack_base = (uintptr_t)update_stack,
    .stack_limit = (uintptr_t)update_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
};

/** Who calls: the partition that runs, else the client; a module comes by the Non-secure side. */
static int32_t caller(void)
{
    if (spm_running() != NULL) {
        return spm_running()->id;
    }
    return psa_direct_client > 0 ? SPM_CLIENT_NON_SECURE : psa_direct_client;
}

/** The partition's function, which sees the client that was asked for. */
static psa_status_t serve(const struct partition *partition, const psa_msg_t *message)
{
    psa_msg_t seen = *message;
    if (seen.client_id < 0 && psa_direct_client > 0) {
        seen.client_id = psa_direct_client;
    }
    return partition->function(&seen);
}

uint32_t psa_framework_version(void)
{
    return PSA_FRAMEWORK_VERSION;
}

uint32_t psa_version(uint32_t sid)
{
    return spm_version(caller(), sid);
}

static psa_status_t run(psa_status_t result, const struct partition *partition,
                        const psa_msg_t *message)
{
    if (partition == NULL) {
        return result;
    }
    psa_status_t answer;
    do {
        answer = serve(partition, message);
        message = spm_next();
    } while (message != NULL);
    return spm_end(answer);
}

psa_handle_t psa_connect(uint32_t sid, uint32_t version)
{
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    const psa_status_t result = spm_connect(caller(), sid, version, &partition, &message);
    return run(result, partition, message);
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    const psa_status_t result = spm_begin(caller(), handle, gate_control(type, in_len, out_len),
                                          in_vec, out_vec, &partition, &message);
    return run(result, partition, message);
}

void psa_close(psa_handle_t handle)
{
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    const psa_status_t result = spm_close(caller(), handle, &partition, &message);
    (void)run(result, partition, message);
}

size_t psa_read(psa_handle_t message, uint32_t index, void *buffer, size_t len)
{
    return spm_read(message, index, buffer, len);
}

size_t psa_skip(psa_handle_t message, uint32_t index, size_t len)
{
    return spm_skip(message, index, len);
}

void psa_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len)
{
    spm_write(message, index, buffer, len);
}
