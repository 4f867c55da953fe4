/*
 * Messages of the service "attest", between its client library and its partition.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct attest_request`. ATTEST_TOKEN: input 1 the challenge,
 * output 0 the token. ATTEST_SIZE: output 0 a uint32_t. Any other size of request or answer is a
 * programmer error, any other function answers PSA_ERROR_NOT_SUPPORTED.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

#define ATTEST_SID     0x47410005u
#define ATTEST_VERSION 1u
#define ATTEST_HANDLE  0x40000105 /**< Stateless handle. */

/** Append only. */
enum attest_function {
    ATTEST_TOKEN = 1,
    ATTEST_SIZE = 2,
};

struct attest_request {
    uint32_t function;  /**< enum attest_function. */
    uint32_t challenge; /**< ATTEST_SIZE: bytes of the challenge; otherwise 0. */
};

GARRISON_ASSERT(sizeof(struct attest_request) == 8, "request is 8 bytes");
