/*
 * How the client library calls the crypto service.
 *
 * An operation of the API holds the number that the service gave it, and 0 before and after. After a
 * failure it stays active until it is aborted, as the API demands, whatever the service has left.
 */
#pragma once

#include <psa/crypto.h>

#include <psa/client.h>

#include "services/crypto_protocol.h"

/** Inputs behind the request itself, as vectors. */
struct crypto_in {
    psa_invec vec[2];
    size_t count;
};

static inline struct crypto_in crypto_in_none(void)
{
    return (struct crypto_in){.count = 0};
}

static inline struct crypto_in crypto_in(const void *data, size_t len)
{
    return (struct crypto_in){.vec = {{data, len}}, .count = 1};
}

static inline struct crypto_in crypto_in_2(const void *data, size_t len, const void *data_2,
                                           size_t len_2)
{
    return (struct crypto_in){.vec = {{data, len}, {data_2, len_2}}, .count = 2};
}

/** A size as a request has it: what does not fit is more than there can be. */
uint32_t crypto_number(size_t value);

/** Sends a request. @param out  `out_count` outputs; `len` of each becomes what was written */
psa_status_t crypto_call(const struct crypto_request *request, struct crypto_in in, psa_outvec *out,
                         size_t out_count);

/** A request without output. */
psa_status_t crypto_send(const struct crypto_request *request, struct crypto_in in);

/** A request with one output. @param len  out: bytes written; 0 after a failure */
psa_status_t crypto_get(const struct crypto_request *request, struct crypto_in in, uint8_t *out,
                        size_t size, size_t *len);

/** A request whose output is one number. @param number  out: 0 after a failure */
psa_status_t crypto_get_number(const struct crypto_request *request, struct crypto_in in,
                               uint32_t *number);

/** A request that sets an operation up. @return PSA_ERROR_BAD_STATE: it is active. */
psa_status_t crypto_setup(mbedtls_psa_client_handle_t *handle, const struct crypto_request *request,
                          struct crypto_in in);

/** Marks an operation as ended if it is. @return status */
psa_status_t crypto_ended(mbedtls_psa_client_handle_t *handle, psa_status_t status);

/** psa_..._abort(). */
psa_status_t crypto_abort(mbedtls_psa_client_handle_t *handle);

/** Attributes as a request has them. */
struct crypto_attributes crypto_attributes_to_wire(const psa_key_attributes_t *attributes);
