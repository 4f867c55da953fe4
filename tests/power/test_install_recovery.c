/*
 * What takes the place of an active image that is no longer any good, and what does not.
 */
#include "install_fixture.h"

#include "support/test.h"

static void a_spoilt_image_gives_way_to_the_old_one(void **state)
{
    static const struct scene *const both[] = {&scenes[3], &scenes[5]};
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        begin_anew(state);
        set_up_images(both[i]->encrypted);
        stage_set(both[i]);
        assert_int_equal(boot(), GARRISON_OK);
        set_state(both[i], JOURNAL_UPDATED);
        spoil(APPLICATION);
        assert_int_equal(boot(), GARRISON_ERROR_DEVICE);
        assert_int_equal(recover(APPLICATION), GARRISON_OK);
        assert_int_equal(boot(), GARRISON_OK);
        assert_true(is_active(&bench.old[APPLICATION], APPLICATION));
        assert_true(is_active(&bench.renewed[MANAGER], MANAGER));
    }
}

/** An old image comes back beside new ones only if they can do with each other. */
static void the_old_image_is_not_taken_where_dependencies_would_break(void **state)
{
    for (uint32_t i = 0; i < 4; i++) {
        const struct image_dependency dependency = {.role = i % 2u == 0 ? IMAGE_ROLE_MANAGER
                                                                        : IMAGE_ROLE_APPLICATION,
                                                    .version = {2, 0, 0, 0}};
        const uint32_t needing = i % 2u == 0 ? APPLICATION : MANAGER;
        const uint32_t needed = MANAGER + APPLICATION - needing;
        const uint32_t gone = i < 2 ? needing : needed;
        begin_anew(state);
        /* Of more sectors than one, or the new one could be had again. */
        make(&bench.renewed[needing], needing, 2, 520, false, &dependency);
        make(&bench.renewed[needed], needed, 2, 520, false, NULL);
        stage_set(&scenes[3]);
        assert_int_equal(boot(), GARRISON_OK);
        set_state(&scenes[3], JOURNAL_UPDATED);
        spoil(gone);
        /* The new one that needs the other may be replaced; the one that is needed may not. */
        assert_int_equal(recover(gone), i < 2 ? GARRISON_OK : GARRISON_ERROR_BLANK);
    }
}

/** All of a trial comes back at the next boot, not one of it now. */
static void no_member_of_a_trial_is_recovered_alone(void **state)
{
    begin_anew(state);
    stage_set(&scenes[3]);
    assert_int_equal(boot(), GARRISON_OK);
    spoil(APPLICATION);
    assert_int_equal(recover(APPLICATION), GARRISON_ERROR_BLANK);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.old, 7));
}

/** Overwritten by a rescue, or the journal's word unsound: the set stays, and stays unaccepted. */
static void what_cannot_go_back_stays_on_trial(void **state)
{
    for (uint32_t i = 0; i < 4; i++) {
        begin_anew(state);
        stage_set(&scenes[3]);
        assert_int_equal(boot(), GARRISON_OK);
        struct journal journal = open_journal();
        struct journal_component component = journal.component[APPLICATION];
        component.sectors = i < 2 ? 0 : 1000;
        assert_int_equal(journal_set(&journal, APPLICATION, &component), GARRISON_OK);
        if (i % 2u != 0) {
            set_state(&scenes[3], JOURNAL_REJECTED);
        }
        for (unsigned boots = 0; boots < 2; boots++) {
            assert_int_equal(boot(), GARRISON_OK);
            journal = open_journal();
            assert_int_equal(journal.component[APPLICATION].state, JOURNAL_TRIAL);
            assert_int_equal(journal.component[MANAGER].state, JOURNAL_TRIAL);
            assert_true(active_are(bench.renewed, scenes[3].set));
        }
    }
}

static void the_old_image_is_not_taken_below_the_counter(void **state)
{
    begin_anew(state);
    stage_set(&scenes[3]);
    assert_int_equal(boot(), GARRISON_OK);
    set_state(&scenes[3], JOURNAL_UPDATED);
    bench.counters.counter[APPLICATION] = 2;
    spoil(APPLICATION);
    assert_int_equal(recover(APPLICATION), GARRISON_ERROR_BLANK);
}

static void a_spoilt_image_gives_way_to_a_staged_one(void **state)
{
    for (uint32_t component = 0; component < 3; component++) {
        begin_anew(state);
        stage_set(&scenes[component]);
        set_state(&scenes[component], JOURNAL_CANDIDATE);
        spoil(component);
        assert_int_equal(recover(component), GARRISON_OK);
        for (unsigned i = 0; i < 2; i++) {
            assert_int_equal(boot(), GARRISON_OK);
            assert_true(is_active(&bench.renewed[component], component));
        }
    }
}

/** Better an image that another one would want newer than none. */
static void a_spoilt_image_gives_way_to_one_that_another_needs_newer(void **state)
{
    const struct image_dependency dependency = {.role = IMAGE_ROLE_MANAGER,
                                                .version = {3, 0, 0, 0}};
    begin_anew(state);
    make(&bench.old[APPLICATION], APPLICATION, 1, 60, false, &dependency);
    stage_set(&scenes[MANAGER]);
    set_state(&scenes[MANAGER], JOURNAL_CANDIDATE);
    spoil(MANAGER);
    assert_int_equal(recover(MANAGER), GARRISON_OK);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(is_active(&bench.renewed[MANAGER], MANAGER));
}

/**
 * There is nothing that a trial could go back to, so whatever cuts come between, the next boots find
 * the image that was staged, and no trial to be accepted.
 */
static void a_recovery_that_is_cut_needs_no_trial(void **state)
{
    static struct snapshot before;
    for (unsigned encrypted = 0; encrypted < 2; encrypted++) {
        const struct scene staged = {.set = BIT(APPLICATION), .encrypted = encrypted != 0};
        bool cut = true;
        uint32_t at = 0;
        begin_anew(state);
        set_up_images(staged.encrypted);
        stage_set(&staged);
        set_state(&staged, JOURNAL_CANDIDATE);
        spoil(APPLICATION);
        save(&before);
        for (; cut; at++) {
            restore(&before);
            flash_power_arm(&bench.power, at, FLASH_CUT_AFTER);
            const enum garrison_status status = recover(APPLICATION);
            cut = bench.power.off;
            flash_power_on(&bench.power);
            assert_true(cut || status == GARRISON_OK);
            struct journal journal = open_journal();
            const bool begun = journal.operation.kind != JOURNAL_NOTHING;
            assert_int_equal(install_is_due(&journal, BIT(APPLICATION)), begun);
            assert_false(install_is_due(&journal, BIT(MANAGER)));
            for (unsigned boots = 0; boots < 3; boots++) {
                if (boot() != GARRISON_OK) {
                    assert_int_equal(boots, 0); /* the cut was before anything was begun */
                    assert_int_equal(recover(APPLICATION), GARRISON_OK);
                }
                assert_true(is_active(&bench.renewed[APPLICATION], APPLICATION));
            }
            journal = open_journal();
            assert_int_equal(journal.component[APPLICATION].state, JOURNAL_UPDATED);
            assert_false(install_is_due(&journal, BIT(APPLICATION)));
        }
        assert_true(at > 20);
    }
}

static void nothing_to_recover_with_is_told(void **state)
{
    for (uint32_t component = 0; component < 3; component++) {
        begin_anew(state);
        stage_set(&scenes[component]);
        set_state(&scenes[component], JOURNAL_CANDIDATE);
        spoil(component);
        flash_emulator_rot(&bench.slots, layout.slot[component].download_off + SECTOR, 0);
        flash_emulator_rot(&bench.slots, layout.slot[component].download_off, 0);
        const uint64_t operations = bench.slots.programmed + bench.slots.erased;
        assert_int_equal(recover(component), GARRISON_ERROR_BLANK);
        assert_int_equal(bench.slots.programmed + bench.slots.erased, operations);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_spoilt_image_gives_way_to_the_old_one),
        TEST(the_old_image_is_not_taken_where_dependencies_would_break),
        TEST(no_member_of_a_trial_is_recovered_alone),
        TEST(what_cannot_go_back_stays_on_trial),
        TEST(the_old_image_is_not_taken_below_the_counter),
        TEST(a_spoilt_image_gives_way_to_a_staged_one),
        TEST(a_spoilt_image_gives_way_to_one_that_another_needs_newer),
        TEST(a_recovery_that_is_cut_needs_no_trial),
        TEST(nothing_to_recover_with_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
