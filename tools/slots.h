/*
 * The slots of the STM32H573 layout by name, as options and configurations use them.
 */
#pragma once

#include <stdint.h>

#include <garrison/handoff.h>

struct slot_place {
    const char *name;
    uint32_t role; /**< enum image_role. */
    uint32_t addr; /**< Its first byte, as the CPU that runs the image sees it. */
    uint32_t size; /**< Bytes. */
};

/** The slot of that name ("urot", "manager", "application"), or NULL. */
const struct slot_place *slot_find(const char *name);

/** All names, for messages: "urot, manager, application". */
const char *slot_names(void);
