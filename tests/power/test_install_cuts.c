/*
 * Installing updates under power cuts: sets of images, encrypted and not, in and back. Whatever is
 * cut, each boot ends with exactly the old or the new set, every signature valid, and what the
 * journal says is so.
 */
#include "install_fixture.h"

#include "support/test.h"
#include "support/verify_memo.h"

/** Later boots of a set that went in and is not accepted: it comes back, and stays back. */
static void finish(const struct scene *scene)
{
    flash_power_on(&bench.power);
    assert_int_equal(boot(), GARRISON_OK);
    /* The first boot after the cut may already be the one that finds the trial not accepted. */
    expect_consistent(scene);
    assert_int_equal(boot(), GARRISON_OK);
    expect_consistent(scene);
    if ((scene->set & BIT(UROT)) == 0) {
        assert_true(active_are(bench.old, scene->set));
        assert_int_equal(boot(), GARRISON_OK);
        assert_true(active_are(bench.old, 7));
    }
}

static void cut_everywhere(const struct scene *scene, unsigned second_cuts)
{
    static struct snapshot start;
    static struct snapshot middle;
    save(&start);
    for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
        for (uint32_t at = 0; boot_with_cut(at, (enum flash_cut)kind); at++) {
            save(&middle);
            finish(scene);
            for (unsigned i = 0; i < second_cuts; i++) {
                restore(&middle);
                const uint32_t second = (uint32_t)(flash_random(&bench.random) % 400u);
                const uint64_t how = flash_random(&bench.random) % FLASH_CUT_KINDS;
                (void)boot_with_cut(second, (enum flash_cut)how);
                finish(scene);
            }
            restore(&start);
        }
        restore(&start);
    }
}

/** In, on trial, and back because nobody accepts: cut everywhere on both ways. */
static void a_set_comes_or_goes_whole(void **state)
{
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        const struct scene *scene = &scenes[i];
        (void)close_bench(state);
        (void)open_bench(state);
        set_up_images(scene->encrypted);
        stage_set(scene);
        cut_everywhere(scene, 3);
        assert_int_equal(boot(), GARRISON_OK);
        expect_consistent(scene);
        assert_true(active_are(bench.renewed, scene->set));
        const uint64_t forward = bench.cuts;
        if ((scene->set & BIT(UROT)) == 0) {
            cut_everywhere(scene, 3); /* the way back */
        }
        print_message("install: set 0x%X%s: %llu cuts in, %llu back, %llu boots\n", scene->set,
                      scene->encrypted ? ", encrypted" : "", (unsigned long long)forward,
                      (unsigned long long)(bench.cuts - forward), (unsigned long long)bench.boots);
        assert_true(forward > 500);
    }
    assert_true(verify_memo_computed() < 200);
}

/** The journal is not signed: what it says of a swap is held to the slots. */
static void a_swap_larger_than_the_slot_is_given_up(void **state)
{
    const struct layout_slot *slot = &layout.slot[APPLICATION];
    const struct journal_component larger = {
        .state = JOURNAL_STAGED, .size = 300, .sectors = (uint16_t)(slot->size / SECTOR + 1u)};
    (void)state;
    set_up_images(false);
    stage_set(&scenes[APPLICATION]);
    struct journal journal = open_journal();
    assert_int_equal(journal_set(&journal, APPLICATION, &larger), GARRISON_OK);
    assert_int_equal(journal_begin(&journal, JOURNAL_INSTALL, BIT(APPLICATION), JOURNAL_STAGED, 0),
                     GARRISON_OK);
    const uint64_t operations = bench.slots.programmed + bench.slots.erased;
    assert_int_equal(boot(), GARRISON_OK);
    assert_int_equal(bench.slots.programmed + bench.slots.erased, operations);
    journal = open_journal();
    assert_int_equal(journal.component[APPLICATION].state, JOURNAL_FAILED);
    assert_int_equal(journal.component[APPLICATION].reason,
                     garrison_status_index(GARRISON_ERROR_FORMAT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_swap_larger_than_the_slot_is_given_up, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(a_set_comes_or_goes_whole, open_bench, close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
