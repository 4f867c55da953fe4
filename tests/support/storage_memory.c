/*
 * Memory and flash of the storage partitions, in a process that is one sandbox.
 */
#include "support/storage_memory.h"

#include <garrison/area.h>
#include <garrison/partition.h>
#include <garrison/port.h>
#include <garrison/spm.h>

#define STACK_BYTES 4096u

static _Alignas(32) uint8_t its_stack[STACK_BYTES];
static _Alignas(32) uint8_t ps_stack[STACK_BYTES];

#define WHOLE_MEMORY                                                                               \
    {                                                                                              \
        {                                                                                          \
            .base = 32, .limit = UINTPTR_MAX & ~(uintptr_t)31,                                     \
            .access = PARTITION_READ | PARTITION_WRITE                                             \
        }                                                                                          \
    }

const struct partition_memory partition_memory_its = {
    .stack_base = (uintptr_t)its_stack,
    .stack_limit = (uintptr_t)its_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
    .area = {{STORAGE_ITS_OFF, STORAGE_ITS_BYTES}},
};

const struct partition_memory partition_memory_ps = {
    .stack_base = (uintptr_t)ps_stack,
    .stack_limit = (uintptr_t)ps_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
    .area = {{STORAGE_PS_OFF, STORAGE_PS_BYTES}, {STORAGE_COUNTERS_OFF, STORAGE_COUNTERS_BYTES}},
};

static uint32_t indices[PARTITION_AREAS_MAX];

static uint32_t index_of(const struct flash_device *device)
{
    return *(const uint32_t *)device->context;
}

static enum garrison_status area_read(const struct flash_device *device, uint32_t off,
                                      uint8_t *data, uint32_t len)
{
    return spm_area_read(index_of(device), off, data, len);
}

static enum garrison_status area_program(const struct flash_device *device, uint32_t off,
                                         const uint8_t *data, uint32_t len)
{
    return spm_area_program(index_of(device), off, data, len);
}

static enum garrison_status area_erase(const struct flash_device *device, uint32_t off,
                                       uint32_t len)
{
    return spm_area_erase(index_of(device), off, len);
}

bool area_open(struct area *area, unsigned index)
{
    *area = (struct area){
        .device =
            {
                .size = spm_area_size(index),
                .sector = port_flash()->sector,
                .unit = port_flash()->unit,
                .erased = port_flash()->erased,
                .context = &area->index,
                .read = area_read,
                .program = area_program,
                .erase = area_erase,
            },
        .index = index,
    };
    return area->device.size != 0;
}

/* One device for each area of each partition: a store keeps the pointer. */
const struct flash_device *area_device(unsigned index)
{
    static struct flash_device its[PARTITION_AREAS_MAX];
    static struct flash_device ps[PARTITION_AREAS_MAX];
    const uint32_t size = spm_area_size(index);
    if (size == 0) {
        return NULL;
    }
    struct flash_device *device = size == STORAGE_ITS_BYTES ? &its[index] : &ps[index];
    indices[index] = index;
    *device = (struct flash_device){
        .size = size,
        .sector = port_flash()->sector,
        .unit = port_flash()->unit,
        .erased = port_flash()->erased,
        .context = &indices[index],
        .read = area_read,
        .program = area_program,
        .erase = area_erase,
    };
    return device;
}
