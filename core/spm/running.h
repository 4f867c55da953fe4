/*
 * What the manager asks of the partition that runs, spm_running().
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/partition.h>
#include <garrison/spm.h>

/**
 * Returns only if one region of the partition holds the range with that access (PARTITION_*). A call
 * must be under way.
 */
void running_require_own(const void *buffer, size_t len, uint32_t access);

/** spm_partition_failed(), for what the partition that runs may not ask: "flash is not its own". */
GARRISON_NORETURN void running_mistake(const char *what);

/** Opens a partition's memory to itself and to the manager; NULL: all of them to the manager. */
void running_open_memory(const struct partition *partition);
