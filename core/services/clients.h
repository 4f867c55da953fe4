/*
 * Who a client is, by its id: negative on the Non-secure side, a partition of the manager's below 16,
 * a module of somebody else's from there on.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CLIENT_MODULE_FIRST 16
#define CLIENT_MODULES      8u

static inline bool client_is_module(int32_t client_id)
{
    return client_id >= CLIENT_MODULE_FIRST &&
           (uint32_t)(client_id - CLIENT_MODULE_FIRST) < CLIENT_MODULES;
}
