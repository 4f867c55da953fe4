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
     "replace DEVICE if it is a device"},
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

/** Whether both names stand for the same file. */
static bool is_same(const char *path, const char *other)
{
    struct stat a;
    struct stat b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool is_key(const char *path, const struct config_list *keys)
{
    const struct device_key *key = keys->items;
    bool same = false;
    for (size_t i = 0; i < keys->count; i++) {
        same = same || is_same(path, key[i].file.text);
    }
    return same;
}

/** What the device is made from is never replaced by it. */
static int check_inputs(const char *path, const char *config, const struct provision_plan *plan)
{
    const struct device_decryption *decryption = &plan->values.decryption;
    bool same = is_same(path, config) || is_key(path, &plan->values.keys) ||
                (decryption->urot.text != NULL && is_same(path, decryption->urot.text)) ||
                (decryption->others.text != NULL && is_same(path, decryption->others.text));
    for (unsigned i = 0; i < plan->images; i++) {
        same = same || is_same(path, plan->image[i].config->file.text);
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

static int make_and_name(const char *path, const struct provision_plan *plan, bool force)
{
    char *making = NULL;
    int status = name_making(path, &making);
    if (status != EXIT_DONE) {
        return status;
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
    say("keys: %u; slots: %u; to decrypt with: %u", plan->keys.count, plan->layout.count,
        plan->image_key[0].given + plan->image_key[1].given);
}

static int run_provision(const void *opaque, const char *const *operands)
{
    const struct provision_args *args = opaque;
    static struct provision_plan plan;
    if (args->config == NULL) {
        return fail(EXIT_USAGE, "provision: --config is missing");
    }
    struct stat info;
    if (!args->force && lstat(operands[0], &info) == 0) {
        return fail(EXIT_USAGE, "%s: exists already; --force replaces it", operands[0]);
    }
    int status = plan_init(&plan, args->config, args->allow_invalid);
    if (status != EXIT_DONE) {
        return status;
    }
    if (args->verbose > 0) {
        say_plan(&plan);
    }
    status = check_inputs(operands[0], args->config, &plan);
    if (status == EXIT_DONE) {
        status = make_and_name(operands[0], &plan, args->force);
    }
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
