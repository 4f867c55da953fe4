/*
 * Partition "crypto": PSA Crypto over Mbed TLS. What it offers is in crypto_protocol.h.
 */
#pragma once

#include <garrison/abi.h>
#include <psa/service.h>

/** The secure function. */
GARRISON_ENTRY psa_status_t crypto_service(const psa_msg_t *message);
