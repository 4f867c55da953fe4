/*
 * Function symbols of ELF files, so that addresses have names.
 */
#pragma once

#include <garrison/sim.h>

struct symbols;

/** @return no symbols yet, to be given to symbols_free(); NULL: the host has no memory left. */
struct symbols *symbols_new(void);

/** NULL does nothing. */
void symbols_free(struct symbols *symbols);

/**
 * Adds the function symbols of a 32-bit little-endian Arm ELF file; whole or not at all. Every
 * offset and length of the file is checked before it is used.
 *
 * @return SIM_ERROR_FILE: the file cannot be read, is damaged or is not of that kind;
 *         SIM_ERROR_MEMORY.
 */
SIM_MUST_USE enum sim_status symbols_add(struct symbols *symbols, const char *path,
                                         struct sim_error *error);

/**
 * Writes "name" or "name+0x12" of the function that holds `addr` into `text`, cut to `size` bytes
 * with its NUL; an empty string if there is none. Bit 0 of `addr` does not matter. A function of
 * size 0 reaches to the next one. Of two functions at one address, the one added last is named.
 */
void symbols_text(const struct symbols *symbols, uint32_t addr, char *text, size_t size);
