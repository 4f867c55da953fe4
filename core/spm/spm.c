/*
 * Calls into partitions: checked vectors, one chain of calls at a time.
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
#include "spm/connection.h"
#include "spm/ended.h"
#include "spm/failures.h"
#include "spm/grant.h"
#include "spm/partitions.h"
#include "spm/running.h"
#include "spm/signals.h"

/** A call of the chain. */
struct call {
    const struct partition *partition;
    uint32_t number;                /**< Of the partition. */
    const struct partition *client; /**< NULL: the Non-secure side. */
    struct connection *connection;  /**< NULL: the service is stateless. */
    psa_signal_t signal;            /**< Whose handler this is; 0: it is a call. */
    int32_t type;
    int32_t client_id;
    psa_handle_t message; /**< PSA_NULL_HANDLE: it has to hear of something else before. */
    bool failed;          /**< Its partition has, in a handler above it. */
    uint32_t ticks;       /**< That have found its partition running. */
    uint32_t in_count;
    uint32_t out_count;
    struct grant vec[PSA_MAX_IOVEC]; /**< The inputs, then the outputs. */
    struct grant out_vec;            /**< The client's array, for the lengths. */
};

/** What the client passed, copied. */
struct vectors {
    psa_invec in[PSA_MAX_IOVEC];
    psa_outvec out[PSA_MAX_IOVEC];
};

/** The calls under way, the last one running; the rest is zero. */
static struct call chain[SPM_CHAIN_MAX];
static uint32_t depth;
static bool busy;
static psa_handle_t last_message;

enum garrison_status spm_init(void)
{
    failures_init();
    signals_init();
    connection_init();
    ended_init();
    return partitions_check();
}

static struct call *running_call(void)
{
    return depth > 0 ? &chain[depth - 1] : NULL;
}

const struct partition *spm_running(void)
{
    return depth > 0 ? chain[depth - 1].partition : NULL;
}

void running_open_memory(const struct partition *partition)
{
    if (port_partition_switch(partition) != GARRISON_OK) {
        port_panic("memory protection does not read back as written");
    }
}

/** The call of a partition among the first ones of the chain; NULL: it is not there. */
static struct call *find_call(const struct partition *partition, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (chain[i].partition == partition) {
            return &chain[i];
        }
    }
    return NULL;
}

/** Whether that partition asks. */
static bool is_running(int32_t client_id)
{
    return spm_running() != NULL && spm_running()->id == client_id;
}

static bool may_call(int32_t client_id, struct partition_entry entry)
{
    const struct partition_service *service = entry.service;
    if (service == NULL) {
        return false;
    }
    if (client_id < 0) {
        return (service->callers & SERVICE_FOR_NON_SECURE) != 0;
    }
    if (!is_running(client_id)) {
        return false;
    }
    const uint32_t kind = spm_running()->is_module ? SERVICE_FOR_MODULES : SERVICE_FOR_PARTITIONS;
    return (service->callers & kind) != 0 && partitions_uses(spm_running(), service->sid) &&
           find_call(entry.partition, depth) == NULL; /* or it would wait for itself */
}

uint32_t spm_version(int32_t client_id, uint32_t sid)
{
    const struct partition_entry entry = partitions_find_sid(sid);
    return may_call(client_id, entry) ? entry.service->version : PSA_VERSION_NONE;
}

/** A client's mistake: the end of a partition, an answer to the Non-secure side. */
static psa_status_t refuse(int32_t client_id, const char *reason)
{
    if (is_running(client_id)) {
        running_mistake(reason);
    }
    return PSA_ERROR_PROGRAMMER_ERROR;
}

/** Copies the client's arrays; from then on they are not read again. */
static bool copy_vectors(struct call *call, const psa_invec *in_vec, psa_outvec *out_vec,
                         struct vectors *vectors)
{
    struct claim in_claim = {(uintptr_t)in_vec, call->in_count * sizeof *in_vec, false};
    struct claim out_claim = {(uintptr_t)out_vec, call->out_count * sizeof *out_vec, true};
    struct grant in;

    if (!grant_check(call->client, in_claim, &in) ||
        !grant_check(call->client, out_claim, &call->out_vec)) {
        return false;
    }
    if (in.len > 0) {
        memcpy(vectors->in, in.data, in.len);
    }
    if (call->out_vec.len > 0) {
        memcpy(vectors->out, call->out_vec.data, call->out_vec.len);
    }
    return true;
}

static struct claim claim_in(const psa_invec *vec)
{
    return (struct claim){(uintptr_t)vec->base, vec->len, false};
}

static bool grant_inputs(struct call *call, const struct vectors *vectors)
{
    uint32_t i = 0;
    for (; i < call->in_count; i++) {
        struct claim claim = claim_in(&vectors->in[i]);
        for (uint32_t k = 0; k < i; k++) {
            if (claims_overlap(claim, claim_in(&vectors->in[k]))) {
                return false;
            }
        }
        if (!grant_check(call->client, claim, &call->vec[i])) {
            return false;
        }
    }
    return hardened_loop_complete(i, call->in_count);
}

static bool grant_outputs(struct call *call, const struct vectors *vectors)
{
    uint32_t i = 0;
    for (; i < call->out_count; i++) {
        struct claim claim = {(uintptr_t)vectors->out[i].base, vectors->out[i].len, true};
        if (!grant_check(call->client, claim, &call->vec[call->in_count + i])) {
            return false;
        }
    }
    return hardened_loop_complete(i, call->out_count);
}

static bool control_is_sound(uint32_t control)
{
    return (control & ~GATE_CONTROL_KNOWN) == 0 && GATE_CONTROL_TYPE(control) <= INT16_MAX &&
           GATE_CONTROL_IN(control) + GATE_CONTROL_OUT(control) <= PSA_MAX_IOVEC;
}

/** Where a message goes: the top of the partition's stack, where the partition can read it. */
static psa_msg_t *message_place(const struct call *call)
{
    const uintptr_t at = call->partition->memory->stack_limit - sizeof(psa_msg_t);
    return (psa_msg_t *)(at & ~(uintptr_t)7);
}

static const psa_msg_t *place_message(const struct call *call)
{
    psa_msg_t *message = message_place(call);
    *message = (psa_msg_t){
        .type = call->type,
        .handle = call->message,
        .client_id = call->client_id,
        .rhandle = call->connection != NULL ? call->connection->rhandle : NULL,
    };

    for (uint32_t i = 0; i < call->in_count; i++) {
        message->in_size[i] = call->vec[i].len;
    }
    for (uint32_t i = 0; i < call->out_count; i++) {
        message->out_size[i] = call->vec[call->in_count + i].len;
    }
    return message;
}

/** Of clients that have ended a partition hears before it is called: then nothing has been used. */
static const psa_msg_t *next_message(struct call *call)
{
    const struct partition *ended = ended_take(call->number);
    if (ended != NULL) {
        psa_msg_t *message = message_place(call);
        *message = (psa_msg_t){.type = PSA_IPC_CLIENT_ENDED, .client_id = ended->id};
        return message;
    }
    last_message = last_message < INT32_MAX ? last_message + 1 : 1;
    call->message = last_message;
    return place_message(call);
}

/** Makes the call behind the chain one to that partition. */
static struct call *prepare_call(struct partition_entry to, struct connection *connection,
                                 int32_t type)
{
    struct call *call = &chain[depth];
    *call = (struct call){
        .partition = to.partition,
        .number = to.number,
        .client = spm_running(),
        .connection = connection,
        .type = type,
    };
    return call;
}

static bool accept_call(int32_t client_id, psa_handle_t handle, uint32_t control,
                        const psa_invec *in_vec, psa_outvec *out_vec)
{
    struct vectors vectors;
    struct connection *connection = connection_find(handle, client_id);
    struct partition_entry entry =
        connection != NULL ? connection->to : partitions_find_handle(handle);

    if (!may_call(client_id, entry) || !control_is_sound(control)) {
        return false;
    }
    struct call *call = prepare_call(entry, connection, GATE_CONTROL_TYPE(control));
    call->in_count = GATE_CONTROL_IN(control);
    call->out_count = GATE_CONTROL_OUT(control);
    return copy_vectors(call, in_vec, out_vec, &vectors) && grant_inputs(call, &vectors) &&
           grant_outputs(call, &vectors);
}

/** Of the Non-secure side at most one is inside; the table lets no chain get longer. */
static bool enter(int32_t client_id)
{
    return client_id >= 0 ? depth < SPM_DEPTH_MAX : !__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE);
}

static void leave(void)
{
    if (depth == 0) {
        __atomic_clear(&busy, __ATOMIC_RELEASE);
    }
}

/** Makes the call that stands behind the chain its last, and running. */
static psa_status_t push(int32_t client_id, const struct partition **partition,
                         const psa_msg_t **message)
{
    struct call *call = &chain[depth];
    call->client_id = client_id;
    depth++;
    running_open_memory(call->partition);
    *partition = call->partition;
    *message = next_message(call);
    return PSA_SUCCESS;
}

const psa_msg_t *spm_next(void)
{
    struct call *call = running_call();
    return call != NULL && call->message == PSA_NULL_HANDLE && call->signal == 0
               ? next_message(call)
               : NULL;
}

/** Whether a call that was accepted can be answered. */
static psa_status_t availability(const struct call *call)
{
    if (failures_lost(call->number)) {
        return PSA_ERROR_CONNECTION_REFUSED;
    }
    return call->connection != NULL && call->connection->broken ? PSA_ERROR_PROGRAMMER_ERROR
                                                                : PSA_SUCCESS;
}

psa_status_t spm_begin(int32_t client_id, psa_handle_t handle, uint32_t control,
                       const psa_invec *in_vec, psa_outvec *out_vec,
                       const struct partition **partition, const psa_msg_t **message)
{
    if (!enter(client_id)) {
        return PSA_ERROR_CONNECTION_BUSY;
    }
    struct call *call = &chain[depth];
    const bool accepted = accept_call(client_id, handle, control, in_vec, out_vec);
    const psa_status_t status = accepted ? availability(call) : PSA_ERROR_PROGRAMMER_ERROR;
    if (status != PSA_SUCCESS) {
        secret_wipe(call, sizeof *call);
        leave();
        return accepted ? status : refuse(client_id, "call refused");
    }
    return push(client_id, partition, message);
}

static bool version_fits(const struct partition_service *service, uint32_t version)
{
    return service->strict ? version == service->version : version <= service->version;
}

psa_handle_t spm_connect(int32_t client_id, uint32_t sid, uint32_t version,
                         const struct partition **partition, const psa_msg_t **message)
{
    const struct partition_entry to = partitions_find_sid(sid);
    if (!may_call(client_id, to)) {
        return PSA_ERROR_CONNECTION_REFUSED;
    }
    if (to.service->handle != PSA_NULL_HANDLE) {
        return refuse(client_id, "connection to a stateless service");
    }
    if (!version_fits(to.service, version) || failures_lost(to.number)) {
        return PSA_ERROR_CONNECTION_REFUSED;
    }
    if (!enter(client_id)) {
        return PSA_ERROR_CONNECTION_BUSY;
    }
    struct connection *connection = connection_open(to, client_id);
    if (connection == NULL) {
        leave();
        return PSA_ERROR_CONNECTION_BUSY;
    }
    (void)prepare_call(to, connection, PSA_IPC_CONNECT);
    return push(client_id, partition, message);
}

psa_status_t spm_close(int32_t client_id, psa_handle_t handle, const struct partition **partition,
                       const psa_msg_t **message)
{
    *partition = NULL;
    if (handle == PSA_NULL_HANDLE) {
        return PSA_SUCCESS;
    }
    if (!enter(client_id)) {
        return PSA_ERROR_CONNECTION_BUSY;
    }
    struct connection *connection = connection_find(handle, client_id);
    if (connection == NULL) {
        leave();
        return refuse(client_id, "no connection to close");
    }
    if (connection->broken) {
        connection_close(connection);
        leave();
        return PSA_SUCCESS;
    }
    (void)prepare_call(connection->to, connection, PSA_IPC_DISCONNECT);
    return push(client_id, partition, message);
}

/** What becomes of the connection, and of the status for the client. */
static psa_status_t end_on_connection(const struct call *call, psa_status_t status)
{
    struct connection *connection = call->connection;
    switch (call->type) {
    case PSA_IPC_CONNECT:
        if (status == PSA_SUCCESS) {
            return connection_handle(connection);
        }
        connection_close(connection);
        return status == PSA_ERROR_CONNECTION_BUSY ? status : PSA_ERROR_CONNECTION_REFUSED;
    case PSA_IPC_DISCONNECT:
        connection_close(connection);
        return PSA_SUCCESS;
    default:
        connection->broken = connection->broken || status == PSA_ERROR_PROGRAMMER_ERROR;
        return status;
    }
}

psa_status_t spm_end(psa_status_t status)
{
    struct call *call = running_call();
    if (call == NULL) {
        return status;
    }
    running_open_memory(call->client);
    psa_outvec *out_vec = (psa_outvec *)(void *)call->out_vec.data;
    for (uint32_t i = 0; i < call->out_count; i++) {
        const size_t written = call->vec[call->in_count + i].used;
        memcpy(&out_vec[i].len, &written, sizeof written);
    }
    if (status == (psa_status_t)PSA_FLIH_SIGNAL) {
        signals_set(call->signal);
    }
    const psa_status_t result = call->connection != NULL ? end_on_connection(call, status) : status;
    secret_wipe(call, sizeof *call);
    depth--;
    leave();
    return result;
}

const struct partition *spm_interrupt(psa_signal_t signal)
{
    struct partition_entry to = {.number = 0};
    while ((to.partition = partitions_at(to.number)) != NULL &&
           (to.partition->signals & signal) == 0) {
        to.number++;
    }
    if (to.partition != NULL) {
        prepare_call(to, NULL, 0)->signal = signal;
        depth++;
        running_open_memory(to.partition);
    }
    return to.partition;
}

/** Makes a partition what it was at start; nobody else's code runs meanwhile. */
static void begin_anew(const struct call *call)
{
    const struct partition *partition = call->partition;
    connection_forget(partition);
    ended_note(call->number);
    if (partition->is_module) {
        running_open_memory(partition);
    }
    port_partition_reset(partition);
    if (partition->prepare != NULL) {
        partition->prepare();
    }
}

void spm_partition_failed(const char *reason)
{
    const struct call *call = running_call();
    if (call == NULL) {
        port_panic(reason);
    }
    running_open_memory(NULL); /* the log is not in reach of each of them */
    if (!call->failed) {
        failures_note(call->number, reason);
        signals_off(call->partition);
    }
    /* The end of a handler is not yet that of its partition's call below, whose callees go on. */
    struct call *below = find_call(call->partition, depth - 1u);
    if (below != NULL) {
        below->failed = true;
    } else {
        begin_anew(call);
    }
    port_partition_leave(spm_end(PSA_ERROR_COMMUNICATION_FAILURE));
}

void spm_require_sound(void)
{
    const struct call *call = running_call();
    if (call != NULL && call->failed) {
        spm_partition_failed("");
    }
}

/** Ticks that a call or a handler has. */
static uint32_t tick_limit(const struct call *call)
{
    if (call->signal != 0) {
        return SPM_HANDLER_TICKS;
    }
    const uint32_t own = call->partition->time_limit_ms;
    return (own != 0 ? own : PARTITION_TIME_LIMIT_MS) / SPM_TICK_MS;
}

void spm_tick(void)
{
    struct call *call = running_call();
    if (call == NULL) {
        return;
    }
    spm_require_sound();
    call->ticks++;
    if (call->ticks >= tick_limit(call)) {
        spm_partition_failed("time is up");
    }
}

void running_require_own(const void *buffer, size_t len, uint32_t access)
{
    if (len > 0 && !claim_is_own(spm_running(), (uintptr_t)buffer, len, access)) {
        running_mistake("buffer is not its own");
    }
}

/** The running call, if the message is its; a vector that it was not passed is an empty one. */
static struct call *require_message(psa_handle_t message, uint32_t index)
{
    struct call *call = running_call();
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
