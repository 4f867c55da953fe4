/*
 * How deep the manager's stacks get while a client makes every service work: each keeps a margin.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "support/device_maker.h"
#include "support/elf_symbol.h"

#define BOOT_INSNS 400000000u
#define WORK_INSNS 4000000000u
#define CUTS       4u
#define PAINT      0xA5u

struct stack {
    const char *name;
    const char *base; /**< Symbols of the manager's linker script. */
    const char *top;
};

static const struct stack stacks[] = {
    {"SPM", "linker_stack_limit", "linker_stack_top"},
    {"gate", "linker_gate_stack_limit", "linker_gate_stack_top"},
    {"crypto", "linker_crypto_ram", "linker_crypto_stack_top"},
    {"update", "linker_update_ram", "linker_update_stack_top"},
    {"its", "linker_its_ram", "linker_its_stack_top"},
    {"ps", "linker_ps_ram", "linker_ps_stack_top"},
    {"attest", "linker_attest_ram", "linker_attest_stack_top"},
};

static uint32_t symbol(const char *name)
{
    return elf_symbol("port/stm32h573/manager", name).addr;
}

static uint32_t stack_size(const struct stack *stack)
{
    return symbol(stack->top) - symbol(stack->base);
}

static void paint(struct device *device, const struct stack *stack)
{
    static uint8_t bytes[0x4000];
    struct sim_error error;
    const uint32_t base = symbol(stack->base);
    const uint32_t len = stack_size(stack);
    assert_in_range(len, 1, sizeof bytes);
    memset(bytes, PAINT, sizeof bytes);
    assert_int_equal(sim_poke(device->sim, base & ~0x10000000u, bytes, len, &error), SIM_OK);
}

/** Bytes of the stack that still are what they were made. */
static uint32_t untouched(struct device *device, const struct stack *stack, uint8_t made)
{
    static uint8_t bytes[0x4000];
    struct sim_error error;
    const uint32_t base = symbol(stack->base);
    const uint32_t len = stack_size(stack);
    uint32_t free_bytes = 0;
    assert_int_equal(sim_peek(device->sim, base & ~0x10000000u, bytes, len, &error), SIM_OK);
    while (free_bytes < len && bytes[free_bytes] == made) {
        free_bytes++;
    }
    return free_bytes;
}

/** Adds what is used now to the deepest use of each stack so far. */
static void measure(struct device *device, uint8_t made, uint32_t used[COUNT_OF(stacks)])
{
    for (size_t i = 0; i < COUNT_OF(stacks); i++) {
        const uint32_t now = stack_size(&stacks[i]) - untouched(device, &stacks[i], made);
        used[i] = now > used[i] ? now : used[i];
    }
}

/** Boots up to where the client waits, and paints every stack; the uROT has left them zero. */
static void boot_painted(struct device *device, uint32_t used[COUNT_OF(stacks)])
{
    device_boot(device);
    assert_true(device_run_until(device, "stack: ready\n", BOOT_INSNS));
    measure(device, 0, used);
    for (size_t i = 0; i < COUNT_OF(stacks); i++) {
        paint(device, &stacks[i]);
    }
    sim_uart_send(device->sim, 1, '!');
}

static void work(struct device *device)
{
    if (!device_run_until(device, "stack: 0 failures\n", WORK_INSNS)) {
        fail_msg("%s\n%s", device->uart, device->events);
    }
}

/** Also of what mounting takes after the power was cut anywhere in the work before. */
static void every_stack_keeps_a_quarter_free(void **state)
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/stack_client"};
    uint32_t used[COUNT_OF(stacks)] = {0};
    (void)state;
    device_open(&device, &images);
    boot_painted(&device, used);
    const uint64_t start = sim_time(device.sim);
    work(&device);
    const uint64_t whole = sim_time(device.sim) - start;
    measure(&device, PAINT, used);
    for (unsigned cut = 1; cut <= CUTS; cut++) {
        boot_painted(&device, used);
        (void)device_run(&device, whole * cut / (CUTS + 1));
        boot_painted(&device, used);
        work(&device);
        measure(&device, PAINT, used);
    }
    for (size_t i = 0; i < COUNT_OF(stacks); i++) {
        const uint32_t size = stack_size(&stacks[i]);
        printf("%s: %u of %u bytes used\n", stacks[i].name, used[i], size);
        assert_int_not_equal(used[i], 0);
        if (used[i] > size - size / 4) {
            fail_msg("%s: %u of %u bytes used", stacks[i].name, used[i], size);
        }
    }
    device_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stack_keeps_a_quarter_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
