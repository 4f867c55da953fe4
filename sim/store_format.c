#include "store_format.h"

#include <stdio.h>
#include <string.h>

/* Offsets in the header of an SQLite database (sqlite.org/fileformat.html, 1.3). */
#define HEADER_PAGE_SIZE      16u
#define HEADER_USER_VERSION   60u
#define HEADER_APPLICATION_ID 68u

/** One statement per table, as SQLite keeps it. */
static const char *const schema[] = {
    "CREATE TABLE flash(sector INTEGER PRIMARY KEY, data BLOB NOT NULL, cells BLOB NOT NULL)"
    " STRICT",
    "CREATE TABLE otp(id INTEGER PRIMARY KEY, data BLOB NOT NULL, cells BLOB NOT NULL) STRICT",
    "CREATE TABLE obk(sector INTEGER PRIMARY KEY, data BLOB NOT NULL, cells BLOB NOT NULL) STRICT",
    "CREATE TABLE options(word INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT",
    "CREATE TABLE backup(id INTEGER PRIMARY KEY, registers BLOB NOT NULL, sram BLOB NOT NULL)"
    " STRICT",
    "CREATE TABLE identity(id INTEGER PRIMARY KEY, chip TEXT NOT NULL, uid BLOB NOT NULL,"
    " secret BLOB NOT NULL) STRICT",
    "CREATE TABLE state(id INTEGER PRIMARY KEY, boots INTEGER NOT NULL, rng INTEGER NOT NULL,"
    " obk_current INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT",
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, boot INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, hdpl INTEGER NOT NULL, cpu INTEGER, pc INTEGER, text TEXT NOT NULL)"
    " STRICT",
};
#define SCHEMA_TABLES (sizeof schema / sizeof schema[0])

enum sim_status store_sql_fail(sqlite3 *db, const char *path, const char *doing,
                               struct sim_error *error)
{
    const int code = sqlite3_errcode(db);
    if (code == SQLITE_NOMEM) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    if (code == SQLITE_BUSY) {
        return sim_fail(error, SIM_ERROR_BUSY, "%s is in use by another program", path);
    }
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is damaged: %s", path, sqlite3_errmsg(db));
    }
    return sim_fail(error, SIM_ERROR_FILE, "%s: cannot %s: %s", path, doing, sqlite3_errmsg(db));
}

enum sim_status store_format_make(sqlite3 *db, const char *path, struct sim_error *error)
{
    char text[256];
    /* Nobody knows the file yet, so it need not survive a crash; who makes it flushes it. */
    (void)snprintf(text, sizeof text,
                   "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
                   "PRAGMA page_size = %u; PRAGMA application_id = %d; PRAGMA user_version = %d",
                   STORE_PAGE_BYTES, STORE_APPLICATION_ID, STORE_FORMAT);
    bool done = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; done && i < SCHEMA_TABLES; i++) {
        done = sqlite3_exec(db, schema[i], NULL, NULL, NULL) == SQLITE_OK;
    }
    return done ? SIM_OK : store_sql_fail(db, path, "make the tables", error);
}

static uint32_t get_be32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

bool store_header_is_ours(const uint8_t header[STORE_HEADER_BYTES])
{
    static const char magic[16] = "SQLite format 3";
    return memcmp(header, magic, sizeof magic) == 0 &&
           get_be32(header + HEADER_APPLICATION_ID) == STORE_APPLICATION_ID;
}

enum sim_status store_header_check(const uint8_t *header, uint64_t size, const char *path,
                                   struct sim_error *error)
{
    if (size == 0) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is empty, not a device file", path);
    }
    if (size < STORE_HEADER_BYTES || !store_header_is_ours(header)) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is not a device file", path);
    }
    const uint32_t format = get_be32(header + HEADER_USER_VERSION);
    if (format != STORE_FORMAT) {
        return sim_fail(error, SIM_ERROR_FILE,
                        "%s has device file format %lu; this version reads format %d", path,
                        (unsigned long)format, STORE_FORMAT);
    }
    const uint32_t page = (uint32_t)header[HEADER_PAGE_SIZE] << 8 | header[HEADER_PAGE_SIZE + 1u];
    if (page != STORE_PAGE_BYTES || size % STORE_PAGE_BYTES != 0) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is damaged: it does not end where a page ends",
                        path);
    }
    return SIM_OK;
}

/** The single integer that a query answers, or -1. */
static long long query_integer(sqlite3 *db, const char *sql, const char *argument)
{
    sqlite3_stmt *query = NULL;
    long long value = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) == SQLITE_OK) {
        if (argument != NULL) {
            sqlite3_bind_text(query, 1, argument, -1, SQLITE_STATIC);
        }
        if (sqlite3_step(query) == SQLITE_ROW) {
            value = sqlite3_column_int64(query, 0);
        }
    }
    sqlite3_finalize(query);
    return value;
}

enum sim_status store_schema_check(sqlite3 *db, const char *path, struct sim_error *error)
{
    const long long sound =
        query_integer(db, "SELECT quick_check = 'ok' FROM pragma_quick_check LIMIT 1", NULL);
    if (sound < 0) {
        return store_sql_fail(db, path, "read it", error);
    }
    if (sound != 1) {
        return sim_fail(error, SIM_ERROR_FILE, "%s is damaged: its pages do not fit together",
                        path);
    }
    bool same = query_integer(db, "SELECT count(*) FROM sqlite_schema", NULL) == SCHEMA_TABLES;
    for (size_t i = 0; same && i < SCHEMA_TABLES; i++) {
        same =
            query_integer(db, "SELECT count(*) FROM sqlite_schema WHERE sql = ?", schema[i]) == 1;
    }
    if (!same) {
        return sim_fail(error, SIM_ERROR_FILE,
                        "%s is damaged: its tables are not those of a"
                        " device file",
                        path);
    }
    return SIM_OK;
}

/* Checksum. */

/** CRC-32 (IEEE 802.3, reflected), continued from `crc`; 0 to begin. Four bits at a time. */
static uint32_t crc32_add(uint32_t crc, const uint8_t *data, size_t len)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        crc = (crc >> 4) ^ table[crc & 15u];
        crc = (crc >> 4) ^ table[crc & 15u];
    }
    return ~crc;
}

static uint32_t crc32_add_words(uint32_t crc, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t bytes[4] = {(uint8_t)words[i], (uint8_t)(words[i] >> 8),
                                  (uint8_t)(words[i] >> 16), (uint8_t)(words[i] >> 24)};
        crc = crc32_add(crc, bytes, sizeof bytes);
    }
    return crc;
}

/** Whether all `len` bytes are `value`; `len` is at least 1. */
static bool all_bytes(const uint8_t *data, size_t len, uint8_t value)
{
    return data[0] == value && memcmp(data, data + 1, len - 1) == 0;
}

struct store_sector store_sector(const struct sim_nv *nv, unsigned sector)
{
    static const uint8_t programmed[STORE_SECTOR_CELLS] = {[0 ... STORE_SECTOR_CELLS - 1u] =
                                                               NV_CELL_PROGRAMMED};
    if (sector < NV_FLASH_SECTORS) {
        return (struct store_sector){&nv->flash[(size_t)sector * NV_SECTOR_BYTES],
                                     &nv->flash_cell[(size_t)sector * STORE_SECTOR_CELLS], sector};
    }
    const unsigned index = sector - NV_FLASH_SECTORS;
    return (struct store_sector){&nv->system[NV_SYSTEM_IROT_OFF + (size_t)index * NV_SECTOR_BYTES],
                                 programmed, (unsigned)STORE_ITEM_SYSTEM + index};
}

bool store_sector_is_virgin(const struct sim_nv *nv, unsigned sector)
{
    const struct store_sector of = store_sector(nv, sector);
    return all_bytes(of.data, NV_SECTOR_BYTES, 0xFF) &&
           (sector >= NV_FLASH_SECTORS || all_bytes(of.cells, STORE_SECTOR_CELLS, NV_CELL_VIRGIN));
}

static uint32_t sum_sector(const struct sim_nv *nv, unsigned sector)
{
    if (store_sector_is_virgin(nv, sector)) {
        return 0;
    }
    const struct store_sector of = store_sector(nv, sector);
    const uint32_t crc = crc32_add(0, of.data, NV_SECTOR_BYTES);
    return crc32_add(crc, of.cells, STORE_SECTOR_CELLS);
}

static uint32_t sum_state(const struct sim_nv *nv)
{
    const uint32_t words[] = {nv->boots, (uint32_t)nv->rng_state, (uint32_t)(nv->rng_state >> 32),
                              nv->obk_current};
    return crc32_add_words(0, words, sizeof words / sizeof words[0]);
}

static uint32_t sum_part(const struct sim_nv *nv, enum store_item item)
{
    switch (item) {
    case STORE_ITEM_OTP:
        return crc32_add(crc32_add(0, nv->otp, sizeof nv->otp), nv->otp_cell, sizeof nv->otp_cell);
    case STORE_ITEM_OBK:
        return crc32_add(crc32_add(0, nv->obk[0], sizeof nv->obk), nv->obk_cell[0],
                         sizeof nv->obk_cell);
    case STORE_ITEM_OPTIONS:
        return crc32_add_words(0, nv->option, NV_OPTION_WORDS);
    case STORE_ITEM_BACKUP:
        return crc32_add(crc32_add_words(0, nv->backup, NV_BACKUP_REGISTERS), nv->bkpsram,
                         sizeof nv->bkpsram);
    case STORE_ITEM_IDENTITY:
        return crc32_add(crc32_add(0, nv->uid, sizeof nv->uid), nv->secret, sizeof nv->secret);
    case STORE_ITEM_STATE:
    case STORE_ITEM_SYSTEM:
    case STORE_ITEMS:
        break;
    }
    return sum_state(nv);
}

void store_sum_item(struct store_sums *sums, const struct sim_nv *nv, unsigned item)
{
    if (item < NV_FLASH_SECTORS) {
        sums->item[item] = sum_sector(nv, item);
    } else if (item >= STORE_ITEM_SYSTEM) {
        sums->item[item] = sum_sector(nv, NV_FLASH_SECTORS + item - STORE_ITEM_SYSTEM);
    } else {
        sums->item[item] = sum_part(nv, (enum store_item)item);
    }
}

uint32_t store_sum_total(const struct store_sums *sums)
{
    bool system = false;
    for (unsigned item = STORE_ITEM_SYSTEM; item < STORE_ITEMS; item++) {
        system = system || sums->item[item] != 0;
    }
    return crc32_add_words(0, sums->item, system ? STORE_ITEMS : STORE_ITEM_SYSTEM);
}
