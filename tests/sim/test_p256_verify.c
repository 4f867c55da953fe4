/* The boot ROM's signatures, against another implementation, and numbers that are out of range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <p256-m.h>

#include "p256_verify.h"

static const uint8_t order[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                  0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

int p256_generate_random(uint8_t *output, unsigned output_size)
{
    static uint8_t next = 7;
    for (unsigned i = 0; i < output_size; i++) {
        output[i] = next;
        next = (uint8_t)(next * 13 + 5);
    }
    return P256_SUCCESS;
}

struct signature {
    uint8_t key[64];
    uint8_t digest[32];
    uint8_t rs[64];
};

static void make(struct signature *s, uint8_t number)
{
    uint8_t secret[32];
    for (unsigned i = 0; i < 32; i++) {
        secret[i] = (uint8_t)(number + 3 * i);
        s->digest[i] = (uint8_t)(number * 31 + i);
    }
    assert_int_equal(p256_public_from_private(s->key, secret), P256_SUCCESS);
    assert_int_equal(p256_ecdsa_sign(s->rs, secret, s->digest, 32), P256_SUCCESS);
}

static bool valid(const struct signature *s)
{
    return p256_verify(s->key, s->digest, s->rs);
}

static void agrees_with_another_implementation(void **state)
{
    (void)state;
    for (uint8_t number = 1; number <= 40; number++) {
        struct signature s;
        make(&s, number);
        assert_true(valid(&s));
        uint8_t *bytes = (uint8_t *)&s;
        const size_t at = number * 37u % sizeof s;
        bytes[at] ^= (uint8_t)(1u << number % 8u);
        assert_false(valid(&s));
        assert_int_not_equal(p256_ecdsa_verify(s.rs, s.key, s.digest, 32), P256_SUCCESS);
    }
}

static void numbers_out_of_range_are_no_signature(void **state)
{
    struct signature good;
    struct signature s;
    (void)state;
    make(&good, 99);
    for (unsigned half = 0; half < 64; half += 32) {
        s = good;
        memset(s.rs + half, 0, 32);
        assert_false(valid(&s));
        memcpy(s.rs + half, order, 32);
        assert_false(valid(&s));
        memset(s.rs + half, 0xFF, 32);
        assert_false(valid(&s));
    }
    for (unsigned half = 0; half < 64; half += 32) { /* No point of the curve. */
        s = good;
        memset(s.key + half, 0, 32);
        assert_false(valid(&s));
        memset(s.key + half, 0xFF, 32);
        assert_false(valid(&s));
    }
    memset(&s, 0, sizeof s);
    assert_false(valid(&s));
}

static void digests_above_the_order_are_reduced(void **state)
{
    static const uint8_t secret[32] = {5};
    struct signature s;
    (void)state;
    memset(s.digest, 0xFF, sizeof s.digest);
    assert_int_equal(p256_public_from_private(s.key, secret), P256_SUCCESS);
    assert_int_equal(p256_ecdsa_sign(s.rs, secret, s.digest, 32), P256_SUCCESS);
    assert_true(valid(&s));
    memcpy(s.digest, order, sizeof s.digest); /* Zero. */
    assert_int_equal(p256_ecdsa_sign(s.rs, secret, s.digest, 32), P256_SUCCESS);
    assert_true(valid(&s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_another_implementation),
        cmocka_unit_test(numbers_out_of_range_are_no_signature),
        cmocka_unit_test(digests_above_the_order_are_reduced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
