#include "curve.h"

#include <string.h>

/* Jacobian coordinates in Montgomery's form: (X / Z^2, Y / Z^3); infinity has Z = 0. */
struct jacobian {
    uint32_t x[CURVE_WORDS_MAX];
    uint32_t y[CURVE_WORDS_MAX];
    uint32_t z[CURVE_WORDS_MAX];
};

static void fe_multiply(const struct curve *curve, uint32_t *r, const uint32_t *a,
                        const uint32_t *b)
{
    bn_field_multiply(r, a, b, &curve->p);
}

static void fe_add(const struct curve *curve, uint32_t *r, const uint32_t *a, const uint32_t *b)
{
    bn_mod_add(r, a, b, curve->p.m, curve->p.n);
}

static void fe_sub(const struct curve *curve, uint32_t *r, const uint32_t *a, const uint32_t *b)
{
    bn_mod_sub(r, a, b, curve->p.m, curve->p.n);
}

static void fe_double(const struct curve *curve, uint32_t *r, const uint32_t *a, unsigned times)
{
    memmove(r, a, curve->p.n * sizeof r[0]);
    while (times-- > 0) {
        fe_add(curve, r, r, r);
    }
}

static bool fe_is_zero(const struct curve *curve, const uint32_t *a)
{
    return bn_is_zero(a, curve->p.n);
}

void curve_init(struct curve *curve, const uint32_t *p, const uint32_t *a, unsigned n)
{
    memset(curve, 0, sizeof *curve);
    bn_field_init(&curve->p, p, n);
    bn_field_enter(curve->a, a, &curve->p);
}

void curve_constant(const struct curve *curve, const struct curve_point *point,
                    uint32_t b[CURVE_WORDS_MAX])
{
    uint32_t x[CURVE_WORDS_MAX], t[CURVE_WORDS_MAX];
    bn_field_enter(x, point->x, &curve->p);
    fe_multiply(curve, t, x, x);
    fe_add(curve, t, t, curve->a);
    fe_multiply(curve, t, t, x);
    bn_field_enter(b, point->y, &curve->p);
    fe_multiply(curve, b, b, b);
    fe_sub(curve, b, b, t);
    bn_field_leave(b, b, &curve->p);
}

static void to_jacobian(const struct curve *curve, struct jacobian *r, const struct curve_point *p)
{
    memset(r, 0, sizeof *r);
    if (p->infinity) {
        return;
    }
    bn_field_enter(r->x, p->x, &curve->p);
    bn_field_enter(r->y, p->y, &curve->p);
    memcpy(r->z, curve->p.r1, sizeof r->z);
}

static void from_jacobian(const struct curve *curve, struct curve_point *r,
                          const struct jacobian *p)
{
    uint32_t inverse[CURVE_WORDS_MAX], square[CURVE_WORDS_MAX];
    memset(r, 0, sizeof *r);
    bn_field_leave(inverse, p->z, &curve->p);
    if (!bn_mod_inverse(inverse, inverse, curve->p.m, curve->p.n)) {
        r->infinity = true;
        return;
    }
    bn_field_enter(inverse, inverse, &curve->p);
    fe_multiply(curve, square, inverse, inverse);
    fe_multiply(curve, r->x, p->x, square);
    fe_multiply(curve, square, square, inverse);
    fe_multiply(curve, r->y, p->y, square);
    bn_field_leave(r->x, r->x, &curve->p);
    bn_field_leave(r->y, r->y, &curve->p);
}

static void jacobian_double(const struct curve *curve, struct jacobian *r, const struct jacobian *p)
{
    uint32_t s[CURVE_WORDS_MAX], m[CURVE_WORDS_MAX], t[CURVE_WORDS_MAX], y2[CURVE_WORDS_MAX];
    struct jacobian d;
    fe_multiply(curve, y2, p->y, p->y);
    fe_multiply(curve, s, p->x, y2);
    fe_double(curve, s, s, 2); /* S = 4 X Y^2 */
    fe_multiply(curve, t, p->z, p->z);
    fe_multiply(curve, t, t, t);
    fe_multiply(curve, t, t, curve->a);
    fe_multiply(curve, m, p->x, p->x);
    fe_add(curve, t, t, m);
    fe_double(curve, m, m, 1);
    fe_add(curve, m, m, t); /* M = 3 X^2 + a Z^4 */

    fe_multiply(curve, d.x, m, m);
    fe_sub(curve, d.x, d.x, s);
    fe_sub(curve, d.x, d.x, s);
    fe_sub(curve, t, s, d.x);
    fe_multiply(curve, t, t, m);
    fe_multiply(curve, y2, y2, y2);
    fe_double(curve, y2, y2, 3);
    fe_sub(curve, d.y, t, y2);
    fe_multiply(curve, d.z, p->y, p->z);
    fe_double(curve, d.z, d.z, 1);
    *r = d;
}

static void jacobian_add(const struct curve *curve, struct jacobian *r, const struct jacobian *p,
                         const struct jacobian *q)
{
    uint32_t u1[CURVE_WORDS_MAX], u2[CURVE_WORDS_MAX], s1[CURVE_WORDS_MAX], s2[CURVE_WORDS_MAX];
    uint32_t t[CURVE_WORDS_MAX];
    if (fe_is_zero(curve, p->z) || fe_is_zero(curve, q->z)) {
        *r = fe_is_zero(curve, p->z) ? *q : *p;
        return;
    }
    fe_multiply(curve, t, q->z, q->z);
    fe_multiply(curve, u1, p->x, t);
    fe_multiply(curve, t, t, q->z);
    fe_multiply(curve, s1, p->y, t);
    fe_multiply(curve, t, p->z, p->z);
    fe_multiply(curve, u2, q->x, t);
    fe_multiply(curve, t, t, p->z);
    fe_multiply(curve, s2, q->y, t);
    fe_sub(curve, u2, u2, u1); /* H */
    fe_sub(curve, s2, s2, s1); /* R */
    if (fe_is_zero(curve, u2) && fe_is_zero(curve, s2)) {
        jacobian_double(curve, r, p);
        return;
    }

    struct jacobian d;
    fe_multiply(curve, d.z, p->z, q->z);
    fe_multiply(curve, d.z, d.z, u2); /* Zero, infinity, for opposite points. */
    fe_multiply(curve, t, u2, u2);
    fe_multiply(curve, u1, u1, t); /* U1 H^2 */
    fe_multiply(curve, t, t, u2);  /* H^3 */
    fe_multiply(curve, s1, s1, t);
    fe_multiply(curve, d.x, s2, s2);
    fe_sub(curve, d.x, d.x, t);
    fe_sub(curve, d.x, d.x, u1);
    fe_sub(curve, d.x, d.x, u1);
    fe_sub(curve, t, u1, d.x);
    fe_multiply(curve, t, t, s2);
    fe_sub(curve, d.y, t, s1);
    *r = d;
}

void curve_add(const struct curve *curve, struct curve_point *sum, const struct curve_point *p,
               const struct curve_point *q)
{
    struct jacobian a, b;
    to_jacobian(curve, &a, p);
    to_jacobian(curve, &b, q);
    jacobian_add(curve, &a, &a, &b);
    from_jacobian(curve, sum, &a);
}

void curve_multiply(const struct curve *curve, struct curve_point *product, const uint32_t *k,
                    unsigned kn, const struct curve_point *p)
{
    struct jacobian base, sum;
    to_jacobian(curve, &base, p);
    memset(&sum, 0, sizeof sum);
    for (unsigned bit = bn_bits(k, kn); bit > 0; bit--) {
        jacobian_double(curve, &sum, &sum);
        if (bn_bit(k, bit - 1u)) {
            jacobian_add(curve, &sum, &sum, &base);
        }
    }
    from_jacobian(curve, product, &sum);
}

void curve_from_projective(const struct curve *curve, struct curve_point *point, const uint32_t *x,
                           const uint32_t *y, const uint32_t *z)
{
    uint32_t inverse[CURVE_WORDS_MAX];
    memset(point, 0, sizeof *point);
    if (!bn_mod_inverse(inverse, z, curve->p.m, curve->p.n)) {
        point->infinity = true;
        return;
    }
    bn_mod_multiply(point->x, x, inverse, &curve->p);
    bn_mod_multiply(point->y, y, inverse, &curve->p);
}
