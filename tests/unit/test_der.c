/*
 * DER signatures: the one shortest encoding and nothing else.
 */
#include "support/test.h"

#include <string.h>

#include "boot/der.h"
#include "support/image_maker.h"

/** Spells an encoding out of short parts: each row is parts of a whole. */
struct row {
    const char *what;
    uint8_t der[80];
    uint32_t len;
    bool right;
};

/* 32 and 33 bytes of a number, written out. */
#define B31                                                                                        \
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, \
        27, 28, 29, 30, 31
#define LOW32  0x7F, B31
#define HIGH32 0x80, B31

static const struct row rows[] = {
    {"smallest numbers", {0x30, 6, 2, 1, 1, 2, 1, 2}, 8, true},
    {"32 bytes each, top bit clear", {0x30, 68, 2, 32, LOW32, 2, 32, LOW32}, 70, true},
    {"33 bytes each, top bit set", {0x30, 70, 2, 33, 0, HIGH32, 2, 33, 0, HIGH32}, 72, true},
    {"one byte with sign byte", {0x30, 8, 2, 2, 0, 0x80, 2, 2, 0, 0xFF}, 10, true},
    {"nothing", {0}, 0, false},
    {"a tag", {0x30}, 1, false},
    {"an empty sequence", {0x30, 0}, 2, false},
    {"a set", {0x31, 6, 2, 1, 1, 2, 1, 2}, 8, false},
    {"length one too long", {0x30, 7, 2, 1, 1, 2, 1, 2}, 8, false},
    {"length one too short", {0x30, 5, 2, 1, 1, 2, 1, 2}, 8, false},
    {"a byte behind", {0x30, 6, 2, 1, 1, 2, 1, 2, 0}, 9, false},
    {"a byte behind, inside", {0x30, 7, 2, 1, 1, 2, 1, 2, 0}, 9, false},
    {"long-form length", {0x30, 0x81, 6, 2, 1, 1, 2, 1, 2}, 9, false},
    {"indefinite length", {0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0}, 10, false},
    {"long-form length of a number", {0x30, 7, 2, 0x81, 1, 1, 2, 1, 2}, 9, false},
    {"one number", {0x30, 3, 2, 1, 1}, 5, false},
    {"three numbers", {0x30, 9, 2, 1, 1, 2, 1, 2, 2, 1, 3}, 11, false},
    {"not an integer", {0x30, 6, 4, 1, 1, 2, 1, 2}, 8, false},
    {"second is no integer", {0x30, 6, 2, 1, 1, 3, 1, 2}, 8, false},
    {"a number without bytes", {0x30, 5, 2, 0, 2, 1, 2}, 7, false},
    {"second without bytes", {0x30, 5, 2, 1, 1, 2, 0}, 7, false},
    {"zero", {0x30, 6, 2, 1, 0, 2, 1, 2}, 8, false},
    {"zero in second", {0x30, 6, 2, 1, 1, 2, 1, 0}, 8, false},
    {"a zero too many", {0x30, 7, 2, 2, 0, 1, 2, 1, 2}, 9, false},
    {"two zeros", {0x30, 8, 2, 3, 0, 0, 0x80, 2, 1, 2}, 10, false},
    {"a negative number", {0x30, 6, 2, 1, 0x80, 2, 1, 2}, 8, false},
    {"a negative second", {0x30, 6, 2, 1, 1, 2, 1, 0xFF}, 8, false},
    {"33 bytes without sign byte", {0x30, 38, 2, 33, 1, LOW32, 2, 1, 2}, 40, false},
    {"34 bytes", {0x30, 39, 2, 34, 0, 0x80, LOW32, 2, 1, 2}, 41, false},
    {"33 bytes, sign byte not needed", {0x30, 38, 2, 33, 0, LOW32, 2, 1, 2}, 40, false},
    {"number longer than the sequence", {0x30, 6, 2, 5, 1, 2, 1, 2}, 8, false},
    {"cut behind the head of a number", {0x30, 2, 2, 1}, 4, false},
    {"number longer than all", {0x30, 6, 2, 1, 1, 2, 0x7F, 2}, 8, false},
    {"padded with zeros to 72", {0x30, 6, 2, 1, 1, 2, 1, 2}, 72, false},
};

static void der_accepts_the_shortest_encoding_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t raw[64];
        /* Exactly as large as it is: reading behind it is an error that ASan sees. */
        uint8_t *der = test_malloc(rows[i].len + 1);
        memcpy(der + 1, rows[i].der, rows[i].len);
        enum garrison_status expected = rows[i].right ? GARRISON_OK : GARRISON_ERROR_FORMAT;
        enum garrison_status status = der_read_signature((struct view){der + 1, rows[i].len}, raw);
        if (status != expected) {
            fail_msg("%s: %s", rows[i].what, garrison_status_text(status));
        }
        test_free(der);
    }
}

static void der_right_aligns_short_numbers(void **state)
{
    const uint8_t der[] = {0x30, 9, 2, 2, 0, 0x85, 2, 3, 0x12, 0x34, 0x56};
    uint8_t raw[64];
    uint8_t expected[64] = {0};
    (void)state;
    expected[31] = 0x85;
    expected[61] = 0x12;
    expected[62] = 0x34;
    expected[63] = 0x56;
    assert_int_equal(der_read_signature((struct view){der, sizeof der}, raw), GARRISON_OK);
    assert_memory_equal(raw, expected, sizeof raw);
}

static void der_reads_back_every_length_of_number(void **state)
{
    (void)state;
    for (uint32_t r_len = 1; r_len <= 32; r_len++) {
        for (uint32_t s_len = 1; s_len <= 32; s_len++) {
            uint8_t raw[64] = {0};
            uint8_t back[64];
            uint8_t der[72];
            memset(raw + 32 - r_len, (int)(0xFF - r_len), r_len);
            memset(raw + 64 - s_len, (int)(0x60 + s_len), s_len);
            uint32_t len = test_der_encode(raw, der);
            assert_int_equal(der_read_signature((struct view){der, len}, back), GARRISON_OK);
            assert_memory_equal(back, raw, sizeof raw);
            for (uint32_t cut = 0; cut < len; cut++) {
                assert_int_equal(der_read_signature((struct view){der, cut}, back),
                                 GARRISON_ERROR_FORMAT);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(der_accepts_the_shortest_encoding_only),
        cmocka_unit_test(der_right_aligns_short_numbers),
        cmocka_unit_test(der_reads_back_every_length_of_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
