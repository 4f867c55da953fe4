/*
 * What the crypto service is asked for when its speed is measured: the same natively and on the chip.
 */
#pragma once

#include <stdbool.h>

struct crypto_load {
    const char *name; /**< As a figure has it. */
    unsigned times;   /**< How often on the chip. */
    bool (*run)(void);
    unsigned parts; /**< A run is this part of what the figure is of; 0: all of it. */
};

extern const struct crypto_load crypto_loads[];
extern const unsigned crypto_load_count;

/** Makes the keys. @return whether that went well */
bool crypto_load_prepare(void);
