/*
 * The `garrison` command: its verbs, one file each.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <garrison/sim.h>

#include "report.h"
#include "sim/nearest.h"
#include "verbs.h"

static const struct cli_verb *const verbs[] = {
    &verb_key_new,        &verb_key_public,
    &verb_key_info,       &verb_image_sign,
    &verb_image_encrypt,  &verb_image_decrypt,
    &verb_image_verify,   &verb_image_info,
    &verb_image_hex,      &verb_layout_check,
    &verb_layout_show,    &verb_layout_ld,
    &verb_module_pack,    &verb_provision,
    &verb_rehearse,       &verb_run,
    &verb_state,          &verb_log,
    &verb_rescue,         &verb_token_show,
    &verb_token_verify,   &verb_token_key,
    &verb_cert_new,       &verb_cert_show,
    &verb_cert_verify,    &verb_password_new,
    &verb_obk_new,        &verb_obk_show,
    &verb_options_show,   &verb_options_export,
    &verb_debug_discover, &verb_debug_open,
    &verb_debug_regress,  &verb_debug_close,
};
#define VERBS (sizeof verbs / sizeof verbs[0])

static void help(void)
{
    printf("usage: garrison VERB [OPTION]... OPERAND...\n\n"
           "Makes keys, images and devices for the simulated STM32H573, and runs them.\n\n");
    for (size_t i = 0; i < VERBS; i++) {
        printf("  %-14s %s\n", verbs[i]->name, verbs[i]->summary);
    }
    printf("  %-14s what a verb does, its options, its exit status\n"
           "  %-14s the versions of the simulator and its engine\n",
           "help VERB", "--version");
}

/** The verb that the words name, and how many words its name has. */
static const struct cli_verb *find_verb(int argc, char **argv, int *words)
{
    for (size_t i = 0; i < VERBS; i++) {
        const char *name = verbs[i]->name;
        const size_t first = strcspn(name, " ");
        if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0) {
            continue;
        }
        *words = name[first] == '\0' ? 1 : 2;
        if (*words == 1 || (argc > 1 && strcmp(argv[1], name + first + 1) == 0)) {
            return verbs[i];
        }
    }
    return NULL;
}

/** Lists the verbs that begin with a word; "" if none does. */
static void list_verbs(const char *word, char *text, size_t bytes)
{
    const size_t len = strlen(word);
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < VERBS && at < bytes; i++) {
        const char *name = verbs[i]->name;
        if (strncmp(name, word, len) == 0 && name[len] == ' ') {
            at += (size_t)snprintf(text + at, bytes - at, "%s'%s'", at > 0 ? ", " : "", name);
        }
    }
}

static int unknown_verb(int argc, char **argv)
{
    char list[256];
    const char *names[VERBS];
    char word[64];
    const bool two = argc > 1 && argv[1][0] != '-';
    (void)snprintf(word, sizeof word, "%s%s%s", argv[0], two ? " " : "", two ? argv[1] : "");
    for (size_t i = 0; i < VERBS; i++) {
        names[i] = verbs[i]->name;
    }
    const char *near = nearest_name(word, names, VERBS);
    list_verbs(argv[0], list, sizeof list);
    if (list[0] != '\0' && (near == NULL || !two)) {
        return fail(EXIT_USAGE, "there is no verb '%s'; there are %s", word, list);
    }
    if (near == NULL) {
        near = nearest_name(argv[0], names, VERBS);
    }
    if (near == NULL) {
        return fail(EXIT_USAGE, "there is no verb '%s'; type: garrison help", argv[0]);
    }
    return fail(EXIT_USAGE, "there is no verb '%s'; did you mean '%s'?", word, near);
}

int main(int argc, char **argv)
{
    int words = 0;
    /* Writing to a reader that has gone is an error of write(), seen where it happens. */
    (void)signal(SIGPIPE, SIG_IGN);
    argc--;
    argv++;
    if (argc == 0) {
        return fail(EXIT_USAGE, "which verb? type: garrison help");
    }
    if (strcmp(argv[0], "--version") == 0) {
        printf("garrison %s\n", sim_version());
        return finish_output(EXIT_DONE);
    }
    const bool wants_help = strcmp(argv[0], "help") == 0;
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 || (wants_help && argc == 1)) {
        help();
        return finish_output(EXIT_DONE);
    }
    argc -= wants_help ? 1 : 0;
    argv += wants_help ? 1 : 0;
    const struct cli_verb *verb = find_verb(argc, argv, &words);
    if (verb == NULL) {
        return unknown_verb(argc, argv);
    }
    if (wants_help) {
        cli_help(verb);
        return finish_output(EXIT_DONE);
    }
    return cli_run(verb, argc - words, argv + words);
}
