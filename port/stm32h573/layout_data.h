/*
 * What a layout must fit on this part, and the one of a device whose description has none.
 */
#pragma once

#include <garrison/layout.h>

extern const struct layout_bounds layout_bounds;

/** Without its digest. For provisioning and for the host; no Secure image has it. */
extern const struct layout_record layout_default;
