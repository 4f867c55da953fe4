#include "bignum.h"

#include <string.h>

#define WORD_BITS 32u

bool bn_is_zero(const uint32_t *a, unsigned n)
{
    return bn_bits(a, n) == 0;
}

unsigned bn_bits(const uint32_t *a, unsigned n)
{
    while (n > 0 && a[n - 1u] == 0) {
        n--;
    }
    if (n == 0) {
        return 0;
    }
    unsigned bits = WORD_BITS * (n - 1u);
    for (uint32_t word = a[n - 1u]; word != 0; word >>= 1) {
        bits++;
    }
    return bits;
}

bool bn_bit(const uint32_t *a, unsigned bit)
{
    return (a[bit / WORD_BITS] >> bit % WORD_BITS & 1u) != 0;
}

int bn_compare(const uint32_t *a, const uint32_t *b, unsigned n)
{
    for (unsigned i = n; i > 0; i--) {
        if (a[i - 1u] != b[i - 1u]) {
            return a[i - 1u] < b[i - 1u] ? -1 : 1;
        }
    }
    return 0;
}

uint32_t bn_add(uint32_t *r, const uint32_t *a, const uint32_t *b, unsigned n)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        carry += (uint64_t)a[i] + b[i];
        r[i] = (uint32_t)carry;
        carry >>= WORD_BITS;
    }
    return (uint32_t)carry;
}

uint32_t bn_sub(uint32_t *r, const uint32_t *a, const uint32_t *b, unsigned n)
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < n; i++) {
        const uint64_t difference = (uint64_t)a[i] - b[i] - borrow;
        r[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    return (uint32_t)borrow;
}

/** r += a * word, n words of it. @return the word above */
static uint32_t multiply_add(uint32_t *r, const uint32_t *a, uint32_t word, unsigned n)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        carry += (uint64_t)a[i] * word + r[i];
        r[i] = (uint32_t)carry;
        carry >>= WORD_BITS;
    }
    return (uint32_t)carry;
}

void bn_multiply(uint32_t *r, const uint32_t *a, const uint32_t *b, unsigned n)
{
    memset(r, 0, 2u * sizeof r[0] * n);
    for (unsigned i = 0; i < n; i++) {
        r[n + i] = multiply_add(r + i, a, b[i], n);
    }
}

/** Shifts left by one bit. @return the bit that falls out */
static uint32_t shift_left(uint32_t *a, unsigned n)
{
    uint32_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        const uint32_t out = a[i] >> (WORD_BITS - 1u);
        a[i] = a[i] << 1 | carry;
        carry = out;
    }
    return carry;
}

/** Shifts right by one bit; `carry` comes in at the top. */
static void shift_right(uint32_t *a, unsigned n, uint32_t carry)
{
    for (unsigned i = n; i > 0; i--) {
        const uint32_t out = a[i - 1u] & 1u;
        a[i - 1u] = a[i - 1u] >> 1 | carry << (WORD_BITS - 1u);
        carry = out;
    }
}

/** r = 2 r + bit mod m, for r less than m. */
static void double_mod(uint32_t *r, uint32_t bit, const uint32_t *m, unsigned n)
{
    const uint32_t carry = shift_left(r, n);
    r[0] |= bit;
    if (carry != 0 || bn_compare(r, m, n) >= 0) {
        (void)bn_sub(r, r, m, n);
    }
}

void bn_reduce(uint32_t *r, const uint32_t *a, unsigned an, const uint32_t *m, unsigned n)
{
    uint32_t rest[BN_WORDS_MAX] = {0};
    for (unsigned bit = bn_bits(a, an); bit > 0; bit--) {
        double_mod(rest, bn_bit(a, bit - 1u), m, n);
    }
    memcpy(r, rest, n * sizeof rest[0]);
}

void bn_mod_add(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *m, unsigned n)
{
    const uint32_t carry = bn_add(r, a, b, n);
    if (carry != 0 || bn_compare(r, m, n) >= 0) {
        (void)bn_sub(r, r, m, n);
    }
}

void bn_mod_sub(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *m, unsigned n)
{
    if (bn_sub(r, a, b, n) != 0) {
        (void)bn_add(r, r, m, n);
    }
}

/** Halves u while it is even, and with it x modulo m. */
static void halve_while_even(uint32_t *u, uint32_t *x, const uint32_t *m, unsigned n)
{
    while ((u[0] & 1u) == 0) {
        shift_right(u, n, 0);
        const uint32_t carry = x[0] & 1u ? bn_add(x, x, m, n) : 0;
        shift_right(x, n, carry);
    }
}

/* The binary algorithm: a x = u and a y = v modulo m at every step. */
bool bn_mod_inverse(uint32_t *r, const uint32_t *a, const uint32_t *m, unsigned n)
{
    uint32_t u[BN_WORDS_MAX] = {0}, v[BN_WORDS_MAX] = {0};
    uint32_t x[BN_WORDS_MAX] = {1}, y[BN_WORDS_MAX] = {0};
    bn_reduce(u, a, n, m, n);
    memcpy(v, m, n * sizeof v[0]);
    memset(r, 0, n * sizeof r[0]);
    if ((m[0] & 1u) == 0) {
        return false;
    }
    while (!bn_is_zero(u, n)) {
        halve_while_even(u, x, m, n);
        if (bn_compare(u, v, n) >= 0) {
            (void)bn_sub(u, u, v, n);
            bn_mod_sub(x, x, y, m, n);
        } else {
            uint32_t t[BN_WORDS_MAX];
            (void)bn_sub(t, v, u, n);
            memcpy(v, u, n * sizeof v[0]);
            memcpy(u, t, n * sizeof u[0]);
            bn_mod_sub(t, y, x, m, n);
            memcpy(y, x, n * sizeof y[0]);
            memcpy(x, t, n * sizeof x[0]);
        }
    }
    if (bn_bits(v, n) != 1u) {
        return false;
    }
    memcpy(r, y, n * sizeof r[0]);
    return true;
}

/* ---- Montgomery ----------------------------------------------------------------------------- */

void bn_field_init(struct bn_field *field, const uint32_t *m, unsigned n)
{
    memset(field, 0, sizeof *field);
    memcpy(field->m, m, n * sizeof m[0]);
    field->n = n;
    uint32_t inverse = 1; /* Of m, by Newton's iteration: each step doubles the bits. */
    for (unsigned i = 0; i < 5u; i++) {
        inverse *= 2u - m[0] * inverse;
    }
    field->inverse = 0u - inverse;

    uint32_t one[BN_WORDS_MAX] = {1};
    bn_reduce(field->r1, one, n, m, n);
    for (unsigned i = 0; i < WORD_BITS * n; i++) {
        double_mod(field->r1, 0, m, n);
    }
    memcpy(field->r2, field->r1, sizeof field->r2);
    for (unsigned i = 0; i < WORD_BITS * n; i++) {
        double_mod(field->r2, 0, m, n);
    }
}

void bn_field_multiply(uint32_t *r, const uint32_t *a, const uint32_t *b,
                       const struct bn_field *field)
{
    const unsigned n = field->n;
    uint32_t t[2u * BN_WORDS_MAX];
    uint32_t above = 0; /* The word above t[n + i]. */
    bn_multiply(t, a, b, n);
    for (unsigned i = 0; i < n; i++) {
        const uint32_t word = multiply_add(t + i, field->m, t[i] * field->inverse, n);
        const uint64_t sum = (uint64_t)t[n + i] + word + above;
        t[n + i] = (uint32_t)sum;
        above = (uint32_t)(sum >> WORD_BITS);
    }
    if (above != 0 || bn_compare(t + n, field->m, n) >= 0) {
        (void)bn_sub(t + n, t + n, field->m, n);
    }
    memcpy(r, t + n, n * sizeof r[0]);
}

void bn_field_enter(uint32_t *r, const uint32_t *a, const struct bn_field *field)
{
    bn_field_multiply(r, a, field->r2, field);
}

void bn_field_leave(uint32_t *r, const uint32_t *a, const struct bn_field *field)
{
    const uint32_t one[BN_WORDS_MAX] = {1};
    bn_field_multiply(r, a, one, field);
}

void bn_mod_multiply(uint32_t *r, const uint32_t *a, const uint32_t *b,
                     const struct bn_field *field)
{
    uint32_t t[BN_WORDS_MAX];
    bn_field_enter(t, a, field);
    bn_field_multiply(r, t, b, field);
}

void bn_mod_power(uint32_t *r, const uint32_t *a, const uint32_t *e, unsigned en,
                  const struct bn_field *field)
{
    uint32_t base[BN_WORDS_MAX], power[BN_WORDS_MAX];
    bn_field_enter(base, a, field);
    memcpy(power, field->r1, sizeof power);
    for (unsigned bit = bn_bits(e, en); bit > 0; bit--) {
        bn_field_multiply(power, power, power, field);
        if (bn_bit(e, bit - 1u)) {
            bn_field_multiply(power, power, base, field);
        }
    }
    bn_field_leave(r, power, field);
}
