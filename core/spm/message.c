/*
 * What a partition does with its message: psa_read() and its kin.
 */
#include <garrison/spm.h>

#include <string.h>

#include "base/secret.h"
#include "spm/chain.h"
#include "spm/running.h"

void running_require_own(const void *buffer, size_t len, uint32_t access)
{
    if (len > 0 && !claim_is_own(spm_running(), (uintptr_t)buffer, len, access)) {
        running_mistake("buffer is not its own");
    }
}

/** The running call, if the message is its; a vector that it was not passed is an empty one. */
static struct call *require_message(psa_handle_t message, uint32_t index)
{
    struct call *call = chain_running();
    if (call == NULL || message == PSA_NULL_HANDLE || message != call->message ||
        index >= PSA_MAX_IOVEC) {
        running_mistake("message handle or vector");
    }
    return call;
}

/** What one partition lends another passes through here, so that only one's memory is open. */
#define LENT_BYTES 128u

static void copy_lent(const struct partition *target, uint8_t *to, const struct partition *source,
                      const uint8_t *from, size_t len)
{
    uint8_t lent[LENT_BYTES];
    for (size_t done = 0; done < len; done += LENT_BYTES) {
        const size_t part = len - done < LENT_BYTES ? len - done : LENT_BYTES;
        running_open_memory(source);
        memcpy(lent, from + done, part);
        running_open_memory(target);
        memcpy(to + done, lent, part);
    }
    secret_wipe(lent, sizeof lent);
}

/** The next bytes of an input. */
static size_t take_input(struct call *call, uint32_t index, size_t len, uint8_t **data)
{
    return index < call->in_count ? grant_take(&call->vec[index], len, data) : 0;
}

size_t spm_read(psa_handle_t message, uint32_t index, void *buffer, size_t len)
{
    uint8_t *data = NULL;
    struct call *call = require_message(message, index);
    running_require_own(buffer, len, PARTITION_READ | PARTITION_WRITE);
    const size_t taken = take_input(call, index, len, &data);
    if (call->client != NULL) {
        copy_lent(call->partition, buffer, call->client, data, taken);
    } else if (taken > 0) {
        memcpy(buffer, data, taken);
    }
    return taken;
}

void spm_set_rhandle(psa_handle_t message, void *rhandle)
{
    struct call *call = require_message(message, 0);
    if (call->connection == NULL) {
        running_mistake("a stateless service has no rhandle");
    }
    call->connection->rhandle = rhandle;
}

size_t spm_skip(psa_handle_t message, uint32_t index, size_t len)
{
    uint8_t *data;
    return take_input(require_message(message, index), index, len, &data);
}

void spm_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len)
{
    uint8_t *data;
    struct call *call = require_message(message, index);
    running_require_own(buffer, len, PARTITION_READ);
    if (len == 0) {
        return;
    }
    struct grant *output = index < call->out_count ? &call->vec[call->in_count + index] : NULL;
    if (output == NULL || len > output->len - output->used) {
        running_mistake("more output than there is room for");
    }
    (void)grant_take(output, len, &data);
    if (call->client != NULL) {
        copy_lent(call->client, data, call->partition, buffer, len);
        running_open_memory(call->partition);
    } else {
        memcpy(data, buffer, len);
    }
}
