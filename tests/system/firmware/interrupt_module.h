/*
 * What the module with an interrupt and its client agree on: the type of a call is a letter, in0 two
 * words for it, out0 what the module has found.
 */
#pragma once

#include <stdint.h>

#include <garrison/module.h>

#define INTERRUPT_SID    0x77770002u
#define INTERRUPT_HANDLE GARRISON_MODULE_HANDLE(0, 0)
#define INTERRUPT_SECRET 0x5EC2E7C0u /* in the module's RAM, one more with each call 'e' */
