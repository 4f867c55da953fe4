/*
 * Internal Trusted Storage in memory, in the place of the partition: what the crypto service asks of
 * it, and how it takes it when storage fails.
 */
#pragma once

#include <psa/internal_trusted_storage.h>

#define ITS_FAKE_OBJECTS 16u
#define ITS_FAKE_BYTES   1280u

struct its_fake {
    struct its_fake_object {
        psa_storage_uid_t uid; /**< 0: free. */
        size_t len;
        uint8_t data[ITS_FAKE_BYTES];
    } object[ITS_FAKE_OBJECTS];
    psa_status_t set;    /**< What psa_its_set() answers; PSA_SUCCESS: it works. */
    psa_status_t get;    /**< The same of reading. */
    psa_status_t remove; /**< The same of removing. */
    unsigned reads;
    unsigned writes;
};

extern struct its_fake its_fake;

/** How many objects there are. */
size_t its_fake_count(void);
