/*
 * Writing to a device file: prepared statements for every table, and the queue of events.
 *
 * Internal to the store (store*.c).
 */
#pragma once

#include "store_format.h"

/** Events that wait for the next commit, at most; those beyond are counted and reported. */
#define STORE_QUEUE_MAX 65536u

/** One queued event; its text stands in the queue's own memory. */
struct store_queued {
    struct sim_event event;
    size_t text_off;
};

struct store_queue {
    struct store_queued *item;
    size_t count;
    size_t room;
    char *text;
    size_t text_len;
    size_t text_room;
    uint64_t lost; /**< Events that found no room. */
};

enum store_statement {
    STORE_BEGIN,
    STORE_COMMIT,
    STORE_ROLLBACK,
    STORE_PUT_FLASH,
    STORE_DROP_FLASH,
    STORE_PUT_OTP,
    STORE_PUT_OBK,
    STORE_PUT_OPTION,
    STORE_PUT_BACKUP,
    STORE_PUT_IDENTITY,
    STORE_PUT_STATE,
    STORE_PUT_EVENT,
    STORE_TRIM_EVENTS,
    STORE_STATEMENTS
};

/** What writes to one open database. Zero-initialise it. */
struct store_writer {
    sqlite3 *db;
    sqlite3_stmt *statement[STORE_STATEMENTS];
    struct store_sums sums; /**< As committed, or about to be. */
    bool whole;             /**< A new file: everything is written, changed or not. */
    int code;               /**< SQLite's code of the last failure. */
    char why[128];          /**< The last failure in SQLite's words. */
};

/** Prepares every statement. False: sqlite3_errmsg() says why. */
SIM_MUST_USE bool store_writer_init(struct store_writer *writer, sqlite3 *db);
void store_writer_fini(struct store_writer *writer);

/**
 * Writes what `nv` notes as changed and all of `queue`, as one transaction; on failure nothing, and
 * `code` and `why` say the reason. Neither `nv` nor `queue` is changed.
 */
SIM_MUST_USE bool store_save(struct store_writer *writer, const struct sim_nv *nv,
                             const struct store_queue *queue);

/** Copies one event to the end of the queue. */
void store_queue_add(struct store_queue *queue, const struct sim_event *event);
void store_queue_clear(struct store_queue *queue);
void store_queue_fini(struct store_queue *queue);
