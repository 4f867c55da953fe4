/*
 * Calls into partitions: checked vectors, one call at a time.
 *
 * The client's vectors are copied before anything in them is looked at, and only the copies are
 * used. Inputs that overlap are refused, so that no byte is fetched twice. The partition reaches the
 * client's buffers through psa_read() and its kin only, which copy between grants and memory that
 * is the partition's own.
 */
#include <garrison/spm.h>

#include <string.h>

#include <garrison/gate.h>
#include <garrison/port.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "base/text.h"
#include "spm/grant.h"
#include "spm/partitions.h"
#include "spm/running.h"

/** The call under way; all zero between calls. */
struct call {
    const struct partition *partition;
    psa_handle_t message;
    uint32_t in_count;
    uint32_t out_count;
    struct grant in[PSA_MAX_IOVEC];
    struct grant out[PSA_MAX_IOVEC];
    struct grant out_vec; /**< The client's array, for the lengths. */
};

/** What the client passed, copied. */
struct vectors {
    psa_invec in[PSA_MAX_IOVEC];
    psa_outvec out[PSA_MAX_IOVEC];
};

static struct call call;
static bool busy;
static psa_handle_t last_message;

enum garrison_status spm_init(void)
{
    return partitions_check();
}

static bool may_call(int32_t client_id, const struct partition_service *service)
{
    return service != NULL && client_id < 0 && service->non_secure;
}

uint32_t spm_version(int32_t client_id, uint32_t sid)
{
    const struct partition_service *service = partitions_find_sid(sid).service;
    return may_call(client_id, service) ? service->version : PSA_VERSION_NONE;
}

psa_handle_t spm_connect(int32_t client_id, uint32_t sid, uint32_t version)
{
    const struct partition_service *service = partitions_find_sid(sid).service;
    (void)version;
    return may_call(client_id, service) ? PSA_ERROR_PROGRAMMER_ERROR : PSA_ERROR_CONNECTION_REFUSED;
}

psa_status_t spm_close(int32_t client_id, psa_handle_t handle)
{
    (void)client_id;
    return handle == PSA_NULL_HANDLE ? PSA_SUCCESS : PSA_ERROR_PROGRAMMER_ERROR;
}

/** Copies the client's arrays; from then on they are not read again. */
static bool copy_vectors(const psa_invec *in_vec, psa_outvec *out_vec, struct vectors *vectors)
{
    struct claim in_claim = {(uintptr_t)in_vec, call.in_count * sizeof *in_vec, false};
    struct claim out_claim = {(uintptr_t)out_vec, call.out_count * sizeof *out_vec, true};
    struct grant in;

    if (!grant_check(in_claim, &in) || !grant_check(out_claim, &call.out_vec)) {
        return false;
    }
    if (in.len > 0) {
        memcpy(vectors->in, in.data, in.len);
    }
    if (call.out_vec.len > 0) {
        memcpy(vectors->out, call.out_vec.data, call.out_vec.len);
    }
    return true;
}

static struct claim claim_in(const psa_invec *vec)
{
    return (struct claim){(uintptr_t)vec->base, vec->len, false};
}

static bool grant_inputs(const struct vectors *vectors)
{
    uint32_t i = 0;
    for (; i < call.in_count; i++) {
        struct claim claim = claim_in(&vectors->in[i]);
        for (uint32_t k = 0; k < i; k++) {
            if (claims_overlap(claim, claim_in(&vectors->in[k]))) {
                return false;
            }
        }
        if (!grant_check(claim, &call.in[i])) {
            return false;
        }
    }
    return hardened_loop_complete(i, call.in_count);
}

static bool grant_outputs(const struct vectors *vectors)
{
    uint32_t i = 0;
    for (; i < call.out_count; i++) {
        struct claim claim = {(uintptr_t)vectors->out[i].base, vectors->out[i].len, true};
        if (!grant_check(claim, &call.out[i])) {
            return false;
        }
    }
    return hardened_loop_complete(i, call.out_count);
}

static bool control_is_sound(uint32_t control)
{
    return (control & ~GATE_CONTROL_KNOWN) == 0 && GATE_CONTROL_TYPE(control) <= INT16_MAX &&
           GATE_CONTROL_IN(control) + GATE_CONTROL_OUT(control) <= PSA_MAX_IOVEC;
}

/** Writes the message to the top of the partition's stack, where the partition can read it. */
static const psa_msg_t *place_message(int32_t client_id, int32_t type)
{
    psa_msg_t message = {.type = type, .handle = call.message, .client_id = client_id};
    uintptr_t at = (call.partition->memory->stack_limit - sizeof message) & ~(uintptr_t)7;

    for (uint32_t i = 0; i < call.in_count; i++) {
        message.in_size[i] = call.in[i].len;
    }
    for (uint32_t i = 0; i < call.out_count; i++) {
        message.out_size[i] = call.out[i].len;
    }
    memcpy((void *)at, &message, sizeof message);
    return (const psa_msg_t *)at;
}

static bool accept_call(int32_t client_id, psa_handle_t handle, uint32_t control,
                        const psa_invec *in_vec, psa_outvec *out_vec)
{
    struct vectors vectors = {0};
    struct partition_entry entry = partitions_find_handle(handle);

    if (!may_call(client_id, entry.service) || !control_is_sound(control)) {
        return false;
    }
    call.partition = entry.partition;
    call.in_count = GATE_CONTROL_IN(control);
    call.out_count = GATE_CONTROL_OUT(control);
    return copy_vectors(in_vec, out_vec, &vectors) && grant_inputs(&vectors) &&
           grant_outputs(&vectors);
}

static void forget_call(void)
{
    secret_wipe(&call, sizeof call);
    __atomic_clear(&busy, __ATOMIC_RELEASE);
}

psa_status_t spm_begin(int32_t client_id, psa_handle_t handle, uint32_t control,
                       const psa_invec *in_vec, psa_outvec *out_vec,
                       const struct partition **partition, const psa_msg_t **message)
{
    if (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) {
        return PSA_ERROR_CONNECTION_BUSY;
    }
    if (!accept_call(client_id, handle, control, in_vec, out_vec)) {
        forget_call();
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    last_message = last_message < INT32_MAX ? last_message + 1 : 1;
    call.message = last_message;
    *partition = call.partition;
    *message = place_message(client_id, GATE_CONTROL_TYPE(control));
    return PSA_SUCCESS;
}

psa_status_t spm_end(psa_status_t status)
{
    psa_outvec *out_vec = (psa_outvec *)(void *)call.out_vec.data;
    for (uint32_t i = 0; i < call.out_count; i++) {
        memcpy(&out_vec[i].len, &call.out[i].used, sizeof call.out[i].used);
    }
    forget_call();
    return status;
}

const struct partition *running_partition(void)
{
    return call.partition;
}

void running_failed(const char *reason)
{
    struct text text;
    text_start(&text);
    text_add(&text, call.partition != NULL ? call.partition->name : "partition");
    text_add(&text, ": ");
    text_add(&text, reason);
    port_panic(text.line);
}

static void require_message(psa_handle_t message, uint32_t index)
{
    if (call.partition == NULL || message != call.message || index >= PSA_MAX_IOVEC) {
        running_failed("programmer error: message handle or vector");
    }
}

void running_require_own(const void *buffer, size_t len, uint32_t access)
{
    uintptr_t base = (uintptr_t)buffer;
    if (len == 0) {
        return;
    }
    for (uint32_t i = 0; i < PARTITION_REGIONS_MAX; i++) {
        const struct partition_region *region = &call.partition->memory->region[i];
        if ((region->access & access) == access && base >= region->base && base < region->limit &&
            len <= region->limit - base) {
            return;
        }
    }
    running_failed("programmer error: buffer is not its own");
}

size_t spm_read(psa_handle_t message, uint32_t index, void *buffer, size_t len)
{
    uint8_t *data;
    require_message(message, index);
    running_require_own(buffer, len, PARTITION_READ | PARTITION_WRITE);
    size_t taken = grant_take(&call.in[index], len, &data);
    if (taken > 0) {
        memcpy(buffer, data, taken);
    }
    return taken;
}

size_t spm_skip(psa_handle_t message, uint32_t index, size_t len)
{
    uint8_t *data;
    require_message(message, index);
    return grant_take(&call.in[index], len, &data);
}

void spm_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len)
{
    uint8_t *data;
    require_message(message, index);
    running_require_own(buffer, len, PARTITION_READ);
    if (len > call.out[index].len - call.out[index].used) {
        running_failed("programmer error: more output than there is room for");
    }
    size_t taken = grant_take(&call.out[index], len, &data);
    if (taken > 0) {
        memcpy(data, buffer, taken);
    }
}
