#define _POSIX_C_SOURCE 200809L

#include "report.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 1024

static void say_list(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static void say_list(const char *format, va_list args)
{
    char line[LINE_BYTES];
    (void)vsnprintf(line, sizeof line, format, args);
    for (char *c = line; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            *c = '?';
        }
    }
    (void)fprintf(stderr, "garrison: %s\n", line);
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_list(format, args);
    va_end(args);
}

int fail(enum exit_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_list(format, args);
    va_end(args);
    return (int)status;
}

/** Whether standard output is a pipe or socket that nobody reads any more. */
static bool reader_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

int finish_output(int status)
{
    const bool lost = ferror(stdout) != 0;
    if ((fflush(stdout) == 0 && !lost) || reader_gone()) {
        return status;
    }
    return fail(EXIT_INTERNAL, "standard output cannot be written: %s", strerror(errno));
}

bool wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    return (no_colour == NULL || no_colour[0] == '\0') && isatty(STDERR_FILENO) == 1;
}
