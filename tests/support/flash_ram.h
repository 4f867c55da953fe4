/*
 * A flash device in memory, with the geometry of the STM32H573's.
 */
#pragma once

#include <stdbool.h>

#include <garrison/flash.h>

#define FLASH_RAM_BYTES 0x22000u

struct flash_ram {
    struct flash_device device;
    uint8_t bytes[FLASH_RAM_BYTES];
    uint32_t reads;      /**< Read operations so far. */
    uint32_t read_limit; /**< Highest offset that was read, plus one. */
    uint32_t bad_from;   /**< Reads that touch [bad_from, bad_to) fail as after an ECC error. */
    uint32_t bad_to;
};

/** Erases everything; `flash` must stay where it is. */
void flash_ram_init(struct flash_ram *flash);
