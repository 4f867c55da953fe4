/*
 * How often each partition has failed since the boot; they have their numbers here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void failures_init(void);

/** Counts a failure, and logs it with its reason. */
void failures_note(uint32_t number, const char *reason);

/** Whether the partition has no restart left: its services refuse. */
bool failures_lost(uint32_t number);
