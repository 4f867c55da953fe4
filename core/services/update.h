/*
 * Partition "update": Firmware Update. What it offers is in update_protocol.h; who may use it, in
 * update_policy.h.
 *
 * Area 0 is the update journal, which the boot stages share; area 1 + n the download slot of the
 * component that has number n in the journal.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/layout.h>
#include <psa/service.h>
#include <psa/update.h>

/** The secure function. */
GARRISON_ENTRY psa_status_t update_service(const psa_msg_t *message);

/*
 * What the partition cannot know itself, since it cannot read the hand-over record: the manager calls
 * these before the first message, with its own rights.
 */

/**
 * Tells where everything stands, and forgets all that was told before.
 * @param layout  checked; NULL: there is none, and nothing can be updated
 */
GARRISON_ENTRY void update_note_layout(const struct layout_record *layout);

/** Tells what is installed, after update_note_layout(). @param body_size  bytes of the image's body */
GARRISON_ENTRY void update_note_installed(psa_fwu_component_t component,
                                          psa_fwu_image_version_t version, const uint8_t digest[32],
                                          uint32_t body_size);
