/*
 * The flash of a partition, for the partition itself.
 *
 * A partition may not touch the flash controller, whose registers open the whole flash; it asks
 * the manager, which does what lies in the areas that the port has given it and stops a partition
 * that asks for more.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/flash.h>

GARRISON_ABI_BEGIN

/**
 * An area of the running partition as a flash device of its own, from offset 0.
 * @param index  below PARTITION_AREAS_MAX
 * @return NULL: there is no such area.
 */
const struct flash_device *area_device(unsigned index);

GARRISON_ABI_END
