/*
 * garrison provision
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <garrison/handoff.h>
#include <garrison/sim.h>

#include "life_accept.h"
#include "life_make.h"
#include "life_report.h"
#include "provision_plan.h"
#include "report.h"
#include "verbs.h"

/** The keys store as a Secure programmer sees it. */
#define KEYS_STORE_ADDR 0x0FFD0000u

struct provision_args {
    const char *config;
    bool force;
    bool allow_invalid;
    bool dry_run;
    struct cli_list accept;
    unsigned verbose;
};

/** What is to be made: all at once, or by the steps of a life. */
struct making {
    const struct provision_plan *plan;
    const struct life_plan *life; /**< NULL: at once. */
    const struct life_credentials *credentials;
};

static const struct cli_option options[] = {
    {"config", 'c', CLI_TEXT, offsetof(struct provision_args, config), "FILE",
     "description of the device (YAML)"},
    {"force", 'f', CLI_FLAG, offsetof(struct provision_args, force), NULL,
     "replace DEVICE if it is a device"},
    {"allow-invalid", 0, CLI_FLAG, offsetof(struct provision_args, allow_invalid), NULL,
     "also write images that will be refused"},
    {"dry-run", 'n', CLI_FLAG, offsetof(struct provision_args, dry_run), NULL,
     "print the steps and what each makes impossible; make nothing"},
    {"accept", 0, CLI_LIST, offsetof(struct provision_args, accept), "WORD",
     "do it although: " LIFE_WORDS},
    {"verbose", 'v', CLI_COUNT, offsetof(struct provision_args, verbose), NULL,
     "say what is written where"},
    {.name = NULL},
};

/** The simulator's answer as an exit status, with its reason said. */
static int say_failure(enum sim_status status, const struct sim_error *error)
{
    const bool ours = status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY;
    return fail(ours ? EXIT_INTERNAL : EXIT_USAGE, "%s", error->text);
}

static enum sim_status write_options(struct sim *sim, const struct provision_plan *plan,
                                     struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; status == SIM_OK && sim_option_name(i) != NULL; i++) {
        uint32_t value = 0;
        status = sim_option_read(sim, sim_option_name(i), &value, error);
        if (status == SIM_OK && plan_options_apply(&plan->options, sim_option_name(i), &value)) {
            status = sim_option_write(sim, sim_option_name(i), value, error);
        }
    }
    return status;
}

/** What the first stage reads: the owners' keys, and where everything stands. */
static enum sim_status write_records(struct sim *sim, const struct provision_plan *plan,
                                     struct sim_error *error)
{
    if (plan->keys.count == 0) {
        return SIM_OK;
    }
    const enum sim_status status = sim_poke(sim, KEYS_STORE_ADDR + KEY_RECORD_OFF,
                                            (const uint8_t *)&plan->keys, sizeof plan->keys, error);
    return status != SIM_OK ? status
                            : sim_poke(sim, KEYS_STORE_ADDR + LAYOUT_RECORD_OFF,
                                       (const uint8_t *)&plan->layout, sizeof plan->layout, error);
}

/** What the stages decrypt with, each at its own level. */
static enum sim_status write_image_keys(struct sim *sim, const struct provision_plan *plan,
                                        struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; status == SIM_OK && i < PLAN_IMAGE_KEYS; i++) {
        const struct plan_image_key *key = &plan->image_key[i];
        if (key->given) {
            status =
                sim_poke(sim, KEYS_STORE_ADDR + key->off, key->secret, sizeof key->secret, error);
        }
    }
    return status;
}

static enum sim_status write_all(struct sim *sim, const struct provision_plan *plan,
                                 struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; status == SIM_OK && i < plan->images; i++) {
        const struct plan_image *image = &plan->image[i];
        status = sim_poke(sim, (uint32_t)image->config->address.number, image->file.data,
                          image->file.len, error);
    }
    if (status == SIM_OK) {
        status = write_records(sim, plan, error);
    }
    if (status == SIM_OK) {
        status = write_image_keys(sim, plan, error);
    }
    if (status == SIM_OK) {
        status = write_options(sim, plan, error);
    }
    return status == SIM_OK ? sim_commit(sim, error) : status;
}

/** Writes everything behind the chip's rules. */
static int make_at_once(const char *path, const struct provision_plan *plan)
{
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim_error error = {""};
    struct sim *sim = NULL;
    enum sim_status status = sim_create(path, &plan->identity, &error);
    if (status == SIM_OK) {
        status = sim_open(&config, &sim, &error);
    }
    if (status == SIM_OK) {
        status = write_all(sim, plan, &error);
    }
    sim_close(sim);
    return status == SIM_OK ? EXIT_DONE : say_failure(status, &error);
}

static int make_by_steps(const char *path, const struct making *making)
{
    struct sim_error error = {""};
    bool refused = false;
    const enum sim_status status = life_make(path, making->plan, &error);
    return status == SIM_OK ? life_perform(path, making->life, making->credentials, &refused)
                            : say_failure(status, &error);
}

/** Makes the device under a name that nobody uses. */
static int make_device(const char *path, const struct making *making)
{
    return making->life != NULL ? make_by_steps(path, making) : make_at_once(path, making->plan);
}

/** Whether both names stand for the same file. */
static bool is_same(const char *path, const char *other)
{
    struct stat a;
    struct stat b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/** Whether a value that may be absent names the same file. */
static bool is_value(const char *path, const struct config_value *file)
{
    return file->at.line != 0 && is_same(path, file->text);
}

static bool is_listed(const char *path, const struct provision_plan *plan)
{
    const struct device_key *key = plan->values.keys.items;
    const struct device_step *step = plan->values.steps.items;
    bool same = false;
    for (size_t i = 0; i < plan->values.keys.count; i++) {
        same = same || is_value(path, &key[i].file);
    }
    for (size_t i = 0; i < plan->values.steps.count; i++) {
        same = same || is_value(path, &step[i].obk_file) || is_value(path, &step[i].option_file);
    }
    for (unsigned i = 0; i < plan->images; i++) {
        same = same || is_value(path, &plan->image[i].config->file);
    }
    return same;
}

/** What the device is made from is never replaced by it. */
static int check_inputs(const char *path, const char *config, const struct provision_plan *plan)
{
    const struct device_values *values = &plan->values;
    const struct config_value *const files[] = {
        &values->decryption.urot,     &values->decryption.others,
        &values->authentication.root, &values->authentication.password,
        &values->authentication.obk,  &values->authentication.chain,
        &values->authentication.key,
    };
    bool same = is_same(path, config) || is_listed(path, plan);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        same = same || is_value(path, files[i]);
    }
    return same ? fail(EXIT_USAGE, "%s: the device is made from it, and does not replace it", path)
                : EXIT_DONE;
}

static int give_name(const char *made, const char *path, bool force)
{
    struct sim_error error;
    const enum sim_status status = sim_rename(made, path, force, &error);
    return status == SIM_OK ? EXIT_DONE : say_failure(status, &error);
}

/** A name that nobody uses, beside the file that is to be replaced: a symbolic link is followed. */
static int name_making(const char *path, char **making)
{
    uint32_t number = 0;
    const int status = file_random((uint8_t *)&number, sizeof number);
    if (status != EXIT_DONE) {
        return status;
    }
    char *file = realpath(path, NULL);
    const int len = asprintf(making, "%s.%08lx", file != NULL ? file : path, (unsigned long)number);
    free(file);
    return len >= 0 ? EXIT_DONE : fail(EXIT_INTERNAL, "out of memory");
}

static int make_and_name(const char *path, const struct making *making, bool force)
{
    char *name = NULL;
    int status = name_making(path, &name);
    if (status != EXIT_DONE) {
        return status;
    }
    status = make_device(name, making);
    if (status == EXIT_DONE) {
        status = give_name(name, path, force);
    }
    (void)unlink(name);
    free(name);
    return status;
}

static void say_plan(const struct provision_plan *plan)
{
    for (unsigned i = 0; i < plan->images; i++) {
        const struct plan_image *image = &plan->image[i];
        say("0x%08lX %zu bytes of %s", (unsigned long)image->config->address.number,
            image->file.len, image->config->file.text);
    }
    for (unsigned i = 0; i < plan->options.count; i++) {
        const struct plan_option *option = &plan->options.item[i];
        say("%s: bits 0x%08lX = 0x%08lX", option->word, (unsigned long)option->mask,
            (unsigned long)option->value);
    }
    say("keys: %u; slots: %u; to decrypt with: %u", plan->keys.count, plan->layout.count,
        plan->image_key[0].given + plan->image_key[1].given);
}

/** Rehearses the steps, and does them if they may be done. */
static int provision_steps(const struct provision_args *args, const char *path,
                           const struct making *making)
{
    static struct life_rehearsal rehearsal;
    int status = life_rehearse(making->life, making->credentials, NULL, &rehearsal);
    if (status != EXIT_DONE) {
        return status;
    }
    if (args->dry_run || args->verbose > 0) {
        life_report_steps(making->life, &rehearsal);
        life_report_verdict(making->life, &rehearsal);
    }
    if (!life_wanted(making->plan)) {
        return EXIT_DONE; /* A dry run of what is made at once, whatever is said of it. */
    }
    status = life_accept(making->life, &rehearsal, &args->accept);
    return status != EXIT_DONE || args->dry_run ? status : make_and_name(path, making, args->force);
}

static int provision_life(const struct provision_args *args, const char *path,
                          const struct provision_plan *plan)
{
    static struct life_plan life;
    struct life_credentials credentials;
    int status = life_credentials_read(plan, &credentials);
    status = status == EXIT_DONE ? life_plan_init(&life, plan) : status;
    if (status == EXIT_DONE) {
        const struct making making = {plan, &life, &credentials};
        status = provision_steps(args, path, &making);
        life_plan_fini(&life);
    }
    life_credentials_wipe(&credentials);
    return status;
}

static int provision(const struct provision_args *args, const char *path,
                     const struct provision_plan *plan)
{
    const struct making at_once = {.plan = plan};
    const int status = check_inputs(path, args->config, plan);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!life_wanted(plan)) {
        life_accept_at_once(plan, &args->accept);
    }
    if (args->dry_run || life_wanted(plan)) {
        return provision_life(args, path, plan);
    }
    if (args->verbose > 0) {
        say_plan(plan);
    }
    return make_and_name(path, &at_once, args->force);
}

static int run_provision(const void *opaque, const char *const *operands)
{
    const struct provision_args *args = opaque;
    static struct provision_plan plan;
    if (args->config == NULL) {
        return fail(EXIT_USAGE, "provision: --config is missing");
    }
    struct stat info;
    if (!args->force && !args->dry_run && lstat(operands[0], &info) == 0) {
        return fail(EXIT_USAGE, "%s: exists already; --force replaces it", operands[0]);
    }
    int status = life_accept_check(&args->accept);
    status = status == EXIT_DONE ? plan_init(&plan, args->config, args->allow_invalid) : status;
    if (status != EXIT_DONE) {
        return status;
    }
    status = provision(args, operands[0], &plan);
    plan_fini(&plan);
    return status;
}

const struct cli_verb verb_provision = {
    .name = "provision",
    .operands = "DEVICE",
    .operand_count = 1,
    .summary = "make a device: option bytes, keys and images from one description",
    .notes =
        "DEVICE is the file to make. Everything is read and checked before anything is written,\n"
        "and the file appears whole or not at all. Paths in the description are relative to it.\n\n"
        "A description that closes the device, says how debug is authenticated or spells its\n"
        "steps out is rehearsed first, and then done step by step as a programming tool does it.\n"
        "What bricks the device, shuts the way back or is refused is done with --accept only.\n\n"
        "exit status: 0 done, 1 the rehearsal says no, 2 a file or an option is wrong,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct provision_args),
    .run = run_provision,
};
