/*
 * Modules: the words of each refusal, and what in code can leave the Secure state.
 */
#include "support/test.h"

#include "spm/module_check.h"

static void every_refusal_has_its_own_words(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MODULE_REFUSALS; i++) {
        for (uint32_t k = 0; k < i; k++) {
            assert_string_not_equal(module_refusal_text((enum module_refusal)i),
                                    module_refusal_text((enum module_refusal)k));
        }
    }
    assert_string_equal(module_refusal_text(MODULE_REFUSALS), "unknown");
}

/** Every halfword, alone: those that leave the Secure state are found, and no others. */
static void exits_are_found(void **state)
{
    (void)state;
    for (uint32_t half = 0; half <= UINT16_MAX; half++) {
        const uint8_t code[] = {0x00, 0xBF, (uint8_t)half, (uint8_t)(half >> 8), 0x00, 0xBF};
        const bool leaves = (half & ~0x00FBu) == 0x4704u; /* BXNS; bit 7: BLXNS */
        assert_int_equal(module_find_exit(code, sizeof code), leaves ? 2 : sizeof code);
    }
}

static void exits_are_found_at_the_ends_and_nowhere_between(void **state)
{
    const uint8_t first[] = {0x74, 0x47, 0, 0};
    const uint8_t last[] = {0, 0, 0x84, 0x47};
    const uint8_t long_one[] = {0xD0, 0xF8, 0x04, 0x47}; /* LDR.W r4, [r0, #0x704] */
    const uint8_t odd[] = {0, 0x74, 0x47, 0};            /* no instruction begins there */
    (void)state;
    assert_int_equal(module_find_exit(first, 4), 0);
    assert_int_equal(module_find_exit(last, 4), 2);
    assert_int_equal(module_find_exit(last, 3), 3);
    assert_int_equal(module_find_exit(last, 0), 0);
    assert_int_equal(module_find_exit(long_one, 4), 2);
    assert_int_equal(module_find_exit(odd, 4), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_has_its_own_words),
        cmocka_unit_test(exits_are_found),
        cmocka_unit_test(exits_are_found_at_the_ends_and_nowhere_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
