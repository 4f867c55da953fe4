/*
 * Secrets that were left behind: a test plants a value that stands nowhere else, lets code run on a
 * stack that was painted before, and looks for pieces of the value in that stack and in all memory
 * that the program has statically, the services' arena and the manager's tables included. The test's
 * own copy is on the heap, where nothing looks.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** A piece: what stands somewhere only because the value was there. */
#define MARK_PIECE_BYTES 8u

/** A value that no other memory has; free() it. @param len  bytes, a multiple of MARK_PIECE_BYTES */
uint8_t *mark_make(size_t len);

/** Runs a function on the painted stack. */
void marks_run(void (*body)(void));

/** Places of the stack of the last marks_run() at which a piece of the value stands. */
size_t marks_on_stack(const uint8_t *value, size_t len);

/** The same of all static memory and that stack: `len / MARK_PIECE_BYTES` for each copy. */
size_t marks_count(const uint8_t *value, size_t len);
