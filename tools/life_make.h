/*
 * The device file that a plan is done on.
 */
#pragma once

#include "life_step.h"

/**
 * Makes the file of a virgin part of the description's identity, with the iROT in system flash that it
 * was bought with, if the description has one there.
 */
SIM_MUST_USE enum sim_status life_make(const char *path, const struct provision_plan *plan,
                                       struct sim_error *error);

/**
 * Does all steps of a plan on such a file.
 * @param refused  out: whether the part has refused one; said, with its number and reason
 * @return EXIT_DONE, also then; or an exit status, having said why
 */
int life_perform(const char *path, const struct life_plan *life,
                 const struct life_credentials *credentials, bool *refused);
