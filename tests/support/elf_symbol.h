/*
 * Symbols of an image of the cross build, from its ELF file.
 */
#pragma once

#include <stdint.h>

/** What an image's symbol table says of a name. */
struct elf_symbol {
    uint32_t addr; /**< Of code, with bit 0 set. */
    uint32_t size; /**< Bytes; 0 for what a linker script defines. */
};

/**
 * Fails the test where there is no such image or symbol.
 * @param image  path below GARRISON_TARGET_DIR, without ".elf"
 */
struct elf_symbol elf_symbol(const char *image, const char *name);
