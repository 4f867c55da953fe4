/*
 * An image that may not be started, brought the whole way: written and installed through Firmware
 * Update, and refused at the boot.
 */
#pragma once

#include "power/update_fixture.h"

#define HEADER_BYTES 0x20u
#define BODY_BYTES   40u
#define STORED       1u /* counter of the device, and of the old images */
#define COUNTER      2u /* of the new ones */

/** A device with old images, open_bench() having been called. */
void refusal_begin(void **state);

/** The new image of a component, right in everything; its counter comes in refusal_make(). */
void refusal_recipe(uint32_t component, struct image_recipe *recipe);
void refusal_make(const struct image_recipe *recipe, struct made_image *made);

/** Writes, finishes and installs an image. @return the first block's error, if there was one */
psa_status_t refusal_stage(uint32_t component, const struct made_image *made);

/** The component is in that state, and all old images are where they were. */
void refusal_expect_state(uint32_t component, uint8_t state, psa_status_t error);

/**
 * Boots what is staged: refused before anything is touched, for that reason, which stands in the
 * journal and in the component's state until it is cleaned. The component is then READY.
 */
void refusal_expect(const char *name, uint32_t component, enum garrison_status reason,
                    psa_status_t error);
