/*
 * A hostile client at the real gate: whatever it passes, it gets a status and its own registers, and
 * nothing of the Secure side moves.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "gate_cases.h"
#include "support/device_maker.h"

#define BOOT_INSNS 400000000u

/** Memory that no call of the client's may change. */
struct memory {
    uint8_t handoff[0x800];
    uint8_t manager[0x2C000];
    uint8_t own_flash[64];
};

static int open_client(void **state)
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/hostile_client"};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

static void peek(struct device *device, uint32_t addr, uint8_t *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_peek(device->sim, addr, data, len, &error), SIM_OK);
}

static void peek_all(struct device *device, struct memory *memory)
{
    peek(device, 0x30040000, memory->handoff, sizeof memory->handoff);
    peek(device, 0x0C014000, memory->manager, sizeof memory->manager);
    peek(device, 0x080F0000, memory->own_flash, sizeof memory->own_flash);
}

static void start(struct device *device, char letter)
{
    device_boot(device);
    if (!device_run_until(device, "client: ready", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", device->uart, device->events);
    }
    sim_uart_send(device->sim, 1, (uint8_t)letter);
}

static void every_call_ends_in_its_status_with_clean_registers(void **state)
{
    struct device *device = *state;
    static struct memory before;
    static struct memory after;

    start(device, 'c');
    peek_all(device, &before);
    if (!device_run_until(device, "client: done\n", BOOT_INSNS)) {
        fail_msg("not done:\n%s\n%s", device->uart, device->events);
    }
    peek_all(device, &after);
    assert_memory_equal(&before, &after, sizeof before);

    expect_gate_cases(device->uart, device->events);
}

/** The gate's undefined instruction, and no return to wherever the forgery points. */
static void a_forged_return_address_faults_in_the_gate(void **state)
{
    struct device *device = *state;
    static const char letters[] = {'e', 's', 'f', 'h'};
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        start(device, letters[i]);
        (void)device_run(device, 3000000);
        const char *fault = strstr(device->events, "fault: UsageFault taken to Secure state: ");
        if (strstr(device->uart, "manager: UsageFault at 0x0c0148") == NULL || fault == NULL ||
            strstr(fault, "CFSR.UNDEFINSTR") == NULL || strstr(fault, "PC 0x0C0148") == NULL ||
            strstr(device->uart, "came back") != NULL) {
            fail_msg("forgery '%c':\n%s\njournal:\n%s", letters[i], device->uart, device->events);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_ends_in_its_status_with_clean_registers),
        cmocka_unit_test(a_forged_return_address_faults_in_the_gate),
    };
    return cmocka_run_group_tests(tests, open_client, close_device);
}
