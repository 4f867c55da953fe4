#include "gdb_packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define INTERRUPT   0x03u
#define ESCAPE      '}'
#define ESCAPE_FLIP 0x20u
#define NO_DIGIT    0xFFu

/** Repetitions that the encoding of runs can tell at once, added to a character of this code. */
#define RUN_BASE 29u
#define RUN_MAX  97u
#define RUN_MIN  3u

static const char digits[] = "0123456789abcdef";

static uint8_t digit_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        return (uint8_t)(byte - '0');
    }
    const uint8_t lower = byte | 0x20u;
    return lower >= 'a' && lower <= 'f' ? (uint8_t)(lower - 'a' + 10u) : NO_DIGIT;
}

/* In. */

static void begin(struct gdb_reader *reader)
{
    reader->state = GDB_CONTENT;
    reader->sum = 0;
    reader->len = 0;
    reader->too_long = false;
}

static void keep(struct gdb_reader *reader, uint8_t byte)
{
    if (reader->len == GDB_PACKET_BYTES) {
        reader->too_long = true;
        return;
    }
    reader->content[reader->len++] = byte;
}

static enum gdb_input between(struct gdb_reader *reader, uint8_t byte)
{
    switch (byte) {
    case '$':
        begin(reader);
        return GDB_NOTHING;
    case '+':
        return GDB_ACK;
    case '-':
        return GDB_NAK;
    case INTERRUPT:
        return GDB_INTERRUPT;
    default:
        return GDB_NOTHING;
    }
}

static void content(struct gdb_reader *reader, uint8_t byte)
{
    if (byte == '#') {
        reader->state = GDB_SUM_HIGH;
        return;
    }
    if (byte == '$') { /* The end of the one before has been lost. */
        begin(reader);
        return;
    }
    reader->sum = (uint8_t)(reader->sum + byte);
    if (reader->state == GDB_ESCAPED) {
        reader->state = GDB_CONTENT;
        keep(reader, byte ^ ESCAPE_FLIP);
    } else if (byte == ESCAPE) {
        reader->state = GDB_ESCAPED;
    } else {
        keep(reader, byte);
    }
}

enum gdb_input gdb_reader_byte(struct gdb_reader *reader, uint8_t byte)
{
    switch (reader->state) {
    case GDB_CONTENT:
    case GDB_ESCAPED:
        content(reader, byte);
        return GDB_NOTHING;
    case GDB_SUM_HIGH:
        reader->given = digit_value(byte);
        reader->state = GDB_SUM_LOW;
        return GDB_NOTHING;
    case GDB_SUM_LOW:
        reader->state = GDB_BETWEEN;
        reader->content[reader->len] = 0;
        const uint8_t low = digit_value(byte);
        const bool right = reader->given != NO_DIGIT && low != NO_DIGIT &&
                           (reader->given << 4 | low) == reader->sum;
        return right && !reader->too_long ? GDB_PACKET : GDB_DAMAGED;
    case GDB_BETWEEN:
    default:
        return between(reader, byte);
    }
}

/* Out. */

void gdb_reply_clear(struct gdb_reply *reply)
{
    reply->len = 0;
    reply->full = false;
}

static bool room(struct gdb_reply *reply, size_t len)
{
    if (len > sizeof reply->content - reply->len) {
        reply->full = true;
        return false;
    }
    return true;
}

void gdb_put_text(struct gdb_reply *reply, const char *text)
{
    const size_t len = strlen(text);
    if (room(reply, len)) {
        memcpy(reply->content + reply->len, text, len);
        reply->len += len;
    }
}

void gdb_put_format(struct gdb_reply *reply, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof text) {
        reply->full = true;
        return;
    }
    gdb_put_text(reply, text);
}

static bool has_meaning(uint8_t byte)
{
    return byte == '$' || byte == '#' || byte == '*' || byte == ESCAPE;
}

void gdb_put_words(struct gdb_reply *reply, const char *text)
{
    if (!room(reply, strlen(text))) {
        return;
    }
    for (; *text != '\0'; text++) {
        const uint8_t byte = (uint8_t)*text;
        reply->content[reply->len++] = has_meaning(byte) ? (uint8_t)'?' : byte;
    }
}

void gdb_put_hex(struct gdb_reply *reply, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    if (len > sizeof reply->content / 2u || !room(reply, 2u * len)) {
        reply->full = true;
        return;
    }
    for (size_t i = 0; i < len; i++) {
        reply->content[reply->len++] = (uint8_t)digits[bytes[i] >> 4];
        reply->content[reply->len++] = (uint8_t)digits[bytes[i] & 0xFu];
    }
}

void gdb_put_word(struct gdb_reply *reply, uint32_t word)
{
    uint8_t bytes[4];
    bytes_store_le32(bytes, word);
    gdb_put_hex(reply, bytes, sizeof bytes);
}

size_t gdb_put_binary(struct gdb_reply *reply, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        const uint8_t byte = bytes[i];
        const bool special = has_meaning(byte);
        if (sizeof reply->content - reply->len < (special ? 2u : 1u)) {
            return i;
        }
        if (special) {
            reply->content[reply->len++] = ESCAPE;
        }
        reply->content[reply->len++] = special ? byte ^ ESCAPE_FLIP : byte;
    }
    return len;
}

/** Repetitions to tell of a byte that comes `run` times: the code must be none with a meaning. */
static size_t repetitions(size_t run)
{
    size_t repeats = run - 1u < RUN_MAX ? run - 1u : RUN_MAX;
    while (repeats + RUN_BASE == '#' || repeats + RUN_BASE == '$' || repeats + RUN_BASE == '+' ||
           repeats + RUN_BASE == '-') {
        repeats--;
    }
    return repeats;
}

size_t gdb_frame(const struct gdb_reply *reply, uint8_t frame[GDB_FRAME_BYTES])
{
    size_t len = 0;
    uint8_t sum = 0;
    frame[len++] = '$';
    for (size_t i = 0; i < reply->len;) {
        const uint8_t byte = reply->content[i];
        size_t run = 1;
        while (i + run < reply->len && reply->content[i + run] == byte) {
            run++;
        }
        const size_t repeats = repetitions(run);
        frame[len++] = byte;
        i++;
        if (repeats >= RUN_MIN) {
            frame[len++] = '*';
            frame[len++] = (uint8_t)(repeats + RUN_BASE);
            i += repeats;
        }
    }
    for (size_t i = 1; i < len; i++) {
        sum = (uint8_t)(sum + frame[i]);
    }
    frame[len++] = '#';
    frame[len++] = (uint8_t)digits[sum >> 4];
    frame[len++] = (uint8_t)digits[sum & 0xFu];
    return len;
}

/* Reading. */

bool gdb_skip(struct gdb_cursor *cursor, const char *text)
{
    const size_t len = strlen(text);
    if (cursor->bad || cursor->left < len || memcmp(cursor->at, text, len) != 0) {
        return false;
    }
    cursor->at += len;
    cursor->left -= len;
    return true;
}

void gdb_expect(struct gdb_cursor *cursor, const char *text)
{
    cursor->bad = !gdb_skip(cursor, text);
}

uint32_t gdb_take_number(struct gdb_cursor *cursor)
{
    uint32_t value = 0;
    unsigned count = 0;
    while (!cursor->bad && cursor->left > 0 && digit_value(*cursor->at) != NO_DIGIT) {
        cursor->bad = (value & 0xF0000000u) != 0;
        value = value << 4 | digit_value(*cursor->at);
        cursor->at++;
        cursor->left--;
        count++;
    }
    cursor->bad = cursor->bad || count == 0;
    return cursor->bad ? 0 : value;
}

void gdb_take_hex(struct gdb_cursor *cursor, uint8_t *data, size_t len)
{
    if (cursor->bad || len > cursor->left / 2u) {
        cursor->bad = true;
        return;
    }
    for (size_t i = 0; i < len && !cursor->bad; i++) {
        const uint8_t high = digit_value(cursor->at[0]);
        const uint8_t low = digit_value(cursor->at[1]);
        cursor->bad = high == NO_DIGIT || low == NO_DIGIT;
        data[i] = (uint8_t)(high << 4 | (low & 0xFu));
        cursor->at += 2;
        cursor->left -= 2;
    }
}

bool gdb_taken(const struct gdb_cursor *cursor)
{
    return !cursor->bad && cursor->left == 0;
}
