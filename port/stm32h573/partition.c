/*
 * The partitions' memory, and the MPU regions that follow the one that runs.
 */
#include <string.h>

#include <garrison/port.h>

#include "isolation.h"
#include "layout.h"
#include "linker.h"
#include "regs.h"
#include "startup.h"

/* Regions below are the same for all; see isolation_manager.c. */
#define REGION_FIRST 8u
#define REGION_COUNT PARTITION_REGIONS_MAX

#define REGION_PERIPHERALS 5u
#define REGION_BANK_2      7u /* storage areas, and what is staged */

_Static_assert(REGION_FIRST + REGION_COUNT == 12u, "the Secure MPU has 12 regions");

#define CODE (PARTITION_READ | PARTITION_EXECUTE)
#define DATA (PARTITION_READ | PARTITION_WRITE)

#define REGION(base_, limit_, access_)                                                             \
    {                                                                                              \
        .base = (uintptr_t)(base_), .limit = (uintptr_t)(limit_), .access = (access_)              \
    }

const struct partition_memory partition_memory_crypto = {
    .stack_base = (uintptr_t)linker_crypto_ram,
    .stack_limit = (uintptr_t)linker_crypto_stack_top,
    .region =
        {
            REGION(linker_crypto_text, linker_library_text_end, CODE), /* one behind the other */
            REGION(linker_crypto_ram, linker_crypto_ram_end, DATA),
            REGION(CRYPTO_BASE, CRYPTO_END, DATA | PARTITION_DEVICE),
            REGION(PKA_BASE, PKA_END, DATA | PARTITION_DEVICE),
        },
};

const struct partition_memory partition_memory_update = {
    .stack_base = (uintptr_t)linker_update_ram,
    .stack_limit = (uintptr_t)linker_update_stack_top,
    .region =
        {
            REGION(linker_library_text, linker_library_text_end, CODE),
            REGION(linker_update_text, linker_update_text_end, CODE),
            REGION(linker_update_ram, linker_update_ram_end, DATA),
        },
};

const struct partition_memory partition_memory_its = {
    .stack_base = (uintptr_t)linker_its_ram,
    .stack_limit = (uintptr_t)linker_its_stack_top,
    .region =
        {
            REGION(linker_library_text, linker_library_text_end, CODE),
            REGION(linker_its_text, linker_its_text_end, CODE),
            REGION(linker_its_ram, linker_its_ram_end, DATA),
        },
    .area = {{LAYOUT_ITS_OFF, LAYOUT_ITS_SIZE}},
};

const struct partition_memory partition_memory_ps = {
    .stack_base = (uintptr_t)linker_ps_ram,
    .stack_limit = (uintptr_t)linker_ps_stack_top,
    .region =
        {
            REGION(linker_library_text, linker_library_text_end, CODE),
            REGION(linker_ps_text, linker_ps_text_end, CODE),
            REGION(linker_ps_ram, linker_ps_ram_end, DATA),
        },
    .area = {{LAYOUT_PS_OFF, LAYOUT_PS_SIZE}, {LAYOUT_PS_COUNTERS_OFF, LAYOUT_PS_COUNTERS_SIZE}},
};

/* TIM6 and TIM7: a module's own clock. isolation_manager.c has their bits, in this order. */
const struct port_modules port_modules = {
    .ram_end = LAYOUT_MODULES_RAM_END,
    .device =
        {
            REGION(TIM6_BASE, TIM7_BASE, DATA | PARTITION_DEVICE),
            REGION(TIM7_BASE, TIM7_END, DATA | PARTITION_DEVICE),
        },
};

static uint32_t region_attributes(const struct partition_region *region)
{
    uint32_t attributes = (region->access & PARTITION_WRITE) ? ISOLATION_RW_ANY : ISOLATION_RO_ANY;
    if (!(region->access & PARTITION_EXECUTE)) {
        attributes |= ISOLATION_XN;
    }
    return attributes |
           ((region->access & PARTITION_DEVICE) != 0 ? ISOLATION_DEVICE : ISOLATION_NORMAL);
}

static bool region_write(const struct partition_region *region, uint32_t number)
{
    if (region->base == region->limit) {
        return isolation_mpu_write(number, 0, 0, 0);
    }
    return isolation_mpu_write(number, (uint32_t)region->base, (uint32_t)region->limit,
                               region_attributes(region));
}

static bool idle_write(const struct isolation_row *row)
{
    return isolation_mpu_write(row->at, row->base, row->limit, row->value);
}

/** Of the sections with contents, those that lie there. */
static void restore(uintptr_t base, uintptr_t limit)
{
    for (const struct startup_copy *copy = linker_copy; copy != linker_copy_end; copy++) {
        if ((uintptr_t)copy->to >= base && (uintptr_t)copy->end <= limit) {
            memcpy(copy->to, copy->from, (uintptr_t)copy->end - (uintptr_t)copy->to);
        }
    }
}

void port_partition_reset(const struct partition *partition)
{
    for (uint32_t i = 0; i < REGION_COUNT; i++) {
        const struct partition_region *region = &partition->memory->region[i];
        if ((region->access & (PARTITION_WRITE | PARTITION_DEVICE)) == PARTITION_WRITE) {
            memset((void *)region->base, 0, region->limit - region->base);
            restore(region->base, region->limit);
        }
    }
    const struct partition_data *data = &partition->memory->data;
    if (data->len > 0) {
        memcpy((void *)data->base, (const void *)data->load, data->len);
    }
}

/**
 * While a module runs, whose code may stand in bank 2, that is closed to the manager: no two regions
 * may overlap. The library, which the manager runs too, is no module's and takes that region.
 * @return whether the MPU reads back so
 */
static bool close_bank_2(bool close)
{
    static bool closed;
    if (close == closed) {
        return true;
    }
    closed = close;
    return close ? isolation_mpu_write(REGION_BANK_2, (uint32_t)linker_library_text,
                                       (uint32_t)linker_library_text_end, ISOLATION_RO)
                 : isolation_mpu_restore(REGION_BANK_2);
}

/**
 * The same with the peripherals up to the modules' devices, the one of the log among them; the
 * flash controller, which a read that fails needs, lies above.
 */
static bool close_peripherals(bool close)
{
    static bool closed;
    if (close == closed) {
        return true;
    }
    closed = close;
    return close ? isolation_mpu_write(REGION_PERIPHERALS, TIM7_END, CRYPTO_BASE,
                                       ISOLATION_RW | ISOLATION_XN | ISOLATION_DEVICE)
                 : isolation_mpu_restore(REGION_PERIPHERALS);
}

static bool has_devices(const struct partition *module)
{
    const struct partition_region *device = &module->memory->region[2];
    return device->base != device->limit;
}

enum garrison_status port_partition_switch(const struct partition *partition)
{
    const bool module = partition != NULL && partition->is_module;
    uint32_t matching = close_bank_2(module) ? 1u : 0u;
    matching += close_peripherals(module && has_devices(partition)) ? 1u : 0u;
    /* This runs out of the SPM's own regions. */
    for (uint32_t i = 0; i < REGION_COUNT; i++) {
        const bool matches = partition == NULL
                                 ? idle_write(&isolation_idle[i])
                                 : region_write(&partition->memory->region[i], REGION_FIRST + i);
        matching += matches ? 1u : 0u;
    }
    __asm__ volatile("dsb 0xF\n"
                     "isb 0xF" ::
                         : "memory");
    return matching == REGION_COUNT + 2u ? GARRISON_OK : GARRISON_ERROR_MISMATCH;
}
