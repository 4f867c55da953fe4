/*
 * A simulated device whose power is cut while its images are installed, and what stands in its
 * flash then, looked at from outside.
 */
#pragma once

#include <garrison/counters.h>
#include <garrison/layout.h>

#include "store/journal.h"
#include "support/device_maker.h"

#define CUTS_IMAGE_BYTES 0x2B000u /* more than the largest slot, the manager's */

/** A signed image, as the `garrison` command made it. */
struct cuts_image {
    uint8_t bytes[CUTS_IMAGE_BYTES];
    uint32_t len;
};

extern struct device cuts_device;
extern struct layout_record cuts_layout;

/** A device that has booted once, so that its counters are those of its images: 1. */
void cuts_open(void);
void cuts_close(void);

/** The image that was signed last for a role, which must be signed by the role's owner. */
void cuts_load_image(struct cuts_image *image, const char *name, uint32_t role);

/** The journal as it stands. @return false: there is none that can be read */
bool cuts_journal(struct journal *journal);

/** Makes the first records of a journal: these components are in a state. */
void cuts_make_journal(const uint8_t *components, uint32_t count, enum journal_state state);

struct boot_counters cuts_counters(uint32_t off);

/** Whether an image stands in flash at an offset, and can be read there by who is to run it. */
bool cuts_stands(const struct cuts_image *image, uint32_t off, bool secure);

/** The same without a look at errors of ECC, which read as whatever the cells hold. */
bool cuts_holds(const struct cuts_image *image, uint32_t off);

/** Runs until flash operation `number` of this boot is under way; false if none came. */
bool cuts_run_into(uint64_t number, uint64_t insns);
