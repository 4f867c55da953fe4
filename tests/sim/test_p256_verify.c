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
        const size_t at = (size_t)number * 37u % sizeof s;
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
    /* Of a digest that is 0 modulo the order, any point (r, y) has the signature (r, r). */
    s.key[31] = s.rs[31] = s.rs[63] = 5;
    s.key[63] = 7;
    memcpy(s.digest, order, sizeof s.digest);
    assert_false(valid(&s));
}

/** A signature whose s is 5, and the same with the order added: equal modulo the order, and no signature. */
static void numbers_are_not_taken_modulo_the_order(void **state)
{
    static const struct signature small = {
        .key = {0x9F, 0x09, 0xFF, 0x87, 0xBE, 0x84, 0xEB, 0x86, 0x36, 0x61, 0xA4, 0x00, 0xE6,
                0x2C, 0x90, 0x8E, 0x93, 0x67, 0xC6, 0xA4, 0xED, 0x03, 0x4E, 0xBD, 0xB2, 0x47,
                0x07, 0x58, 0xD8, 0x2C, 0x02, 0xBC, 0xC1, 0x39, 0x73, 0xC7, 0x87, 0x9D, 0x02,
                0x05, 0xEC, 0x00, 0x48, 0x9A, 0x7B, 0xAE, 0x8A, 0xF8, 0xCF, 0x54, 0xEA, 0x40,
                0x63, 0x3B, 0x3C, 0x3F, 0x2E, 0xA1, 0xE5, 0x16, 0xF6, 0xDA, 0xAD, 0x93},
        .digest = {0x88, 0xC7, 0xE3, 0xD7, 0xE4, 0x8F, 0xC4, 0x93, 0xBA, 0xEB, 0x77,
                   0x1D, 0xCD, 0x0E, 0xBE, 0xCC, 0x0D, 0x00, 0x5B, 0xC1, 0xD1, 0x1F,
                   0x23, 0x81, 0x47, 0x93, 0xF3, 0x5F, 0x76, 0x33, 0xC5, 0x75},
        .rs = {0xF9, 0xEB, 0xE4, 0x64, 0x14, 0x7C, 0xC1, 0x02, 0xD9, 0x23, 0x24, 0xD0, 0x99,
               0xD9, 0x27, 0xC1, 0xA5, 0x0E, 0x42, 0xD5, 0x7A, 0x08, 0xA1, 0x16, 0xFF, 0xEC,
               0x0A, 0x29, 0x81, 0x9D, 0x8C, 0x65, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
               0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
               0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05}};
    struct signature s = small;
    (void)state;
    assert_true(valid(&s));
    memcpy(s.rs + 32, order, 32);
    s.rs[63] = (uint8_t)(s.rs[63] + 5u); /* No carry: it ends in 0x51. */
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
        cmocka_unit_test(numbers_are_not_taken_modulo_the_order),
        cmocka_unit_test(digests_above_the_order_are_reduced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
