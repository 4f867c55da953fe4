/*
 * What vector tables and reset owe each other.
 *
 * An image has one of two tables: vectors.c, or vectors_stage.c, which saves the flash of entries
 * that can never be taken.
 */
#pragma once

#include <stdint.h>

typedef void startup_handler(void);

/** First instruction of an image: sets up stack and memory, and runs image_main(). */
void startup_reset(void);

/** Exceptions of the processor itself, the initial stack pointer in the place of the first. */
#define STARTUP_EXCEPTIONS 16u

extern uint32_t linker_stack_top[];

/** A section with contents: the linker script makes an array of these. */
struct startup_copy {
    const uint32_t *from;
    uint32_t *to;
    uint32_t *end;
};

extern const struct startup_copy linker_copy[];
extern const struct startup_copy linker_copy_end[];
