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

/* While a call runs the gate is closed: one of each kind from an interrupt, one from a thread. */
#define BUSY_CALLS  12u
#define CLOSED_GATE "fetch of 2 bytes at 0x0C0148"

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

static unsigned count_of(const char *text, const char *words)
{
    unsigned count = 0;
    for (; (text = strstr(text, words)) != NULL; text += strlen(words)) {
        count++;
    }
    return count;
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
    assert_int_equal(count_of(device->events, CLOSED_GATE), BUSY_CALLS);
    assert_int_equal(count_of(device->events, "fault: "),
                     count_of(device->events, "fault: MemManage taken to Secure state: "));
}

/** Neither here nor there: its caller goes on where no code is, and has the fault for itself. */
static void a_forged_return_address_is_its_callers_fault(void **state)
{
    struct device *device = *state;
    static const char letters[] = {'e', 's', 'f', 'h'};
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        start(device, letters[i]);
        (void)device_run(device, 3000000);
        if (strstr(device->uart, "manager: HardFault in Non-secure state at 0x40000000") == NULL ||
            strstr(device->uart, "came back") != NULL) {
            fail_msg("forgery '%c':\n%s\njournal:\n%s", letters[i], device->uart, device->events);
        }
    }
}

static void the_answer_is_not_written_where_its_caller_could_not(void **state)
{
    static const uint8_t planted[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
    struct device *device = *state;
    uint8_t found[sizeof planted];
    start(device, 'u');
    if (!device_run_until(device, "manager: MemManage in Non-secure state", BOOT_INSNS)) {
        fail_msg("no end:\n%s\njournal:\n%s", device->uart, device->events);
    }
    peek(device, 0x20098000, found, sizeof found);
    assert_memory_equal(found, planted, sizeof planted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_ends_in_its_status_with_clean_registers),
        cmocka_unit_test(a_forged_return_address_is_its_callers_fault),
        cmocka_unit_test(the_answer_is_not_written_where_its_caller_could_not),
    };
    return cmocka_run_group_tests(tests, open_client, close_device);
}
