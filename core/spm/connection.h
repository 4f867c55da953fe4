/*
 * Connections of clients to services that are not stateless: a static pool.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/module.h>

#include "spm/partitions.h"

/** What the Non-secure side and each partition may have; there are places for eight modules' at once. */
#define CONNECTIONS_OF_NON_SECURE 8u
#define CONNECTIONS_OF_PARTITION  2u
#define CONNECTIONS_MAX           (CONNECTIONS_OF_NON_SECURE + MODULES_MAX * CONNECTIONS_OF_PARTITION)

struct connection {
    struct partition_entry to; /**< `partition` NULL: this place is free. */
    int32_t client_id;         /**< Who may use it. */
    uint32_t generation;       /**< Of this place: older handles of it are stale. */
    bool broken;               /**< The partition has forgotten it: it can only be closed. */
    void *rhandle;             /**< The service's own. */
};

/** Takes a place. @return NULL: none is free, or the client has its share. */
struct connection *connection_open(struct partition_entry to, int32_t client_id);

/** Its handle: place in bits 0-4, generation above, never one of a stateless service. */
psa_handle_t connection_handle(const struct connection *connection);

/** The client's connection of that handle; NULL: it has no such. */
struct connection *connection_find(psa_handle_t handle, int32_t client_id);

/** Frees the place. */
void connection_close(struct connection *connection);

/** A partition begins anew: its services' connections are broken, those to others forgotten. */
void connection_forget(const struct partition *partition);

/** Frees all places. */
void connection_init(void);
