#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "sim/nearest.h"

#define OPTIONS_MAX  24u
#define OPERANDS_MAX 4u
#define HELP_COLUMN  26

/** A command line in progress. */
struct parse {
    const struct cli_verb *verb;
    char *args; /**< The verb's struct. */
    int argc;
    char **argv;
    int at; /**< Next word. */
    const char *operand[OPERANDS_MAX];
    unsigned operands;
    bool help;
};

/** The value of a decimal or hexadecimal digit; 99 for anything else. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    const char lower = (char)tolower((unsigned char)c);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10u : 99u;
}

bool cli_parse_number(const char *text, uint64_t *value)
{
    const bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const unsigned base = hex ? 16u : 10u;
    const char *c = hex ? text + 2 : text;
    const char *first = c;
    uint64_t sum = 0;
    for (; digit_value(*c) < base; c++) {
        if (sum > (UINT64_MAX - 15u) / base) {
            return false;
        }
        sum = sum * base + digit_value(*c);
    }
    unsigned shift = 0;
    if (c != first && (*c == 'K' || *c == 'M')) {
        shift = *c == 'K' ? 10 : 20;
        c++;
    }
    if (c == first || *c != '\0' || sum > UINT64_MAX >> shift) {
        return false;
    }
    *value = sum << shift;
    return true;
}

static bool parse_seconds(const char *text, uint64_t *milliseconds)
{
    char *end = NULL;
    if (!isdigit((unsigned char)text[0]) && text[0] != '.') {
        return false;
    }
    const double seconds = strtod(text, &end);
    if (*end != '\0' || !(seconds >= 0.0 && seconds <= 1e9)) {
        return false;
    }
    *milliseconds = (uint64_t)(seconds * 1000.0);
    return true;
}

/** Whether an option that has one value has got it already: the last would win unseen. */
static bool has_value(const struct cli_option *option, const void *field)
{
    switch (option->kind) {
    case CLI_TEXT:
    case CLI_MAYBE_TEXT:
        return *(const char *const *)field != NULL;
    case CLI_NUMBER:
    case CLI_SECONDS:
        return ((const struct cli_number *)field)->given;
    case CLI_FLAG:
    case CLI_COUNT:
    case CLI_LIST:
        return false;
    }
    return false;
}

/** Stores the value of one option; the flag kinds have none. */
static int option_store(const struct parse *parse, const struct cli_option *option,
                        const char *value)
{
    void *field = parse->args + option->offset;
    struct cli_number *number = field;
    struct cli_list *list = field;
    bool sound = true;
    if (has_value(option, field)) {
        return fail(EXIT_USAGE, "--%s was given twice", option->name);
    }
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)field = true;
        break;
    case CLI_COUNT:
        ++*(unsigned *)field;
        break;
    case CLI_TEXT:
    case CLI_MAYBE_TEXT:
        *(const char **)field = value;
        break;
    case CLI_NUMBER:
        sound = cli_parse_number(value, &number->value);
        number->given = true;
        break;
    case CLI_SECONDS:
        sound = parse_seconds(value, &number->value);
        number->given = true;
        break;
    case CLI_LIST:
        if (list->count == CLI_LIST_MAX) {
            return fail(EXIT_USAGE, "--%s was given more than %u times", option->name,
                        CLI_LIST_MAX);
        }
        list->item[list->count++] = value;
        break;
    }
    return sound ? EXIT_DONE
                 : fail(EXIT_USAGE, "--%s: '%s' is not %s", option->name, value,
                        option->kind == CLI_SECONDS ? "a number of seconds"
                                                    : "a number (like 4096, 0x1000 or 4K)");
}

static int unknown_option(const struct parse *parse, const char *name, size_t len)
{
    const char *names[OPTIONS_MAX];
    char word[64];
    size_t count = 0;
    for (const struct cli_option *o = parse->verb->options; o->name != NULL; o++) {
        names[count++] = o->name;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)len, name);
    const char *near = nearest_name(word, names, count);
    if (near != NULL) {
        return fail(EXIT_USAGE, "%s: there is no option --%s; did you mean --%s?",
                    parse->verb->name, word, near);
    }
    return fail(EXIT_USAGE, "%s: there is no option --%s; type: garrison help %s",
                parse->verb->name, word, parse->verb->name);
}

static bool takes_value(const struct cli_option *option)
{
    return option->kind != CLI_FLAG && option->kind != CLI_COUNT;
}

/** The value of an option: behind its '=', or the next word. NULL: there is none. */
static const char *option_value(struct parse *parse, const char *equals)
{
    if (equals != NULL) {
        return equals + 1;
    }
    return parse->at < parse->argc ? parse->argv[parse->at++] : NULL;
}

static int parse_long(struct parse *parse, const char *word)
{
    const char *equals = strchr(word, '=');
    const size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const struct cli_option *option = parse->verb->options;
    while (option->name != NULL &&
           (strlen(option->name) != len || strncmp(option->name, word, len) != 0)) {
        option++;
    }
    if (option->name == NULL) {
        return unknown_option(parse, word, len);
    }
    if (!takes_value(option)) {
        return equals == NULL ? option_store(parse, option, NULL)
                              : fail(EXIT_USAGE, "--%s takes no value", option->name);
    }
    const bool maybe = option->kind == CLI_MAYBE_TEXT && equals == NULL;
    const char *value = maybe ? "" : option_value(parse, equals);
    if (value == NULL) {
        return fail(EXIT_USAGE, "--%s needs a value: %s", option->name, option->arg);
    }
    return option_store(parse, option, value);
}

/** One or several letters; those that take a value stand alone. */
static int parse_letters(struct parse *parse, const char *letters)
{
    for (const char *letter = letters; *letter != '\0'; letter++) {
        const struct cli_option *option = parse->verb->options;
        while (option->name != NULL && option->letter != *letter) {
            option++;
        }
        if (option->name == NULL) {
            return fail(EXIT_USAGE, "%s: there is no option -%c; type: garrison help %s",
                        parse->verb->name, *letter, parse->verb->name);
        }
        const char *value = NULL;
        if (takes_value(option)) {
            value = letter[1] == '\0' ? option_value(parse, NULL) : NULL;
            if (value == NULL) {
                return fail(EXIT_USAGE, "-%c needs a value: %s", *letter, option->arg);
            }
        }
        const int status = option_store(parse, option, value);
        if (status != EXIT_DONE) {
            return status;
        }
    }
    return EXIT_DONE;
}

static int parse_operand(struct parse *parse, const char *word)
{
    if (parse->operands == parse->verb->operand_count || parse->operands == OPERANDS_MAX) {
        return fail(EXIT_USAGE, "%s: '%s' is too much; usage: garrison %s [OPTION]...%s%s",
                    parse->verb->name, word, parse->verb->name,
                    parse->verb->operands[0] != '\0' ? " " : "", parse->verb->operands);
    }
    parse->operand[parse->operands++] = word;
    return EXIT_DONE;
}

/** Names the first operand that was not given: a word of the verb's operands. */
static int refuse_missing(const struct parse *parse)
{
    const struct cli_verb *verb = parse->verb;
    const char *name = verb->operands;
    for (unsigned i = 0; i < parse->operands && strchr(name, ' ') != NULL; i++) {
        name = strchr(name, ' ') + 1;
    }
    return fail(EXIT_USAGE, "%s: %.*s is missing; usage: garrison %s [OPTION]... %s", verb->name,
                (int)strcspn(name, " "), name, verb->name, verb->operands);
}

static int parse_words(struct parse *parse)
{
    bool options_end = false;
    int status = EXIT_DONE;
    while (status == EXIT_DONE && !parse->help && parse->at < parse->argc) {
        const char *word = parse->argv[parse->at++];
        if (options_end || word[0] != '-' || word[1] == '\0') {
            status = parse_operand(parse, word);
        } else if (strcmp(word, "--") == 0) {
            options_end = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            parse->help = true;
        } else if (word[1] == '-') {
            status = parse_long(parse, word + 2);
        } else {
            status = parse_letters(parse, word + 1);
        }
    }
    return status;
}

void cli_help(const struct cli_verb *verb)
{
    printf("usage: garrison %s%s%s%s\n\n%c%s.\n", verb->name,
           verb->options->name != NULL ? " [OPTION]..." : "", verb->operands[0] != '\0' ? " " : "",
           verb->operands, toupper((unsigned char)verb->summary[0]), verb->summary + 1);
    for (const struct cli_option *option = verb->options; option->name != NULL; option++) {
        char left[64];
        char letter[8] = "    ";
        if (option->letter != '\0') {
            (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
        }
        const bool maybe = option->kind == CLI_MAYBE_TEXT;
        (void)snprintf(left, sizeof left, "  %s--%s%s%s%s", letter, option->name,
                       maybe                 ? "[="
                       : option->arg != NULL ? " "
                                             : "",
                       option->arg != NULL ? option->arg : "", maybe ? "]" : "");
        printf("%s%-*s %s\n", option == verb->options ? "\n" : "", HELP_COLUMN, left, option->help);
    }
    if (verb->notes != NULL) {
        printf("\n%s\n", verb->notes);
    }
}

int cli_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct parse parse = {.verb = verb, .argc = argc, .argv = argv};
    parse.args = calloc(1, verb->args_size + 1);
    if (parse.args == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    int status = parse_words(&parse);
    if (status == EXIT_DONE && parse.help) {
        cli_help(verb);
    } else if (status == EXIT_DONE && parse.operands < verb->operand_count) {
        status = refuse_missing(&parse);
    } else if (status == EXIT_DONE) {
        status = verb->run(parse.args, parse.operand);
    }
    free(parse.args);
    return finish_output(status);
}
