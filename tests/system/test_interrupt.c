/*
 * Interrupts of a module on the chip: its timer's handler runs in its sandbox whatever that
 * interrupts, and nothing of what was interrupted is another one afterwards; and handlers that
 * misbehave end their module, and nobody else.
 */
#include "support/test.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS    400000000u
#define COMMAND_INSNS 400000000u
#define STEP_INSNS    20000u
#define MAILBOX       0x20060000u
#define RAM           0x3009E000u
#define SECRET        0x5EC2E7C0u /* of interrupt_module.h */
#define SIGNAL        0x20u
#define TICK          640000u
#define PERIOD        997u /* of the client's own interrupts */

#define HOSTILE "partition hostile: "

#define SUCCESS       0
#define REFUSED       (-130)
#define COMMUNICATION (-145)

/** As in interrupt_client.c. */
struct mailbox {
    uint32_t letter;
    uint32_t aim;
    uint32_t extra;
    uint32_t ticking;
    int32_t status;
    uint32_t found;
    uint32_t wrong;
    uint32_t idle;
    uint32_t ticks;
    uint32_t doors[3];
};

static struct device device;
static struct sim_snapshot *ready;
static struct mailbox mailbox; /**< As the last command has left it. */

static int open_hostile(void **state)
{
    const struct device_images images = {
        .module = "tests/system/firmware/interrupt_module",
        .application = "tests/system/firmware/interrupt_client",
    };
    struct sim_error error;
    (void)state;
    device_open(&device, &images);
    device_boot(&device);
    if (!device_run_until(&device, "client: ready\n", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", device.uart, device.events);
    }
    assert_int_equal(sim_snapshot_take(device.sim, &ready, &error), SIM_OK);
    return 0;
}

static int close_hostile(void **state)
{
    (void)state;
    sim_snapshot_free(ready);
    device_close(&device);
    return 0;
}

static void read_mailbox(void)
{
    struct sim_error error;
    assert_int_equal(sim_peek(device.sim, MAILBOX, (uint8_t *)&mailbox, sizeof mailbox, &error),
                     SIM_OK);
}

static void write_mailbox(size_t off, const uint32_t *words, size_t count)
{
    struct sim_error error;
    assert_int_equal(sim_poke(device.sim, MAILBOX + (uint32_t)off, (const uint8_t *)words,
                              count * sizeof *words, &error),
                     SIM_OK);
}

/** The device as it was when the client was ready. */
static void restart(uint32_t ticking)
{
    sim_snapshot_restore(device.sim, ready);
    device_forget_texts(&device);
    write_mailbox(offsetof(struct mailbox, ticking), &ticking, 1);
}

/** Has the client do a letter. @return whether it came back */
static bool tell(char letter, uint32_t aim, uint32_t extra)
{
    const uint32_t words[3] = {(uint32_t)letter, aim, extra};
    write_mailbox(0, words, 3);
    for (uint32_t done = 0; done < COMMAND_INSNS; done += STEP_INSNS) {
        (void)device_run(&device, STEP_INSNS);
        read_mailbox();
        if (mailbox.letter == 0) {
            return true;
        }
    }
    return false;
}

static _Noreturn void give_up(const char *what)
{
    fail_msg("%s: status %d found %08X wrong %u\n%s\njournal:\n%s", what, mailbox.status,
             mailbox.found, mailbox.wrong, device.uart, device.events);
    abort();
}

static void expect(const char *what, int status, uint32_t found)
{
    if (mailbox.status != status || mailbox.found != found || mailbox.wrong != 0) {
        give_up(what);
    }
}

static void command(const char *what, char letter, uint32_t aim, uint32_t extra)
{
    if (!tell(letter, aim, extra)) {
        give_up(what);
    }
}

/** The log's last bytes may come a little later. */
static void expect_said(const char *text)
{
    if (strstr(device.uart, text) == NULL && !device_run_until(&device, text, COMMAND_INSNS)) {
        give_up(text);
    }
}

#define ARM(way, cycles) ((uint32_t)(way) << 24 | (cycles))

/** The handler has run so often, and nothing was in its registers; with or without its signal. */
static void expect_runs(const char *what, uint32_t runs, uint32_t signal)
{
    command(what, 'T', 0, 0);
    expect(what, SUCCESS, runs | signal << 24);
}

/* With none of the client's interrupts, and with them and floating-point registers that are live. */
static const uint32_t tickings[] = {0, PERIOD};

static void it_comes_while_the_application_idles(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tickings); i++) {
        restart(tickings[i]);
        command("arm", 'I', ARM('1', 20000), 0);
        command("spin", 'Z', 40000, 0);
        expect("spin", SUCCESS, 0);
        expect_runs("idle", 1, SIGNAL);
        expect_runs("the signal is reset", 1, 0);
        assert_true(tickings[i] == 0 || mailbox.ticks > 20);
        assert_null(strstr(device.events, "fault:"));
    }
}

static void it_comes_in_a_call_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tickings); i++) {
        restart(tickings[i]);
        command("wait", 'W', ARM('1', 20000), 0);
        expect("wait", SUCCESS, 1);
        expect_runs("in its call", 1, SIGNAL);
        command("block", 'B', ARM('1', 20000), 0);
        expect("block", SUCCESS, SIGNAL);
        expect_runs("blocked", 1, 0);
    }
}

static void it_comes_in_calls_of_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tickings); i++) {
        restart(tickings[i]);
        command("call", 'C', ARM('1', 9000), 0); /* while it waits itself */
        expect("call", SUCCESS, 0);
        expect_runs("while it waits", 1, SIGNAL);
        command("arm", 'I', ARM('1', 6000), 0);
        command("hash", 'H', 4, 0);
        expect("hash", SUCCESS, 0);
        expect_runs("in another's call", 1, SIGNAL);
    }
}

/** Waiting for what does not come is the call's time. */
static void waiting_for_ever_is_ended(void **state)
{
    (void)state;
    restart(0);
    command("wait", 'b', SIGNAL, 0);
    expect("wait", COMMUNICATION, 0);
    expect_said(HOSTILE "time is up");
}

static void it_is_switched_by_its_module(void **state)
{
    (void)state;
    restart(0);
    command("off", 'U', 0, 0);
    expect("off", SUCCESS, 0);
    command("arm", 'I', ARM('1', 30000), 0);
    command("off", 'U', 0, 0);
    expect("off", SUCCESS, 1);
    command("spin", 'Z', 40000, 0);
    expect_runs("disabled", 0, 0);
    command("arm", 'I', ARM('d', 2000), 0);
    command("spin", 'Z', 4000, 0);
    expect_runs("disables itself", 1, 0);
    command("off", 'U', 0, 0);
    expect("off", SUCCESS, 0);
}

/** From the call that arms it, through another one: at each instruction, one after the other. */
static void it_may_come_at_any_instruction(void **state)
{
    static const struct {
        char letter;
        uint32_t from;
        uint32_t to;
    } spans[] = {{'e', 1, 2000}, {'C', 1, 1000}};
    unsigned came = 0;
    (void)state;
    for (size_t s = 0; s < COUNT_OF(spans); s++) {
        for (uint32_t cycles = spans[s].from; cycles < spans[s].to; cycles++) {
            const bool own = spans[s].letter == 'C';
            restart(tickings[cycles % 2u]);
            command("arm", own ? 'C' : 'I', ARM('1', cycles), 0);
            expect("arm", SUCCESS, own ? 0 : 1);
            command("call", 'e', 0, 0);
            expect("call", SUCCESS, SECRET + 1u + 0x10000u);
            command("tell", 'T', 0, 0);
            if ((mailbox.found & 0x80FFFFFFu) > 1 || mailbox.wrong != 0) {
                give_up("tell");
            }
            came += mailbox.found & 1u;
        }
    }
    print_message("%u interrupts\n", came);
    assert_true(came > 2990);
}

static void two_thousand_calls_go_on_under_random_interrupts(void **state)
{
    const char *given = getenv("GARRISON_SEED");
    const uint32_t seed = given != NULL ? (uint32_t)strtoul(given, NULL, 0) : 20261122u;
    (void)state;
    print_message("seed %u\n", seed);
    restart(PERIOD);
    command("arm", 'I', ARM('y', 3000), seed | 1u);
    for (unsigned i = 0; i < 10; i++) {
        command("calls", 'N', 200, 0);
        expect("calls", SUCCESS, SECRET + 100u * (i + 1u) + 0x10000u * (100u * (i + 1u)));
    }
    command("tell", 'T', 0, 0);
    const uint32_t runs = mailbox.found & 0x00FFFFFFu;
    print_message("%u interrupts, %u of the application's\n", runs, mailbox.ticks);
    assert_true(runs > 1000 && mailbox.found >> 24 == SIGNAL);
    assert_true(mailbox.ticks > 1000);
    assert_null(strstr(device.events, "fault:"));
}

struct attack {
    const char *what;
    char way;
    uint32_t extra;
    const char *said;
};

#define REFUSAL HOSTILE "supervisor call refused"

static const struct attack attacks[] = {
    {"faults", 'u', 0, HOSTILE "UsageFault"},
    {"loops", 't', 0, HOSTILE "time is up"},
    {"overflows its stack", 's', 0, HOSTILE "UsageFault"},
    {"reads the SPM", 'r', 0x30041000, HOSTILE "MemManage"},
    {"writes Non-secure RAM", 'w', 0x20000000, HOSTILE "MemManage"},
    {"writes the partitions' RAM", 'w', 0x30048000, HOSTILE "MemManage"},
    {"writes the NVIC", 'w', 0xE000E104, HOSTILE "BusFault"},
    {"uses floating point", 'f', 0, HOSTILE "UsageFault"},
    {"forges an exception return", 'R', 0, HOSTILE},
    {"returns off its stack", 'S', RAM + 0x1800, HOSTILE},
    {"returns off its memory", 'S', 0x30041000, HOSTILE},
    {"panics", 'p', 0, HOSTILE "psa_panic"},
    {"calls another partition", 'c', 0, REFUSAL},
    {"asks for a version", 'v', 0, REFUSAL},
    {"reads its call's message", 'i', 0, REFUSAL},
    {"blocks", 'b', 0, REFUSAL},
    {"polls", 'P', 0, REFUSAL},
    {"asks for what no number is for", 'n', 0, REFUSAL},
    {"makes a call of the gate's", 'g', 0, REFUSAL},
    {"enables another's interrupt", 'e', 0, HOSTILE "programmer error: signal"},
    {"resets a signal that is not set", 'z', 0, HOSTILE "programmer error: signal"},
};

static unsigned count_of(const char *text, const char *words)
{
    unsigned count = 0;
    for (; (text = strstr(text, words)) != NULL; text += strlen(words)) {
        count++;
    }
    return count;
}

/** It was ended once, and has begun anew: its data as linked, its interrupt off, no signal. */
static void expect_ended(const struct attack *attack)
{
    command(attack->what, 'e', 0, 0);
    expect(attack->what, SUCCESS, SECRET + 1u + 0x10000u);
    expect_runs(attack->what, 0, 0);
    command(attack->what, 'U', 0, 0);
    expect(attack->what, SUCCESS, 0);
    command(attack->what, 'H', 1, 0);
    expect(attack->what, SUCCESS, 0);
    expect_said(" (restart 1 of 3)\n");
    if (strstr(device.uart, attack->said) == NULL || count_of(device.uart, HOSTILE) != 1) {
        give_up(attack->what);
    }
}

/** In idle time, in its own call, while it waits for another partition, in a call of another. */
static void attack_everywhere(const struct attack *attack, uint32_t ticking)
{
    restart(ticking);
    command(attack->what, 'I', ARM(attack->way, 20000), attack->extra);
    command(attack->what, 'Z', 2000000, 0);
    expect(attack->what, SUCCESS, 0);
    expect_ended(attack);

    restart(ticking);
    command(attack->what, 'W', ARM(attack->way, 20000), attack->extra);
    expect(attack->what, COMMUNICATION, 0);
    expect_ended(attack);

    restart(ticking);
    command(attack->what, 'C', ARM(attack->way, 9000), attack->extra);
    expect(attack->what, COMMUNICATION, 0);
    expect_ended(attack);

    restart(ticking);
    command(attack->what, 'I', ARM(attack->way, 6000), attack->extra);
    command(attack->what, 'H', 4, 0);
    expect(attack->what, SUCCESS, 0);
    expect_ended(attack);
}

static void a_hostile_handler_is_its_modules_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        for (size_t k = 0; k < COUNT_OF(tickings); k++) {
            attack_everywhere(&attacks[i], tickings[k]);
        }
    }
}

/** Out of the handler by the BXNS of the gate, to code of the application's that hangs, faults, or calls. */
static void one_that_leaves_for_the_other_side_is_ended(void **state)
{
    (void)state;
    for (size_t door = 0; door < 3; door++) {
        restart(0);
        read_mailbox();
        const struct attack attack = {"leaves", 'x', mailbox.doors[door], HOSTILE};
        attack_everywhere(&attack, 0);
        attack_everywhere(&attack, PERIOD);
    }
}

static void failures_of_handlers_are_counted(void **state)
{
    (void)state;
    restart(0);
    for (unsigned i = 0; i < 4; i++) {
        command("crash", 'I', ARM('u', 5000), 0);
        command("spin", 'Z', 2000000, 0);
    }
    expect_said("(no restart left)\n");
    command("refused", 'e', 0, 0);
    expect("refused", REFUSED, 0);
    command("hash", 'H', 1, 0);
    expect("hash", SUCCESS, 0);
}

static void only_its_own_signals_are_its(void **state)
{
    static const uint32_t wrong[] = {0, 0x10, 8, 0x30, 0x80000020};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        restart(0);
        command("enable", 'a', wrong[i], 0);
        expect("enable", COMMUNICATION, 0);
        expect_said(HOSTILE "programmer error: signal");
        restart(0);
        command("reset", 'z', wrong[i], 0);
        expect("reset", COMMUNICATION, 0);
    }
}

/** Rounds of the idling application in so many ticks. */
static uint32_t idle_rounds(uint32_t ticks)
{
    read_mailbox();
    const uint32_t before = mailbox.idle;
    (void)device_run(&device, (uint64_t)ticks * TICK);
    read_mailbox();
    return mailbox.idle - before;
}

/** Handlers of no, some and nearly the longest time, each of which leaves its interrupt standing. */
static void a_storm_leaves_the_others_half_of_the_time(void **state)
{
    static const uint32_t loops[] = {0, 300, 10000, 60000, 120000, 180000, 240000, 300000};
    (void)state;
    restart(0);
    const uint32_t calm = idle_rounds(40);
    for (size_t i = 0; i < COUNT_OF(loops); i++) {
        restart(0);
        command("storm", 'I', ARM('o', 2000), loops[i]);
        const uint32_t rounds = idle_rounds(40);
        print_message("%u loops: %u of %u rounds\n", loops[i], rounds, calm);
        assert_true(rounds > calm / 2u);
        command("hash", 'H', 2, 0);
        expect("hash", SUCCESS, 0);
        assert_null(strstr(device.uart, HOSTILE));
    }
}

/* Argument: a pattern of tests to leave out. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_while_the_application_idles),
        cmocka_unit_test(it_comes_in_a_call_of_its_own),
        cmocka_unit_test(it_comes_in_calls_of_others),
        cmocka_unit_test(waiting_for_ever_is_ended),
        cmocka_unit_test(it_is_switched_by_its_module),
        cmocka_unit_test(a_hostile_handler_is_its_modules_end),
        cmocka_unit_test(one_that_leaves_for_the_other_side_is_ended),
        cmocka_unit_test(failures_of_handlers_are_counted),
        cmocka_unit_test(only_its_own_signals_are_its),
        cmocka_unit_test(a_storm_leaves_the_others_half_of_the_time),
        cmocka_unit_test(two_thousand_calls_go_on_under_random_interrupts),
        cmocka_unit_test(it_may_come_at_any_instruction),
    };
    cmocka_set_skip_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, open_hostile, close_hostile);
}
