/*
 * Lines of text for the log, without stdio.
 *
 * A line that does not fit is cut; it is always NUL-terminated.
 */
#pragma once

#include <stdint.h>

#define TEXT_LINE_BYTES 128u

struct text {
    char line[TEXT_LINE_BYTES];
    uint32_t used; /**< Characters, the NUL not counted. */
};

/** Empties the line. */
void text_start(struct text *text);

void text_add(struct text *text, const char *words);

/** Adds a number in decimal. */
void text_add_number(struct text *text, uint32_t number);

/** Adds a number as 0x and 8 hexadecimal digits. */
void text_add_address(struct text *text, uint32_t number);

/** Adds "major.minor.revision". */
void text_add_version(struct text *text, uint32_t major, uint32_t minor, uint32_t revision);
