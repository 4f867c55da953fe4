/*
 * YAML files: what is written arrives in the struct; everything else is refused with its place.
 */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/config.h"

struct item {
    struct config_value name;
    struct config_value size;
};

struct values {
    struct config_value number;
    struct config_value flag;
    struct config_value text;
    struct config_value path;
    struct config_value bytes;
    struct config_value colour;
    struct config_value range;
    struct config_list numbers;
    struct config_list items;
    struct item inner;
};

static const struct config_name colours[] = {{"red", 1}, {"green", 2}, {.name = NULL}};

static const struct config_field item_fields[] = {
    {.key = "name", .kind = CONFIG_TEXT, .required = true, .offset = offsetof(struct item, name)},
    {.key = "size", .kind = CONFIG_NUMBER, .offset = offsetof(struct item, size), .max = 1u << 20},
    {.key = NULL},
};
static const struct config_field number_item = {.kind = CONFIG_NUMBER, .max = 9};
static const struct config_field map_item = {.kind = CONFIG_MAP, .fields = item_fields};

#define AT(member) .offset = offsetof(struct values, member)

static const struct config_field fields[] = {
    {.key = "number", .kind = CONFIG_NUMBER, AT(number), .min = 1, .max = UINT64_MAX},
    {.key = "flag", .kind = CONFIG_BOOL, AT(flag)},
    {.key = "text", .kind = CONFIG_TEXT, AT(text)},
    {.key = "path", .kind = CONFIG_PATH, AT(path)},
    {.key = "bytes", .kind = CONFIG_HEX, AT(bytes), .max = 3},
    {.key = "colour", .kind = CONFIG_NAME, AT(colour), .names = colours},
    {.key = "range", .kind = CONFIG_RANGE, AT(range), .max = 127},
    {.key = "numbers",
     .kind = CONFIG_LIST,
     AT(numbers),
     .item = &number_item,
     .item_size = sizeof(struct config_value)},
    {.key = "items",
     .kind = CONFIG_LIST,
     AT(items),
     .item = &map_item,
     .item_size = sizeof(struct item)},
    {.key = "inner", .kind = CONFIG_MAP, AT(inner), .fields = item_fields},
    {.key = NULL},
};

static const struct config_schema schema = {.what = "test file", .version = 1, .fields = fields};

static char path[] = "/tmp/garrison-config.XXXXXX";
static struct values values;
static struct config *config;
static struct sim_error error;

static void spill(const char *text, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static enum sim_status read_bytes(const char *text, size_t len)
{
    spill(text, len);
    memset(&values, 0, sizeof values);
    memset(&error, 0, sizeof error);
    return config_open(path, &schema, &values, &config, &error);
}

static void read_good(const char *text)
{
    if (read_bytes(text, strlen(text)) != SIM_OK) {
        fail_msg("%s", error.text);
    }
}

/** Refused at `place` ("2:5", or "" for the file as a whole) with words that contain `why`. */
static void assert_refused_bytes(const char *text, size_t len, const char *place, const char *why)
{
    char start[80];
    (void)snprintf(start, sizeof start, "%s:%s%s", path, place, place[0] != '\0' ? ": " : " ");
    assert_int_equal(read_bytes(text, len), SIM_ERROR_USAGE);
    assert_null(config);
    if (strncmp(error.text, start, strlen(start)) != 0 || strstr(error.text, why) == NULL) {
        fail_msg("'%s' is not '%s... %s'", error.text, start, why);
    }
    assert_null(strchr(error.text, '\n'));
}

static void assert_refused(const char *text, const char *place, const char *why)
{
    assert_refused_bytes(text, strlen(text), place, why);
}

static void every_kind_of_value_arrives(void **state)
{
    (void)state;
    read_good("schema_version: 1\n"
              "number: 64K\n"
              "flag: yes\n"
              "text: 'a b'\n"
              "path: sub/file.bin\n"
              "bytes: 00fFa5\n"
              "colour: green\n"
              "range: 4-0x1F\n"
              "numbers: [1, 2, 3]\n"
              "items:\n"
              "  - name: first\n"
              "    size: 1M\n"
              "  - {name: second}\n"
              "inner: {name: third}\n");
    assert_int_equal(values.number.number, 65536);
    assert_int_equal(values.number.at.line, 2);
    assert_int_equal(values.number.at.column, 9);
    assert_int_equal(values.flag.number, 1);
    assert_string_equal(values.text.text, "a b");
    assert_string_equal(values.path.text, "/tmp/sub/file.bin");
    assert_memory_equal(values.bytes.bytes, "\x00\xFF\xA5", 3);
    assert_int_equal(values.colour.number, 2);
    assert_int_equal(values.range.number, 4);
    assert_int_equal(values.range.last, 31);
    assert_int_equal(values.numbers.count, 3);
    assert_int_equal(((struct config_value *)values.numbers.items)[2].number, 3);
    const struct item *items = values.items.items;
    assert_int_equal(values.items.count, 2);
    assert_int_equal(items[0].size.number, 1 << 20);
    assert_string_equal(items[1].name.text, "second");
    assert_int_equal(items[1].size.at.line, 0);
    assert_string_equal(values.inner.name.text, "third");
    config_close(config);
}

static void absent_values_say_so(void **state)
{
    (void)state;
    read_good("schema_version: 1\n");
    assert_int_equal(values.number.at.line, 0);
    assert_int_equal(values.items.at.line, 0);
    config_close(config);
    read_good("# a comment\n---\nschema_version: 0x1\nrange: none\n...\n");
    assert_true(values.range.none);
    config_close(config);
}

static void absolute_paths_stay(void **state)
{
    (void)state;
    read_good("schema_version: 1\npath: /etc/passwd\n");
    assert_string_equal(values.path.text, "/etc/passwd");
    config_close(config);
}

#define V "schema_version: 1\n"

static void wrong_files_are_refused_at_the_place(void **state)
{
    static const struct {
        const char *text;
        const char *place;
        const char *why;
    } files[] = {
        {"", "1:1", "is empty"},
        {"# nothing\n", "1:1", "is empty"},
        {"just words\n", "1:1", "a mapping is expected"},
        {"- a\n- b\n", "1:1", "a mapping is expected"},
        {"number: 1\n", "1:1", "'schema_version' is missing"},
        {"schema_version: 2\n", "1:17", "this version reads 1"},
        {"schema_version: one\n", "1:17", "not a number"},
        {"schema_version: [1]\n", "1:17", "a single value is expected"},
        {V "nmber: 1\n", "2:1", "did you mean 'number'?"},
        {V "something_else: 1\n", "2:1", "there is no key 'something_else'"},
        {V "inner: {name: a, sise: 1}\n", "2:18", "did you mean 'size'?"},
        {V "number: 1\nnumber: 2\n", "3:1", "first in line 2"},
        {V "schema_version: 1\n", "2:1", "first in line 1"},
        {V "inner: {name: a, name: b}\n", "2:18", "first in line 2"},
        {V "number: 0\n", "2:9", "is not from 1 to"},
        {V "number: -1\n", "2:9", "is not a number"},
        {V "number: 1.5\n", "2:9", "is not a number"},
        {V "number: 0x\n", "2:9", "is not a number"},
        {V "number: 18446744073709551616\n", "2:9", "is not a number"},
        {V "number: 99999999999999999M\n", "2:9", "is not a number"},
        {V "number: 64k\n", "2:9", "is not a number"},
        {V "number:\n", "2:8", "is not a number"},
        {V "number: [1]\n", "2:9", "not a list"},
        {V "flag: maybe\n", "2:7", "is not true or false"},
        {V "text: ''\n", "2:7", "there is no value"},
        {V "path: \"\"\n", "2:7", "there is no value"},
        {V "bytes: 00ff\n", "2:8", "is not 3 bytes"},
        {V "bytes: 00ffgg\n", "2:8", "is not 3 bytes"},
        {V "colour: blue\n", "2:9", "is not one of: red, green"},
        {V "range: 5-4\n", "2:8", "is not a range"},
        {V "range: 1-\n", "2:8", "is not a range"},
        {V "range: 0-128\n", "2:8", "is not from 0 to 127"},
        {V "numbers: 1\n", "2:10", "a list is expected"},
        {V "numbers: [1, 10]\n", "2:14", "is not from 0 to 9"},
        {V "numbers: [[1]]\n", "2:11", "a single value is expected"},
        {V "items: [a]\n", "2:9", "a mapping is expected"},
        {V "items: [{size: 1}]\n", "2:9", "'name' is missing"},
        {V "inner: []\n", "2:8", "a mapping is expected"},
        {V "? [a]\n: 1\n", "2:3", "a key cannot be a list"},
        {V "text: &anchor a\n", "2:7", "anchors are not allowed"},
        {V "text: *anchor\n", "2:7", "aliases are not allowed"},
        {V "text: !!str a\n", "2:7", "tags are not allowed"},
        {V "inner: !local {name: a}\n", "2:8", "tags are not allowed"},
        {V "text: \"a\\0b\"\n", "2:7", "NUL"},
        {V "number: \"1\\n2\\x1b\"\n", "2:9", "'1?2?' is not"},
        {V "text: \"open\n", "3:1", "unexpected end"},
        {V "text: [a\n", "3:1", "did not find"},
        {V "\ttext: a\n", "2:1", "tab character"},
        {V "text: a\n  number: 1\n", "3:9", "mapping values are not allowed"},
        {V "--- \nnumber: 1\n", "2:1", "second document"},
        {V "text: \xFF\n", "2:7", "UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_refused(files[i].text, files[i].place, files[i].why);
    }
}

static void deep_nesting_is_refused(void **state)
{
    char text[2000] = V "text: ";
    (void)state;
    memset(text + strlen(text), '[', 1500);
    assert_refused(text, "2:22", "nested too deeply");
}

static void large_files_are_refused(void **state)
{
    const size_t len = CONFIG_BYTES_MAX + 1u;
    char *text = malloc(len);
    (void)state;
    assert_non_null(text);
    memset(text, '#', len);
    assert_refused_bytes(text, len, "", "is longer than");
    free(text);
}

static void many_values_are_refused(void **state)
{
    const size_t count = CONFIG_NODES_MAX;
    char *text = calloc(2 * count + 64, 1);
    (void)state;
    assert_non_null(text);
    strcpy(text, V "numbers: [");
    char *at = text + strlen(text);
    for (size_t i = 0; i < count; i++) {
        *at++ = '1';
        *at++ = ',';
    }
    *at = ']';
    assert_int_equal(read_bytes(text, strlen(text)), SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "too many values"));
    free(text);
}

static void any_truncation_or_flip_is_answered(void **state)
{
    static const char good[] = V "number: 1\ntext: \"\\u00e9\"\nitems: [{name: a, size: 2K}]\n"
                                 "numbers: [1, 2]\nrange: 1-2\nbytes: 010203\n";
    char text[sizeof good];
    (void)state;
    for (size_t len = 0; len < sizeof good; len++) {
        if (read_bytes(good, len) == SIM_OK) {
            config_close(config);
        }
    }
    for (size_t bit = 0; bit < 8 * (sizeof good - 1); bit++) {
        memcpy(text, good, sizeof good);
        text[bit / 8] ^= (char)(1 << (bit % 8));
        if (read_bytes(text, sizeof good - 1) == SIM_OK) {
            config_close(config);
        }
    }
}

static void files_that_cannot_be_read_say_why(void **state)
{
    (void)state;
    assert_int_equal(config_open("/nonexistent.yaml", &schema, &values, &config, &error),
                     SIM_ERROR_FILE);
    assert_string_equal(error.text,
                        "/nonexistent.yaml: cannot be opened: No such file or directory");
    assert_int_equal(config_open("/tmp", &schema, &values, &config, &error), SIM_ERROR_FILE);
    assert_string_equal(error.text, "/tmp: is not a regular file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_arrives),
        cmocka_unit_test(absent_values_say_so),
        cmocka_unit_test(absolute_paths_stay),
        cmocka_unit_test(wrong_files_are_refused_at_the_place),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(large_files_are_refused),
        cmocka_unit_test(many_values_are_refused),
        cmocka_unit_test(any_truncation_or_flip_is_answered),
        cmocka_unit_test(files_that_cannot_be_read_say_why),
    };
    const int fd = mkstemp(path);
    if (fd < 0) {
        return 1;
    }
    (void)close(fd);
    const int failed = cmocka_run_group_tests_name("config", tests, NULL, NULL);
    (void)unlink(path);
    return failed;
}
