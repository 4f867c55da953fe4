/*
 * Files that may be pipes: "-" is standard input or standard output.
 */
#pragma once

#include "file.h"

/** file_read(), or standard input up to its end. */
int file_pipe_read(const char *path, size_t max, struct file_data *out);

/** file_write(), or standard output. */
int file_pipe_write(const char *path, const uint8_t *data, size_t len, enum file_write_mode mode,
                    unsigned permissions);
