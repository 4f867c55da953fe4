/*
 * The name that was probably meant, for messages about names that do not exist.
 */
#pragma once

#include <stddef.h>

/** The closest to `word` among names[0..count), or NULL when none is close. */
const char *nearest_name(const char *word, const char *const *names, size_t count);
