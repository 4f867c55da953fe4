/*
 * Messages of the service "update", between its client library and its partition.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct update_request`, input 1 of UPDATE_WRITE the block,
 * output 0 of UPDATE_QUERY a psa_fwu_component_info_t. Any other size of request or answer is a
 * programmer error, any other function answers PSA_ERROR_NOT_SUPPORTED.
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
    UPDATE_START = 2,
    UPDATE_WRITE = 3,
    UPDATE_FINISH = 4,
    UPDATE_CANCEL = 5,
    UPDATE_CLEAN = 6,
    UPDATE_INSTALL = 7,
    UPDATE_REBOOT = 8,
    UPDATE_REJECT = 9,
    UPDATE_ACCEPT = 10,
};

struct update_request {
    uint32_t function;  /**< enum update_function. */
    uint32_t component; /**< psa_fwu_component_t; 0 where the function names none. */
    uint32_t offset;    /**< UPDATE_WRITE: bytes; what does not fit is UINT32_MAX. */
    uint32_t value;     /**< UPDATE_START: bytes of a detached manifest, to be 0; UPDATE_REJECT: the
                             psa_status_t to be told. */
};

GARRISON_ASSERT(sizeof(struct update_request) == 16, "request is 16 bytes");
