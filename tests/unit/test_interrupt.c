/*
 * Interrupts of partitions: the handler runs in its partition's sandbox whatever it interrupts, that
 * goes on as it was, and a handler that fails ends its own partition.
 */
#include "chain_fixture.h"

#include <string.h>

#include "spm/partitions.h"

/* The first and the second of a partition. */
#define FIRST(i)  (0x10u << (i))
#define SECOND(i) (0x10000u << (i))

static const struct partition *owner;

static void interrupt(psa_signal_t signal)
{
    owner = spm_interrupt(signal);
    assert_non_null(owner);
    assert_ptr_equal(spm_running(), owner);
    assert_ptr_equal(port_fake.open, owner);
}

static void expect_running(const struct partition *whose)
{
    assert_ptr_equal(spm_running(), whose);
    assert_ptr_equal(port_fake.open, whose);
}

static void crash(const char *reason)
{
    PORT_RUN(ended, spm_partition_failed(reason));
    assert_int_equal(ended, PORT_FAILED);
}

static void it_comes_between_calls(void **state)
{
    (void)state;
    interrupt(SECOND(2));
    assert_ptr_equal(owner, &partition_table[2]);
    expect_running(owner);
    assert_null(spm_next());
    assert_int_equal(spm_end((psa_status_t)PSA_FLIH_NO_SIGNAL), PSA_FLIH_NO_SIGNAL);
    expect_running(NULL);
    assert_int_equal(call(0), PSA_SUCCESS);
}

static void one_that_is_nobodys_interrupts_nothing(void **state)
{
    (void)state;
    assert_null(spm_interrupt(FIRST(PARTITIONS)));
    assert_null(spm_interrupt(8));
    expect_running(NULL);
}

static void its_signal_is_kept_until_it_is_reset(void **state)
{
    (void)state;
    interrupt(FIRST(3));
    (void)spm_end((psa_status_t)PSA_FLIH_NO_SIGNAL);
    interrupt(SECOND(3));
    (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    interrupt(FIRST(4));
    (void)spm_end(2); /* no answer that there is */
    assert_int_equal(call(3), PSA_SUCCESS);
    assert_int_equal(spm_signals(PSA_WAIT_ANY), SECOND(3));
    assert_int_equal(spm_signals(~SECOND(3)), 0);
    interrupt(FIRST(3));
    (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    assert_int_equal(spm_signals(PSA_WAIT_ANY), FIRST(3) | SECOND(3));
    spm_reset_signal(SECOND(3));
    assert_int_equal(spm_signals(PSA_WAIT_ANY), FIRST(3));
    (void)spm_end(PSA_SUCCESS);
    assert_int_equal(call(4), PSA_SUCCESS);
    assert_int_equal(spm_signals(PSA_WAIT_ANY), 0);
}

static void what_a_call_answers_is_no_signal(void **state)
{
    (void)state;
    assert_int_equal(call(3), PSA_SUCCESS);
    (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    assert_int_equal(call(3), PSA_SUCCESS);
    assert_int_equal(spm_signals(PSA_WAIT_ANY), 0);
}

static void reset_wrongly(psa_signal_t wrong)
{
    assert_int_equal(set_up(NULL), 0);
    interrupt(FIRST(3));
    (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    interrupt(FIRST(4));
    (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    assert_int_equal(call(3), PSA_SUCCESS);
    PORT_RUN(ended, spm_reset_signal(wrong));
    expect_failed(3, "programmer error: signal");
}

static void switch_wrongly(psa_signal_t wrong)
{
    assert_int_equal(set_up(NULL), 0);
    assert_int_equal(call(2), PSA_SUCCESS);
    PORT_RUN(ended, spm_irq_switch(wrong, true));
    expect_failed(2, "programmer error: signal");
}

static void a_signal_that_is_not_set_is_a_mistake(void **state)
{
    static const psa_signal_t wrong[] = {0, SECOND(3), FIRST(4), 1, FIRST(3) | SECOND(3)};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        reset_wrongly(wrong[i]);
    }
}

/** Two that are set, but it has to be one. */
static void signals_are_reset_one_by_one(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        interrupt(i == 0 ? FIRST(3) : SECOND(3));
        (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    }
    assert_int_equal(call(3), PSA_SUCCESS);
    PORT_RUN(ended, spm_reset_signal(FIRST(3) | SECOND(3)));
    expect_failed(3, "programmer error: signal");
}

static void only_its_own_are_switched(void **state)
{
    static const psa_signal_t wrong[] = {0, FIRST(3), 1, 8, FIRST(2) | SECOND(2)};
    (void)state;
    assert_int_equal(call(2), PSA_SUCCESS);
    assert_false(spm_irq_switch(SECOND(2), true));
    assert_int_equal(port_fake.enabled, SECOND(2));
    assert_false(spm_irq_switch(FIRST(2), true));
    assert_true(spm_irq_switch(SECOND(2), false));
    assert_int_equal(port_fake.enabled, FIRST(2));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        switch_wrongly(wrong[i]);
    }
}

/** Each partition's, at each depth of a chain: it interrupts itself, a waiting one, another. */
static void it_comes_in_the_midst_of_calls(void **state)
{
    (void)state;
    for (uint32_t last = 0; last < SPM_DEPTH_MAX; last++) {
        for (uint32_t whose = 0; whose < PARTITIONS; whose++) {
            assert_int_equal(set_up(NULL), 0);
            call_down_to(last);
            const psa_handle_t handle = message->handle;
            interrupt(FIRST(whose));
            assert_ptr_equal(owner, &partition_table[whose]);
            assert_int_equal(call(0), PSA_ERROR_CONNECTION_BUSY);
            (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
            expect_running(&partition_table[last]);
            assert_int_equal(spm_read(handle, 0, page[last][DATA] + 512, 4), 4);
            for (uint32_t i = 0; i < last; i++) {
                (void)spm_end(PSA_SUCCESS);
            }
            expect_running(&partition_table[0]);
            (void)spm_end(PSA_SUCCESS);
            expect_running(NULL);
        }
    }
}

static void a_handler_that_fails_is_its_partitions_end(void **state)
{
    (void)state;
    call_down_to(1);
    assert_int_equal(port_fake.enabled, 0);
    port_fake.enabled = FIRST(6) | SECOND(6) | FIRST(1);
    interrupt(FIRST(6));
    (void)spm_end((psa_status_t)PSA_FLIH_SIGNAL);
    interrupt(FIRST(6));
    crash("it has crashed");
    expect_failed(6, "it has crashed");
    assert_int_equal(port_fake.enabled, FIRST(1));
    expect_running(&partition_table[1]);
    spm_require_sound();
    assert_int_equal(spm_end(3), 3);
    assert_int_equal(spm_end(4), 4);
    interrupt(FIRST(6));
    assert_int_equal(spm_signals(PSA_WAIT_ANY), 0);
}

/** What it was called for ends when it runs again; what it has called goes on before. */
static void one_that_fails_while_its_partition_waits_ends_that_later(void **state)
{
    (void)state;
    call_down_to(2);
    const psa_handle_t handle = message->handle;
    port_fake.enabled = FIRST(1);
    interrupt(FIRST(1));
    crash("it has crashed");
    assert_null(port_fake.was_reset);
    assert_int_equal(port_fake.enabled, 0);
    assert_int_equal(port_fake.log_count, 1);
    assert_string_equal(port_fake.log[0], "partition b: it has crashed (restart 1 of 3)");
    expect_running(&partition_table[2]);
    spm_require_sound();
    spm_write(handle, 0, page[2][CONSTANTS], 3);
    assert_int_equal(spm_end(5), 5);
    expect_running(&partition_table[1]);
    PORT_RUN(ended, spm_require_sound());
    expect_failed(1, "it has crashed");
    expect_running(&partition_table[0]);
    spm_require_sound();
    assert_int_equal(spm_end(6), 6);
    call_down_to(1);
    spm_require_sound();
}

/** At the latest the tick finds it. */
static void one_that_fails_above_its_own_call_ends_it(void **state)
{
    (void)state;
    call_down_to(0);
    interrupt(FIRST(0));
    crash("it has crashed");
    expect_running(&partition_table[0]);
    assert_null(port_fake.was_reset);
    PORT_RUN(ended, spm_tick());
    expect_failed(0, "it has crashed");
    expect_running(NULL);
    assert_int_equal(call(0), PSA_SUCCESS);
    spm_tick();
}

static void failures_of_handlers_count(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        interrupt(FIRST(0));
        crash("x");
    }
    assert_string_equal(port_fake.log[3], "partition a: x (no restart left)");
    assert_int_equal(call(0), PSA_ERROR_CONNECTION_REFUSED);
}

static void a_handler_has_two_ticks_of_its_own(void **state)
{
    (void)state;
    call_down_to(0);
    for (uint32_t i = 0; i < 20; i++) {
        interrupt(FIRST(5));
        spm_tick();
        (void)spm_end((psa_status_t)PSA_FLIH_NO_SIGNAL);
    }
    interrupt(FIRST(5));
    spm_tick();
    PORT_RUN(ended, spm_tick());
    expect_failed(5, "time is up");
    expect_running(&partition_table[0]);
    for (uint32_t i = 1; i < PARTITION_TIME_LIMIT_MS / SPM_TICK_MS; i++) {
        spm_tick(); /* none of that was the call's */
    }
    PORT_RUN(ended, spm_tick());
    assert_int_equal(ended, PORT_FAILED);
}

static void a_handler_has_no_message(void **state)
{
    (void)state;
    call_down_to(3);
    const psa_handle_t handle = message->handle;
    interrupt(FIRST(3));
    PORT_RUN(ended, spm_read(handle, 0, page[3][DATA], 4));
    assert_int_equal(ended, PORT_FAILED);
    assert_non_null(strstr(port_fake.log[0], "programmer error: message handle"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_comes_between_calls, set_up),
        cmocka_unit_test_setup(one_that_is_nobodys_interrupts_nothing, set_up),
        cmocka_unit_test_setup(its_signal_is_kept_until_it_is_reset, set_up),
        cmocka_unit_test_setup(what_a_call_answers_is_no_signal, set_up),
        cmocka_unit_test_setup(a_signal_that_is_not_set_is_a_mistake, set_up),
        cmocka_unit_test_setup(signals_are_reset_one_by_one, set_up),
        cmocka_unit_test_setup(only_its_own_are_switched, set_up),
        cmocka_unit_test_setup(it_comes_in_the_midst_of_calls, set_up),
        cmocka_unit_test_setup(a_handler_that_fails_is_its_partitions_end, set_up),
        cmocka_unit_test_setup(one_that_fails_while_its_partition_waits_ends_that_later, set_up),
        cmocka_unit_test_setup(one_that_fails_above_its_own_call_ends_it, set_up),
        cmocka_unit_test_setup(failures_of_handlers_count, set_up),
        cmocka_unit_test_setup(a_handler_has_two_ticks_of_its_own, set_up),
        cmocka_unit_test_setup(a_handler_has_no_message, set_up),
    };
    return cmocka_run_group_tests(tests, make_pages, release_pages);
}
