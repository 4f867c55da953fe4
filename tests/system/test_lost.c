/*
 * Services that fail on the chip, as an application sees them by the functions of PSA: their code is
 * damaged behind the manager's back, so that the next call of each ends in it.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "support/device_maker.h"
#include "support/elf_symbol.h"

#define MANAGER "port/stm32h573/manager"
#define INSNS   2000000000u

/* PSA's. */
#define COMMUNICATION_FAILURE -145
#define INVALID_HANDLE        -136
#define BAD_STATE             -137

static struct device device;

/** Makes a service's first instruction undefined for ever, or what it was. */
static void damage(const char *service)
{
    struct sim_error error;
    static uint8_t was[2];
    static uint32_t damaged;
    const uint8_t undefined[2] = {0x00, 0xDE}; /* udf #0 */
    const uint32_t addr = elf_symbol(MANAGER, service).addr & ~1u;
    assert_int_equal(sim_peek(device.sim, addr, was, damaged == addr ? 0 : sizeof was, &error),
                     SIM_OK);
    assert_int_equal(
        sim_poke(device.sim, addr, damaged == addr ? was : undefined, sizeof was, &error), SIM_OK);
    damaged = damaged == addr ? 0 : addr;
}

/** Goes on, to the line; only what is said from now on is kept. */
static void run_to(const char *line)
{
    sim_uart_send(device.sim, 1, '.');
    device.uart_len = 0;
    device.uart[0] = '\0';
    if (!device_run_until(&device, line, INSNS)) {
        fail_msg("not said: %s\n%s\n%s", line, device.uart, device.events);
    }
}

static void expect(const char *what, int status)
{
    char line[64];
    (void)snprintf(line, sizeof line, "lost: %s %d\n", what, status);
    if (strstr(device.uart, line) == NULL) {
        fail_msg("not said: %s%s", line, device.uart);
    }
}

/** Ended in the midst of the call four times, then refused: the client cannot tell. */
static void expect_lost(const char *service, const char *name, const char *end)
{
    char line[64];
    unsigned count = 0;
    damage(service);
    run_to(end);
    (void)snprintf(line, sizeof line, "lost: %s %d\n", name, COMMUNICATION_FAILURE);
    for (const char *at = strstr(device.uart, line); at != NULL; at = strstr(at + 1, line)) {
        count++;
    }
    assert_int_equal(count, 6);
    (void)snprintf(line, sizeof line, "partition %s: ", name);
    assert_non_null(strstr(device.uart, line));
    assert_non_null(strstr(device.uart, "(no restart left)"));
}

static void what_a_restart_made_void_names_nothing(void **state)
{
    (void)state;
    assert_true(device_run_until(&device, "lost: ready\n", INSNS));
    damage("crypto_service");
    run_to("lost: ready\n");
    expect("anew", COMMUNICATION_FAILURE);
    damage("crypto_service");
    run_to("lost: ready\n");
    expect("new key", 0);
    expect("new operation", 0);
    expect("old operation", BAD_STATE);
    expect("old key", INVALID_HANDLE);
    expect("old key destroyed", INVALID_HANDLE);
    expect("key", 0);
    expect("operation", 0);
    assert_non_null(strstr(device.uart, "lost: ids differ\n"));
}

static void a_service_that_is_lost_is_a_communication_failure(void **state)
{
    (void)state;
    expect_lost("its_service", "its", "lost: ready\n");
    expect_lost("ps_service", "ps", "lost: ready\n");
    expect_lost("update_service", "update", "lost: ready\n");
}

/** One of its restarts was used before. */
static void a_service_loses_its_last_restart(void **state)
{
    (void)state;
    expect_lost("crypto_service", "crypto", "lost: end\n");
}

static int open_device(void **state)
{
    const struct device_images images = {.application = "tests/system/firmware/lost_client"};
    (void)state;
    device_open(&device, &images);
    device_boot(&device);
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_restart_made_void_names_nothing),
        cmocka_unit_test(a_service_that_is_lost_is_a_communication_failure),
        cmocka_unit_test(a_service_loses_its_last_restart),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
