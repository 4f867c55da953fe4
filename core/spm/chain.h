/*
 * The chain of calls, among the SPM's files.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/partition.h>
#include <psa/client.h>

#include "spm/connection.h"
#include "spm/failures.h"
#include "spm/grant.h"

/** A call of the chain. */
struct call {
    const struct partition *partition;
    uint32_t number;                /**< Of the partition. */
    const struct partition *client; /**< NULL: the Non-secure side. */
    struct connection *connection;  /**< NULL: the service is stateless. */
    psa_signal_t signal;            /**< Whose handler this is; 0: it is a call. */
    int32_t type;
    int32_t client_id;
    psa_handle_t message; /**< PSA_NULL_HANDLE: it has to hear of something else before. */
    bool failed;          /**< Its partition has: it is ended when it runs again. */
    uint32_t ticks;       /**< That have found its partition running, */
    uint32_t ticks_all;   /**< and those that have found what it has called. */
    uint32_t in_count;
    uint32_t out_count;
    struct grant vec[PSA_MAX_IOVEC]; /**< The inputs, then the outputs. */
    struct grant out_vec;            /**< The client's array, for the lengths. */
};

/** The last call, whose partition runs; NULL: there is none. */
struct call *chain_running(void);

/** The call that this one was made in; NULL: it is the first. */
struct call *chain_below(const struct call *call);

/** The last call of a module from this one down; NULL: who asks is the Non-secure side. */
struct call *chain_asker(struct call *call);

/**
 * Counts and logs a failure of the call's partition, once, and marks the call: it is ended as soon as
 * it runs. Leaves all memory open to the manager.
 */
void chain_fail(struct call *call, enum failure_charge charge, const char *reason);
