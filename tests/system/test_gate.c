/*
 * A hostile client at the real gate: whatever it passes, it gets a status and its own registers, and
 * nothing of the Secure side moves.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS 400000000u

#define OK         0
#define PROGRAMMER -129
#define BUSY       -131
#define NONE       0 /* PSA_VERSION_NONE */

/** Lines of the client, in their order. */
static const struct {
    const char *name;
    int status;
} cases[] = {
    {"framework version", 0x0101},
    {"version", 1},
    {"connect to a stateless service", PROGRAMMER},
    {"close nothing", OK},
    {"hash of own memory", OK},
    {"hash of own flash", OK},
    {"hash of nothing at a Secure address", OK},
    {"random bytes", OK},
    {"input in Secure RAM", PROGRAMMER},
    {"input in the gate's RAM", PROGRAMMER},
    {"input in Secure RAM by its Non-secure alias", PROGRAMMER},
    {"input in Secure flash", PROGRAMMER},
    {"input in Secure flash by its Non-secure alias", PROGRAMMER},
    {"input in the gate", PROGRAMMER},
    {"input in an OBK", PROGRAMMER},
    {"input in a peripheral", PROGRAMMER},
    {"input in a Secure peripheral", PROGRAMMER},
    {"input in the system control space", PROGRAMMER},
    {"input over the end of SRAM1", PROGRAMMER},
    {"input over the start of SRAM3", PROGRAMMER},
    {"input over all of SRAM2", PROGRAMMER},
    {"input over the start of own flash", PROGRAMMER},
    {"input to the end of the address space", PROGRAMMER},
    {"input around the address space", PROGRAMMER},
    {"input of all bytes", PROGRAMMER},
    {"output to Secure RAM", PROGRAMMER},
    {"output to Secure RAM by its Non-secure alias", PROGRAMMER},
    {"output to Secure flash", PROGRAMMER},
    {"output to own flash", PROGRAMMER},
    {"output to a peripheral", PROGRAMMER},
    {"output to a Secure peripheral", PROGRAMMER},
    {"output over the end of SRAM1", PROGRAMMER},
    {"output over all of SRAM2", PROGRAMMER},
    {"output around the address space", PROGRAMMER},
    {"input vectors in Secure RAM", PROGRAMMER},
    {"input vectors in Secure RAM by its Non-secure alias", PROGRAMMER},
    {"input vectors in Secure flash", PROGRAMMER},
    {"input vectors in a peripheral", PROGRAMMER},
    {"input vectors over the end of SRAM1", PROGRAMMER},
    {"input vectors at the end of the address space", PROGRAMMER},
    {"output vectors in Secure RAM", PROGRAMMER},
    {"output vectors in Secure RAM by its Non-secure alias", PROGRAMMER},
    {"output vectors in Secure flash", PROGRAMMER},
    {"output vectors in own flash", PROGRAMMER},
    {"output vectors in a peripheral", PROGRAMMER},
    {"output vectors over the end of SRAM1", PROGRAMMER},
    {"privileged caller's input in its own memory", OK},
    {"privileged caller's output to its own memory", OK},
    {"privileged caller's input in read-only memory", OK},
    {"privileged caller's output to read-only memory", PROGRAMMER},
    {"privileged caller's output vectors in read-only memory", PROGRAMMER},
    {"unprivileged caller's input in open memory", OK},
    {"unprivileged caller's input in privileged memory", PROGRAMMER},
    {"unprivileged caller's input into privileged memory", PROGRAMMER},
    {"unprivileged caller's output to privileged memory", PROGRAMMER},
    {"unprivileged caller's output to read-only memory", PROGRAMMER},
    {"unprivileged caller's output to open memory", OK},
    {"unprivileged caller's input vectors in privileged memory", PROGRAMMER},
    {"unprivileged caller's output vectors in privileged memory", PROGRAMMER},
    {"output before a read-only region", OK},
    {"output over a read-only region", PROGRAMMER},
    {"version in a handler", NONE},
    {"connect in a handler", BUSY},
    {"call in a handler", BUSY},
    {"close in a handler", BUSY},
    {"generate key", OK},
    {"interrupts of a call", 1},
    {"version in an interrupt of a call", NONE},
    {"connect in an interrupt of a call", BUSY},
    {"call in an interrupt of a call", BUSY},
    {"close in an interrupt of a call", BUSY},
    {"version in a call of another thread", NONE},
    {"call in a call of another thread", BUSY},
    {"the call interrupted", OK},
    {"its signature", OK},
    {"framework version", 0x0101},
    {"version", 1},
    {"connect to a stateless service", PROGRAMMER},
    {"close nothing", OK},
    {"hash of own memory", OK},
    {"hash of own flash", OK},
    {"hash of nothing at a Secure address", OK},
    {"random bytes", OK},
};

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

    const char *at = strstr(device->uart, "client: ready\n") + strlen("client: ready\n");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char line[128];
        (void)snprintf(line, sizeof line, "client: %s: %d\n", cases[i].name, cases[i].status);
        if (strncmp(at, line, strlen(line)) != 0) {
            fail_msg("expected '%s' at:\n%.200s\njournal:\n%s", line, at, device->events);
        }
        at += strlen(line);
    }
    assert_string_equal(at, "client: done\n");
    assert_null(strstr(device->events, "fault: "));
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
