/*
 * Lines of text for the log of faults and mismatches: no library, no memory but the caller's.
 */
#pragma once

#include <stdint.h>

/** A line under construction; what does not fit is lost. Always NUL-terminated. */
struct line {
    char text[192];
    uint32_t used; /**< Characters. */
};

/** Begins the line with the image's name and a colon. */
void line_start(struct line *line);

void line_add(struct line *line, const char *words);

/** Adds the words and "0x" with eight digits. */
void line_add_hex(struct line *line, const char *words, uint32_t value);
