/*
 * Secrets: wiping and comparing them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Overwrites memory with zeros, also where the compiler could prove that nobody reads it again. */
void secret_wipe(void *data, size_t len);

/**
 * Overwrites the stack below its caller's frame: what functions that were called before have left
 * there, a library's and registers that the compiler has saved among them.
 * @param len  bytes; a whole number of SECRET_STACK_PART is overwritten
 */
void secret_wipe_stack(size_t len);

#define SECRET_STACK_PART 256u

/** Whether two secrets are equal; the time depends on the length only. */
bool secret_equal(const void *a, const void *b, size_t len);
