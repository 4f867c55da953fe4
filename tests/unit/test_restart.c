/*
 * A partition that fails: it alone begins anew, a few times, and its client gets to know.
 */
#include "chain_fixture.h"

#include <stdio.h>
#include <string.h>

#include "spm/partitions.h"

static void crash(const char *reason)
{
    PORT_RUN(ended, spm_partition_failed(reason));
}

static void the_client_goes_on_with_an_error(void **state)
{
    (void)state;
    call_down_to(2);
    const psa_handle_t stale = message->handle;
    spm_write(stale, 0, page[2][CONSTANTS], 3);
    crash("it has crashed");
    expect_failed(2, "it has crashed");
    assert_ptr_equal(spm_running(), &partition_table[1]);
    assert_ptr_equal(port_fake.open, &partition_table[1]);
    assert_int_equal(own.out[0].len, 3); /* what was written before */
    assert_int_equal(prepared[0] + prepared[1], 0);

    /* "b" may try again, and then answers as ever. */
    make_vectors(1);
    assert_int_equal(nest(1, 2), PSA_SUCCESS);
    assert_int_not_equal(message->handle, stale);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    assert_int_equal(spm_end(7), 7);
    assert_int_equal(spm_end(8), 8);
    assert_null(spm_running());
    assert_int_equal(call(0), PSA_SUCCESS);
}

static void the_non_secure_client_gets_the_error_of_the_last_in_the_chain(void **state)
{
    (void)state;
    call_down_to(0);
    crash("it has crashed");
    expect_failed(0, "it has crashed");
    assert_null(spm_running());
    assert_null(port_fake.open);
    assert_int_equal(call(0), PSA_SUCCESS);
}

/** Memory is made anew, and what only the manager knows is told, before anyone can call again. */
static void it_is_reset_and_then_prepared(void **state)
{
    (void)state;
    call_down_to(1);
    page[1][DATA][0] = 1;
    crash("x");
    assert_ptr_equal(port_fake.was_reset, &partition_table[1]);
    (void)spm_end(PSA_SUCCESS);
    assert_int_equal(page[1][DATA][0], 0xEE); /* by its preparation */
}

static void restarts_are_counted_for_each_partition(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= PARTITION_RESTARTS_MAX; i++) {
        char line[64];
        call_down_to(1);
        crash("x");
        (void)snprintf(line, sizeof line, "partition b: x (restart %u of 3)", (unsigned)i);
        assert_string_equal(port_fake.log[i - 1], line);
        (void)spm_end(PSA_SUCCESS);
    }
    call_down_to(1);
    crash("x");
    assert_string_equal(port_fake.log[3], "partition b: x (no restart left)");
    assert_int_equal(port_fake.left, PSA_ERROR_COMMUNICATION_FAILURE);
    make_vectors(0);
    assert_int_equal(nest(0, 1), PSA_ERROR_CONNECTION_REFUSED);
    assert_int_equal(nest(0, 1), PSA_ERROR_CONNECTION_REFUSED);
    assert_ptr_equal(spm_running(), &partition_table[0]); /* that is no mistake of "a" */
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);

    /* Others go on, "a" too when it fails itself. */
    assert_int_equal(call(2), PSA_SUCCESS);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    call_down_to(0);
    crash("x");
    assert_string_equal(port_fake.log[4], "partition a: x (restart 1 of 3)");
    assert_int_equal(spm_init(), GARRISON_OK); /* a boot */
    call_down_to(1);
}

static void a_lost_partition_refuses_the_non_secure_side(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        call_down_to(0);
        crash("x");
    }
    for (uint32_t i = 0; i < 2; i++) {
        partition = NULL;
        assert_int_equal(call(0), PSA_ERROR_CONNECTION_REFUSED);
        assert_null(partition);
    }
    client.in[0].len = SIZE_MAX;
    assert_int_equal(call(0), PSA_ERROR_PROGRAMMER_ERROR); /* its own mistake as ever */
    client.in[0].len = 16;
    assert_int_equal(call(3), PSA_SUCCESS);
}

static void a_failure_of_the_manager_ends_everything(void **state)
{
    (void)state;
    crash("supervisor call refused");
    assert_int_equal(ended, PORT_PANICKED);
    assert_string_equal(port_fake.panic, "supervisor call refused");
}

static void a_long_reason_is_cut_and_not_longer_than_a_line(void **state)
{
    char reason[300];
    (void)state;
    memset(reason, 'x', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    call_down_to(0);
    crash(reason);
    assert_int_equal(ended, PORT_FAILED);
    assert_int_equal(strncmp(port_fake.log[0], "partition a: xxx", 16), 0);
}

static void tick(void)
{
    PORT_RUN(ended, spm_tick());
}

#define TICKS (PARTITION_TIME_LIMIT_MS / SPM_TICK_MS)

static void expect_ticks(uint32_t count)
{
    while (count > 0) {
        tick();
        assert_int_equal(ended, PORT_RETURNED);
        count--;
    }
}

static void a_partition_ends_when_its_time_is_up(void **state)
{
    (void)state;
    expect_ticks(2 * TICKS); /* nobody's */
    call_down_to(0);
    expect_ticks(TICKS - 1);
    tick();
    expect_failed(0, "time is up");
    for (uint32_t i = 0; i < 3; i++) { /* each call begins anew */
        call_down_to(0);
        expect_ticks(TICKS - 1);
        assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    }
}

static void time_is_that_of_the_partition_which_runs(void **state)
{
    (void)state;
    call_down_to(1);
    expect_ticks(TICKS - 1);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    expect_ticks(TICKS - 1); /* of "a" */
    make_vectors(0);
    assert_int_equal(nest(0, 1), PSA_SUCCESS);
    expect_ticks(TICKS - 1);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    tick();
    expect_failed(0, "time is up");
}

static void a_record_may_have_a_limit_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(call(6), PSA_SUCCESS);
    expect_ticks(FIXTURE_LIMIT_MS / SPM_TICK_MS - 1);
    tick();
    expect_failed(6, "time is up");
}

/** Ends a partition in its call, from the outside. */
static void crash_in_a_call(uint32_t index)
{
    assert_int_equal(call(index), PSA_SUCCESS);
    crash("x");
}

static void expect_told(uint32_t index)
{
    assert_int_equal(message->type, PSA_IPC_CLIENT_ENDED);
    assert_int_equal(message->client_id, (int32_t)index + 1);
    assert_int_equal(message->handle, PSA_NULL_HANDLE);
    assert_int_equal(message->in_size[0] + message->in_size[1] + message->out_size[0], 0);
}

static void expect_call(void)
{
    uint8_t *data = page[HEARS_ENDS][DATA];
    assert_int_equal(message->type, 1);
    assert_int_equal(message->client_id, NS);
    assert_int_equal(message->in_size[0], 16);
    assert_int_equal(spm_read(message->handle, 0, data, 16), 16);
    assert_null(spm_next());
    assert_int_equal(spm_end(7), 7);
    assert_int_equal(client.out[0].len, 0);
}

static void who_keeps_something_for_clients_hears_of_their_ends_first(void **state)
{
    (void)state;
    crash_in_a_call(2);
    crash_in_a_call(0);
    crash_in_a_call(2); /* the same again */
    assert_int_equal(call(HEARS_ENDS), PSA_SUCCESS);
    expect_told(0);
    message = spm_next();
    expect_told(2);
    message = spm_next();
    expect_call();

    client.out[0].len = 16;
    assert_int_equal(call(HEARS_ENDS), PSA_SUCCESS); /* it is told once */
    expect_call();
    client.out[0].len = 16;
    assert_int_equal(call(3), PSA_SUCCESS); /* who has not asked is not told */
    assert_int_equal(message->type, 1);
    assert_null(spm_next());
    (void)spm_end(PSA_SUCCESS);
    assert_null(spm_next());
}

static void a_client_hears_nothing_of_its_own_end(void **state)
{
    (void)state;
    crash_in_a_call(2);
    crash_in_a_call(HEARS_ENDS); /* before it has heard of the other one: all it kept is gone */
    assert_int_equal(call(HEARS_ENDS), PSA_SUCCESS);
    expect_call();
    crash_in_a_call(2);
    assert_int_equal(spm_init(), GARRISON_OK); /* a boot */
    client.out[0].len = 16;
    assert_int_equal(call(HEARS_ENDS), PSA_SUCCESS);
    expect_call();
}

/** The vectors of the call that waits are not the message's. */
static void what_it_hears_has_no_vectors(void **state)
{
    (void)state;
    crash_in_a_call(2);
    port_fake.log_count = 0;
    assert_int_equal(call(HEARS_ENDS), PSA_SUCCESS);
    expect_told(2);
    PORT_RUN(ended, (void)spm_read(message->handle, 0, page[HEARS_ENDS][DATA], 1));
    expect_failed(HEARS_ENDS, "programmer error: message handle or vector");
    assert_null(spm_running());
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_client_goes_on_with_an_error),
        TEST(the_non_secure_client_gets_the_error_of_the_last_in_the_chain),
        TEST(it_is_reset_and_then_prepared),
        TEST(restarts_are_counted_for_each_partition),
        TEST(a_lost_partition_refuses_the_non_secure_side),
        TEST(a_failure_of_the_manager_ends_everything),
        TEST(a_partition_ends_when_its_time_is_up),
        TEST(time_is_that_of_the_partition_which_runs),
        TEST(a_record_may_have_a_limit_of_its_own),
        TEST(who_keeps_something_for_clients_hears_of_their_ends_first),
        TEST(a_client_hears_nothing_of_its_own_end),
        TEST(what_it_hears_has_no_vectors),
        TEST(a_long_reason_is_cut_and_not_longer_than_a_line),
    };
    return cmocka_run_group_tests(tests, make_pages, release_pages);
}
