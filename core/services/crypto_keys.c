/*
 * Keys. Each belongs to the client that made it: the owner is part of Mbed TLS's key id, so that an
 * id of another client's names nothing, and of the uid under which a persistent one is stored.
 */
#include <string.h>

#include <garrison_psa_slot.h>
#include <mbedtls/build_info.h>

#include "services/crypto_operation.h"
#include "services/crypto_request.h"
#include "services/crypto_set.h"

/** Ids that volatile keys of one start may have; Mbed TLS names them by their slots. */
#define IDS_OF_START 256u
#define STARTS       0x10000u

_Static_assert(MBEDTLS_PSA_KEY_SLOT_COUNT < IDS_OF_START, "a start has an id for each slot");
_Static_assert(PSA_KEY_ID_VENDOR_MIN + STARTS * IDS_OF_START < PSA_KEY_ID_VENDOR_MAX,
               "ids of all starts are the implementation's own");

/** Of volatile keys of this start, the id in slot 0. */
static psa_key_id_t first_id(void)
{
    return PSA_KEY_ID_VENDOR_MIN + crypto_starts() % STARTS * IDS_OF_START;
}

/** Mbed TLS's id for one of a client's. */
static psa_key_id_t inner_id(psa_key_id_t id)
{
    if (id - first_id() < MBEDTLS_PSA_KEY_SLOT_COUNT) {
        return PSA_KEY_ID_VENDOR_MIN + (id - first_id());
    }
    /* What would be a slot's is of another start: no key has this one. */
    return id - PSA_KEY_ID_VENDOR_MIN < MBEDTLS_PSA_KEY_SLOT_COUNT
               ? PSA_KEY_ID_VENDOR_MIN + MBEDTLS_PSA_KEY_SLOT_COUNT
               : id;
}

/** A client's id for one of Mbed TLS's. */
static psa_key_id_t outer_id(mbedtls_svc_key_id_t key)
{
    const psa_key_id_t id = MBEDTLS_SVC_KEY_ID_GET_KEY_ID(key);
    return id - PSA_KEY_ID_VENDOR_MIN < MBEDTLS_PSA_KEY_SLOT_COUNT
               ? first_id() + (id - PSA_KEY_ID_VENDOR_MIN)
               : id;
}

mbedtls_svc_key_id_t crypto_key_of(const struct crypto_call *call)
{
    return mbedtls_svc_key_id_make(call->message->client_id, inner_id(call->request.key));
}

psa_key_attributes_t crypto_attributes_of(const struct crypto_call *call)
{
    const struct crypto_attributes *wanted = &call->request.attributes;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_id(&attributes, mbedtls_svc_key_id_make(call->message->client_id, wanted->id));
    /* psa_set_key_id() changed it; for a volatile key this clears the id and keeps the owner. */
    psa_set_key_lifetime(&attributes, wanted->lifetime);
    psa_set_key_type(&attributes, wanted->type);
    psa_set_key_bits(&attributes, wanted->bits);
    psa_set_key_usage_flags(&attributes, wanted->usage);
    psa_set_key_algorithm(&attributes, wanted->alg);
    return attributes;
}

psa_status_t crypto_answer_key(const struct crypto_call *call, psa_status_t status,
                               mbedtls_svc_key_id_t key)
{
    if (status == PSA_SUCCESS) {
        (void)psa_purge_key(key);
        if (!crypto_leaves_reserve(call)) {
            (void)psa_destroy_key(key);
            status = PSA_ERROR_INSUFFICIENT_MEMORY;
        }
    }
    return crypto_answer_number(call, status, outer_id(key));
}

/** Whether a key can be made in time: for many exponents few primes are right. */
static bool is_affordable(const struct crypto_attributes *wanted,
                          const struct crypto_bytes *exponent)
{
    static const uint8_t usual[] = {1, 0, 1};
    if (!crypto_makes_rsa || wanted->type != PSA_KEY_TYPE_RSA_KEY_PAIR ||
        wanted->bits <= CRYPTO_RSA_GENERATE_ANY_BITS_MAX) {
        return true;
    }
    return wanted->bits <= CRYPTO_RSA_GENERATE_BITS_MAX &&
           (exponent->len == 0 ||
            (exponent->len == sizeof usual && memcmp(exponent->data, usual, sizeof usual) == 0));
}

static psa_status_t generate_key(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const psa_key_attributes_t attributes = crypto_attributes_of(call);
    const psa_custom_key_parameters_t custom = {.flags = call->request.value[0]};
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;
    if (!is_affordable(&call->request.attributes, &buffers->in[0])) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    const psa_status_t status = psa_generate_key_custom(&attributes, &custom, buffers->in[0].data,
                                                        buffers->in[0].len, &key);
    return crypto_answer_key(call, status, key);
}

psa_status_t crypto_generate_key(const struct crypto_call *call)
{
    return crypto_answer_is_number(call) ? crypto_whole(call, 0, generate_key)
                                         : PSA_ERROR_PROGRAMMER_ERROR;
}

static psa_status_t import_key(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    const psa_key_attributes_t attributes = crypto_attributes_of(call);
    const struct crypto_bytes *in = &buffers->in[0];
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;
    if (!garrison_psa_rsa_is_usual(psa_get_key_type(&attributes), in->data, in->len)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    const psa_status_t status = psa_import_key(&attributes, in->data, in->len, &key);
    return crypto_answer_key(call, status, key);
}

psa_status_t crypto_import_key(const struct crypto_call *call)
{
    return crypto_answer_is_number(call) ? crypto_whole(call, 0, import_key)
                                         : PSA_ERROR_PROGRAMMER_ERROR;
}

static psa_status_t export_key(const struct crypto_call *call, struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_export_key(crypto_key_of(call), out->data, out->size, &out->len);
}

psa_status_t crypto_export_key(const struct crypto_call *call)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_status_t status = psa_get_key_attributes(crypto_key_of(call), &attributes);
    const size_t size =
        PSA_EXPORT_KEY_OUTPUT_SIZE(psa_get_key_type(&attributes), psa_get_key_bits(&attributes));
    return status == PSA_SUCCESS ? crypto_whole(call, size, export_key) : status;
}

static psa_status_t export_public_key(const struct crypto_call *call,
                                      struct crypto_buffers *buffers)
{
    struct crypto_bytes *out = &buffers->out;
    return psa_export_public_key(crypto_key_of(call), out->data, out->size, &out->len);
}

psa_status_t crypto_export_public_key(const struct crypto_call *call)
{
    return crypto_whole(call, PSA_EXPORT_PUBLIC_KEY_MAX_SIZE, export_public_key);
}

psa_status_t crypto_copy_key(const struct crypto_call *call)
{
    const psa_key_attributes_t attributes = crypto_attributes_of(call);
    mbedtls_svc_key_id_t key = MBEDTLS_SVC_KEY_ID_INIT;
    if (!crypto_answer_is_number(call)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const psa_status_t status = psa_copy_key(crypto_key_of(call), &attributes, &key);
    return crypto_answer_key(call, status, key);
}

psa_status_t crypto_purge_key(const struct crypto_call *call)
{
    /* Nothing of a persistent key is kept in memory, so that it exists is all there is to say. */
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    return psa_get_key_attributes(crypto_key_of(call), &attributes);
}

psa_status_t crypto_destroy_key(const struct crypto_call *call)
{
    return psa_destroy_key(crypto_key_of(call));
}

psa_status_t crypto_open_key(const struct crypto_call *call)
{
    psa_key_handle_t handle = PSA_KEY_HANDLE_INIT;
    const psa_status_t status = psa_open_key(crypto_key_of(call), &handle);
    return crypto_answer_number(call, status, outer_id(handle));
}

psa_status_t crypto_close_key(const struct crypto_call *call)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_status_t status = psa_get_key_attributes(crypto_key_of(call), &attributes);
    if (call->request.key == 0) {
        return PSA_SUCCESS;
    }
    /* Mbed TLS knows no persistent key that is not in memory, where it never is between calls. */
    return status == PSA_SUCCESS && psa_get_key_lifetime(&attributes) == PSA_KEY_LIFETIME_VOLATILE
               ? psa_close_key(crypto_key_of(call))
               : status;
}

psa_status_t crypto_key_attributes(const struct crypto_call *call)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    if (call->message->out_size[0] != sizeof(struct crypto_attributes)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const psa_status_t status = psa_get_key_attributes(crypto_key_of(call), &attributes);
    if (status == PSA_SUCCESS) {
        const struct crypto_attributes answer = {
            .type = psa_get_key_type(&attributes),
            .bits = (uint16_t)psa_get_key_bits(&attributes),
            .lifetime = psa_get_key_lifetime(&attributes),
            .id = outer_id(psa_get_key_id(&attributes)),
            .usage = psa_get_key_usage_flags(&attributes),
            .alg = psa_get_key_algorithm(&attributes),
        };
        psa_write(call->message->handle, 0, &answer, sizeof answer);
    }
    return status;
}

psa_status_t crypto_forget(const struct crypto_call *call)
{
    const int32_t client_id = call->message->client_id;
    crypto_operation_forget(client_id);
    /* A volatile key's id is the place of its slot; one of another owner's is not found. */
    for (psa_key_id_t i = 0; i < MBEDTLS_PSA_KEY_SLOT_COUNT; i++) {
        (void)psa_destroy_key(mbedtls_svc_key_id_make(client_id, PSA_KEY_ID_VENDOR_MIN + i));
    }
    return PSA_SUCCESS;
}
