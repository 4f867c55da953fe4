/*
 * The way back: from where a device stands to one that can be provisioned again.
 */
#pragma once

#include "life_boot.h"
#include "life_step.h"

struct life_way {
    bool exists;
    bool regression;      /**< It is a full regression that debug authentication grants. */
    char text[LIFE_TEXT]; /**< How it goes, or why there is none. */
};

/**
 * Goes it, on a chip that has power: asks for a full regression; where a tool is still let in, begins
 * anew in OPEN, or provisions credentials of its own in PROVISIONING and then asks with them. The chip
 * is another one afterwards.
 * @param last  what the chip says meanwhile
 */
void life_way_try(struct sim *sim, const struct life_credentials *credentials,
                  struct life_last *last, struct life_way *out);
