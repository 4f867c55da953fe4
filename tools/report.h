/*
 * What the command says, and how it ends.
 *
 * Results go to standard output; the command's own words go to standard error, one line each,
 * beginning with "garrison: ".
 */
#pragma once

#include <stdbool.h>

/** Exit status of every verb; `garrison help VERB` lists them. */
enum exit_status {
    EXIT_DONE = 0,     /**< Done, or ended as asked. */
    EXIT_VERDICT = 1,  /**< The verdict is no: a fault, a refused image, a text not seen. */
    EXIT_USAGE = 2,    /**< The command line, a configuration or an input file is wrong. */
    EXIT_INTERNAL = 3, /**< A defect, or the host's fault: no memory, output not writable. */
    EXIT_TIMEOUT = 124 /**< The time given with --timeout was used up. */
};

/** Says one line; control characters in it become '?'. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Says why, and returns `status` for the caller to return. */
int fail(enum exit_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Ends standard output: flushes and checks it.
 * @return `status`, or EXIT_INTERNAL when output was lost; a reader that went away loses nothing.
 */
int finish_output(int status);

/** Whether colour is wanted on standard error: a terminal, and NO_COLOR is not set. */
bool wants_colour(void);
