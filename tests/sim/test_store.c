/*
 * The device file: what is committed comes back, whatever happens to the process; what is not
 * ours, or damaged, is refused and left as it was.
 */
#define _GNU_SOURCE

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/nv.h"
#include "sim/store.h"

#define KILL_ROUNDS 60

static char folder[] = "/tmp/garrison-store.XXXXXX";
static char path[64];
static struct sim_nv nv;
static struct sim_nv again;
static struct sim_error error;

/* Support. */

static int files_in_folder(void)
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

static int make_device(void **state)
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

/** Whole content of the device file, to be freed. */
static uint8_t *slurp(const char *name, size_t *len)
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

static void spill(const char *name, const uint8_t *data, size_t len)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    fclose(file);
}

static struct store *open_device(struct sim_nv *into)
{
    struct store *store = NULL;
    if (store_open(path, false, into, &store, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
    return store;
}

static void assert_same_state(const struct sim_nv *a, const struct sim_nv *b)
{
    assert_memory_equal(a->flash, b->flash, sizeof a->flash);
    assert_memory_equal(a->flash_cell, b->flash_cell, sizeof a->flash_cell);
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

/** Refused with a reason that contains `why`; neither the file nor its folder has changed. */
static void assert_refused(const char *why)
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

/** Changes the device file with SQL, as a stranger might. */
static void change_with_sql(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        fail_msg("%s: %s", sql, why);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Content. */

static void a_new_device_reads_back_as_it_was_made(void **state)
{
    (void)state;
    struct store *store = open_device(&again);
    assert_same_state(&nv, &again);
    assert_false(again.dirty);
    store_close(store);
    assert_int_equal(files_in_folder(), 1);
}

static void create_never_replaces_a_file(void **state)
{
    (void)state;
    size_t len = 0;
    size_t len_after = 0;
    uint8_t *before = slurp(path, &len);
    assert_int_equal(store_create(path, &nv, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "exists already"));
    uint8_t *after = slurp(path, &len_after);
    assert_int_equal(len, len_after);
    assert_memory_equal(before, after, len);
    assert_int_equal(files_in_folder(), 1);
    free(before);
    free(after);
}

static void a_new_device_does_not_inherit_a_deleted_ones_log(void **state)
{
    (void)state;
    char log[80];
    size_t len = 0;
    (void)snprintf(log, sizeof log, "%s-wal", path);
    struct store *store = open_device(&again);
    again.boots = 99;
    assert_int_equal(store_commit(store, &again, &error), SIM_OK);
    uint8_t *left = slurp(log, &len);
    assert_true(len > 0);
    store_close(store);
    assert_int_equal(unlink(path), 0);
    spill(log, left, len);
    free(left);
    assert_int_equal(store_create(path, &nv, &error), SIM_OK);
    assert_int_equal(files_in_folder(), 1);
    store = open_device(&again);
    assert_int_equal(again.boots, 0);
    store_close(store);
}

static void create_in_a_missing_folder_says_so(void **state)
{
    (void)state;
    assert_int_equal(store_create("/nonexistent/device.gar", &nv, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "No such file"));
}

static void every_part_survives_commit_and_reopen(void **state)
{
    (void)state;
    struct store *store = open_device(&nv);
    memset(&nv.flash[5 * NV_SECTOR_BYTES], 0x5A, 32);
    nv.flash_cell[5 * NV_SECTOR_BYTES / 16] = NV_CELL_PROGRAMMED;
    nv.flash_cell[5 * NV_SECTOR_BYTES / 16 + 1] = NV_CELL_ECC_DOUBLE;
    nv_touch(&nv, NV_PART_FLASH, 5 * NV_SECTOR_BYTES, 32);
    nv.otp[7] = 1;
    nv.otp_cell[3] = NV_CELL_PROGRAMMED;
    nv_touch(&nv, NV_PART_OTP, 7, 1);
    nv.obk[1][100] = 2;
    nv.obk_cell[1][6] = NV_CELL_PROGRAMMED;
    nv.obk_current = 1;
    nv_touch(&nv, NV_PART_OBK, 0, 1);
    nv.option[NV_OB_SECWM1] = 0xFFFFFFFF;
    nv_touch(&nv, NV_PART_OPTIONS, 0, 4);
    nv.backup[31] = 0x87654321;
    nv.bkpsram[4095] = 9;
    nv_touch(&nv, NV_PART_BACKUP, 0, 4);
    nv.rng_state = UINT64_MAX;
    nv.boots = UINT32_MAX;
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    assert_false(nv.dirty);
    store_close(store);
    store = open_device(&again);
    assert_same_state(&nv, &again);
    store_close(store);
}

static void an_erased_sector_needs_no_row(void **state)
{
    (void)state;
    size_t virgin_len = 0;
    free(slurp(path, &virgin_len));
    struct store *store = open_device(&nv);
    memset(&nv.flash[0], 0, NV_SECTOR_BYTES);
    nv_touch(&nv, NV_PART_FLASH, 0, NV_SECTOR_BYTES);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    memset(&nv.flash[0], 0xFF, NV_SECTOR_BYTES);
    nv_touch(&nv, NV_PART_FLASH, 0, NV_SECTOR_BYTES);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    change_with_sql("DELETE FROM journal; CREATE TEMP TABLE none AS SELECT 1/(count(*) = 0) AS one "
                    "FROM flash");
    store = open_device(&again);
    assert_same_state(&nv, &again);
    store_close(store);
}

static void what_was_not_committed_is_not_there(void **state)
{
    (void)state;
    struct store *store = open_device(&nv);
    nv.boots = 7;
    store_close(store);
    store = open_device(&again);
    assert_int_equal(again.boots, 0);
    store_close(store);
}

static void read_only_changes_nothing(void **state)
{
    (void)state;
    size_t len = 0;
    size_t len_after = 0;
    uint8_t *before = slurp(path, &len);
    struct store *store = NULL;
    assert_int_equal(store_open(path, true, &nv, &store, &error), SIM_OK);
    const struct sim_event event = {.text = "not to be kept"};
    store_event(store, &event);
    nv.boots = 3;
    nv_touch(&nv, NV_PART_FLASH, 0, 1);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    uint8_t *after = slurp(path, &len_after);
    assert_int_equal(len, len_after);
    assert_memory_equal(before, after, len);
    assert_int_equal(files_in_folder(), 1);
    free(before);
    free(after);
}

/* Locking. */

static void a_second_simulator_is_refused(void **state)
{
    (void)state;
    struct store *first = open_device(&nv);
    for (int read_only = 0; read_only < 2; read_only++) {
        struct store *second = NULL;
        assert_int_equal(store_open(path, read_only != 0, &again, &second, &error), SIM_ERROR_BUSY);
        assert_non_null(strstr(error.text, "is in use by another simulator"));
    }
    nv.boots = 1;
    assert_int_equal(store_commit(first, &nv, &error), SIM_OK);
    store_close(first);
    first = open_device(&again);
    assert_int_equal(again.boots, 1);
    store_close(first);
}

static void two_readers_may_share_a_device(void **state)
{
    (void)state;
    struct store *first = NULL;
    struct store *second = NULL;
    assert_int_equal(store_open(path, true, &nv, &first, &error), SIM_OK);
    assert_int_equal(store_open(path, true, &again, &second, &error), SIM_OK);
    struct store *writer = NULL;
    assert_int_equal(store_open(path, false, &again, &writer, &error), SIM_ERROR_BUSY);
    store_close(first);
    store_close(second);
}

/* Journal. */

static char seen[512];

static void note_event(void *context, const struct sim_event *event)
{
    (void)context;
    const size_t len = strlen(seen);
    (void)snprintf(seen + len, sizeof seen - len, "%llu/%u/%s/%u/%c%c/%X %s\n",
                   (unsigned long long)event->time, event->boot, sim_event_name(event->kind),
                   event->hdpl,
                   !event->has_cpu      ? '-'
                   : event->attr.secure ? 'S'
                                        : 'N',
                   !event->has_cpu          ? '-'
                   : event->attr.privileged ? 'P'
                                            : 'U',
                   event->pc, event->text);
}

static void queue_three_events(struct store *store)
{
    const struct sim_event events[] = {
        {.time = 1, .boot = 1, .kind = SIM_EVENT_BOOT, .text = "first"},
        {.time = 2,
         .boot = 1,
         .kind = SIM_EVENT_REFUSED,
         .hdpl = 3,
         .has_cpu = true,
         .attr = {.secure = false, .privileged = true},
         .pc = 0xFFFFFFFE,
         .text = "second"},
        {.time = 3, .boot = 2, .kind = SIM_EVENT_NOTE, .text = "third, \"quoted\" \xC3\xA9"},
    };
    for (size_t i = 0; i < 3; i++) {
        store_event(store, &events[i]);
    }
}

static void events_are_read_back_while_the_device_is_in_use(void **state)
{
    (void)state;
    static const char second_and_third[] = "2/1/refused/3/NP/FFFFFFFE second\n"
                                           "3/2/note/0/--/0 third, \"quoted\" \xC3\xA9\n";
    struct store *store = open_device(&nv);
    queue_three_events(store);
    seen[0] = '\0';
    assert_int_equal(store_read_events(path, 0, note_event, NULL, &error), SIM_OK);
    assert_string_equal(seen, "");
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    assert_int_equal(store_read_events(path, 2, note_event, NULL, &error), SIM_OK);
    assert_string_equal(seen, second_and_third);
    nv.boots = 1;
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    seen[0] = '\0';
    assert_int_equal(store_read_events(path, 0, note_event, NULL, &error), SIM_OK);
    assert_string_equal(strchr(seen, '\n') + 1, second_and_third);
    assert_int_equal(files_in_folder(), 1);
}

static void too_many_events_are_counted_not_kept(void **state)
{
    (void)state;
    struct store *store = open_device(&nv);
    const struct sim_event event = {.time = 5, .boot = 1, .kind = SIM_EVENT_NOTE, .text = "again"};
    for (int i = 0; i < 65536 + 10; i++) {
        store_event(store, &event);
    }
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    seen[0] = '\0';
    assert_int_equal(store_read_events(path, 1, note_event, NULL, &error), SIM_OK);
    assert_string_equal(seen, "5/1/note/0/--/0 10 more events were not recorded\n");
}

static void a_damaged_journal_is_refused(void **state)
{
    (void)state;
    struct store *store = open_device(&nv);
    queue_three_events(store);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    change_with_sql("UPDATE journal SET kind = 99 WHERE id = 2");
    assert_int_equal(store_read_events(path, 0, note_event, NULL, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "journal"));
}

/* Files that are not what they should be. */

static void foreign_files_are_refused_untouched(void **state)
{
    (void)state;
    const uint8_t text[] = "schema_version: 1\n";
    uint8_t zeros[8192] = {0};
    spill(path, text, sizeof text);
    assert_refused("is not a device file");
    spill(path, text, 0);
    assert_refused("is empty");
    spill(path, zeros, sizeof zeros);
    assert_refused("is not a device file");
    (void)unlink(path);
    change_with_sql(
        "PRAGMA journal_mode = WAL; CREATE TABLE other(x); INSERT INTO other VALUES(1)");
    assert_refused("is not a device file");
    struct store *store = NULL;
    assert_int_equal(store_open(folder, true, &again, &store, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "is not a regular file"));
    assert_int_equal(store_open("/nonexistent/x", true, &again, &store, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "No such file"));
}

static void changed_content_is_refused_untouched(void **state)
{
    static const struct {
        const char *sql;
        const char *why;
    } changes[] = {
        {"PRAGMA user_version = 2", "format 2"},
        {"PRAGMA application_id = 7", "is not a device file"},
        {"DROP TABLE otp", "tables"},
        {"CREATE TABLE extra(x)", "tables"},
        {"CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM flash; END", "tables"},
        {"DELETE FROM otp", "table otp"},
        {"DELETE FROM state", "table state"},
        {"DELETE FROM options WHERE word = 3", "table options"},
        {"INSERT INTO options VALUES(32, 0)", "table options"},
        {"UPDATE options SET value = 4294967296 WHERE word = 0", "table options"},
        {"UPDATE options SET value = -1 WHERE word = 0", "table options"},
        {"UPDATE options SET value = value + 1 WHERE word = 0", "checksum"},
        {"UPDATE state SET obk_current = 2", "table state"},
        {"UPDATE state SET obk_current = 1", "checksum"},
        {"UPDATE state SET checksum = checksum - 1", "checksum"},
        {"UPDATE state SET boots = -1", "table state"},
        {"UPDATE identity SET chip = 'STM32H503'", "STM32H573"},
        {"UPDATE identity SET uid = x'00'", "table identity"},
        {"UPDATE identity SET secret = zeroblob(32)", "checksum"},
        {"UPDATE obk SET data = zeroblob(8191) WHERE sector = 0", "table obk"},
        {"UPDATE obk SET cells = CAST(x'04' || zeroblob(511) AS BLOB) WHERE sector = 1",
         "table obk"},
        {"DELETE FROM obk WHERE sector = 1", "table obk"},
        {"UPDATE otp SET cells = CAST(zeroblob(1023) || x'FF' AS BLOB)", "table otp"},
        {"INSERT INTO flash VALUES(256, zeroblob(8192), zeroblob(512))", "table flash"},
        {"INSERT INTO flash VALUES(0, zeroblob(8193), zeroblob(512))", "table flash"},
        {"INSERT INTO flash VALUES(0, zeroblob(8192), zeroblob(512))", "checksum"},
        {"UPDATE backup SET registers = zeroblob(124)", "table backup"},
        {"UPDATE backup SET sram = zeroblob(0)", "table backup"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        make_device(state);
        change_with_sql(changes[i].sql);
        assert_refused(changes[i].why);
    }
}

static void a_truncated_file_is_refused_at_every_length(void **state)
{
    (void)state;
    size_t len = 0;
    uint8_t *whole = slurp(path, &len);
    for (size_t cut = 1; cut < len; cut += 1021) {
        spill(path, whole, cut);
        assert_refused(path);
    }
    free(whole);
}

/** Opens it: the state is the one stored, or the file is refused. Anything else is a failure. */
static bool accepts_only_the_state(const struct sim_nv *stored)
{
    struct store *store = NULL;
    const enum sim_status status = store_open(path, true, &again, &store, &error);
    if (status == SIM_OK) {
        assert_same_state(stored, &again);
        store_close(store);
        return true;
    }
    assert_int_equal(status, SIM_ERROR_FILE);
    return false;
}

static void a_flipped_byte_never_changes_the_state_unseen(void **state)
{
    (void)state;
    struct store *store = open_device(&nv);
    for (size_t i = 0; i < 3 * NV_SECTOR_BYTES; i++) {
        nv.flash[i] = (uint8_t)(i * 7 + 1);
    }
    nv_touch(&nv, NV_PART_FLASH, 0, 3 * NV_SECTOR_BYTES);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    size_t len = 0;
    uint8_t *data = slurp(path, &len);
    unsigned refused = 0;
    for (size_t at = 0; at < len; at += 97) {
        data[at] ^= 0x10;
        spill(path, data, len);
        refused += accepts_only_the_state(&nv) ? 0 : 1;
        data[at] ^= 0x10;
    }
    assert_true(refused > 100);
    free(data);
}

/* Death at any moment. */

/** A state that its number determines: which sectors, what in them, which registers. */
static void fill_state(struct sim_nv *into, uint32_t number)
{
    for (uint32_t sector = 0; sector < 4; sector++) {
        memset(&into->flash[sector * NV_SECTOR_BYTES], (int)(number + sector), NV_SECTOR_BYTES);
        nv_touch(into, NV_PART_FLASH, sector * NV_SECTOR_BYTES, NV_SECTOR_BYTES);
    }
    memset(into->obk[number & 1u], (int)number, NV_OBK_BYTES);
    nv_touch(into, NV_PART_OBK, 0, 1);
    into->obk_current = number & 1u;
    into->backup[0] = number;
    nv_touch(into, NV_PART_BACKUP, 0, 4);
    into->boots = number;
}

static void commit_for_ever(int report)
{
    struct store *store = NULL;
    if (store_open(path, false, &nv, &store, &error) != SIM_OK) {
        _exit(1);
    }
    for (uint32_t number = nv.boots + 1;; number++) {
        const struct sim_event event = {.boot = number, .text = "a state was committed"};
        fill_state(&nv, number);
        store_event(store, &event);
        if (store_commit(store, &nv, &error) != SIM_OK ||
            write(report, &number, sizeof number) != sizeof number) {
            _exit(1);
        }
    }
}

static uint32_t last_boot;

static void note_boot(void *context, const struct sim_event *event)
{
    (void)context;
    assert_int_equal(event->boot, last_boot + 1);
    last_boot = event->boot;
}

/** Kills a committing child after `delay_us`; answers the last number that it reported. */
static uint32_t kill_after(unsigned delay_us, uint32_t last)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        commit_for_ever(ends[1]);
    }
    close(ends[1]);
    usleep(delay_us);
    kill(child, SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    for (uint32_t number = 0; read(ends[0], &number, sizeof number) == sizeof number;) {
        last = number;
    }
    close(ends[0]);
    return last;
}

static void a_killed_simulator_leaves_the_last_commit(void **state)
{
    (void)state;
    const char *given = getenv("GARRISON_SEED");
    const unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : (unsigned)time(NULL);
    print_message("seed %u (GARRISON_SEED=%u repeats it)\n", seed, seed);
    srandom(seed);
    uint32_t last = 0;
    for (int round = 0; round < KILL_ROUNDS; round++) {
        last = kill_after((unsigned)(random() % 20000), last);
        struct store *store = open_device(&again);
        /* The child may have died between its commit and its report. */
        assert_in_range(again.boots, last, last + 1);
        last = again.boots;
        if (last > 0) {
            fill_state(&nv, last);
            assert_memory_equal(again.flash, nv.flash, 4 * NV_SECTOR_BYTES);
            assert_memory_equal(again.obk[last & 1u], nv.obk[last & 1u], NV_OBK_BYTES);
            assert_int_equal(again.obk_current, last & 1u);
            assert_int_equal(again.backup[0], last);
        }
        store_close(store);
    }
    print_message("%u states in %d rounds\n", last, KILL_ROUNDS);
    assert_true(last > KILL_ROUNDS);
    last_boot = 0;
    assert_int_equal(store_read_events(path, 0, note_boot, NULL, &error), SIM_OK);
    assert_int_equal(last_boot, last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_device_reads_back_as_it_was_made, make_device),
        cmocka_unit_test_setup(create_never_replaces_a_file, make_device),
        cmocka_unit_test_setup(a_new_device_does_not_inherit_a_deleted_ones_log, make_device),
        cmocka_unit_test_setup(create_in_a_missing_folder_says_so, make_device),
        cmocka_unit_test_setup(every_part_survives_commit_and_reopen, make_device),
        cmocka_unit_test_setup(an_erased_sector_needs_no_row, make_device),
        cmocka_unit_test_setup(what_was_not_committed_is_not_there, make_device),
        cmocka_unit_test_setup(read_only_changes_nothing, make_device),
        cmocka_unit_test_setup(a_second_simulator_is_refused, make_device),
        cmocka_unit_test_setup(two_readers_may_share_a_device, make_device),
        cmocka_unit_test_setup(events_are_read_back_while_the_device_is_in_use, make_device),
        cmocka_unit_test_setup(too_many_events_are_counted_not_kept, make_device),
        cmocka_unit_test_setup(a_damaged_journal_is_refused, make_device),
        cmocka_unit_test_setup(foreign_files_are_refused_untouched, make_device),
        cmocka_unit_test_setup(changed_content_is_refused_untouched, make_device),
        cmocka_unit_test_setup(a_truncated_file_is_refused_at_every_length, make_device),
        cmocka_unit_test_setup(a_flipped_byte_never_changes_the_state_unseen, make_device),
        cmocka_unit_test_setup(a_killed_simulator_leaves_the_last_commit, make_device),
    };
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    (void)snprintf(path, sizeof path, "%s/device.gar", folder);
    const int failed = cmocka_run_group_tests_name("store", tests, NULL, NULL);
    empty_folder();
    (void)rmdir(folder);
    return failed;
}
