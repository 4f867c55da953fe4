/*
 * Applications as the linker or `garrison image sign` has left them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "file.h"

struct application {
    uint32_t addr; /**< Of the first byte; 0: the file does not say, it begins with the vectors. */
    struct file_data body; /**< From there on, without header. */
    bool is_elf;           /**< Whether it has names for addresses. */
};

/**
 * Reads an application: an ELF file, an image with its header, or the bytes from its vectors on.
 * @return EXIT_DONE; EXIT_USAGE or EXIT_INTERNAL, having said why. application_free() is due in any
 *         case.
 */
int application_read(const char *path, struct application *application);
void application_free(struct application *application);
