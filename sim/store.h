/*
 * The device file: one SQLite database with the chip's non-volatile state and its journal.
 *
 * A commit is one transaction, so the file always holds a state that the chip was in at one
 * instant; killing the simulator loses at most what came after the last commit. The file is locked
 * from store_open() to store_close(); it is never written when it was opened read-only.
 * docs/SPEC.md, "Device file", lists every table and column.
 */
#pragma once

#include <garrison/sim.h>

#include "nv.h"

struct store;

/**
 * Makes a new device file holding `nv`; whole or not at all.
 * @return SIM_ERROR_FILE: the path exists already or cannot be written.
 */
SIM_MUST_USE enum sim_status store_create(const char *path, const struct sim_nv *nv,
                                          struct sim_error *error);

/**
 * Gives a finished device file, `made`, the name of another, which it replaces; or a new name. At
 * any moment the name stands for the old device with all that was committed, or for the new one.
 * @return SIM_ERROR_FILE: what is there is no device file (a damaged one is), or cannot be
 *         replaced: nothing has changed; SIM_ERROR_BUSY: a simulator has it open.
 */
SIM_MUST_USE enum sim_status store_replace(const char *made, const char *path,
                                           struct sim_error *error);

/** Gives it a name that nobody has. @return SIM_ERROR_FILE: it is taken, or cannot be given. */
SIM_MUST_USE enum sim_status store_name_give(const char *made, const char *path,
                                             struct sim_error *error);

/**
 * Opens a device file and fills `nv` from it. Every length and value is checked.
 * @param read_only  take no write lock and change nothing (SIM_ERROR_BUSY is still possible)
 * @return SIM_ERROR_FILE: missing, foreign, damaged or of a later format: the file is untouched;
 *         SIM_ERROR_BUSY: another simulator has it open.
 */
SIM_MUST_USE enum sim_status store_open(const char *path, bool read_only, struct sim_nv *nv,
                                        struct store **out, struct sim_error *error);

/** Queues one event for the next commit. The text is copied. */
void store_event(struct store *store, const struct sim_event *event);

/** Writes what `nv` notes as changed and the queued events, in one transaction. */
SIM_MUST_USE enum sim_status store_commit(struct store *store, struct sim_nv *nv,
                                          struct sim_error *error);

/** Frees without committing. NULL does nothing. */
void store_close(struct store *store);

/**
 * Calls `each` for every event of a device file, oldest first, at most the last `limit` (0: all).
 * Works while another simulator has the file open.
 */
SIM_MUST_USE enum sim_status store_read_events(const char *path, uint64_t limit, sim_event_fn *each,
                                               void *context, struct sim_error *error);
