/*
 * What the tables of vectors share.
 *
 * Bytes in a table are hexadecimal digits. A row's name begins with its algorithm and says where the
 * row was published; tests/unit/test_vectors_oracle.py computes each one with another implementation.
 */
#pragma once

#include <string.h>

#include <psa/crypto.h>
#include <psa/crypto_1_2.h>

#include "vectors.h"

#define VECTORS_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/** The longest key, text or answer of a table. */
#define VECTORS_BYTES_MAX 1024u

struct bytes {
    uint8_t data[VECTORS_BYTES_MAX];
    size_t len;
};

/** Reads digits; what does not fit is a failure. */
void vectors_read(struct bytes *bytes, const char *digits);

/** Tells the oracle of a row: table, name and its other fields, with NULL behind the last. */
void vectors_tell(const char *const fields[]);

/** Counts a check; says so when `status` is not the expected one. */
void vectors_status(const char *row, const char *call, psa_status_t expected, psa_status_t status);

#define CHECK(row, expected, call) vectors_status((row), #call, (expected), (call))
#define OK(row, call)              CHECK(row, PSA_SUCCESS, call)

/** The same for bytes. */
void vectors_equal(const char *row, const struct bytes *expected, const uint8_t *data, size_t len);

/** The same for anything else. */
void vectors_true(const char *row, const char *what, bool right);

#define TRUE(row, what) vectors_true((row), #what, (what))

/** A call of the API with its answer, which is told: what is covered can be compared. */
void vectors_call(const char *call, psa_status_t expected, psa_status_t status);

#define CALL(expected, call) vectors_call(#call, (expected), (call))

/** Of functions that answer a number, or nothing. */
#define NUMBER(expected, call) vectors_call(#call, (expected), (psa_status_t)(call))
#define NOTHING(call)          ((call), vectors_call(#call, 0, 0))

psa_key_attributes_t vectors_attributes(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                                        psa_algorithm_t alg);

/** A volatile key. @param key  out: 0 after a failure */
psa_status_t vectors_import(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                            const struct bytes *value, psa_key_id_t *key);

/** A volatile key by chance, which must succeed. */
psa_key_id_t vectors_generate(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                              psa_algorithm_t alg);

/** Whether the manager lacks what a row needs. */
static inline bool vectors_absent(bool of_medium)
{
    return vectors.medium && !of_medium;
}

/** Of such a row: its key is refused, or else its call. */
void vectors_refused(const char *row, psa_status_t import, psa_status_t call);

/** An output for everyone, and how much of it was written. */
extern uint8_t vectors_out[2048];
extern size_t vectors_len;

/** More than the manager has memory for. */
extern uint8_t vectors_large[40000];

void vectors_hash(void);
void vectors_mac(void);
void vectors_cipher(void);
void vectors_padding(void);
void vectors_aead(void);
void vectors_derive(void);
void vectors_ecdsa(void);
void vectors_ecdsa_changed(void);
void vectors_ecc_keys(void);
void vectors_agreement(void);
void vectors_rsa_verify(void);
void vectors_rsa_crypt(void);
void vectors_key_lengths(void);
void vectors_pake(void);

void api_hash(void);
void api_mac(void);
void api_cipher(void);
void api_aead(void);
void api_keys(void);
void api_sign(void);
void api_asymmetric(void);
void api_derive(void);
void api_pake(void);
void api_steps(void);
void api_storage(void);
