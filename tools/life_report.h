/*
 * A rehearsed plan, for people and for programs.
 */
#pragma once

#include "life_rehearse.h"

/** Prints the steps, each with what it makes impossible, what was refused and what the chip said. */
void life_report_steps(const struct life_plan *life, const struct life_rehearsal *rehearsal);

/** Prints how the plan ends: the verdict, the step and the reason. */
void life_report_verdict(const struct life_plan *life, const struct life_rehearsal *rehearsal);

/** Prints both as JSON. */
void life_report_json(const struct life_plan *life, const struct life_rehearsal *rehearsal);
