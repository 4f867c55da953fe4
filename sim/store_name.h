/*
 * The name of a device file: resolved, locked, given to a new file.
 *
 * Internal to the store (store*.c).
 */
#pragma once

#include "store_format.h"

/**
 * Resolves the name of a device file, so that FILE-wal is looked for where SQLite has it.
 * @param file  out: the resolved name or NULL, for free() in any case
 * @return SIM_ERROR_FILE: there is no such file, it is not a regular one, or it has several hard links.
 */
SIM_MUST_USE enum sim_status store_name_resolve(const char *path, char **file,
                                                struct sim_error *error);

/** A file whose lock is held for as long as `fd` is open. */
struct store_lock {
    int fd;        /**< -1: none. */
    uint64_t size; /**< Bytes of the file. */
    uint8_t header[STORE_HEADER_BYTES];
};

/**
 * Opens and locks a regular file, and reads its first bytes. The caller closes `fd` in any case,
 * and only after every database that it opens on the file.
 * @param file      its resolved name
 * @param path      how the messages name it
 * @param writable  open it for writing, and let nobody else have it
 * @return SIM_ERROR_BUSY: somebody else has it.
 */
SIM_MUST_USE enum sim_status store_lock_take(struct store_lock *lock, const char *file,
                                             const char *path, bool writable,
                                             struct sim_error *error);
