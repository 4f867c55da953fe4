/*
 * Events of the journal as lines for people.
 */
#pragma once

#include <stdio.h>

#include <garrison/sim.h>

/** One line: boot, virtual time, level, state and place of the processor, kind, words. */
void event_print(FILE *file, const struct sim_event *event, bool colour);
