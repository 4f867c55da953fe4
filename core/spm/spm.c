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
#include "spm/chain.h"
#include "spm/ended.h"
#include "spm/partitions.h"
#include "spm/running.h"
#include "spm/signals.h"

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

struct call *chain_running(void)
{
    return depth > 0 ? &chain[depth - 1] : NULL;
}

struct call *chain_below(const struct call *call)
{
    const uint32_t place = (uint32_t)(call - chain);
    return place > 0 ? &chain[place - 1u] : NULL;
}

struct call *chain_asker(struct call *call)
{
    while (call != NULL && !call->partition->is_module) {
        call = chain_below(call);
    }
    return call;
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
    struct call *call = chain_running();
    return call != NULL && call->message == PSA_NULL_HANDLE && call->signal == 0
               ? next_message(call)
               : NULL;
}

/** Whether a partition has no restart left for who asks now. */
static bool is_lost(uint32_t number)
{
    return failures_lost(number, chain_asker(chain_running()) == NULL);
}

/** Whether a call that was accepted can be answered. */
static psa_status_t availability(const struct call *call)
{
    if (is_lost(call->number)) {
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
    if (!version_fits(to.service, version) || is_lost(to.number)) {
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
    struct call *call = chain_running();
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

void chain_fail(struct call *call, enum failure_charge charge, const char *reason)
{
    running_open_memory(NULL); /* the log is not in reach of each of them */
    if (!call->failed) {
        call->failed = true;
        failures_note(call->number, charge, reason);
        signals_off(call->partition);
    }
}

void spm_partition_failed(const char *reason)
{
    struct call *call = chain_running();
    if (call == NULL) {
        port_panic(reason);
    }
    chain_fail(call, FAILURE_ITS_OWN, reason);
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
    const struct call *call = chain_running();
    if (call != NULL && call->failed) {
        spm_partition_failed("");
    }
}
