#include "vendor_options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX     "_PRG" /* The register that a new value is written to. */
#define TEXT_CHARS 32u    /* More than any name or value has. */

static const char *const option_names[VENDOR_OPTIONS] = {
    "OPTSR", "OPTSR2", "NSBOOTR", "SECBOOTR", "SECWM1R", "SECWM2R",
    "WRP1R", "WRP2R",  "EDATA1R", "EDATA2R",  "HDP1R",   "HDP2R",
};

const char *vendor_options_name(unsigned index)
{
    return index < VENDOR_OPTIONS ? option_names[index] : NULL;
}

static bool wrong(struct vendor_options_problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct vendor_options_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(problem->why, sizeof problem->why, format, args);
    va_end(args);
    return false;
}

/** Copies characters without spaces around them. @return false: too many, or one that is no text */
static bool take_text(const char *from, size_t len, char text[TEXT_CHARS])
{
    while (len > 0 && (from[0] == ' ' || from[0] == '\t')) {
        from++;
        len--;
    }
    while (len > 0 && (from[len - 1u] == ' ' || from[len - 1u] == '\t')) {
        len--;
    }
    bool sound = len < TEXT_CHARS;
    for (size_t i = 0; i < len && sound; i++) {
        sound = from[i] > ' ' && from[i] <= '~';
    }
    (void)snprintf(text, TEXT_CHARS, "%.*s", sound ? (int)len : 0, from);
    return sound;
}

/** All eight digits, so that a file that was cut is never one with other values. */
static bool take_number(const char *text, uint32_t *value)
{
    static const char digits[] = "0123456789abcdef";
    *value = 0;
    if (strlen(text) != 10u || text[0] != '0' || (text[1] | 0x20) != 'x') {
        return false;
    }
    for (const char *at = text + 2; *at != '\0'; at++) {
        const char *digit = strchr(digits, *at >= 'A' && *at <= 'F' ? *at | 0x20 : *at);
        if (digit == NULL) {
            return false;
        }
        *value = *value << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/** One line: the word of that index. */
static bool take_line(const char *line, size_t len, unsigned index, struct sim_probe_option *option,
                      struct vendor_options_problem *problem)
{
    const char *comma = memchr(line, ',', len);
    const char *wanted = option_names[index];
    char name[TEXT_CHARS];
    char expected[TEXT_CHARS];
    char value[TEXT_CHARS];
    (void)snprintf(expected, sizeof expected, "%s" SUFFIX, wanted);
    if (comma == NULL) {
        return wrong(problem, "is not a name, a comma and a value; %s comes here", expected);
    }
    if (!take_text(line, (size_t)(comma - line), name) || strcmp(name, expected) != 0) {
        return wrong(problem, "is about '%s'; %s comes here", name, expected);
    }
    if (!take_text(comma + 1, len - (size_t)(comma + 1 - line), value) ||
        !take_number(value, &option->value)) {
        return wrong(problem, "the value of %s is not 0x and 8 hexadecimal digits", expected);
    }
    option->name = wanted;
    return true;
}

/** Whether there is nothing but space. */
static bool is_empty(const char *line, size_t len)
{
    char text[TEXT_CHARS];
    return take_text(line, len, text) && text[0] == '\0';
}

bool vendor_options_read(const char *text, size_t len,
                         struct sim_probe_option options[VENDOR_OPTIONS],
                         struct vendor_options_problem *problem)
{
    unsigned count = 0;
    problem->line = 0;
    for (size_t off = 0; off < len;) {
        const char *line = text + off;
        const char *end = memchr(line, '\n', len - off);
        size_t line_len = end != NULL ? (size_t)(end - line) : len - off;
        off += line_len + 1u;
        problem->line++;
        line_len -= line_len > 0 && line[line_len - 1u] == '\r' ? 1u : 0u;
        if (count < VENDOR_OPTIONS) {
            if (!take_line(line, line_len, count, &options[count], problem)) {
                return false;
            }
            count++;
        } else if (!is_empty(line, line_len)) {
            return wrong(problem, "is one too many: there are %u option words", VENDOR_OPTIONS);
        }
    }
    if (count < VENDOR_OPTIONS) {
        problem->line++;
        return wrong(problem, "is missing: %s" SUFFIX " comes here", option_names[count]);
    }
    return true;
}

size_t vendor_options_write(const uint32_t value[VENDOR_OPTIONS], char text[VENDOR_OPTIONS_TEXT])
{
    int used = 0;
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        used += snprintf(text + used, VENDOR_OPTIONS_TEXT - (size_t)used, "%s" SUFFIX ",0x%08X\n",
                         option_names[i], value[i]);
    }
    return (size_t)used;
}
