/*
 * The source of random bytes: the one function of the port that a service calls itself.
 *
 * It runs at the caller's privilege; a partition that uses it is granted its registers.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/status.h>

GARRISON_ABI_BEGIN

/** Random bytes of full entropy. GARRISON_ERROR_DEVICE: the source failed its tests. */
GARRISON_ENTRY enum garrison_status port_entropy(uint8_t *data, size_t len) GARRISON_MUST_USE;

GARRISON_ABI_END
