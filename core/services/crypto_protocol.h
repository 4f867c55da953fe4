/*
 * Messages of the service "crypto", between its client library and its partition.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct crypto_request`; unused fields of it are zero.
 * The other vectors are named at each function; missing ones count as empty. A request of another
 * size is a programmer error, a function that is not listed answers PSA_ERROR_NOT_SUPPORTED.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

#define CRYPTO_SID     0x47410001u
#define CRYPTO_VERSION 1u
#define CRYPTO_HANDLE  0x40000101 /**< Stateless handle. */

/** Append only: an old application calls by these numbers. */
enum crypto_function {
    CRYPTO_HASH_COMPUTE = 1,       /**< alg; in 1: message; out 0: hash */
    CRYPTO_HASH_COMPARE = 2,       /**< alg; in 1: message, 2: hash */
    CRYPTO_HASH_SETUP = 3,         /**< alg; out 0: operation, u32 */
    CRYPTO_HASH_UPDATE = 4,        /**< operation; in 1: part of the message */
    CRYPTO_HASH_FINISH = 5,        /**< operation; out 0: hash */
    CRYPTO_HASH_VERIFY = 6,        /**< operation; in 1: hash */
    CRYPTO_HASH_ABORT = 7,         /**< operation */
    CRYPTO_HASH_CLONE = 8,         /**< operation; out 0: its clone, u32 */
    CRYPTO_RANDOM = 9,             /**< out 0: random bytes */
    CRYPTO_GENERATE_KEY = 10,      /**< attributes; out 0: key id, u32 */
    CRYPTO_IMPORT_KEY = 11,        /**< attributes; in 1: key; out 0: key id, u32 */
    CRYPTO_EXPORT_PUBLIC_KEY = 12, /**< key; out 0: public key */
    CRYPTO_DESTROY_KEY = 13,       /**< key */
    CRYPTO_KEY_ATTRIBUTES = 14,    /**< key; out 0: struct crypto_attributes */
    CRYPTO_SIGN_HASH = 15,         /**< key, alg; in 1: hash; out 0: signature */
    CRYPTO_VERIFY_HASH = 16,       /**< key, alg; in 1: hash, 2: signature */
    CRYPTO_SIGN_MESSAGE = 17,      /**< key, alg; in 1: message; out 0: signature */
    CRYPTO_VERIFY_MESSAGE = 18,    /**< key, alg; in 1: message, 2: signature */
};

/** Key attributes; the values are those of PSA Crypto. */
struct crypto_attributes {
    uint16_t type;
    uint16_t bits;
    uint32_t lifetime;
    uint32_t id;
    uint32_t usage;
    uint32_t alg;
};

struct crypto_request {
    uint32_t function;  /**< enum crypto_function. */
    uint32_t alg;       /**< psa_algorithm_t. */
    uint32_t key;       /**< psa_key_id_t, as its owner knows it. */
    uint32_t operation; /**< Of a function in several parts; 0 is none. */
    struct crypto_attributes attributes;
};

GARRISON_ASSERT(sizeof(struct crypto_attributes) == 20, "attributes are 20 bytes");
GARRISON_ASSERT(sizeof(struct crypto_request) == 36, "request is 36 bytes");
