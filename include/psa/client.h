/*
 * The client side of the PSA Firmware Framework.
 * Source: Arm Firmware Framework for M 1.1, section 4.3 (DEN 0063).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/error.h>

GARRISON_ABI_BEGIN

#define PSA_FRAMEWORK_VERSION 0x0101u
#define PSA_VERSION_NONE      0u
#define PSA_MAX_IOVEC         4u
#define PSA_IPC_CALL          0

typedef int32_t psa_handle_t;

#define PSA_NULL_HANDLE             ((psa_handle_t)0)
#define PSA_HANDLE_IS_VALID(handle) ((psa_handle_t)(handle) > 0)
#define PSA_HANDLE_TO_ERROR(handle) ((psa_status_t)(handle))

typedef struct psa_invec {
    const void *base; /**< Start of the buffer. */
    size_t len;       /**< Bytes. */
} psa_invec;

typedef struct psa_outvec {
    void *base; /**< Start of the buffer. */
    size_t len; /**< Bytes there are; after the call, bytes written. */
} psa_outvec;

/** Version of the framework: PSA_FRAMEWORK_VERSION. */
uint32_t psa_framework_version(void);

/** Version of a service; PSA_VERSION_NONE: it does not exist or is not for this client. */
uint32_t psa_version(uint32_t sid);

/**
 * Connects to a service.
 * @return a handle; PSA_ERROR_CONNECTION_REFUSED: no such service, version or right;
 *         PSA_ERROR_CONNECTION_BUSY: no connection free; PSA_ERROR_PROGRAMMER_ERROR: the service
 *         is stateless.
 */
psa_handle_t psa_connect(uint32_t sid, uint32_t version);

/**
 * Calls a service.
 * @param type     0 or more, its meaning is the service's
 * @param in_vec   `in_len` inputs, at most PSA_MAX_IOVEC together with the outputs
 * @param out_vec  `out_len` outputs; `len` of each becomes what was written
 * @return the service's status; PSA_ERROR_PROGRAMMER_ERROR: bad handle, type, vectors or memory.
 */
psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len);

/** Closes a connection; PSA_NULL_HANDLE does nothing. */
void psa_close(psa_handle_t handle);

GARRISON_ABI_END
