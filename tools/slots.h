/*
 * Slots by name, as options use them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** For messages. */
#define SLOT_NAMES "urot, manager, application or module0 to module7"

struct slot_place {
    uint32_t addr; /**< Its first byte, as the CPU that runs the image sees it. */
    uint32_t size; /**< Bytes. */
};

/** The role of that name, `len` characters, or 0. */
uint32_t slot_role(const char *name, size_t len);

/**
 * Finds a slot.
 * @param layout  path of a device description; NULL: the default layout is meant
 * @return EXIT_DONE; or another exit status, having said why.
 */
int slot_find(const char *name, const char *layout, struct slot_place *place);
