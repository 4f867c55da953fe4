/*
 * The sender's half of XMODEM-1K: what a file is sent with to a program that asks for it on its
 * console. It does no input or output; whoever has the line passes bytes in and packets out.
 *
 * The receiver asks with 'C', which counts only at the start of a line and when nothing follows: the
 * same line carries words too. Each packet waits for its answer; a last one is filled up with 0x1A.
 * Source: C. Forsberg, XMODEM/YMODEM Protocol Reference, 1988, chapters 4 and 7.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XMODEM_BLOCK_BYTES  1024u
#define XMODEM_PACKET_BYTES (XMODEM_BLOCK_BYTES + 5u)

/** A packet that is not taken so often ends the transfer. */
#define XMODEM_TRIES 10u

enum xmodem_state {
    XMODEM_IDLE,      /**< Nobody has asked yet. */
    XMODEM_ASKED,     /**< A 'C' has come; whether it was one, silence tells. */
    XMODEM_SENDING,   /**< A packet is due, or waits for its answer. */
    XMODEM_ENDING,    /**< The same, of the end of the transfer. */
    XMODEM_DONE,      /**< All has been taken. */
    XMODEM_CANCELLED, /**< The receiver wants no more. */
    XMODEM_FAILED,    /**< The same packet was refused too often. */
};

/** Caller's memory, all members the sender's but `state`, which may be read. */
struct xmodem_send {
    enum xmodem_state state;
    const uint8_t *data;
    size_t size;
    size_t off;      /**< Of the block under way. */
    uint8_t number;  /**< Of that block. */
    unsigned tries;  /**< How often its packet has been asked for again. */
    bool due;        /**< A packet is to be sent. */
    bool line_start; /**< The receiver's last byte has ended a line. */
    bool cancel;     /**< It was the first of two that cancel. */
};

/** Readies a transfer. @param data  size bytes, at least 1; kept until the end */
void xmodem_send_init(struct xmodem_send *send, const uint8_t *data, size_t size);

/**
 * Takes a byte from the receiver. A 'C' that was taken is text after all if the state is then left
 * for XMODEM_IDLE.
 * @return whether it is the protocol's; else it is text
 */
bool xmodem_send_take(struct xmodem_send *send, uint8_t byte);

/** Tells that nothing has followed the last byte for a while: what asked was a question. */
void xmodem_send_silence(struct xmodem_send *send);

/** The packet that is due, once. @return its bytes; 0: none is due */
size_t xmodem_send_packet(struct xmodem_send *send, uint8_t packet[XMODEM_PACKET_BYTES]);
