/*
 * Messages of the two storage services, between their client libraries and their partitions. They
 * differ in SID and handle, and in what a function of them may do: its_protocol.h, ps_protocol.h.
 *
 * Stateless; type PSA_IPC_CALL. Input 0 is `struct storage_request`; data to be written are input
 * 1, answers output 0. Another size of request or answer is a programmer error; a function that the
 * service does not have answers PSA_ERROR_NOT_SUPPORTED.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

/** Append only. */
enum storage_function {
    STORAGE_SET = 1,  /**< Input 1: the data. */
    STORAGE_GET = 2,  /**< Output 0: as many bytes as it has room for, or there are. */
    STORAGE_INFO = 3, /**< Output 0: struct storage_answer. */
    STORAGE_REMOVE = 4,
    STORAGE_CREATE = 5,   /**< Protected Storage only. */
    STORAGE_WRITE = 6,    /**< Input 1: the data. Protected Storage only. */
    STORAGE_SUPPORTS = 7, /**< Output 0: u32. Protected Storage only. */
    STORAGE_REPORT = 8,   /**< Output 0: struct storage_mounted. */
};

struct storage_request {
    uint32_t function; /**< enum storage_function. */
    uint32_t flags;    /**< STORAGE_SET, _CREATE: psa_storage_create_flags_t. */
    uint64_t uid;      /**< psa_storage_uid_t. */
    uint32_t offset;   /**< STORAGE_GET, _WRITE: bytes; what does not fit is UINT32_MAX. */
    uint32_t capacity; /**< STORAGE_CREATE: bytes; what does not fit is UINT32_MAX. */
};

/** psa_storage_info_t. */
struct storage_answer {
    uint32_t capacity;
    uint32_t size;
    uint32_t flags;
};

#define STORAGE_DROP_KINDS 5u

/** What mounting found, but nothing that would tell of other callers' objects. */
struct storage_mounted {
    uint8_t status;                       /**< garrison_status_index(); 0: mounted. */
    uint8_t formatted;                    /**< 1: there was nothing, the area has been made new. */
    uint8_t upgraded;                     /**< 1: sectors of an older format are still there. */
    uint8_t reserved;                     /**< 0 */
    uint32_t dropped[STORAGE_DROP_KINDS]; /**< By enum store_drop. */
    uint32_t first_drop_off; /**< Bytes from the start of the area: the first that is damage. */
};

GARRISON_ASSERT(sizeof(struct storage_request) == 24, "request is 24 bytes");
GARRISON_ASSERT(sizeof(struct storage_answer) == 12, "answer is 12 bytes");
GARRISON_ASSERT(sizeof(struct storage_mounted) == 28, "report is 28 bytes");
