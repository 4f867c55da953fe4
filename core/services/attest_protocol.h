/*
 * Messages of the service "attest", between its client library and its partition.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct attest_request`. Any other size of it, or of an answer
 * that has a fixed one, is a programmer error; any other function or profile answers
 * PSA_ERROR_NOT_SUPPORTED.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

#define ATTEST_SID     0x47410005u
#define ATTEST_VERSION 1u
#define ATTEST_HANDLE  0x40000105 /**< Stateless handle. */

/** Append only. */
enum attest_function {
    ATTEST_TOKEN = 1,      /**< in 1: challenge; out 0: token */
    ATTEST_SIZE = 2,       /**< out 0: bytes of the token, u32 */
    ATTEST_PUBLIC_KEY = 3, /**< out 0: ATTEST_POINT_BYTES */
};

/** Public point of the device key: 4, X, Y. */
#define ATTEST_POINT_BYTES 65u

struct attest_request {
    uint32_t function;  /**< enum attest_function. */
    uint32_t profile;   /**< Of the token: enum claims_profile; otherwise 0. */
    uint32_t challenge; /**< ATTEST_SIZE: bytes of the challenge; otherwise 0. */
};

GARRISON_ASSERT(sizeof(struct attest_request) == 12, "request is 12 bytes");
