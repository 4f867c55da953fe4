/*
 * Hostile partitions that call each other in the real manager: "crypto" may call "its", and neither
 * reaches more by that than it is lent.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/partition_lab.h"

#define SUCCESS    0
#define PROGRAMMER -129
#define REFUSED    -130

#define CRYPTO_HANDLE 0x40000101u
#define UPDATE_HANDLE 0x40000102u
#define ITS_HANDLE    0x40000103u
#define PS_HANDLE     0x40000104u
#define ITS_SID       0x47410003u
#define PS_SID        0x47410004u

#define RNG_CR 0x520C0800u

/** Places of hostile_nested.h among the words of an answer. */
#define NESTED_LEN    13u
#define NESTED_DIRTY  14u
#define NESTED_STATUS 15u

/** Has "its" attack with that letter, called by "crypto". @return whether that came back */
static bool nested(struct lab *lab, char letter, uint32_t aim)
{
    assert_true(lab_attack(lab, 'a', aim));
    return lab_attack_again(lab, 'N', (uint32_t)letter);
}

static void expect_stopped(const struct lab *lab, const char *what, const char *said)
{
    lab_expect_words(lab, what, lab->device.uart, said);
    lab_expect_words(lab, what, lab->device.uart, LAB_STOPPED);
}

static void expect_clean_entry(struct lab *lab)
{
    uint32_t words[16];
    assert_true(nested(lab, 'e', 0));
    lab_answer(lab, words, COUNT_OF(words));
    for (unsigned i = 0; i < 12; i++) {
        if (words[i] != 0) {
            fail_msg("r%u is 0x%08X at entry", i + 1, words[i]);
        }
    }
    assert_int_equal(words[NESTED_LEN], 16 * sizeof(uint32_t));
    assert_int_equal(words[NESTED_DIRTY], 0);
    assert_int_equal(words[NESTED_STATUS], SUCCESS);
    assert_null(strstr(lab->device.uart, "changed"));
}

/** Registers say nothing on the way in, and are the caller's on the way out. */
static void a_nested_call_passes_nothing_but_its_vectors(void **state)
{
    struct lab *lab = *state;
    expect_clean_entry(lab);
    assert_null(strstr(lab->device.events, "fault:"));
}

static void floating_point_registers_come_through_the_chain(void **state)
{
    struct lab *lab = *state;
    lab->floating = true;
    expect_clean_entry(lab);
    assert_non_null(strstr(lab->device.uart, "client: interrupts\n"));
    lab->floating = false;
}

/** What one partition lends the other goes through the manager only. */
static void the_called_partition_reaches_none_of_its_callers(void **state)
{
    static const struct {
        char letter;
        enum place place;
        uint32_t off;
        const char *said;
    } rows[] = {
        {'r', OWN_RAM, 0, "its: MemManage"},
        {'r', OWN_DATA, 0, "its: MemManage"},
        {'w', OWN_DATA, 0, "its: MemManage"},
        {'r', OWN_TEXT, 0, "its: MemManage"},
        {'r', SPM_RAM_END, (uint32_t)-4, "its: MemManage"},
        {'r', GATE_STACK, 0, "its: MemManage"},
        {'r', ABSOLUTE, RNG_CR, "its: MemManage"},
        {'i', OWN_DATA, 0, "its: programmer error: buffer is not its own"},
        {'o', OWN_DATA, 0, "its: programmer error: buffer is not its own"},
        {'o', OWN_TEXT, 0, "its: programmer error: buffer is not its own"},
        {'i', ABSOLUTE, 0x20000000, "its: programmer error: buffer is not its own"},
        {'s', ABSOLUTE, 0, "its: UsageFault"},
        {'n', ABSOLUTE, 0, "its: supervisor call refused"},
    };
    struct lab *lab = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const uint32_t aim = lab->place[rows[i].place] + rows[i].off;
        const bool writes = rows[i].letter == 'w' || rows[i].letter == 'i';
        const uint32_t before = writes ? lab_peek(lab, aim) : 0;
        (void)nested(lab, rows[i].letter, aim);
        lab_expect_words(lab, "nested", lab->device.uart, rows[i].said);
        assert_int_equal(writes ? lab_peek(lab, aim) : 0, before);
    }
}

static void a_partition_lends_only_what_is_its_own(void **state)
{
    static const struct {
        enum place place;
        uint32_t off;
    } foreign[] = {
        {SPM_TEXT, 0},          {SPM_RAM_END, (uint32_t)-4},
        {GATE_STACK, 0},        {OTHER_RAM, 0},
        {OTHER_TEXT, 0},        {OWN_RAM, (uint32_t)-2},
        {ABSOLUTE, RNG_CR}, /* its device */
        {ABSOLUTE, 0x30040000}, {ABSOLUTE, 0x20000000},
        {ABSOLUTE, 0x0C1EC000}, {ABSOLUTE, 0x50022000},
        {ABSOLUTE, 0xFFFFFFFE},
    };
    static const char letters[] = {'I', 'O', 'L'};
    struct lab *lab = *state;
    for (size_t i = 0; i < COUNT_OF(foreign); i++) {
        for (size_t k = 0; k < COUNT_OF(letters); k++) {
            (void)lab_attack(lab, letters[k], lab->place[foreign[i].place] + foreign[i].off);
            expect_stopped(lab, "lends", "crypto: programmer error: call refused");
            assert_null(strstr(lab->device.events, "fault:"));
        }
    }
    (void)lab_attack(lab, 'O', lab->place[OWN_TEXT]);
    expect_stopped(lab, "lends code to be written", "crypto: programmer error: call refused");
    static const struct {
        char letter;
        enum place place;
    } own[] = {{'I', OWN_TEXT}, {'I', OWN_DATA}, {'O', OWN_DATA}, {'I', LIBRARY_TEXT}};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        uint32_t status;
        assert_true(lab_attack(lab, own[i].letter, lab->place[own[i].place]));
        lab_answer(lab, &status, 1);
        assert_int_equal((int32_t)status, PROGRAMMER); /* of the service: no request */
    }
}

static void a_partition_calls_only_what_its_record_lists(void **state)
{
    static const uint32_t handles[] = {0, 1, CRYPTO_HANDLE, UPDATE_HANDLE, PS_HANDLE, 0xFFFFFFFF};
    struct lab *lab = *state;
    uint32_t words[2];
    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        (void)lab_attack(lab, 'K', handles[i]);
        expect_stopped(lab, "calls", "crypto: programmer error: call refused");
    }
    assert_true(lab_attack(lab, 'V', ITS_SID));
    lab_answer(lab, words, 2);
    assert_int_equal(words[0], 0x0101);
    assert_int_equal(words[1], 1);
    assert_true(lab_attack(lab, 'V', PS_SID));
    lab_answer(lab, words, 2);
    assert_int_equal(words[1], 0);
    assert_true(lab_attack(lab, 'C', PS_SID));
    lab_answer(lab, words, 1);
    assert_int_equal((int32_t)words[0], REFUSED);
    (void)lab_attack(lab, 'C', ITS_SID);
    expect_stopped(lab, "connects", "crypto: programmer error: connection to a stateless service");
    (void)lab_attack(lab, 'X', ITS_HANDLE);
    expect_stopped(lab, "closes", "crypto: programmer error: no connection to close");
}

static void a_partition_that_lists_nothing_calls_nobody(void **state)
{
    struct lab *lab = *state;
    uint32_t words[2];
    (void)lab_attack(lab, 'N', 'e');
    expect_stopped(lab, "calls", "its: programmer error: call refused");
    (void)lab_attack(lab, 'K', CRYPTO_HANDLE);
    expect_stopped(lab, "calls", "its: programmer error: call refused");
    assert_true(lab_attack(lab, 'V', ITS_SID));
    lab_answer(lab, words, 2);
    assert_int_equal(words[1], 0);
}

#define CONNECTED_SID 0x47410013u
#define RHANDLE       0xC0117EC7u

static long handle_of(const struct lab *lab)
{
    const char *at = strstr(lab->device.uart, "client: handle ");
    assert_non_null(at);
    return strtol(at + strlen("client: handle "), NULL, 10);
}

/** The Non-secure client connects, calls and closes; "its" has its own value for each connection. */
static void connections_go_through_the_gate(void **state)
{
    struct lab *lab = *state;
    uint32_t word;
    lab->partition = "k";
    (void)lab_attack(lab, '3', CONNECTED_SID); /* a newer version than there is */
    assert_int_equal(handle_of(lab), REFUSED);
    (void)lab_attack_again(lab, '2', CONNECTED_SID);
    assert_in_range(handle_of(lab), 1, 0x3FFFFFFF);
    for (unsigned i = 0; i < 2; i++) {
        lab->partition = "h";
        lab->floating = i != 0;
        assert_true(lab_attack_again(lab, 'h', 0));
        lab_answer(lab, &word, 1);
        assert_int_equal(word, RHANDLE);
    }
    lab->floating = false;
    assert_true(lab_attack_again(lab, 'H', 1));
    assert_true(lab_attack_again(lab, 'h', 0));
    lab_answer(lab, &word, 1);
    assert_int_equal(word, 1);
    assert_false(lab_attack_again(lab, 'u', 0)); /* it fails, and has forgotten */
    (void)lab_attack_again(lab, 'h', 0);
    lab_expect_words(lab, "broken", lab->device.uart, "client: status -129\n");
    lab->partition = "z";
    (void)lab_attack_again(lab, '0', 0);
    lab->partition = "k";
    (void)lab_attack_again(lab, '1', CONNECTED_SID);
    lab->partition = "h";
    assert_true(lab_attack_again(lab, 'h', 0));
    lab_answer(lab, &word, 1);
    assert_int_equal(word, RHANDLE);
    lab->partition = "z";
    (void)lab_attack_again(lab, '0', 0);
    lab->partition = "h";
    (void)lab_attack_again(lab, 'h', 0);
    lab_expect_words(lab, "closed", lab->device.uart, "client: status -129\n");
    assert_null(strstr(lab->device.events, "refused"));
    lab->partition = "crypto";
}

static void partitions_connect_as_everyone_does(void **state)
{
    struct lab *lab = *state;
    uint32_t handle;
    uint32_t words[2];
    assert_true(lab_attack(lab, 'C', CONNECTED_SID));
    lab_answer(lab, &handle, 1);
    assert_in_range(handle, 1, 0x3FFFFFFF);
    assert_true(lab_attack_again(lab, 'J', handle));
    lab_answer(lab, words, 2);
    assert_int_equal(words[0], SUCCESS);
    assert_int_equal(words[1], RHANDLE);
    assert_true(lab_attack_again(lab, 'X', handle));
    (void)lab_attack_again(lab, 'J', handle);
    expect_stopped(lab, "closed", "crypto: programmer error: call refused");
    assert_true(lab_attack(lab, 'C', CONNECTED_SID));
    lab->partition = "update"; /* another one's handle */
    (void)lab_attack_again(lab, 'J', handle);
    expect_stopped(lab, "foreign", "update: programmer error: call refused");
    (void)lab_attack_again(lab, 'H', handle);
    expect_stopped(lab, "rhandle", "update: programmer error: a stateless service has no rhandle");
    lab->partition = "crypto";
}

static int open_crypto(void **state)
{
    return lab_open(state, "crypto");
}

static int open_its(void **state)
{
    return lab_open(state, "its");
}

int main(void)
{
    const struct CMUnitTest crypto[] = {
        cmocka_unit_test(a_nested_call_passes_nothing_but_its_vectors),
        cmocka_unit_test(floating_point_registers_come_through_the_chain),
        cmocka_unit_test(the_called_partition_reaches_none_of_its_callers),
        cmocka_unit_test(a_partition_lends_only_what_is_its_own),
        cmocka_unit_test(a_partition_calls_only_what_its_record_lists),
        cmocka_unit_test(connections_go_through_the_gate),
        cmocka_unit_test(partitions_connect_as_everyone_does),
    };
    const struct CMUnitTest its[] = {
        cmocka_unit_test(a_partition_that_lists_nothing_calls_nobody),
    };
    int failed = cmocka_run_group_tests_name("crypto", crypto, open_crypto, lab_close);
    failed += cmocka_run_group_tests_name("its", its, open_its, lab_close);
    return failed;
}
