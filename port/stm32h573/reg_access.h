/*
 * How registers and memory of the chip are reached: here, by loads and stores.
 *
 * port/host has a file of this name that reaches the simulated chip's bus, so the drivers of this
 * folder are the same code there.
 */
#pragma once

#include <stdint.h>
#include <string.h>

static inline uint32_t reg_read(uint32_t addr)
{
    return *(const volatile uint32_t *)addr;
}

static inline void reg_write(uint32_t addr, uint32_t value)
{
    *(volatile uint32_t *)addr = value;
}

/** Lets about so many cycles pass without an access, for a block that takes long. */
static inline void reg_pause(uint32_t cycles)
{
    for (uint32_t turn = cycles / 3u; turn > 0; turn--) {
        __asm__ volatile("");
    }
}

/** Everything before has had its effect before anything behind begins. */
static inline void reg_barrier(void)
{
    __asm__ volatile("dsb 0xF" ::: "memory");
}

/** The same, and what has changed is in force for the instructions behind. */
static inline void reg_synchronize(void)
{
    __asm__ volatile("dsb 0xF\n"
                     "isb 0xF" ::
                         : "memory");
}

/** Copies from mapped memory, in any widths the compiler likes. */
static inline void mapped_read(uint32_t addr, uint8_t *data, uint32_t len)
{
    memcpy(data, (const void *)addr, len);
}
