/*
 * Elliptic curves y^2 = x^3 + a x + b over GF(p), any of up to 640 bits.
 *
 * Written to be right at every point, the point at infinity included, and not to be fast.
 */
#pragma once

#include "bignum.h"

#define CURVE_WORDS_MAX 20u

struct curve {
    struct bn_field p;
    uint32_t a[CURVE_WORDS_MAX]; /**< In Montgomery's form. */
};

/** A point by its coordinates, each less than p, in the usual form. */
struct curve_point {
    uint32_t x[CURVE_WORDS_MAX];
    uint32_t y[CURVE_WORDS_MAX];
    bool infinity;
};

/** p is odd and has n words; a is less than p. */
void curve_init(struct curve *curve, const uint32_t *p, const uint32_t *a, unsigned n);

/** y^2 - x^3 - a x, which is b for a point of the curve. */
void curve_constant(const struct curve *curve, const struct curve_point *point,
                    uint32_t b[CURVE_WORDS_MAX]);

void curve_add(const struct curve *curve, struct curve_point *sum, const struct curve_point *p,
               const struct curve_point *q);

/** k P; k has `kn` words. */
void curve_multiply(const struct curve *curve, struct curve_point *product, const uint32_t *k,
                    unsigned kn, const struct curve_point *p);

/** (X / Z, Y / Z); infinity for Z = 0 and where Z has no inverse. */
void curve_from_projective(const struct curve *curve, struct curve_point *point, const uint32_t *x,
                           const uint32_t *y, const uint32_t *z);
