/* A program for the target as cpu_image.py turns it into C. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct cpu_part {
    uint32_t addr;
    size_t len;
    const uint8_t *bytes;
};

struct cpu_label {
    const char *name;
    uint32_t addr;
};

/** Ends with a part without bytes. */
extern const struct cpu_part cpu_parts[];
/** Global symbols; ends with one without a name. */
extern const struct cpu_label cpu_labels[];
