/*
 * The update service of a chain's manager, and the calls of an application to it (psa/update.h).
 */
#pragma once

/** Starts the service as the manager does, with what the hand-over record of chain_world.h says. */
void chain_start_service(void);
