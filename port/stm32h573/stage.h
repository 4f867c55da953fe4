/*
 * What the boot stages have in common.
 */
#pragma once

#include <garrison/stage.h>

#include "layout.h"
#include "layout_data.h"

#define STAGE_VERSION                                                                              \
    {                                                                                              \
        GARRISON_VERSION_MAJOR, GARRISON_VERSION_MINOR, GARRISON_VERSION_REVISION, 0               \
    }

/** Where the images that run on the Secure side have their stacks. */
#define STAGE_RAM                                                                                  \
    {                                                                                              \
        LAYOUT_STAGE_RAM_ADDR, LAYOUT_STAGE_RAM_ADDR + LAYOUT_STAGE_RAM_SIZE                       \
    }

/** What the stages do; the host runs the same tables. */
extern const struct boot_stage irot_stage;
extern const struct boot_stage urot_stage;

/** Where the iROT stands: on the chip where it was linked to, on the host in the user flash. */
extern const struct boot_self irot_self;

/** Isolates the stage and runs it to its end. */
_Noreturn void stage_main(const struct boot_stage *stage);
