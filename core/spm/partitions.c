#include "spm/partitions.h"

#include <stddef.h>

#include <garrison/handoff.h>
#include <garrison/spm.h>

#include "base/hardened.h"
#include "spm/modules.h"

/** Areas in a layout: the journal and a download slot for each component. */
#define LAYOUT_AREAS (1u + LAYOUT_SLOTS_MAX)

/** First of the handles that are no connection's. */
#define STATELESS_HANDLES 0x40000000

/** Regions are MPU regions: both ends of them are multiples of this. */
#define REGION_ALIGN 32u

/** A stack must at least hold the message and a few frames. */
#define STACK_BYTES_MIN (sizeof(psa_msg_t) + 256u)

uint32_t partitions_count(void)
{
    return partition_count + modules_count();
}

const struct partition *partitions_at(uint32_t number)
{
    return number < partition_count ? &partition_table[number]
                                    : modules_at(number - partition_count);
}

static struct partition_entry find(bool by_handle, uint32_t wanted)
{
    struct partition_entry entry = {NULL, NULL, 0};
    for (; (entry.partition = partitions_at(entry.number)) != NULL; entry.number++) {
        entry.service = entry.partition->services;
        for (uint32_t k = entry.partition->service_count; k > 0; k--, entry.service++) {
            const uint32_t name = by_handle ? (uint32_t)entry.service->handle : entry.service->sid;
            if (name == wanted) {
                return entry;
            }
        }
    }
    entry.service = NULL;
    return entry;
}

struct partition_entry partitions_find_sid(uint32_t sid)
{
    return find(false, sid);
}

struct partition_entry partitions_find_handle(psa_handle_t handle)
{
    /* That of services with connections is not their name. */
    return handle != PSA_NULL_HANDLE ? find(true, (uint32_t)handle)
                                     : (struct partition_entry){NULL, NULL, 0};
}

static bool region_is_sound(const struct partition_region *region)
{
    const uint32_t both = PARTITION_WRITE | PARTITION_EXECUTE;
    if (region->base == region->limit) {
        return true;
    }
    return region->base < region->limit && region->base % REGION_ALIGN == 0 &&
           region->limit % REGION_ALIGN == 0 && (region->access & PARTITION_READ) != 0 &&
           (region->access & both) != both;
}

static bool stack_lies_in(const struct partition_memory *memory,
                          const struct partition_region *region)
{
    return (region->access & PARTITION_WRITE) != 0 && memory->stack_base >= region->base &&
           memory->stack_limit <= region->limit;
}

bool partitions_memory_is_sound(const struct partition_memory *memory)
{
    bool stack_found = false;
    for (uint32_t i = 0; i < PARTITION_REGIONS_MAX; i++) {
        if (!region_is_sound(&memory->region[i])) {
            return false;
        }
        stack_found = stack_found || stack_lies_in(memory, &memory->region[i]);
    }
    return stack_found && memory->stack_base % 8 == 0 && memory->stack_limit % 8 == 0 &&
           memory->stack_limit > memory->stack_base &&
           memory->stack_limit - memory->stack_base >= STACK_BYTES_MIN;
}

static bool area_is_sound(const struct partition_area *area, const struct flash_device *flash)
{
    return area->off % flash->sector == 0 && area->len % flash->sector == 0 &&
           area->off <= flash->size && area->len <= flash->size - area->off;
}

static bool areas_overlap(const struct partition_area *a, const struct partition_area *b)
{
    return a->len > 0 && b->len > 0 && a->off < b->off + b->len && b->off < a->off + a->len;
}

/** Of several partitions' areas, the one with that number. */
static const struct partition_area *area_at(const struct partition_memory *const *memory,
                                            uint32_t number)
{
    return &memory[number / PARTITION_AREAS_MAX]->area[number % PARTITION_AREAS_MAX];
}

bool partitions_areas_are_sound(const struct partition_memory *const *memory, uint32_t count,
                                const struct flash_device *flash)
{
    const uint32_t areas = count * PARTITION_AREAS_MAX;
    uint32_t i = 0;
    for (; i < areas; i++) {
        if (!area_is_sound(area_at(memory, i), flash)) {
            return false;
        }
        uint32_t k = 0;
        for (; k < i; k++) {
            if (areas_overlap(area_at(memory, i), area_at(memory, k))) {
                return false;
            }
        }
        if (!hardened_loop_complete(k, i)) {
            return false;
        }
    }
    return hardened_loop_complete(i, areas);
}

/** The role of the component that has this number in the journal. */
static uint32_t role_at(uint32_t number)
{
    static const uint32_t first[] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION};
    const uint32_t count = sizeof first / sizeof first[0];
    return number < count ? first[number] : IMAGE_ROLE_MODULE_0 + number - count;
}

static struct partition_area layout_area(const struct layout_record *layout, uint32_t index)
{
    if (index == 0 && layout->count != 0) {
        return (struct partition_area){layout->journal_off, layout->journal_size};
    }
    if (index == 0 || index >= LAYOUT_AREAS) {
        return (struct partition_area){0, 0};
    }
    const struct layout_slot *slot = layout_find(layout, role_at(index - 1u));
    return slot != NULL ? (struct partition_area){slot->download_off, slot->download_size}
                        : (struct partition_area){0, 0};
}

struct partition_area partitions_area(const struct partition *partition, uint32_t index)
{
    if (partition->owns_downloads) {
        return layout_area(&port_handoff()->layout, index);
    }
    return index < PARTITION_AREAS_MAX ? partition->memory->area[index]
                                       : (struct partition_area){0, 0};
}

bool partitions_downloads_are_sound(const struct layout_record *layout,
                                    const struct partition_memory *const *memory, uint32_t count,
                                    const struct flash_device *flash)
{
    const uint32_t areas = count * PARTITION_AREAS_MAX;
    const struct partition_area journal = layout_area(layout, 0);
    uint32_t i = 0;
    for (; i < LAYOUT_AREAS; i++) {
        const struct partition_area area = layout_area(layout, i);
        if (!area_is_sound(&area, flash) || (i > 0 && areas_overlap(&area, &journal))) {
            return false;
        }
        uint32_t k = 0;
        for (; k < areas; k++) {
            if (areas_overlap(&area, area_at(memory, k))) {
                return false;
            }
        }
        if (!hardened_loop_complete(k, areas)) {
            return false;
        }
    }
    return hardened_loop_complete(i, LAYOUT_AREAS);
}

bool partitions_ids_are_sound(const struct partition *table, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (table[i].id == table[k].id) {
                return false;
            }
        }
        if (table[i].id <= 0) {
            return false;
        }
    }
    return true;
}

/** Names that callers use are each there once. */
static bool services_are_distinct(const struct partition *partition)
{
    for (uint32_t i = 0; i < partition->service_count; i++) {
        const struct partition_service *service = &partition->services[i];
        if (partitions_find_sid(service->sid).service != service) {
            return false;
        }
        if (service->handle != PSA_NULL_HANDLE &&
            (service->handle < STATELESS_HANDLES ||
             partitions_find_handle(service->handle).service != service)) {
            return false;
        }
    }
    return true;
}

bool partitions_uses(const struct partition *partition, uint32_t sid)
{
    for (uint32_t i = 0; i < partition->use_count; i++) {
        if (partition->uses[i] == sid) {
            return true;
        }
    }
    return false;
}

/** Whether all partitions whose services it uses are among those of the mask. */
static bool uses_only(const struct partition *partition, uint32_t mask)
{
    for (uint32_t i = 0; i < partition->use_count; i++) {
        const struct partition_entry used = partitions_find_sid(partition->uses[i]);
        if (used.partition == NULL || (mask >> used.number & 1u) == 0) {
            return false;
        }
    }
    return true;
}

/** Each round finds the partitions that need no others than those found before. */
bool partitions_chains_end(void)
{
    uint32_t found = 0;
    for (uint32_t round = 0; round < SPM_DEPTH_MAX; round++) {
        const uint32_t before = found;
        for (uint32_t i = 0; i < partitions_count(); i++) {
            if (uses_only(partitions_at(i), before)) {
                found |= 1u << i;
            }
        }
    }
    return found == (1u << partitions_count()) - 1u;
}

enum garrison_status partitions_check(void)
{
    const struct partition_memory *memory[PARTITIONS_MAX];
    uint32_t i = 0;
    const uint32_t count = partitions_count();
    if (count > PARTITIONS_MAX || !partitions_chains_end() ||
        !partitions_ids_are_sound(partition_table, partition_count)) {
        return GARRISON_ERROR_POLICY;
    }
    for (; i < count; i++) {
        const struct partition *partition = partitions_at(i);
        memory[i] = partition->memory;
        if (partition->function == NULL || !partitions_memory_is_sound(partition->memory) ||
            !services_are_distinct(partition)) {
            return GARRISON_ERROR_POLICY;
        }
    }
    if (!partitions_areas_are_sound(memory, count, port_flash()) ||
        !partitions_downloads_are_sound(&port_handoff()->layout, memory, count, port_flash())) {
        return GARRISON_ERROR_POLICY;
    }
    return hardened_loop_complete(i, count) ? GARRISON_OK : GARRISON_ERROR_POLICY;
}
