#include "vectors_set.h"

const struct vectors_set vectors_set = {.medium = true, .rows = false};
