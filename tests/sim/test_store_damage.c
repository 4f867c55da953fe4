/*
 * Device files that are not what they should be are refused and left as they were; and what was
 * committed is there, at whatever moment the simulator was killed.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store_fixture.h"

#define KILL_ROUNDS 60

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
        {"INSERT INTO flash VALUES(256, zeroblob(8192), zeroblob(512))", "not programmed"},
        {"INSERT INTO flash VALUES(259, zeroblob(8192),"
         " CAST(replace(hex(zeroblob(512)), '00', x'01') AS BLOB))",
         "checksum"},
        {"INSERT INTO flash VALUES(260, zeroblob(8192), zeroblob(512))", "out of its range"},
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

static void note_last_boot(void *context, const struct sim_event *event)
{
    (void)context;
    last_boot = event->boot;
}

/**
 * Kills a committing child after `delay_us`, counted from its start or from its first commit.
 * @return the last number that it reported, or `last`
 */
static uint32_t kill_after(unsigned delay_us, bool committing, uint32_t last)
{
    int ends[2];
    uint32_t number = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        commit_for_ever(ends[1]);
    }
    close(ends[1]);
    if (committing) {
        assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
    }
    usleep(delay_us);
    kill(child, SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    while (read(ends[0], &number, sizeof number) == sizeof number) {
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
        last = kill_after((unsigned)(random() % 20000), round % 2 == 1, last);
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
    assert_true(last >= KILL_ROUNDS / 2);
    last_boot = 0;
    assert_int_equal(store_read_events(path, 0, note_boot, NULL, &error), SIM_OK);
    assert_int_equal(last_boot, last);
}

/* Other names for the same file. */

static void a_killed_simulators_last_commit_is_there_behind_a_symlink(void **state)
{
    (void)state;
    char name[80];
    (void)snprintf(name, sizeof name, "%s/other-name", folder);
    assert_int_equal(symlink("device.gar", name), 0);
    for (int read_only = 1; read_only >= 0; read_only--) {
        const uint32_t last = kill_after(1000, true, 0);
        struct store *store = NULL;
        assert_int_equal(store_open(name, read_only != 0, &again, &store, &error), SIM_OK);
        assert_in_range(again.boots, last, last + 1);
        again.boots += 10;
        assert_int_equal(store_commit(store, &again, &error), SIM_OK);
        store_close(store);
    }
    const uint32_t after = again.boots;
    struct store *store = open_device(&again);
    assert_int_equal(again.boots, after);
    store_close(store);
    (void)kill_after(1000, true, 0);
    last_boot = 0;
    assert_int_equal(store_read_events(name, 1, note_last_boot, NULL, &error), SIM_OK);
    assert_true(last_boot > after);
}

static void a_file_with_a_second_hard_link_is_refused_untouched(void **state)
{
    (void)state;
    char name[80];
    (void)snprintf(name, sizeof name, "%s/other-name", folder);
    assert_int_equal(link(path, name), 0);
    assert_refused("has 2 names (hard links)");
    assert_int_equal(store_read_events(path, 0, note_boot, NULL, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "has 2 names"));
    assert_int_equal(unlink(name), 0);
    store_close(open_device(&again));
}

/* Replacing one. */

static unsigned renames;
static uint32_t last_committed;

/** Stands for the C library's: whoever is killed at this moment leaves the old device, whole. */
int rename(const char *made, const char *to)
{
    char log[80];
    struct sim_nv *old = calloc(1, sizeof *old);
    assert_non_null(old);
    (void)snprintf(log, sizeof log, "%s-wal", to);
    assert_int_not_equal(access(log, F_OK), 0);
    const int fd = open(to, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    (void)close(fd);
    /* Another name for the content, since the lock is held. */
    char copy[80];
    size_t len = 0;
    uint8_t *content = slurp(to, &len);
    (void)snprintf(copy, sizeof copy, "%s/copy", folder);
    spill(copy, content, len);
    free(content);
    struct store *store = NULL;
    assert_int_equal(store_open(copy, true, old, &store, &error), SIM_OK);
    assert_in_range(old->boots, last_committed, last_committed + 1);
    store_close(store);
    assert_int_equal(unlink(copy), 0);
    free(old);
    renames++;
    return renameat(AT_FDCWD, made, AT_FDCWD, to);
}

static void a_replaced_device_is_whole_until_the_new_one_has_its_name(void **state)
{
    (void)state;
    char made[80];
    (void)snprintf(made, sizeof made, "%s/made", folder);
    assert_int_equal(store_create(made, &nv, &error), SIM_OK);
    last_committed = kill_after(20000, true, 0);
    assert_true(files_in_folder() > 2); /* The killed simulator's log is there. */
    renames = 0;
    assert_int_equal(store_replace(made, path, &error), SIM_OK);
    assert_int_equal(renames, 1);
    assert_int_equal(files_in_folder(), 1);
    struct store *store = open_device(&again);
    assert_same_state(&nv, &again);
    store_close(store);
}

static void a_device_in_use_is_not_replaced(void **state)
{
    (void)state;
    char made[80];
    (void)snprintf(made, sizeof made, "%s/made", folder);
    assert_int_equal(store_create(made, &nv, &error), SIM_OK);
    for (int read_only = 0; read_only < 2; read_only++) {
        struct store *store = NULL;
        assert_int_equal(store_open(path, read_only != 0, &again, &store, &error), SIM_OK);
        assert_int_equal(store_replace(made, path, &error), SIM_ERROR_BUSY);
        again.boots = 5;
        assert_int_equal(store_commit(store, &again, &error), SIM_OK);
        store_close(store);
    }
    struct store *store = open_device(&again);
    assert_int_equal(again.boots, 5);
    store_close(store);
    assert_int_equal(store_name_give(made, path, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "exists already"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(foreign_files_are_refused_untouched, make_device),
        cmocka_unit_test_setup(changed_content_is_refused_untouched, make_device),
        cmocka_unit_test_setup(a_truncated_file_is_refused_at_every_length, make_device),
        cmocka_unit_test_setup(a_flipped_byte_never_changes_the_state_unseen, make_device),
        cmocka_unit_test_setup(a_killed_simulator_leaves_the_last_commit, make_device),
        cmocka_unit_test_setup(a_killed_simulators_last_commit_is_there_behind_a_symlink,
                               make_device),
        cmocka_unit_test_setup(a_file_with_a_second_hard_link_is_refused_untouched, make_device),
        cmocka_unit_test_setup(a_replaced_device_is_whole_until_the_new_one_has_its_name,
                               make_device),
        cmocka_unit_test_setup(a_device_in_use_is_not_replaced, make_device),
    };
    if (!store_fixture_init()) {
        return 1;
    }
    const int failed = cmocka_run_group_tests_name("store damage", tests, NULL, NULL);
    store_fixture_fini();
    return failed;
}
