/*
 * What the manager tells the built-in partitions: `prepare` of their rows in the table, and what these
 * have in common.
 */
#pragma once

#include <stdint.h>

void manager_prepare_crypto(void);
void manager_prepare_update(void);
void manager_prepare_its(void);
void manager_prepare_ps(void);
void manager_prepare_attest(void);

/** 32 random bytes, the same until the next reset; NULL: there are none, and the log says so. */
const uint8_t *manager_boot_seed(void);

/**
 * Hands a service a key that is derived from the root key; one that gets none refuses.
 * @param note  called with 64 bytes, or NULL; keeps no pointer
 */
void manager_note_key(const char *label, void (*note)(const uint8_t *key));
