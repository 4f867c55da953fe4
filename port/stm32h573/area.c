/*
 * A partition's areas as flash devices: the partition's side of it, unprivileged.
 *
 * All partitions share this code and its constants. Partitions whose areas are of the same number
 * and size share the device too: which flash it leads to is the manager's to say.
 */
#include <stdbool.h>
#include <stddef.h>

#include <garrison/area.h>

#include "area_call.h"
#include "layout.h"

/* In the library's part of the image, which every partition may read and run. */
#define SHARED_CODE __attribute__((section(".library.area_code")))
#define SHARED_DATA __attribute__((section(".library.area_data")))

SHARED_CODE static uint32_t index_of(const struct flash_device *device)
{
    return ((const struct area *)(const void *)device)->index;
}

/** What leaves the device is answered here: asked of the manager, it would be the partition's end. */
SHARED_CODE static bool fits(const struct flash_device *device, uint32_t off, uint32_t len)
{
    return off <= device->size && len <= device->size - off;
}

SHARED_CODE static enum garrison_status area_read(const struct flash_device *device, uint32_t off,
                                                  uint8_t *data, uint32_t len)
{
    return fits(device, off, len) ? area_call_read(index_of(device), off, data, len)
                                  : GARRISON_ERROR_ARGUMENT;
}

SHARED_CODE static enum garrison_status
area_program(const struct flash_device *device, uint32_t off, const uint8_t *data, uint32_t len)
{
    return fits(device, off, len) ? area_call_program(index_of(device), off, data, len)
                                  : GARRISON_ERROR_ARGUMENT;
}

SHARED_CODE static enum garrison_status area_erase(const struct flash_device *device, uint32_t off,
                                                   uint32_t len)
{
    return fits(device, off, len) ? area_call_erase(index_of(device), off, len)
                                  : GARRISON_ERROR_ARGUMENT;
}

#define AREA(index_, size_)                                                                        \
    {                                                                                              \
        .device =                                                                                  \
            {                                                                                      \
                .size = (size_),                                                                   \
                .sector = LAYOUT_SECTOR,                                                           \
                .unit = LAYOUT_UNIT,                                                               \
                .erased = 0xFF,                                                                    \
                .context = NULL,                                                                   \
                .read = area_read,                                                                 \
                .program = area_program,                                                           \
                .erase = area_erase,                                                               \
            },                                                                                     \
        .index = (index_),                                                                         \
    }

SHARED_DATA static const struct area areas[] = {
    AREA(0, LAYOUT_ITS_SIZE),
    AREA(0, LAYOUT_PS_SIZE),
    AREA(1, LAYOUT_PS_COUNTERS_SIZE),
};

SHARED_CODE const struct flash_device *area_device(unsigned index)
{
    const uint32_t size = area_call_size(index);
    for (uint32_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        if (size != 0 && areas[i].index == index && areas[i].device.size == size) {
            return &areas[i].device;
        }
    }
    return NULL;
}

SHARED_CODE bool area_open(struct area *area, unsigned index)
{
    /* One by one: a constant to copy from would stand where partitions cannot read. */
    area->device.size = area_call_size(index);
    area->device.sector = LAYOUT_SECTOR;
    area->device.unit = LAYOUT_UNIT;
    area->device.erased = 0xFF;
    area->device.context = NULL;
    area->device.read = area_read;
    area->device.program = area_program;
    area->device.erase = area_erase;
    area->index = index;
    return area->device.size != 0;
}
