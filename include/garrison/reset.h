/*
 * Resetting the chip, for a partition that has the right to (`may_reset` of its record).
 */
#pragma once

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/** Resets the chip. From a partition without the right it is a programmer error. */
GARRISON_NORETURN void reset_request(void);

GARRISON_ABI_END
