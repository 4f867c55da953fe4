/*
 * GDB's remote serial protocol, its lowest layer: packets out of bytes, and bytes out of packets.
 *
 * Nothing here knows a socket or a chip. What is read is as long as GDB_PACKET_BYTES at most; a
 * longer packet counts as damaged. What is written is run-length encoded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Content of a packet, at most: what qSupported tells GDB. */
#define GDB_PACKET_BYTES 0x4000u

/** A packet as it goes over the line: `$`, content, `#`, two digits. */
#define GDB_FRAME_BYTES (GDB_PACKET_BYTES + 4u)

/** What a byte has completed. */
enum gdb_input {
    GDB_NOTHING = 0,
    GDB_PACKET,    /**< `content` holds one. */
    GDB_DAMAGED,   /**< One has ended that is to be sent again. */
    GDB_INTERRUPT, /**< Ctrl-C. */
    GDB_ACK,
    GDB_NAK,
};

struct gdb_reader {
    enum { GDB_BETWEEN = 0, GDB_CONTENT, GDB_ESCAPED, GDB_SUM_HIGH, GDB_SUM_LOW } state;
    uint8_t sum;   /**< Of the content so far, as it came. */
    uint8_t given; /**< First digit of the checksum; 0xFF: it is none. */
    bool too_long;
    size_t len;
    uint8_t content[GDB_PACKET_BYTES + 1u]; /**< Without escapes; a 0 follows it. */
};

enum gdb_input gdb_reader_byte(struct gdb_reader *reader, uint8_t byte);

/** Content of an answer being made. What does not fit makes it `full`. */
struct gdb_reply {
    size_t len;
    bool full;
    uint8_t content[GDB_PACKET_BYTES];
};

void gdb_reply_clear(struct gdb_reply *reply);
void gdb_put_text(struct gdb_reply *reply, const char *text);
void gdb_put_format(struct gdb_reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** Words of anybody's; what has a meaning in a frame becomes a question mark. */
void gdb_put_words(struct gdb_reply *reply, const char *text);
/** Bytes as hexadecimal digits. */
void gdb_put_hex(struct gdb_reply *reply, const void *data, size_t len);
/** A word as its bytes in memory. */
void gdb_put_word(struct gdb_reply *reply, uint32_t word);
/** Bytes with escapes. @return how many of them have fitted */
size_t gdb_put_binary(struct gdb_reply *reply, const void *data, size_t len);

/** The frame of an answer. @return its length */
size_t gdb_frame(const struct gdb_reply *reply, uint8_t frame[GDB_FRAME_BYTES]);

/* Reading the content of a packet. */

/** What is still to be read. `bad` once something was not what it had to be. */
struct gdb_cursor {
    const uint8_t *at;
    size_t left;
    bool bad;
};

/** Goes over a text, if it is next. */
bool gdb_skip(struct gdb_cursor *cursor, const char *text);
/** Goes over a text that must be next. */
void gdb_expect(struct gdb_cursor *cursor, const char *text);
/** A number of 1 to 8 hexadecimal digits; 0 and bad if there is none, or a longer one. */
uint32_t gdb_take_number(struct gdb_cursor *cursor);
/** Exactly `len` bytes of two digits each. */
void gdb_take_hex(struct gdb_cursor *cursor, uint8_t *data, size_t len);
/** Whether all was read, and all was well. */
bool gdb_taken(const struct gdb_cursor *cursor);
