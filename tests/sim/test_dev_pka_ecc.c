#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pka_driver.h"

/* NIST P-256. */
static const char p256_b[] = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b";
static const char p256_n[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
static const char p256_x[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
static const char p256_y[] = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/* RFC 6979, A.2.5: P-256, SHA-256, message "sample". */
static const char key_d[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
static const char key_x[] = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
static const char key_y[] = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char sig_k[] = "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60";
static const char sig_z[] = "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf";
static const char sig_r[] = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
static const char sig_s[] = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

/* ---- elliptic curves ------------------------------------------------------------------------ */

/** What scalar multiplication and signature have in common. */
static void put_base(struct dev_bench *b, const char *k)
{
    put_word(b, 0x400, 256);
    put_word(b, 0x408, 256);
    put_word(b, 0x410, 1); /* a = -3 */
    put(b, 0x418, "0000000000000000000000000000000000000000000000000000000000000003");
    put(b, 0x520, p256_b);
    put(b, 0x1088, p256_p);
    put(b, 0x578, p256_x);
    put(b, 0x470, p256_y);
    put(b, 0xf88, p256_n);
    put(b, 0x12a0, k);
}

static void scalar_multiplication(void **state)
{
    struct dev_bench *b = *state;
    put_base(b, key_d);
    run(b, 0x20);
    expect_word(b, 0x680, OK);
    expect(b, 0x578, key_x);
    expect(b, 0x5d0, key_y);
}

/* secp256k1, where a is 0; the result by Python. */
static void scalar_multiplication_on_another_curve(void **state)
{
    struct dev_bench *b = *state;
    put_base(b, "123456789abcdef0fedcba9876543210aa55aa55aa55aa5500ff00ff00ff00ff");
    put(b, 0x418, "0000000000000000000000000000000000000000000000000000000000000000");
    put(b, 0x520, "0000000000000000000000000000000000000000000000000000000000000007");
    put(b, 0x1088, "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    put(b, 0x578, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    put(b, 0x470, "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    put(b, 0xf88, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    run(b, 0x20);
    expect_word(b, 0x680, OK);
    expect(b, 0x578, "007d2e7ffbb9978a2a1574bb1ae98f1548293c6c92496efc40320a74aee98055");
    expect(b, 0x5d0, "71ebf9f9a6db588f365c80570f7f20454285e1af0bbfc7c2d703bddbed384b6e");
}

static void scalar_multiplication_checks_its_operands(void **state)
{
    static const struct {
        uint32_t off;
        const char *value;
    } row[] = {
        {0x12a0, "0000000000000000000000000000000000000000000000000000000000000000"},
        {0x12a0, p256_n},
        {0x470, p256_x},
        {0x520, p256_x},
        {0x578, p256_p},
        {0x1088, "ffffffff00000001000000000000000000000000fffffffffffffffffffffffe"},
        {0x418, p256_p},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        put_base(b, key_d);
        put(b, row[i].off, row[i].value);
        run(b, 0x20);
        expect_word(b, 0x680, FAILED);
        assert_int_equal(b->notes, i + 1u);
    }
    put_base(b, key_d);
    bench_write(b, PKA + 0x12a0u + 32u, 1); /* no zeros behind an operand */
    run(b, 0x20);
    expect_word(b, 0x680, FAILED);
    put_base(b, key_d);
    put_word(b, 0x408, 0);
    run(b, 0x20);
    expect_word(b, 0x680, FAILED);
}

/* Under an order too large by 2 the true order is a scalar like others, and leads to infinity. */
static void scalar_multiplication_to_infinity_fails(void **state)
{
    static const char wrong_n[] =
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632553";
    struct dev_bench *b = *state;
    put_base(b, key_d);
    put(b, 0xf88, wrong_n);
    run(b, 0x20);
    expect_word(b, 0x680, OK);
    put_base(b, p256_n);
    put(b, 0xf88, wrong_n);
    run(b, 0x20);
    expect_word(b, 0x680, FAILED);
    assert_int_equal(b->notes, 1);
}

static void point_check(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 256);
    put_word(b, 0x410, 1);
    put(b, 0x418, "0000000000000000000000000000000000000000000000000000000000000003");
    put(b, 0x520, p256_b);
    put(b, 0x470, p256_p);
    put(b, 0x578, key_x);
    put(b, 0x5d0, key_y);
    run(b, 0x28);
    expect_word(b, 0x680, OK);
    put(b, 0x5d0, key_x);
    run(b, 0x28);
    expect_word(b, 0x680, NEGATIVE);
    put(b, 0x5d0, p256_p);
    run(b, 0x28);
    expect_word(b, 0x680, RANGE);
}

static void put_projective(struct dev_bench *b)
{
    static const char one[] = "0000000000000000000000000000000000000000000000000000000000000001";
    put_word(b, 0x400, 256);
    put_word(b, 0x408, 256);
    put_word(b, 0x410, 1);
    put(b, 0x418, "0000000000000000000000000000000000000000000000000000000000000003");
    put(b, 0x470, p256_p);
    put(b, 0x628, "29bbbdd4de01f69e74fcfddc3034c4997c98a9998e823af5fbb3142082e49176");
    put(b, 0x680, "6dd8d4ed6e86d1be7765c428d318601e8fd12c32347c72474c275f6f28eae790");
    put(b, 0x6d8, "0000000000000000000000000000000000000000000000000000000001234567");
    put(b, 0x730, key_x);
    put(b, 0x788, key_y);
    put(b, 0x7e0, one);
}

/* The base point with Z = 0x1234567, and the key: k G + m Q, and G + Q, by Python. */
static void ladder_addition_and_affine_coordinates(void **state)
{
    static const char sum_x[] = "15797ae57c574afdcfcd1fe48482512bf8134a0338f14e0374a542585477fd70";
    static const char sum_y[] = "296a96b3f5cf14e63952aa745f9249d3d5d5d8db94651a93070f53513dc15271";
    struct dev_bench *b = *state;
    put_projective(b);
    put(b, 0x520, sig_k);
    put(b, 0x578, "1111222233334444555566667777888899990000aaaabbbbccccddddeeeeffff");
    run(b, 0x27);
    expect_word(b, 0x520, OK);
    expect(b, 0x578, "9ea47321635a234f1f2f790411bcd6e643807991e7fb4233aca6edf950965cc4");
    expect(b, 0x5d0, "342a38eb163a3ec33966b67455934b00f2baae0f4616208f8016f59d68b0dde3");

    put_projective(b);
    run(b, 0x23);
    run(b, 0x2f); /* reads the sum where the addition has left it */
    expect_word(b, 0x680, OK);
    expect(b, 0x578, sum_x);
    expect(b, 0x5d0, sum_y);
    put(b, 0xe10, "0000000000000000000000000000000000000000000000000000000000000000");
    run(b, 0x2f);
    expect_word(b, 0x680, NEGATIVE);
}

/* A point and its opposite, a point and itself, a point and infinity. */
static void addition_is_complete(void **state)
{
    static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
    struct dev_bench *b = *state;
    put_projective(b);
    put(b, 0x730, p256_x);
    put(b, 0x788, "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a");
    run(b, 0x23);
    expect(b, 0xe10, zero);
    put_projective(b);
    put(b, 0x730, p256_x);
    put(b, 0x788, p256_y);
    run(b, 0x23);
    run(b, 0x2f);
    expect(b, 0x578, "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978");
    expect(b, 0x5d0, "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1");
    put_projective(b);
    put(b, 0x7e0, zero);
    run(b, 0x23);
    run(b, 0x2f);
    expect(b, 0x578, p256_x);
    expect(b, 0x5d0, p256_y);
}

/* ---- ECDSA ---------------------------------------------------------------------------------- */

static void put_signing(struct dev_bench *b)
{
    put_base(b, sig_k);
    put(b, 0xfe8, sig_z);
    put(b, 0xf28, key_d);
}

static void ecdsa_signs(void **state)
{
    struct dev_bench *b = *state;
    put_signing(b);
    run(b, 0x24);
    expect_word(b, 0xfe0, OK);
    expect(b, 0x730, sig_r);
    expect(b, 0x788, sig_s);
    expect(b, 0x1400, sig_r);
    expect(b, 0x1458, "34a7e72c423213443152c82df94fe0f6851bf894fd91c64b19555346093ff492");
}

static void ecdsa_refuses_to_sign_badly(void **state)
{
    static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
    struct dev_bench *b = *state;
    put_signing(b);
    put(b, 0x12a0, zero);
    run(b, 0x24);
    expect_word(b, 0xfe0, FAILED);
    put_signing(b);
    put(b, 0xf28, p256_n);
    run(b, 0x24);
    expect_word(b, 0xfe0, FAILED);
    /* s = 0: the hash is -r d modulo n, by Python. */
    put_signing(b);
    put(b, 0xfe8, "08ee301548cd9aa52ec3f69fd87f9c57bdf20e9f20419649d0e1b6c700f22e78");
    run(b, 0x24);
    expect_word(b, 0xfe0, RANGE);
}

/* RFC 6979, A.2.7: P-521, SHA-256, message "sample"; 521 bits fill no word. */
static void ecdsa_signs_on_a_curve_of_521_bits(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x400, 521);
    put_word(b, 0x408, 521);
    put_word(b, 0x410, 1);
    put(b, 0x418,
        "000000000000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000003");
    put(b, 0x520,
        "00000051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e1"
        "56193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00");
    put(b, 0x1088,
        "000001ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    put(b, 0x12a0,
        "000000edf38afcaaecab4383358b34d67c9f2216c8382aaea44a3dad5fdc9c3257576179"
        "3fef24eb0fc276dfc4f6e3ec476752f043cf01415387470bcbd8678ed2c7e1a0");
    put(b, 0x578,
        "000000c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dba"
        "a14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66");
    put(b, 0x470,
        "0000011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c"
        "97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650");
    put(b, 0xfe8,
        "000000000000000000000000000000000000000000000000000000000000000000000000"
        "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");
    put(b, 0xf28,
        "000000fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa8"
        "96eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538");
    put(b, 0xf88,
        "000001fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");
    run(b, 0x24);
    expect_word(b, 0xfe0, OK);
    expect(b, 0x730,
           "1511bb4d675114fe266fc4372b87682baecc01d3cc62cf2303c92b3526012659d16876e2"
           "5c7c1e57648f23b73564d67f61c6f14d527d54972810421e7d87589e1a7");
    expect(b, 0x788,
           "4a171143a83163d6df460aaf61522695f207a58b95c0644d87e52aa1a347916e4f7a7293"
           "0b1bc06dbe22ce3f58264afd23704cbb63b29b931f7de6c9d949a7ecfc");
}

static void put_verification(struct dev_bench *b)
{
    put_word(b, 0x408, 256);
    put_word(b, 0x4c8, 256);
    put_word(b, 0x468, 1);
    put(b, 0x470, "0000000000000000000000000000000000000000000000000000000000000003");
    put(b, 0x4d0, p256_p);
    put(b, 0x678, p256_x);
    put(b, 0x6d0, p256_y);
    put(b, 0x12f8, key_x);
    put(b, 0x1350, key_y);
    put(b, 0x10e0, sig_r);
    put(b, 0xc68, sig_s);
    put(b, 0x13a8, sig_z);
    put(b, 0x1088, p256_n);
}

static void ecdsa_verifies(void **state)
{
    struct dev_bench *b = *state;
    put_verification(b);
    run(b, 0x26);
    expect_word(b, 0x5d0, OK);
    assert_int_equal(b->notes, 0);
}

static void ecdsa_refuses_every_changed_operand(void **state)
{
    static const uint32_t off[] = {0x12f8, 0x1350, 0x10e0, 0xc68, 0x13a8, 0x678, 0x1088, 0x4d0};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        for (unsigned bit = 1; bit < 256u; bit += 50u) {
            const uint32_t addr = PKA + off[i] + 4u * (bit / 32u);
            put_verification(b);
            bench_write(b, addr, bench_read(b, addr) ^ 1u << bit % 32u);
            run(b, 0x26);
            expect_word(b, 0x5d0, NEGATIVE);
        }
    }
}

static void ecdsa_tells_of_a_key_off_the_curve(void **state)
{
    struct dev_bench *b = *state;
    put_verification(b);
    put(b, 0x1350, key_x);
    run(b, 0x26);
    expect_word(b, 0x5d0, NEGATIVE);
    assert_int_equal(b->notes, 1);
    put_verification(b);
    put(b, 0x13a8, key_x); /* a wrong hash is not worth a line */
    run(b, 0x26);
    expect_word(b, 0x5d0, NEGATIVE);
    assert_int_equal(b->notes, 1);
}

static void ecdsa_refuses_zero_and_the_order(void **state)
{
    static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const uint32_t off[] = {0x10e0, 0xc68};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < 2u; i++) {
        put_verification(b);
        put(b, off[i], zero);
        run(b, 0x26);
        expect_word(b, 0x5d0, NEGATIVE);
        put_verification(b);
        put(b, off[i], p256_n);
        run(b, 0x26);
        expect_word(b, 0x5d0, NEGATIVE);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, pka_setup, pka_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(scalar_multiplication),
        CASE(scalar_multiplication_on_another_curve),
        CASE(scalar_multiplication_checks_its_operands),
        CASE(scalar_multiplication_to_infinity_fails),
        CASE(point_check),
        CASE(ladder_addition_and_affine_coordinates),
        CASE(addition_is_complete),
        CASE(ecdsa_signs),
        CASE(ecdsa_refuses_to_sign_badly),
        CASE(ecdsa_signs_on_a_curve_of_521_bits),
        CASE(ecdsa_verifies),
        CASE(ecdsa_refuses_every_changed_operand),
        CASE(ecdsa_tells_of_a_key_off_the_curve),
        CASE(ecdsa_refuses_zero_and_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
