/*
 * What the tests of PSA Crypto share: every call goes through psa_call() and the manager.
 */
#pragma once

#include <stdbool.h>
#include <string.h>

#include <psa/crypto.h>
#include <psa/crypto_1_2.h>

#include "support/test.h"

#define OK(call)           assert_int_equal((call), PSA_SUCCESS)
#define FAILS(error, call) assert_int_equal((call), (error))

/** A key of the vectors has at most this size, and so have their texts. */
#define BYTES_MAX 1024u

/** Bytes that a test types as hexadecimal digits. */
struct bytes {
    uint8_t data[BYTES_MAX];
    size_t len;
};

struct bytes bytes_of(const char *digits);

/** The same for text. */
const uint8_t *text(const char *text);

/** An output, and how much of it a function wrote. */
extern uint8_t out[2048];
extern size_t len;

/** Of every test: client -1, which has no keys and no operations. */
int crypto_set_up(void **state);

/** `out` starts with these bytes and there are no more. */
void assert_out(const struct bytes *expected);

psa_key_attributes_t attributes_of(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                                   psa_algorithm_t alg);

/** A volatile key from bytes. */
psa_key_id_t import_key(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                        const struct bytes *value);

/** A volatile key of that size. */
psa_key_id_t generate_key(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                          psa_algorithm_t alg);

/** Everything that may be done with a signature. */
#define SIGN_AND_VERIFY                                                                            \
    (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH | PSA_KEY_USAGE_SIGN_MESSAGE |            \
     PSA_KEY_USAGE_VERIFY_MESSAGE)

#define ECDSA PSA_ALG_ECDSA(PSA_ALG_SHA_256)

/** A volatile P-256 key for ECDSA. */
psa_key_id_t make_key(psa_key_usage_t usage);

/** SHA-256 of "abc": FIPS 180-4's example. */
extern const uint8_t sha256_abc[32];

/** What an operation and a key must be when a test ends: nothing is left. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, crypto_set_up, crypto_nothing_is_left)

/** Fails when a key or an operation of a client is still there. */
int crypto_nothing_is_left(void **state);

#define P256_PAIR   PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define P256_PUBLIC PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)
