/*
 * The device file: what is committed comes back, for one simulator at a time.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store_fixture.h"

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
    memset(&nv.system[0x8000 + 3 * NV_SECTOR_BYTES + 5], 0x3C, 7);
    nv_touch(&nv, NV_PART_SYSTEM, 0, 1);
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
    change_with_sql("DELETE FROM journal; CREATE TEMP TABLE none(n CHECK(n = 0));"
                    " INSERT INTO none SELECT count(*) FROM flash");
    store = open_device(&again);
    assert_same_state(&nv, &again);
    store_close(store);
}

static void an_irot_that_is_erased_from_system_flash_leaves_no_row(void **state)
{
    (void)state;
    struct store *store = open_device(&nv);
    nv.system[0x8000] = 0;
    nv_touch(&nv, NV_PART_SYSTEM, 0, 1);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    nv.system[0x8000] = 0xFF;
    nv_touch(&nv, NV_PART_SYSTEM, 0, 1);
    assert_int_equal(store_commit(store, &nv, &error), SIM_OK);
    store_close(store);
    change_with_sql("CREATE TEMP TABLE none(n CHECK(n = 0));"
                    " INSERT INTO none SELECT count(*) FROM flash");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_device_reads_back_as_it_was_made, make_device),
        cmocka_unit_test_setup(create_never_replaces_a_file, make_device),
        cmocka_unit_test_setup(a_new_device_does_not_inherit_a_deleted_ones_log, make_device),
        cmocka_unit_test_setup(create_in_a_missing_folder_says_so, make_device),
        cmocka_unit_test_setup(every_part_survives_commit_and_reopen, make_device),
        cmocka_unit_test_setup(an_erased_sector_needs_no_row, make_device),
        cmocka_unit_test_setup(an_irot_that_is_erased_from_system_flash_leaves_no_row, make_device),
        cmocka_unit_test_setup(what_was_not_committed_is_not_there, make_device),
        cmocka_unit_test_setup(read_only_changes_nothing, make_device),
        cmocka_unit_test_setup(a_second_simulator_is_refused, make_device),
        cmocka_unit_test_setup(two_readers_may_share_a_device, make_device),
        cmocka_unit_test_setup(events_are_read_back_while_the_device_is_in_use, make_device),
        cmocka_unit_test_setup(too_many_events_are_counted_not_kept, make_device),
        cmocka_unit_test_setup(a_damaged_journal_is_refused, make_device),
    };
    if (!store_fixture_init()) {
        return 1;
    }
    const int failed = cmocka_run_group_tests_name("store", tests, NULL, NULL);
    store_fixture_fini();
    return failed;
}
