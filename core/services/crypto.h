/*
 * Partition "crypto": PSA Crypto over Mbed TLS. What it offers is in crypto_protocol.h.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <psa/service.h>

/** The secure function. */
GARRISON_ENTRY psa_status_t crypto_service(const psa_msg_t *message);

/**
 * Says how often it has begun anew, before the first message and with the manager's rights: numbers
 * of operations and ids of volatile keys differ from those of its earlier starts.
 */
GARRISON_ENTRY void crypto_note_start(uint32_t starts);
