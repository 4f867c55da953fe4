/*
 * Installing updates: what a boot stage does about the journal before it looks at what it starts.
 *
 * A set of components that was staged together comes or goes together. All of its images are
 * verified before anything is touched; then they are swapped with the old ones and are on trial; a
 * set that is still on trial at the next boot, or was rejected, is swapped back. The uROT is not
 * swapped but overwritten, by the stage before it, and has no trial. Whatever happens is a state in
 * the journal first, so that after a power cut the next boot goes on where this one was.
 *
 * No rollback counter is raised here: the stage does it for what it starts and what is not on
 * trial, so that the old image of a trial can still be started.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/counters.h>
#include <garrison/handoff.h>
#include <garrison/keys.h>
#include <garrison/layout.h>
#include <garrison/stage.h>

#include "base/hardened.h"
#include "boot/image.h"
#include "store/journal.h"

/** Component number of a role, as in the journal, the counters and the update service. */
#define INSTALL_COMPONENTS     11u
#define INSTALL_COMPONENT_NONE UINT32_MAX
#define INSTALL_COMPONENT_UROT 0u
uint32_t install_component(uint32_t role);
uint32_t install_role(uint32_t component);

/** The components that a layout has and a stage verifies: a bit for each. */
uint16_t install_components(const struct boot_stage *stage, const struct layout_record *layout);

/** Whether install_run() would have anything to do for the components of `mine`. */
bool install_is_due(const struct journal *journal, uint16_t mine);

/** What a stage installs with. Everything is the caller's, who wipes the keys. */
struct install {
    const struct boot_stage *stage; /**< Rules for images; RAM by role. */
    const struct flash_device *flash;
    const struct layout_record *layout; /**< Checked. */
    const struct key_record *keys;      /**< Checked. */
    const struct boot_counters *counters;
    const uint8_t *image_key; /**< 32 bytes: what images are encrypted to; NULL: nothing. */
    const uint8_t *seal_key;  /**< 32 bytes, the device's own: for what leaves encrypted slots. */
    struct journal *journal;  /**< Open. */
    uint8_t *buffer;
    uint32_t buffer_size; /**< As in struct swap. */
};

/** What verifying an image has told. */
struct install_image {
    struct image image;
    uint8_t measurement[32];
    uint32_t vectors; /**< Address of its body, where the vector table stands. */
};

/**
 * Verifies the image in the active slot of a component: owner, digest, signature, place, counter.
 * The verdict is the second half of the decision, for the caller to look at again.
 * @return as image_parse(), verify_image() and policy_check(); GARRISON_ERROR_KEY: no owner is known;
 *         GARRISON_ERROR_STALE: its security counter is below the stored one.
 */
enum garrison_status install_verify(const struct install *install, uint32_t component,
                                    struct install_image *found,
                                    struct hardened_verdict *verdict) GARRISON_MUST_USE;

/* What a stage is told to install and recover with is in garrison/stage.h. */

/** Whether a component is on trial. */
bool install_on_trial(const struct install *install, uint32_t component);

/**
 * Whether the image in the active slot of a component stays: it is not on trial or rejected, and no
 * installation or way back of it was left unfinished. Only then may its security counter be raised.
 */
bool install_stays(const struct install *install, uint32_t component);
