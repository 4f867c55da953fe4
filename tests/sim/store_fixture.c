#define _GNU_SOURCE

#include "store_fixture.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char folder[] = "/tmp/garrison-store.XXXXXX";
char path[64];
struct sim_nv nv;
struct sim_nv again;
struct sim_error error;

int files_in_folder(void)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int count = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        count += entry->d_name[0] != '.' ? 1 : 0;
    }
    closedir(dir);
    return count;
}

static void empty_folder(void)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
        }
    }
    closedir(dir);
}

int make_device(void **state)
{
    (void)state;
    static const uint8_t uid[12] = "uid of test";
    static const uint8_t secret[32] = "secret of test";
    empty_folder();
    nv_init(&nv, uid, secret);
    memset(&error, 0, sizeof error);
    assert_int_equal(store_create(path, &nv, &error), SIM_OK);
    nv_clean(&nv);
    assert_int_equal(files_in_folder(), 1);
    return 0;
}

uint8_t *slurp(const char *name, size_t *len)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *len = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*len + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *len, file), *len);
    fclose(file);
    return data;
}

void spill(const char *name, const uint8_t *data, size_t len)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    fclose(file);
}

struct store *open_device(struct sim_nv *into)
{
    struct store *store = NULL;
    if (store_open(path, false, into, &store, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
    return store;
}

void assert_same_state(const struct sim_nv *a, const struct sim_nv *b)
{
    assert_memory_equal(a->flash, b->flash, sizeof a->flash);
    assert_memory_equal(a->flash_cell, b->flash_cell, sizeof a->flash_cell);
    assert_memory_equal(a->system, b->system, sizeof a->system);
    assert_memory_equal(a->otp, b->otp, sizeof a->otp);
    assert_memory_equal(a->otp_cell, b->otp_cell, sizeof a->otp_cell);
    assert_memory_equal(a->obk, b->obk, sizeof a->obk);
    assert_memory_equal(a->obk_cell, b->obk_cell, sizeof a->obk_cell);
    assert_int_equal(a->obk_current, b->obk_current);
    assert_memory_equal(a->option, b->option, sizeof a->option);
    assert_memory_equal(a->backup, b->backup, sizeof a->backup);
    assert_memory_equal(a->bkpsram, b->bkpsram, sizeof a->bkpsram);
    assert_memory_equal(a->uid, b->uid, sizeof a->uid);
    assert_memory_equal(a->secret, b->secret, sizeof a->secret);
    assert_int_equal(a->rng_state, b->rng_state);
    assert_int_equal(a->boots, b->boots);
}

void assert_refused(const char *why)
{
    size_t before_len = 0;
    size_t after_len = 0;
    uint8_t *before = slurp(path, &before_len);
    const int files = files_in_folder();
    for (int read_only = 0; read_only < 2; read_only++) {
        struct store *store = NULL;
        assert_int_equal(store_open(path, read_only != 0, &again, &store, &error), SIM_ERROR_FILE);
        assert_null(store);
        if (strstr(error.text, why) == NULL) {
            fail_msg("'%s' does not say '%s'", error.text, why);
        }
        assert_non_null(strstr(error.text, path));
        assert_null(strchr(error.text, '\n'));
    }
    uint8_t *after = slurp(path, &after_len);
    assert_int_equal(before_len, after_len);
    assert_memory_equal(before, after, before_len);
    assert_int_equal(files_in_folder(), files);
    free(before);
    free(after);
}

void change_with_sql(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        fail_msg("%s: %s", sql, why);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

bool store_fixture_init(void)
{
    if (mkdtemp(folder) == NULL) {
        return false;
    }
    (void)snprintf(path, sizeof path, "%s/device.gar", folder);
    return true;
}

void store_fixture_fini(void)
{
    empty_folder();
    (void)rmdir(folder);
}
