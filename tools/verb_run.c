/*
 * garrison run
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <garrison/sim.h>

#include "console.h"
#include "event_text.h"
#include "report.h"
#include "run_gdb.h"
#include "run_hosted.h"
#include "run_mailbox.h"
#include "run_send.h"
#include "run_verdict.h"
#include "verbs.h"

/** Instructions between two looks at the clock. */
#define RUN_SLICE 2000000u

/** Instructions after the awaited text in which nothing may go wrong. */
#define RUN_SETTLE 1000000u

/** Events shown without -v, at most; the journal has them all. */
#define RUN_EVENTS_SHOWN 20u

struct run_args {
    const char *until_text;
    const char *fail_text;
    const char *send;
    const char *device;
    const char *gdb;
    const char *mailbox;
    struct cli_number max_insns;
    struct cli_number timeout;
    struct cli_number boots;
    struct cli_list elf;
    struct cli_number seed;
    struct cli_number settle;
    bool hosted;
    bool no_halt;
    bool ephemeral;
    bool strict_blocks;
    bool allow_faults;
    bool quiet;
    unsigned verbose;
};

#define ARG(member) offsetof(struct run_args, member)

static const struct cli_option options[] = {
    {"hosted", 0, CLI_FLAG, ARG(hosted), NULL,
     "run an application, the operand, over a manager in this process"},
    {"device", 'd', CLI_TEXT, ARG(device), "FILE",
     "its device file, made if there is none; with --hosted"},
    {"gdb", 0, CLI_MAYBE_TEXT, ARG(gdb), "ADDR",
     "wait for GDB on a port (3333), 127.0.0.1:PORT or unix:PATH"},
    {"mailbox", 0, CLI_MAYBE_TEXT, ARG(mailbox), "ADDR",
     "let `garrison debug` in on a port (3334), 127.0.0.1:PORT or unix:PATH"},
    {"no-halt", 0, CLI_FLAG, ARG(no_halt), NULL, "with --gdb: run until GDB comes"},
    {"until-text", 'u', CLI_TEXT, ARG(until_text), "RE", "end well when a line of output matches"},
    {"fail-text", 0, CLI_TEXT, ARG(fail_text), "RE", "end as failed when a line matches"},
    {"send", 0, CLI_TEXT, ARG(send), "FILE", "send it by XMODEM-1K when the chip asks for it"},
    {"settle", 0, CLI_NUMBER, ARG(settle), "N",
     "instructions after --until-text that must go well"},
    {"max-insns", 0, CLI_NUMBER, ARG(max_insns), "N", "end after N instructions, sleep included"},
    {"timeout", 't', CLI_SECONDS, ARG(timeout), "SECONDS", "end after so much time of the host"},
    {"boots", 'b', CLI_NUMBER, ARG(boots), "N", "end after N boots; every reset begins one"},
    {"elf", 0, CLI_LIST, ARG(elf), "FILE", "names for addresses; may be repeated"},
    {"ephemeral", 'e', CLI_FLAG, ARG(ephemeral), NULL, "leave DEVICE as it is"},
    {"strict-blocks", 0, CLI_FLAG, ARG(strict_blocks), NULL,
     "touching a block that is not modelled is a bus error"},
    {"allow-faults", 0, CLI_FLAG, ARG(allow_faults), NULL, "a fault does not end the run"},
    {"seed", 0, CLI_NUMBER, ARG(seed), "N", "seed of the entropy source"},
    {"quiet", 'q', CLI_FLAG, ARG(quiet), NULL, "say nothing but why it failed"},
    {"verbose", 'v', CLI_COUNT, ARG(verbose), NULL, "show every event as it happens"},
    {.name = NULL},
};

/** A run in progress. */
struct run {
    const struct run_args *args;
    struct sim *sim;
    struct console console;
    struct run_gdb gdb;
    struct run_mailbox mailbox;
    struct run_send send;
    uint64_t started_ms;
    uint64_t insns;       /**< Executed so far, over all boots. */
    uint64_t settle_end;  /**< Value of `insns` at which the text counts; 0: it has not come. */
    uint64_t boots;       /**< Boots that are over. */
    uint32_t old_verdict; /**< Boot verdict of an earlier run. */
    unsigned shown;       /**< Events on standard error so far. */
    bool fault;
    bool colour;
    bool progress;        /**< Progress is shown, and stands on the terminal now. */
    uint64_t progress_ms; /**< When it was shown last. */
    char fault_text[256]; /**< Of the first fault. */
    char last_text[256];  /**< Of the last boot, reset or note. */
};

/* Signals: the run ends at the next opportunity, and the device is closed as usual. */

static volatile sig_atomic_t interrupted;
static struct sim *volatile interrupted_sim;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
    if (interrupted_sim != NULL) {
        sim_stop(interrupted_sim);
    }
}

static void catch_signals(struct sim *sim)
{
    struct sigaction action = {.sa_handler = on_signal};
    interrupted_sim = sim;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* What the chip tells. */

static void clear_progress(struct run *run)
{
    if (run->progress) {
        (void)fputs("\r\033[K", stderr);
        run->progress = false;
    }
}

static void show_event(struct run *run, const struct sim_event *event)
{
    const bool notable = event->kind == SIM_EVENT_FAULT || event->kind == SIM_EVENT_REFUSED ||
                         event->kind == SIM_EVENT_FLASH;
    if (run->args->quiet || (run->args->verbose == 0 && !notable)) {
        return;
    }
    if (run->args->verbose == 0 && run->shown == RUN_EVENTS_SHOWN) {
        return;
    }
    clear_progress(run);
    event_print(stderr, event, run->colour);
    run->shown++;
    if (run->args->verbose == 0 && run->shown == RUN_EVENTS_SHOWN) {
        say("more events are not shown; the journal has them all");
    }
}

/** Whether somebody looks at the chip: what a fault or an end means is theirs to say. */
static bool is_attended(const struct run *run)
{
    return run->args->gdb != NULL || run->args->mailbox != NULL;
}

static void on_event(void *context, const struct sim_event *event)
{
    struct run *run = context;
    show_event(run, event);
    run_mailbox_event(&run->mailbox, event);
    run_gdb_event(&run->gdb, event);
    if (!is_attended(run) && event->kind == SIM_EVENT_FAULT && !run->args->allow_faults &&
        !run->fault) {
        run->fault = true;
        (void)snprintf(run->fault_text, sizeof run->fault_text, "%s", event->text);
        if (run->sim != NULL) {
            sim_stop(run->sim);
        }
    }
    if (event->kind == SIM_EVENT_BOOT || event->kind == SIM_EVENT_RESET ||
        event->kind == SIM_EVENT_NOTE) {
        (void)snprintf(run->last_text, sizeof run->last_text, "%s", event->text);
    }
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    struct run *run = context;
    if (uart != 1) {
        return;
    }
    clear_progress(run);
    struct xmodem_send *transfer = &run->send.transfer;
    const bool asked = transfer->state == XMODEM_ASKED;
    bool stop = false;
    if (run->send.file.data != NULL && xmodem_send_take(transfer, byte)) {
        stop = true; /* The loop is to look at it. */
    } else {
        if (asked && transfer->state == XMODEM_IDLE) {
            stop = console_byte(&run->console, 'C');
        }
        stop = console_byte(&run->console, byte) || stop;
    }
    if (stop) {
        sim_stop(run->sim);
    }
}

/* The loop. */

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/** After two seconds on a terminal: how far the run is, unless its own output shows that. */
static void show_progress(struct run *run, uint64_t now)
{
    if (run->args->quiet || now - run->started_ms < 2000 || now - run->progress_ms < 500 ||
        isatty(STDERR_FILENO) != 1 || isatty(STDOUT_FILENO) == 1) {
        return;
    }
    (void)fprintf(stderr, "\r\033[Kgarrison: %" PRIu64 " million instructions, %" PRIu64 " s",
                  run->insns / 1000000u, (now - run->started_ms) / 1000u);
    run->progress = true;
    run->progress_ms = now;
}

static uint32_t boot_verdict(const struct run *run)
{
    struct sim_state state = {0};
    if (run->sim != NULL) {
        sim_state_get(run->sim, &state);
    }
    return run_verdict(&state);
}

/** Instructions until the next limit, at most a slice. */
static uint64_t next_slice(const struct run *run)
{
    uint64_t slice = RUN_SLICE;
    const struct cli_number *max = &run->args->max_insns;
    if (max->given && max->value - run->insns < slice) {
        slice = max->value - run->insns;
    }
    if (run->settle_end != 0 && run->settle_end - run->insns < slice) {
        slice = run->settle_end - run->insns;
    }
    if (run->send.silence_end > run->insns && run->send.silence_end - run->insns < slice) {
        slice = run->send.silence_end - run->insns;
    }
    return slice;
}

/** A manager in this process that serves no more is a fault of the run. */
static void look_at_manager(struct run *run)
{
    const char *why = run->args->hosted ? run_hosted_stopped() : NULL;
    if (why != NULL && !run->fault && !run->args->allow_faults) {
        run->fault = true;
        (void)snprintf(run->fault_text, sizeof run->fault_text, "%s", why);
    }
}

/** A reset has ended a boot. */
static void end_boot(struct run *run)
{
    run->boots++;
    run_send_restart(&run->send);
}

/** Runs a slice and counts what was executed. */
static enum sim_stop run_slice(struct run *run)
{
    const uint64_t before = sim_time(run->sim);
    const enum sim_stop stop = sim_run(run->sim, next_slice(run));
    const uint64_t after = sim_time(run->sim);
    run->insns += after >= before ? after - before : after;
    if (fflush(stdout) != 0) {
        run->console.gone = true;
    }
    look_at_manager(run);
    if (stop == SIM_STOP_RESET) {
        end_boot(run);
    }
    return stop;
}

/** Whether what the chip did ends the run. */
static bool ended_by_chip(struct run *run, enum sim_stop stop, enum run_end *end)
{
    const bool settling = run->settle_end != 0;
    bool ends = true;
    if (stop == SIM_STOP_ERROR) {
        *end = RUN_BROKEN;
    } else if (is_attended(run)) {
        *end = run->console.fail.seen ? RUN_FAIL_TEXT : RUN_TEXT;
        ends = run->console.fail.seen || (stop == SIM_STOP_IDLE && run->console.until.seen);
    } else if (stop == SIM_STOP_LOCKUP) {
        *end = RUN_LOCKUP;
    } else if (run->fault) {
        *end = RUN_FAULT;
    } else if (run->console.fail.seen) {
        *end = RUN_FAIL_TEXT;
    } else if (stop == SIM_STOP_IDLE) {
        *end = boot_verdict(run) != 0 ? RUN_REFUSED : settling ? RUN_TEXT : RUN_IDLE;
    } else if (boot_verdict(run) != 0 && boot_verdict(run) != run->old_verdict) {
        *end = RUN_REFUSED;
    } else if (stop == SIM_STOP_HALTED) {
        *end = RUN_HALTED;
    } else if (stop == SIM_STOP_RESET && settling && !run->args->boots.given) {
        *end = RUN_RESET_AFTER;
    } else {
        ends = false;
    }
    return ends;
}

static bool has_timed_out(const struct run *run, uint64_t now)
{
    const struct cli_number *timeout = &run->args->timeout;
    return timeout->given && now - run->started_ms >= timeout->value;
}

/** Whether one of the user's limits ends the run. */
static bool ended_by_limit(struct run *run, enum run_end *end)
{
    const struct run_args *args = run->args;
    const uint64_t now = now_ms();
    bool ends = true;
    if (run->settle_end != 0 && run->insns >= run->settle_end) {
        *end = RUN_TEXT;
    } else if (interrupted != 0) {
        *end = RUN_INTERRUPTED;
    } else if (run->console.gone) {
        *end = RUN_OUTPUT_GONE;
    } else if (args->boots.given && run->boots >= args->boots.value) {
        *end = run->settle_end != 0 ? RUN_TEXT : RUN_BOOTS;
    } else if (args->max_insns.given && run->insns >= args->max_insns.value) {
        *end = run->settle_end != 0 ? RUN_TEXT : RUN_INSNS;
    } else if (has_timed_out(run, now)) {
        *end = RUN_TIMEOUT;
    } else {
        ends = false;
        show_progress(run, now);
    }
    return ends;
}

static bool restart_hosted(struct run *run)
{
    const char *why = run_hosted_restart();
    if (why == NULL) {
        return true;
    }
    run->sim = NULL;
    interrupted_sim = NULL;
    run_gdb_lost(&run->gdb);
    (void)snprintf(run->last_text, sizeof run->last_text, "%s", why);
    return false;
}

/* For GDB. */

static enum sim_stop gdb_slice(void *context)
{
    struct run *run = context;
    const enum sim_stop stop = run_slice(run);
    return stop == SIM_STOP_RESET && run->args->hosted && !restart_hosted(run) ? SIM_STOP_ERROR
                                                                               : stop;
}

static bool gdb_reset(void *context, bool power)
{
    struct run *run = context;
    end_boot(run);
    if (run->args->hosted) { /* what it stores in memory would not outlive a cut */
        sim_probe_reset(run->sim);
        (void)restart_hosted(run);
        return !power;
    }
    if (power) {
        sim_power_on(run->sim);
    } else {
        sim_probe_reset(run->sim);
    }
    return true;
}

static bool user_ends(void *context)
{
    const struct run *run = context;
    return interrupted != 0 || has_timed_out(run, now_ms());
}

static void begin_gdb(struct run *run)
{
    run->gdb.sim = run->sim;
    run->gdb.mailbox = &run->mailbox;
    run->gdb.owner = (struct run_gdb_owner){
        .context = run, .run = gdb_slice, .reset = gdb_reset, .ends = user_ends};
    run->gdb.halt_opened = !run->args->no_halt;
    if (!run->args->no_halt) {
        run_gdb_halt_first(&run->gdb);
    }
}

/* For the mailbox. */

static void mailbox_reset(void *context)
{
    struct run *run = context;
    end_boot(run);
    if (run->args->gdb != NULL) {
        run_gdb_let_go(&run->gdb);
    }
}

/** Whether nothing will happen by itself. */
static bool is_idle(enum sim_stop stop)
{
    return stop == SIM_STOP_IDLE || stop == SIM_STOP_LOCKUP || stop == SIM_STOP_HALTED;
}

/** Serves GDB until the chip is to run. @return false: GDB has ended the run, or the chip is lost */
static bool serve_gdb(struct run *run, enum sim_stop stop, enum run_end *end)
{
    const bool served = run->sim != NULL && run_gdb_serve(&run->gdb, is_idle(stop));
    *end = run->sim == NULL ? RUN_NOT_AGAIN : RUN_KILLED;
    return served && run->sim != NULL;
}

static enum run_end run_loop(struct run *run)
{
    enum run_end end = RUN_BROKEN;
    bool ends = false;
    run->started_ms = now_ms();
    if (!run->args->hosted) {
        sim_power_on(run->sim);
    }
    run->old_verdict = boot_verdict(run);
    if (run->args->gdb != NULL) {
        begin_gdb(run);
    }
    enum sim_stop stop = SIM_STOP_INSNS;
    while (!ends) {
        if (run->args->gdb != NULL && !serve_gdb(run, stop, &end)) {
            break;
        }
        if (run->args->gdb == NULL && run->args->mailbox != NULL) {
            run_mailbox_wait(&run->mailbox, is_idle(stop), user_ends);
        }
        stop = run_slice(run);
        if (run->args->gdb != NULL) {
            run_gdb_ran(&run->gdb, stop);
        }
        run_send_go_on(&run->send, run->sim, run->insns);
        ends = ended_by_chip(run, stop, &end);
        if (!ends && run->console.until.seen && run->settle_end == 0) {
            const struct cli_number *settle = &run->args->settle;
            run->settle_end = run->insns + (settle->given ? settle->value : RUN_SETTLE);
        }
        ends = ends || ended_by_limit(run, &end);
        if (!ends && stop == SIM_STOP_RESET && run->args->hosted && !restart_hosted(run)) {
            end = RUN_NOT_AGAIN;
            ends = true;
        }
    }
    clear_progress(run);
    return end;
}

static int run_and_report(struct run *run, const char *device)
{
    const enum run_end end = run_loop(run);
    const bool text_ended = end == RUN_FAIL_TEXT;
    const struct run_report report = {
        .end = end,
        .wants_text = run->args->until_text != NULL && !run->console.until.seen,
        .device = device,
        .detail = run->fault ? run->fault_text : run->last_text,
        .pattern = text_ended ? run->args->fail_text : run->args->until_text,
        .verdict = boot_verdict(run),
        .quiet = run->args->quiet,
    };
    return run_send_check(&run->send, run_report(&report));
}

static int add_symbols(struct run *run)
{
    struct sim_error error;
    for (unsigned i = 0; i < run->args->elf.count; i++) {
        if (sim_symbols_add(run->sim, run->args->elf.item[i], &error) != SIM_OK) {
            return fail(EXIT_USAGE, "%s", error.text);
        }
    }
    return EXIT_DONE;
}

static int open_device(struct run *run, const char *operand)
{
    const struct run_args *args = run->args;
    const struct sim_config config = {
        .device_path = args->hosted ? NULL : operand,
        .ephemeral = args->ephemeral,
        .strict_blocks = args->strict_blocks,
        .seed = args->seed.value,
        .on_event = on_event,
        .on_uart = on_uart,
        .context = run,
    };
    if (args->hosted) {
        const struct run_hosted hosted = {
            .application = operand, .device = args->device, .quiet = args->quiet};
        const int opened = run_hosted_open(&hosted, &config, &run->sim);
        return opened == EXIT_DONE ? add_symbols(run) : opened;
    }
    struct sim_error error;
    const enum sim_status status = sim_open(&config, &run->sim, &error);
    if (status == SIM_OK) {
        return add_symbols(run);
    }
    const bool ours = status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY;
    return fail(ours ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
}

static int run_run(const void *opaque, const char *const *operands)
{
    static struct run run;
    run.args = opaque;
    run.colour = wants_colour();
    if (run.args->boots.given && run.args->boots.value == 0) {
        return fail(EXIT_USAGE, "--boots: 0 boots are none");
    }
    if (run.args->device != NULL && !run.args->hosted) {
        return fail(EXIT_USAGE, "--device: without --hosted the operand is the device");
    }
    if (run.args->mailbox != NULL && run.args->hosted) {
        return fail(EXIT_USAGE, "--mailbox: with --hosted there is no boot ROM to answer");
    }
    int status = console_init(&run.console, run.args->until_text, run.args->fail_text);
    if (status == EXIT_DONE) {
        status = run_send_open(&run.send, run.args->send);
    }
    run.gdb.listener.fd = run.gdb.client = -1;
    run_mailbox_init(&run.mailbox);
    if (status == EXIT_DONE && run.args->gdb != NULL) {
        status = run_gdb_open(&run.gdb, run.args->gdb, run.args->quiet);
    }
    if (status == EXIT_DONE && run.args->mailbox != NULL) {
        status = run_mailbox_open(&run.mailbox, run.args->mailbox, run.args->quiet);
    }
    if (status == EXIT_DONE) {
        status = open_device(&run, operands[0]);
    }
    if (status == EXIT_DONE) {
        catch_signals(run.sim);
        run_mailbox_begin(&run.mailbox, run.sim, mailbox_reset, &run);
        status = run_and_report(&run, run.args->hosted ? run.args->device : operands[0]);
        interrupted_sim = NULL;
    }
    run_gdb_close(&run.gdb, status);
    run_mailbox_close(&run.mailbox);
    if (run.args->hosted) {
        run_hosted_close();
    } else {
        sim_close(run.sim);
    }
    console_fini(&run.console);
    run_send_close(&run.send);
    return status;
}

const struct cli_verb verb_run = {
    .name = "run",
    .operands = "DEVICE|APPLICATION",
    .operand_count = 1,
    .summary = "power a device on and run it",
    .notes =
        "What the chip sends on USART1 goes to standard output. Faults, refused accesses and\n"
        "failed flash operations, and the command's own words, go to standard error. RE is a\n"
        "POSIX extended regular expression, matched against each line, finished or not.\n\n"
        "--send waits for a 'C' at the start of a line with nothing behind it, and sends FILE by\n"
        "XMODEM-1K, as `sx --1k FILE` would to a board. What the chip says meanwhile is shown.\n\n"
        "--hosted APPLICATION runs an ELF file, an image or the bytes from its vectors on, linked "
        "as\n"
        "for the part: the manager is this process, and neither keys nor other images are needed.\n"
        "What it stores is in --device FILE, or in what GARRISON_DEVICE names, or gone at the "
        "end.\n\n"
        "--gdb waits for `target remote localhost:3333` before the first instruction that debug "
        "may\n"
        "see, and a fault does not end the run; `monitor help` in GDB tells more. --mailbox lets\n"
        "`garrison debug` reach the boot ROM; only signals and limits end the run then.\n\n"
        "exit status:\n"
        "    0  ended as asked: the text came, a limit was reached, or the chip sleeps for good\n"
        "    1  verdict failed: an unexpected fault, a lockup, an image refused, nothing to\n"
        "       start, the text of --fail-text, or the end without that of --until-text, or\n"
        "       before all of FILE was sent\n"
        "    2  the command line, DEVICE or another file is wrong, or DEVICE is in use\n"
        "    3  internal error, or the device file or the output could not be written\n"
        "  124  --timeout was reached\n"
        "  130  interrupted",
    .options = options,
    .args_size = sizeof(struct run_args),
    .run = run_run,
};
