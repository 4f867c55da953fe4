#include "services/crypto_operation.h"

#include <mbedtls/platform.h>

#include "base/secret.h"
#include "services/clients.h"
#include "services/crypto_set.h"
#include "services/crypto_share.h"

/** Low bits of an operation's number: its place in the table. */
#define PLACE_BITS 5u
#define OPERATIONS (1u << PLACE_BITS)

/** What one client may have: there is a place for each, whatever the others do. */
#define OPERATIONS_OF_MODULE 3u
#define OPERATIONS_OF_CLIENT 8u

_Static_assert(OPERATIONS_OF_CLIENT + CLIENT_MODULES * OPERATIONS_OF_MODULE <= OPERATIONS,
               "the application and all modules have their places");

struct operation {
    uint32_t number; /**< 0: free. */
    int32_t client_id;
    enum crypto_kind kind;
    void *state;
};

static struct operation operations[OPERATIONS];
static uint32_t generation;

/** Operations of a start until one has a number of the next start's. */
#define GENERATIONS_OF_START_BITS 19u

void crypto_operation_start(uint32_t starts)
{
    generation = starts << GENERATIONS_OF_START_BITS;
}

static void end(struct operation *operation)
{
    (void)crypto_kinds[operation->kind].abort(operation->state);
    secret_wipe(operation->state, crypto_kinds[operation->kind].size);
    mbedtls_free(operation->state);
    *operation = (struct operation){0};
}

static struct operation *find(const struct crypto_call *call, uint32_t number)
{
    struct operation *operation = &operations[number % OPERATIONS];
    if (number == 0 || operation->number != number ||
        operation->client_id != call->message->client_id) {
        return NULL;
    }
    return operation;
}

/** A place that the client may take, or NULL. */
static struct operation *find_free(int32_t client_id)
{
    struct operation *found = NULL;
    const uint32_t most = client_is_module(client_id) ? OPERATIONS_OF_MODULE : OPERATIONS_OF_CLIENT;
    uint32_t owned = 0;
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        if (operations[i].number == 0) {
            found = &operations[i];
        } else if (operations[i].client_id == client_id) {
            owned++;
        }
    }
    return owned < most ? found : NULL;
}

static struct operation *make(const struct crypto_call *call, enum crypto_kind kind)
{
    struct operation *operation = find_free(call->message->client_id);
    void *state = operation != NULL ? mbedtls_calloc(1, crypto_kinds[kind].size) : NULL;
    if (state == NULL) {
        return NULL;
    }
    generation = (generation + 1) & (~CRYPTO_OPERATION_MARK >> PLACE_BITS);
    generation += generation == 0;
    operation->number = generation << PLACE_BITS | (uint32_t)(operation - operations);
    operation->client_id = call->message->client_id;
    operation->kind = kind;
    operation->state = state;
    return operation;
}

static psa_status_t run_new(struct crypto_call *call, enum crypto_kind kind,
                            crypto_function_fn *run)
{
    if (!crypto_answer_is_number(call)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    struct operation *operation = make(call, kind);
    if (operation == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    call->state = operation->state;
    psa_status_t status = run(call);
    if (status == PSA_SUCCESS && !crypto_leaves_reserve(call)) {
        status = PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    status = crypto_answer_number(call, status, operation->number);
    if (status != PSA_SUCCESS) {
        end(operation);
    }
    return status;
}

psa_status_t crypto_operation_run(struct crypto_call *call, enum crypto_kind kind,
                                  enum crypto_use use, crypto_function_fn *run)
{
    if (use == CRYPTO_MAKES) {
        return run_new(call, kind, run);
    }
    struct operation *operation = find(call, call->request.operation);
    if (operation == NULL || operation->kind != kind) {
        return PSA_ERROR_BAD_STATE;
    }
    call->state = operation->state;
    const uint32_t held = crypto_share_bytes();
    psa_status_t status = run(call);
    /* Some grow with what they are given; those that do not go on, whatever others hold. */
    if (((use == CRYPTO_USES && status == PSA_SUCCESS) || status == PSA_OPERATION_INCOMPLETE) &&
        crypto_share_bytes() > held && !crypto_leaves_reserve(call)) {
        status = PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    const bool failed = status != PSA_SUCCESS && status != PSA_OPERATION_INCOMPLETE;
    if ((use == CRYPTO_ENDS && status != PSA_OPERATION_INCOMPLETE) ||
        (use == CRYPTO_USES && failed)) {
        end(operation);
    }
    return status;
}

void *crypto_operation_state(const struct crypto_call *call, uint32_t number, enum crypto_kind kind)
{
    const struct operation *operation = find(call, number);
    return operation != NULL && operation->kind == kind ? operation->state : NULL;
}

void crypto_operation_abort(const struct crypto_call *call)
{
    struct operation *operation = find(call, call->request.operation);
    if (operation != NULL) {
        end(operation);
    }
}

void crypto_operation_forget(int32_t client_id)
{
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        if (operations[i].number != 0 && operations[i].client_id == client_id) {
            end(&operations[i]);
        }
    }
}
