/* The frames of GDB's remote protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/gdb_packet.h"

static struct gdb_reader reader;
static struct gdb_reply reply;
static uint8_t frame[GDB_FRAME_BYTES];

/** What the last byte of a text completes. */
static enum gdb_input take(const char *text)
{
    enum gdb_input last = GDB_NOTHING;
    for (; *text != '\0'; text++) {
        last = gdb_reader_byte(&reader, (uint8_t)*text);
    }
    return last;
}

/** What a frame says: its runs written out. @return its length */
static size_t unfold(const uint8_t *data, size_t len, uint8_t *content)
{
    size_t count = 0;
    for (size_t i = 1; i < len - 3u; i++) {
        if (data[i] == '*') {
            i++;
            for (unsigned n = 0; n < data[i] - 29u; n++) {
                content[count + n] = content[count - 1u];
            }
            count += data[i] - 29u;
        } else {
            content[count++] = data[i];
        }
    }
    return count;
}

static void packets_and_signs_are_told_apart(void **state)
{
    (void)state;
    memset(&reader, 0, sizeof reader);
    assert_int_equal(take("+"), GDB_ACK);
    assert_int_equal(take("-"), GDB_NAK);
    assert_int_equal(take("\x03"), GDB_INTERRUPT);
    assert_int_equal(take("x"), GDB_NOTHING);
    assert_int_equal(take("$g#67"), GDB_PACKET);
    assert_string_equal((const char *)reader.content, "g");
    assert_int_equal(take("$#00"), GDB_PACKET);
    assert_int_equal(reader.len, 0);
    assert_int_equal(take("$g#6A"), GDB_DAMAGED);
    assert_int_equal(take("$g#x7"), GDB_DAMAGED);
    assert_int_equal(take("$g#6"), GDB_NOTHING);
    assert_int_equal(take("7"), GDB_PACKET);
    assert_int_equal(take("$lost$g#67"), GDB_PACKET); /* the end of the first one never came */
    assert_string_equal((const char *)reader.content, "g");
    assert_int_equal(take("$a\x03#64"), GDB_PACKET); /* no Ctrl-C: it is within one */
}

static void escapes_are_undone(void **state)
{
    (void)state;
    memset(&reader, 0, sizeof reader);
    assert_int_equal(take("$X}\x03}\x04}]}\x0A#dc"), GDB_DAMAGED);
    uint8_t sum = 0;
    const char text[] = "X}\x03}\x04}]}\x0A";
    char whole[32];
    for (size_t i = 0; i < sizeof text - 1u; i++) {
        sum = (uint8_t)(sum + (uint8_t)text[i]);
    }
    (void)snprintf(whole, sizeof whole, "$%s#%02x", text, sum);
    assert_int_equal(take(whole), GDB_PACKET);
    assert_string_equal((const char *)reader.content, "X#$}*");
}

static void too_long_a_packet_is_damaged_and_the_next_is_read(void **state)
{
    (void)state;
    memset(&reader, 0, sizeof reader);
    for (size_t extra = 0; extra < 2; extra++) {
        uint8_t sum = 0;
        char end[4];
        assert_int_equal(take("$"), GDB_NOTHING);
        for (size_t i = 0; i < GDB_PACKET_BYTES + extra; i++) {
            assert_int_equal(take("a"), GDB_NOTHING);
            sum = (uint8_t)(sum + 'a');
        }
        (void)snprintf(end, sizeof end, "#%02x", sum);
        assert_int_equal(take(end), extra == 0 ? GDB_PACKET : GDB_DAMAGED);
        assert_int_equal(take("$g#67"), GDB_PACKET);
    }
}

static void runs_of_every_length_unfold_to_themselves(void **state)
{
    static uint8_t content[GDB_PACKET_BYTES];
    (void)state;
    for (size_t run = 1; run < 300; run++) {
        gdb_reply_clear(&reply);
        gdb_put_text(&reply, "x");
        for (size_t i = 0; i < run; i++) {
            gdb_put_text(&reply, "0");
        }
        gdb_put_text(&reply, "1");
        const size_t len = gdb_frame(&reply, frame);
        for (size_t i = 1; i < len - 3u; i++) {
            assert_true(frame[i] != '$' && frame[i] != '#' && frame[i] != '+' && frame[i] != '-');
            assert_true(frame[i] >= 32 && frame[i] < 127);
        }
        assert_int_equal(unfold(frame, len, content), run + 2u);
        assert_memory_equal(content, reply.content, reply.len);
        assert_true(run < 10 || len < run); /* and are shorter so */
        memset(&reader, 0, sizeof reader);
        enum gdb_input last = GDB_NOTHING;
        for (size_t i = 0; i < len; i++) {
            last = gdb_reader_byte(&reader, frame[i]);
        }
        assert_int_equal(last, GDB_PACKET); /* its checksum is right */
    }
}

static void binary_data_is_escaped_and_bounded(void **state)
{
    static uint8_t data[GDB_PACKET_BYTES];
    (void)state;
    gdb_reply_clear(&reply);
    for (unsigned i = 0; i < 256; i++) {
        data[i] = (uint8_t)i;
    }
    assert_int_equal(gdb_put_binary(&reply, data, 256), 256);
    assert_int_equal(reply.len, 256 + 4);
    memset(data, '#', sizeof data);
    gdb_reply_clear(&reply);
    assert_int_equal(gdb_put_binary(&reply, data, sizeof data), sizeof data / 2u);
    assert_false(reply.full);
    gdb_put_text(&reply, "x");
    assert_true(reply.full);
    gdb_reply_clear(&reply);
    gdb_put_hex(&reply, data, sizeof data / 2u + 1u);
    assert_true(reply.full);
    gdb_reply_clear(&reply);
    gdb_put_words(&reply, "a$b#c*d}e");
    assert_memory_equal(reply.content, "a?b?c?d?e", 9);
}

static void numbers_and_digits_are_read_exactly(void **state)
{
    static const struct {
        const char *text;
        uint32_t value;
        bool bad;
    } rows[] = {
        {"0", 0, false},
        {"ffffffff", 0xFFFFFFFF, false},
        {"100000000", 0, true},
        {"0000000012", 0x12, false},
        {"", 0, true},
        {"g", 0, true},
        {"DeadBeef", 0xDEADBEEF, false},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gdb_cursor cursor = {.at = (const uint8_t *)rows[i].text,
                                    .left = strlen(rows[i].text)};
        assert_int_equal(gdb_take_number(&cursor), rows[i].value);
        assert_int_equal(gdb_taken(&cursor), !rows[i].bad);
    }
    uint8_t bytes[2] = {0};
    struct gdb_cursor cursor = {.at = (const uint8_t *)"0aFf", .left = 3};
    gdb_take_hex(&cursor, bytes, 2);
    assert_true(cursor.bad);
    cursor = (struct gdb_cursor){.at = (const uint8_t *)"0aFf", .left = 4};
    gdb_take_hex(&cursor, bytes, 2);
    assert_true(gdb_taken(&cursor));
    assert_int_equal(bytes[0] << 8 | bytes[1], 0x0AFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_and_signs_are_told_apart),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(too_long_a_packet_is_damaged_and_the_next_is_read),
        cmocka_unit_test(runs_of_every_length_unfold_to_themselves),
        cmocka_unit_test(binary_data_is_escaped_and_bounded),
        cmocka_unit_test(numbers_and_digits_are_read_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
