/*
 * iROT: the immutable first stage, at HDPL1. It verifies the uROT.
 */
#include <garrison/keys.h>
#include <garrison/port.h>
#include <garrison/stage.h>
#include <garrison/version.h>

#include "layout.h"
#include "stage.h"

static const struct boot_slot self = {
    .role = IMAGE_ROLE_IROT,
    .off = LAYOUT_IROT_OFF,
    .size = LAYOUT_IROT_SIZE,
    .addr = LAYOUT_FLASH_S + LAYOUT_IROT_OFF,
};

static const struct boot_slot slots[] = {
    {
        .role = IMAGE_ROLE_UROT,
        .off = LAYOUT_UROT_OFF,
        .size = LAYOUT_UROT_SIZE,
        .addr = LAYOUT_FLASH_S + LAYOUT_UROT_OFF,
        .ram = {STAGE_RAM},
    },
};

const struct boot_stage irot_stage = {
    .role = IMAGE_ROLE_IROT,
    .version = STAGE_VERSION,
    .hdpl = 1,
    .keys_off = KEY_RECORD_OFF_HDPL1,
    .header_size = LAYOUT_HEADER_SIZE,
    .vectors_align = LAYOUT_VECTORS_ALIGN,
    .self = &self,
    .slot = slots,
    .slot_count = sizeof(slots) / sizeof(slots[0]),
    .next = IMAGE_ROLE_UROT,
};
