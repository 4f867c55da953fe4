#include "p256_verify.h"

#include <string.h>

#include "curve.h"

#define WORDS 8u

/* SP 800-186, section 3.2.1.3; words, least significant first. */
static const uint32_t p256_p[WORDS] = {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 1, 0xFFFFFFFF};
static const uint32_t p256_a[WORDS] = {0xFFFFFFFC, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 1, 0xFFFFFFFF};
static const uint32_t p256_b[WORDS] = {0x27D2604B, 0x3BCE3C3E, 0xCC53B0F6, 0x651D06B0,
                                       0x769886BC, 0xB3EBBD55, 0xAA3A93E7, 0x5AC635D8};
static const uint32_t p256_n[WORDS] = {0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD,
                                       0xFFFFFFFF, 0xFFFFFFFF, 0,          0xFFFFFFFF};
static const struct curve_point p256_g = {
    .x = {0xD898C296, 0xF4A13945, 0x2DEB33A0, 0x77037D81, 0x63A440F2, 0xF8BCE6E5, 0xE12C4247,
          0x6B17D1F2},
    .y = {0x37BF51F5, 0xCBB64068, 0x6B315ECE, 0x2BCE3357, 0x7C0F9E16, 0x8EE7EB4A, 0xFE1A7F9B,
          0x4FE342E2},
};

static void load(uint32_t words[WORDS], const uint8_t bytes[32])
{
    for (size_t i = 0; i < WORDS; i++) {
        const uint8_t *at = bytes + 28 - 4 * i;
        words[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
}

/** Whether a number is from 1 to n - 1. */
static bool is_scalar(const uint32_t number[WORDS])
{
    return !bn_is_zero(number, WORDS) && bn_compare(number, p256_n, WORDS) < 0;
}

static bool is_on_curve(const struct curve *curve, const struct curve_point *point)
{
    uint32_t constant[CURVE_WORDS_MAX];
    if (bn_compare(point->x, p256_p, WORDS) >= 0 || bn_compare(point->y, p256_p, WORDS) >= 0) {
        return false;
    }
    curve_constant(curve, point, constant);
    return bn_compare(constant, p256_b, WORDS) == 0;
}

bool p256_verify(const uint8_t key[64], const uint8_t digest[32], const uint8_t signature[64])
{
    struct curve curve;
    struct bn_field order;
    struct curve_point q = {.infinity = false};
    struct curve_point sum;
    uint32_t r[WORDS], s[WORDS], z[WORDS], u[WORDS], v[WORDS];
    load(q.x, key);
    load(q.y, key + 32);
    load(r, signature);
    load(s, signature + 32);
    load(z, digest);
    curve_init(&curve, p256_p, p256_a, WORDS);
    bn_field_init(&order, p256_n, WORDS);
    if (!is_scalar(r) || !is_scalar(s) || !is_on_curve(&curve, &q)) {
        return false;
    }
    bn_reduce(z, z, WORDS, p256_n, WORDS);
    (void)bn_mod_inverse(s, s, p256_n, WORDS); /* n is prime. */
    bn_mod_multiply(u, z, s, &order);
    bn_mod_multiply(v, r, s, &order);
    curve_multiply(&curve, &sum, u, WORDS, &p256_g);
    curve_multiply(&curve, &q, v, WORDS, &q);
    curve_add(&curve, &sum, &sum, &q);
    if (sum.infinity) {
        return false;
    }
    bn_reduce(v, sum.x, WORDS, p256_n, WORDS);
    return bn_compare(v, r, WORDS) == 0;
}
