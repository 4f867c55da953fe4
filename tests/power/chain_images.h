/*
 * The images of a chain: an old and a new one of each component, by their owners, encrypted or not.
 */
#pragma once

#include <stdbool.h>

#include <garrison/layout.h>

#include "support/image_maker.h"

/* Components under test, by their numbers. */
#define CHAIN_UROT        0u
#define CHAIN_MANAGER     1u
#define CHAIN_APPLICATION 2u
#define CHAIN_MODULE      3u
#define CHAIN_COMPONENTS  4u

#define CHAIN_BIT(component) ((uint16_t)(1u << (component)))

enum chain_age { CHAIN_OLD, CHAIN_NEW, CHAIN_AGES };

/** Where things are: a slot for each component. Sealed; slots say encrypted for chain_encrypted. */
const struct layout_record *chain_layout(bool encrypted);

/** What is in the active slot; its counter is its major version, 1 and 2. */
const struct made_image *chain_image(uint32_t component, enum chain_age age, bool encrypted);

/** What is delivered: the body of an encrypted image is not in clear. */
const struct made_image *chain_delivery(uint32_t component, bool encrypted);

/** Makes them all, once; aborts if one does not verify by chain_verify.h. */
void chain_make_images(void);

/** Keys and layout into the keys store, old images into their slots: a device that never booted. */
void chain_make_device(bool encrypted);
