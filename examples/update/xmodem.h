/*
 * The receiver's half of XMODEM-1K: what any terminal program can send a file with, and
 * `garrison run --send`. While it runs the console is for the protocol alone.
 *
 * The receiver asks with 'C' every three seconds. A packet is STX (or SOH), its number from 1, the
 * number's complement, 1024 (or 128) bytes, and their CRC-16, high byte first; ACK asks for the next
 * one, NAK for the same again. EOT ends the transfer, two CAN cancel it. A last packet that is not
 * full ends in bytes 0x1A. Nothing is sent unasked, so whoever takes the blocks has all the time.
 * Source: C. Forsberg, XMODEM/YMODEM Protocol Reference, 1988, chapters 4 and 7.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XMODEM_BLOCK_BYTES 1024u

/** Takes a block, 128 or 1024 bytes. @return whether the transfer shall go on */
typedef bool xmodem_take_fn(void *context, uint32_t off, const uint8_t *block, size_t len);

enum xmodem_end {
    XMODEM_COMPLETE,
    XMODEM_NOTHING, /**< Nobody answered for a minute. */
    XMODEM_BROKEN,  /**< It stopped in the middle, or was cancelled by one of both. */
};

enum xmodem_end xmodem_receive(xmodem_take_fn *take, void *context);
