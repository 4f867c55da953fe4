/*
 * What can be done with a device, found by doing it: so that a plan can say what each step ends.
 */
#pragma once

#include "life_step.h"

/** A set of things that can be done, as bits from life_ability_gone(0) on. */
typedef uint32_t life_abilities;

/** What is so once the thing cannot be done any more, in words; NULL: there is no such thing. */
const char *life_ability_gone(unsigned index);

/**
 * Tries all, each on the chip as the snapshot has it, and leaves it so.
 */
life_abilities life_abilities_try(struct sim *sim, const struct sim_snapshot *snapshot,
                                  const struct provision_plan *plan,
                                  const struct life_credentials *credentials);
