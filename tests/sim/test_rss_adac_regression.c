/* Regressions by debug authentication: that they run, what they leave, and power cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adac_chip.h"

/** Lets a regression run to its end: resets and boots as they come. */
static void run_regression(struct sim *sim, uint8_t end)
{
    for (unsigned i = 0; i < 2000000u && adac_chip_state(sim) != end; i++) {
        uint32_t vectors = 0;
        if (sim->boot_pending) {
            (void)!sim_boot(sim, &vectors);
        }
        sim_advance(sim, 1000);
    }
    assert_int_equal(adac_chip_state(sim), end);
}

static void expect_regressed(struct sim *sim, bool full)
{
    const struct sim_nv *nv = sim->nv;
    assert_int_equal(nv->flash[0], full ? 0xFF : 0x00); /* Secure code. */
    assert_int_equal(nv->flash[0x100000], 0xFF);
    assert_int_equal(adac_chip_option(sim, "OPTSR2") >> 24, full ? 0xC3 : 0xB4);
    assert_int_equal(nv->obk_cell[nv->obk_current][0x10],
                     full ? NV_CELL_VIRGIN : NV_CELL_PROGRAMMED);
}

static void regressions_run_and_end_in_their_state(void **state)
{
    static const uint8_t mark[16] = {0xAB};
    (void)state;
    for (unsigned full = 0; full < 2; full++) {
        struct sim *sim = adac_chip_make(false, true);
        struct sim_error error;
        assert_int_equal(sim_poke(sim, FLASH_NS + 0x100000, mark, sizeof mark, &error), SIM_OK);
        assert_true(adac_chip_session(sim));
        assert_int_equal(adac_chip_authenticate(sim, full != 0 ? FULL : PARTIAL), OK);
        assert_int_equal(adac_chip_refusals, 0);
        run_regression(sim, full != 0 ? OPEN : TZ_CLOSED);
        expect_regressed(sim, full != 0);
        sim_close(sim);
    }
}

static void regressions_survive_cuts(void **state)
{
    (void)state;
    unsigned began = 0;
    unsigned not_begun = 0;
    for (uint64_t after = 0; after < 30u; after++) {
        struct sim *sim = adac_chip_make(false, true);
        assert_true(adac_chip_session(sim));
        adac_chip_authenticate_and_leave(sim, FULL);
        sim_advance(sim, after * 10000u);
        sim_power_on(sim);
        if (adac_chip_state(sim) ==
            CLOSED) { /* The option bytes were not written: nothing has begun. */
            assert_int_equal(sim->nv->flash[0], 0x00);
            assert_false(adac_chip_access(sim).access_port);
            assert_true(adac_chip_session(sim));
            assert_int_equal(adac_chip_authenticate(sim, FULL), OK);
            not_begun++;
        } else {
            began++;
        }
        run_regression(sim, OPEN);
        expect_regressed(sim, true);
        sim_close(sim);
    }
    assert_true(began > 4 && not_begun > 4);
}

static void a_regression_waits_for_its_answer_to_be_read(void **state)
{
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    assert_true(adac_chip_session(sim));
    adac_chip_authenticate_and_leave(sim, FULL);
    adac_chip_pass(sim, 100 * (uint64_t)WORK);
    assert_int_equal(adac_chip_state(sim), CLOSED); /* What is written is loaded by a reset. */
    sim_probe_reset(sim);                           /* Any reset will do. */
    run_regression(sim, OPEN);
    sim_close(sim);
}

static void a_host_that_reads_at_once_does_not_cut_it(void **state)
{
    unsigned words = 0;
    uint32_t word = 0;
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    assert_true(adac_chip_session(sim));
    adac_chip_authenticate_and_leave(sim, FULL);
    for (unsigned i = 0; i < 1000u && words < 2u; i++) { /* Writing option bytes takes longer. */
        sim_advance(sim, 100);
        words += sim_probe_receive(sim, &word) ? 1 : 0;
    }
    assert_int_equal(words, 2);
    run_regression(sim, OPEN);
    sim_close(sim);
}

static void password_regresses_without_trustzone(void **state)
{
    uint8_t data[24];
    struct answer answer;
    (void)state;
    struct sim *sim = adac_chip_make(false, false);
    assert_true(adac_chip_session(sim));
    assert_int_equal(adac_chip_authenticate(sim, FULL), UNSUPPORTED);
    for (unsigned wrong = 2; wrong-- > 0;) {
        (void)adac_add_tlv(data, 0, 0x8000, adac_chip_password, 16);
        data[8] ^= (uint8_t)wrong;
        assert_int_equal(adac_chip_ask(sim, START, NULL, 0, &answer), OK);
        assert_int_equal(adac_chip_ask(sim, RESPONSE, data, sizeof data, &answer),
                         wrong != 0 ? FAILED : OK);
    }
    run_regression(sim, OPEN);
    assert_int_equal(sim->nv->flash[0], 0xFF);
    sim_close(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regressions_run_and_end_in_their_state),
        cmocka_unit_test(regressions_survive_cuts),
        cmocka_unit_test(a_regression_waits_for_its_answer_to_be_read),
        cmocka_unit_test(a_host_that_reads_at_once_does_not_cut_it),
        cmocka_unit_test(password_regresses_without_trustzone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
