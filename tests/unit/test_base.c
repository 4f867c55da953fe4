/*
 * Bytes, secrets, hardened decisions, text, buffers, status.
 */
#include "support/test.h"

#include <string.h>

#include <garrison/status.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/view.h"

static void bytes_load_and_store_at_any_alignment(void **state)
{
    uint8_t at[8] = {0};
    (void)state;
    bytes_store_le32(at + 1, 0x89ABCDEF);
    assert_int_equal(at[1], 0xEF);
    assert_int_equal(at[4], 0x89);
    assert_int_equal(bytes_load_le32(at + 1), 0x89ABCDEF);
    assert_int_equal(bytes_load_le16(at + 3), 0x89AB);
}

static void bytes_range_never_wraps(void **state)
{
    static const struct {
        uint32_t off, len, size;
        bool fits;
    } rows[] = {
        {0, 0, 0, true},
        {0, 16, 16, true},
        {16, 0, 16, true},
        {15, 1, 16, true},
        {15, 2, 16, false},
        {17, 0, 16, false},
        {1, UINT32_MAX, 16, false},
        {UINT32_MAX, 1, 16, false},
        {UINT32_MAX, UINT32_MAX, UINT32_MAX, false},
        {UINT32_MAX, 0, UINT32_MAX, true},
        {0, UINT32_MAX, UINT32_MAX, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(bytes_range_fits(rows[i].off, rows[i].len, rows[i].size), rows[i].fits);
    }
}

static void bytes_all_sees_every_byte(void **state)
{
    uint8_t data[5];
    (void)state;
    memset(data, 0xFF, sizeof data);
    assert_true(bytes_all(data, sizeof data, 0xFF));
    assert_true(bytes_all(data, 0, 0x12));
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = 0xFE;
        assert_false(bytes_all(data, sizeof data, 0xFF));
        data[i] = 0xFF;
    }
}

static void secret_equal_sees_every_bit(void **state)
{
    uint8_t a[32] = {1, 2, 3};
    uint8_t b[32] = {1, 2, 3};
    (void)state;
    assert_true(secret_equal(a, b, sizeof a));
    for (size_t bit = 0; bit < sizeof a * 8; bit++) {
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(secret_equal(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(secret_equal(a, b, 0));
}

static void secret_wipe_clears_exactly_its_bytes(void **state)
{
    uint8_t data[6] = {1, 2, 3, 4, 5, 6};
    const uint8_t expected[6] = {1, 0, 0, 0, 0, 6};
    (void)state;
    secret_wipe(data + 1, 4);
    secret_wipe(data, 0);
    assert_memory_equal(data, expected, sizeof data);
}

static void half_a_permission_is_none(void **state)
{
    struct hardened_verdict verdict = HARDENED_REFUSED;
    (void)state;
    assert_false(hardened_granted(&verdict));
    hardened_grant_first(&verdict);
    assert_false(hardened_granted(&verdict));
    hardened_grant_second(&verdict);
    assert_true(hardened_granted(&verdict));
    for (unsigned bit = 0; bit < 32; bit++) {
        struct hardened_verdict flipped = verdict;
        flipped.yes ^= 1u << bit;
        assert_false(hardened_granted(&flipped));
        flipped = verdict;
        flipped.not_yes ^= 1u << bit;
        assert_false(hardened_granted(&flipped));
        flipped.yes ^= 1u << bit;
        assert_false(hardened_granted(&flipped));
    }
    verdict = (struct hardened_verdict)HARDENED_REFUSED;
    hardened_grant_second(&verdict);
    assert_false(hardened_granted(&verdict));
}

static void loops_and_steps_that_end_early_are_seen(void **state)
{
    struct hardened_steps steps = {0};
    (void)state;
    assert_true(hardened_loop_complete(3, 3));
    assert_false(hardened_loop_complete(2, 3));
    assert_false(hardened_loop_complete(4, 3));
    hardened_step(&steps, 0x111, GARRISON_OK);
    assert_false(hardened_steps_are(&steps, 0x333));
    assert_int_not_equal(hardened_steps_off(&steps, 0x333), 0);
    hardened_step(&steps, 0x222, GARRISON_OK);
    assert_true(hardened_steps_are(&steps, 0x333));
    assert_int_equal(hardened_steps_off(&steps, 0x333), 0);
    for (unsigned bit = 0; bit < 32; bit++) {
        struct hardened_steps flipped = steps;
        flipped.sum ^= 1u << bit;
        assert_false(hardened_steps_are(&flipped, 0x333));
        assert_int_not_equal(hardened_steps_off(&flipped, 0x333), 0);
        flipped = steps;
        flipped.negative ^= 1u << bit;
        assert_false(hardened_steps_are(&flipped, 0x333));
        assert_int_not_equal(hardened_steps_off(&flipped, 0x333), 0);
    }
}

#define STATUSES 18u

/** As if the branch that refuses had been skipped: the step is added with what came of it. */
static void a_step_that_failed_is_seen_in_the_sum(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < STATUSES; i++) {
        const enum garrison_status bad = garrison_status_at(i);
        struct hardened_steps steps = {0};
        hardened_step(&steps, 0x111, bad);
        hardened_step(&steps, 0x222, GARRISON_OK);
        assert_int_equal(hardened_steps_are(&steps, 0x333), i == 0);
        assert_int_equal(hardened_steps_off(&steps, 0x333) == 0, i == 0);
        /* Each of the sums by itself tells. */
        assert_int_equal(steps.sum == 0x333, i == 0);
        assert_int_equal(steps.negative == 0u - 0x333u, i == 0);
        for (unsigned bit = 0; bit < 32; bit++) {
            struct hardened_steps flipped = {0};
            hardened_step(&flipped, 0x333,
                          (enum garrison_status)((uint32_t)GARRISON_OK ^ 1u << bit));
            assert_false(hardened_steps_are(&flipped, 0x333));
        }
    }
}

/** Two looks that disagree, one of which was skipped, are no yes and no result that is known. */
static void half_a_comparison_is_no_result(void **state)
{
    (void)state;
    for (uint8_t i = 1; i < STATUSES; i++) {
        const enum garrison_status otherwise = garrison_status_at(i);
        assert_int_equal(hardened_both(true, true, otherwise), GARRISON_OK);
        assert_int_equal(hardened_both(false, false, otherwise), otherwise);
        assert_int_equal(garrison_status_index(hardened_both(true, false, otherwise)), 0xFF);
        assert_int_equal(garrison_status_index(hardened_both(false, true, otherwise)), 0xFF);
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        const uint32_t value = 1u << bit;
        const enum garrison_status bad = GARRISON_ERROR_POLICY;
        assert_int_equal(hardened_equal(value, value, bad), GARRISON_OK);
        assert_int_equal(hardened_equal(0, value, bad), bad);
        assert_int_equal(hardened_at_most(value, value, bad), GARRISON_OK);
        assert_int_equal(hardened_at_most(value - 1u, value, bad), GARRISON_OK);
        assert_int_equal(hardened_at_most(value, value - 1u, bad), bad);
    }
    assert_int_equal(hardened_at_most(0, UINT32_MAX, GARRISON_ERROR_POLICY), GARRISON_OK);
}

/** With the branch of hardened_join() and without: no two results make GARRISON_OK but two of it. */
static void a_refusal_stays_whatever_is_joined_to_it(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < STATUSES; i++) {
        for (uint8_t k = 0; k < STATUSES; k++) {
            const enum garrison_status first = garrison_status_at(i);
            const enum garrison_status next = garrison_status_at(k);
            assert_int_equal(hardened_join(first, next), i != 0 ? first : next);
            assert_int_equal(hardened_sum((uint32_t)first, (uint32_t)next) == GARRISON_OK,
                             i == 0 && k == 0);
        }
    }
}

static void only_ok_is_ok(void **state)
{
    (void)state;
    assert_true(hardened_ok(GARRISON_OK));
    assert_false(hardened_ok((enum garrison_status)0));
    assert_false(hardened_ok((enum garrison_status)1));
    for (uint8_t i = 1; i != 0; i++) {
        assert_false(hardened_ok(garrison_status_at(i)));
    }
}

static void statuses_have_numbers_texts_and_distance(void **state)
{
    uint8_t count = 0;
    (void)state;
    assert_int_equal(garrison_status_index(GARRISON_OK), 0);
    assert_int_equal(garrison_status_index(GARRISON_ERROR_SIGNATURE), 7);
    assert_int_equal(garrison_status_index(GARRISON_ERROR_UNSUPPORTED), 11);
    assert_string_equal(garrison_status_text(GARRISON_ERROR_SIGNATURE),
                        "signature is not by the expected owner");
    while (garrison_status_index(garrison_status_at(count)) == count) {
        count++;
    }
    assert_int_equal(count, STATUSES);
    assert_int_equal(garrison_status_index((enum garrison_status)0), 0xFF);
    assert_string_equal(garrison_status_text((enum garrison_status)0), "unknown result");
    for (uint8_t i = 0; i < count; i++) {
        for (uint8_t k = 0; k < i; k++) {
            uint32_t differ = (uint32_t)garrison_status_at(i) ^ (uint32_t)garrison_status_at(k);
            assert_true(__builtin_popcount(differ) >= 8);
            assert_string_not_equal(garrison_status_text(garrison_status_at(i)),
                                    garrison_status_text(garrison_status_at(k)));
        }
    }
}

static void text_writes_words_and_numbers(void **state)
{
    struct text text;
    (void)state;
    text_start(&text);
    assert_string_equal(text.line, "");
    text_add(&text, "iROT ");
    text_add_version(&text, 0, 10, 65535);
    text_add(&text, " ");
    text_add_number(&text, UINT32_MAX);
    assert_string_equal(text.line, "iROT 0.10.65535 4294967295");
    text_start(&text);
    text_add_address(&text, 0x0C9A04EFu);
    assert_string_equal(text.line, "0x0C9A04EF");
    assert_int_equal(text.used, strlen(text.line));
}

static void text_is_cut_at_the_end_of_the_line(void **state)
{
    struct text text;
    (void)state;
    text_start(&text);
    for (int i = 0; i < 40; i++) {
        text_add(&text, "abcdefg");
    }
    assert_int_equal(text.used, TEXT_LINE_BYTES - 1);
    assert_int_equal(strlen(text.line), TEXT_LINE_BYTES - 1);
    text_add_number(&text, 7);
    assert_int_equal(strlen(text.line), TEXT_LINE_BYTES - 1);
}

static void room_that_overflowed_stays_full(void **state)
{
    uint8_t data[4] = {0};
    struct room room = room_of(data, sizeof data);
    const uint8_t bytes[4] = {1, 2, 3, 4};
    (void)state;
    room_append(&room, (struct view){bytes, 3});
    room_append(&room, (struct view){NULL, 0});
    assert_false(room.full);
    room_append(&room, (struct view){bytes, 2});
    assert_true(room.full);
    room_append(&room, (struct view){bytes, 1});
    assert_int_equal(room.used, 3);
    assert_int_equal(data[3], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_load_and_store_at_any_alignment),
        cmocka_unit_test(bytes_range_never_wraps),
        cmocka_unit_test(bytes_all_sees_every_byte),
        cmocka_unit_test(secret_equal_sees_every_bit),
        cmocka_unit_test(secret_wipe_clears_exactly_its_bytes),
        cmocka_unit_test(half_a_permission_is_none),
        cmocka_unit_test(loops_and_steps_that_end_early_are_seen),
        cmocka_unit_test(a_step_that_failed_is_seen_in_the_sum),
        cmocka_unit_test(half_a_comparison_is_no_result),
        cmocka_unit_test(a_refusal_stays_whatever_is_joined_to_it),
        cmocka_unit_test(only_ok_is_ok),
        cmocka_unit_test(statuses_have_numbers_texts_and_distance),
        cmocka_unit_test(text_writes_words_and_numbers),
        cmocka_unit_test(text_is_cut_at_the_end_of_the_line),
        cmocka_unit_test(room_that_overflowed_stays_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
