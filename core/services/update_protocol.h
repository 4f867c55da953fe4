/*
 * Messages of the service "update", between its client library and its partition.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct update_request`; output 0 of UPDATE_QUERY is a
 * psa_fwu_component_info_t. Any other size is a programmer error, any other function answers
 * PSA_ERROR_NOT_SUPPORTED.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

#define UPDATE_SID     0x47410002u
#define UPDATE_VERSION 1u
#define UPDATE_HANDLE  0x40000102 /**< Stateless handle. */

/** Append only. */
enum update_function {
    UPDATE_QUERY = 1,
};

struct update_request {
    uint32_t function;  /**< enum update_function. */
    uint32_t component; /**< psa_fwu_component_t. */
};

GARRISON_ASSERT(sizeof(struct update_request) == 8, "request is 8 bytes");
