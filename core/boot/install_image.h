/*
 * The images of an update: where they stand and whether they may be started. For install.c only.
 */
#pragma once

#include "boot/clear.h"
#include "boot/install.h"

/** The slot of a component, or NULL. */
const struct layout_slot *install_slot(const struct install *install, uint32_t component);

/** Sectors that so many bytes need. */
uint32_t install_sectors(const struct install *install, uint32_t bytes);

/** Where a new image is staged: one sector behind the start of the download slot. */
uint32_t install_staged_off(const struct install *install, const struct layout_slot *slot);

/**
 * Verifies the image that is staged for a component, decrypting it as it is read.
 * @return as install_verify(); GARRISON_ERROR_DECRYPT: encrypted, and the key that images are
 *         encrypted to is another one or not there; GARRISON_ERROR_POLICY: not encrypted, but the
 *         slot asks for it.
 */
enum garrison_status install_verify_staged(const struct install *install, uint32_t component,
                                           struct install_image *found) GARRISON_MUST_USE;

/**
 * Whether an image may follow the one that stands in the active slot and is not on trial. That one's
 * security counter is stored when it next starts, and it may have been accepted since it last did.
 * @return GARRISON_ERROR_STALE: the image in place is good and has a higher counter.
 */
enum garrison_status install_check_succession(const struct install *install, uint32_t component,
                                              const struct image *image) GARRISON_MUST_USE;

/** Sets up what seals, or opens, all bytes that left an active slot under that number. */
enum garrison_status install_open_seal(const struct install *install, struct clear *clear,
                                       uint32_t component, uint16_t sealed) GARRISON_MUST_USE;

/**
 * Verifies the image that a swap has moved to the start of the download slot, to stand again where it
 * came from: by itself, with all others as they are now.
 * @return GARRISON_ERROR_DEPENDENCY: it needs another, or another it, to be newer.
 */
enum garrison_status install_verify_old(const struct install *install, uint32_t component,
                                        const struct journal_component *swapped) GARRISON_MUST_USE;

/**
 * Whether all that an image depends on is there.
 * @param set  components that are looked for in their download slots
 * @return GARRISON_ERROR_DEPENDENCY: it is not.
 */
enum garrison_status install_check_dependencies(const struct install *install, uint16_t set,
                                                const struct image *image) GARRISON_MUST_USE;

/**
 * Whether all images that stay would still find what they depend on among those of a set.
 * @return GARRISON_ERROR_DEPENDENCY: one would not.
 */
enum garrison_status install_check_dependents(const struct install *install,
                                              uint16_t set) GARRISON_MUST_USE;
