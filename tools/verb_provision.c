/*
 * garrison provision
 */
#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <garrison/handoff.h>
#include <garrison/sim.h>

#include "provision_plan.h"
#include "report.h"
#include "verbs.h"

/** The keys store as a Secure programmer sees it. */
#define KEYS_STORE_ADDR 0x0FFD0000u

struct provision_args {
    const char *config;
    bool force;
    bool allow_invalid;
    unsigned verbose;
};

static const struct cli_option options[] = {
    {"config", 'c', CLI_TEXT, offsetof(struct provision_args, config), "FILE",
     "description of the device (YAML)"},
    {"force", 'f', CLI_FLAG, offsetof(struct provision_args, force), NULL,
     "replace DEVICE if it exists"},
    {"allow-invalid", 0, CLI_FLAG, offsetof(struct provision_args, allow_invalid), NULL,
     "also write images that will be refused"},
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
    for (unsigned i = 0; status == SIM_OK && i < plan->options; i++) {
        const struct plan_option *option = &plan->option[i];
        uint32_t value = 0;
        status = sim_option_read(sim, option->word, &value, error);
        if (status == SIM_OK) {
            value = (value & ~option->mask) | option->value;
            status = sim_option_write(sim, option->word, value, error);
        }
    }
    return status;
}

static enum sim_status write_keys(struct sim *sim, const struct key_record *record, uint32_t off,
                                  struct sim_error *error)
{
    if (record->count == 0) {
        return SIM_OK;
    }
    return sim_poke(sim, KEYS_STORE_ADDR + off, (const uint8_t *)record, sizeof *record, error);
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
        status = write_keys(sim, &plan->keys_hdpl1, KEY_RECORD_OFF_HDPL1, error);
    }
    if (status == SIM_OK) {
        status = write_keys(sim, &plan->keys_hdpl2, KEY_RECORD_OFF_HDPL2, error);
    }
    if (status == SIM_OK) {
        status = write_options(sim, plan, error);
    }
    return status == SIM_OK ? sim_commit(sim, error) : status;
}

/** Makes the device under a name that nobody uses. */
static int make_device(const char *path, const struct provision_plan *plan)
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

/** A device that is there may be replaced only with --force, and only when nobody uses it. */
static int check_target(const char *path, bool force)
{
    const struct sim_config config = {.device_path = path, .ephemeral = true, .no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    if (access(path, F_OK) != 0) {
        return EXIT_DONE;
    }
    if (!force) {
        return fail(EXIT_USAGE, "%s: exists already; --force replaces it", path);
    }
    const enum sim_status status = sim_open(&config, &sim, &error);
    sim_close(sim);
    return status == SIM_ERROR_BUSY ? say_failure(status, &error) : EXIT_DONE;
}

/** Removes the write-ahead log of a replaced device, which would be taken for the new one's. */
static void remove_beside(const char *path, const char *suffix)
{
    char *name = NULL;
    if (asprintf(&name, "%s%s", path, suffix) >= 0) {
        (void)unlink(name);
        free(name);
    }
}

static int give_name(const char *made, const char *path, bool force)
{
    remove_beside(path, "-wal");
    remove_beside(path, "-shm");
    const bool done = force ? rename(made, path) == 0 : link(made, path) == 0;
    return done ? EXIT_DONE : fail(EXIT_USAGE, "%s: cannot be written: %s", path, strerror(errno));
}

static int make_and_name(const char *path, const struct provision_plan *plan, bool force)
{
    uint32_t number = 0;
    char *making = NULL;
    int status = file_random((uint8_t *)&number, sizeof number);
    if (status != EXIT_DONE) {
        return status;
    }
    if (asprintf(&making, "%s.%08lx", path, (unsigned long)number) < 0) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    status = make_device(making, plan);
    if (status == EXIT_DONE) {
        status = give_name(making, path, force);
    }
    (void)unlink(making);
    free(making);
    return status;
}

static void say_plan(const struct provision_plan *plan)
{
    for (unsigned i = 0; i < plan->images; i++) {
        const struct plan_image *image = &plan->image[i];
        say("0x%08lX %zu bytes of %s", (unsigned long)image->config->address.number,
            image->file.len, image->config->file.text);
    }
    for (unsigned i = 0; i < plan->options; i++) {
        say("%s: bits 0x%08lX = 0x%08lX", plan->option[i].word, (unsigned long)plan->option[i].mask,
            (unsigned long)plan->option[i].value);
    }
    say("keys: %u at HDPL1, %u at HDPL2", plan->keys_hdpl1.count, plan->keys_hdpl2.count);
}

static int run_provision(const void *opaque, const char *const *operands)
{
    const struct provision_args *args = opaque;
    static struct provision_plan plan;
    if (args->config == NULL) {
        return fail(EXIT_USAGE, "provision: --config is missing");
    }
    int status = check_target(operands[0], args->force);
    if (status != EXIT_DONE) {
        return status;
    }
    status = plan_init(&plan, args->config, args->allow_invalid);
    if (status != EXIT_DONE) {
        return status;
    }
    if (args->verbose > 0) {
        say_plan(&plan);
    }
    status = make_and_name(operands[0], &plan, args->force);
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
        "exit status: 0 done, 2 a file or an option is wrong, 3 internal error",
    .options = options,
    .args_size = sizeof(struct provision_args),
    .run = run_provision,
};
