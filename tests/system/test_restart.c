/*
 * Partitions that fail in the real manager, in every way there is: the one begins anew, its client
 * gets an error, and everybody else goes on.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "support/partition_lab.h"

#define MARK       0xA77AC4EDu
#define THUMB_CODE 0x47704770u /* what own_code of hostile_partition.h is linked with */

#define RESTARTS              3u
#define SUCCESS               0
#define COMMUNICATION_FAILURE -145

/** Places of hostile_nested.h among the words of an answer. */
#define NESTED_DIRTY  14u
#define NESTED_STATUS 15u

struct failure {
    char letter;
    enum place place;
    uint32_t off;
    const char *said;
};

static const struct failure failures[] = {
    {'r', SPM_RAM_END, (uint32_t)-4, "MemManage at 0x"},
    {'x', OWN_CODE, 0, "MemManage at 0x"},
    {'x', ABSOLUTE, 0x20000000, "SecureFault at 0x"},
    {'r', ABSOLUTE, 0xE000ED9C, "BusFault at 0x"},
    {'u', ABSOLUTE, 0, "UsageFault at 0x"},
    {'k', ABSOLUTE, 0, "HardFault at 0x"},
    {'s', ABSOLUTE, 0, "UsageFault"},
    {'l', OWN_RAM, 8, "UsageFault"},
    {'R', GATE_RAM_END, (uint32_t)-8, "UsageFault"},
    {'R', OWN_RAM_END, 0x400, "MemManage"},
    {'!', ABSOLUTE, 0, "psa_panic"},
    {'n', ABSOLUTE, 0, "supervisor call refused"},
    {'g', ABSOLUTE, 0, "supervisor call refused"},
    {'i', SPM_RAM_END, (uint32_t)-4, "programmer error"},
    {'f', ABSOLUTE, 0, "supervisor call refused"},
};

/** The partition works, and knows nothing of what it was told before. */
static void expect_anew(struct lab *lab, const char *what)
{
    uint32_t words[12];
    if (!lab_attack_again(lab, 'e', 0)) {
        fail_msg("%s: no answer:\n%s\n%s", what, lab->device.uart, lab->device.events);
    }
    lab_answer(lab, words, COUNT_OF(words));
    for (unsigned i = 0; i < COUNT_OF(words); i++) {
        assert_int_equal(words[i], 0);
    }
    assert_null(strstr(lab->device.uart, "changed"));
    assert_int_equal(lab_peek(lab, lab->place[OWN_CODE]), THUMB_CODE);
    assert_int_equal(lab_peek(lab, lab->place[OWN_DATA]), 0);
    assert_int_equal(lab_peek(lab, lab->place[OWN_RAM]), 0);
}

static void expect_restart(struct lab *lab, const struct failure *failure)
{
    char words[96];
    assert_true(lab_attack(lab, 'w', lab->place[OWN_CODE]));
    assert_true(lab_attack_again(lab, 'w', lab->place[OWN_DATA]));
    assert_true(lab_attack_again(lab, 'w', lab->place[OWN_RAM]));
    assert_int_equal(lab_peek(lab, lab->place[OWN_CODE]), MARK);
    const uint32_t aim = lab->place[failure->place] + failure->off;
    assert_false(lab_attack_again(lab, failure->letter, aim));
    (void)snprintf(words, sizeof words, "partition %s: %s", lab->partition, failure->said);
    lab_expect_words(lab, failure->said, lab->device.uart, words);
    lab_expect_words(lab, failure->said, lab->device.uart, "(restart 1 of 3)\n");
    lab_expect_words(lab, failure->said, lab->device.uart, LAB_STOPPED);
    if (strstr(lab->device.uart, "changed") != NULL) {
        fail_msg("%s: a register of the client's:\n%s", failure->said, lab->device.uart);
    }
    expect_anew(lab, failure->said);
}

static void whatever_it_fails_by_it_begins_anew(void **state)
{
    struct lab *lab = *state;
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        expect_restart(lab, &failures[i]);
    }
}

/** The client's floating-point registers were waiting for the call to end. */
static void floating_point_registers_outlive_the_failure(void **state)
{
    struct lab *lab = *state;
    lab->floating = true;
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        if (failures[i].letter != 'f') { /* that one did have them */
            expect_restart(lab, &failures[i]);
        }
    }
    lab->floating = false;
}

/** The registers that say why are cleared between two failures. */
static void each_failure_has_its_own_reason(void **state)
{
    struct lab *lab = *state;
    assert_false(lab_attack(lab, 'r', lab->place[SPM_RAM_END] - 4));
    lab_expect_words(lab, "first", lab->device.uart, ", CFSR 0x00000082, address 0x");
    assert_false(lab_attack_again(lab, 'k', 0));
    lab_expect_words(lab, "second", lab->device.uart, ", HFSR 0x80000000 (restart 2 of 3)");
    assert_false(lab_attack_again(lab, 'u', 0));
    lab_expect_words(lab, "third", lab->device.uart, ", CFSR 0x00010000 (restart 3 of 3)");
}

static void after_three_restarts_it_refuses_and_others_go_on(void **state)
{
    struct lab *lab = *state;
    char words[64];
    (void)lab_attack(lab, 'p', 0);
    for (unsigned i = 1; i <= RESTARTS; i++) {
        assert_false(lab_attack_again(lab, 'u', 0));
        (void)snprintf(words, sizeof words, "(restart %u of 3)", i);
        lab_expect_words(lab, "restart", lab->device.uart, words);
        expect_anew(lab, "restart");
    }
    assert_false(lab_attack_again(lab, 'u', 0));
    lab_expect_words(lab, "last", lab->device.uart, "(no restart left)");
    for (unsigned i = 0; i < 2; i++) {
        (void)lab_attack_again(lab, 'e', 0);
        lab_expect_words(lab, "lost", lab->device.uart, "client: status -130\n");
    }
    lab->partition = "update";
    assert_true(lab_attack_again(lab, 'e', 0));
    lab_expect_words(lab, "other", lab->device.uart, "client: status 0\n");
    lab->partition = "crypto";
}

/** "its" fails in a call of "crypto", which goes on with an error and its own registers. */
static void a_partition_outlives_the_one_it_calls(void **state)
{
    struct lab *lab = *state;
    for (unsigned floating = 0; floating < 2; floating++) {
        for (size_t i = 0; i < COUNT_OF(failures); i++) {
            uint32_t words[16];
            lab->floating = floating != 0;
            const uint32_t aim =
                failures[i].place == ABSOLUTE ? failures[i].off : lab->place[SPM_RAM_END] - 4;
            if (failures[i].letter == 'R' || failures[i].letter == 'l' ||
                (failures[i].letter == 'f' && floating != 0)) {
                continue;
            }
            assert_true(lab_attack(lab, 'a', aim));
            assert_true(lab_attack_again(lab, 'N', (uint32_t)failures[i].letter));
            lab_expect_words(lab, "nested", lab->device.uart, "partition its: ");
            lab_expect_words(lab, "nested", lab->device.uart, "(restart 1 of 3)\n");
            lab_answer(lab, words, COUNT_OF(words));
            assert_int_equal((int32_t)words[NESTED_STATUS], COMMUNICATION_FAILURE);
            assert_int_equal(words[NESTED_DIRTY], 0);
            if (strstr(lab->device.uart, "changed") != NULL) {
                fail_msg("%s: a register of the client's:\n%s", failures[i].said, lab->device.uart);
            }
            assert_true(lab_attack_again(lab, 'N', 'e'));
            lab_answer(lab, words, COUNT_OF(words));
            assert_int_equal((int32_t)words[NESTED_STATUS], SUCCESS);
            for (unsigned k = 0; k < 12; k++) {
                assert_int_equal(words[k], 0);
            }
        }
    }
    lab->floating = false;
}

static int open_crypto(void **state)
{
    return lab_open(state, "crypto");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_it_fails_by_it_begins_anew),
        cmocka_unit_test(floating_point_registers_outlive_the_failure),
        cmocka_unit_test(each_failure_has_its_own_reason),
        cmocka_unit_test(after_three_restarts_it_refuses_and_others_go_on),
        cmocka_unit_test(a_partition_outlives_the_one_it_calls),
    };
    return cmocka_run_group_tests(tests, open_crypto, lab_close);
}
