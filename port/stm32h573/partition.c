/*
 * The partitions' memory, and the MPU regions that follow the one that runs.
 */
#include <string.h>

#include <garrison/port.h>

#include "fault.h"
#include "isolation_mpu.h"
#include "layout.h"
#include "linker.h"
#include "regs.h"
#include "startup.h"

/* Regions below are the same for all; see isolation_manager.c. */
#define REGION_GATE  0u
#define REGION_FIRST 8u
#define REGION_COUNT PARTITION_REGIONS_MAX

#define REGION_PERIPHERALS 5u
#define REGION_BANK_2      7u /* storage areas, and what is staged */

_Static_assert(REGION_FIRST + REGION_COUNT == 12u, "the Secure MPU has 12 regions");

/* What isolation_words() makes of the gate's row. */
#define GATE_ADDR (LAYOUT_FLASH_S + LAYOUT_GATE_OFF)
#define GATE_RBAR (GATE_ADDR | ISOLATION_RO_ANY)
#define GATE_RLAR                                                                                  \
    (((GATE_ADDR + LAYOUT_GATE_SIZE - 1u) & ISOLATION_REGION_MASK) | ISOLATION_RLAR_ENABLE)

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

const struct partition_memory partition_memory_attest = {
    .stack_base = (uintptr_t)linker_attest_ram,
    .stack_limit = (uintptr_t)linker_attest_stack_top,
    .region =
        {
            REGION(linker_library_text, linker_library_text_end, CODE),
            REGION(linker_attest_text, linker_attest_text_end, CODE),
            REGION(linker_attest_ram, linker_attest_ram_end, DATA),
        },
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

/** What RBAR and RLAR of a region that follows the partition are to say; NULL: between calls. */
static struct isolation_words words_of(const struct partition *partition, uint32_t number)
{
    if (partition == NULL) {
        const struct isolation_row *idle = &isolation_rows[REGION_FIRST + number];
        return isolation_words(idle->base, idle->limit, idle->value);
    }
    const struct partition_region *region = &partition->memory->region[number];
    const uint32_t limit = region->base != region->limit ? (uint32_t)region->limit : 0;
    return isolation_words((uint32_t)region->base, limit, region_attributes(region));
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
 * While a module runs, regions of the manager's give way to its own, since no two may overlap: its
 * code may stand in bank 2, whose place the library takes, which the manager runs too and modules do
 * not; and its devices are among the first peripherals, where the log's is too. The flash controller,
 * which a read that fails needs, lies above them.
 */
static const struct isolation_row closed_rows[] = {
    ROW_MPU(REGION_BANK_2, linker_library_text, linker_library_text_end, ISOLATION_RO),
    ROW_MPU(REGION_PERIPHERALS, TIM7_END, CRYPTO_BASE,
            ISOLATION_RW | ISOLATION_XN | ISOLATION_DEVICE),
};

#define CLOSE_BANK_2      1u
#define CLOSE_PERIPHERALS 2u

/** Closes those of the mask, and opens the others. @return whether the MPU reads back so */
static bool close_rows(uint32_t mask)
{
    static uint32_t closed;
    const uint32_t changes = closed ^ mask;
    bool matches = true;
    closed = mask;
    for (uint32_t i = 0; changes >> i != 0; i++) {
        const struct isolation_row *row = &closed_rows[i];
        if ((changes >> i & 1u) != 0) {
            row = (mask >> i & 1u) != 0 ? row : &isolation_rows[row->number];
            matches = isolation_write_region(row) && matches;
        }
    }
    return matches;
}

/**
 * Opens the gate, or closes it: it leads out of Secure state, and the MPU cannot tell its code from a
 * partition's, so the two are never open together. @return whether the MPU reads back so
 */
static bool switch_gate(bool open)
{
    const uint32_t rlar = open ? GATE_RLAR : 0;
    reg_write(MPU_RNR, REGION_GATE);
    reg_write(MPU_RLAR, rlar); /* its base stays */
    return reg_read(MPU_RBAR) == GATE_RBAR && reg_read(MPU_RLAR) == rlar;
}

static bool has_devices(const struct partition *module)
{
    for (uint32_t i = 0; i < REGION_COUNT; i++) {
        if ((module->memory->region[i].access & PARTITION_DEVICE) != 0) {
            return true;
        }
    }
    return false;
}

enum garrison_status port_partition_switch(const struct partition *partition)
{
    uint32_t closed = 0;
    if (partition != NULL && partition->is_module) {
        closed = has_devices(partition) ? CLOSE_BANK_2 | CLOSE_PERIPHERALS : CLOSE_BANK_2;
    }
    uint32_t matching = close_rows(closed) ? 1u : 0u;
    matching += switch_gate(partition == NULL) ? 1u : 0u;
    /* This runs out of the SPM's own regions. */
    reg_write(MPU_RNR, REGION_FIRST);
    for (uint32_t i = 0; i < REGION_COUNT; i++) {
        const struct isolation_words words = words_of(partition, i);
        reg_write(MPU_RLAR_OF(i), 0); /* A half-written region must not be in force. */
        reg_write(MPU_RBAR_OF(i), words.rbar);
        reg_write(MPU_RLAR_OF(i), words.rlar);
    }
    reg_synchronize();
    for (uint32_t i = 0; i < REGION_COUNT; i++) {
        const struct isolation_words words = words_of(partition, i);
        const bool matches =
            reg_read(MPU_RBAR_OF(i)) == words.rbar && reg_read(MPU_RLAR_OF(i)) == words.rlar;
        matching += matches ? 1u : 0u;
    }
    return matching == REGION_COUNT + 2u ? GARRISON_OK : GARRISON_ERROR_MISMATCH;
}

void fault_open_log(void)
{
    (void)close_rows(0); /* a module may have the region in which it lies */
}
