/*
 * The rescue protocol: frames in noise, requests in and out of order, and which images it takes.
 */
#include "power/rescue_fixture.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "support/port_fake.h"
#include "support/test.h"

/*
 * Frames.
 */

static const struct rescue_frame sample = {
    .type = RESCUE_BEGIN, .sequence = 7, .len = 8, .payload = {2, 0, 0, 0, 0xA5, 0x10, 0, 0}};

/** Whether the bytes bring exactly the sample, once. */
static unsigned takes_sample(struct rescue_receiver *receiver, const uint8_t *bytes, uint32_t len)
{
    unsigned times = 0;
    struct rescue_frame frame;
    for (uint32_t i = 0; i < len; i++) {
        if (rescue_take(receiver, bytes[i], &frame)) {
            assert_int_equal(frame.type, sample.type);
            assert_int_equal(frame.sequence, sample.sequence);
            assert_int_equal(frame.len, sample.len);
            assert_memory_equal(frame.payload, sample.payload, sample.len);
            times++;
        }
    }
    return times;
}

static void a_frame_has_the_bytes_of_the_specification(void **state)
{
    static const uint8_t expected[] = {0xA5, 2, 7, 8, 0, 2, 0, 0, 0, 0xA5, 0x10, 0, 0};
    uint8_t bytes[RESCUE_FRAME_BYTES];
    (void)state;
    assert_int_equal(rescue_encode(&sample, bytes), sizeof expected + 4u);
    assert_memory_equal(bytes, expected, sizeof expected);
    /* CRC-32 of everything between start byte and checksum, by another implementation (zlib). */
    assert_int_equal(bytes_load_le32(bytes + sizeof expected), 0x89B440BD);
}

static void no_changed_byte_is_taken_and_the_next_frame_is(void **state)
{
    uint8_t bytes[RESCUE_FRAME_BYTES];
    (void)state;
    const uint32_t len = rescue_encode(&sample, bytes);
    for (uint32_t i = 0; i < len; i++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            struct rescue_receiver receiver = {.used = 0};
            struct rescue_frame frame;
            bytes[i] ^= (uint8_t)flip;
            assert_int_equal(takes_sample(&receiver, bytes, len), 0);
            bytes[i] ^= (uint8_t)flip;
            struct rescue_receiver silent = receiver;
            assert_false(rescue_silence(&silent, &frame));
            assert_int_equal(takes_sample(&silent, bytes, len), 1);
            /* Without a silence a false length may swallow as much as the longest frame has. */
            unsigned repeats = 0;
            while (takes_sample(&receiver, bytes, len) == 0) {
                assert_in_range(++repeats, 0, RESCUE_FRAME_BYTES / len + 1u);
            }
        }
    }
}

static void a_truncated_frame_is_no_frame(void **state)
{
    uint8_t bytes[RESCUE_FRAME_BYTES];
    (void)state;
    const uint32_t len = rescue_encode(&sample, bytes);
    for (uint32_t kept = 0; kept < len; kept++) {
        struct rescue_receiver receiver = {.used = 0};
        struct rescue_frame frame;
        assert_int_equal(takes_sample(&receiver, bytes, kept), 0);
        assert_false(rescue_silence(&receiver, &frame));
        assert_int_equal(receiver.used, 0);
        assert_int_equal(takes_sample(&receiver, bytes, len), 1);
    }
}

static void frames_are_found_behind_false_starts(void **state)
{
    static const uint8_t noise[] = {0xA5, 0x03, 0x01, 0x00, 0x01, 0xA5, 0xA5, 0x00, 0xFF, 'x'};
    uint8_t bytes[RESCUE_FRAME_BYTES];
    (void)state;
    const uint32_t len = rescue_encode(&sample, bytes);
    struct rescue_receiver receiver = {.used = 0};
    struct rescue_frame frame;
    assert_int_equal(takes_sample(&receiver, noise, sizeof noise), 0);
    assert_int_equal(takes_sample(&receiver, bytes, len), 0);
    assert_int_equal(takes_sample(&receiver, bytes, len), 0);
    /* Both were swallowed by a start that announced 256 bytes, and both come out. */
    assert_true(rescue_silence(&receiver, &frame));
    assert_true(rescue_silence(&receiver, &frame));
    assert_int_equal(frame.sequence, sample.sequence);
    assert_false(rescue_silence(&receiver, &frame));
}

/** Noise of all kinds never overflows the receiver, and never stops it for good. */
static void noise_costs_nothing_but_time(void **state)
{
    uint8_t bytes[RESCUE_FRAME_BYTES];
    (void)state;
    const uint32_t len = rescue_encode(&sample, bytes);
    struct rescue_receiver receiver = {.used = 0};
    for (uint32_t round = 0; round < 2000; round++) {
        struct rescue_frame frame;
        const uint32_t count = (uint32_t)(flash_random(&bench.random) % 600u);
        for (uint32_t i = 0; i < count; i++) {
            const uint64_t random = flash_random(&bench.random);
            const uint8_t byte = random % 3u == 0 ? RESCUE_START : (uint8_t)(random >> 8);
            assert_false(rescue_take(&receiver, byte, &frame));
            assert_in_range(receiver.used, 0, RESCUE_FRAME_BYTES - 1u);
        }
        (void)rescue_silence(&receiver, &frame);
        assert_int_equal(takes_sample(&receiver, bytes, len), 1);
    }
}

/*
 * Requests.
 */

static void hello_tells_what_is_missing(void **state)
{
    (void)state;
    rescue_set_up(APPLICATION);
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask(RESCUE_HELLO, NULL, 0), GARRISON_OK);
    assert_int_equal(rescue_answer.len, RESCUE_HELLO_BYTES);
    assert_int_equal(rescue_answer.payload[0], RESCUE_PROTOCOL);
    assert_int_equal(rescue_answer.payload[1], IMAGE_ROLE_UROT);
    assert_int_equal(rescue_answer.payload[2], IMAGE_ROLE_APPLICATION);
    assert_int_equal(rescue_answer.payload[3], garrison_status_index(GARRISON_ERROR_BLANK));
    assert_int_equal(bytes_load_le32(rescue_answer.payload + 4), 4 * SECTOR);
    assert_int_equal(bytes_load_le32(rescue_answer.payload + 8), RESCUE_DATA_BYTES);
}

static void requests_out_of_place_are_refused(void **state)
{
    static const uint8_t zeros[RESCUE_DATA_BYTES];
    (void)state;
    rescue_set_up(APPLICATION);
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask_data(0, zeros, 16), GARRISON_ERROR_POLICY);
    assert_int_equal(rescue_ask(RESCUE_END, NULL, 0), GARRISON_ERROR_POLICY);
    /* Another role, sizes. */
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_MANAGER, 0, 512), GARRISON_ERROR_POLICY);
    assert_int_equal(rescue_ask_begin(0xFF, 0, 512), GARRISON_ERROR_POLICY);
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, 0), GARRISON_ERROR_BOUNDS);
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, 4 * SECTOR + 1),
                     GARRISON_ERROR_BOUNDS);
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, UINT32_MAX),
                     GARRISON_ERROR_BOUNDS);
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 2, 512), GARRISON_ERROR_FORMAT);
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, 500), GARRISON_OK);
    /* Out of order, behind the end, not whole quad-words. */
    assert_int_equal(rescue_ask_data(16, zeros, 16), GARRISON_ERROR_BOUNDS);
    assert_int_equal(bytes_load_le32(rescue_answer.payload + 4), 0);
    assert_int_equal(rescue_ask_data(UINT32_MAX - 15u, zeros, 32), GARRISON_ERROR_BOUNDS);
    assert_int_equal(rescue_ask_data(0, zeros, 15), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(rescue_ask_data(0, zeros, 240), GARRISON_OK);
    assert_int_equal(rescue_ask_data(240, zeros, 240), GARRISON_OK);
    assert_int_equal(rescue_ask_data(480, zeros, 32), GARRISON_ERROR_BOUNDS);
    assert_int_equal(rescue_ask(RESCUE_END, NULL, 0), GARRISON_ERROR_BOUNDS);
    assert_int_equal(bytes_load_le32(rescue_answer.payload + 4), 480);
    assert_int_equal(rescue_ask_data(480, zeros, 20), GARRISON_OK);
    /* What is there: the same again, but nothing else. */
    assert_int_equal(rescue_ask_data(240, zeros, 240), GARRISON_OK);
    assert_int_equal(rescue_ask_data(480, zeros, 20), GARRISON_OK);
    assert_int_equal(rescue_ask_data(240, (const uint8_t[16]){1}, 16), GARRISON_ERROR_MISMATCH);
    assert_null(bench.slots.fault);
}

/** Every type with every length, all bytes alike: nothing but the right lengths is taken. */
static void every_length_but_the_right_one_is_refused(void **state)
{
    uint8_t bytes[RESCUE_PAYLOAD_BYTES];
    (void)state;
    rescue_set_up(APPLICATION);
    assert_false(rescue_boot(APPLICATION));
    memset(bytes, 0x7F, sizeof bytes);
    for (uint32_t type = 0; type < RESCUE_ACK; type++) {
        for (uint32_t len = 0; len <= RESCUE_PAYLOAD_BYTES; len++) {
            const enum garrison_status status = rescue_ask((uint8_t)type, bytes, len);
            if (type == 0 || type > RESCUE_RESET) {
                assert_int_equal(status, GARRISON_ERROR_UNSUPPORTED);
            } else if (type == RESCUE_HELLO || type == RESCUE_RESET) {
                assert_int_equal(status, len == 0 ? GARRISON_OK : GARRISON_ERROR_FORMAT);
            } else {
                assert_int_not_equal(status, GARRISON_OK);
            }
        }
    }
}

static void answers_are_not_answered(void **state)
{
    (void)state;
    rescue_set_up(APPLICATION);
    assert_false(rescue_boot(APPLICATION));
    for (uint32_t type = RESCUE_ACK; type < 256; type++) {
        const struct rescue_frame request = {.type = (uint8_t)type};
        assert_false(rescue_handle(&rescue_session, &request, &rescue_answer));
    }
}

/** Random requests change nothing but the download slot of what is missing. */
static void nothing_is_written_elsewhere(void **state)
{
    static struct snapshot before;
    static uint8_t payload[RESCUE_PAYLOAD_BYTES];
    const struct layout_slot *slot = &layout.slot[MANAGER];
    (void)state;
    rescue_set_up(MANAGER);
    assert_false(rescue_boot(MANAGER));
    save(&before);
    for (uint32_t round = 0; round < 50000; round++) {
        const uint64_t random = flash_random(&bench.random);
        const uint8_t type = (uint8_t)(2u + random % 3u);
        uint32_t len = RESCUE_BEGIN_BYTES;
        for (uint32_t i = 0; i < sizeof payload; i++) {
            payload[i] = (uint8_t)(random >> (i % 8u * 8u));
        }
        if (type == RESCUE_BEGIN) {
            payload[0] = IMAGE_ROLE_MANAGER;
            payload[1] = (uint8_t)(random >> 12 & 1u);
            payload[2] = 0;
            payload[3] = 0;
            bytes_store_le32(payload + 4, (uint32_t)(random >> 16 & 0x7FFu));
        } else if (type == RESCUE_DATA) {
            bytes_store_le32(payload, (random >> 16 & 7u) == 0 ? (uint32_t)(random >> 20 & 0x7F0u)
                                                               : rescue_session.next);
            len = 4u + (uint32_t)(random >> 32 & 15u) * 16u;
        } else {
            len = 0;
        }
        (void)rescue_ask(type, payload, len);
        assert_false(rescue_session.reset);
    }
    assert_memory_equal(bench.slots.bytes, before.slots, slot->download_off + SECTOR);
    const uint32_t behind = slot->download_off + slot->download_size;
    assert_memory_equal(bench.slots.bytes + behind, before.slots + behind,
                        SLOT_SECTORS * SECTOR - behind);
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
}

/*
 * Images.
 */

static bool download_is_blank(uint32_t component)
{
    const struct layout_slot *slot = &layout.slot[component];
    return bytes_all(bench.slots.bytes + slot->download_off, slot->download_size, 0xFF);
}

static void an_image_that_may_be_started_comes_in(void **state)
{
    (void)state;
    for (uint32_t missing = UROT; missing <= APPLICATION; missing++) {
        rescue_set_up(missing);
        assert_false(rescue_boot(missing));
        const struct made_image *image = &bench.renewed[missing];
        assert_int_equal(rescue_send(missing, image->bytes, image->len), GARRISON_OK);
        assert_true(rescue_session.reset);
        assert_true(rescue_boot(missing));
        assert_true(is_active(image, missing));
        /* And stays: there is no trial to be accepted. */
        assert_true(rescue_boot(missing));
        assert_true(is_active(image, missing));
        const struct journal journal = open_journal();
        assert_int_equal(journal.component[missing].state, JOURNAL_UPDATED);
        (void)close_bench(state);
        (void)open_bench(state);
    }
}

static void expect_refusal(const uint8_t *bytes, uint32_t len, enum garrison_status reason)
{
    assert_int_equal(rescue_send(APPLICATION, bytes, len), reason);
    assert_false(rescue_session.reset);
    assert_true(download_is_blank(APPLICATION));
    const struct journal journal = open_journal();
    assert_int_equal(journal.component[APPLICATION].state, JOURNAL_FAILED);
    assert_int_equal(journal.component[APPLICATION].reason, garrison_status_index(reason));
    assert_false(rescue_boot(APPLICATION));
}

static void an_image_that_may_not_is_refused_and_not_kept(void **state)
{
    static struct made_image image;
    const struct image_dependency newer = {.role = IMAGE_ROLE_MANAGER, .version = {9, 0, 0, 0}};
    (void)state;
    rescue_set_up(APPLICATION);
    assert_false(rescue_boot(APPLICATION));

    image = bench.renewed[APPLICATION];
    image.bytes[0x40] ^= 1u;
    expect_refusal(image.bytes, image.len, GARRISON_ERROR_DIGEST);
    image = bench.renewed[APPLICATION];
    image.bytes[image.signature_off + 10] ^= 1u;
    expect_refusal(image.bytes, image.len, GARRISON_ERROR_SIGNATURE);
    /* Another owner's image, right in itself. */
    expect_refusal(bench.renewed[MANAGER].bytes, bench.renewed[MANAGER].len,
                   GARRISON_ERROR_SIGNATURE);
    /* No image at all. */
    memset(image.bytes, 0, sizeof image.bytes);
    expect_refusal(image.bytes, 700, GARRISON_ERROR_FORMAT);
    /* Bytes behind an image would be kept without being signed. */
    image = bench.renewed[APPLICATION];
    image.bytes[image.len] = 'x';
    expect_refusal(image.bytes, image.len + 1u, GARRISON_ERROR_BOUNDS);
    make(&image, APPLICATION, 2, 80, false, &newer);
    expect_refusal(image.bytes, image.len, GARRISON_ERROR_DEPENDENCY);
    bench.counters.counter[APPLICATION] = 3;
    expect_refusal(bench.renewed[APPLICATION].bytes, bench.renewed[APPLICATION].len,
                   GARRISON_ERROR_STALE);
    /* The right one is taken after all that. */
    bench.counters.counter[APPLICATION] = 2;
    assert_int_equal(
        rescue_send(APPLICATION, bench.renewed[APPLICATION].bytes, bench.renewed[APPLICATION].len),
        GARRISON_OK);
    assert_true(rescue_boot(APPLICATION));
}

/** The manager's download slot, and the uROT's, are made a part of the application's. */
static void updates_that_share_the_slot_are_given_up(void **state)
{
    static const uint8_t became[][2] = {
        {JOURNAL_READY, JOURNAL_READY},      {JOURNAL_WRITING, JOURNAL_FAILED},
        {JOURNAL_CANDIDATE, JOURNAL_FAILED}, {JOURNAL_STAGED, JOURNAL_FAILED},
        {JOURNAL_FAILED, JOURNAL_FAILED},    {JOURNAL_TRIAL, JOURNAL_TRIAL},
        {JOURNAL_REJECTED, JOURNAL_TRIAL},   {JOURNAL_UPDATED, JOURNAL_UPDATED},
    };
    (void)state;
    for (uint32_t shared = 0; shared < 2; shared++) {
        layout.slot[MANAGER].download_off = shared != 0 ? 14 * SECTOR : 11 * SECTOR;
        layout.slot[UROT].download_off = shared != 0 ? 15 * SECTOR : 8 * SECTOR;
        rescue_set_up(MANAGER);
        assert_false(rescue_boot(MANAGER));
        for (uint32_t i = 0; i < COUNT_OF(became); i++) {
            struct journal *journal = rescue_session.install->journal;
            const struct journal_component other = {.state = became[i][0], .size = 5, .sectors = 1};
            assert_int_equal(journal_set(journal, UROT, &other), GARRISON_OK);
            assert_int_equal(journal_set(journal, APPLICATION, &other), GARRISON_OK);
            assert_int_equal(rescue_ask_begin(IMAGE_ROLE_MANAGER, 0, 100), GARRISON_OK);
            assert_int_equal(journal->component[UROT].state, became[i][shared]);
            assert_int_equal(journal->component[APPLICATION].state, became[i][shared]);
            if (shared != 0 && became[i][1] == JOURNAL_TRIAL) {
                /* Nobody has accepted it, and it cannot go back. */
                assert_int_equal(journal->component[APPLICATION].sectors, 0);
                assert_false(install_stays(rescue_session.install, APPLICATION));
            }
            assert_int_equal(journal->component[MANAGER].state, JOURNAL_WRITING);
        }
    }
}

/*
 * The line.
 */

static uint32_t put_frame(uint8_t *line, uint32_t at, uint8_t type, uint8_t sequence)
{
    const struct rescue_frame frame = {.type = type, .sequence = sequence};
    uint8_t bytes[RESCUE_FRAME_BYTES];
    const uint32_t len = rescue_encode(&frame, bytes);
    memcpy(line + at, bytes, len);
    return at + len;
}

static enum port_end run_with_line(const uint8_t *line, uint32_t len)
{
    enum port_end ended;
    struct journal journal = open_journal();
    const struct install install = install_with(&journal);
    port_fake_reset();
    port_fake.has_line = true;
    port_fake.line = line;
    port_fake.line_len = len;
    bool to_be_reset = false;
    PORT_RUN(ended, to_be_reset = rescue_run(&install, APPLICATION, GARRISON_ERROR_DIGEST, "why"));
    return ended == PORT_RETURNED && to_be_reset ? PORT_WAS_RESET : ended;
}

static void a_stage_says_what_it_waits_for_and_answers(void **state)
{
    uint8_t line[256] = "noise";
    uint8_t expected[64];
    (void)state;
    rescue_set_up(APPLICATION);
    assert_int_equal(run_with_line(line, 5), PORT_WAITED);
    assert_string_equal(port_fake.log[0], "why");
    assert_string_equal(port_fake.log[1], "uROT: waiting for rescue: application");
    assert_int_equal(port_fake.verdict, IMAGE_ROLE_UROT << 24 | IMAGE_ROLE_APPLICATION << 16 |
                                            garrison_status_index(GARRISON_ERROR_DIGEST));
    assert_int_equal(port_fake.sent_len, 0);

    /* An echo, a request behind noise that looks like a start, then the end. */
    uint32_t len = put_frame(line, 5, RESCUE_ACK, 1);
    line[len++] = RESCUE_START;
    len = put_frame(line, len, RESCUE_HELLO, 2);
    len = put_frame(line, len, RESCUE_RESET, 3);
    len = put_frame(line, len, RESCUE_HELLO, 4);
    assert_int_equal(run_with_line(line, len), PORT_WAS_RESET);
    const uint32_t first = RESCUE_HEAD_BYTES + RESCUE_HELLO_BYTES + RESCUE_CRC_BYTES;
    assert_int_equal(port_fake.sent_len, first + put_frame(expected, 0, RESCUE_ACK, 3));
    assert_int_equal(port_fake.sent[2], 2);
    assert_memory_equal(port_fake.sent + first, expected, port_fake.sent_len - first);
}

static void what_is_on_trial_goes_back_first(void **state)
{
    (void)state;
    rescue_set_up(APPLICATION);
    struct journal journal = open_journal();
    struct journal_component trial = {.state = JOURNAL_TRIAL, .size = 5, .sectors = 1};
    assert_int_equal(journal_set(&journal, MANAGER, &trial), GARRISON_OK);
    assert_int_equal(run_with_line(NULL, 0), PORT_WAS_RESET);
    assert_int_equal(port_fake.log_count, 1);
    /* Unless it cannot: nobody would ever be waited for. */
    trial.sectors = 0;
    assert_int_equal(journal_set(&journal, MANAGER, &trial), GARRISON_OK);
    assert_int_equal(run_with_line(NULL, 0), PORT_WAITED);
    set_state(&(const struct scene){.set = BIT(MANAGER)}, JOURNAL_FAILED);
    assert_int_equal(run_with_line(NULL, 0), PORT_WAITED);
}

static void without_a_download_slot_or_a_line_there_is_no_rescue(void **state)
{
    (void)state;
    rescue_set_up(APPLICATION);
    struct journal journal = open_journal();
    const struct install install = install_with(&journal);
    port_fake_reset();
    assert_false(rescue_run(&install, APPLICATION, GARRISON_ERROR_BLANK, "why"));
    assert_int_equal(port_fake.log_count, 0);
    layout.slot[APPLICATION].download_size = 0;
    assert_int_equal(run_with_line(NULL, 0), PORT_RETURNED);
    assert_int_equal(port_fake.log_count, 0);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_frame_has_the_bytes_of_the_specification),
        BENCH_TEST(no_changed_byte_is_taken_and_the_next_frame_is),
        BENCH_TEST(a_truncated_frame_is_no_frame),
        BENCH_TEST(frames_are_found_behind_false_starts),
        BENCH_TEST(noise_costs_nothing_but_time),
        BENCH_TEST(hello_tells_what_is_missing),
        BENCH_TEST(requests_out_of_place_are_refused),
        BENCH_TEST(every_length_but_the_right_one_is_refused),
        BENCH_TEST(answers_are_not_answered),
        BENCH_TEST(nothing_is_written_elsewhere),
        BENCH_TEST(an_image_that_may_be_started_comes_in),
        BENCH_TEST(an_image_that_may_not_is_refused_and_not_kept),
        BENCH_TEST(updates_that_share_the_slot_are_given_up),
        BENCH_TEST(a_stage_says_what_it_waits_for_and_answers),
        BENCH_TEST(what_is_on_trial_goes_back_first),
        BENCH_TEST(without_a_download_slot_or_a_line_there_is_no_rescue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
