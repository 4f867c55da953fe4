/*
 * The update journal under power cuts: every operation of the flash, every way in which it can be
 * cut, and a second cut when the call is repeated.
 */
#include "store/journal.h"

#include <stdio.h>
#include <string.h>

#include "support/flash_emulator.h"
#include "support/test.h"

#define SECTOR_BYTES 512u
#define SECTORS      2u
#define IMAGE_BYTES  (SECTORS * SECTOR_BYTES + SECTORS * SECTOR_BYTES / 16u)

/** What a journal says, without where it says it. */
struct content {
    struct journal_component component[JOURNAL_COMPONENTS_MAX];
    struct journal_operation operation;
};

typedef enum garrison_status action_fn(struct journal *journal, unsigned round);

static enum garrison_status act_set(struct journal *journal, unsigned round)
{
    const struct journal_component component = {.state = (uint8_t)(round % 8u),
                                                .reason = (uint8_t)round,
                                                .size = 1000u * round + 1u,
                                                .sectors = (uint16_t)(3u * round),
                                                .sealed = (uint16_t)(round ^ 0x5A5Au)};
    return journal_set(journal, round % JOURNAL_COMPONENTS_MAX, &component);
}

static enum garrison_status act_begin(struct journal *journal, unsigned round)
{
    const uint16_t set = (uint16_t)((0x155u << round % 3u) & 0x7FFu);
    return journal_begin(journal, (enum journal_kind)(round % 3u), set,
                         (enum journal_state)(round % 7u + 1u), (uint8_t)(round + 7u));
}

static enum garrison_status act_step(struct journal *journal, unsigned round)
{
    (void)round;
    return journal_step(journal);
}

static action_fn *const actions[] = {act_set, act_begin, act_step};

static struct {
    struct flash_power power;
    struct flash_emulator flash;
    uint64_t cuts;
    uint64_t old;
    uint64_t renewed;
} bench;

static struct content content_of(const struct journal *journal)
{
    struct content content;
    memset(&content, 0, sizeof content);
    memcpy(content.component, journal->component, sizeof content.component);
    content.operation = journal->operation;
    return content;
}

static bool same(const struct content *a, const struct content *b)
{
    bool equal = a->operation.kind == b->operation.kind && a->operation.set == b->operation.set &&
                 a->operation.number == b->operation.number &&
                 a->operation.steps == b->operation.steps;
    for (unsigned i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        equal = equal && a->component[i].state == b->component[i].state &&
                a->component[i].reason == b->component[i].reason &&
                a->component[i].size == b->component[i].size &&
                a->component[i].sectors == b->component[i].sectors &&
                a->component[i].sealed == b->component[i].sealed;
    }
    return equal;
}

static struct journal open_journal(void)
{
    struct journal journal;
    flash_power_on(&bench.power);
    assert_int_equal(journal_open(&journal, &bench.flash.device), GARRISON_OK);
    return journal;
}

static void expect_one_of(const struct content *now, const struct content *before,
                          const struct content *after, enum garrison_status status)
{
    if (same(now, after)) {
        bench.renewed++;
        return;
    }
    assert_true(same(now, before));
    assert_int_not_equal(status, GARRISON_OK);
    bench.old++;
}

/** The journal goes on: further calls, enough for a turn of the ring, are all there afterwards. */
static void expect_that_it_works(void)
{
    struct journal journal = open_journal();
    for (unsigned round = 0; round < 2u * SECTOR_BYTES / 16u; round++) {
        assert_int_equal(act_set(&journal, round), GARRISON_OK);
    }
    const struct content written = content_of(&journal);
    struct journal again = open_journal();
    const struct content read = content_of(&again);
    assert_true(same(&read, &written));
}

/** An action from a given flash, what was before it, and what is to be after it. */
struct scene {
    action_fn *action;
    unsigned round;
    struct content before;
    struct content after;
    uint8_t image[IMAGE_BYTES];
};

/** Cuts the action once; false if it had ended before. */
static bool cut(const struct scene *scene, uint32_t at, enum flash_cut kind)
{
    struct journal journal = open_journal();
    flash_power_arm(&bench.power, at, kind);
    const enum garrison_status status = scene->action(&journal, scene->round);
    if (!bench.power.off) {
        assert_int_equal(status, GARRISON_OK);
        return false;
    }
    bench.cuts++;
    struct journal again = open_journal();
    const struct content now = content_of(&again);
    expect_one_of(&now, &scene->before, &scene->after, status);
    assert_null(bench.flash.fault);
    return true;
}

/** Each second cut of the action repeated after a first one. */
static void cut_again(const struct scene *scene)
{
    uint8_t image[IMAGE_BYTES];
    struct journal journal = open_journal();
    const struct content now = content_of(&journal);
    flash_emulator_save(&bench.flash, image);
    for (unsigned kind = 0; same(&now, &scene->before) && kind < FLASH_CUT_KINDS; kind++) {
        for (uint32_t at = 0; cut(scene, at, (enum flash_cut)kind); at++) {
            flash_emulator_restore(&bench.flash, image);
        }
        flash_emulator_restore(&bench.flash, image);
    }
    expect_that_it_works();
}

static void cut_everywhere(struct scene *scene)
{
    struct journal journal = open_journal();
    scene->before = content_of(&journal);
    flash_emulator_save(&bench.flash, scene->image);
    assert_int_equal(scene->action(&journal, scene->round), GARRISON_OK);
    scene->after = content_of(&journal);
    for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
        flash_emulator_restore(&bench.flash, scene->image);
        for (uint32_t at = 0; cut(scene, at, (enum flash_cut)kind); at++) {
            cut_again(scene);
            flash_emulator_restore(&bench.flash, scene->image);
        }
    }
    flash_emulator_restore(&bench.flash, scene->image);
}

static int open_bench(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    flash_power_init(&bench.power, 1);
    flash_emulator_open(&bench.flash, &bench.power, SECTORS, SECTOR_BYTES, 16);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    flash_emulator_close(&bench.flash);
    return 0;
}

/** From an erased device through more than two turns of the ring, each call cut everywhere. */
static void each_call_has_happened_or_not(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 3u * SECTOR_BYTES / 16u; round++) {
        struct scene scene = {.action = actions[round % COUNT_OF(actions)], .round = round};
        cut_everywhere(&scene);
        struct journal journal = open_journal();
        assert_int_equal(scene.action(&journal, round), GARRISON_OK);
    }
    print_message("journal: %llu cuts, %llu old, %llu new\n", (unsigned long long)bench.cuts,
                  (unsigned long long)bench.old, (unsigned long long)bench.renewed);
    assert_true(bench.old > 1000 && bench.renewed > 1000);
}

static void an_erased_device_says_ready_and_is_not_written_to(void **state)
{
    (void)state;
    struct journal journal = open_journal();
    for (unsigned i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        assert_int_equal(journal.component[i].state, JOURNAL_READY);
    }
    assert_int_equal(journal.operation.kind, JOURNAL_NOTHING);
    assert_int_equal(bench.flash.programmed + bench.flash.erased, 0);
}

static void a_rotten_record_costs_nothing_but_itself(void **state)
{
    (void)state;
    const struct journal_component component = {.state = JOURNAL_TRIAL, .size = 7};
    struct journal journal = open_journal();
    assert_int_equal(journal_set(&journal, 3, &component), GARRISON_OK);
    assert_int_equal(act_set(&journal, 1), GARRISON_OK);
    flash_emulator_rot(&bench.flash, journal.end - 16u, 0);
    journal = open_journal();
    assert_int_equal(journal.component[3].state, JOURNAL_TRIAL);
    assert_int_equal(journal.component[1].state, JOURNAL_READY);
    assert_int_equal(act_set(&journal, 2), GARRISON_OK);
    journal = open_journal();
    assert_int_equal(journal.component[2].size, 2001);
}

static void a_worn_out_sector_is_reported_and_nothing_is_lost(void **state)
{
    (void)state;
    for (unsigned wear = FLASH_WEAR_ERASE_FAILS; wear <= FLASH_WEAR_READS_WRONG; wear++) {
        (void)close_bench(state);
        (void)open_bench(state);
        struct journal journal = open_journal();
        assert_int_equal(act_set(&journal, 0), GARRISON_OK);
        bench.flash.wear[1] = (uint8_t)wear;
        enum garrison_status status = GARRISON_OK;
        struct content last = content_of(&journal);
        for (unsigned round = 1; status == GARRISON_OK && round < 100; round++) {
            last = content_of(&journal);
            status = act_set(&journal, round);
        }
        assert_int_equal(status, GARRISON_ERROR_DEVICE);
        struct journal again = open_journal();
        const struct content now = content_of(&again);
        assert_true(same(&now, &last));
        /* The one that met the failure goes on as well, should the flash recover. */
        bench.flash.wear[1] = FLASH_WEAR_NONE;
        assert_int_equal(act_set(&journal, 200), GARRISON_OK);
        const struct content later = content_of(&journal);
        again = open_journal();
        const struct content read = content_of(&again);
        assert_true(same(&read, &later));
    }
}

static void bad_arguments_are_refused(void **state)
{
    (void)state;
    const struct journal_component good = {.state = JOURNAL_READY};
    const struct journal_component bad = {.state = JOURNAL_UPDATED + 1};
    struct journal journal = open_journal();
    assert_int_equal(journal_set(&journal, JOURNAL_COMPONENTS_MAX, &good), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(journal_set(&journal, 0, &bad), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(journal_begin(&journal, JOURNAL_INSTALL, 0x800, JOURNAL_STAGED, 0),
                     GARRISON_ERROR_ARGUMENT);
    assert_int_equal(journal_begin(&journal, (enum journal_kind)3, 1, JOURNAL_STAGED, 0),
                     GARRISON_ERROR_ARGUMENT);
    assert_int_equal(bench.flash.programmed, 0);
    struct flash_device device = bench.flash.device;
    device.size = SECTOR_BYTES;
    assert_int_equal(journal_open(&journal, &device), GARRISON_ERROR_ARGUMENT);
    device = bench.flash.device;
    device.unit = 8;
    assert_int_equal(journal_open(&journal, &device), GARRISON_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_erased_device_says_ready_and_is_not_written_to,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(each_call_has_happened_or_not, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_rotten_record_costs_nothing_but_itself, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(a_worn_out_sector_is_reported_and_nothing_is_lost,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(bad_arguments_are_refused, open_bench, close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
