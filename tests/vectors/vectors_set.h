/*
 * What an application of the tables is built for; a file for each.
 */
#pragma once

#include <stdbool.h>

struct vectors_set {
    bool medium; /**< The manager has the set "medium". */
    bool rows;   /**< Each row is told, for the oracle. */
};
extern const struct vectors_set vectors_set;
