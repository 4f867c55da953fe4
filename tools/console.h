/*
 * What a run prints: passed on to standard output, and watched for texts line by line.
 */
#pragma once

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of a line that are looked at; of a longer one, the last so many. */
#define CONSOLE_LINE_BYTES 4096u

/** A text to watch for. */
struct console_watch {
    regex_t expression; /**< POSIX extended. */
    bool active;
    bool seen;
};

struct console {
    struct console_watch until;
    struct console_watch fail;
    char line[CONSOLE_LINE_BYTES + 1]; /**< The line so far, without CR and LF. */
    size_t len;
    bool gone; /**< Standard output cannot be written any more. */
};

/** Compiles both expressions; NULL: not watched. @return exit status, having said why. */
int console_init(struct console *console, const char *until, const char *fail_text);
void console_fini(struct console *console);

/**
 * Takes one byte of output. A line is matched after each byte, so also when it never ends; there
 * `$` matches only where a line does end.
 * @return whether a text has been seen, or the output been lost, by this byte
 */
bool console_byte(struct console *console, uint8_t byte);
