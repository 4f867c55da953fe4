/*
 * What the example needs of the machine besides stdout.
 */
#pragma once

#include <stdint.h>

/** Waits for a byte from the console. @return it; or -1: none came in that time */
int board_read(uint32_t timeout_ms);

/** Sends one byte, as it is, behind what stdout has. */
void board_write(uint8_t byte);

/** Waits until all of stdout is out: a reset would cut its end. */
void board_flush(void);

/** Feeds the watchdog, which runs since the boot if this image is on trial. board_read() does too. */
void board_alive(void);
