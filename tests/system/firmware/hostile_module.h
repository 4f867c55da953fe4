/*
 * What the hostile module and its clients agree on: the type of a call is the number of an attack, or
 * a letter of hostile_module.c; in0 an address or a number, out0 what the module has found.
 */
#pragma once

#include <stdint.h>

#include <garrison/module.h>

#define HOSTILE_SID     0x77770001u
#define HOSTILE_HANDLE  GARRISON_MODULE_HANDLE(0, 0)
#define HOSTILE_WORD    0x5EC2E7C0u /* in the module's code, and in its RAM when a call has run */
#define HOSTILE_TIME_MS 50u

/** Type of the attack with number 0 in HOSTILE_MODULE_ATTACKS; letters are below. */
#define HOSTILE_ATTACK 0x100

/** What the module keeps in its RAM, and as a key of its own, once it was told to. */
#define HOSTILE_KEPT_BYTES   32u
#define HOSTILE_KEPT_BYTE(i) ((uint8_t)(0x1Du + 67u * (i)))
