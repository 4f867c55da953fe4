/*
 * What the hostile module and its client agree on: the type of a call is the attack's letter, in0 an
 * address or a number, out0 what the module has found.
 */
#pragma once

#include <stdint.h>

#include <garrison/module.h>

#define HOSTILE_SID     0x77770001u
#define HOSTILE_HANDLE  GARRISON_MODULE_HANDLE(0, 0)
#define HOSTILE_SECRET  0x5EC2E7C0u /* in the module's code, and in its RAM when a call has run */
#define HOSTILE_TIME_MS 50u
