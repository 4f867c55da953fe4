/*
 * A request under way in the crypto service, and what its functions share.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>
#include <psa/service.h>

#include "services/crypto_protocol.h"

struct crypto_call {
    const psa_msg_t *message;
    struct crypto_request request;
};

/** One function of the service. */
typedef psa_status_t crypto_function_fn(const struct crypto_call *call);

/* crypto_hash.c */
crypto_function_fn crypto_hash_compute;
crypto_function_fn crypto_hash_compare;
crypto_function_fn crypto_hash_setup;
crypto_function_fn crypto_hash_update;
crypto_function_fn crypto_hash_finish;
crypto_function_fn crypto_hash_verify;
crypto_function_fn crypto_hash_abort;
crypto_function_fn crypto_hash_clone;

/* crypto_keys.c */
crypto_function_fn crypto_generate_key;
crypto_function_fn crypto_import_key;
crypto_function_fn crypto_export_public_key;
crypto_function_fn crypto_destroy_key;
crypto_function_fn crypto_key_attributes;

/* crypto_sign.c */
crypto_function_fn crypto_sign_hash;
crypto_function_fn crypto_verify_hash;
crypto_function_fn crypto_sign_message;
crypto_function_fn crypto_verify_message;

/** The key that the caller means: ids belong to clients, and no client sees another's. */
mbedtls_svc_key_id_t crypto_key_of(const struct crypto_call *call);

/** An input, whole, in the service's arena. */
struct crypto_input {
    uint8_t *data;
    size_t len; /**< Bytes. */
};

/**
 * Reads an input whole.
 * @return PSA_ERROR_INSUFFICIENT_MEMORY: larger than what the arena has free.
 */
psa_status_t crypto_input_read(const struct crypto_call *call, uint32_t index,
                               struct crypto_input *input);

/** Wipes and frees an input, also one that was never read. */
void crypto_input_free(struct crypto_input *input);

/** Room for a result: what the caller has, but not more than `size`. */
size_t crypto_output_size(const struct crypto_call *call, size_t size);

/** Writes output 0 if `status` is a success. @return status */
psa_status_t crypto_output_write(const struct crypto_call *call, psa_status_t status,
                                 const void *data, size_t len);
