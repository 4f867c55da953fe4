/*
 * Firmware Update, as a client meets it: each operation in each state against the table of the
 * specification, the boots between them being those of the boot stages; then every argument, right
 * and limit.
 */
#include <string.h>

#include <psa/client.h>

#include "power/update_cells.h"
#include "power/update_fixture.h"
#include "services/update.h"
#include "services/update_protocol.h"
#include "support/test.h"

/** Whether the new image is the one that runs, in that state. */
static bool runs_new(uint8_t state)
{
    return state == PSA_FWU_TRIAL || state == PSA_FWU_REJECTED || state == PSA_FWU_UPDATED;
}

static void expect_cell(enum cell_operation operation, uint32_t component, uint8_t before)
{
    const struct cell expected = cell_expected(operation, component, before);
    const psa_status_t status = cell_do(operation, component);
    psa_fwu_component_info_t info = update_query(component);
    if (status != expected.status || info.state != expected.after || info.error != expected.error) {
        print_error("%s in state %u of component %u: status %d, state %u, error %d\n",
                    cell_names[operation], before, component, (int)status, info.state,
                    (int)info.error);
        fail();
    }
    const bool renewed = runs_new(info.state) || (operation == CELL_CLEAN && runs_new(before) &&
                                                  info.state == PSA_FWU_READY);
    assert_true(is_active(renewed ? &bench.renewed[component] : &bench.old[component], component));
    update_restart();
    info = update_query(component);
    assert_int_equal(info.version.major, renewed ? 2 : 1);
    assert_int_equal(info.state, expected.after);
    assert_int_equal(info.error, expected.error);
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
}

static void every_operation_in_every_state_is_as_specified(void **state)
{
    unsigned cells = 0;
    for (uint32_t component = 0; component < 3; component++) {
        for (unsigned operation = 0; operation < CELL_OPERATIONS; operation++) {
            for (uint8_t before = 0; before < CELL_STATES; before++) {
                update_open_anew(state);
                if (operation == CELL_REBOOT_FAIL && !runs_new(before)) {
                    bench.renewed[component].bytes[40] ^= 1u;
                }
                if (update_bring(component, before)) {
                    expect_cell((enum cell_operation)operation, component, before);
                    cells++;
                }
            }
        }
    }
    /* The uROT is never on trial nor rejected. */
    assert_int_equal(cells, CELL_OPERATIONS * (3 * CELL_STATES - 2));
}

/** What the specification says of one component does not change another one. */
static void others_are_left_alone(void **state)
{
    for (uint8_t before = 0; before < CELL_STATES; before++) {
        update_open_anew(state);
        assert_true(update_bring(MANAGER, before));
        assert_int_equal(update_query(APPLICATION).state, PSA_FWU_READY);
        assert_int_equal(update_query(UROT).state, PSA_FWU_READY);
        assert_int_equal(psa_fwu_finish(PSA_FWU_COMPONENT_APPLICATION), PSA_ERROR_BAD_STATE);
        assert_int_equal(update_query(MANAGER).state, before);
    }
}

static void nothing_is_started_while_an_installation_is_under_way(void **state)
{
    static const uint8_t under_way[] = {PSA_FWU_STAGED, PSA_FWU_TRIAL, PSA_FWU_REJECTED};
    for (uint32_t i = 0; i < COUNT_OF(under_way); i++) {
        update_open_anew(state);
        assert_true(update_bring(MANAGER, under_way[i]));
        assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_APPLICATION, NULL, 0),
                         PSA_ERROR_BAD_STATE);
        assert_int_equal(update_query(APPLICATION).state, PSA_FWU_READY);
    }
}

/** What was begun before the installation can be finished while it is under way, and waits. */
static void nothing_is_installed_while_an_installation_is_under_way(void **state)
{
    static const uint8_t under_way[] = {PSA_FWU_STAGED, PSA_FWU_TRIAL, PSA_FWU_REJECTED};
    for (uint32_t i = 0; i < COUNT_OF(under_way); i++) {
        update_open_anew(state);
        assert_true(update_bring(APPLICATION, PSA_FWU_WRITING));
        assert_true(update_bring(MANAGER, under_way[i]));
        assert_int_equal(psa_fwu_finish(PSA_FWU_COMPONENT_APPLICATION), PSA_SUCCESS);
        assert_int_equal(psa_fwu_install(), PSA_ERROR_BAD_STATE);
        assert_int_equal(update_query(APPLICATION).state, PSA_FWU_CANDIDATE);
        assert_int_equal(update_query(MANAGER).state, under_way[i]);
    }
}

static void a_set_is_installed_accepted_and_rejected_together(void **state)
{
    for (unsigned accepted = 0; accepted < 2; accepted++) {
        update_open_anew(state);
        assert_true(update_bring(MANAGER, PSA_FWU_CANDIDATE));
        assert_true(update_bring(APPLICATION, PSA_FWU_STAGED));
        assert_int_equal(update_query(MANAGER).state, PSA_FWU_STAGED);
        assert_int_equal(update_boot(), GARRISON_OK);
        assert_int_equal(update_query(MANAGER).state, PSA_FWU_TRIAL);
        assert_int_equal(update_query(APPLICATION).state, PSA_FWU_TRIAL);
        if (accepted != 0) {
            assert_int_equal(psa_fwu_accept(), PSA_SUCCESS);
        } else {
            assert_int_equal(psa_fwu_reject(123456), PSA_SUCCESS_REBOOT);
        }
        assert_int_equal(update_boot(), GARRISON_OK);
        for (uint32_t i = MANAGER; i <= APPLICATION; i++) {
            const psa_fwu_component_info_t info = update_query(i);
            assert_int_equal(info.state, accepted != 0 ? PSA_FWU_UPDATED : PSA_FWU_FAILED);
            assert_int_equal(info.error, accepted != 0 ? 0 : 123456);
            assert_true(is_active(accepted != 0 ? &bench.renewed[i] : &bench.old[i], i));
            assert_int_equal(psa_fwu_clean(update_component(i)), PSA_SUCCESS);
        }
    }
}

static void the_urot_is_installed_alone(void **state)
{
    (void)state;
    assert_true(update_bring(MANAGER, PSA_FWU_CANDIDATE));
    assert_true(update_bring(UROT, PSA_FWU_CANDIDATE));
    assert_int_equal(psa_fwu_install(), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(update_query(MANAGER).state, PSA_FWU_CANDIDATE);
    assert_int_equal(update_query(UROT).state, PSA_FWU_CANDIDATE);
    assert_int_equal(psa_fwu_cancel(PSA_FWU_COMPONENT_MANAGER), PSA_SUCCESS);
    assert_int_equal(psa_fwu_install(), PSA_SUCCESS_REBOOT);
    assert_int_equal(update_boot(), GARRISON_OK);
    assert_int_equal(update_query(UROT).state, PSA_FWU_UPDATED);
    assert_true(is_active(&bench.renewed[UROT], UROT));
}

static void each_reason_has_its_error(void **state)
{
    static const struct {
        enum garrison_status reason;
        psa_status_t error;
    } reasons[] = {
        {GARRISON_ERROR_FORMAT, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_BOUNDS, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_BLANK, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_ARGUMENT, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_DIGEST, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_SIGNATURE, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_KEY, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_DECRYPT, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_POLICY, PSA_ERROR_NOT_PERMITTED},
        {GARRISON_ERROR_STALE, PSA_ERROR_NOT_PERMITTED},
        {GARRISON_ERROR_UNSUPPORTED, PSA_ERROR_NOT_SUPPORTED},
        {GARRISON_ERROR_FULL, PSA_ERROR_INSUFFICIENT_STORAGE},
        {GARRISON_ERROR_DEPENDENCY, PSA_ERROR_DEPENDENCY_NEEDED},
        {GARRISON_ERROR_DEVICE, PSA_ERROR_STORAGE_FAILURE},
        {GARRISON_ERROR_MISMATCH, PSA_ERROR_STORAGE_FAILURE},
        {GARRISON_ERROR_UNACCEPTED, PSA_ERROR_GENERIC_ERROR},
        {GARRISON_OK, PSA_SUCCESS},
    };
    (void)state;
    for (uint32_t i = 0; i < COUNT_OF(reasons); i++) {
        struct journal journal = open_journal();
        assert_int_equal(journal_begin(&journal, JOURNAL_NOTHING, BIT(MANAGER), JOURNAL_FAILED,
                                       garrison_status_index(reasons[i].reason)),
                         GARRISON_OK);
        update_restart();
        assert_int_equal(update_query(MANAGER).error, reasons[i].error);
    }
}

/*
 * Arguments.
 */

static void what_does_not_exist_is_told(void **state)
{
    static const psa_fwu_component_t absent[] = {PSA_FWU_COMPONENT_MODULE(0),
                                                 PSA_FWU_COMPONENT_MODULE(7), 12, 200, 255};
    psa_fwu_component_info_t info;
    (void)state;
    for (uint32_t i = 0; i < COUNT_OF(absent); i++) {
        assert_int_equal(psa_fwu_query(absent[i], &info), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(psa_fwu_start(absent[i], NULL, 0), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(psa_fwu_write(absent[i], 0, "x", 1), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(psa_fwu_finish(absent[i]), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(psa_fwu_cancel(absent[i]), PSA_ERROR_DOES_NOT_EXIST);
        assert_int_equal(psa_fwu_clean(absent[i]), PSA_ERROR_DOES_NOT_EXIST);
    }
}

static void the_irot_can_be_looked_at_only(void **state)
{
    psa_fwu_component_info_t info;
    const psa_fwu_component_t irot = PSA_FWU_COMPONENT_IROT;
    (void)state;
    assert_int_equal(psa_fwu_query(irot, &info), PSA_SUCCESS);
    assert_int_equal(info.state, PSA_FWU_READY);
    assert_int_equal(info.version.build, 6);
    assert_int_equal(info.impl.digest[0], 0xEE);
    assert_int_equal(info.max_size, 0);
    assert_int_equal(psa_fwu_start(irot, NULL, 0), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_write(irot, 0, "x", 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_fwu_finish(irot), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_fwu_cancel(irot), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_fwu_clean(irot), PSA_ERROR_BAD_STATE);
}

static void a_slot_without_downloads_is_never_updated(void **state)
{
    (void)state;
    layout.slot[APPLICATION].download_size = 0;
    update_restart();
    assert_int_equal(update_query(APPLICATION).max_size, 0);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_APPLICATION, NULL, 0),
                     PSA_ERROR_NOT_PERMITTED);
}

static void a_detached_manifest_is_refused(void **state)
{
    (void)state;
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, "m", 1), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, "m", 0), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, NULL, SIZE_MAX),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(update_query(MANAGER).state, PSA_FWU_READY);
}

static void blocks_outside_what_may_be_written_are_refused(void **state)
{
    static uint8_t data[PSA_FWU_MAX_WRITE_SIZE + 1];
    const psa_fwu_component_t name = PSA_FWU_COMPONENT_MANAGER;
    (void)state;
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
    const uint32_t max = update_query(MANAGER).max_size;
    assert_int_equal(max, 2 * SECTOR);
    const struct {
        size_t off;
        size_t len;
    } bad[] = {
        {1, 16},
        {8, 16},
        {15, 1},
        {0, 0},
        {0, sizeof data},
        {max, 1},
        {max - 16, 17},
        {16, max},
        {SIZE_MAX, 1},
        {SIZE_MAX - 15, 16},
        {UINT32_MAX - 15, 16},
        {(size_t)UINT32_MAX + 1, 16},
    };
    for (uint32_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(psa_fwu_write(name, bad[i].off, data, bad[i].len),
                         PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(psa_fwu_write(name, 0, NULL, 16), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(update_query(MANAGER).impl.written, 0);
    assert_int_equal(psa_fwu_write(name, max - 16, data, 16), PSA_SUCCESS);
    assert_int_equal(update_query(MANAGER).impl.written, max);
    assert_int_equal(psa_fwu_write(name, 0, data, PSA_FWU_MAX_WRITE_SIZE), PSA_SUCCESS);
    assert_int_equal(psa_fwu_query(name, NULL), PSA_ERROR_INVALID_ARGUMENT);
}

/** Whether nothing stands in the part of a download slot that images use. */
static bool is_blank(uint32_t component)
{
    const struct layout_slot *slot = &layout.slot[component];
    for (uint32_t off = 0; off < slot->download_size; off++) {
        if (bench.slots.bytes[slot->download_off + off] != 0xFF) {
            return false;
        }
    }
    return true;
}

static void what_is_left_of_earlier_images_is_erased(void **state)
{
    uint8_t rest[64];
    memset(rest, 0x3C, sizeof rest);
    for (uint32_t component = 0; component < 3; component++) {
        const psa_fwu_component_t name = update_component(component);
        update_open_anew(state);
        flash_emulator_poke(&bench.slots, layout.slot[component].download_off + SECTOR, rest,
                            sizeof rest);
        assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
        assert_int_equal(update_query(component).impl.written, 0);
        assert_true(is_blank(component));
        assert_int_equal(update_write_image(component, &bench.renewed[component], 64), PSA_SUCCESS);
        assert_int_equal(psa_fwu_cancel(name), PSA_SUCCESS);
        assert_false(is_blank(component));
        assert_int_equal(psa_fwu_clean(name), PSA_SUCCESS);
        assert_true(is_blank(component));
        assert_true(update_bring(component, PSA_FWU_UPDATED));
        assert_false(is_blank(component)); /* the old image; the uROT's staged one */
        assert_int_equal(psa_fwu_clean(name), PSA_SUCCESS);
        assert_true(is_blank(component));
    }
}

static void an_image_of_nothing_fails(void **state)
{
    uint8_t ones[64];
    (void)state;
    memset(ones, 0xFF, sizeof ones);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, NULL, 0), PSA_SUCCESS);
    assert_int_equal(psa_fwu_write(PSA_FWU_COMPONENT_MANAGER, 32, ones, sizeof ones), PSA_SUCCESS);
    assert_int_equal(psa_fwu_finish(PSA_FWU_COMPONENT_MANAGER), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(update_query(MANAGER).state, PSA_FWU_FAILED);
    assert_int_equal(update_query(MANAGER).error, PSA_ERROR_INVALID_ARGUMENT);
}

static psa_status_t request(int32_t type, const void *data, size_t len, psa_outvec *out)
{
    const psa_invec in = {data, len};
    return psa_call(UPDATE_HANDLE, type, &in, 1, out, out != NULL ? 1 : 0);
}

static void messages_have_one_form(void **state)
{
    struct update_request requests[2] = {{.function = UPDATE_QUERY}};
    psa_fwu_component_info_t info[2];
    (void)state;
    for (size_t len = 0; len <= sizeof requests; len++) {
        psa_outvec out = {info, sizeof info[0]};
        assert_int_equal(request(0, requests, len, &out),
                         len == sizeof requests[0] ? PSA_SUCCESS : PSA_ERROR_PROGRAMMER_ERROR);
    }
    for (size_t len = 0; len <= sizeof info; len++) {
        psa_outvec out = {info, len};
        assert_int_equal(request(0, requests, sizeof requests[0], &out),
                         len == sizeof info[0] ? PSA_SUCCESS : PSA_ERROR_PROGRAMMER_ERROR);
    }
    assert_int_equal(request(1, requests, sizeof requests[0], NULL), PSA_ERROR_NOT_SUPPORTED);
    for (uint32_t function = 0; function < 40; function++) {
        requests[0].function = function;
        if (function == 0 || function > UPDATE_ACCEPT) {
            assert_int_equal(request(0, requests, sizeof requests[0], NULL),
                             PSA_ERROR_NOT_SUPPORTED);
        }
    }
}

/*
 * Rights, and clients that meet.
 */

static void who_has_no_right_is_refused(void **state)
{
    psa_fwu_component_info_t info = {.state = 77};
    (void)state;
    assert_true(update_bring(MANAGER, PSA_FWU_CANDIDATE));
    for (unsigned i = 0; i < 2; i++) {
        update_client = i == 0 ? CLIENT_NONE : CLIENT_APPLICATION;
        assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_MANAGER, &info), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, NULL, 0),
                         PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_write(PSA_FWU_COMPONENT_MANAGER, 0, "x", 1),
                         PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_finish(PSA_FWU_COMPONENT_MANAGER), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_cancel(PSA_FWU_COMPONENT_MANAGER), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_clean(PSA_FWU_COMPONENT_MANAGER), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_install(), PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(psa_fwu_request_reboot(), PSA_ERROR_NOT_PERMITTED);
    }
    assert_int_equal(info.state, 77);
    update_client = CLIENT_NONE;
    assert_int_equal(psa_fwu_accept(), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_reject(0), PSA_ERROR_NOT_PERMITTED);
    update_client = CLIENT_OTHER;
    assert_int_equal(psa_fwu_request_reboot(), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(update_resets, 0);
    assert_int_equal(update_query(MANAGER).state, PSA_FWU_CANDIDATE);
}

/** A set with one component that is not the client's is not the client's. */
static void a_right_to_a_part_is_none_to_the_set(void **state)
{
    (void)state;
    assert_true(update_bring(MANAGER, PSA_FWU_CANDIDATE));
    assert_true(update_bring(APPLICATION, PSA_FWU_CANDIDATE));
    update_client = CLIENT_APPLICATION;
    assert_int_equal(psa_fwu_install(), PSA_ERROR_NOT_PERMITTED);
    update_client = CLIENT_ALL;
    assert_int_equal(psa_fwu_install(), PSA_SUCCESS_REBOOT);
    assert_int_equal(update_boot(), GARRISON_OK);
    update_client = CLIENT_APPLICATION;
    assert_int_equal(psa_fwu_accept(), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_reject(1), PSA_ERROR_NOT_PERMITTED);
    update_client = CLIENT_ALL;
    assert_int_equal(update_query(MANAGER).state, PSA_FWU_TRIAL);
    assert_int_equal(psa_fwu_accept(), PSA_SUCCESS);
}

static void who_has_a_right_to_one_component_updates_it(void **state)
{
    (void)state;
    update_client = CLIENT_APPLICATION;
    assert_true(update_bring(APPLICATION, PSA_FWU_UPDATED));
    assert_int_equal(psa_fwu_clean(PSA_FWU_COMPONENT_APPLICATION), PSA_SUCCESS);
    assert_true(is_active(&bench.renewed[APPLICATION], APPLICATION));
}

static void one_client_writes_a_component_at_a_time(void **state)
{
    const psa_fwu_component_t name = PSA_FWU_COMPONENT_MANAGER;
    const struct made_image *made = &bench.renewed[MANAGER];
    (void)state;
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
    assert_int_equal(psa_fwu_write(name, 0, made->bytes, 32), PSA_SUCCESS);
    update_client = CLIENT_OTHER;
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_fwu_write(name, 0, "y", 1), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_finish(name), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_APPLICATION, NULL, 0), PSA_SUCCESS);
    update_client = CLIENT_ALL;
    assert_int_equal(psa_fwu_write(PSA_FWU_COMPONENT_APPLICATION, 0, "y", 1),
                     PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(update_write_image(MANAGER, made, 32), PSA_SUCCESS);
    assert_true(update_is_staged(MANAGER, made));

    /* After a reset it belongs to whoever goes on; and anybody may give it up. */
    update_restart();
    update_client = CLIENT_OTHER;
    assert_int_equal(psa_fwu_write(name, 0, made->bytes, 32), PSA_SUCCESS);
    update_client = CLIENT_ALL;
    assert_int_equal(psa_fwu_finish(name), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_cancel(name), PSA_SUCCESS);
    assert_int_equal(psa_fwu_clean(name), PSA_SUCCESS);
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
    assert_int_equal(psa_fwu_write(name, 0, made->bytes, 32), PSA_SUCCESS);
}

static void a_reboot_is_a_reset_with_all_stored(void **state)
{
    psa_status_t status = 1;
    (void)state;
    assert_true(update_bring(APPLICATION, PSA_FWU_STAGED));
    assert_true(update_reboot_request(&status));
    assert_int_equal(update_resets, 1);
    assert_int_equal(update_query(APPLICATION).state, PSA_FWU_TRIAL);
}

static void encryption_is_told(void **state)
{
    (void)state;
    layout.slot[MANAGER].flags = LAYOUT_SLOT_ENCRYPTED;
    update_restart();
    assert_int_equal(update_query(MANAGER).flags, PSA_FWU_FLAG_ENCRYPTION);
    assert_int_equal(update_query(APPLICATION).flags, 0);
}

/*
 * What the flash may do.
 */

static void a_journal_that_cannot_be_read_refuses_everything(void **state)
{
    /* "GAJL", version 2, sequence 9, CRC-32 of the twelve bytes and the sequence. */
    static const uint8_t newer[16] = {0x47, 0x41, 0x4A, 0x4C, 2,    0,    0,    0,
                                      9,    0,    0,    0,    0x4B, 0x2A, 0xF9, 0x76};
    psa_fwu_component_info_t info;
    (void)state;
    flash_emulator_poke(&bench.journal, 0, newer, sizeof newer);
    update_restart();
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_MANAGER, &info), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, NULL, 0), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_fwu_install(), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_MODULE(1), &info), PSA_ERROR_DOES_NOT_EXIST);
}

static void a_device_without_layout_updates_nothing(void **state)
{
    psa_fwu_component_info_t info;
    const psa_fwu_image_version_t version = {1, 2, 3, 4};
    const uint8_t digest[32] = {5};
    (void)state;
    update_note_layout(NULL);
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_MANAGER, &info), PSA_ERROR_DOES_NOT_EXIST);
    update_note_installed(PSA_FWU_COMPONENT_MANAGER, version, digest, 100);
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_MANAGER, &info), PSA_SUCCESS);
    assert_int_equal(info.max_size, 0);
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_MANAGER, NULL, 0), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_fwu_install(), PSA_ERROR_BAD_STATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_update, close_bench)

static int open_update(void **state)
{
    const int result = open_bench(state);
    update_open();
    return result;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_operation_in_every_state_is_as_specified),
        TEST(others_are_left_alone),
        TEST(nothing_is_started_while_an_installation_is_under_way),
        TEST(nothing_is_installed_while_an_installation_is_under_way),
        TEST(a_set_is_installed_accepted_and_rejected_together),
        TEST(the_urot_is_installed_alone),
        TEST(each_reason_has_its_error),
        TEST(what_does_not_exist_is_told),
        TEST(the_irot_can_be_looked_at_only),
        TEST(a_slot_without_downloads_is_never_updated),
        TEST(a_detached_manifest_is_refused),
        TEST(blocks_outside_what_may_be_written_are_refused),
        TEST(what_is_left_of_earlier_images_is_erased),
        TEST(an_image_of_nothing_fails),
        TEST(messages_have_one_form),
        TEST(who_has_no_right_is_refused),
        TEST(a_right_to_a_part_is_none_to_the_set),
        TEST(who_has_a_right_to_one_component_updates_it),
        TEST(one_client_writes_a_component_at_a_time),
        TEST(a_reboot_is_a_reset_with_all_stored),
        TEST(encryption_is_told),
        TEST(a_journal_that_cannot_be_read_refuses_everything),
        TEST(a_device_without_layout_updates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
