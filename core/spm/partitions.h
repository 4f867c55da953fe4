/*
 * The one const table of partitions, and how a service is found in it.
 *
 * A row is id, name, secure function, services, those that it calls, and the memory that the port
 * gives it: what the port owes is in garrison/partition.h.
 */
#pragma once

#include <garrison/layout.h>
#include <garrison/partition.h>
#include <garrison/port.h>
#include <garrison/status.h>

/** At most so many rows. */
#define PARTITIONS_MAX 16u

extern const struct partition partition_table[];
extern const uint32_t partition_count;

/** Rows of the table, and modules that were admitted. */
uint32_t partitions_count(void);

/** One of them, first the rows of the table; NULL: there are not so many. */
const struct partition *partitions_at(uint32_t number);

/** A service and its partition; both NULL when there is none. */
struct partition_entry {
    const struct partition *partition;
    const struct partition_service *service;
    uint32_t number; /**< Of the partition. */
};

struct partition_entry partitions_find_sid(uint32_t sid);
struct partition_entry partitions_find_handle(psa_handle_t handle);

/** Whether the partition's record lists the service. */
bool partitions_uses(const struct partition *partition, uint32_t sid);

/** Whether ids are positive and no two are the same: what is stored belongs to an id. */
bool partitions_ids_are_sound(const struct partition *table, uint32_t count);

/** Whether no calls can go in a circle or get deeper than SPM_DEPTH_MAX. */
bool partitions_chains_end(void);

/** Whether memory that the port gave keeps the rules of garrison/partition.h. */
bool partitions_memory_is_sound(const struct partition_memory *memory);

/**
 * Whether the areas of all these are whole sectors inside the flash, and no two of them share one.
 */
bool partitions_areas_are_sound(const struct partition_memory *const *memory, uint32_t count,
                                const struct flash_device *flash);

/** An area of a partition; `len` 0: it has none with that index. */
struct partition_area partitions_area(const struct partition *partition, uint32_t index);

/**
 * Whether journal and download slots of a layout are whole sectors inside the flash and apart from the
 * areas of all these. Download slots may overlap each other, but not the journal.
 */
bool partitions_downloads_are_sound(const struct layout_record *layout,
                                    const struct partition_memory *const *memory, uint32_t count,
                                    const struct flash_device *flash);

/** Checks every row against the rules of garrison/partition.h; GARRISON_ERROR_POLICY. */
enum garrison_status partitions_check(void) GARRISON_MUST_USE;
