/*
 * uROT: the updatable second stage, at HDPL2. It verifies manager, application and modules, and swaps
 * them with new ones.
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
        .role = IMAGE_ROLE_MANAGER,
        .base = LAYOUT_FLASH_S,
        .ram = {STAGE_RAM},
    },
    {
        .role = IMAGE_ROLE_APPLICATION,
        .base = LAYOUT_FLASH_NS,
        .ram =
            {
                {LAYOUT_SRAM1_NS, LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE},
                {LAYOUT_SRAM3_NS, LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE},
            },
    },
    {
        .role = IMAGE_ROLE_MODULE_0,
        .base = LAYOUT_FLASH_S,
    },
};

const struct boot_stage urot_stage = {
    .role = IMAGE_ROLE_UROT,
    .version = STAGE_VERSION,
    .hdpl = 2,
    .counters_off = BOOT_COUNTERS_OFF_HDPL2,
    .image_key_off = IMAGE_KEY_OFF_HDPL2,
    .header_size = LAYOUT_HEADER_SIZE,
    .vectors_align = LAYOUT_VECTORS_ALIGN,
    .self = NULL,
    .bounds = &layout_bounds,
    .slot = slots,
    .slot_count = sizeof(slots) / sizeof(slots[0]),
    .next = IMAGE_ROLE_MANAGER,
    .install = install_run,
    .recover = install_recover,
    .last = true,
    .derive = port_derive_key,
    .watch = port_watchdog_start,
};
