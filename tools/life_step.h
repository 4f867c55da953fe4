/*
 * One operation of a programming tool, done on a simulated part as on a real one: over its debug port,
 * under its rules.
 */
#pragma once

#include "life_authentication.h"
#include "life_plan.h"

/**
 * Does one step on a part that has power. Each takes hold of the part under reset, as tools do.
 * @param error  out: the part's reason, when it is refused
 * @return SIM_ERROR_REFUSED: by the part; SIM_ERROR_USAGE: by anybody before it
 */
SIM_MUST_USE enum sim_status life_step_do(struct sim *sim, const struct life_step *step,
                                          const struct life_credentials *credentials,
                                          struct sim_error *error);

/** Programs bytes into erased flash; the last quad-word is filled up with ones. */
SIM_MUST_USE enum sim_status life_program(struct sim *sim, uint32_t addr, const uint8_t *data,
                                          size_t len, struct sim_error *error);

/** Changes the options, each of its words as it now stands with the new bits. */
SIM_MUST_USE enum sim_status life_options(struct sim *sim, const struct plan_options *options,
                                          struct sim_error *error);

/**
 * Asks debug authentication for a regression, and lets it run to its end.
 * @return SIM_ERROR_REFUSED: nothing has changed, and error says why
 */
SIM_MUST_USE enum sim_status life_regress(struct sim *sim,
                                          const struct life_credentials *credentials, bool partial,
                                          struct sim_error *error);

/**
 * Has debug authentication open debug as far as the credentials go, and lets the chip boot. It is open
 * until the next reset.
 * @return SIM_ERROR_REFUSED: nothing has been opened, and error says why
 */
SIM_MUST_USE enum sim_status life_debug_open(struct sim *sim,
                                             const struct life_credentials *credentials,
                                             struct sim_error *error);
