/*
 * The service of attest_module.c: in 0 the profile, in 1 a challenge; out 0 a token that the module has
 * asked for.
 */
#pragma once

#include <garrison/module.h>

#define ATTEST_MODULE_SID    0x7A000005u
#define ATTEST_MODULE_HANDLE GARRISON_MODULE_HANDLE(0, 0)
