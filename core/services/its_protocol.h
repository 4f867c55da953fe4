/*
 * Messages of the service "its": storage_protocol.h without what is for Protected Storage only.
 */
#pragma once

#include "services/storage_protocol.h"

#define ITS_SID     0x47410003u
#define ITS_VERSION 1u
#define ITS_HANDLE  0x40000103 /**< Stateless handle. */
