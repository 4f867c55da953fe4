/*
 * garrison log
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <garrison/sim.h>

#include "event_text.h"
#include "json.h"
#include "report.h"
#include "verbs.h"

struct log_args {
    bool json;
    struct cli_number last;
};

static const struct cli_option options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct log_args, json), NULL, "print a JSON array"},
    {"last", 'n', CLI_NUMBER, offsetof(struct log_args, last), "N", "only the last N events"},
    {.name = NULL},
};

struct printer {
    struct json json;
    bool as_json;
    bool begun; /**< The array is open; not before it is known that the file can be read. */
    bool colour;
};

static void print_event(void *context, const struct sim_event *event)
{
    struct printer *printer = context;
    struct json *json = &printer->json;
    if (!printer->as_json) {
        event_print(stdout, event, printer->colour);
        return;
    }
    if (!printer->begun) {
        json_array(json, NULL);
        printer->begun = true;
    }
    json_object(json, NULL);
    json_number(json, "boot", event->boot);
    json_number(json, "time", event->time);
    json_text(json, "kind", sim_event_name(event->kind));
    json_number(json, "hdpl", event->hdpl);
    if (event->has_cpu) {
        json_bool(json, "secure", event->attr.secure);
        json_bool(json, "privileged", event->attr.privileged);
        json_number(json, "pc", event->pc);
    }
    json_text(json, "text", event->text);
    json_end_object(json);
}

static int run_log(const void *opaque, const char *const *operands)
{
    const struct log_args *args = opaque;
    struct printer printer = {
        .json = {.file = stdout},
        .as_json = args->json,
        .colour = wants_colour() && isatty(STDOUT_FILENO) == 1,
    };
    struct sim_error error;
    if (args->last.given && args->last.value == 0) {
        return fail(EXIT_USAGE, "--last: 0 events are none");
    }
    const enum sim_status status =
        sim_journal_read(operands[0], args->last.value, print_event, &printer, &error);
    if (status != SIM_OK) {
        return fail(status == SIM_ERROR_MEMORY ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
    }
    if (args->json && !printer.begun) {
        json_array(&printer.json, NULL);
    }
    if (args->json) {
        json_end_array(&printer.json);
    }
    return EXIT_DONE;
}

const struct cli_verb verb_log = {
    .name = "log",
    .operands = "DEVICE",
    .operand_count = 1,
    .summary = "show a device's journal: boots, faults, refused accesses, its console",
    .notes =
        "A line is: boot, virtual time in instructions, HDPL, state of the processor (S or NS,\n"
        "p for privileged, u for unprivileged) and its PC, kind, words. Works while a simulator\n"
        "has the device open.\n\n"
        "exit status: 0 done, 2 DEVICE is not a device file, 3 internal error",
    .options = options,
    .args_size = sizeof(struct log_args),
    .run = run_log,
};
