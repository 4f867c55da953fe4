/*
 * What an area holds, found out by reading it.
 */
#pragma once

#include "store/log.h"

/** Sets up the store's memory; GARRISON_ERROR_ARGUMENT: the configuration. */
enum garrison_status mount_start(struct store *store,
                                 const struct store_config *config) GARRISON_MUST_USE;

/**
 * Finds the newest sector and the oldest that is needed.
 * @return GARRISON_ERROR_BLANK: there is no log; GARRISON_ERROR_DIGEST: there may be one, but
 *         nothing of it is authentic; GARRISON_ERROR_UNSUPPORTED
 */
enum garrison_status mount_find_log(struct store *store) GARRISON_MUST_USE;

/** Makes the first sector of an area that has none. */
enum garrison_status mount_make_new(struct store *store) GARRISON_MUST_USE;

/** Reads the log and notes what is living in it. */
void mount_scan(struct store *store, struct store_report *report);

/** A sequence that all sectors in use of an older format are below, the least there is. */
uint32_t mount_below(const struct store *store, uint32_t format);
