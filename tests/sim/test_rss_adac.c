/*
 * Debug authentication of a whole chip over its mailbox: what it opens, and hosts that do not keep to
 * the protocol.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adac_chip.h"
#include "dev_dbgmcu.h"

static void each_state_but_locked_answers_a_discovery(void **state)
{
    static const struct {
        uint8_t code;
        bool answers;
        uint32_t hdpl1;
    } rows[] = {{OPEN, true, 1},   {PROVISION, true, 0xFFFFFFFFu},
                {IROT, true, 1},   {TZ_CLOSED, true, 1},
                {CLOSED, true, 1}, {LOCKED, false, 0}};
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer;
        adac_chip_be_in(sim, rows[i].code);
        assert_int_equal(adac_chip_session(sim), rows[i].answers);
        if (!rows[i].answers) {
            assert_string_equal(adac_chip_text,
                                "debug authentication refused: product state LOCKED knows none");
            continue;
        }
        assert_int_equal(adac_chip_ask(sim, DISCOVERY, NULL, 0, &answer), OK);
        assert_int_equal(answer.len, 180);
        assert_memory_equal(answer.data + 28, "\x84\x04\0\0", 4);
        assert_memory_equal(answer.data + 40, sim->nv->uid, 12);
        assert_memory_equal(answer.data + 64, "\x77\x50", 2);
        assert_int_equal(answer.data[88], rows[i].code);
        assert_int_equal(answer.data[139], rows[i].code == OPEN ? 0xF5 : 0xEA);
        assert_memory_equal(answer.data + 151, &rows[i].hdpl1, 4);
    }
    sim_close(sim);
}

static void nothing_starts_while_a_session_lasts(void **state)
{
    (void)state;
    struct sim *sim = adac_chip_make(true, true);
    assert_true(adac_chip_session(sim));
    assert_int_equal(sim_run(sim, 1000000), SIM_STOP_IDLE); /* The boot ROM waits for the host. */
    assert_int_equal(chip_hdpl(sim->chip), 0);
    adac_chip_resume(sim);
    assert_int_equal(chip_hdpl(sim->chip), 1);
    assert_int_equal(sim_run(sim, 1000), SIM_STOP_INSNS);
    assert_in_range(sim_reg_read(sim, SIM_REG_PC), FLASH_S + 8, FLASH_S + 10);
    assert_false(adac_chip_access(sim).access_port);
    sim_close(sim);
}

static void permissions_open_level_and_world(void **state)
{
    static const struct {
        uint16_t asked;
        unsigned level;
        bool secure;
    } rows[] = {{0x10, 1, true},  {0x20, 2, true},  {0x40, 3, true},
                {0x01, 1, false}, {0x02, 2, false}, {0x04, 3, false}};
    static const uint8_t states[] = {IROT, TZ_CLOSED, CLOSED};
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    for (unsigned s = 0; s < 3; s++) {
        for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            const bool by_state = states[s] != CLOSED;
            adac_chip_be_in(sim, states[s]);
            assert_true(adac_chip_session(sim));
            assert_int_equal(adac_chip_authenticate(sim, rows[i].asked), OK);
            adac_chip_resume(sim);
            for (unsigned hdpl = 1; hdpl <= 3; hdpl++) {
                const bool reached = hdpl >= rows[i].level;
                while (chip_hdpl(sim->chip) < hdpl) {
                    chip_hdpl_raise(sim->chip);
                }
                const struct sim_debug_access access = adac_chip_access(sim);
                assert_true(access.access_port);
                assert_int_equal(access.nonsecure, by_state || reached);
                assert_int_equal(access.secure, rows[i].secure && reached);
            }
            sim_probe_reset(sim); /* Volatile. */
            adac_chip_boot(sim);
            assert_int_equal(adac_chip_access(sim).access_port, by_state);
            assert_false(adac_chip_access(sim).secure);
        }
    }
    assert_int_equal(adac_chip_refusals, 0);
    sim_close(sim);
}

static void states_that_open_nothing_say_so(void **state)
{
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    adac_chip_be_in(sim, PROVISION);
    assert_true(adac_chip_session(sim));
    assert_int_equal(adac_chip_authenticate(sim, 0x40), UNAUTHORIZED);
    assert_string_equal(adac_chip_text, "debug authentication refused: debug is not opened by "
                                        "authentication in product state PROVISIONING");
    adac_chip_be_in(sim, OPEN); /* Another key of the hardware: the data cannot be read. */
    assert_true(adac_chip_session(sim));
    assert_int_equal(adac_chip_authenticate(sim, 0x40), UNAUTHORIZED);
    assert_non_null(strstr(adac_chip_text, "no debug-authentication data that is valid in product "
                                           "state OPEN"));
    assert_false(adac_chip_access(sim).hdpl != 0);
    sim_close(sim);
}

static void close_closes(void **state)
{
    struct answer answer;
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    assert_true(adac_chip_session(sim));
    assert_int_equal(adac_chip_authenticate(sim, 0x10), OK);
    assert_true(adac_chip_access(sim).access_port);
    assert_int_equal(adac_chip_ask(sim, LOCK, NULL, 0, &answer), OK);
    assert_false(adac_chip_access(sim).access_port);
    assert_int_equal(adac_chip_access(sim).hdpl, 0);
    adac_chip_resume(sim);
    assert_int_equal(chip_hdpl(sim->chip), 1);
    assert_false(adac_chip_access(sim).nonsecure);
    sim_close(sim);
}

static void challenges_differ_and_old_answers_are_refused(void **state)
{
    struct answer answer;
    uint8_t challenge[4][32];
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    for (unsigned i = 0; i < 4; i++) {
        if (i % 2u == 0) {
            sim_power_on(sim);
            assert_true(adac_chip_session(sim));
        }
        assert_int_equal(adac_chip_ask(sim, START, NULL, 0, &answer), OK);
        memcpy(challenge[i], answer.data + 4, 32);
        for (unsigned j = 0; j < i; j++) {
            assert_memory_not_equal(challenge[i], challenge[j], 32);
        }
    }
    uint8_t chain[ADAC_CHAIN];
    uint8_t token[ADAC_TOKEN];
    uint8_t data[8 + ADAC_TOKEN];
    adac_make_chain(chain);
    for (unsigned i = 0; i < 3; i++) {
        adac_make_token(0x40, challenge[i], 3, token);
        (void)adac_add_tlv(data, 0, 0x0200, token, sizeof token);
        assert_int_equal(adac_chip_ask(sim, START, NULL, 0, &answer), OK);
        assert_int_equal(adac_chip_ask(sim, RESPONSE, chain, sizeof chain, &answer), MORE);
        assert_int_equal(adac_chip_ask(sim, RESPONSE, data, sizeof data, &answer), FAILED);
        assert_non_null(strstr(adac_chip_text, "not signed over this session's challenge"));
    }
    assert_false(adac_chip_access(sim).access_port);
    sim_close(sim);
}

static void data_of_the_wrong_kind_accepts_nothing(void **state)
{
    uint8_t data[24];
    struct answer answer;
    (void)state;
    for (unsigned trustzone = 0; trustzone < 2; trustzone++) {
        struct sim *sim = adac_chip_make(false, trustzone != 0);
        adac_chip_provision(sim, PROVISION, trustzone != 0, 0x5077);
        adac_chip_be_in(sim, CLOSED);
        assert_true(adac_chip_session(sim));
        (void)adac_add_tlv(data, 0, 0x8000, adac_chip_password, 16);
        assert_int_equal(adac_chip_ask(sim, START, NULL, 0, &answer), OK);
        assert_int_not_equal(adac_chip_ask(sim, RESPONSE, data, sizeof data, &answer), OK);
        assert_int_not_equal(adac_chip_authenticate(sim, FULL), OK);
        adac_chip_pass(sim, 100 * (uint64_t)WORK);
        sim_power_on(sim);
        assert_int_equal(adac_chip_state(sim), CLOSED);
        sim_close(sim);
    }
}

static void the_mask_in_obk_holds(void **state)
{
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    adac_chip_provision(sim, PROVISION, false, 0x4004);
    adac_chip_be_in(sim, CLOSED);
    assert_true(adac_chip_session(sim));
    assert_int_equal(adac_chip_authenticate(sim, 0x40), UNAUTHORIZED);
    assert_string_equal(adac_chip_text, "debug authentication refused: level3 not permitted by the "
                                        "chip's debug-authentication data");
    assert_int_equal(adac_chip_authenticate(sim, PARTIAL), UNAUTHORIZED);
    assert_int_equal(adac_chip_authenticate(sim, 0x44), OK);
    assert_non_null(strstr(adac_chip_text, "Non-secure debug from HDPL 3 on"));
    sim_close(sim);
}

static void requests_of_any_length_keep_the_mailbox_going(void **state)
{
    static const uint32_t lengths[] = {257, 300, 1000, 5000};
    struct answer answer;
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    assert_true(adac_chip_session(sim));
    for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        adac_chip_give(sim, RESPONSE << 16);
        adac_chip_give(sim, lengths[i]);
        for (uint32_t at = 0; at < lengths[i]; at++) {
            adac_chip_give(sim, 0xFFFFFFFFu - at);
        }
        adac_chip_answer(sim, &answer);
        assert_int_equal(answer.status, INVALID);
        assert_int_equal(adac_chip_ask(sim, DISCOVERY, NULL, 0, &answer), OK);
    }
    adac_chip_give(sim, RESPONSE << 16); /* More than anybody sends: it goes on listening. */
    adac_chip_give(sim, 0xFFFFFFFFu);
    for (unsigned i = 0; i < 3000; i++) {
        adac_chip_give(sim, i);
    }
    uint32_t word = 0;
    assert_false(sim_probe_receive(sim, &word));
    assert_false(adac_chip_access(sim).access_port);
    assert_true(adac_chip_session(sim));
    assert_int_equal(adac_chip_authenticate(sim, 0x10), OK);
    sim_close(sim);
}

static void the_longest_request_is_kept_whole(void **state)
{
    struct answer answer;
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    assert_true(adac_chip_session(sim));
    adac_chip_give(sim, RESPONSE << 16);
    adac_chip_give(sim, 256);
    for (uint32_t at = 0; at < 256u; at++) {
        adac_chip_give(sim, 0x01020304u * (at + 1u));
    }
    const uint8_t *kept = ((const struct dbgmcu *)sim->chip->dbgmcu)->adac.request;
    for (size_t at = 0; at < 256u; at++) {
        assert_int_equal(adac_load32(kept + 8u + 4u * at), 0x01020304u * ((uint32_t)at + 1u));
    }
    adac_chip_answer(sim, &answer);
    assert_int_equal(answer.status, INVALID);
    sim_close(sim);
}

static void words_that_nobody_took_begin_nothing(void **state)
{
    struct sim_error error;
    uint32_t word = 0;
    (void)state;
    struct sim *sim = adac_chip_make(false, true);
    assert_int_equal(sim_probe_send(sim, MAGIC_HOST ^ 1u, &error), SIM_OK);
    sim_probe_reset(sim);
    adac_chip_boot(sim);
    assert_int_equal(chip_hdpl(sim->chip), 1); /* It has booted, and dropped the word. */
    assert_false(sim_probe_receive(sim, &word));
    assert_int_equal(sim_probe_send(sim, MAGIC_HOST, &error), SIM_OK);
    adac_chip_pass(sim, WORK); /* Not without a reset. */
    assert_false(sim_probe_receive(sim, &word));
    assert_int_not_equal(sim_probe_send(sim, MAGIC_HOST, &error), SIM_OK);
    sim_probe_reset(sim);
    adac_chip_boot(sim);
    assert_true(sim_probe_receive(sim, &word));
    assert_int_equal(word, MAGIC_DEVICE);
    adac_chip_give(sim,
                   DISCOVERY << 16); /* A reset in the middle of a request: no session is left. */
    sim_probe_reset(sim);
    adac_chip_give(sim, 0);
    assert_int_not_equal(sim_probe_send(sim, 0, &error),
                         SIM_OK); /* Nobody takes it before a boot. */
    adac_chip_boot(sim);
    assert_int_equal(chip_hdpl(sim->chip), 1);
    sim_close(sim);
}

static void a_session_goes_on_after_a_snapshot(void **state)
{
    struct sim_snapshot *snapshot = NULL;
    struct sim_error error;
    struct answer answer[2];
    (void)state;
    struct sim *sim = adac_chip_make(true, true);
    assert_true(adac_chip_session(sim));
    adac_chip_give(sim, START << 16);
    assert_int_equal(sim_snapshot_take(sim, &snapshot, &error), SIM_OK);
    for (unsigned i = 0; i < 2; i++) {
        adac_chip_give(sim, 0);
        adac_chip_answer(sim, &answer[i]);
        assert_int_equal(answer[i].status, OK);
        assert_int_equal(adac_chip_authenticate(sim, 0x40), OK);
        adac_chip_resume(sim);
        assert_int_equal(chip_hdpl(sim->chip), 1);
        sim_snapshot_restore(sim, snapshot);
        assert_int_equal(chip_hdpl(sim->chip), 0);
    }
    assert_memory_equal(answer[0].data, answer[1].data, 36);
    sim_snapshot_free(snapshot);
    sim_close(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_but_locked_answers_a_discovery),
        cmocka_unit_test(nothing_starts_while_a_session_lasts),
        cmocka_unit_test(permissions_open_level_and_world),
        cmocka_unit_test(states_that_open_nothing_say_so),
        cmocka_unit_test(close_closes),
        cmocka_unit_test(challenges_differ_and_old_answers_are_refused),
        cmocka_unit_test(data_of_the_wrong_kind_accepts_nothing),
        cmocka_unit_test(the_mask_in_obk_holds),
        cmocka_unit_test(requests_of_any_length_keep_the_mailbox_going),
        cmocka_unit_test(the_longest_request_is_kept_whole),
        cmocka_unit_test(words_that_nobody_took_begin_nothing),
        cmocka_unit_test(a_session_goes_on_after_a_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
