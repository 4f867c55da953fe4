/*
 * The command line: verbs and their options are const tables; parsing and help are made from them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_kind {
    CLI_FLAG,       /**< bool. */
    CLI_COUNT,      /**< unsigned: how often it was given. */
    CLI_TEXT,       /**< const char *; NULL when not given. */
    CLI_MAYBE_TEXT, /**< The same, behind a '=' only; empty when given without one. */
    CLI_NUMBER,     /**< struct cli_number: "4096", "0x1000", "4K", "1M". */
    CLI_SECONDS,    /**< struct cli_number, in milliseconds; written as seconds, with a fraction. */
    CLI_LIST,       /**< struct cli_list: may be given several times, unlike what has one value. */
};

struct cli_number {
    bool given;
    uint64_t value;
};

#define CLI_LIST_MAX 16u

struct cli_list {
    const char *item[CLI_LIST_MAX];
    unsigned count;
};

struct cli_option {
    const char *name; /**< Without dashes; NULL ends the table. */
    char letter;      /**< Its short form, or 0. */
    enum cli_kind kind;
    size_t offset;   /**< Of its value in the verb's struct of arguments. */
    const char *arg; /**< Name of its argument in the help; NULL for flags. */
    const char *help;
};

struct cli_verb {
    const char *name;     /**< One or two words: "image sign". */
    const char *operands; /**< As the help shows them: "IN OUT". */
    unsigned operand_count;
    const char *summary; /**< One line, lower case, without a full stop. */
    const char *notes;   /**< More for the help: lines; may be NULL. */
    const struct cli_option *options;
    size_t args_size; /**< Bytes of the struct that the options fill; it starts zeroed. */
    int (*run)(const void *args, const char *const *operands);
};

/** Parses what follows the verb and runs it, or shows its help. @return the exit status. */
int cli_run(const struct cli_verb *verb, int argc, char **argv);

/** Prints a verb's help on standard output. */
void cli_help(const struct cli_verb *verb);

/** Reads "64K", "0x400", "12"; false: something else, or too large. */
bool cli_parse_number(const char *text, uint64_t *value);
