/*
 * A rescue under power cuts: wherever power goes off, and again while going on, the device ends with
 * the image that was sent, and the journal says so.
 */
#include "rescue_fixture.h"

#include "support/test.h"
#include "support/verify_memo.h"

#define TRIES 8u

/** Boots and sends until the device can start; each power cut on the way is followed by power. */
static void rescue_to_the_end(uint32_t missing)
{
    const struct made_image *image = &bench.renewed[missing];
    unsigned tries = 0;
    while (!rescue_boot(missing)) {
        assert_in_range(++tries, 1, TRIES);
        if (!bench.power.off) {
            const enum garrison_status status = rescue_send(missing, image->bytes, image->len);
            assert_true(status == GARRISON_OK || bench.power.off);
        }
        if (bench.power.off) {
            bench.cuts++;
            flash_power_on(&bench.power);
        }
    }
    flash_power_on(&bench.power);
    assert_true(rescue_boot(missing));
    assert_true(is_active(image, missing));
    const struct journal journal = open_journal();
    for (uint32_t i = UROT; i <= APPLICATION; i++) {
        assert_int_equal(journal.component[i].state,
                         i == missing ? JOURNAL_UPDATED : JOURNAL_READY);
        assert_true(i == missing || is_active(&bench.old[i], i));
    }
    assert_int_equal(journal.operation.kind, JOURNAL_NOTHING);
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
}

/** Cuts one operation; what goes on from there is cut again `second_cuts` times. */
static bool cut_one(uint32_t missing, uint32_t at, enum flash_cut cut, unsigned second_cuts)
{
    static struct snapshot middle;
    const struct made_image *image = &bench.renewed[missing];
    flash_power_on(&bench.power);
    flash_power_arm(&bench.power, at, cut);
    if (!rescue_boot(missing) && !bench.power.off) {
        (void)rescue_send(missing, image->bytes, image->len);
        (void)(bench.power.off || rescue_boot(missing));
    }
    if (!bench.power.off) {
        return false;
    }
    bench.cuts++;
    flash_power_on(&bench.power);
    save(&middle);
    rescue_to_the_end(missing);
    for (unsigned i = 0; i < second_cuts; i++) {
        restore(&middle);
        flash_power_arm(&bench.power, (uint32_t)(flash_random(&bench.random) % 150u),
                        (enum flash_cut)(flash_random(&bench.random) % FLASH_CUT_KINDS));
        rescue_to_the_end(missing);
    }
    return true;
}

static void a_rescue_survives_a_cut_at_every_operation(void **state)
{
    static struct snapshot start;
    for (uint32_t missing = UROT; missing <= APPLICATION; missing++) {
        (void)close_bench(state);
        (void)open_bench(state);
        rescue_set_up(missing);
        make(&bench.renewed[missing], missing, 2, 450, false, NULL);
        save(&start);
        const uint64_t before = bench.cuts;
        for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
            for (uint32_t at = 0; cut_one(missing, at, (enum flash_cut)kind, 2); at++) {
                restore(&start);
            }
            restore(&start);
        }
        print_message("component %u: %llu cuts\n", missing,
                      (unsigned long long)(bench.cuts - before));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rescue_survives_a_cut_at_every_operation, open_bench,
                                        close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
