/*
 * Partition "its": Internal Trusted Storage. What it offers is in its_protocol.h.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <psa/service.h>

/** The secure function. */
GARRISON_ENTRY psa_status_t its_service(const psa_msg_t *message);

/**
 * Gives the service its key; the partition cannot derive it, so the manager calls this before the
 * first message, with its own rights. The area is mounted anew by the next message.
 * @param key  64 bytes; NULL: there is none, and the service refuses
 */
GARRISON_ENTRY void its_note_key(const uint8_t *key);
