/*
 * Intel HEX: bytes with their addresses as text, which programmers of flash and objcopy read.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Bytes that stand together. */
struct hex_part {
    const char *name; /**< Of the file they are from, for messages. */
    const uint8_t *data;
    size_t len;
    uint32_t addr; /**< A multiple of 16. */
};

/**
 * Writes a file that holds all parts, lowest address first; `part` is sorted for that.
 * @return exit status: EXIT_USAGE when two parts overlap or the file cannot be written, having said why.
 */
int image_hex_write(const char *path, struct hex_part *part, size_t count);
