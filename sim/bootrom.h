/*
 * The boot ROM (ST's root secure services) as far as user code can tell: what starts after a
 * reset, at which HDPL, or why nothing does.
 */
#pragma once

#include "chip.h"

struct bootrom_verdict {
    bool starts;      /**< Whether user code is started. */
    bool busy;        /**< The boot ROM is at work; then it resets the chip, or is to run again. */
    uint32_t vectors; /**< Its vector table. */
    char why[160];    /**< What was decided, in words, for the journal. */
};

/**
 * Decides from the option bytes and the product state, and raises HDPL to the level user code
 * starts at. The chip has just been reset, or a host has ended debug authentication.
 */
void bootrom_run(struct sim_chip *chip, struct bootrom_verdict *verdict);

/** Whether there is an iROT in system flash. */
bool bootrom_has_irot(const struct sim_chip *chip);
