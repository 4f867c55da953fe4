/*
 * Opening, committing and closing device files.
 *
 * Durability. The database is in write-ahead-log mode with synchronous=NORMAL: a transaction is
 * appended to FILE-wal with a checksum per page, so a process that dies at any moment leaves the
 * last whole transaction, and a crash of the host leaves some earlier one, never a mixture.
 *
 * Locking. A simulator holds flock() on the file, exclusive when it writes, shared when it only
 * reads; the system drops it with the process. SQLite's own locks would not do: they last for a
 * transaction. Readers of the journal take no flock() and so never stand in a simulator's way.
 *
 * Names. SQLite puts FILE-wal beside the file that a symbolic link leads to; every name is resolved
 * once, before anything is looked for beside it. A second hard link would have a log of its own, so
 * files with several are refused.
 *
 * A file that is refused has only been read, and nothing appears beside it: it is checked through a
 * connection that SQLite believes immutable, unless a write-ahead log is there already.
 */
#define _GNU_SOURCE

#include "store_name.h"
#include "store_save.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct store {
    char *path;             /**< As the caller named it, for messages. */
    char *file;             /**< As store_name_resolve() resolved it, for everything else. */
    struct store_lock lock; /**< Its `fd` is closed after the database. */
    bool read_only;
    struct store_writer writer;
    struct store_queue queue;
    uint32_t boots; /**< As committed; together with rng_state what no part of `nv` covers. */
    uint64_t rng_state;
};

/** How long a commit waits for some other program that writes to the file. */
#define STORE_BUSY_MS 5000

/* Connections. */

/** Whether FILE-wal exists: a simulator has the file open, or was killed. */
static bool has_log(const char *file)
{
    char *log = sqlite3_mprintf("%s-wal", file);
    struct stat info;
    const bool has = log != NULL && stat(log, &info) == 0;
    sqlite3_free(log);
    return has;
}

/** Appends `path` as the path of a "file:" URI. */
static void append_uri_path(sqlite3_str *uri, const char *path)
{
    sqlite3_str_appendall(uri, "file:");
    if (path[0] != '/') {
        sqlite3_str_appendall(uri, "./");
    }
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '?' || *c == '#' || *c == '%') {
            sqlite3_str_appendf(uri, "%%%02X", (unsigned)(unsigned char)*c);
        } else {
            sqlite3_str_appendchar(uri, 1, *c);
        }
    }
}

/** Sets what every connection has in common: no trust in what the schema might bring along. */
static bool harden(sqlite3 *db)
{
    sqlite3_busy_timeout(db, STORE_BUSY_MS);
    return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
           sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK &&
           sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) == SQLITE_OK;
}

enum sim_status store_db_open(const char *file, const char *path, enum store_db_mode mode,
                              sqlite3 **db, struct sim_error *error)
{
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    flags |= mode == STORE_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    sqlite3_str *uri = sqlite3_str_new(NULL);
    append_uri_path(uri, file);
    if (mode == STORE_DB_READ && !has_log(file)) {
        sqlite3_str_appendall(uri, "?immutable=1");
    }
    char *text = sqlite3_str_finish(uri);
    if (text == NULL) {
        *db = NULL;
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    const int code = sqlite3_open_v2(text, db, flags, NULL);
    sqlite3_free(text);
    if (*db == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    if (code != SQLITE_OK || !harden(*db)) {
        const int cause = sqlite3_system_errno(*db);
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be opened: %s", path,
                        cause != 0 ? strerror(cause) : sqlite3_errmsg(*db));
    }
    return SIM_OK;
}

/* Making a file. */

/** Builds the content in a file that nobody else knows of yet. */
static enum sim_status create_content(const char *path, const struct sim_nv *nv,
                                      struct sim_error *error)
{
    struct store_writer writer = {.whole = true};
    const struct store_queue none = {0};
    sqlite3 *db = NULL;
    enum sim_status status = store_db_open(path, path, STORE_DB_WRITE, &db, error);
    if (status == SIM_OK) {
        status = store_format_make(db, path, error);
    }
    if (status == SIM_OK &&
        (!store_writer_init(&writer, db) || !store_save(&writer, nv, &none) ||
         sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK)) {
        status = store_sql_fail(db, path, "write it", error);
    }
    store_writer_fini(&writer);
    if (sqlite3_close(db) != SQLITE_OK && status == SIM_OK) {
        status = sim_fail(error, SIM_ERROR_INTERNAL, "%s: cannot be closed", path);
    }
    return status;
}

enum sim_status store_create(const char *path, const struct sim_nv *nv, struct sim_error *error)
{
    char *making = sqlite3_mprintf("%s.XXXXXX", path);
    if (making == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    const int fd = mkstemp(making);
    if (fd < 0) {
        const int cause = errno;
        sqlite3_free(making);
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be written: %s", path, strerror(cause));
    }
    enum sim_status status = create_content(making, nv, error);
    if (status == SIM_OK && fsync(fd) != 0) {
        status =
            sim_fail(error, SIM_ERROR_FILE, "%s: cannot be written: %s", path, strerror(errno));
    }
    (void)close(fd);
    if (status == SIM_OK) {
        status = store_name_give(making, path, error);
    }
    (void)unlink(making);
    sqlite3_free(making);
    return status;
}

/* Opening one. */

/** Reads everything without leaving a trace. */
static enum sim_status read_state(struct store *store, struct sim_nv *nv, struct sim_error *error)
{
    sqlite3 *db = NULL;
    enum sim_status status = store_db_open(store->file, store->path, STORE_DB_READ, &db, error);
    if (status == SIM_OK) {
        status = store_schema_check(db, store->path, error);
    }
    if (status == SIM_OK) {
        status = store_load(db, store->path, nv, &store->writer.sums, error);
    }
    sqlite3_close(db);
    store->boots = nv->boots;
    store->rng_state = nv->rng_state;
    return status;
}

static enum sim_status open_writer(struct store *store, struct sim_error *error)
{
    sqlite3 *db = NULL;
    const enum sim_status status =
        store_db_open(store->file, store->path, STORE_DB_WRITE, &db, error);
    store->writer.db = db;
    if (status != SIM_OK) {
        return status;
    }
    if (sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", NULL, NULL,
                     NULL) != SQLITE_OK ||
        !store_writer_init(&store->writer, db)) {
        return store_sql_fail(db, store->path, "write to it", error);
    }
    return SIM_OK;
}

enum sim_status store_open(const char *path, bool read_only, struct sim_nv *nv, struct store **out,
                           struct sim_error *error)
{
    *out = NULL;
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    store->lock.fd = -1;
    store->read_only = read_only;
    store->path = strdup(path);
    if (store->path == NULL) {
        free(store);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    enum sim_status status = store_name_resolve(path, &store->file, error);
    if (status == SIM_OK) {
        status = store_lock_take(&store->lock, store->file, path, !read_only, error);
    }
    if (status == SIM_OK) {
        status = store_header_check(store->lock.header, store->lock.size, path, error);
    }
    if (status == SIM_OK) {
        status = read_state(store, nv, error);
    }
    if (status == SIM_OK && !read_only) {
        status = open_writer(store, error);
    }
    if (status != SIM_OK) {
        store_close(store);
        return status;
    }
    *out = store;
    return SIM_OK;
}

void store_event(struct store *store, const struct sim_event *event)
{
    if (!store->read_only) {
        store_queue_add(&store->queue, event);
    }
}

enum sim_status store_commit(struct store *store, struct sim_nv *nv, struct sim_error *error)
{
    const bool changed =
        nv->dirty || nv->boots != store->boots || nv->rng_state != store->rng_state;
    if (store->read_only || (!changed && store->queue.count == 0)) {
        nv_clean(nv);
        return SIM_OK;
    }
    if (!store_save(&store->writer, nv, &store->queue)) {
        return sim_fail(error,
                        store->writer.code == SQLITE_NOMEM ? SIM_ERROR_MEMORY : SIM_ERROR_FILE,
                        "%s: cannot be written: %s", store->path, store->writer.why);
    }
    store->boots = nv->boots;
    store->rng_state = nv->rng_state;
    store_queue_clear(&store->queue);
    nv_clean(nv);
    return SIM_OK;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    store_writer_fini(&store->writer);
    sqlite3_close(store->writer.db);
    if (store->lock.fd >= 0) {
        (void)close(store->lock.fd);
    }
    store_queue_fini(&store->queue);
    free(store->file);
    free(store->path);
    free(store);
}
