/*
 * garrison rehearse
 */
#include <stdio.h>

#include "life_accept.h"
#include "life_report.h"
#include "report.h"
#include "verbs.h"

struct rehearse_args {
    const char *config;
    const char *device;
    bool json;
};

static const struct cli_option options[] = {
    {"config", 'c', CLI_TEXT, offsetof(struct rehearse_args, config), "FILE",
     "description of the device (YAML)"},
    {"device", 'd', CLI_TEXT, offsetof(struct rehearse_args, device), "FILE",
     "begin with a copy of this device, not with a virgin one"},
    {"json", 0, CLI_FLAG, offsetof(struct rehearse_args, json), NULL, "print JSON"},
    {.name = NULL},
};

/** No if a plan that is done for real would not give what its user wants. */
static int exit_status(const struct life_rehearsal *rehearsal)
{
    const bool fine =
        rehearsal->complete && rehearsal->verdict == LIFE_USABLE && rehearsal->way.exists;
    return fine ? EXIT_DONE : EXIT_VERDICT;
}

static int rehearse(const struct rehearse_args *args, const struct provision_plan *plan)
{
    static struct life_plan life;
    static struct life_rehearsal rehearsal;
    struct life_credentials credentials;
    int status = life_credentials_read(plan, &credentials);
    status = status == EXIT_DONE ? life_plan_init(&life, plan) : status;
    if (status != EXIT_DONE) {
        life_credentials_wipe(&credentials);
        return status;
    }
    status = life_rehearse(&life, &credentials, args->device, &rehearsal);
    if (status == EXIT_DONE && args->json) {
        life_report_json(&life, &rehearsal);
    } else if (status == EXIT_DONE) {
        life_report_steps(&life, &rehearsal);
        life_report_verdict(&life, &rehearsal);
    }
    if (status == EXIT_DONE) {
        const int keys = life_accept_keys(&life, NULL);
        status = keys != EXIT_DONE ? keys : exit_status(&rehearsal);
    }
    life_plan_fini(&life);
    life_credentials_wipe(&credentials);
    return status;
}

static int run_rehearse(const void *opaque, const char *const *operands)
{
    const struct rehearse_args *args = opaque;
    static struct provision_plan plan;
    (void)operands;
    if (args->config == NULL) {
        return fail(EXIT_USAGE, "rehearse: --config is missing");
    }
    int status = plan_init(&plan, args->config, true);
    if (status == EXIT_DONE) {
        status = rehearse(args, &plan);
        plan_fini(&plan);
    }
    return status;
}

const struct cli_verb verb_rehearse = {
    .name = "rehearse",
    .operands = "",
    .operand_count = 0,
    .summary = "do a plan of provisioning on a copy, and say what becomes of the device",
    .notes =
        "Every step goes through the debug port of a simulated part, which refuses what a part\n"
        "refuses. In the end the copy is booted, and asked for a full regression with the\n"
        "credentials of the description, or for a rescue: usable, recoverable, or bricked, with\n"
        "the step behind which there is no way back, and the reason.\n\n"
        "exit status: 0 usable, with a way back, no step refused, and not closed with a key for\n"
        "development; 1 anything else;\n"
        "2 a file or an option is wrong, 3 internal error",
    .options = options,
    .args_size = sizeof(struct rehearse_args),
    .run = run_rehearse,
};
