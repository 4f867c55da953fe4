/*
 * Files, read whole and written whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A file's content, on the heap; a NUL stands behind it. */
struct file_data {
    uint8_t *data;
    size_t len; /**< Bytes, the NUL not counted. */
};

/**
 * Reads a regular file of at most `max` bytes. The caller frees with file_free().
 * @return EXIT_DONE; or EXIT_USAGE or EXIT_INTERNAL, having said why.
 */
int file_read(const char *path, size_t max, struct file_data *out);
void file_free(struct file_data *file);

/** What may happen to a file that is there already. */
enum file_write_mode {
    FILE_REPLACE, /**< Replaced, in one step. */
    FILE_NEW,     /**< Never touched: that is an error. */
};

/**
 * Writes a file so that its name only ever stands for the old content or all of the new.
 * @param permissions  of the file, 0600 for secrets
 * @return EXIT_DONE; or EXIT_USAGE, having said why and left nothing behind.
 */
int file_write(const char *path, const uint8_t *data, size_t len, enum file_write_mode mode,
               unsigned permissions);

/** Fills with random bytes of the operating system. */
int file_random(uint8_t *data, size_t len);
