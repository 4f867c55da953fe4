#include "console.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

static int watch_init(struct console_watch *watch, const char *option, const char *expression)
{
    char why[128];
    if (expression == NULL) {
        return EXIT_DONE;
    }
    const int code = regcomp(&watch->expression, expression, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        (void)regerror(code, &watch->expression, why, sizeof why);
        return fail(EXIT_USAGE, "%s: '%s' is not a regular expression: %s", option, expression,
                    why);
    }
    watch->active = true;
    return EXIT_DONE;
}

int console_init(struct console *console, const char *until, const char *fail_text)
{
    memset(console, 0, sizeof *console);
    const int status = watch_init(&console->until, "--until-text", until);
    return status != EXIT_DONE ? status : watch_init(&console->fail, "--fail-text", fail_text);
}

void console_fini(struct console *console)
{
    if (console->until.active) {
        regfree(&console->until.expression);
    }
    if (console->fail.active) {
        regfree(&console->fail.expression);
    }
}

/** Whether the line, ended or not, shows the text for the first time. */
static bool watch_line(struct console_watch *watch, const char *line, bool ended)
{
    if (!watch->active || watch->seen) {
        return false;
    }
    watch->seen = regexec(&watch->expression, line, 0, NULL, ended ? 0 : REG_NOTEOL) == 0;
    return watch->seen;
}

static void append(struct console *console, uint8_t byte)
{
    if (console->len == CONSOLE_LINE_BYTES) {
        const size_t kept = CONSOLE_LINE_BYTES / 2;
        memmove(console->line, console->line + console->len - kept, kept);
        console->len = kept;
    }
    /* A NUL would end the text for regexec(). */
    console->line[console->len++] = (char)(byte != 0 ? byte : 1u);
    console->line[console->len] = '\0';
}

static void pass_on(struct console *console, uint8_t byte)
{
    if (console->gone) {
        return;
    }
    if (putchar(byte) == EOF || (byte == '\n' && fflush(stdout) != 0)) {
        console->gone = true;
    }
}

bool console_byte(struct console *console, uint8_t byte)
{
    const bool was_gone = console->gone;
    pass_on(console, byte);
    if (byte == '\r') {
        return console->gone && !was_gone;
    }
    const bool ended = byte == '\n';
    if (!ended) {
        append(console, byte);
    }
    const bool until = watch_line(&console->until, console->line, ended);
    const bool failed = watch_line(&console->fail, console->line, ended);
    if (ended) {
        console->len = 0;
        console->line[0] = '\0';
    }
    return until || failed || (console->gone && !was_gone);
}
