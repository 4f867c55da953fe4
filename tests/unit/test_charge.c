/*
 * Time that is up: to whom it counts, and what a partition makes others do.
 */
#include "chain_fixture.h"

#include "spm/partitions.h"

#define CALLER 6u /* a module */
#define SERVED 7u /* the manager's own service for modules */

#define TICKS     (PARTITION_TIME_LIMIT_MS / SPM_TICK_MS)
#define TICKS_ALL (PARTITION_ALL_LIMITS * FIXTURE_LIMIT_MS / SPM_TICK_MS)

static void tick(void)
{
    PORT_RUN(ended, spm_tick());
}

static void ticks(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tick();
        assert_int_equal(ended, PORT_RETURNED);
    }
}

static void last_tick(void)
{
    ticks(TICKS - 1u);
    tick();
    assert_int_equal(ended, PORT_FAILED);
    assert_int_equal(port_fake.left, PSA_ERROR_COMMUNICATION_FAILURE);
}

/** The Non-secure side calls the module, and that the service. */
static void call_by_module(void)
{
    assert_int_equal(call(CALLER), PSA_SUCCESS);
    uses[CALLER][0] = SID(SERVED);
    make_vectors(CALLER);
    assert_int_equal(nest(CALLER, SERVED), PSA_SUCCESS);
}

static void expect_caller_ends(void)
{
    assert_ptr_equal(spm_running(), &partition_table[CALLER]);
    assert_ptr_equal(port_fake.open, &partition_table[CALLER]);
    PORT_RUN(ended, spm_require_sound());
    assert_int_equal(ended, PORT_FAILED);
    assert_ptr_equal(port_fake.was_reset, &partition_table[CALLER]);
    assert_null(spm_running());
}

static void the_non_secure_side_loses_a_service_for_itself_alone(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        assert_int_equal(call(2), PSA_SUCCESS);
        last_tick();
    }
    assert_string_equal(port_fake.log[2], "partition c: time is up (restart 3 of 3)");
    assert_string_equal(port_fake.log[3],
                        "partition c: time is up (no restart left for the Non-secure side)");
    assert_int_equal(call(2), PSA_ERROR_CONNECTION_REFUSED);
    call_down_to(1);
    make_vectors(1);
    assert_int_equal(nest(1, 2), PSA_ERROR_CONNECTION_REFUSED); /* nor through another one */
    (void)spm_end(PSA_SUCCESS);
    (void)spm_end(PSA_SUCCESS);
    client.out[0].len = 16;
    assert_int_equal(call(CALLER), PSA_SUCCESS);
    services[2].callers |= SERVICE_FOR_MODULES;
    uses[CALLER][0] = SID(2);
    make_vectors(CALLER);
    assert_int_equal(nest(CALLER, 2), PSA_SUCCESS);
    services[2].callers &= ~SERVICE_FOR_MODULES;
}

static void crash(void)
{
    PORT_RUN(ended, spm_partition_failed("x"));
}

/** Its own failures count as before. */
static void a_service_that_fails_itself_is_lost_for_all(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        call_by_module();
        crash();
        (void)spm_end(PSA_SUCCESS);
    }
    assert_int_equal(call(CALLER), PSA_SUCCESS);
    make_vectors(CALLER);
    assert_int_equal(nest(CALLER, SERVED), PSA_ERROR_CONNECTION_REFUSED);
}

static void a_module_that_asks_for_too_much_is_ended_itself(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        call_by_module();
        last_tick();
        assert_ptr_equal(port_fake.was_reset, &partition_table[SERVED]);
        expect_caller_ends();
    }
    assert_int_equal(port_fake.log_count, 8);
    assert_string_equal(port_fake.log[0],
                        "partition h: time is up (restart at its client's charge)");
    assert_string_equal(port_fake.log[1],
                        "partition g: what it asked for took too long (restart 1 of 3)");
    assert_string_equal(port_fake.log[7],
                        "partition g: what it asked for took too long (no restart left)");
    assert_int_equal(call(CALLER), PSA_ERROR_CONNECTION_REFUSED);
    services[SERVED].callers |= SERVICE_FOR_NON_SECURE;
    assert_int_equal(call(SERVED), PSA_SUCCESS); /* others have it */
    services[SERVED].callers &= ~SERVICE_FOR_NON_SECURE;
}

/** By many short calls of others, none of which is too long. */
static void a_module_cannot_have_others_use_time_without_end(void **state)
{
    (void)state;
    assert_int_equal(call(CALLER), PSA_SUCCESS);
    uses[CALLER][0] = SID(SERVED);
    for (uint32_t i = 0; i < TICKS_ALL - 1u; i++) {
        make_vectors(CALLER);
        assert_int_equal(nest(CALLER, SERVED), PSA_SUCCESS);
        ticks(1);
        assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
        spm_require_sound();
    }
    make_vectors(CALLER);
    assert_int_equal(nest(CALLER, SERVED), PSA_SUCCESS);
    ticks(1);
    assert_ptr_equal(port_fake.open, &partition_table[SERVED]); /* which goes on */
    assert_int_equal(port_fake.log_count, 1);
    assert_string_equal(port_fake.log[0], "partition g: time of its calls is up (restart 1 of 3)");
    assert_int_equal(spm_end(7), 7);
    expect_caller_ends();
    assert_int_equal(port_fake.log_count, 1);
}

/** Half of it its own. */
static void its_own_time_counts_too(void **state)
{
    const uint32_t its_own = FIXTURE_LIMIT_MS / SPM_TICK_MS - 1u;
    (void)state;
    assert_int_equal(call(CALLER), PSA_SUCCESS);
    ticks(its_own);
    uses[CALLER][0] = SID(SERVED);
    for (uint32_t left = TICKS_ALL - its_own; left > 0;) {
        const uint32_t now = left < TICKS - 1u ? left : TICKS - 1u;
        make_vectors(CALLER);
        assert_int_equal(nest(CALLER, SERVED), PSA_SUCCESS);
        ticks(now);
        assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
        left -= now;
        assert_int_equal(port_fake.log_count, left > 0 ? 0 : 1);
    }
    expect_caller_ends();
}

/** What a handler uses is not the time of whom it has interrupted. */
static void a_handler_takes_nobodys_time(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < TICKS_ALL + 1u; i++) {
        if (i == 0) {
            assert_int_equal(call(CALLER), PSA_SUCCESS);
        }
        assert_ptr_equal(spm_interrupt(PARTITION_SIGNAL(0)), &partition_table[0]);
        ticks(1);
        (void)spm_end(0);
    }
    assert_int_equal(port_fake.log_count, 0);
    spm_require_sound();
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_non_secure_side_loses_a_service_for_itself_alone),
        TEST(a_service_that_fails_itself_is_lost_for_all),
        TEST(a_module_that_asks_for_too_much_is_ended_itself),
        TEST(a_module_cannot_have_others_use_time_without_end),
        TEST(its_own_time_counts_too),
        TEST(a_handler_takes_nobodys_time),
    };
    return cmocka_run_group_tests(tests, make_pages, release_pages);
}
