/*
 * The loadable bytes of an ELF file, as `objcopy -O binary` would write them.
 */
#pragma once

#include <stdbool.h>

#include "file.h"

/** Whether a file begins as an ELF file does. */
bool elf_is(const struct file_data *file);

/**
 * Replaces an ELF file's content with the bytes that are loaded, in the order of their load
 * addresses, gaps filled with zeros.
 * @param addr  out: load address of the first byte
 * @return EXIT_DONE; or EXIT_USAGE or EXIT_INTERNAL, having said why.
 */
int elf_flatten(const char *path, struct file_data *file, uint32_t *addr);
