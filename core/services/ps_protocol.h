/*
 * Messages of the service "ps": all of storage_protocol.h.
 */
#pragma once

#include "services/storage_protocol.h"

#define PS_SID     0x47410004u
#define PS_VERSION 1u
#define PS_HANDLE  0x40000104 /**< Stateless handle. */
