/*
 * The storage services over a flash in memory: starting, restarting, changing what they meet.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "support/port_fake.h"
#include "support/psa_direct.h"
#include "support/storage_memory.h"

#define STORAGE_SECTOR 0x2000u

/** Each byte of ITS's key. */
#define STORAGE_SEED 0x42u

/** An empty flash, and services with keys; everything may be used by the one client, -1. */
void storage_start(void);

/** A reset: the services mount what the flash has. */
void storage_restart(void);

/** The same with keys of another device. */
void storage_start_with(uint8_t seed);

/** Who calls from now on. */
void storage_client(int32_t client_id);

/** Memory that the client may not use from now on, nor any below it; its stack is above. */
void storage_forbid(const void *data, size_t len);

/** Bytes that differ with the seed and from place to place. */
void storage_fill(uint8_t *data, size_t len, uint32_t seed);
