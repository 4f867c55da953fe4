/* Masks of what debug authentication permits, in words and as numbers. */
#include <stdio.h>
#include <string.h>

#include "support/test.h"

#include "tools/vendor_number.h"
#include "tools/vendor_permission.h"

static uint32_t low(const uint8_t mask[16])
{
    return (uint32_t)mask[0] | (uint32_t)mask[1] << 8 | (uint32_t)mask[2] << 16 |
           (uint32_t)mask[3] << 24;
}

static void words_are_bits(void **state)
{
    static const struct {
        const char *text;
        uint32_t mask;
        const char *back; /**< NULL: the same. */
    } rows[] = {
        {"full-regression", 0x4000, NULL},
        {"partial-regression", 0x1000, NULL},
        {"level3", 0x40, NULL},
        {"level2", 0x20, NULL},
        {"level1", 0x10, NULL},
        {"level3-nonsecure", 4, NULL},
        {"level2-nonsecure", 2, NULL},
        {"level1-nonsecure", 1, NULL},
        {"none", 0, NULL},
        {"all", 0x5077, NULL},
        {"full-regression,partial-regression,level3,level2,level1,level3-nonsecure,"
         "level2-nonsecure,level1-nonsecure",
         0x5077, "all"},
        {"level1-nonsecure,full-regression", 0x4001, "full-regression,level1-nonsecure"},
        {"level3,level3", 0x40, "level3"},
        {"0x5077", 0x5077, "all"},
        {"0xD077", 0xD077, "all,0x8000"},
        {"0x0", 0, "none"},
        {"0X00000000_00000000_00000000_00000040", 0x40, "level3"},
        {"0x8", 8, "0x08"},
        {"0xABCDEF80,level3", 0xABCDEFC0, "full-regression,level3,0xabcdaf80"},
        {"none,0x100", 0x100, "0x0100"},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        uint8_t mask[16];
        uint8_t again[16];
        char why[VENDOR_PERMISSION_TEXT];
        char text[VENDOR_PERMISSION_TEXT];
        assert_true(vendor_permission_parse(rows[i].text, mask, why));
        assert_int_equal(low(mask), rows[i].mask);
        vendor_permission_text(mask, text);
        assert_string_equal(text, rows[i].back != NULL ? rows[i].back : rows[i].text);
        assert_true(vendor_permission_parse(text, again, why));
        assert_memory_equal(mask, again, sizeof mask);
    }
}

static void what_is_no_mask_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"", "'' is no permission"},
        {"level4", "did you mean 'level"},
        {"full-regresion", "did you mean 'full-regression'"},
        {"level3,", "'' is no permission"},
        {",level3", "'' is no permission"},
        {"level3, level2", "' level2' is no permission"},
        {"Level3", "'Level3'"},
        {"5077", "'5077' is no permission"},
        {"0x", "'0x'"},
        {"0x_", "'0x_'"},
        {"0x50g7", "'0x50g7'"},
        {"0x100000000000000000000000000000000", "'0x1"}, /* 129 bits. */
        {"level3,everything", "'everything'"},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        uint8_t mask[16];
        char why[VENDOR_PERMISSION_TEXT];
        assert_false(vendor_permission_parse(rows[i].text, mask, why));
        assert_non_null(strstr(why, rows[i].why));
    }
}

static void all_128_bits_survive(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 128u; bit++) {
        uint8_t mask[16] = {0};
        uint8_t back[16];
        char why[VENDOR_PERMISSION_TEXT];
        char text[VENDOR_PERMISSION_TEXT];
        mask[bit / 8u] = (uint8_t)(1u << (bit % 8u));
        for (unsigned other = 0; other < 128u; other++) {
            assert_int_equal(vendor_permission_has(mask, other), other == bit);
        }
        vendor_permission_text(mask, text);
        assert_true(vendor_permission_parse(text, back, why));
        assert_memory_equal(mask, back, sizeof mask);
    }
    uint8_t every[16];
    uint8_t back[16];
    char why[VENDOR_PERMISSION_TEXT];
    char text[VENDOR_PERMISSION_TEXT];
    memset(every, 0xFF, sizeof every);
    vendor_permission_text(every, text);
    assert_true(vendor_permission_parse(text, back, why));
    assert_memory_equal(every, back, sizeof every);
}

static void masks_are_kept_and_compared_bit_by_bit(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 128u; bit++) {
        uint8_t mask[16] = {0};
        uint8_t other[16];
        memset(other, 0xFF, sizeof other);
        mask[bit / 8u] = (uint8_t)(1u << (bit % 8u));
        assert_false(vendor_permission_beyond(mask, other));
        assert_true(vendor_permission_beyond(other, mask));
        assert_false(vendor_permission_beyond(mask, mask));
        other[bit / 8u] ^= mask[bit / 8u];
        assert_true(vendor_permission_beyond(mask, other));
        vendor_permission_keep(other, mask);
        for (unsigned i = 0; i < 16u; i++) {
            assert_int_equal(other[i], 0);
        }
    }
}

static void letters_go_down_with_the_bits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VENDOR_PERMISSIONS; i++) {
        assert_int_equal(vendor_permissions[i].letter, 'a' + (int)i);
        assert_true(i == 0 || vendor_permissions[i].bit < vendor_permissions[i - 1u].bit);
    }
}

static void numbers_are_written_in_groups_and_short(void **state)
{
    static const struct {
        const char *text, *whole, *in_short;
    } rows[] = {
        {"0x0", "0x00000000_00000000_00000000_00000000", "0x00"},
        {"0xabc", "0x00000000_00000000_00000000_00000abc", "0x0abc"},
        {"0x31393834_32335111_00510055", "0x00000000_31393834_32335111_00510055",
         "0x313938343233511100510055"},
        {"0x80000000000000000000000000000001", "0x80000000_00000000_00000000_00000001",
         "0x80000000000000000000000000000001"},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        uint8_t number[VENDOR_NUMBER_BYTES];
        char text[VENDOR_NUMBER_TEXT];
        assert_true(vendor_number_parse(rows[i].text, strlen(rows[i].text), number));
        vendor_number_text(number, text);
        assert_string_equal(text, rows[i].whole);
        vendor_number_short_text(number, text);
        assert_string_equal(text, rows[i].in_short);
        assert_true(vendor_number_parse(rows[i].whole, strlen(rows[i].whole), number));
        /* Only as many characters as are told. */
        assert_false(vendor_number_parse(rows[i].text, 2, number));
        assert_false(vendor_number_parse(rows[i].text, 0, number));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_bits),
        cmocka_unit_test(what_is_no_mask_is_refused),
        cmocka_unit_test(all_128_bits_survive),
        cmocka_unit_test(masks_are_kept_and_compared_bit_by_bit),
        cmocka_unit_test(letters_go_down_with_the_bits),
        cmocka_unit_test(numbers_are_written_in_groups_and_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
