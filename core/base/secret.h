/*
 * Secrets: wiping and comparing them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Overwrites memory with zeros, also where the compiler could prove that nobody reads it again. */
void secret_wipe(void *data, size_t len);

/** Whether two secrets are equal; the time depends on the length only. */
bool secret_equal(const void *a, const void *b, size_t len);
