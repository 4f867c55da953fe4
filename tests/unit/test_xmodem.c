/*
 * A file on its way by XMODEM-1K: the sender of `garrison run` against the receiver of
 * examples/update, over a line that damages or loses what the test says.
 */
#include "support/test.h"

#include <string.h>

#include "../../examples/update/board.h"
#include "../../examples/update/xmodem.h"
#include "../../tools/xmodem_send.h"

#define SIZE_MAX_TESTED ((size_t)300 * 1024)

/** Mask of a byte that does not arrive at all. */
#define LINE_LOSE 0xFFu

/** The line between both, and what is wrong with it. */
static struct line {
    size_t hurt_at;     /**< Number of the byte from the sender that is damaged; SIZE_MAX: none. */
    uint8_t hurt;       /**< Mask of its bits that change, or LINE_LOSE. */
    size_t hurt_from;   /**< All bytes from this number on are damaged. */
    size_t lose_answer; /**< Number of the receiver's byte that is lost. */
    bool dead;          /**< Nobody is there to send. */
    size_t sent;        /**< Bytes from the sender so far. */
    size_t answers;     /**< Bytes from the receiver so far. */
    uint32_t waited_ms; /**< How long the receiver has waited for nothing. */
    uint8_t packet[XMODEM_PACKET_BYTES];
    size_t len;
    size_t at;
} line;

static struct xmodem_send sender;

int board_read(uint32_t timeout_ms)
{
    for (unsigned looks = 0; looks < 2 && !line.dead; looks++) {
        if (line.at == line.len) {
            line.len = xmodem_send_packet(&sender, line.packet);
            line.at = 0;
        }
        while (line.at < line.len) {
            const size_t number = line.sent++;
            const bool hurt = number == line.hurt_at || number >= line.hurt_from;
            const uint8_t byte = line.packet[line.at++];
            if (!hurt || line.hurt != LINE_LOSE) {
                return hurt ? byte ^ line.hurt : byte;
            }
        }
        xmodem_send_silence(&sender);
    }
    line.waited_ms += timeout_ms;
    return -1;
}

void board_write(uint8_t byte)
{
    if (line.answers++ != line.lose_answer) {
        (void)xmodem_send_take(&sender, byte);
    }
}

static uint8_t file[SIZE_MAX_TESTED];
static uint8_t taken[SIZE_MAX_TESTED + 1024u];
static uint32_t taken_len;
static uint32_t take_limit;

static bool take(void *context, uint32_t off, const uint8_t *block, size_t len)
{
    (void)context;
    assert_int_equal(off, taken_len);
    assert_true(off + len <= sizeof taken);
    memcpy(taken + off, block, len);
    taken_len += (uint32_t)len;
    return taken_len <= take_limit;
}

static enum xmodem_end transfer(size_t size)
{
    taken_len = 0;
    xmodem_send_init(&sender, file, size);
    return xmodem_receive(take, NULL);
}

static void expect_whole(size_t size)
{
    assert_int_equal(taken_len, (size + 1023u) / 1024u * 1024u);
    assert_memory_equal(taken, file, size);
    for (size_t i = size; i < taken_len; i++) {
        assert_int_equal(taken[i], 0x1A);
    }
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof file; i++) {
        file[i] = (uint8_t)(i * 7u + i / 251u);
    }
    take_limit = UINT32_MAX;
    line = (struct line){.hurt_at = SIZE_MAX, .hurt_from = SIZE_MAX, .lose_answer = SIZE_MAX};
    return 0;
}

static void files_of_all_sizes_arrive(void **state)
{
    static const size_t sizes[] = {1, 127, 1023, 1024, 1025, 5000, SIZE_MAX_TESTED};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_int_equal(transfer(sizes[i]), XMODEM_COMPLETE);
        assert_int_equal((int)sender.state, XMODEM_DONE);
        expect_whole(sizes[i]);
    }
}

/** One byte of all that the sender sends is another one, or is lost. */
static void a_byte_that_is_damaged_or_lost_costs_a_packet_only(void **state)
{
    static const uint8_t masks[] = {0x01, 0x03, 0x80, LINE_LOSE};
    (void)state;
    assert_int_equal(transfer(2500), XMODEM_COMPLETE);
    const size_t bytes = line.sent;
    assert_int_equal(bytes, 3 * 1029 + 1);
    for (size_t i = 0; i < COUNT_OF(masks); i++) {
        for (size_t at = 0; at < bytes; at++) {
            set_up(NULL);
            line.hurt_at = at;
            line.hurt = masks[i];
            assert_int_equal(transfer(2500), XMODEM_COMPLETE);
            assert_int_equal((int)sender.state, XMODEM_DONE);
            expect_whole(2500);
        }
    }
}

static void an_answer_that_is_lost_is_asked_for_again(void **state)
{
    (void)state;
    for (size_t at = 1; at < 4; at++) { /* those of the packets; 0 is the question */
        set_up(NULL);
        line.lose_answer = at;
        assert_int_equal(transfer(2500), XMODEM_COMPLETE);
        expect_whole(2500);
    }
}

static void a_question_that_is_lost_is_repeated(void **state)
{
    (void)state;
    line.lose_answer = 0;
    assert_int_equal(transfer(100), XMODEM_COMPLETE);
    expect_whole(100);
}

static void who_takes_the_blocks_can_cancel(void **state)
{
    (void)state;
    take_limit = 1024;
    assert_int_equal(transfer(5000), XMODEM_BROKEN);
    assert_int_equal((int)sender.state, XMODEM_CANCELLED);
    assert_int_equal(taken_len, 2048);
}

static void a_line_that_damages_everything_ends_it(void **state)
{
    (void)state;
    line.hurt_from = 1029;
    line.hurt = 0x80;
    assert_int_equal(transfer(5000), XMODEM_BROKEN);
    assert_true((int)sender.state == XMODEM_CANCELLED || (int)sender.state == XMODEM_FAILED);
    assert_int_equal(taken_len, 1024);
}

static void nobody_who_sends_ends_it_after_a_minute(void **state)
{
    (void)state;
    line.dead = true;
    assert_int_equal(transfer(100), XMODEM_NOTHING);
    assert_int_equal(line.waited_ms, 60000);
}

/** The same line carries text: only a 'C' at a line's start with nothing behind it asks. */
static void words_are_no_question(void **state)
{
    static const char words[] = "CC\nCash: C\n C";
    (void)state;
    xmodem_send_init(&sender, file, 100);
    for (size_t i = 0; words[i] != '\0'; i++) {
        (void)xmodem_send_take(&sender, (uint8_t)words[i]);
    }
    xmodem_send_silence(&sender);
    assert_int_equal((int)sender.state, XMODEM_IDLE);
    assert_false(xmodem_send_take(&sender, '\n'));
    assert_true(xmodem_send_take(&sender, 'C'));
    xmodem_send_silence(&sender);
    assert_int_equal((int)sender.state, XMODEM_SENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(files_of_all_sizes_arrive, set_up),
        cmocka_unit_test_setup(a_byte_that_is_damaged_or_lost_costs_a_packet_only, set_up),
        cmocka_unit_test_setup(an_answer_that_is_lost_is_asked_for_again, set_up),
        cmocka_unit_test_setup(a_question_that_is_lost_is_repeated, set_up),
        cmocka_unit_test_setup(who_takes_the_blocks_can_cancel, set_up),
        cmocka_unit_test_setup(a_line_that_damages_everything_ends_it, set_up),
        cmocka_unit_test_setup(nobody_who_sends_ends_it_after_a_minute, set_up),
        cmocka_unit_test_setup(words_are_no_question, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
