/*
 * The form of a device file: its schema, the check of its first bytes, the checksum of its content.
 *
 * Internal to the store (store*.c). docs/SPEC.md, "Device file", describes the same for readers.
 */
#pragma once

#include <sqlite3.h>

#include "fail.h"
#include "nv.h"
#include "store.h"

#define STORE_APPLICATION_ID 0x47415253 /* "GARS" */
#define STORE_FORMAT         1
#define STORE_CHIP           "STM32H573"
#define STORE_PAGE_BYTES     4096u /* of the database */
#define STORE_SECTOR_CELLS   (NV_SECTOR_BYTES / 16u)

/** Events kept in a device file; the oldest go first. */
#define STORE_EVENTS_MAX 100000

/** First bytes of an SQLite database that say what it is. */
#define STORE_HEADER_BYTES 100u

/** The items that are stored, and summed, one by one: flash sectors, then these. */
enum store_item {
    STORE_ITEM_OTP = NV_FLASH_SECTORS,
    STORE_ITEM_OBK,
    STORE_ITEM_OPTIONS,
    STORE_ITEM_BACKUP,
    STORE_ITEM_IDENTITY,
    STORE_ITEM_STATE,
    STORE_ITEM_SYSTEM, /**< Sectors of the iROT's part of system flash. */
    STORE_ITEMS = STORE_ITEM_SYSTEM + NV_SYSTEM_IROT_SECTORS
};

/**
 * CRC-32 of every item as it is in the file, and their sum. A virgin flash sector counts 0. The
 * sectors of system flash come last, and where all are virgin they do not count at all.
 */
struct store_sums {
    uint32_t item[STORE_ITEMS];
};

/** Rows of the table `flash`: sectors of the user flash, then those of the iROT's system flash. */
#define STORE_SECTORS (NV_FLASH_SECTORS + NV_SYSTEM_IROT_SECTORS)

/** A sector of either flash; system flash has no cells, its rows have those of programmed flash. */
struct store_sector {
    const uint8_t *data;  /**< NV_SECTOR_BYTES. */
    const uint8_t *cells; /**< STORE_SECTOR_CELLS. */
    unsigned item;        /**< Of struct store_sums. */
};
struct store_sector store_sector(const struct sim_nv *nv, unsigned sector);

/** Whether the sector is as erased, so that it needs no row. */
bool store_sector_is_virgin(const struct sim_nv *nv, unsigned sector);

/** Recomputes the CRC of one item. */
void store_sum_item(struct store_sums *sums, const struct sim_nv *nv, unsigned item);

/** The checksum of the whole content: the CRC-32 over the items' CRCs. */
uint32_t store_sum_total(const struct store_sums *sums);

/** Makes the empty tables and marks the database as ours. */
SIM_MUST_USE enum sim_status store_format_make(sqlite3 *db, const char *path,
                                               struct sim_error *error);

/** Whether the first bytes say that this is, or was, a device file; of whatever format. */
bool store_header_is_ours(const uint8_t header[STORE_HEADER_BYTES]);

/**
 * Judges a file by its first bytes and its size: a whole device file of this format or not.
 * @param header  STORE_HEADER_BYTES, or all there are
 * @param size    bytes of the file
 * @param path    how the messages name the file
 */
SIM_MUST_USE enum sim_status store_header_check(const uint8_t *header, uint64_t size,
                                                const char *path, struct sim_error *error);

/** Compares the tables with the schema and lets SQLite check its own structures. */
SIM_MUST_USE enum sim_status store_schema_check(sqlite3 *db, const char *path,
                                                struct sim_error *error);

/** Fills `nv` and `sums` from the tables; every length, value and the checksum is checked. */
SIM_MUST_USE enum sim_status store_load(sqlite3 *db, const char *path, struct sim_nv *nv,
                                        struct store_sums *sums, struct sim_error *error);

/** A failure of SQLite itself in words: what was being done, and why it failed. */
SIM_MUST_USE enum sim_status store_sql_fail(sqlite3 *db, const char *path, const char *doing,
                                            struct sim_error *error);

/** How a database is opened. */
enum store_db_mode {
    STORE_DB_READ,  /**< Without a trace beside the file, as long as nobody writes to it. */
    STORE_DB_WRITE, /**< For a simulator, that holds the lock. */
};

/**
 * Opens a database that exists. `*db` is to be closed with sqlite3_close() in any case.
 * @param file  its resolved name
 * @param path  how the messages name it
 */
SIM_MUST_USE enum sim_status store_db_open(const char *file, const char *path,
                                           enum store_db_mode mode, sqlite3 **db,
                                           struct sim_error *error);
