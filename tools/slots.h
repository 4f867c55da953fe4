/*
 * The slots of the default layout by name, as options use them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct slot_place {
    uint32_t addr; /**< Its first byte, as the CPU that runs the image sees it. */
    uint32_t size; /**< Bytes. */
};

/** Finds the slot of that name ("urot", "manager", "application"). @return whether there is one */
bool slot_find(const char *name, struct slot_place *place);

/** All names, for messages: "urot, manager, application". */
const char *slot_names(void);
