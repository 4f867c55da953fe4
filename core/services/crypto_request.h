/*
 * A request under way in the crypto service, and what its functions share.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>
#include <psa/service.h>

#include "services/crypto_protocol.h"

struct crypto_call {
    const psa_msg_t *message;
    struct crypto_request request;
    void *state; /**< Of the operation that the function is called for; see crypto_operation.h. */
};

/** One function of the service. */
typedef psa_status_t crypto_function_fn(const struct crypto_call *call);

/* crypto.c */
crypto_function_fn crypto_random;

/* crypto_keys.c */
crypto_function_fn crypto_generate_key;
crypto_function_fn crypto_import_key;
crypto_function_fn crypto_export_key;
crypto_function_fn crypto_export_public_key;
crypto_function_fn crypto_copy_key;
crypto_function_fn crypto_purge_key;
crypto_function_fn crypto_destroy_key;
crypto_function_fn crypto_open_key;
crypto_function_fn crypto_close_key;
crypto_function_fn crypto_key_attributes;
crypto_function_fn crypto_forget;

/* crypto_hash.c */
crypto_function_fn crypto_hash_compute;
crypto_function_fn crypto_hash_compare;
crypto_function_fn crypto_hash_setup;
crypto_function_fn crypto_hash_update;
crypto_function_fn crypto_hash_finish;
crypto_function_fn crypto_hash_verify;
crypto_function_fn crypto_hash_clone;

/* crypto_mac.c */
crypto_function_fn crypto_mac_compute;
crypto_function_fn crypto_mac_verify;
crypto_function_fn crypto_mac_sign_setup;
crypto_function_fn crypto_mac_verify_setup;
crypto_function_fn crypto_mac_update;
crypto_function_fn crypto_mac_sign_finish;
crypto_function_fn crypto_mac_verify_finish;

/* crypto_cipher.c */
crypto_function_fn crypto_cipher_encrypt;
crypto_function_fn crypto_cipher_decrypt;
crypto_function_fn crypto_cipher_encrypt_setup;
crypto_function_fn crypto_cipher_decrypt_setup;
crypto_function_fn crypto_cipher_generate_iv;
crypto_function_fn crypto_cipher_set_iv;
crypto_function_fn crypto_cipher_update;
crypto_function_fn crypto_cipher_finish;

/* crypto_aead.c */
crypto_function_fn crypto_aead_encrypt;
crypto_function_fn crypto_aead_decrypt;
crypto_function_fn crypto_aead_encrypt_setup;
crypto_function_fn crypto_aead_decrypt_setup;
crypto_function_fn crypto_aead_generate_nonce;
crypto_function_fn crypto_aead_set_nonce;
crypto_function_fn crypto_aead_set_lengths;
crypto_function_fn crypto_aead_update_ad;
crypto_function_fn crypto_aead_update;
crypto_function_fn crypto_aead_finish;
crypto_function_fn crypto_aead_verify;

/* crypto_asymmetric.c */
crypto_function_fn crypto_sign_hash;
crypto_function_fn crypto_verify_hash;
crypto_function_fn crypto_sign_message;
crypto_function_fn crypto_verify_message;
crypto_function_fn crypto_asymmetric_encrypt;
crypto_function_fn crypto_asymmetric_decrypt;
crypto_function_fn crypto_raw_key_agreement;
crypto_function_fn crypto_key_agreement;

/* crypto_derive.c */
crypto_function_fn crypto_derivation_setup;
crypto_function_fn crypto_derivation_get_capacity;
crypto_function_fn crypto_derivation_set_capacity;
crypto_function_fn crypto_derivation_input_bytes;
crypto_function_fn crypto_derivation_input_integer;
crypto_function_fn crypto_derivation_input_key;
crypto_function_fn crypto_derivation_key_agreement;
crypto_function_fn crypto_derivation_output_bytes;
crypto_function_fn crypto_derivation_output_key;
crypto_function_fn crypto_derivation_verify_bytes;
crypto_function_fn crypto_derivation_verify_key;

/* crypto_pake.c */
crypto_function_fn crypto_pake_setup;
crypto_function_fn crypto_pake_set_password_key;
crypto_function_fn crypto_pake_set_user;
crypto_function_fn crypto_pake_set_peer;
crypto_function_fn crypto_pake_set_role;
crypto_function_fn crypto_pake_output;
crypto_function_fn crypto_pake_input;
crypto_function_fn crypto_pake_implicit_key;

/* crypto_steps.c */
crypto_function_fn crypto_sign_hash_start;
crypto_function_fn crypto_sign_hash_complete;
crypto_function_fn crypto_sign_hash_steps;
crypto_function_fn crypto_verify_hash_start;
crypto_function_fn crypto_verify_hash_complete;
crypto_function_fn crypto_verify_hash_steps;

/**
 * Whether input 1 has the length of the hash that the algorithm names. Mbed TLS signs a hash of any
 * length; the API wants that one.
 */
bool crypto_hash_length_is_right(const struct crypto_call *call);

/** The key that the caller means: ids belong to clients, and no client sees another's. */
mbedtls_svc_key_id_t crypto_key_of(const struct crypto_call *call);

/** How often the service has begun anew: what is named afterwards has other names than before. */
uint32_t crypto_starts(void);

/** The attributes that the caller wants for a key of its own. */
psa_key_attributes_t crypto_attributes_of(const struct crypto_call *call);

/**
 * Answers with the id of a key that was made, or destroys it where too little would be left
 * for others.
 * @param status  of making it
 */
psa_status_t crypto_answer_key(const struct crypto_call *call, psa_status_t status,
                               mbedtls_svc_key_id_t key);

/** Whether the answer of a function that makes something is one number; 0: whatever it wants. */
bool crypto_answer_is_number(const struct crypto_call *call);

/** Answers with a number: output 0. @return status, or PSA_ERROR_PROGRAMMER_ERROR */
psa_status_t crypto_answer_number(const struct crypto_call *call, psa_status_t status,
                                  size_t number);

/**
 * Whether what the caller has leaves enough for the others: Non-secure callers must not use up what
 * partitions need, nor modules more than their shares. Asked after something was made that stays.
 */
bool crypto_leaves_reserve(const struct crypto_call *call);

/**
 * What storage had against a key since this was asked last; PSA_SUCCESS: nothing. Mbed TLS answers
 * PSA_ERROR_DATA_INVALID instead, whatever it was.
 */
psa_status_t crypto_storage_failure(void);

/* crypto_buffers.c */

/** Inputs 1 and 2 whole, and room for output 0, all in the service's arena. */
struct crypto_buffers {
    struct crypto_bytes {
        uint8_t *data; /**< Never NULL. */
        size_t size;   /**< Bytes there are. */
        size_t len;    /**< Bytes in use. */
    } in[2], out;
};

typedef psa_status_t crypto_whole_fn(const struct crypto_call *call,
                                     struct crypto_buffers *buffers);

/**
 * Runs a function over whole inputs; writes the output if it succeeds. Wipes all of it.
 * @param out_max  the largest output that there can be; less where the caller has less room
 * @return PSA_ERROR_INSUFFICIENT_MEMORY: larger than what the arena has free.
 */
psa_status_t crypto_whole(const struct crypto_call *call, size_t out_max, crypto_whole_fn *run);

/** Bytes of the arena that buffers have now. */
size_t crypto_buffers_bytes(void);

/** One part of a stream; `out` is NULL where a function has no output. */
typedef psa_status_t crypto_part_fn(void *state, const uint8_t *in, size_t in_len, uint8_t *out,
                                    size_t out_size, size_t *out_len);

/**
 * Passes what is left of input 1 through a function part by part, and what comes out to output 0. The
 * function is called at least once. After a failure the output has what came before it.
 * @param written  in and out: bytes of output 0 that are in use
 */
psa_status_t crypto_stream(const struct crypto_call *call, void *state, crypto_part_fn *part,
                           size_t *written);

/** The same for functions without output. */
psa_status_t crypto_absorb(const struct crypto_call *call, void *state, crypto_part_fn *part);
