/*
 * Reading and raising the boot counters of the present level.
 */
#pragma once

#include <stdint.h>

#include <garrison/counters.h>
#include <garrison/status.h>

/**
 * Reads and checks the record. A blank one counts as all zero.
 * @param off  where it stands in the keys store
 * @return GARRISON_ERROR_DEVICE: unreadable; GARRISON_ERROR_DIGEST, GARRISON_ERROR_FORMAT: not as
 *         garrison/counters.h says.
 */
enum garrison_status counters_load(uint32_t off, struct boot_counters *record) GARRISON_MUST_USE;

/** Writes the record; atomic: after a power cut the old or the new one stands there. */
enum garrison_status counters_store(uint32_t off, struct boot_counters *record) GARRISON_MUST_USE;
