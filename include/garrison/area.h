/*
 * The flash of a partition, for the partition itself.
 *
 * A partition may not touch the flash controller, whose registers open the whole flash; it asks
 * the manager, which does what lies in the areas that the port has given it and stops a partition
 * that asks for more.
 */
#pragma once

#include <stdbool.h>
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

/** An area whose size is not known before it runs. The caller's; stays where it is while used. */
struct area {
    struct flash_device device; /**< Offsets count from the start of the area. */
    uint32_t index;
};

/** Opens an area of the running partition. @return false: there is no such area. */
bool area_open(struct area *area, unsigned index);

GARRISON_ABI_END
