/*
 * Partition "update": the installed versions. What it offers is in update_protocol.h.
 */
#pragma once

#include <stdint.h>

#include <psa/service.h>
#include <psa/update.h>

/** The secure function. */
psa_status_t update_service(const psa_msg_t *message);

/**
 * Tells the service what is installed; the partition cannot read the hand-over record itself, so
 * the manager calls this for each component before the first message, with its own rights.
 */
void update_note_installed(psa_fwu_component_t component, psa_fwu_image_version_t version,
                           const uint8_t digest[32]);
