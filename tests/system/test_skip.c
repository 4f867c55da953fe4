/*
 * One fault while the chain decides: each instruction that leads to the refusal of an image is left out,
 * one a run, by the very code that would be flashed. Whatever else comes of it, the chain does not go on.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include <garrison/sim_debug.h>

#include "support/device_maker.h"
#include "support/elf_symbol.h"

#define BOOT_INSNS 800000000u
#define TIMES      8u       /* that the same one is left out */
#define AFTER      3000000u /* and what is looked at behind each fault: the next stage begins at once */
#define STEP       64u
#define PIECE      20000u

/* Where the default layout has the images, and what is altered: typed here, not taken from the port. */
#define UROT        0x0C008000u
#define MANAGER     0x0C014000u
#define APPLICATION 0x0803E000u
#define HEADER      0x400u
#define BODY_SIZE   12u
#define SIGNATURE   90u /* in the TLVs */

#define IROT_ELF "port/stm32h573/irot"
#define UROT_ELF "port/stm32h573/urot"

static struct device device;

/** Power-on: two boots are not the same run, since they draw other random numbers. */
static struct sim_snapshot *start;

static void power_on(void)
{
    sim_snapshot_restore(device.sim, start);
    device_forget_texts(&device);
}

/** How often the instruction at an address has been due: a stage has less than 128 KB of code. */
static uint8_t times_due[0x10000];

static bool is_to_be_left_out(uint32_t pc)
{
    uint8_t *times = &times_due[pc / 2u % 0x10000u];
    if (*times >= TIMES) {
        return false;
    }
    ++*times;
    return true;
}

static bool has_said(const char *text)
{
    return strstr(device.uart, text) != NULL;
}

static unsigned level(void)
{
    struct sim_state state;
    sim_state_get(device.sim, &state);
    return state.hdpl;
}

/** Virtual time at which the line of the refusal begins. */
static uint64_t time_of(const char *refusal)
{
    char begin[16];
    uint64_t line_began = 0;
    size_t said = 0;
    (void)snprintf(begin, sizeof begin, "%.11s", refusal);
    power_on();
    while (!has_said(begin)) {
        assert_int_equal(sim_run(device.sim, STEP), SIM_STOP_INSNS);
        assert_true(sim_time(device.sim) < BOOT_INSNS);
        if (device.uart_len > said && (said == 0 || device.uart[said - 1u] == '\n')) {
            line_began = sim_time(device.sim);
        }
        said = device.uart_len;
    }
    (void)device_run(&device, BOOT_INSNS);
    assert_true(has_said(refusal));
    return line_began;
}

static void break_at(uint32_t addr)
{
    struct sim_error error;
    assert_int_equal(sim_debug_break_set(device.sim, addr & ~1u, &error), SIM_OK);
}

/** Runs to the next breakpoint. @return whether it comes before that time */
static bool run_to_break(uint64_t limit)
{
    sim_debug_resume(device.sim);
    while (sim_time(device.sim) < limit) {
        const enum sim_stop stop = sim_run(device.sim, limit - sim_time(device.sim));
        if (stop == SIM_STOP_DEBUG) {
            return true;
        }
        assert_int_equal(stop, SIM_STOP_INSNS);
    }
    return false;
}

/** How often the stage calls verify_image() before it tells. */
static unsigned count_calls(uint32_t verify, uint64_t told)
{
    unsigned calls = 0;
    power_on();
    sim_debug_attach(device.sim, true);
    break_at(verify);
    while (run_to_break(told)) {
        calls++;
    }
    sim_debug_attach(device.sim, false);
    assert_true(calls > 0);
    return calls;
}

/** Runs from power-on to where the stage's last call of verify_image() comes back. */
static void run_to_verdict(const char *stage, uint64_t told)
{
    const uint32_t verify = elf_symbol(stage, "verify_image").addr;
    const unsigned calls = count_calls(verify, told);
    power_on();
    sim_debug_attach(device.sim, true);
    break_at(verify);
    for (unsigned i = 0; i < calls; i++) {
        assert_true(run_to_break(told));
    }
    break_at(sim_reg_read(device.sim, SIM_REG_LR));
    assert_true(run_to_break(told));
    sim_debug_attach(device.sim, false);
}

static uint32_t instruction_bytes(uint32_t pc)
{
    struct sim_error error;
    uint8_t half[2];
    assert_int_equal(sim_peek(device.sim, pc, half, sizeof half, &error), SIM_OK);
    return half[1] >= 0xE8u ? 4u : 2u;
}

/** Leaves out the instruction that is due. @return whether the chain has stopped all the same */
static bool stops_without(uint32_t pc, unsigned own_level)
{
    const uint64_t end = sim_time(device.sim) + AFTER;
    enum sim_stop stop = SIM_STOP_INSNS;
    sim_reg_write(device.sim, SIM_REG_PC, pc + instruction_bytes(pc));
    while (stop == SIM_STOP_INSNS && sim_time(device.sim) < end && level() <= own_level) {
        stop = sim_run(device.sim, PIECE);
    }
    return level() <= own_level;
}

/** The same, and back. */
static bool stops_if_it_is_left_out(uint32_t pc, unsigned own_level)
{
    const size_t said = device.uart_len;
    struct sim_snapshot *here;
    struct sim_error error;
    assert_int_equal(sim_snapshot_take(device.sim, &here, &error), SIM_OK);
    const bool stops = stops_without(pc, own_level);
    sim_snapshot_restore(device.sim, here);
    sim_snapshot_free(here);
    device.uart_len = said;
    device.uart[said] = '\0';
    return stops;
}

static void step(void)
{
    sim_debug_attach(device.sim, true);
    sim_debug_step(device.sim);
    assert_int_equal(sim_run(device.sim, PIECE), SIM_STOP_DEBUG);
    sim_debug_attach(device.sim, false);
}

static void leave_each_out(const char *what, const char *stage, const char *refusal)
{
    unsigned faults = 0;
    unsigned begun = 0;
    struct sim_error error;
    device_boot(&device);
    assert_int_equal(sim_snapshot_take(device.sim, &start, &error), SIM_OK);
    const uint64_t told = time_of(refusal);
    memset(times_due, 0, sizeof times_due);
    run_to_verdict(stage, told);
    const unsigned own_level = level();
    while (sim_time(device.sim) < told) {
        const uint32_t pc = sim_reg_read(device.sim, SIM_REG_PC) & ~1u;
        if (is_to_be_left_out(pc)) {
            faults++;
            if (!stops_if_it_is_left_out(pc, own_level)) {
                printf("%s: the next stage begins without the instruction at 0x%08X\n", what, pc);
                begun++;
            }
        }
        step();
    }
    sim_snapshot_free(start);
    printf("%s: %u faults\n", what, faults);
    assert_int_equal(begun, 0);
    assert_true(faults > 100u);
}

static void no_fault_starts_an_altered_application(void **state)
{
    (void)state;
    device_reopen(&device);
    device_xor(&device, APPLICATION + 0x500, 1);
    leave_each_out("application, altered", UROT_ELF, "uROT: application refused");
}

static void no_fault_starts_an_altered_manager(void **state)
{
    (void)state;
    device_reopen(&device);
    device_xor(&device, MANAGER + 0x500, 1);
    leave_each_out("manager, altered", UROT_ELF, "uROT: manager refused");
}

static void no_fault_starts_an_altered_urot(void **state)
{
    (void)state;
    device_reopen(&device);
    device_xor(&device, UROT + 0x500, 1);
    leave_each_out("uROT, altered", IROT_ELF, "iROT: uROT refused");
}

static void no_fault_makes_a_wrong_signature_good(void **state)
{
    struct sim_error error;
    uint8_t size[4];
    (void)state;
    device_reopen(&device);
    assert_int_equal(sim_peek(device.sim, APPLICATION + BODY_SIZE, size, 4, &error), SIM_OK);
    const uint32_t body = size[0] | (uint32_t)size[1] << 8 | (uint32_t)size[2] << 16;
    device_xor(&device, APPLICATION + HEADER + body + SIGNATURE, 1);
    leave_each_out("application, wrong signature", UROT_ELF, "uROT: application refused");
}

static void no_fault_starts_an_image_of_another_owner(void **state)
{
    (void)state;
    device_reopen(&device);
    device_put_image(&device, "application", "manager", "examples/hello_psa/hello_psa",
                     APPLICATION);
    leave_each_out("application, another owner's", UROT_ELF, "uROT: application refused");
}

static int open_device(void **state)
{
    const struct device_images images = {0};
    (void)state;
    device_open(&device, &images);
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_fault_starts_an_altered_application),
        cmocka_unit_test(no_fault_starts_an_altered_manager),
        cmocka_unit_test(no_fault_starts_an_altered_urot),
        cmocka_unit_test(no_fault_makes_a_wrong_signature_good),
        cmocka_unit_test(no_fault_starts_an_image_of_another_owner),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, open_device, close_device);
}
