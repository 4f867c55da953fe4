/*
 * A process of the host: its standard input, which has nobody who would be late.
 */
#include "board.h"

#include <stdio.h>

int board_read(uint32_t timeout_ms)
{
    (void)timeout_ms;
    return getchar();
}

void board_write(uint8_t byte)
{
    (void)putchar(byte);
    (void)fflush(stdout);
}

void board_flush(void)
{
    (void)fflush(stdout);
}

void board_alive(void)
{
}
