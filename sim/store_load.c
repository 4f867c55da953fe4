/*
 * Reading a device file: nothing is believed, each value is checked where it is read.
 */
#include "store_format.h"

#include <string.h>

/** A read in progress. The first problem sticks; its words are in `error`. */
struct loader {
    sqlite3 *db;
    const char *path;
    struct sim_nv *nv;
    struct sim_error *error;
    enum sim_status status;
    uint32_t checksum; /**< As stored. */
};

static void load_damaged(struct loader *load, const char *table, const char *why)
{
    if (load->status == SIM_OK) {
        load->status = sim_fail(load->error, SIM_ERROR_FILE, "%s is damaged: table %s: %s",
                                load->path, table, why);
    }
}

/** An integer column within limits. */
static uint64_t load_integer(struct loader *load, sqlite3_stmt *row, int column, uint64_t max,
                             const char *table)
{
    const sqlite3_int64 value = sqlite3_column_int64(row, column);
    if (sqlite3_column_type(row, column) != SQLITE_INTEGER || value < 0 || (uint64_t)value > max) {
        load_damaged(load, table, "a number is out of its range");
        return 0;
    }
    return (uint64_t)value;
}

/** A blob column of exactly `len` bytes. */
static void load_blob(struct loader *load, sqlite3_stmt *row, int column, uint8_t *data, size_t len,
                      const char *table)
{
    const void *blob = sqlite3_column_blob(row, column);
    if (blob == NULL || (size_t)sqlite3_column_bytes(row, column) != len) {
        load_damaged(load, table, "a value has the wrong length");
        return;
    }
    memcpy(data, blob, len);
}

/** Cells: each byte one of enum nv_cell. */
static void load_cells(struct loader *load, sqlite3_stmt *row, int column, uint8_t *cells,
                       size_t count, const char *table)
{
    load_blob(load, row, column, cells, count, table);
    for (size_t i = 0; load->status == SIM_OK && i < count; i++) {
        if (cells[i] > NV_CELL_ECC_DOUBLE) {
            load_damaged(load, table, "a cell has a state that does not exist");
        }
    }
}

static void load_system_row(struct loader *load, sqlite3_stmt *row, size_t sector)
{
    uint8_t cells[STORE_SECTOR_CELLS] = {0};
    load_blob(load, row, 1, &load->nv->system[NV_SYSTEM_IROT_OFF + sector * NV_SECTOR_BYTES],
              NV_SECTOR_BYTES, "flash");
    load_blob(load, row, 2, cells, sizeof cells, "flash");
    for (size_t i = 0; i < sizeof cells; i++) {
        if (cells[i] != NV_CELL_PROGRAMMED) {
            load_damaged(load, "flash", "system flash has a cell that is not programmed");
        }
    }
}

static void load_flash_row(struct loader *load, sqlite3_stmt *row)
{
    const uint64_t sector = load_integer(load, row, 0, STORE_SECTORS - 1u, "flash");
    if (sector >= NV_FLASH_SECTORS) {
        load_system_row(load, row, (size_t)sector - NV_FLASH_SECTORS);
        return;
    }
    load_blob(load, row, 1, &load->nv->flash[(size_t)sector * NV_SECTOR_BYTES], NV_SECTOR_BYTES,
              "flash");
    load_cells(load, row, 2, &load->nv->flash_cell[(size_t)sector * STORE_SECTOR_CELLS],
               STORE_SECTOR_CELLS, "flash");
}

static void load_otp_row(struct loader *load, sqlite3_stmt *row)
{
    (void)load_integer(load, row, 0, 0, "otp");
    load_blob(load, row, 1, load->nv->otp, sizeof load->nv->otp, "otp");
    load_cells(load, row, 2, load->nv->otp_cell, sizeof load->nv->otp_cell, "otp");
}

static void load_obk_row(struct loader *load, sqlite3_stmt *row)
{
    const uint64_t sector = load_integer(load, row, 0, 1, "obk");
    load_blob(load, row, 1, load->nv->obk[sector], NV_OBK_BYTES, "obk");
    load_cells(load, row, 2, load->nv->obk_cell[sector], sizeof load->nv->obk_cell[0], "obk");
}

static void load_options_row(struct loader *load, sqlite3_stmt *row)
{
    const uint64_t word = load_integer(load, row, 0, NV_OPTION_WORDS - 1u, "options");
    load->nv->option[word] = (uint32_t)load_integer(load, row, 1, UINT32_MAX, "options");
}

static void load_backup_row(struct loader *load, sqlite3_stmt *row)
{
    uint8_t bytes[4u * NV_BACKUP_REGISTERS] = {0};
    (void)load_integer(load, row, 0, 0, "backup");
    load_blob(load, row, 1, bytes, sizeof bytes, "backup");
    load_blob(load, row, 2, load->nv->bkpsram, sizeof load->nv->bkpsram, "backup");
    for (unsigned i = 0; i < NV_BACKUP_REGISTERS; i++) {
        const uint8_t *b = &bytes[(size_t)4 * i];
        load->nv->backup[i] =
            (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    }
}

static void load_identity_row(struct loader *load, sqlite3_stmt *row)
{
    (void)load_integer(load, row, 0, 0, "identity");
    const char *chip = (const char *)sqlite3_column_text(row, 1);
    if (chip == NULL || strcmp(chip, STORE_CHIP) != 0) {
        load_damaged(load, "identity", "the chip is not a " STORE_CHIP);
    }
    load_blob(load, row, 2, load->nv->uid, sizeof load->nv->uid, "identity");
    load_blob(load, row, 3, load->nv->secret, sizeof load->nv->secret, "identity");
}

static void load_state_row(struct loader *load, sqlite3_stmt *row)
{
    (void)load_integer(load, row, 0, 0, "state");
    load->nv->boots = (uint32_t)load_integer(load, row, 1, UINT32_MAX, "state");
    load->nv->rng_state = (uint64_t)sqlite3_column_int64(row, 2);
    load->nv->obk_current = (uint8_t)load_integer(load, row, 3, 1, "state");
    load->checksum = (uint32_t)load_integer(load, row, 4, UINT32_MAX, "state");
}

static const struct load_table {
    const char *name;
    const char *query;
    int rows_min;
    int rows_max;
    void (*row)(struct loader *load, sqlite3_stmt *row);
} load_tables[] = {
    {"flash", "SELECT sector, data, cells FROM flash", 0, STORE_SECTORS, load_flash_row},
    {"otp", "SELECT id, data, cells FROM otp", 1, 1, load_otp_row},
    {"obk", "SELECT sector, data, cells FROM obk", 2, 2, load_obk_row},
    {"options", "SELECT word, value FROM options", NV_OPTION_WORDS, NV_OPTION_WORDS,
     load_options_row},
    {"backup", "SELECT id, registers, sram FROM backup", 1, 1, load_backup_row},
    {"identity", "SELECT id, chip, uid, secret FROM identity", 1, 1, load_identity_row},
    {"state", "SELECT id, boots, rng, obk_current, checksum FROM state", 1, 1, load_state_row},
};

static void load_one_table(struct loader *load, const struct load_table *table)
{
    sqlite3_stmt *query = NULL;
    if (sqlite3_prepare_v2(load->db, table->query, -1, &query, NULL) != SQLITE_OK) {
        load->status = store_sql_fail(load->db, load->path, "read it", load->error);
        return;
    }
    int rows = 0;
    int step = sqlite3_step(query);
    for (; step == SQLITE_ROW && load->status == SIM_OK; step = sqlite3_step(query)) {
        rows++;
        if (rows <= table->rows_max) {
            table->row(load, query);
        }
    }
    if (load->status == SIM_OK && step != SQLITE_DONE) {
        load->status = store_sql_fail(load->db, load->path, "read it", load->error);
    }
    sqlite3_finalize(query);
    if (rows < table->rows_min || rows > table->rows_max) {
        load_damaged(load, table->name, "it has the wrong number of rows");
    }
}

enum sim_status store_load(sqlite3 *db, const char *path, struct sim_nv *nv,
                           struct store_sums *sums, struct sim_error *error)
{
    static const uint8_t none[32];
    struct loader load = {.db = db, .path = path, .nv = nv, .error = error, .status = SIM_OK};
    nv_init(nv, none, none);
    for (size_t i = 0; load.status == SIM_OK && i < sizeof load_tables / sizeof load_tables[0];
         i++) {
        load_one_table(&load, &load_tables[i]);
    }
    if (load.status != SIM_OK) {
        return load.status;
    }
    for (unsigned item = 0; item < STORE_ITEMS; item++) {
        store_sum_item(sums, nv, item);
    }
    if (store_sum_total(sums) != load.checksum) {
        return sim_fail(error, SIM_ERROR_FILE,
                        "%s is damaged: its content does not match its checksum", path);
    }
    nv_clean(nv);
    return SIM_OK;
}
