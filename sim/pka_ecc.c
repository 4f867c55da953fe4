#include <string.h>

#include "curve.h"
#include "pka_job.h"

/** Where an operation has its curve. */
struct curve_layout {
    uint16_t p_bits, a_sign, a, p;
};

/** A curve's field, and how long its numbers are. */
struct job_curve {
    struct curve curve;
    uint32_t bits;
    unsigned n;
};

/** The order of the base point. */
struct job_order {
    struct bn_field field;
    uint32_t bits;
    unsigned n;
};

static void load_curve(struct pka_job *job, const struct curve_layout *at, struct job_curve *r)
{
    uint32_t p[CURVE_WORDS_MAX], a[CURVE_WORDS_MAX];
    r->bits = pka_length(job, at->p_bits, PKA_ECC_BITS);
    r->n = pka_words(r->bits);
    pka_load(job, at->p, r->bits, p, CURVE_WORDS_MAX);
    pka_load(job, at->a, r->bits, a, CURVE_WORDS_MAX);
    pka_require(job, (p[0] & 1u) != 0, "the modulus p is even");
    p[0] |= 1u;
    pka_require(job, bn_compare(a, p, r->n) < 0, "the coefficient a is not less than p");
    if (pka_word(job, at->a_sign) != 0 && !bn_is_zero(a, r->n)) {
        (void)bn_sub(a, p, a, r->n);
    }
    curve_init(&r->curve, p, a, r->n);
}

static void load_order(struct pka_job *job, uint32_t bits_off, uint32_t off, struct job_order *r)
{
    uint32_t order[CURVE_WORDS_MAX];
    r->bits = pka_length(job, bits_off, PKA_ECC_BITS);
    r->n = pka_words(r->bits);
    pka_load(job, off, r->bits, order, CURVE_WORDS_MAX);
    pka_require(job, (order[0] & 1u) != 0, "the order n is even");
    order[0] |= 1u;
    bn_field_init(&r->field, order, r->n);
}

/** @return whether both coordinates are less than p */
static bool load_point(struct pka_job *job, const struct job_curve *c, uint32_t x_off,
                       uint32_t y_off, struct curve_point *r)
{
    memset(r, 0, sizeof *r);
    pka_load(job, x_off, c->bits, r->x, CURVE_WORDS_MAX);
    pka_load(job, y_off, c->bits, r->y, CURVE_WORDS_MAX);
    return bn_compare(r->x, c->curve.p.m, c->n) < 0 && bn_compare(r->y, c->curve.p.m, c->n) < 0;
}

/** Whether the point is on the curve with the coefficient b. */
static bool on_curve(const struct job_curve *c, const struct curve_point *point,
                     const uint32_t b[CURVE_WORDS_MAX])
{
    uint32_t constant[CURVE_WORDS_MAX];
    curve_constant(&c->curve, point, constant);
    return bn_compare(constant, b, c->n) == 0;
}

/** A scalar that must lie in 1 to n - 1. */
static void load_scalar(struct pka_job *job, const struct job_order *order, uint32_t off,
                        uint32_t r[CURVE_WORDS_MAX])
{
    pka_load(job, off, order->bits, r, CURVE_WORDS_MAX);
    pka_require(job, !bn_is_zero(r, order->n) && bn_compare(r, order->field.m, order->n) < 0,
                "a scalar is zero or not less than the order n");
}

static void store_point(struct pka_job *job, const struct job_curve *c, uint32_t x_off,
                        uint32_t y_off, const struct curve_point *point)
{
    pka_store(job, x_off, point->x, c->n);
    pka_store(job, y_off, point->y, c->n);
}

/* ---- points --------------------------------------------------------------------------------- */

static const struct curve_layout common = {0x0408, 0x0410, 0x0418, 0x1088};
static const struct curve_layout compact = {0x0408, 0x0410, 0x0418, 0x0470};

/** The base point of a scalar multiplication, checked against the coefficient b. */
static void load_base(struct pka_job *job, const struct job_curve *c, struct curve_point *r)
{
    uint32_t b[CURVE_WORDS_MAX];
    const bool range = load_point(job, c, 0x0578, 0x0470, r);
    pka_load(job, 0x0520, c->bits, b, CURVE_WORDS_MAX);
    pka_require(job, range && on_curve(c, r, b), "the point is not on the curve");
}

void pka_ecc_multiply(struct pka_job *job)
{
    struct job_curve c;
    struct job_order order;
    struct curve_point point, product = {.infinity = true};
    uint32_t k[CURVE_WORDS_MAX];
    load_curve(job, &common, &c);
    load_order(job, PKA_FIRST_BITS, 0x0f88, &order);
    load_base(job, &c, &point);
    load_scalar(job, &order, 0x12a0, k);
    if (job->why == NULL) {
        curve_multiply(&c.curve, &product, k, order.n, &point);
        pka_require(job, !product.infinity, "the product is the point at infinity");
        store_point(job, &c, 0x0578, 0x05d0, &product);
    }
    pka_set_word(job, 0x0680, job->why == NULL ? PKA_OK : PKA_FAILED);
}

void pka_ecc_check(struct pka_job *job)
{
    struct job_curve c;
    struct curve_point point;
    uint32_t b[CURVE_WORDS_MAX];
    load_curve(job, &compact, &c);
    pka_load(job, 0x0520, c.bits, b, CURVE_WORDS_MAX);
    uint32_t result = PKA_OUT_OF_RANGE;
    if (load_point(job, &c, 0x0578, 0x05d0, &point)) {
        result = on_curve(&c, &point, b) ? PKA_OK : PKA_NEGATIVE;
    }
    pka_set_word(job, 0x0680, job->why == NULL ? result : PKA_FAILED);
}

/** A point (X : Y : Z) in homogeneous coordinates. */
static void load_projective(struct pka_job *job, const struct job_curve *c, uint32_t off,
                            struct curve_point *r)
{
    uint32_t x[CURVE_WORDS_MAX], y[CURVE_WORDS_MAX], z[CURVE_WORDS_MAX];
    pka_load(job, off, c->bits, x, CURVE_WORDS_MAX);
    pka_load(job, off + 0x58u, c->bits, y, CURVE_WORDS_MAX);
    pka_load(job, off + 0xb0u, c->bits, z, CURVE_WORDS_MAX);
    pka_require(job,
                bn_compare(x, c->curve.p.m, c->n) < 0 && bn_compare(y, c->curve.p.m, c->n) < 0 &&
                    bn_compare(z, c->curve.p.m, c->n) < 0,
                "a coordinate is not less than p");
    memset(r, 0, sizeof *r);
    if (job->why == NULL) {
        curve_from_projective(&c->curve, r, x, y, z);
    }
}

/* The sum comes with Z = 1, infinity as (0 : 1 : 0); the part's own Z is another. [U] */
void pka_ecc_add(struct pka_job *job)
{
    struct job_curve c;
    struct curve_point p, q, sum = {.infinity = true};
    uint32_t z[CURVE_WORDS_MAX] = {0};
    load_curve(job, &compact, &c);
    load_projective(job, &c, 0x0628, &p);
    load_projective(job, &c, 0x0730, &q);
    if (job->why == NULL) {
        curve_add(&c.curve, &sum, &p, &q);
    }
    if (sum.infinity) {
        sum.y[0] = 1;
    } else {
        z[0] = 1;
    }
    store_point(job, &c, 0x0d60, 0x0db8, &sum);
    pka_store(job, 0x0e10, z, c.n);
}

/* k P + m Q. */
void pka_ecc_ladder(struct pka_job *job)
{
    struct job_curve c;
    struct curve_point p, q;
    uint32_t k[CURVE_WORDS_MAX], m[CURVE_WORDS_MAX];
    const uint32_t bits = pka_length(job, PKA_FIRST_BITS, PKA_ECC_BITS);
    load_curve(job, &compact, &c);
    pka_load(job, 0x0520, bits, k, CURVE_WORDS_MAX);
    pka_load(job, 0x0578, bits, m, CURVE_WORDS_MAX);
    load_projective(job, &c, 0x0628, &p);
    load_projective(job, &c, 0x0730, &q);
    uint32_t result = PKA_FAILED;
    if (job->why == NULL) {
        curve_multiply(&c.curve, &p, k, CURVE_WORDS_MAX, &p);
        curve_multiply(&c.curve, &q, m, CURVE_WORDS_MAX, &q);
        curve_add(&c.curve, &p, &p, &q);
        result = p.infinity ? PKA_NEGATIVE : PKA_OK;
        store_point(job, &c, 0x0578, 0x05d0, &p);
    }
    pka_set_word(job, 0x0520, result);
}

void pka_ecc_affine(struct pka_job *job)
{
    struct job_curve c = {.bits = pka_length(job, PKA_SECOND_BITS, PKA_ECC_BITS)};
    struct curve_point point;
    uint32_t p[CURVE_WORDS_MAX];
    const uint32_t zero[CURVE_WORDS_MAX] = {0};
    c.n = pka_words(c.bits);
    pka_load(job, compact.p, c.bits, p, CURVE_WORDS_MAX);
    pka_require(job, (p[0] & 1u) != 0, "the modulus p is even");
    p[0] |= 1u;
    curve_init(&c.curve, p, zero, c.n);
    load_projective(job, &c, 0x0d60, &point);
    const uint32_t result = point.infinity ? PKA_NEGATIVE : PKA_OK;
    store_point(job, &c, 0x0578, 0x05d0, &point);
    pka_set_word(job, 0x0680, job->why == NULL ? result : PKA_FAILED);
}

/* ---- ECDSA (FIPS 186-5, section 6.4) -------------------------------------------------------- */

/** The hash, whose leftmost bits software has taken; modulo n. */
static void load_hash(struct pka_job *job, const struct job_order *order, uint32_t off,
                      uint32_t r[CURVE_WORDS_MAX])
{
    pka_load(job, off, order->bits, r, CURVE_WORDS_MAX);
    bn_reduce(r, r, order->n, order->field.m, order->n);
}

/** x modulo the order; both have up to CURVE_WORDS_MAX words. */
static void reduce_x(const struct job_order *order, const struct curve_point *point,
                     uint32_t r[CURVE_WORDS_MAX])
{
    memset(r, 0, CURVE_WORDS_MAX * sizeof r[0]);
    bn_reduce(r, point->x, CURVE_WORDS_MAX, order->field.m, order->n);
}

/** s = (z + r d) / k. */
static void sign_s(const struct job_order *order, const uint32_t *z, const uint32_t *r,
                   const uint32_t *d, const uint32_t *k, uint32_t s[CURVE_WORDS_MAX])
{
    uint32_t inverse[CURVE_WORDS_MAX];
    (void)bn_mod_inverse(inverse, k, order->field.m, order->n);
    bn_mod_multiply(s, r, d, &order->field);
    bn_mod_add(s, s, z, order->field.m, order->n);
    bn_mod_multiply(s, s, inverse, &order->field);
}

static uint32_t sign_result(const struct job_order *order, const uint32_t *r, const uint32_t *s)
{
    if (bn_is_zero(r, order->n)) {
        return PKA_NEGATIVE;
    }
    return bn_is_zero(s, order->n) ? PKA_OUT_OF_RANGE : PKA_OK;
}

void pka_ecdsa_sign(struct pka_job *job)
{
    struct job_curve c;
    struct job_order order;
    struct curve_point base, point;
    uint32_t z[CURVE_WORDS_MAX], d[CURVE_WORDS_MAX], k[CURVE_WORDS_MAX];
    uint32_t r[CURVE_WORDS_MAX], s[CURVE_WORDS_MAX] = {0};
    load_curve(job, &common, &c);
    load_order(job, PKA_FIRST_BITS, 0x0f88, &order);
    load_base(job, &c, &base);
    load_scalar(job, &order, 0x12a0, k);
    load_scalar(job, &order, 0x0f28, d);
    load_hash(job, &order, 0x0fe8, z);
    if (job->why != NULL) {
        pka_set_word(job, 0x0fe0, PKA_FAILED);
        return;
    }
    curve_multiply(&c.curve, &point, k, order.n, &base);
    reduce_x(&order, &point, r);
    sign_s(&order, z, r, d, k, s);
    pka_store(job, 0x0730, r, order.n);
    pka_store(job, 0x0788, s, order.n);
    store_point(job, &c, 0x1400, 0x1458, &point);
    pka_set_word(job, 0x0fe0, sign_result(&order, r, s));
}

/** Whether x of (z / s) G + (r / s) Q is r modulo n. */
static bool verify(const struct job_curve *c, const struct job_order *order,
                   const struct curve_point *base, const struct curve_point *key, const uint32_t *z,
                   const uint32_t *r, const uint32_t *s)
{
    uint32_t w[CURVE_WORDS_MAX], u[CURVE_WORDS_MAX], v[CURVE_WORDS_MAX];
    struct curve_point p, q;
    if (!bn_mod_inverse(w, s, order->field.m, order->n)) {
        return false;
    }
    bn_mod_multiply(u, z, w, &order->field);
    bn_mod_multiply(v, r, w, &order->field);
    curve_multiply(&c->curve, &p, u, order->n, base);
    curve_multiply(&c->curve, &q, v, order->n, key);
    curve_add(&c->curve, &p, &p, &q);
    reduce_x(order, &p, v);
    return !p.infinity && bn_compare(v, r, order->n) == 0;
}

/* There is no coefficient b here: key and base point must be on one curve. [U] */
void pka_ecdsa_verify(struct pka_job *job)
{
    static const struct curve_layout at = {0x04c8, 0x0468, 0x0470, 0x04d0};
    struct job_curve c;
    struct job_order order;
    struct curve_point base, key;
    uint32_t z[CURVE_WORDS_MAX], r[CURVE_WORDS_MAX], s[CURVE_WORDS_MAX], b[CURVE_WORDS_MAX];
    load_curve(job, &at, &c);
    load_order(job, PKA_SECOND_BITS, 0x1088, &order);
    const bool range = load_point(job, &c, 0x0678, 0x06d0, &base);
    const bool key_range = load_point(job, &c, 0x12f8, 0x1350, &key);
    load_scalar(job, &order, 0x10e0, r);
    load_scalar(job, &order, 0x0c68, s);
    load_hash(job, &order, 0x13a8, z);
    curve_constant(&c.curve, &base, b);
    pka_require(job, range && key_range && on_curve(&c, &key, b),
                "the key or the base point is not on the curve");
    const bool valid = job->why == NULL && verify(&c, &order, &base, &key, z, r, s);
    pka_set_word(job, 0x05d0, valid ? PKA_OK : PKA_NEGATIVE);
}
