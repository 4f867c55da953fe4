/*
 * Room in the log: the living records of the oldest sector are copied to its end, and the sector
 * is free.
 *
 * One sector is always free before anything else is written. It is only opened to take copies, so
 * a newest sector that holds nothing but copies may be forgotten by the next mount: their originals
 * are still there. A mark behind the last copy ends that.
 */
#pragma once

#include <stdint.h>

#include "store/log.h"

/** Bytes of records that can live in the area, whatever their order and sizes. */
uint32_t gc_capacity(const struct store *store);

/**
 * Appends the sealed record in the buffer, having made room for it.
 * @return GARRISON_ERROR_FULL: nothing more can be reclaimed; GARRISON_ERROR_DEVICE
 */
enum garrison_status gc_append(struct store *store, struct record *record) GARRISON_MUST_USE;

/** Rewrites sectors, oldest first, until none is left with a sequence below that one. */
enum garrison_status gc_rewrite(struct store *store, uint32_t sequence) GARRISON_MUST_USE;
