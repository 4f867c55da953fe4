/*
 * Which updates are installed, which are refused before anything is touched, and what comes back.
 */
#include "base/bytes.h"
#include "install_fixture.h"

#include "support/test.h"

static void an_accepted_set_stays(void **state)
{
    const struct scene *scene = &scenes[3];
    (void)state;
    set_up_images(false);
    stage_set(scene);
    assert_int_equal(boot(), GARRISON_OK);
    set_state(scene, JOURNAL_UPDATED);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(boot(), GARRISON_OK);
        assert_true(active_are(bench.renewed, scene->set));
    }
}

static void a_rejected_set_goes_back_and_says_so(void **state)
{
    const struct scene *scene = &scenes[3];
    (void)state;
    set_up_images(false);
    stage_set(scene);
    assert_int_equal(boot(), GARRISON_OK);
    set_state(scene, JOURNAL_REJECTED);
    assert_int_equal(boot(), GARRISON_OK);
    const struct journal journal = open_journal();
    assert_int_equal(journal.component[MANAGER].reason,
                     garrison_status_index(GARRISON_ERROR_REJECTED));
    assert_true(active_are(bench.old, 7));
}

static void roles_and_components_have_each_others_numbers(void **state)
{
    uint32_t count = 0;
    (void)state;
    for (uint32_t role = 0; role < 0x200; role++) {
        const uint32_t component = install_component(role);
        if (component == INSTALL_COMPONENT_NONE) {
            continue;
        }
        assert_in_range(component, 0, INSTALL_COMPONENTS - 1u);
        assert_int_equal(install_role(component), role);
        count++;
    }
    assert_int_equal(count, INSTALL_COMPONENTS);
    assert_int_equal(install_component(IMAGE_ROLE_IROT), INSTALL_COMPONENT_NONE);
    assert_int_equal(install_component(UINT32_MAX), INSTALL_COMPONENT_NONE);
}

/** Refused before anything is touched: no operation on the slots, and the reason in the journal. */
static void expect_refused(const struct scene *scene, enum garrison_status reason)
{
    const uint64_t operations = bench.slots.programmed + bench.slots.erased;
    assert_int_equal(boot(), GARRISON_OK);
    assert_int_equal(bench.slots.programmed + bench.slots.erased, operations);
    assert_true(active_are(bench.old, 7));
    const struct journal journal = open_journal();
    for (uint32_t i = 0; i < 3; i++) {
        if ((1u << i & scene->set) != 0) {
            assert_int_equal(journal.component[i].state, JOURNAL_FAILED);
            assert_int_equal(journal.component[i].reason, garrison_status_index(reason));
        }
    }
}

static void a_set_is_refused_for_one_bad_image(void **state)
{
    const struct scene *scene = &scenes[3];
    struct image_dependency dependency = {.role = IMAGE_ROLE_MANAGER, .version = {3, 0, 0, 0}};
    set_up_images(false);
    /* A body that was changed, an old counter, a wrong owner, a version that is not there. */
    bench.renewed[APPLICATION].bytes[0x30] ^= 1u;
    stage_set(scene);
    expect_refused(scene, GARRISON_ERROR_DIGEST);

    begin_anew(state);
    bench.counters.counter[APPLICATION] = 1;
    bench.counters.counter[MANAGER] = 1;
    make(&bench.renewed[MANAGER], MANAGER, 0, 80, false, NULL);
    stage_set(scene);
    expect_refused(scene, GARRISON_ERROR_STALE);

    begin_anew(state);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 80, false, &dependency);
    stage_set(scene);
    expect_refused(scene, GARRISON_ERROR_DEPENDENCY);
    dependency.version.major = 2;
    begin_anew(state);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 80, false, &dependency);
    stage_set(scene);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.renewed, scene->set));
}

/** Signed, and no part of the permission is left: to start it would take more than one fault. */
static void what_is_signed_and_may_not_start_has_no_verdict(void **state)
{
    static struct install_image found;
    struct hardened_verdict verdict = HARDENED_REFUSED;
    (void)state;
    set_up_images(false);
    stage_set(&scenes[APPLICATION]);
    struct journal journal = open_journal();
    const struct install install = install_with(&journal);
    assert_int_equal(install_verify(&install, APPLICATION, &found, &verdict), GARRISON_OK);
    assert_true(hardened_granted(&verdict));
    bench.counters.counter[APPLICATION] = 2;
    assert_int_equal(install_verify(&install, APPLICATION, &found, &verdict), GARRISON_ERROR_STALE);
    assert_int_not_equal(verdict.yes, HARDENED_YES);
    assert_int_not_equal(verdict.not_yes, ~HARDENED_YES);
}

/** Its own needs are met; those of the application, which stays, would be no more. */
static void an_image_that_another_needs_newer_does_not_come(void **state)
{
    const struct image_dependency dependency = {.role = IMAGE_ROLE_MANAGER,
                                                .version = {2, 0, 0, 0}};
    for (uint8_t major = 1; major <= 2; major++) {
        begin_anew(state);
        make(&bench.old[APPLICATION], APPLICATION, 1, 60, false, &dependency);
        make(&bench.renewed[MANAGER], MANAGER, major, 80, false, NULL);
        stage_set(&scenes[MANAGER]);
        if (major == 1) {
            expect_refused(&scenes[MANAGER], GARRISON_ERROR_DEPENDENCY);
            continue;
        }
        assert_int_equal(boot(), GARRISON_OK);
        assert_true(is_active(&bench.renewed[MANAGER], MANAGER));
    }
}

/** The uROT, too, though it is installed before the others are looked at. */
static void a_urot_that_needs_a_newer_manager_waits_for_it(void **state)
{
    struct image_dependency dependency = {.role = IMAGE_ROLE_MANAGER, .version = {1, 0, 1, 0}};
    begin_anew(state);
    make(&bench.renewed[UROT], UROT, 2, 80, false, &dependency);
    stage_set(&scenes[UROT]);
    expect_refused(&scenes[UROT], GARRISON_ERROR_DEPENDENCY);
    /* The manager's new image being staged is not enough: it might not stay. */
    begin_anew(state);
    make(&bench.renewed[UROT], UROT, 2, 80, false, &dependency);
    stage_set(&(const struct scene){.set = BIT(UROT) | BIT(MANAGER)});
    set_state(&(const struct scene){.set = BIT(MANAGER)}, JOURNAL_CANDIDATE);
    expect_refused(&scenes[UROT], GARRISON_ERROR_DEPENDENCY);
    dependency.version.revision = 0;
    begin_anew(state);
    make(&bench.renewed[UROT], UROT, 2, 80, false, &dependency);
    stage_set(&scenes[UROT]);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(is_active(&bench.renewed[UROT], UROT));
}

/** Nor does it come where another that stays needs a newer one, unless there is no good one. */
static void a_urot_that_another_needs_newer_does_not_come(void **state)
{
    const struct image_dependency dependency = {.role = IMAGE_ROLE_UROT, .version = {2, 0, 0, 0}};
    for (uint8_t major = 1; major <= 2; major++) {
        begin_anew(state);
        make(&bench.old[MANAGER], MANAGER, 1, 60, false, &dependency);
        make(&bench.renewed[UROT], UROT, major, 80, false, NULL);
        stage_set(&scenes[UROT]);
        if (major == 1) {
            expect_refused(&scenes[UROT], GARRISON_ERROR_DEPENDENCY);
            set_state(&scenes[UROT], JOURNAL_CANDIDATE);
            spoil(UROT);
            assert_int_equal(recover(UROT), GARRISON_OK);
        } else {
            assert_int_equal(boot(), GARRISON_OK);
        }
        assert_true(is_active(&bench.renewed[UROT], UROT));
    }
}

static void a_clear_image_is_refused_where_encrypted_ones_are_asked_for(void **state)
{
    begin_anew(state);
    layout.slot[APPLICATION].flags = LAYOUT_SLOT_ENCRYPTED;
    stage_set(&scenes[3]);
    expect_refused(&scenes[3], GARRISON_ERROR_POLICY);
}

static void an_encrypted_image_is_refused_without_the_key_that_it_is_encrypted_to(void **state)
{
    for (uint32_t i = 0; i < 4; i++) {
        const struct scene *scene = &scenes[4u + i % 2u]; /* the uROT; manager and application */
        begin_anew(state);
        set_up_images(true);
        stage_set(scene);
        bench.no_image_key = i < 2;
        bench.image_key[31] ^= 1;
        expect_refused(scene, GARRISON_ERROR_DECRYPT);
    }
}

/** The key stream that a body was sealed with, which stands at `off` of a component's download slot. */
static void read_stream(uint32_t component, const struct made_image *made, uint32_t off,
                        uint8_t stream[32])
{
    const uint8_t *sealed = bench.slots.bytes + layout.slot[component].download_off + off;
    for (uint32_t i = 0; i < 32; i++) {
        stream[i] = sealed[0x20 + i] ^ made->bytes[0x20 + i];
    }
}

/** Or two of them together would tell what is in both. */
static void no_two_images_are_sealed_alike(void **state)
{
    uint8_t stream[8][32];
    begin_anew(state);
    set_up_images(true);
    for (uint32_t i = 0; i < COUNT_OF(stream); i += 4) {
        stage_set(&scenes[5]);
        assert_int_equal(boot(), GARRISON_OK);
        read_stream(MANAGER, &bench.old[MANAGER], 0, stream[i]);
        read_stream(APPLICATION, &bench.old[APPLICATION], 0, stream[i + 1]);
        assert_int_equal(boot(), GARRISON_OK); /* nobody has accepted them */
        read_stream(MANAGER, &bench.renewed[MANAGER], SECTOR, stream[i + 2]);
        read_stream(APPLICATION, &bench.renewed[APPLICATION], SECTOR, stream[i + 3]);
        assert_true(active_are(bench.old, scenes[5].set));
    }
    for (uint32_t a = 0; a < COUNT_OF(stream); a++) {
        assert_false(bytes_all(stream[a], 32, 0));
        for (uint32_t b = 0; b < a; b++) {
            assert_memory_not_equal(stream[a], stream[b], 32);
        }
    }
}

static void an_image_larger_than_its_slot_is_refused(void **state)
{
    begin_anew(state);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 500, false, NULL);
    make(&bench.old[APPLICATION], APPLICATION, 1, 70, false, NULL);
    layout.slot[APPLICATION].size = SECTOR;
    stage_set(&scenes[3]);
    expect_refused(&scenes[3], GARRISON_ERROR_BOUNDS);
}

/** Two that share the download area may be staged together as long as they do not meet there. */
static void a_set_whose_images_meet_in_the_download_area_is_refused(void **state)
{
    begin_anew(state);
    layout.slot[MANAGER].download_off = layout.slot[APPLICATION].download_off + 2 * SECTOR;
    stage_set(&scenes[3]);
    expect_refused(&scenes[3], GARRISON_ERROR_FULL);
    begin_anew(state);
    layout.slot[APPLICATION].download_off = layout.slot[MANAGER].download_off + SECTOR;
    stage_set(&scenes[3]);
    expect_refused(&scenes[3], GARRISON_ERROR_FULL);
    begin_anew(state);
    layout.slot[MANAGER].download_off = layout.slot[APPLICATION].download_off + 3 * SECTOR;
    layout.slot[APPLICATION].download_size = 5 * SECTOR;
    stage_set(&scenes[3]);
    const uint16_t set = scenes[3].set;
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.renewed, set));
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.old, set));
}

/** Verified, and bad when it arrives: the set goes back before it was ever started. */
static void an_image_that_rots_under_way_goes_back(void **state)
{
    const struct scene *scene = &scenes[3];
    unsigned met = 0;
    for (uint32_t at = 0; at < 200; at += 7) {
        begin_anew(state);
        stage_set(scene);
        if (!boot_with_cut(at, FLASH_CUT_AFTER)) {
            break;
        }
        /* The last sector of the application that is staged: the signature. */
        flash_emulator_rot(&bench.slots, layout.slot[APPLICATION].download_off + SECTOR + 0x40, 0);
        assert_int_equal(boot(), GARRISON_OK);
        const struct journal journal = open_journal();
        if (journal.component[APPLICATION].state == JOURNAL_FAILED) {
            assert_true(active_are(bench.old, 7));
            if (journal.operation.number > 2) {
                assert_int_equal(journal.component[APPLICATION].reason,
                                 garrison_status_index(GARRISON_ERROR_DIGEST));
                met++;
            }
        } else {
            assert_true(active_are(bench.renewed, scene->set));
        }
    }
    assert_true(met > 0);
}

/*
 * Flash that fails while power stays.
 */

/** Operations of the slots until they fail, all of them, for the rest of a boot. */
static uint32_t good_operations;
static enum garrison_status (*sound_program)(const struct flash_device *, uint32_t, const uint8_t *,
                                             uint32_t);
static enum garrison_status (*sound_erase)(const struct flash_device *, uint32_t, uint32_t);

static bool still_good(void)
{
    if (good_operations == 0) {
        return false;
    }
    good_operations--;
    return true;
}

static enum garrison_status failing_program(const struct flash_device *device, uint32_t off,
                                            const uint8_t *data, uint32_t len)
{
    return still_good() ? sound_program(device, off, data, len) : GARRISON_ERROR_DEVICE;
}

static enum garrison_status failing_erase(const struct flash_device *device, uint32_t off,
                                          uint32_t len)
{
    return still_good() ? sound_erase(device, off, len) : GARRISON_ERROR_DEVICE;
}

/** What a stage does that cannot go on. */
static void boot_and_try_to_recover(void)
{
    struct journal journal;
    static struct install_image found;
    struct hardened_verdict verdict;
    (void)boot();
    for (uint32_t i = 0; i < 3; i++) {
        journal = open_journal();
        const struct install install = install_with(&journal);
        if (install_verify(&install, i, &found, &verdict) != GARRISON_OK) {
            (void)recover(i);
        }
    }
}

/** A boot on flash that fails from that operation on; false if it was through before. */
static bool boot_on_failing_flash(uint32_t at)
{
    sound_program = bench.slots.device.program;
    sound_erase = bench.slots.device.erase;
    bench.slots.device.program = failing_program;
    bench.slots.device.erase = failing_erase;
    good_operations = at;
    boot_and_try_to_recover();
    bench.slots.device.program = sound_program;
    bench.slots.device.erase = sound_erase;
    return good_operations == 0;
}

/** In and back: the next boot goes on where one could not, whatever that one has tried then. */
static void flash_that_fails_for_a_while_costs_no_image(void **state)
{
    static const struct scene *const both[] = {&scenes[3], &scenes[5]};
    static struct snapshot start;
    for (uint32_t i = 0; i < 4; i++) {
        const struct scene *scene = both[i / 2u];
        begin_anew(state);
        set_up_images(scene->encrypted);
        stage_set(scene);
        if (i % 2u != 0) {
            assert_int_equal(boot(), GARRISON_OK);
        }
        save(&start);
        uint32_t at = 0;
        for (; boot_on_failing_flash(at); at++) {
            for (unsigned boots = 0; boots < 2; boots++) {
                assert_int_equal(boot(), GARRISON_OK);
                expect_consistent(scene);
            }
            assert_true(active_are(bench.old, 7));
            restore(&start);
        }
        assert_true(at > 20);
    }
}

/** The old one being in clear, only the new one is anybody's secret: it goes back sealed. */
static void a_first_encrypted_image_goes_back_sealed(void **state)
{
    const struct scene scene = {.set = BIT(MANAGER) | BIT(APPLICATION), .encrypted = true};
    (void)state;
    set_up_images(true);
    for (uint32_t i = MANAGER; i <= APPLICATION; i++) {
        make(&bench.old[i], i, 1, 60 + 100 * i, false, NULL);
    }
    stage_set(&scene);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.renewed, scene.set));
    expect_consistent(&scene);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.old, scene.set));
    expect_consistent(&scene);
}

/** What leaves the active slot is never sealed twice under one number. */
static void each_operation_seals_anew(void **state)
{
    const struct scene *scene = &scenes[5];
    uint16_t last = 0;
    (void)state;
    set_up_images(true);
    for (unsigned i = 0; i < 4; i++) {
        stage_set(scene);
        assert_int_equal(boot(), GARRISON_OK);
        const struct journal journal = open_journal();
        assert_true(journal.component[MANAGER].sealed > last);
        last = journal.component[MANAGER].sealed;
        assert_int_equal(boot(), GARRISON_OK);
    }
}

static void a_revert_can_still_boot_the_old_counter(void **state)
{
    const struct scene *scene = &scenes[2];
    (void)state;
    set_up_images(false);
    bench.counters.counter[APPLICATION] = 1;
    stage_set(scene);
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.renewed, scene->set));
    assert_int_equal(boot(), GARRISON_OK);
    assert_true(active_are(bench.old, 7));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(roles_and_components_have_each_others_numbers),
        TEST(an_accepted_set_stays),
        TEST(a_rejected_set_goes_back_and_says_so),
        TEST(a_set_is_refused_for_one_bad_image),
        TEST(what_is_signed_and_may_not_start_has_no_verdict),
        TEST(a_urot_that_another_needs_newer_does_not_come),
        TEST(a_clear_image_is_refused_where_encrypted_ones_are_asked_for),
        TEST(an_image_that_another_needs_newer_does_not_come),
        TEST(a_urot_that_needs_a_newer_manager_waits_for_it),
        TEST(an_encrypted_image_is_refused_without_the_key_that_it_is_encrypted_to),
        TEST(no_two_images_are_sealed_alike),
        TEST(an_image_larger_than_its_slot_is_refused),
        TEST(a_set_whose_images_meet_in_the_download_area_is_refused),
        TEST(an_image_that_rots_under_way_goes_back),
        TEST(flash_that_fails_for_a_while_costs_no_image),
        TEST(a_first_encrypted_image_goes_back_sealed),
        TEST(each_operation_seals_anew),
        TEST(a_revert_can_still_boot_the_old_counter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
