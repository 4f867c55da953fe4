/*
 * What the hostile stages share: a line with a name and a value.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** A word that a stage should not find, or should. */
struct probe_target {
    const char *name;
    uint32_t addr;
};

/** Logs "probe: NAME VALUE", the value as eight hexadecimal digits. */
void probe_log(const char *name, uint32_t value);

/** Where the iROT stands, as its entry of the hand-over record says. */
uint32_t probe_irot(void);

/** Logs what the iROT's vectors, code and last word read as. */
void probe_read_irot(void);

/** Logs what each target reads as. */
void probe_read(const struct probe_target *targets, size_t count);
