/*
 * Messages of the service "crypto", between its client library and its partition.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct crypto_request`; unused fields of it are zero, and
 * zeros at its end may be left out, but not its first 16 bytes. The other vectors are named at each
 * function; missing ones count as empty. A request of another size is a programmer error, a function
 * that is not listed answers PSA_ERROR_NOT_SUPPORTED.
 *
 * Steps, roles, flags and attributes have the values of PSA Crypto as Mbed TLS 3.6 has them.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

#define CRYPTO_SID     0x47410001u
#define CRYPTO_VERSION 1u
#define CRYPTO_HANDLE  0x40000101 /**< Stateless handle. */

/** Append only: an old application calls by these numbers. */
enum crypto_function {
    CRYPTO_HASH_COMPUTE = 1,  /**< alg; in 1: message; out 0: hash */
    CRYPTO_HASH_COMPARE = 2,  /**< alg; in 1: message, 2: hash */
    CRYPTO_HASH_SETUP = 3,    /**< alg; out 0: operation, u32 */
    CRYPTO_HASH_UPDATE = 4,   /**< operation; in 1: part of the message */
    CRYPTO_HASH_FINISH = 5,   /**< operation; out 0: hash */
    CRYPTO_HASH_VERIFY = 6,   /**< operation; in 1: hash */
    CRYPTO_ABORT = 7,         /**< operation, of any kind */
    CRYPTO_HASH_CLONE = 8,    /**< operation; out 0: its clone, u32 */
    CRYPTO_RANDOM = 9,        /**< out 0: random bytes */
    CRYPTO_GENERATE_KEY = 10, /**< attributes, value 0: flags; in 1: custom data; out 0: key id */
    CRYPTO_IMPORT_KEY = 11,   /**< attributes; in 1: key; out 0: key id, u32 */
    CRYPTO_EXPORT_PUBLIC_KEY = 12, /**< key; out 0: public key */
    CRYPTO_DESTROY_KEY = 13,       /**< key */
    CRYPTO_KEY_ATTRIBUTES = 14,    /**< key; out 0: struct crypto_attributes */
    CRYPTO_SIGN_HASH = 15,         /**< key, alg; in 1: hash; out 0: signature */
    CRYPTO_VERIFY_HASH = 16,       /**< key, alg; in 1: hash, 2: signature */
    CRYPTO_SIGN_MESSAGE = 17,      /**< key, alg; in 1: message; out 0: signature */
    CRYPTO_VERIFY_MESSAGE = 18,    /**< key, alg; in 1: message, 2: signature */
    CRYPTO_EXPORT_KEY = 19,        /**< key; out 0: key */
    CRYPTO_COPY_KEY = 20,          /**< key, attributes; out 0: key id, u32 */
    CRYPTO_PURGE_KEY = 21,         /**< key */
    CRYPTO_OPEN_KEY = 22,          /**< key; out 0: key id, u32 */
    CRYPTO_CLOSE_KEY = 23,         /**< key */
    CRYPTO_FORGET = 24,            /**< ends all operations and volatile keys of the caller */

    CRYPTO_MAC_COMPUTE = 25,       /**< key, alg; in 1: message; out 0: MAC */
    CRYPTO_MAC_VERIFY = 26,        /**< key, alg; in 1: message, 2: MAC */
    CRYPTO_MAC_SIGN_SETUP = 27,    /**< key, alg; out 0: operation, u32 */
    CRYPTO_MAC_VERIFY_SETUP = 28,  /**< key, alg; out 0: operation, u32 */
    CRYPTO_MAC_UPDATE = 29,        /**< operation; in 1: part of the message */
    CRYPTO_MAC_SIGN_FINISH = 30,   /**< operation; out 0: MAC */
    CRYPTO_MAC_VERIFY_FINISH = 31, /**< operation; in 1: MAC */

    CRYPTO_CIPHER_ENCRYPT = 32,       /**< key, alg; in 1: plaintext; out 0: IV and ciphertext */
    CRYPTO_CIPHER_DECRYPT = 33,       /**< key, alg; in 1: IV and ciphertext; out 0: plaintext */
    CRYPTO_CIPHER_ENCRYPT_SETUP = 34, /**< key, alg; out 0: operation, u32 */
    CRYPTO_CIPHER_DECRYPT_SETUP = 35, /**< key, alg; out 0: operation, u32 */
    CRYPTO_CIPHER_GENERATE_IV = 36,   /**< operation; out 0: IV */
    CRYPTO_CIPHER_SET_IV = 37,        /**< operation; in 1: IV */
    CRYPTO_CIPHER_UPDATE = 38,        /**< operation; in 1: input; out 0: output */
    CRYPTO_CIPHER_FINISH = 39,        /**< operation; out 0: output */

    CRYPTO_AEAD_ENCRYPT = 40,        /**< key, alg, nonce; in 1: additional data, 2: text; out 0 */
    CRYPTO_AEAD_DECRYPT = 41,        /**< key, alg, nonce; in 1: additional data, 2: text; out 0 */
    CRYPTO_AEAD_ENCRYPT_SETUP = 42,  /**< key, alg; out 0: operation, u32 */
    CRYPTO_AEAD_DECRYPT_SETUP = 43,  /**< key, alg; out 0: operation, u32 */
    CRYPTO_AEAD_GENERATE_NONCE = 44, /**< operation; out 0: nonce */
    CRYPTO_AEAD_SET_NONCE = 45,      /**< operation; in 1: nonce */
    CRYPTO_AEAD_SET_LENGTHS = 46,    /**< operation, value 0: of additional data, 1: of the text */
    CRYPTO_AEAD_UPDATE_AD = 47,      /**< operation; in 1: part of the additional data */
    CRYPTO_AEAD_UPDATE = 48,         /**< operation; in 1: part of the text; out 0: output */
    CRYPTO_AEAD_FINISH = 49,         /**< operation; out 0: rest of the ciphertext, 1: tag */
    CRYPTO_AEAD_VERIFY = 50,         /**< operation; in 1: tag; out 0: rest of the plaintext */

    CRYPTO_ASYMMETRIC_ENCRYPT = 51, /**< key, alg; in 1: text, 2: label; out 0: ciphertext */
    CRYPTO_ASYMMETRIC_DECRYPT = 52, /**< key, alg; in 1: text, 2: label; out 0: plaintext */
    CRYPTO_RAW_KEY_AGREEMENT = 53,  /**< key, alg; in 1: peer's key; out 0: shared secret */
    CRYPTO_KEY_AGREEMENT = 54,      /**< key, alg, attributes; in 1: peer's key; out 0: key id */

    CRYPTO_DERIVATION_SETUP = 55,         /**< alg; out 0: operation, u32 */
    CRYPTO_DERIVATION_GET_CAPACITY = 56,  /**< operation; out 0: bytes, u32; UINT32_MAX: no limit */
    CRYPTO_DERIVATION_SET_CAPACITY = 57,  /**< operation, value 0: bytes */
    CRYPTO_DERIVATION_INPUT_BYTES = 58,   /**< operation, step; in 1: data */
    CRYPTO_DERIVATION_INPUT_INTEGER = 59, /**< operation, step, value: low half, high half */
    CRYPTO_DERIVATION_INPUT_KEY = 60,     /**< operation, step, key */
    CRYPTO_DERIVATION_KEY_AGREEMENT = 61, /**< operation, step, key; in 1: peer's key */
    CRYPTO_DERIVATION_OUTPUT_BYTES = 62,  /**< operation; out 0: derived bytes */
    CRYPTO_DERIVATION_OUTPUT_KEY = 63,    /**< as CRYPTO_GENERATE_KEY, and operation */
    CRYPTO_DERIVATION_VERIFY_BYTES = 64,  /**< operation; in 1: what is expected */
    CRYPTO_DERIVATION_VERIFY_KEY = 65,    /**< operation, key: what is expected */

    CRYPTO_PAKE_SETUP = 66,            /**< alg, step: primitive, value 0: hash; out 0: operation */
    CRYPTO_PAKE_SET_PASSWORD_KEY = 67, /**< operation, key */
    CRYPTO_PAKE_SET_USER = 68,         /**< operation; in 1: identity */
    CRYPTO_PAKE_SET_PEER = 69,         /**< operation; in 1: identity */
    CRYPTO_PAKE_SET_ROLE = 70,         /**< operation, step: role */
    CRYPTO_PAKE_OUTPUT = 71,           /**< operation, step; out 0: message */
    CRYPTO_PAKE_INPUT = 72,            /**< operation, step; in 1: message */
    CRYPTO_PAKE_IMPLICIT_KEY = 73,     /**< operation, value 0: operation of a derivation */

    CRYPTO_SIGN_HASH_START = 74, /**< key, alg; in 1: hash; out 0: operation, u32 */
    CRYPTO_SIGN_HASH_COMPLETE =
        75,                      /**< operation, value 0: steps; out 0: signature, 1: steps done */
    CRYPTO_SIGN_HASH_STEPS = 76, /**< operation; out 0: steps done, u32 */
    CRYPTO_VERIFY_HASH_START = 77,    /**< key, alg; in 1: hash, 2: signature; out 0: operation */
    CRYPTO_VERIFY_HASH_COMPLETE = 78, /**< operation, value 0: steps; out 0: steps done, u32 */
    CRYPTO_VERIFY_HASH_STEPS = 79,    /**< operation; out 0: steps done, u32 */
    CRYPTO_FUNCTIONS                  /**< One more than the last. */
};

/*
 * Costs: what would take longer than half a minute answers PSA_ERROR_NOT_SUPPORTED. That is PBKDF2
 * with more rounds, for all that one request derives together, where one with SHA-3 counts as four
 * and 64 bytes of salt as one more for each block; RSA keys to be made that are larger, or larger than
 * 1024 bits with another public exponent than 65537; and RSA keys to be imported whose public exponent
 * has more than 256 bits, or whose primes differ much in length.
 */
#define CRYPTO_PBKDF2_ROUNDS_MAX         32768u
#define CRYPTO_RSA_GENERATE_BITS_MAX     2048u
#define CRYPTO_RSA_GENERATE_ANY_BITS_MAX 1024u

/** An operation's number has this bit clear: a client may use it for a mark of its own. */
#define CRYPTO_OPERATION_MARK 0x80000000u

/** Key attributes; the values are those of PSA Crypto. */
struct crypto_attributes {
    uint16_t type;
    uint16_t bits;
    uint32_t lifetime;
    uint32_t id;
    uint32_t usage;
    uint32_t alg;
};

#define CRYPTO_NONCE_BYTES 16u

struct crypto_request {
    uint32_t function;  /**< enum crypto_function. */
    uint32_t alg;       /**< psa_algorithm_t. */
    uint32_t key;       /**< psa_key_id_t, as its owner knows it. */
    uint32_t operation; /**< Of a function in several parts; 0 is none. */
    struct crypto_attributes attributes;
    uint32_t step;                     /**< Of a derivation or of PAKE. */
    uint32_t value[2];                 /**< What else is a number. */
    uint32_t nonce_len;                /**< Bytes, at most CRYPTO_NONCE_BYTES. */
    uint8_t nonce[CRYPTO_NONCE_BYTES]; /**< Of AEAD in one call. */
};

#define CRYPTO_REQUEST_BYTES_MIN 16u

GARRISON_ASSERT(sizeof(struct crypto_attributes) == 20, "attributes are 20 bytes");
GARRISON_ASSERT(sizeof(struct crypto_request) == 68, "request is 68 bytes");
