/*
 * psa_call() and its kin bound straight to the manager's bodies: a client, the manager and its
 * partitions in one process.
 */
#pragma once

#include <stdint.h>

/** Who calls: negative, or a module. */
extern int32_t psa_direct_client;
