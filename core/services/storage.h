/*
 * What the two storage services share: a store in an area of the partition's own, and the functions
 * of storage_protocol.h on it. The owner of an object is the client id of the message.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/service.h>

#include "services/storage_protocol.h"
#include "store/store.h"

/** The store of a service. The service owns the memory; all members are storage.c's. */
struct storage {
    struct store_config config;
    struct store store;
    struct store_report report;
    enum garrison_status mounted; /**< How mounting ended, if it was tried. */
    bool tried;
    bool reserves;                     /**< There may be objects with room reserved for them. */
    uint8_t buffer[STORE_CHUNK_BYTES]; /**< Data on their way to the client. */
};

/** A set of functions: bit n for enum storage_function n. */
#define STORAGE_BIT(function) (1u << (function))

/** What a service is; const, in flash. */
struct storage_service {
    uint32_t functions; /**< Those it has, of STORAGE_BIT(). */
    /** Fills the configuration before mounting: a partition cannot name its area before it runs. */
    enum garrison_status (*configure)(struct store_config *config);
};

/** Answers a message. The first one mounts; what that came to holds until storage_forget(). */
GARRISON_ENTRY psa_status_t storage_serve(const struct storage_service *service,
                                          struct storage *storage, const psa_msg_t *message);

/** Lets the next message mount anew. */
GARRISON_ENTRY void storage_forget(struct storage *storage);
