#include "store_save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const statement_text[STORE_STATEMENTS] = {
    [STORE_BEGIN] = "BEGIN IMMEDIATE",
    [STORE_COMMIT] = "COMMIT",
    [STORE_ROLLBACK] = "ROLLBACK",
    [STORE_PUT_FLASH] = "REPLACE INTO flash(sector, data, cells) VALUES(?, ?, ?)",
    [STORE_DROP_FLASH] = "DELETE FROM flash WHERE sector = ?",
    [STORE_PUT_OTP] = "REPLACE INTO otp(id, data, cells) VALUES(0, ?, ?)",
    [STORE_PUT_OBK] = "REPLACE INTO obk(sector, data, cells) VALUES(?, ?, ?)",
    [STORE_PUT_OPTION] = "REPLACE INTO options(word, value) VALUES(?, ?)",
    [STORE_PUT_BACKUP] = "REPLACE INTO backup(id, registers, sram) VALUES(0, ?, ?)",
    [STORE_PUT_IDENTITY] = "REPLACE INTO identity(id, chip, uid, secret)"
                           " VALUES(0, '" STORE_CHIP "', ?, ?)",
    [STORE_PUT_STATE] = "REPLACE INTO state(id, boots, rng, obk_current, checksum)"
                        " VALUES(0, ?, ?, ?, ?)",
    [STORE_PUT_EVENT] = "INSERT INTO journal(time, boot, kind, hdpl, cpu, pc, text)"
                        " VALUES(?, ?, ?, ?, ?, ?, ?)",
    [STORE_TRIM_EVENTS] = "DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?",
};

bool store_writer_init(struct store_writer *writer, sqlite3 *db)
{
    writer->db = db;
    for (unsigned i = 0; i < STORE_STATEMENTS; i++) {
        if (sqlite3_prepare_v3(db, statement_text[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &writer->statement[i], NULL) != SQLITE_OK) {
            return false;
        }
    }
    return true;
}

void store_writer_fini(struct store_writer *writer)
{
    for (unsigned i = 0; i < STORE_STATEMENTS; i++) {
        sqlite3_finalize(writer->statement[i]);
    }
}

/** Runs a statement whose parameters are bound, and makes it ready for the next time. */
static bool run(struct store_writer *writer, enum store_statement which)
{
    sqlite3_stmt *statement = writer->statement[which];
    const int step = sqlite3_step(statement);
    if (step != SQLITE_DONE) {
        writer->code = step;
        (void)snprintf(writer->why, sizeof writer->why, "%s", sqlite3_errmsg(writer->db));
    }
    sqlite3_reset(statement);
    return step == SQLITE_DONE;
}

static void bind_blob(struct store_writer *writer, enum store_statement which, int parameter,
                      const uint8_t *data, size_t len)
{
    sqlite3_bind_blob(writer->statement[which], parameter, data, (int)len, SQLITE_STATIC);
}

static void bind_integer(struct store_writer *writer, enum store_statement which, int parameter,
                         uint64_t value)
{
    sqlite3_bind_int64(writer->statement[which], parameter, (sqlite3_int64)value);
}

static bool save_sector(struct store_writer *writer, const struct sim_nv *nv, unsigned sector)
{
    const struct store_sector of = store_sector(nv, sector);
    store_sum_item(&writer->sums, nv, of.item);
    if (store_sector_is_virgin(nv, sector)) {
        bind_integer(writer, STORE_DROP_FLASH, 1, sector);
        return run(writer, STORE_DROP_FLASH);
    }
    bind_integer(writer, STORE_PUT_FLASH, 1, sector);
    bind_blob(writer, STORE_PUT_FLASH, 2, of.data, NV_SECTOR_BYTES);
    bind_blob(writer, STORE_PUT_FLASH, 3, of.cells, STORE_SECTOR_CELLS);
    return run(writer, STORE_PUT_FLASH);
}

static bool save_flash(struct store_writer *writer, const struct sim_nv *nv)
{
    bool done = true;
    for (unsigned sector = 0; done && sector < NV_FLASH_SECTORS; sector++) {
        if ((writer->whole || nv->dirty_sector[sector]) && !nv->overlaid[sector]) {
            done = save_sector(writer, nv, sector);
        }
    }
    return done;
}

static bool save_system(struct store_writer *writer, const struct sim_nv *nv)
{
    bool done = true;
    for (unsigned sector = NV_FLASH_SECTORS; done && sector < STORE_SECTORS; sector++) {
        done = save_sector(writer, nv, sector);
    }
    return done;
}

static bool save_otp(struct store_writer *writer, const struct sim_nv *nv)
{
    store_sum_item(&writer->sums, nv, STORE_ITEM_OTP);
    bind_blob(writer, STORE_PUT_OTP, 1, nv->otp, sizeof nv->otp);
    bind_blob(writer, STORE_PUT_OTP, 2, nv->otp_cell, sizeof nv->otp_cell);
    return run(writer, STORE_PUT_OTP);
}

static bool save_obk(struct store_writer *writer, const struct sim_nv *nv)
{
    store_sum_item(&writer->sums, nv, STORE_ITEM_OBK);
    bool done = true;
    for (unsigned sector = 0; done && sector < 2; sector++) {
        bind_integer(writer, STORE_PUT_OBK, 1, sector);
        bind_blob(writer, STORE_PUT_OBK, 2, nv->obk[sector], sizeof nv->obk[sector]);
        bind_blob(writer, STORE_PUT_OBK, 3, nv->obk_cell[sector], sizeof nv->obk_cell[sector]);
        done = run(writer, STORE_PUT_OBK);
    }
    return done;
}

static bool save_options(struct store_writer *writer, const struct sim_nv *nv)
{
    store_sum_item(&writer->sums, nv, STORE_ITEM_OPTIONS);
    bool done = true;
    for (unsigned word = 0; done && word < NV_OPTION_WORDS; word++) {
        bind_integer(writer, STORE_PUT_OPTION, 1, word);
        bind_integer(writer, STORE_PUT_OPTION, 2, nv->option[word]);
        done = run(writer, STORE_PUT_OPTION);
    }
    return done;
}

static bool save_backup(struct store_writer *writer, const struct sim_nv *nv)
{
    uint8_t bytes[4u * NV_BACKUP_REGISTERS];
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(nv->backup[i / 4u] >> (8u * (i % 4u)));
    }
    store_sum_item(&writer->sums, nv, STORE_ITEM_BACKUP);
    bind_blob(writer, STORE_PUT_BACKUP, 1, bytes, sizeof bytes);
    bind_blob(writer, STORE_PUT_BACKUP, 2, nv->bkpsram, sizeof nv->bkpsram);
    return run(writer, STORE_PUT_BACKUP);
}

static bool save_identity(struct store_writer *writer, const struct sim_nv *nv)
{
    store_sum_item(&writer->sums, nv, STORE_ITEM_IDENTITY);
    bind_blob(writer, STORE_PUT_IDENTITY, 1, nv->uid, sizeof nv->uid);
    bind_blob(writer, STORE_PUT_IDENTITY, 2, nv->secret, sizeof nv->secret);
    return run(writer, STORE_PUT_IDENTITY);
}

/** Last of all: its row carries the checksum of everything. */
static bool save_state(struct store_writer *writer, const struct sim_nv *nv)
{
    store_sum_item(&writer->sums, nv, STORE_ITEM_STATE);
    bind_integer(writer, STORE_PUT_STATE, 1, nv->boots);
    bind_integer(writer, STORE_PUT_STATE, 2, nv->rng_state);
    bind_integer(writer, STORE_PUT_STATE, 3, nv->obk_current);
    bind_integer(writer, STORE_PUT_STATE, 4, store_sum_total(&writer->sums));
    return run(writer, STORE_PUT_STATE);
}

static bool save_event(struct store_writer *writer, const struct sim_event *event, const char *text)
{
    sqlite3_stmt *statement = writer->statement[STORE_PUT_EVENT];
    bind_integer(writer, STORE_PUT_EVENT, 1, event->time);
    bind_integer(writer, STORE_PUT_EVENT, 2, event->boot);
    bind_integer(writer, STORE_PUT_EVENT, 3, (uint64_t)event->kind);
    bind_integer(writer, STORE_PUT_EVENT, 4, event->hdpl);
    sqlite3_bind_null(statement, 5);
    sqlite3_bind_null(statement, 6);
    if (event->has_cpu) {
        const unsigned attr = (event->attr.secure ? 2u : 0u) | (event->attr.privileged ? 1u : 0u);
        bind_integer(writer, STORE_PUT_EVENT, 5, attr);
        bind_integer(writer, STORE_PUT_EVENT, 6, event->pc);
    }
    sqlite3_bind_text(statement, 7, text, -1, SQLITE_STATIC);
    return run(writer, STORE_PUT_EVENT);
}

static bool save_events(struct store_writer *writer, const struct store_queue *queue)
{
    bool done = true;
    for (size_t i = 0; done && i < queue->count; i++) {
        done = save_event(writer, &queue->item[i].event, queue->text + queue->item[i].text_off);
    }
    if (done && queue->lost > 0 && queue->count > 0) {
        struct sim_event event = queue->item[queue->count - 1].event;
        char text[80];
        event.kind = SIM_EVENT_NOTE;
        event.has_cpu = false;
        (void)snprintf(text, sizeof text, "%" PRIu64 " more events were not recorded", queue->lost);
        done = save_event(writer, &event, text);
    }
    bind_integer(writer, STORE_TRIM_EVENTS, 1, STORE_EVENTS_MAX);
    return done && (queue->count == 0 || run(writer, STORE_TRIM_EVENTS));
}

static bool save_all(struct store_writer *writer, const struct sim_nv *nv,
                     const struct store_queue *queue)
{
    const bool whole = writer->whole;
    const bool *dirty = nv->dirty_part;
    return (!(whole || dirty[NV_PART_FLASH]) || save_flash(writer, nv)) &&
           (!(whole || dirty[NV_PART_SYSTEM]) || save_system(writer, nv)) &&
           (!(whole || dirty[NV_PART_OTP]) || save_otp(writer, nv)) &&
           (!(whole || dirty[NV_PART_OBK]) || save_obk(writer, nv)) &&
           (!(whole || dirty[NV_PART_OPTIONS]) || save_options(writer, nv)) &&
           (!(whole || dirty[NV_PART_BACKUP]) || save_backup(writer, nv)) &&
           (!whole || save_identity(writer, nv)) && save_events(writer, queue) &&
           save_state(writer, nv);
}

bool store_save(struct store_writer *writer, const struct sim_nv *nv,
                const struct store_queue *queue)
{
    const struct store_sums before = writer->sums;
    if (!run(writer, STORE_BEGIN)) {
        return false;
    }
    if (save_all(writer, nv, queue) && run(writer, STORE_COMMIT)) {
        return true;
    }
    writer->sums = before;
    (void)run(writer, STORE_ROLLBACK);
    return false;
}
