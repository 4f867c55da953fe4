/*
 * Snapshots in the middle of a real boot: what follows a restore is what followed the snapshot, in
 * registers, memories, text and events.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define POINTS    24u
#define REGISTERS 34u
#define LIMIT     400000000u

/** A run as it can be seen from outside. */
struct run {
    uint64_t time;
    uint32_t regs[REGISTERS];
    uint64_t memories;
    uint64_t text; /**< What UART and journal said in it. */
    enum sim_stop stop;
};

static const struct {
    uint32_t addr;
    uint32_t len;
} memories[] = {{0x08000000, 0x200000},
                {0x20000000, 0xA0000},
                {0x40036400, 0x1000},
                {0x08FFF000, 0x800},
                {0x0BFD0000, 0x2000}};

static uint64_t sum_of(const void *data, size_t len, uint64_t sum)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        sum = (sum ^ bytes[i]) * 0x100000001B3u;
    }
    return sum;
}

static uint64_t sum_of_memories(struct device *device)
{
    static uint8_t bytes[0x10000];
    uint64_t sum = 1;
    for (size_t i = 0; i < COUNT_OF(memories); i++) {
        for (uint32_t off = 0; off < memories[i].len; off += (uint32_t)sizeof bytes) {
            struct sim_error error;
            const uint32_t left = memories[i].len - off;
            const size_t len = left < sizeof bytes ? left : sizeof bytes;
            assert_int_equal(sim_peek(device->sim, memories[i].addr + off, bytes, len, &error),
                             SIM_OK);
            sum = sum_of(bytes, len, sum);
        }
    }
    return sum;
}

/** Runs and looks. Nothing that was said before counts. */
static void run(struct device *device, uint64_t insns, struct run *seen)
{
    device->uart_len = 0;
    device->events_len = 0;
    seen->stop = device_run(device, insns);
    seen->time = sim_time(device->sim);
    for (unsigned i = 0; i < REGISTERS; i++) {
        seen->regs[i] = sim_reg_read(device->sim, (enum sim_reg)i);
    }
    seen->memories = sum_of_memories(device);
    seen->text = sum_of(device->uart, device->uart_len, 1);
    seen->text = sum_of(device->events, device->events_len, seen->text);
}

static void expect_same(const struct run *first, const struct run *second, unsigned point)
{
    if (first->time != second->time || first->memories != second->memories ||
        first->text != second->text || first->stop != second->stop ||
        memcmp(first->regs, second->regs, sizeof first->regs) != 0) {
        fail_msg("point %u: another run; PC 0x%08X and 0x%08X, time %llu and %llu", point,
                 first->regs[SIM_REG_PC], second->regs[SIM_REG_PC], (unsigned long long)first->time,
                 (unsigned long long)second->time);
    }
}

static struct sim_snapshot *take(struct device *device)
{
    struct sim_snapshot *snapshot = NULL;
    struct sim_error error;
    assert_int_equal(sim_snapshot_take(device->sim, &snapshot, &error), SIM_OK);
    return snapshot;
}

/** Instructions from reset to the application's last word. */
static uint64_t boot_time(struct device *device)
{
    device_boot(device);
    assert_true(device_run_until(device, "hello_psa: ok", LIMIT));
    return sim_time(device->sim);
}

static int open_hello(void **state)
{
    static struct device device;
    const struct device_images images = {.application = NULL};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

/** The first of the two runs enters code that nobody has entered before, the second does not. */
static void a_restored_run_is_the_same_run(void **state)
{
    struct device *device = *state;
    const uint64_t whole = boot_time(device);
    const uint64_t step = whole / POINTS + 1u;
    device_reopen(device);
    device_boot(device);
    for (unsigned i = 0; i < POINTS; i++) {
        struct run first;
        struct run second;
        struct sim_snapshot *snapshot = take(device);
        run(device, step + UINT64_C(101) * i, &first);
        sim_snapshot_restore(device->sim, snapshot);
        run(device, step + UINT64_C(101) * i, &second);
        expect_same(&first, &second, i);
        sim_snapshot_free(snapshot);
    }
}

static void every_point_of_a_boot_leads_to_its_end(void **state)
{
    struct device *device = *state;
    struct sim_snapshot *snapshots[POINTS];
    device_reopen(device);
    const uint64_t whole = boot_time(device);
    const uint64_t step = whole / POINTS + 1u;
    struct run end;
    device_boot(device);
    for (unsigned i = 0; i < POINTS; i++) {
        snapshots[i] = take(device);
        (void)device_run(device, step);
    }
    const uint64_t length = sim_time(device->sim);
    for (unsigned i = 0; i < POINTS; i++) {
        struct run again;
        const unsigned which = i * 7u % POINTS;
        sim_snapshot_restore(device->sim, snapshots[which]);
        while (sim_time(device->sim) + step < length) {
            (void)device_run(device, step);
        }
        run(device, length - sim_time(device->sim), i == 0 ? &end : &again);
        if (i > 0) {
            end.text = again.text; /* how much of it is in the last piece differs */
            expect_same(&end, &again, which);
        }
        sim_snapshot_free(snapshots[which]);
    }
}

/** The use that fuzzing makes of it: one base, many runs, each left at another place. */
static void a_base_is_gone_back_to_a_hundred_times(void **state)
{
    struct device *device = *state;
    device_reopen(device);
    const uint64_t whole = boot_time(device);
    device_boot(device);
    (void)device_run(device, whole - whole / 8u);
    struct sim_snapshot *base = take(device);
    const uint64_t memories_then = sum_of_memories(device);
    assert_true(device_run_until(device, "hello_psa: ok", LIMIT));
    const uint64_t end = sim_time(device->sim);
    sim_snapshot_restore(device->sim, base);
    for (unsigned i = 0; i < 100; i++) {
        (void)device_run(device, 1000u + 997u * i);
        sim_snapshot_restore(device->sim, base);
        if (i % 10u == 0) {
            assert_int_equal(sum_of_memories(device), memories_then);
        }
    }
    device->uart_len = 0;
    device->uart[0] = '\0';
    assert_true(device_run_until(device, "hello_psa: ok", LIMIT));
    assert_int_equal(sim_time(device->sim), end);
    sim_snapshot_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restored_run_is_the_same_run),
        cmocka_unit_test(every_point_of_a_boot_leads_to_its_end),
        cmocka_unit_test(a_base_is_gone_back_to_a_hundred_times),
    };
    return cmocka_run_group_tests(tests, open_hello, close_device);
}
