/*
 * uROT: the updatable second stage, at HDPL2. It verifies manager and application.
 */
#include <garrison/keys.h>
#include <garrison/port.h>
#include <garrison/stage.h>
#include <garrison/version.h>

#include "layout.h"
#include "stage.h"

static const struct boot_slot slots[] = {
    {
        .role = IMAGE_ROLE_MANAGER,
        .off = LAYOUT_MANAGER_OFF,
        .size = LAYOUT_MANAGER_SIZE,
        .addr = LAYOUT_FLASH_S + LAYOUT_MANAGER_OFF,
        .ram = {STAGE_RAM},
    },
    {
        .role = IMAGE_ROLE_APPLICATION,
        .off = LAYOUT_APPLICATION_OFF,
        .size = LAYOUT_APPLICATION_SIZE,
        .addr = LAYOUT_FLASH_NS + LAYOUT_APPLICATION_OFF,
        .ram =
            {
                {LAYOUT_SRAM1_NS, LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE},
                {LAYOUT_SRAM3_NS, LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE},
            },
    },
};

const struct boot_stage urot_stage = {
    .role = IMAGE_ROLE_UROT,
    .version = STAGE_VERSION,
    .hdpl = 2,
    .keys_off = KEY_RECORD_OFF_HDPL2,
    .header_size = LAYOUT_HEADER_SIZE,
    .vectors_align = LAYOUT_VECTORS_ALIGN,
    .self = NULL,
    .slot = slots,
    .slot_count = sizeof(slots) / sizeof(slots[0]),
    .next = IMAGE_ROLE_MANAGER,
};
