/*
 * A provisioned chip in memory with three small signed images, and the boot chain run natively on
 * it: the stages' own code and tables, the chip's flash, keys, HDP and HDPL.
 */
#pragma once

#include <stdbool.h>

#include <garrison/layout.h>

#include "host.h"
#include "support/image_maker.h"

enum chain_image { CHAIN_UROT = 0, CHAIN_MANAGER, CHAIN_APPLICATION, CHAIN_IMAGES };

/** Owners of the images, as test_private_key() numbers them. */
extern const uint8_t chain_owner[CHAIN_IMAGES];

struct chain {
    struct image_recipe recipe[CHAIN_IMAGES];
    struct made_image image[CHAIN_IMAGES];
    char log[4096]; /**< Lines of the last boot. */
    size_t log_len;
};

/** Where the records stand in the keys store, as a Secure programmer sees it. */
#define CHAIN_KEYS   0x0FFD0200u
#define CHAIN_LAYOUT 0x0FFD0600u

/** The default layout, typed here: a test compares it with the port's. */
extern const struct layout_record chain_layout;

/** Makes the images and the chip, as host_chip; chain_close() frees it. */
void chain_open(struct chain *chain);
void chain_close(struct chain *chain);

/** Writes an image to its slot, over whatever is there. */
void chain_write_image(struct chain *chain, enum chain_image which);

/** Provisions a layout, with its digest made right. */
void chain_write_layout(const struct layout_record *layout);

/** Address of an image's first byte in flash. */
uint32_t chain_addr(enum chain_image which);

/** Changes one byte of flash behind the filters. */
void chain_xor(uint32_t addr, uint8_t mask);

/** Resets the chip and runs the chain. */
void chain_boot(struct chain *chain, struct host_ending *ending);

/** Name of an image's role in log lines: "uROT". */
const char *chain_name(enum chain_image which);

/** The stage that verifies an image: "iROT" or "uROT". */
const char *chain_verifier(enum chain_image which);
