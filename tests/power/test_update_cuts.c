/*
 * Firmware Update under power cuts: at every flash operation of every operation in every state, and
 * of downloads in blocks of any order. A component is in its old or its new state afterwards, what
 * was stored stays stored, and a download that goes on ends with the image as it was sent.
 */
#include <string.h>

#include "support/test.h"
#include "support/verify_memo.h"
#include "update_cells.h"
#include "update_fixture.h"

static struct snapshot start;

static void expect_no_fault(void)
{
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
}

/*
 * Cells.
 */

static bool is_reboot(enum cell_operation operation)
{
    return operation == CELL_REBOOT_OK || operation == CELL_REBOOT_FAIL;
}

/** Whether an installation may have come to this: a trial is over at the next boot. */
static bool is_outcome(const struct cell *expected, const psa_fwu_component_info_t *info)
{
    if (info->state == expected->after) {
        return info->error == expected->error;
    }
    return expected->after == PSA_FWU_TRIAL && info->state == PSA_FWU_FAILED &&
           info->error == PSA_ERROR_GENERIC_ERROR;
}

static void expect_image_of(uint32_t component, uint8_t state, bool was_new)
{
    const bool renewed = state == PSA_FWU_TRIAL || state == PSA_FWU_REJECTED ||
                         state == PSA_FWU_UPDATED || (state == PSA_FWU_READY && was_new);
    assert_true(is_active(renewed ? &bench.renewed[component] : &bench.old[component], component));
}

static void judge_boot(const struct cell *expected, uint32_t component)
{
    assert_int_equal(update_boot(), GARRISON_OK);
    const psa_fwu_component_info_t info = update_query(component);
    assert_true(is_outcome(expected, &info));
    expect_image_of(component, info.state, false);
}

/** Old or new, again after another reset; and what was not done can be done. */
static void judge_call(const struct cell *expected, enum cell_operation operation,
                       uint32_t component, uint8_t before)
{
    update_restart();
    const uint8_t state = update_query(component).state;
    assert_true(state == before || state == expected->after);
    update_restart();
    assert_int_equal(update_query(component).state, state);
    if (state == before) {
        assert_int_equal(cell_do(operation, component), expected->status);
    }
    assert_int_equal(update_query(component).state, expected->after);
    assert_int_equal(update_query(component).error, expected->error);
    expect_image_of(component, expected->after, before == PSA_FWU_UPDATED);
    if (operation == CELL_WRITE) {
        assert_true(update_is_staged(component, &bench.renewed[component]));
    }
}

/** One cut; false if the operation went through before. */
static bool cut_cell(enum cell_operation operation, uint32_t component, uint8_t before, uint32_t at,
                     enum flash_cut cut)
{
    const struct cell expected = cell_expected(operation, component, before);
    restore(&start);
    update_restart();
    flash_power_arm(&bench.power, at, cut);
    if (is_reboot(operation)) {
        const enum garrison_status status = boot();
        assert_true(bench.power.off || status == GARRISON_OK);
    } else {
        const psa_status_t status = cell_do(operation, component);
        assert_true(bench.power.off || status == expected.status);
    }
    if (!bench.power.off) {
        return false;
    }
    bench.cuts++;
    if (is_reboot(operation)) {
        judge_boot(&expected, component);
    } else {
        judge_call(&expected, operation, component, before);
    }
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(i == component ||
                    (is_active(&bench.old[i], i) && update_query(i).state == PSA_FWU_READY));
    }
    expect_no_fault();
    return true;
}

static void every_cell_is_old_or_new_after_a_cut(void **state)
{
    uint64_t cuts = 0;
    unsigned cut_cells = 0;
    for (uint32_t component = 0; component < 3; component++) {
        for (unsigned operation = 0; operation < CELL_OPERATIONS; operation++) {
            for (uint8_t before = 0; before < CELL_STATES; before++) {
                update_open_anew(state);
                if (operation == CELL_REBOOT_FAIL) {
                    if (before != PSA_FWU_STAGED) {
                        continue;
                    }
                    bench.renewed[component].bytes[40] ^= 1u;
                }
                if (!update_bring(component, before)) {
                    continue;
                }
                save(&start);
                for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
                    for (uint32_t at = 0; cut_cell((enum cell_operation)operation, component,
                                                   before, at, (enum flash_cut)kind);
                         at++) {
                    }
                }
                cuts += bench.cuts;
                cut_cells += bench.cuts > 0 ? 1 : 0;
            }
        }
    }
    print_message("update: %llu cuts in %u cells that change something\n", (unsigned long long)cuts,
                  cut_cells);
    assert_true(cuts > 3000);
    /* 11 calls and 4 boots; the uROT has no trial to end. */
    assert_int_equal(cut_cells, 15 + 15 + 11);
}

/*
 * Sets: both or none.
 */

static void a_set_is_cut_as_one(void **state)
{
    static const struct {
        uint8_t before;
        enum cell_operation operation;
    } calls[] = {
        {PSA_FWU_CANDIDATE, CELL_INSTALL},
        {PSA_FWU_STAGED, CELL_REJECT},
        {PSA_FWU_TRIAL, CELL_ACCEPT},
        {PSA_FWU_TRIAL, CELL_REJECT},
    };
    for (uint32_t i = 0; i < COUNT_OF(calls); i++) {
        update_open_anew(state);
        assert_true(update_bring(MANAGER, PSA_FWU_CANDIDATE));
        assert_true(update_bring(APPLICATION, calls[i].before));
        save(&start);
        for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
            for (uint32_t at = 0;; at++) {
                restore(&start);
                update_restart();
                flash_power_arm(&bench.power, at, (enum flash_cut)kind);
                (void)cell_do(calls[i].operation, MANAGER);
                if (!bench.power.off) {
                    break;
                }
                update_restart();
                const psa_fwu_component_info_t info = update_query(MANAGER);
                assert_int_equal(update_query(APPLICATION).state, info.state);
                assert_int_equal(update_query(APPLICATION).error, info.error);
                expect_no_fault();
            }
        }
    }
}

/*
 * Downloads.
 */

#define BLOCKS_MAX 64u

struct block {
    uint32_t off;
    uint32_t len;
    bool wrong; /**< Other bytes are sent; the right ones follow. */
};

static struct {
    struct block block[BLOCKS_MAX];
    uint32_t count;
    uint32_t done; /**< Blocks that were stored. */
} download;

/** An image that takes all of its slot, in blocks of many sizes and any order; some sent twice. */
static void plan_download(void)
{
    struct made_image *made = &bench.renewed[APPLICATION];
    make(made, APPLICATION, 2, 1700, false, NULL);
    download.count = 0;
    for (uint32_t off = 0; off < made->len;) {
        const uint32_t left = made->len - off;
        const uint32_t len = 16u + (uint32_t)(flash_random(&bench.random) % 14u) * 16u;
        download.block[download.count++] =
            (struct block){.off = off, .len = len < left ? len : left};
        off += len;
    }
    for (uint32_t i = download.count - 1u; i > 0; i--) {
        const uint32_t k = (uint32_t)(flash_random(&bench.random) % (i + 1u));
        const struct block block = download.block[i];
        download.block[i] = download.block[k];
        download.block[k] = block;
    }
    for (uint32_t i = 0; i < 3; i++) { /* the first of each */
        assert_true(download.count < BLOCKS_MAX);
        memmove(download.block + 5 * i + 1, download.block + 5 * i,
                (download.count - 5 * i) * sizeof download.block[0]);
        download.block[5 * i].wrong = true;
        download.count++;
    }
    download.done = 0;
}

static psa_status_t send(const struct block *block)
{
    uint8_t data[PSA_FWU_MAX_WRITE_SIZE];
    memcpy(data, bench.renewed[APPLICATION].bytes + block->off, block->len);
    for (uint32_t i = 0; block->wrong && i < block->len; i++) {
        data[i] ^= (uint8_t)(i + 1u);
    }
    return psa_fwu_write(PSA_FWU_COMPONENT_APPLICATION, block->off, data, block->len);
}

/** Goes on from whatever state there is, sending only what was not stored; false at a cut. */
static bool go_on(void)
{
    const psa_fwu_component_t name = PSA_FWU_COMPONENT_APPLICATION;
    psa_fwu_component_info_t info;
    if (psa_fwu_query(name, &info) != PSA_SUCCESS) {
        return false;
    }
    if (info.state == PSA_FWU_READY && psa_fwu_start(name, NULL, 0) != PSA_SUCCESS) {
        return false;
    }
    if (info.state == PSA_FWU_CANDIDATE) {
        return true;
    }
    for (; download.done < download.count; download.done++) {
        if (send(&download.block[download.done]) != PSA_SUCCESS) {
            return false;
        }
    }
    return psa_fwu_finish(name) == PSA_SUCCESS;
}

/** With up to `seconds` more cuts, each somewhere in what is left. */
static bool download_with_cut(uint32_t at, enum flash_cut cut, unsigned seconds)
{
    restore(&start);
    download.done = 0;
    update_restart();
    flash_power_arm(&bench.power, at, cut);
    bool complete = go_on();
    if (complete) {
        return false;
    }
    assert_true(bench.power.off);
    bench.cuts++;
    for (unsigned i = 0; i < seconds && !complete; i++) {
        update_restart();
        flash_power_arm(&bench.power, (uint32_t)(flash_random(&bench.random) % 60u),
                        (enum flash_cut)(flash_random(&bench.random) % FLASH_CUT_KINDS));
        complete = go_on();
        bench.cuts += bench.power.off ? 1 : 0;
    }
    update_restart();
    assert_true(complete || go_on());
    update_restart();
    assert_int_equal(update_query(APPLICATION).state, PSA_FWU_CANDIDATE);
    assert_true(update_is_staged(APPLICATION, &bench.renewed[APPLICATION]));
    expect_no_fault();
    return true;
}

static void a_download_goes_on_after_every_cut(void **state)
{
    uint64_t cuts = 0;
    for (unsigned round = 0; round < 6; round++) {
        update_open_anew(state);
        bench.random += round;
        plan_download();
        save(&start);
        for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
            for (uint32_t at = 0; download_with_cut(at, (enum flash_cut)kind, round % 3u); at++) {
            }
        }
        flash_power_on(&bench.power);
        assert_int_equal(psa_fwu_install(), PSA_SUCCESS_REBOOT);
        assert_int_equal(update_boot(), GARRISON_OK);
        assert_true(is_active(&bench.renewed[APPLICATION], APPLICATION));
        cuts += bench.cuts;
    }
    print_message("update: downloads with %llu cuts\n", (unsigned long long)cuts);
    assert_true(cuts > 10000);
}

/** Where an ordered download has come to is known after a reset; resuming there is enough. */
static void a_client_finds_where_to_go_on(void **state)
{
    const psa_fwu_component_t name = PSA_FWU_COMPONENT_APPLICATION;
    const struct made_image *made = &bench.renewed[APPLICATION];
    (void)state;
    plan_download();
    save(&start);
    for (uint32_t at = 20; at < 100; at++) {
        restore(&start);
        update_restart();
        assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
        flash_power_arm(&bench.power, at, FLASH_CUT_PROGRAM_ECC);
        (void)update_write_image(APPLICATION, made, 64);
        if (!bench.power.off) {
            break;
        }
        update_restart();
        const uint32_t written = update_query(APPLICATION).impl.written;
        assert_true(written <= (made->len + 15u) / 16u * 16u);
        uint32_t off = written / 64u * 64u;
        off -= off >= 64u ? 64u : 0;
        for (; off < made->len; off += 64u) {
            const uint32_t left = made->len - off;
            assert_int_equal(psa_fwu_write(name, off, made->bytes + off, left < 64u ? left : 64u),
                             PSA_SUCCESS);
        }
        assert_true(update_is_staged(APPLICATION, made));
    }
}

/** Of a block that was stored, what is sent again unchanged is there whatever becomes of the rest. */
static void what_is_sent_again_unchanged_is_never_lost(void **state)
{
    const psa_fwu_component_t name = PSA_FWU_COMPONENT_APPLICATION;
    uint8_t data[320];
    uint8_t there[UNIT];
    (void)state;
    plan_download();
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
    memcpy(data, bench.renewed[APPLICATION].bytes, sizeof data);
    assert_int_equal(psa_fwu_write(name, 0, data, sizeof data), PSA_SUCCESS);
    save(&start);
    for (uint32_t off = 0; off < sizeof data; off += 3 * UNIT) { /* every third is another one */
        data[off] ^= 1u;
    }
    for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
        for (uint32_t at = 0;; at++) {
            restore(&start);
            update_restart();
            flash_power_arm(&bench.power, at, (enum flash_cut)kind);
            (void)psa_fwu_write(name, 0, data, sizeof data);
            if (!bench.power.off) {
                assert_true(at > 30);
                break;
            }
            update_restart();
            (void)update_query(APPLICATION);
            for (uint32_t off = 0; off < sizeof data; off += UNIT) {
                const uint32_t place = layout.slot[APPLICATION].download_off + SECTOR + off;
                if (off % (3 * UNIT) != 0) {
                    assert_int_equal(
                        bench.slots.device.read(&bench.slots.device, place, there, UNIT),
                        GARRISON_OK);
                    assert_memory_equal(there, data + off, UNIT);
                }
            }
            expect_no_fault();
        }
    }
}

/** What is stored already costs nothing to send again. */
static void sending_again_programs_nothing(void **state)
{
    (void)state;
    plan_download();
    assert_int_equal(psa_fwu_start(PSA_FWU_COMPONENT_APPLICATION, NULL, 0), PSA_SUCCESS);
    assert_int_equal(update_write_image(APPLICATION, &bench.renewed[APPLICATION], 112),
                     PSA_SUCCESS);
    const uint64_t operations = bench.slots.programmed + bench.slots.erased;
    assert_int_equal(update_write_image(APPLICATION, &bench.renewed[APPLICATION], 80), PSA_SUCCESS);
    assert_int_equal(bench.slots.programmed + bench.slots.erased, operations);
}

static void flash_that_is_worn_is_told(void **state)
{
    static const enum flash_wear wears[] = {FLASH_WEAR_ERASE_FAILS, FLASH_WEAR_PROGRAM_FAILS,
                                            FLASH_WEAR_READS_WRONG};
    const psa_fwu_component_t name = PSA_FWU_COMPONENT_APPLICATION;
    for (uint32_t i = 0; i < COUNT_OF(wears); i++) {
        update_open_anew(state);
        plan_download();
        const uint32_t sector = layout.slot[APPLICATION].download_off / SECTOR + 2u;
        assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
        bench.slots.wear[sector] = (uint8_t)wears[i];
        assert_int_equal(psa_fwu_write(name, 0, bench.renewed[APPLICATION].bytes, SECTOR),
                         PSA_SUCCESS);
        const psa_status_t status =
            psa_fwu_write(name, SECTOR, bench.renewed[APPLICATION].bytes + SECTOR, SECTOR);
        assert_int_equal(status, wears[i] == FLASH_WEAR_ERASE_FAILS ? PSA_SUCCESS
                                                                    : PSA_ERROR_STORAGE_FAILURE);
        assert_int_equal(psa_fwu_cancel(name), PSA_SUCCESS);
        assert_int_equal(psa_fwu_clean(name), wears[i] == FLASH_WEAR_ERASE_FAILS
                                                  ? PSA_ERROR_STORAGE_FAILURE
                                                  : PSA_SUCCESS);
        assert_int_equal(update_query(APPLICATION).state,
                         wears[i] == FLASH_WEAR_ERASE_FAILS ? PSA_FWU_FAILED : PSA_FWU_READY);
    }
}

static int open_update(void **state)
{
    const int result = open_bench(state);
    update_open();
    return result;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_update, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_cell_is_old_or_new_after_a_cut),
        TEST(a_set_is_cut_as_one),
        TEST(a_download_goes_on_after_every_cut),
        TEST(a_client_finds_where_to_go_on),
        TEST(what_is_sent_again_unchanged_is_never_lost),
        TEST(sending_again_programs_nothing),
        TEST(flash_that_is_worn_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
