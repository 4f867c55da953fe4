/*
 * Bytes written as hexadecimal digits, spaces allowed.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/** Reads at most `size` bytes; returns how many there were. */
static inline uint32_t hex_bytes(const char *digits, uint8_t *bytes, uint32_t size)
{
    uint32_t count = 0;
    unsigned value;
    int used;
    while (count < size && sscanf(digits, " %2x%n", &value, &used) == 1) {
        bytes[count++] = (uint8_t)value;
        digits += used;
    }
    return count;
}
