/*
 * The partition that runs (spm_running()), when it asks for what it may not have.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/partition.h>
#include <garrison/spm.h>

/** Ends everything: the partition has done what none may do. Its name precedes the reason. */
GARRISON_NORETURN void running_failed(const char *reason);

/**
 * Returns only if one region of the partition holds the range with that access (PARTITION_*). A call
 * must be under way.
 */
void running_require_own(const void *buffer, size_t len, uint32_t access);
