/*
 * iROT: the immutable first stage, at HDPL1. It verifies the uROT, and overwrites it with a new one.
 */
#include <garrison/counters.h>
#include <garrison/keys.h>
#include <garrison/port.h>
#include <garrison/stage.h>
#include <garrison/version.h>

#include "layout.h"
#include "stage.h"

static const struct boot_slot slots[] = {
    {
        .role = IMAGE_ROLE_UROT,
        .base = LAYOUT_FLASH_S,
        .ram = {STAGE_RAM},
    },
};

const struct boot_stage irot_stage = {
    .role = IMAGE_ROLE_IROT,
    .version = STAGE_VERSION,
    .hdpl = 1,
    .counters_off = BOOT_COUNTERS_OFF_HDPL1,
    .image_key_off = IMAGE_KEY_OFF_HDPL1,
    .header_size = LAYOUT_HEADER_SIZE,
    .vectors_align = LAYOUT_VECTORS_ALIGN,
    .self = &irot_self,
    .bounds = &layout_bounds,
    .slot = slots,
    .slot_count = sizeof(slots) / sizeof(slots[0]),
    .next = IMAGE_ROLE_UROT,
    .install = install_overwrite,
    .recover = install_recover_urot,
};
