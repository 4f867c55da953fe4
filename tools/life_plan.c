#include "life_plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>

#include "base/secret.h"
#include "life_authentication.h"
#include "report.h"
#include "vendor_obk.h"
#include "vendor_options.h"

#define STATE_OPEN         0xEDu
#define STATE_PROVISIONING 0x17u
#define STATE_CLOSED       0x72u
#define STATE_LOCKED       0x5Cu

#define STATE_MASK 0xFF00u
#define STATE_POS  8u

#define OPTION_FILE_BYTES 65536u

/** When an option byte is written: some must be there before images are, some bar all that follows. */
enum when { EARLY, LATE, AT_LAST };

static const struct {
    const char *word;
    uint32_t mask; /**< Of bits that are written late. */
} late_options[] = {
    {"OPTSR", 1u << 31},   {"HDP1R", UINT32_MAX}, {"HDP2R", UINT32_MAX}, {"WRP1R", UINT32_MAX},
    {"WRP2R", UINT32_MAX}, {"NSBOOTR", 0xFFu},    {"SECBOOTR", 0xFFu},
};

void life_words(char text[LIFE_TEXT], const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, LIFE_TEXT, format, list);
    va_end(list);
}

/* Steps. */

static struct life_step *add_step(struct life_plan *life, enum life_kind kind)
{
    if (life->steps == LIFE_STEPS_MAX) {
        (void)fail(EXIT_USAGE, "there are more than %u steps", LIFE_STEPS_MAX);
        return NULL;
    }
    struct life_step *step = &life->step[life->steps++];
    *step = (struct life_step){.kind = kind};
    return step;
}

static void say_options(struct life_step *step, const struct plan_options *options)
{
    size_t at = (size_t)snprintf(step->text, sizeof step->text, "option bytes:");
    for (unsigned i = 0; i < options->count && at < sizeof step->text; i++) {
        at += (size_t)snprintf(step->text + at, sizeof step->text - at, "%s %s", i > 0 ? "," : "",
                               options->item[i].text);
    }
}

static int add_state(struct life_plan *life, uint32_t code)
{
    struct life_step *step = add_step(life, LIFE_OPTIONS);
    if (step == NULL) {
        return EXIT_USAGE;
    }
    step->options.count = 1;
    step->options.item[0] =
        (struct plan_option){.word = "OPTSR", .mask = STATE_MASK, .value = code << STATE_POS};
    life_words(step->text, "product state: %s", plan_state_name(code));
    return EXIT_DONE;
}

static int add_plain(struct life_plan *life, enum life_kind kind, bool partial, const char *text)
{
    struct life_step *step = add_step(life, kind);
    if (step == NULL) {
        return EXIT_USAGE;
    }
    step->partial = partial;
    life_words(step->text, "%s", text);
    return EXIT_DONE;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/** All images of a role, or with role UINT64_MAX all; those in system flash were there before. */
static int add_images(struct life_plan *life, uint64_t role, unsigned *added)
{
    for (unsigned i = 0; i < life->plan->images; i++) {
        const struct plan_image *image = &life->plan->image[i];
        if (plan_image_is_system(image) ||
            (role != UINT64_MAX && role != image->config->role.number)) {
            continue;
        }
        struct life_step *step = add_step(life, LIFE_PROGRAM);
        if (step == NULL) {
            return EXIT_USAGE;
        }
        step->image = image;
        life_words(step->text, "program 0x%08lX: %zu bytes of %s",
                   (unsigned long)image->config->address.number, image->file.len,
                   file_name(image->config->file.text));
        (*added)++;
    }
    return EXIT_DONE;
}

/* Option-byte keys. */

/** Bytes as they are, unencrypted: what Garrison's stages read. */
static int add_plain_obk(struct life_plan *life, uint32_t off, const void *data, uint32_t len,
                         const char *what)
{
    struct life_step *step = add_step(life, LIFE_OBK);
    if (step == NULL) {
        return EXIT_USAGE;
    }
    const struct vendor_obk obk = {.off = off, .len = len, .data = data};
    step->obk = (struct file_data){malloc(VENDOR_OBK_HEADER + len), VENDOR_OBK_HEADER + len};
    if (step->obk.data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    (void)vendor_obk_write(&obk, step->obk.data);
    life_words(step->text, "option-byte keys 0x%03lX: %s", (unsigned long)off, what);
    return EXIT_DONE;
}

static int add_image_key(struct life_plan *life, unsigned which)
{
    const struct plan_image_key *key = &life->plan->image_key[which];
    return add_plain_obk(life, key->off, key->secret, sizeof key->secret,
                         which == 0 ? "private key for images of the uROT"
                                    : "private key for all other images");
}

static int add_authentication(struct life_plan *life)
{
    struct life_step *step = add_step(life, LIFE_OBK);
    if (step == NULL) {
        return EXIT_USAGE;
    }
    return life_authentication_obk(life->plan, &step->obk, step->text, sizeof step->text);
}

static int add_obk(struct life_plan *life, enum device_obk what)
{
    const struct provision_plan *plan = life->plan;
    switch (what) {
    case DEVICE_OBK_AUTHENTICATION:
        return add_authentication(life);
    case DEVICE_OBK_KEYS:
        return add_plain_obk(life, KEY_RECORD_OFF, &plan->keys, sizeof plan->keys, "key record");
    case DEVICE_OBK_LAYOUT:
        return add_plain_obk(life, LAYOUT_RECORD_OFF, &plan->layout, sizeof plan->layout,
                             "layout record");
    case DEVICE_OBK_DECRYPTION_UROT:
        return add_image_key(life, 0);
    case DEVICE_OBK_DECRYPTION_OTHERS:
        return add_image_key(life, 1);
    }
    return EXIT_INTERNAL;
}

static bool has_obk(const struct provision_plan *plan, enum device_obk what)
{
    switch (what) {
    case DEVICE_OBK_AUTHENTICATION:
        return life_authentication_given(plan);
    case DEVICE_OBK_KEYS:
    case DEVICE_OBK_LAYOUT:
        return plan->keys.count > 0;
    case DEVICE_OBK_DECRYPTION_UROT:
        return plan->image_key[0].given;
    case DEVICE_OBK_DECRYPTION_OTHERS:
        return plan->image_key[1].given;
    }
    return false;
}

static int add_all_obk(struct life_plan *life)
{
    static const enum device_obk all[] = {DEVICE_OBK_AUTHENTICATION, DEVICE_OBK_KEYS,
                                          DEVICE_OBK_LAYOUT, DEVICE_OBK_DECRYPTION_UROT,
                                          DEVICE_OBK_DECRYPTION_OTHERS};
    int status = EXIT_DONE;
    for (size_t i = 0; status == EXIT_DONE && i < sizeof all / sizeof all[0]; i++) {
        if (has_obk(life->plan, all[i])) {
            status = add_obk(life, all[i]);
        }
    }
    return status;
}

static int add_obk_file(struct life_plan *life, const char *path)
{
    struct life_step *step = add_step(life, LIFE_OBK);
    if (step == NULL) {
        return EXIT_USAGE;
    }
    life_words(step->text, "option-byte keys: %s", file_name(path));
    return file_read(path, VENDOR_OBK_FILE_MAX, &step->obk);
}

/* The order of a description that does not say one. */

static enum when when_of(const struct plan_option *option)
{
    if (strcmp(option->word, "OPTSR") == 0 && option->mask == STATE_MASK) {
        return AT_LAST;
    }
    for (size_t i = 0; i < sizeof late_options / sizeof late_options[0]; i++) {
        if (strcmp(option->word, late_options[i].word) == 0 &&
            (option->mask & ~late_options[i].mask) == 0) {
            return LATE;
        }
    }
    return EARLY;
}

static void pick_options(const struct life_plan *life, enum when when, struct plan_options *out)
{
    for (unsigned i = 0; i < life->plan->options.count; i++) {
        if (when_of(&life->plan->options.item[i]) == when) {
            out->item[out->count++] = life->plan->options.item[i];
        }
    }
}

static int add_step_options(struct life_plan *life, const struct plan_options *options)
{
    struct life_step *step = options->count > 0 ? add_step(life, LIFE_OPTIONS) : NULL;
    if (step == NULL) {
        return options->count > 0 ? EXIT_USAGE : EXIT_DONE;
    }
    step->options = *options;
    say_options(step, options);
    return EXIT_DONE;
}

/** A part that was another device before may protect flash yet: a regression leaves that as it was. */
static int add_early_options(struct life_plan *life)
{
    struct plan_options options = {.count = 0};
    plan_options_unprotect(&options);
    pick_options(life, EARLY, &options);
    return add_step_options(life, &options);
}

static int add_late_options(struct life_plan *life)
{
    struct plan_options options = {.count = 0};
    pick_options(life, LATE, &options);
    return add_step_options(life, &options);
}

static int order_steps(struct life_plan *life)
{
    const uint32_t state = plan_options_state(&life->plan->options);
    unsigned images = 0;
    int status = add_early_options(life);
    status = status == EXIT_DONE ? add_images(life, UINT64_MAX, &images) : status;
    status = status == EXIT_DONE ? add_late_options(life) : status;
    if (status == EXIT_DONE && state != 0 && state != STATE_OPEN) {
        status = add_state(life, STATE_PROVISIONING);
    }
    status = status == EXIT_DONE ? add_all_obk(life) : status;
    if (status == EXIT_DONE && state != 0 && state != STATE_OPEN && state != STATE_PROVISIONING) {
        status = add_state(life, state);
    }
    return status;
}

/* The order of a description that says it. */

static int add_option_file(struct life_plan *life, const char *path)
{
    struct sim_probe_option words[VENDOR_OPTIONS];
    struct vendor_options_problem problem;
    struct file_data file;
    struct life_step *step = add_step(life, LIFE_OPTIONS);
    if (step == NULL) {
        return EXIT_USAGE;
    }
    int status = file_read(path, OPTION_FILE_BYTES, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_options_read((const char *)file.data, file.len, words, &problem)) {
        status = fail(EXIT_USAGE, "%s:%u: %s", path, problem.line, problem.why);
    }
    for (unsigned i = 0; status == EXIT_DONE && i < VENDOR_OPTIONS; i++) {
        step->options.item[i] = (struct plan_option){
            .word = words[i].name, .mask = UINT32_MAX, .value = words[i].value};
    }
    step->options.count = VENDOR_OPTIONS;
    life_words(step->text, "option bytes: all words of %s", file_name(path));
    file_free(&file);
    return status;
}

static int add_step_images(struct life_plan *life, const struct config_value *role)
{
    unsigned added = 0;
    const int status = add_images(life, role->number, &added);
    return status == EXIT_DONE && added == 0
               ? plan_refuse(life->plan, role->at, "there is no such image for the user flash")
               : status;
}

static int add_step_obk(struct life_plan *life, const struct config_value *what)
{
    return has_obk(life->plan, (enum device_obk)what->number)
               ? add_obk(life, (enum device_obk)what->number)
               : plan_refuse(life->plan, what->at, "the description has nothing to make it from");
}

static int spell_step(struct life_plan *life, const struct device_step *config)
{
    struct plan_options options = {.count = 0};
    struct config_at at = life->plan->values.steps.at;
    const int status = plan_options_add(life->plan->config, &config->option_bytes, &options);
    const struct config_value *const kinds[] = {
        &config->option_file, &config->state, &config->program, &config->obk,
        &config->obk_file,    &config->erase, &config->reset,   &config->regression};
    unsigned given = options.count > 0 ? 1 : 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        given += kinds[i]->at.line != 0 ? 1u : 0;
        at = kinds[i]->at.line != 0 ? kinds[i]->at : at;
    }
    if (status != EXIT_DONE) {
        return status;
    }
    if (given != 1) {
        return plan_refuse(life->plan, at, "a step is exactly one operation");
    }
    if (options.count > 0) {
        return add_step_options(life, &options);
    }
    if (config->option_file.at.line != 0) {
        return add_option_file(life, config->option_file.text);
    }
    if (config->state.at.line != 0) {
        return add_state(life, (uint32_t)config->state.number);
    }
    if (config->program.at.line != 0) {
        return add_step_images(life, &config->program);
    }
    if (config->obk.at.line != 0) {
        return add_step_obk(life, &config->obk);
    }
    if (config->obk_file.at.line != 0) {
        return add_obk_file(life, config->obk_file.text);
    }
    if (config->erase.at.line != 0) {
        return add_plain(life, LIFE_ERASE, false, "erase the user flash");
    }
    if (config->reset.at.line != 0) {
        const bool power = config->reset.number != 0;
        return add_plain(life, power ? LIFE_POWER : LIFE_RESET, false,
                         power ? "power off and on" : "reset by NRST");
    }
    const bool partial = config->regression.number != 0;
    return add_plain(life, LIFE_REGRESSION, partial,
                     partial ? "partial regression by debug authentication"
                             : "full regression by debug authentication");
}

static int spell_steps(struct life_plan *life)
{
    const struct config_list *list = &life->plan->values.steps;
    const struct device_step *config = list->items;
    int status = EXIT_DONE;
    for (size_t i = 0; status == EXIT_DONE && i < list->count; i++) {
        status = spell_step(life, &config[i]);
    }
    return status;
}

/* The whole. */

bool life_wanted(const struct provision_plan *plan)
{
    const uint32_t code = plan_options_state(&plan->options);
    return plan->values.steps.at.line != 0 || life_authentication_given(plan) ||
           code == STATE_CLOSED || code == STATE_LOCKED;
}

int life_plan_init(struct life_plan *life, const struct provision_plan *plan)
{
    *life = (struct life_plan){.plan = plan, .go_on = plan->values.on_refusal.number != 0};
    const int status = plan->values.steps.at.line != 0 ? spell_steps(life) : order_steps(life);
    if (status != EXIT_DONE) {
        life_plan_fini(life);
    }
    return status;
}

void life_plan_fini(struct life_plan *life)
{
    for (unsigned i = 0; i < life->steps; i++) {
        struct file_data *obk = &life->step[i].obk;
        if (obk->data != NULL) {
            secret_wipe(obk->data, obk->len);
        }
        file_free(obk);
    }
    life->steps = 0;
}

bool life_closes(const struct life_plan *life)
{
    bool closes = false;
    for (unsigned i = 0; i < life->steps; i++) {
        const uint32_t code = plan_options_state(&life->step[i].options);
        closes = closes || code == STATE_CLOSED || code == STATE_LOCKED;
    }
    return closes;
}
