/*
 * From a tree to a struct: each key is looked up in the table, each value converted and checked.
 */
#include "config.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_tree.h"
#include "fail.h"
#include "nearest.h"

#define FIELDS_MAX 32u

/** A conversion in progress. */
struct walk {
    struct config *config;
    const struct config_schema *schema;
    struct sim_error *error;
};

enum sim_status config_fail(const struct config *config, struct config_at at,
                            struct sim_error *error, const char *format, ...)
{
    char why[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return sim_fail(error, SIM_ERROR_USAGE, "%s:%lu:%lu: %s", config->path, (unsigned long)at.line,
                    (unsigned long)at.column, why);
}

/* Single values. */

static enum sim_status wrong_value(const struct walk *walk, const struct config_node *node,
                                   const char *expected)
{
    return config_fail(walk->config, node->at, walk->error, "'%.40s' is not %s", node->text,
                       expected);
}

/** Reads a number from the start of `text`; *end is behind it. False: there is none. */
static bool scan_number(const char *text, const char **end, uint64_t *number)
{
    const bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    const char *c = digits;
    uint64_t sum = 0;
    for (; hex ? isxdigit((unsigned char)*c) : isdigit((unsigned char)*c); c++) {
        const char digit[2] = {*c, '\0'};
        const uint64_t base = hex ? 16 : 10;
        if (sum > (UINT64_MAX - 15u) / base) {
            return false;
        }
        sum = sum * base + strtoul(digit, NULL, 16);
    }
    const unsigned shift = *c == 'K' ? 10 : *c == 'M' ? 20 : 0;
    if (c == digits || sum > UINT64_MAX >> shift) {
        return false;
    }
    *end = shift != 0 ? c + 1 : c;
    *number = sum << shift;
    return true;
}

static enum sim_status out_of_range(const struct walk *walk, const struct config_field *field,
                                    const struct config_node *node)
{
    return config_fail(walk->config, node->at, walk->error, "%.40s is not from %llu to %llu",
                       node->text, (unsigned long long)field->min, (unsigned long long)field->max);
}

static enum sim_status read_number(const struct walk *walk, const struct config_field *field,
                                   const struct config_node *node, struct config_value *value)
{
    const char *end = NULL;
    if (!scan_number(node->text, &end, &value->number) || *end != '\0') {
        return wrong_value(walk, node, "a number (like 4096, 0x1000 or 4K)");
    }
    if (value->number < field->min || value->number > field->max) {
        return out_of_range(walk, field, node);
    }
    return SIM_OK;
}

static enum sim_status read_range(const struct walk *walk, const struct config_field *field,
                                  const struct config_node *node, struct config_value *value)
{
    const char *at = node->text;
    if (strcmp(at, "none") == 0) {
        value->none = true;
        return SIM_OK;
    }
    bool sound = scan_number(at, &at, &value->number);
    value->last = value->number;
    if (sound && *at == '-') {
        sound = scan_number(at + 1, &at, &value->last);
    }
    if (!sound || *at != '\0' || value->last < value->number) {
        return wrong_value(walk, node, "a range (like 0-31, 7 or none)");
    }
    if (value->number < field->min || value->last > field->max) {
        return out_of_range(walk, field, node);
    }
    return SIM_OK;
}

static enum sim_status read_bool(const struct walk *walk, const struct config_field *field,
                                 const struct config_node *node, struct config_value *value)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    (void)field;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            value->number = i & 1u;
            return SIM_OK;
        }
    }
    return wrong_value(walk, node, "true or false");
}

static enum sim_status read_name(const struct walk *walk, const struct config_field *field,
                                 const struct config_node *node, struct config_value *value)
{
    char list[256] = "";
    for (const struct config_name *name = field->names; name->name != NULL; name++) {
        if (strcmp(node->text, name->name) == 0) {
            value->number = name->value;
            return SIM_OK;
        }
        const size_t len = strlen(list);
        (void)snprintf(list + len, sizeof list - len, "%s%s", len > 0 ? ", " : "", name->name);
    }
    return config_fail(walk->config, node->at, walk->error, "'%.40s' is not one of: %s", node->text,
                       list);
}

static unsigned hex_digit(char c)
{
    return (unsigned)(isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10);
}

static enum sim_status read_hex(const struct walk *walk, const struct config_field *field,
                                const struct config_node *node, struct config_value *value)
{
    const size_t len = (size_t)field->max;
    if (strlen(node->text) != 2 * len || strspn(node->text, "0123456789abcdefABCDEF") != 2 * len) {
        return config_fail(walk->config, node->at, walk->error,
                           "'%.40s' is not %zu bytes in hexadecimal", node->text, len);
    }
    uint8_t *bytes = config_alloc(walk->config, len);
    if (bytes == NULL) {
        return sim_fail(walk->error, SIM_ERROR_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(hex_digit(node->text[2 * i]) << 4 | hex_digit(node->text[2 * i + 1]));
    }
    value->bytes = bytes;
    value->len = len;
    return SIM_OK;
}

static enum sim_status read_text(const struct walk *walk, const struct config_field *field,
                                 const struct config_node *node, struct config_value *value)
{
    (void)field;
    (void)value;
    return node->text[0] != '\0'
               ? SIM_OK
               : config_fail(walk->config, node->at, walk->error, "there is no value");
}

static enum sim_status read_path(const struct walk *walk, const struct config_field *field,
                                 const struct config_node *node, struct config_value *value)
{
    const enum sim_status status = read_text(walk, field, node, value);
    const char *slash = strrchr(walk->config->path, '/');
    if (status != SIM_OK || node->text[0] == '/' || slash == NULL) {
        return status;
    }
    const size_t folder_len = (size_t)(slash - walk->config->path) + 1;
    char *path = config_alloc(walk->config, folder_len + strlen(node->text) + 1);
    if (path == NULL) {
        return sim_fail(walk->error, SIM_ERROR_MEMORY, "out of memory");
    }
    memcpy(path, walk->config->path, folder_len);
    memcpy(path + folder_len, node->text, strlen(node->text) + 1);
    value->text = path;
    return SIM_OK;
}

/* Structure. */

static enum sim_status read_field(const struct walk *walk, const struct config_field *field,
                                  const struct config_node *node, char *target);

static enum sim_status read_scalar(const struct walk *walk, const struct config_field *field,
                                   const struct config_node *node, struct config_value *value)
{
    static enum sim_status (*const readers[])(const struct walk *, const struct config_field *,
                                              const struct config_node *, struct config_value *) = {
        [CONFIG_NUMBER] = read_number, [CONFIG_BOOL] = read_bool, [CONFIG_TEXT] = read_text,
        [CONFIG_PATH] = read_path,     [CONFIG_HEX] = read_hex,   [CONFIG_NAME] = read_name,
        [CONFIG_RANGE] = read_range,
    };
    if (node->kind != CONFIG_NODE_SCALAR) {
        return config_fail(walk->config, node->at, walk->error,
                           "a single value is expected here, not %s", config_node_text(node));
    }
    value->at = node->at;
    value->text = node->text;
    return readers[field->kind](walk, field, node, value);
}

static enum sim_status unknown_key(const struct walk *walk, const struct config_field *fields,
                                   const struct config_node *key)
{
    const char *names[FIELDS_MAX];
    size_t count = 0;
    for (const struct config_field *field = fields; field->key != NULL && count < FIELDS_MAX;
         field++) {
        names[count++] = field->key;
    }
    const char *near = nearest_name(key->text, names, count);
    if (near != NULL) {
        return config_fail(walk->config, key->at, walk->error,
                           "there is no key '%.40s'; did you mean '%s'?", key->text, near);
    }
    return config_fail(walk->config, key->at, walk->error, "there is no key '%.40s'", key->text);
}

/** Refuses keys that are not scalars, or stand twice in a mapping. */
static enum sim_status check_keys(const struct walk *walk, const struct config_node *mapping)
{
    for (const struct config_node *key = mapping->first; key != NULL; key = key->next->next) {
        if (key->kind != CONFIG_NODE_SCALAR) {
            return config_fail(walk->config, key->at, walk->error, "a key cannot be %s",
                               config_node_text(key));
        }
        for (const struct config_node *other = mapping->first; other != key;
             other = other->next->next) {
            if (strcmp(other->text, key->text) == 0) {
                return config_fail(walk->config, key->at, walk->error,
                                   "'%.40s' stands here again; first in line %lu", key->text,
                                   (unsigned long)other->at.line);
            }
        }
    }
    return SIM_OK;
}

/** The value of a key, or NULL. */
static const struct config_node *find_key(const struct config_node *mapping, const char *name)
{
    for (const struct config_node *key = mapping->first; key != NULL; key = key->next->next) {
        if (strcmp(key->text, name) == 0) {
            return key->next;
        }
    }
    return NULL;
}

static enum sim_status read_map(const struct walk *walk, const struct config_field *fields,
                                const struct config_node *node, char *target)
{
    if (node->kind != CONFIG_NODE_MAPPING) {
        return config_fail(walk->config, node->at, walk->error,
                           "a mapping is expected here, not %s", config_node_text(node));
    }
    enum sim_status status = check_keys(walk, node);
    for (const struct config_node *key = node->first; status == SIM_OK && key != NULL;
         key = key->next->next) {
        const struct config_field *field = fields;
        while (field->key != NULL && strcmp(field->key, key->text) != 0) {
            field++;
        }
        status = field->key != NULL ? read_field(walk, field, key->next, target + field->offset)
                                    : unknown_key(walk, fields, key);
    }
    for (const struct config_field *field = fields; status == SIM_OK && field->key != NULL;
         field++) {
        if (field->required && find_key(node, field->key) == NULL) {
            status = config_fail(walk->config, node->at, walk->error, "'%s' is missing here",
                                 field->key);
        }
    }
    return status;
}

static enum sim_status read_list(const struct walk *walk, const struct config_field *field,
                                 const struct config_node *node, struct config_list *list)
{
    if (node->kind != CONFIG_NODE_SEQUENCE) {
        return config_fail(walk->config, node->at, walk->error, "a list is expected here, not %s",
                           config_node_text(node));
    }
    list->at = node->at;
    list->count = node->children;
    list->items = config_alloc(walk->config, field->item_size * (node->children + 1));
    if (list->items == NULL) {
        return sim_fail(walk->error, SIM_ERROR_MEMORY, "out of memory");
    }
    enum sim_status status = SIM_OK;
    char *item = list->items;
    for (const struct config_node *child = node->first; status == SIM_OK && child != NULL;
         child = child->next) {
        status = read_field(walk, field->item, child, item);
        item += field->item_size;
    }
    return status;
}

static enum sim_status read_field(const struct walk *walk, const struct config_field *field,
                                  const struct config_node *node, char *target)
{
    void *value = target;
    if (field->kind == CONFIG_MAP) {
        return read_map(walk, field->fields, node, target);
    }
    if (field->kind == CONFIG_LIST) {
        return read_list(walk, field, node, value);
    }
    return read_scalar(walk, field, node, value);
}

/** Takes `schema_version` out of the root; what is left is the schema's. */
static enum sim_status check_version(const struct walk *walk, struct config_node *root)
{
    static const struct config_field version_field = {.kind = CONFIG_NUMBER, .max = UINT32_MAX};
    struct config_value version = {0};
    struct config_node **link = &root->first;
    while (*link != NULL && strcmp((*link)->text, "schema_version") != 0) {
        link = &(*link)->next->next;
    }
    if (*link == NULL) {
        return config_fail(walk->config, root->at, walk->error,
                           "'schema_version' is missing: is this a %s?", walk->schema->what);
    }
    const struct config_node *value = (*link)->next;
    *link = value->next;
    const enum sim_status status = read_scalar(walk, &version_field, value, &version);
    if (status == SIM_OK && version.number != walk->schema->version) {
        return config_fail(walk->config, value->at, walk->error,
                           "schema_version %llu is not known; this version reads %u",
                           (unsigned long long)version.number, walk->schema->version);
    }
    return status;
}

static enum sim_status read_root(const struct walk *walk, struct config_node *root, void *values)
{
    if (root->kind != CONFIG_NODE_MAPPING) {
        return config_fail(walk->config, root->at, walk->error,
                           "is not a %s: a mapping is"
                           " expected, not %s",
                           walk->schema->what, config_node_text(root));
    }
    enum sim_status status = check_keys(walk, root);
    if (status == SIM_OK) {
        status = check_version(walk, root);
    }
    return status == SIM_OK ? read_map(walk, walk->schema->fields, root, values) : status;
}

enum sim_status config_open(const char *path, const struct config_schema *schema, void *values,
                            struct config **out, struct sim_error *error)
{
    *out = NULL;
    struct config *config = calloc(1, sizeof *config);
    char *copy = config != NULL ? config_alloc(config, strlen(path) + 1) : NULL;
    if (copy == NULL) {
        config_close(config);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    memcpy(copy, path, strlen(path));
    config->path = copy;
    const struct walk walk = {.config = config, .schema = schema, .error = error};
    enum sim_status status = config_tree_read(config, error);
    if (status == SIM_OK) {
        status = read_root(&walk, config->root, values);
    }
    if (status != SIM_OK) {
        config_close(config);
        return status;
    }
    *out = config;
    return SIM_OK;
}
