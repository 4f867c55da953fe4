/*
 * Names and locks of device files.
 *
 * SQLite keys FILE-wal by name: whatever stands under FILE when a log is beside it gets that log's
 * pages, however foreign they are to it. So a new file may take a name only when no log is there.
 */
#define _GNU_SOURCE

#include "store_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum sim_status store_name_resolve(const char *path, char **file, struct sim_error *error)
{
    struct stat info;
    *file = realpath(path, NULL);
    if (*file == NULL || stat(*file, &info) != 0) {
        return errno == ENOMEM ? sim_fail(error, SIM_ERROR_MEMORY, "out of memory")
                               : sim_fail(error, SIM_ERROR_FILE, "%s: cannot be opened: %s", path,
                                          strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is not a regular file", path);
    }
    if (info.st_nlink > 1) {
        return sim_fail(error, SIM_ERROR_FILE,
                        "%s has %lu names (hard links); a device file may have only one", path,
                        (unsigned long)info.st_nlink);
    }
    return SIM_OK;
}

/* Locking. */

/** Whether the name still stands for the file that was locked: SQLite opens it by its name. */
static bool is_still_named(const char *file, const struct stat *locked)
{
    struct stat info;
    return stat(file, &info) == 0 && info.st_dev == locked->st_dev && info.st_ino == locked->st_ino;
}

enum sim_status store_lock_take(struct store_lock *lock, const char *file, const char *path,
                                bool writable, struct sim_error *error)
{
    const int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    struct stat info;
    *lock = (struct store_lock){.fd = open(file, flags | (writable ? O_RDWR : O_RDONLY))};
    if (lock->fd < 0 || fstat(lock->fd, &info) != 0) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be opened: %s", path, strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is not a regular file", path);
    }
    if (flock(lock->fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
                   ? sim_fail(error, SIM_ERROR_BUSY, "%s is in use by another simulator", path)
                   : sim_fail(error, SIM_ERROR_FILE, "%s: cannot be locked: %s", path,
                              strerror(errno));
    }
    if (!is_still_named(file, &info)) {
        return sim_fail(error, SIM_ERROR_BUSY, "%s is being replaced", path);
    }
    lock->size = (uint64_t)info.st_size;
    if (pread(lock->fd, lock->header, sizeof lock->header, 0) < 0) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    }
    return SIM_OK;
}

/* Giving a name. */

static const char *const suffixes[] = {"wal", "shm", "journal"};
#define SUFFIXES (sizeof suffixes / sizeof suffixes[0])

/** Removes what SQLite would take for the next file's of that name. */
static void remove_beside(const char *file)
{
    for (size_t i = 0; i < SUFFIXES; i++) {
        char *name = sqlite3_mprintf("%s-%s", file, suffixes[i]);
        if (name != NULL) {
            (void)unlink(name);
        }
        sqlite3_free(name);
    }
}

static bool has_beside(const char *file)
{
    bool has = false;
    for (size_t i = 0; i < SUFFIXES; i++) {
        char *name = sqlite3_mprintf("%s-%s", file, suffixes[i]);
        has = has || name == NULL || access(name, F_OK) == 0;
        sqlite3_free(name);
    }
    return has;
}

/**
 * rename() that replaces nothing. Where the file system cannot do it in one step, being killed in
 * between leaves both names.
 */
static bool rename_new(const char *made, const char *path)
{
    if (renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) == 0) {
        return true;
    }
    return (errno == EINVAL || errno == ENOSYS) && link(made, path) == 0 && unlink(made) == 0;
}

enum sim_status store_name_give(const char *made, const char *path, struct sim_error *error)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        remove_beside(path);
    }
    if (!rename_new(made, path)) {
        return sim_fail(error, SIM_ERROR_FILE,
                        errno == EEXIST ? "%s: exists already" : "%s: cannot be written: %s", path,
                        strerror(errno));
    }
    return SIM_OK;
}

/** Brings what the log of a locked device holds into its file, so that no log is needed. */
static enum sim_status fold_log(const char *file, const char *path, struct sim_error *error)
{
    if (!has_beside(file)) {
        return SIM_OK;
    }
    sqlite3 *db = NULL;
    enum sim_status status = store_db_open(file, path, STORE_DB_WRITE, &db, error);
    if (status == SIM_OK) {
        int code = sqlite3_exec(db, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
        if (code == SQLITE_OK) {
            code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        }
        /* What is damaged beyond reading has nothing to bring in. */
        const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
        status = code == SQLITE_OK || damaged
                     ? SIM_OK
                     : store_sql_fail(db, path, "finish its last commit", error);
    }
    sqlite3_close(db);
    return status;
}

/**
 * The order that is safe wherever it is cut: first the log's pages go into the old file, then the
 * log, empty of meaning now, is removed, and only then does the name change. The other orders leave
 * either the old file without its last commits, or the new one beside the old one's log. The lock
 * is held throughout, so that nobody makes another log meanwhile; whoever waits for it finds that
 * the name stands for another file now (store_lock_take()).
 */
static enum sim_status replace_locked(const char *made, const char *file, const char *path,
                                      struct sim_error *error)
{
    const enum sim_status status = fold_log(file, path, error);
    if (status != SIM_OK) {
        return status;
    }
    remove_beside(file);
    if (rename(made, file) != 0) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be written: %s", path, strerror(errno));
    }
    return SIM_OK;
}

static enum sim_status replace(const char *made, const char *file, const char *path,
                               struct sim_error *error)
{
    struct store_lock lock = {.fd = -1};
    enum sim_status status = store_lock_take(&lock, file, path, true, error);
    if (status == SIM_OK && !store_header_is_ours(lock.header)) {
        status =
            sim_fail(error, SIM_ERROR_FILE, "%s is not a device file, and is not replaced", path);
    }
    if (status == SIM_OK) {
        status = replace_locked(made, file, path, error);
    }
    if (lock.fd >= 0) {
        (void)close(lock.fd);
    }
    return status;
}

enum sim_status store_replace(const char *made, const char *path, struct sim_error *error)
{
    struct stat info;
    if (lstat(path, &info) != 0 && errno == ENOENT) {
        return store_name_give(made, path, error);
    }
    char *file = NULL;
    enum sim_status status = store_name_resolve(path, &file, error);
    if (status == SIM_OK) {
        status = replace(made, file, path, error);
    }
    free(file);
    return status;
}
