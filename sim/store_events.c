/*
 * The journal: events on their way into a device file, and out of it.
 */
#define _POSIX_C_SOURCE 200809L

#include "store_name.h"
#include "store_save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Queue. */

/** Makes room for one more event with a text of `text_len` bytes; false: no memory. */
static bool queue_reserve(struct store_queue *queue, size_t text_len)
{
    if (queue->count == queue->room) {
        const size_t room = queue->room == 0 ? 64 : 2 * queue->room;
        struct store_queued *item = realloc(queue->item, room * sizeof *item);
        if (item == NULL) {
            return false;
        }
        queue->item = item;
        queue->room = room;
    }
    if (queue->text_len + text_len > queue->text_room) {
        const size_t room = 2 * (queue->text_room + text_len) + 4096;
        char *text = realloc(queue->text, room);
        if (text == NULL) {
            return false;
        }
        queue->text = text;
        queue->text_room = room;
    }
    return true;
}

void store_queue_add(struct store_queue *queue, const struct sim_event *event)
{
    const size_t text_len = strlen(event->text) + 1;
    if (queue->count >= STORE_QUEUE_MAX || !queue_reserve(queue, text_len)) {
        queue->lost++;
        return;
    }
    struct store_queued *item = &queue->item[queue->count++];
    item->event = *event;
    item->event.text = NULL;
    item->text_off = queue->text_len;
    memcpy(queue->text + queue->text_len, event->text, text_len);
    queue->text_len += text_len;
}

void store_queue_clear(struct store_queue *queue)
{
    queue->count = 0;
    queue->text_len = 0;
    queue->lost = 0;
}

void store_queue_fini(struct store_queue *queue)
{
    free(queue->item);
    free(queue->text);
    *queue = (struct store_queue){0};
}

/* Reading back. */

/** One row as an event; false: a value that no event has. Its text lives until the next step. */
static bool event_from_row(sqlite3_stmt *row, struct sim_event *event)
{
    const sqlite3_int64 time = sqlite3_column_int64(row, 0);
    const sqlite3_int64 boot = sqlite3_column_int64(row, 1);
    const sqlite3_int64 kind = sqlite3_column_int64(row, 2);
    const sqlite3_int64 hdpl = sqlite3_column_int64(row, 3);
    const sqlite3_int64 attr = sqlite3_column_int64(row, 4);
    const sqlite3_int64 pc = sqlite3_column_int64(row, 5);
    const char *text = (const char *)sqlite3_column_text(row, 6);
    if (time < 0 || boot < 0 || boot > UINT32_MAX || kind < 0 || kind > SIM_EVENT_NOTE ||
        hdpl < 0 || hdpl > 3 || attr < 0 || attr > 3 || pc < 0 || pc > UINT32_MAX || text == NULL) {
        return false;
    }
    *event = (struct sim_event){
        .time = (uint64_t)time,
        .boot = (uint32_t)boot,
        .kind = (enum sim_event_kind)kind,
        .hdpl = (uint8_t)hdpl,
        .has_cpu = sqlite3_column_type(row, 4) != SQLITE_NULL,
        .attr = {.secure = (attr & 2) != 0, .privileged = (attr & 1) != 0},
        .pc = (uint32_t)pc,
        .text = text,
    };
    return true;
}

static enum sim_status read_rows(sqlite3 *db, const char *path, uint64_t limit, sim_event_fn *each,
                                 void *context, struct sim_error *error)
{
    static const char text[] = "SELECT time, boot, kind, hdpl, cpu, pc, text FROM journal"
                               " WHERE id > (SELECT max(id) FROM journal) - ? ORDER BY id";
    const sqlite3_int64 last = limit == 0 || limit > INT32_MAX ? INT32_MAX : (sqlite3_int64)limit;
    sqlite3_stmt *query = NULL;
    if (sqlite3_prepare_v2(db, text, -1, &query, NULL) != SQLITE_OK) {
        return store_sql_fail(db, path, "read its journal", error);
    }
    sqlite3_bind_int64(query, 1, last);
    enum sim_status status = SIM_OK;
    int step = sqlite3_step(query);
    for (; status == SIM_OK && step == SQLITE_ROW; step = sqlite3_step(query)) {
        struct sim_event event;
        if (event_from_row(query, &event)) {
            each(context, &event);
        } else {
            status = sim_fail(error, SIM_ERROR_FILE,
                              "%s is damaged: table journal: a number is"
                              " out of its range",
                              path);
        }
    }
    if (status == SIM_OK && step != SQLITE_DONE) {
        status = store_sql_fail(db, path, "read its journal", error);
    }
    sqlite3_finalize(query);
    return status;
}

/**
 * Checks the first bytes through SQLite's own file handle: opening and closing the file a second
 * time would drop the locks that this process may hold on it (fcntl(2), "Record locking").
 */
static enum sim_status check_header(sqlite3 *db, const char *path, struct sim_error *error)
{
    uint8_t header[STORE_HEADER_BYTES] = {0};
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == NULL || file->pMethods == NULL ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be read", path);
    }
    const size_t len = size < (sqlite3_int64)sizeof header ? (size_t)size : sizeof header;
    const int code = len > 0 ? file->pMethods->xRead(file, header, (int)len, 0) : SQLITE_OK;
    if (code != SQLITE_OK) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be read", path);
    }
    return store_header_check(header, (uint64_t)size, path, error);
}

enum sim_status store_read_events(const char *path, uint64_t limit, sim_event_fn *each,
                                  void *context, struct sim_error *error)
{
    sqlite3 *db = NULL;
    char *file = NULL;
    enum sim_status status = store_name_resolve(path, &file, error);
    if (status == SIM_OK) {
        status = store_db_open(file, path, STORE_DB_READ, &db, error);
    }
    if (status == SIM_OK) {
        status = check_header(db, path, error);
    }
    if (status == SIM_OK) {
        status = store_schema_check(db, path, error);
    }
    if (status == SIM_OK) {
        status = read_rows(db, path, limit, each, context, error);
    }
    sqlite3_close(db);
    free(file);
    return status;
}
