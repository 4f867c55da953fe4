/*
 * Descriptions of devices, found by libFuzzer: any bytes as the YAML file that `garrison provision`
 * and `garrison rehearse` read. What must hold:
 *
 * - a file is read, or refused by one line that names the place;
 * - what was read is what the schema lets be written: each number in its range, each name a known one,
 *   each list no longer than the file, each required key there;
 * - what it says of option bytes fits into the changes of the option words.
 */
#define _GNU_SOURCE

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/device_config.h"
#include "tools/provision_options.h"
#include "tools/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

/** In the place of the command's: what it says would be on the terminal each time. */
int fail(enum exit_status status, const char *format, ...)
{
    (void)format;
    return status;
}

/* What was read. */

static void check_map(const struct config_field *fields, const uint8_t *values);

static bool is_name(const struct config_field *field, uint64_t number)
{
    for (const struct config_name *name = field->names; name->name != NULL; name++) {
        if (name->value == number) {
            return true;
        }
    }
    return false;
}

static void check_value(const struct config_field *field, const struct config_value *value)
{
    must(!field->required || value->at.line != 0, "a required key is there");
    if (value->at.line == 0) {
        return;
    }
    if (field->kind == CONFIG_NUMBER) {
        must(value->number >= field->min && value->number <= field->max, "a number in its range");
    } else if (field->kind == CONFIG_BOOL) {
        must(value->number <= 1, "yes or no");
    } else if (field->kind == CONFIG_NAME) {
        must(is_name(field, value->number) && value->text != NULL, "a known name");
    } else if (field->kind == CONFIG_HEX) {
        must(value->bytes != NULL && value->len == field->max, "all of the bytes");
    } else if (field->kind == CONFIG_RANGE) {
        must(value->none || (value->number <= value->last && value->last <= field->max),
             "a range in its range");
    } else {
        must(value->text != NULL && strlen(value->text) < CONFIG_BYTES_MAX + 4096u, "a text");
    }
}

static void check_field(const struct config_field *field, const uint8_t *values)
{
    if (field->kind == CONFIG_MAP) {
        check_map(field->fields, values + field->offset);
    } else if (field->kind == CONFIG_LIST) {
        const struct config_list *list = (const void *)(values + field->offset);
        must(list->count <= CONFIG_NODES_MAX, "a list no longer than the file");
        must(!field->required || list->at.line != 0, "a required list is there");
        for (size_t i = 0; i < list->count; i++) {
            check_field(field->item, (const uint8_t *)list->items + i * field->item_size);
        }
    } else {
        check_value(field, (const void *)(values + field->offset));
    }
}

/** Whether anything in a mapping was written: its required keys must then be there. */
static bool is_there(const struct config_field *fields, const uint8_t *values)
{
    for (; fields->key != NULL; fields++) {
        const uint8_t *at = values + fields->offset;
        const bool there = fields->kind == CONFIG_MAP
                               ? is_there(fields->fields, at)
                               : ((const struct config_at *)(const void *)at)->line != 0;
        if (there) {
            return true;
        }
    }
    return false;
}

static void check_map(const struct config_field *fields, const uint8_t *values)
{
    if (is_there(fields, values)) {
        for (; fields->key != NULL; fields++) {
            check_field(fields, values);
        }
    }
}

static void check_options(const struct config *config, const struct device_options *options)
{
    struct plan_options changes = {.count = 0};
    const int status = plan_options_add(config, options, &changes);
    must(status == EXIT_DONE || status == EXIT_USAGE, "option bytes are taken or refused");
    must(changes.count <= PLAN_OPTIONS_MAX, "as many changes as there is room for");
    for (unsigned i = 0; i < changes.count; i++) {
        must((changes.item[i].value & ~changes.item[i].mask) == 0, "a change within its mask");
        must(strlen(changes.item[i].text) < sizeof changes.item[i].text, "words of a change");
    }
}

/* The file. */

static void check_refusal(const char *path, const char *text)
{
    const size_t len = strlen(path);
    must(text[0] != 0 && strncmp(text, path, len) == 0, "a refusal names the file");
    for (; *text != 0; text++) {
        must((uint8_t)*text >= 0x20 || *text == '\t', "a refusal is one line");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[32];
    static int file = -1;
    struct device_values values = {0};
    struct config *config = NULL;
    struct sim_error error = {""};
    if (file < 0) {
        file = memfd_create("device.yaml", 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    must(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size, "a file");
    if (config_open(path, &device_schema, &values, &config, &error) != SIM_OK) {
        check_refusal(path, error.text);
        return 0;
    }
    check_map(device_schema.fields, (const uint8_t *)&values);
    check_options(config, &values.option_bytes);
    const struct device_step *step = values.steps.items;
    for (size_t i = 0; i < values.steps.count; i++) {
        check_options(config, &step[i].option_bytes);
    }
    config_close(config);
    return 0;
}
