/*
 * Two preemptive threads of an application share the manager: calls of all services, interrupts at
 * random moments within and between them, and every result is right, in the order of the lock; or,
 * without one, busy as documented.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/device_maker.h"

#define BOOT_INSNS 400000000u
#define CALLS      10000u
#define RUNS_MAX   4000000u
#define PAUSE_MAX  20000u /* instructions between two interrupts, at most */

struct threads {
    struct device device;
    uint64_t seed;
};

static struct threads threads;

static uint32_t random_below(uint32_t bound)
{
    threads.seed = threads.seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(threads.seed >> 33) % bound;
}

static void choose_seed(void)
{
    const char *text = getenv("GARRISON_SEED");
    threads.seed = text != NULL ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);
    printf("GARRISON_SEED=%llu\n", (unsigned long long)threads.seed);
}

static void open_app(const char *application)
{
    const struct device_images images = {.application = application};
    device_open(&threads.device, &images);
    device_boot(&threads.device);
}

static int close_app(void **state)
{
    (void)state;
    device_close(&threads.device);
    return 0;
}

static void fail_with_texts(const char *what)
{
    fail_msg("%s:\n%s\n%s", what, threads.device.uart, threads.device.events);
}

static void send_line(const char *text)
{
    for (; *text != '\0'; text++) {
        sim_uart_send(threads.device.sim, 1, (uint8_t)*text);
        (void)device_run(&threads.device, 5000);
    }
}

static uint32_t told(const char *what)
{
    const char *at = strstr(threads.device.uart, what);
    if (at == NULL) {
        fail_with_texts(what);
        return 0;
    }
    return (uint32_t)strtoul(at + strlen(what), NULL, 10);
}

/** Lets the threads make so many calls, with a byte from outside after each pause. */
static void run_threads(const char *application, uint32_t calls)
{
    char line[16];
    choose_seed();
    open_app(application);
    if (!device_run_until(&threads.device, "threads: ready\n", BOOT_INSNS)) {
        fail_with_texts("no boot");
    }
    (void)snprintf(line, sizeof line, "%u\n", (unsigned)calls);
    send_line(line);
    for (uint32_t run = 0; run < RUNS_MAX; run++) {
        const enum sim_stop stop =
            sim_run(threads.device.sim, 1u + random_below(random_below(PAUSE_MAX) + 1u));
        if (strstr(threads.device.uart, "threads: done\n") != NULL) {
            break;
        }
        if (stop != SIM_STOP_INSNS || strstr(threads.device.uart, "manager: ") != NULL) {
            fail_with_texts("stopped");
        }
        sim_uart_send(threads.device.sim, 1, 'x');
    }
    printf("%s: %u calls, %u busy, %u interrupts, %u switches within calls\n", application,
           told("threads: calls "), told("threads: busy "), told("threads: interrupts "),
           told("threads: within calls "));
    if (told("threads: wrong ") != 0 || told("threads: calls ") < calls) {
        fail_with_texts("wrong");
    }
    assert_true(told("threads: interrupts ") > calls);
    assert_true(told("threads: within calls ") > calls / 10u);
    assert_null(strstr(threads.device.events, "fault: "));
}

static void results_are_right_and_in_the_order_of_the_lock(void **state)
{
    const uint32_t *calls = *state;
    run_threads("tests/system/firmware/threads_app", *calls);
    assert_int_equal(told("threads: busy "), 0);
}

static void without_a_lock_the_second_is_told_that_the_manager_is_busy(void **state)
{
    const uint32_t *calls = *state;
    run_threads("tests/system/firmware/threads_busy", *calls / 5u);
    assert_true(told("threads: busy ") > 0);
}

static void the_example_runs(void **state)
{
    (void)state;
    open_app("examples/threads/threads");
    if (!device_run_until(&threads.device, "threads: ok\n", BOOT_INSNS)) {
        fail_with_texts("example");
    }
    assert_non_null(strstr(threads.device.uart, "threads: switched within calls: yes\n"));
}

int main(int argc, char **argv)
{
    uint32_t calls = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : CALLS;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(results_are_right_and_in_the_order_of_the_lock,
                                                 NULL, close_app, &calls),
        cmocka_unit_test_prestate_setup_teardown(
            without_a_lock_the_second_is_told_that_the_manager_is_busy, NULL, close_app, &calls),
        cmocka_unit_test_setup_teardown(the_example_runs, NULL, close_app),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
