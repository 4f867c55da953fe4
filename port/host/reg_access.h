/*
 * How the port's drivers reach registers and memory on the host: over the simulated chip's bus, as
 * a Secure privileged master. Each access lets a little virtual time pass, so that polling ends.
 */
#pragma once

#include <stdint.h>

uint32_t reg_read(uint32_t addr);
void reg_write(uint32_t addr, uint32_t value);

/** Lets so many ticks pass without an access. */
void reg_pause(uint32_t cycles);

/** Copies from mapped memory. */
void mapped_read(uint32_t addr, uint8_t *data, uint32_t len);

/** Nothing to wait for: an access has had its effect when it returns. */
static inline void reg_barrier(void)
{
}

static inline void reg_synchronize(void)
{
}
