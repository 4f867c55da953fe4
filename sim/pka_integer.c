#include <string.h>

#include "pka_job.h"

/* Operands and result of most of them. */
#define OPERAND1 0x0a50u
#define OPERAND2 0x0c68u
#define OPERAND3 0x1088u
#define RESULT   0x0e78u

#define MONTGOMERY 0x0620u /* R^2 mod m with R = 2^(64 words). [U] */

static const char even[] = "the modulus is even";
static const char large[] = "an operand is not less than the modulus";

/** An odd modulus; a harmless one after an error. */
static void load_modulus(struct pka_job *job, uint32_t off, uint32_t bits, uint32_t *m, unsigned n)
{
    pka_load(job, off, bits, m, n);
    pka_require(job, (m[0] & 1u) != 0, even);
    m[0] |= 1u;
}

void pka_montgomery_parameter(struct pka_job *job)
{
    const uint32_t bits = pka_length(job, PKA_SECOND_BITS, PKA_RSA_BITS);
    const unsigned n = pka_words(bits);
    uint32_t m[BN_WORDS_MAX];
    struct bn_field field;
    load_modulus(job, OPERAND3, bits, m, n);
    bn_field_init(&field, m, n);
    pka_store(job, MONTGOMERY, field.r2, n);
}

/* ---- exponentiation ------------------------------------------------------------------------- */

struct power_layout {
    uint16_t base, exponent, modulus;
};

#define POWER_RESULT 0x0838u
#define POWER_ERROR  0x1298u /* Of the protected operation only. */

static void power(struct pka_job *job, const struct power_layout *at, struct bn_field *field,
                  uint32_t *r)
{
    const uint32_t exponent_bits = pka_length(job, PKA_FIRST_BITS, PKA_RSA_BITS);
    const uint32_t bits = pka_length(job, PKA_SECOND_BITS, PKA_RSA_BITS);
    const unsigned n = pka_words(bits);
    uint32_t a[BN_WORDS_MAX], e[BN_WORDS_MAX], m[BN_WORDS_MAX];
    memset(r, 0, BN_WORDS_MAX * sizeof r[0]);
    load_modulus(job, at->modulus, bits, m, n);
    pka_load(job, at->base, bits, a, n);
    pka_load(job, at->exponent, exponent_bits, e, BN_WORDS_MAX);
    pka_require(job, bn_compare(a, m, n) < 0, large);
    bn_field_init(field, m, n);
    if (job->why == NULL) {
        bn_mod_power(r, a, e, BN_WORDS_MAX, field);
    }
}

void pka_power(struct pka_job *job)
{
    static const struct power_layout at = {0x0c68, 0x0e78, 0x1088};
    struct bn_field field;
    uint32_t r[BN_WORDS_MAX];
    power(job, &at, &field, r);
    pka_store(job, POWER_RESULT, r, field.n);
    pka_store(job, MONTGOMERY, field.r2, field.n);
}

/* The order of the group, phi, serves the protection alone. */
void pka_power_protected(struct pka_job *job)
{
    static const struct power_layout at = {0x16c8, 0x14b8, 0x0838};
    struct bn_field field;
    uint32_t r[BN_WORDS_MAX];
    power(job, &at, &field, r);
    pka_store(job, POWER_RESULT, r, field.n);
    pka_set_word(job, POWER_ERROR, job->why == NULL ? PKA_OK : PKA_FAILED);
}

/** One half of it: base^exponent mod prime. */
static void crt_half(struct pka_job *job, uint32_t prime_off, uint32_t exponent_off, uint32_t bits,
                     const uint32_t *base, struct bn_field *field, uint32_t *r)
{
    const unsigned n = pka_words(bits);
    uint32_t prime[BN_WORDS_MAX], exponent[BN_WORDS_MAX], a[BN_WORDS_MAX];
    load_modulus(job, prime_off, bits, prime, n);
    pka_load(job, exponent_off, bits, exponent, n);
    bn_reduce(a, base, BN_WORDS_MAX, prime, n);
    bn_field_init(field, prime, n);
    bn_mod_power(r, a, exponent, n, field);
}

/* Garner's recombination: m2 + q ((m1 - m2) / q mod p). */
void pka_rsa_crt(struct pka_job *job)
{
    const uint32_t bits = pka_length(job, PKA_SECOND_BITS, PKA_RSA_BITS);
    const uint32_t half = (bits + 1u) / 2u;
    const unsigned n = pka_words(half);
    uint32_t base[BN_WORDS_MAX], q_inverse[BN_WORDS_MAX], h[BN_WORDS_MAX];
    uint32_t m1[BN_WORDS_MAX], m2[BN_WORDS_MAX] = {0}, result[2u * BN_WORDS_MAX];
    struct bn_field p, q;
    pka_load(job, 0x12a0, bits, base, BN_WORDS_MAX);
    crt_half(job, 0x0b60, 0x0730, half, base, &p, m1);
    crt_half(job, 0x1088, 0x0e78, half, base, &q, m2);
    pka_load(job, 0x0948, half, q_inverse, n);
    bn_reduce(q_inverse, q_inverse, n, p.m, n);
    bn_reduce(h, m2, n, p.m, n);
    bn_mod_sub(h, m1, h, p.m, n);
    bn_mod_multiply(h, h, q_inverse, &p);
    bn_multiply(result, h, q.m, n);
    (void)bn_add(result, result, m2, 2u * n);
    pka_store(job, POWER_RESULT, result, pka_words(bits));
}

/* ---- arithmetic ----------------------------------------------------------------------------- */

struct pair {
    uint32_t a[BN_WORDS_MAX], b[BN_WORDS_MAX];
    uint32_t bits;
    unsigned n;
};

static void load_pair(struct pka_job *job, struct pair *pair)
{
    pair->bits = pka_length(job, PKA_SECOND_BITS, PKA_RSA_BITS);
    pair->n = pka_words(pair->bits);
    pka_load(job, OPERAND1, pair->bits, pair->a, BN_WORDS_MAX);
    pka_load(job, OPERAND2, pair->bits, pair->b, BN_WORDS_MAX);
}

void pka_add(struct pka_job *job)
{
    struct pair pair;
    load_pair(job, &pair);
    (void)bn_add(pair.a, pair.a, pair.b, pair.n + 1u);
    pka_store(job, RESULT, pair.a, pair.n + 2u);
}

/* A negative difference comes modulo 2^(64 words). [U] */
void pka_subtract(struct pka_job *job)
{
    struct pair pair;
    load_pair(job, &pair);
    (void)bn_sub(pair.a, pair.a, pair.b, pair.n);
    pka_store(job, RESULT, pair.a, pair.n + 2u);
}

void pka_multiply(struct pka_job *job)
{
    struct pair pair;
    uint32_t product[2u * BN_WORDS_MAX];
    load_pair(job, &pair);
    bn_multiply(product, pair.a, pair.b, pair.n);
    pka_store(job, RESULT, product, 2u * pair.n);
}

void pka_compare(struct pka_job *job)
{
    struct pair pair;
    load_pair(job, &pair);
    const int order = bn_compare(pair.a, pair.b, pair.n);
    const uint32_t unequal = order > 0 ? PKA_GREATER : PKA_LESS;
    pka_set_word(job, RESULT, order == 0 ? PKA_EQUAL : unequal);
}

/* ---- modular arithmetic --------------------------------------------------------------------- */

void pka_reduce(struct pka_job *job)
{
    const uint32_t bits = pka_length(job, PKA_FIRST_BITS, PKA_RSA_BITS);
    const uint32_t modulus_bits = pka_length(job, PKA_SECOND_BITS, PKA_RSA_BITS);
    const unsigned n = pka_words(modulus_bits);
    uint32_t a[BN_WORDS_MAX], m[BN_WORDS_MAX], r[BN_WORDS_MAX] = {0};
    pka_load(job, OPERAND1, bits, a, BN_WORDS_MAX);
    pka_load(job, OPERAND2, modulus_bits, m, n);
    pka_require(job, !bn_is_zero(m, n), "the modulus is zero");
    if (job->why == NULL) {
        bn_reduce(r, a, BN_WORDS_MAX, m, n);
    }
    pka_store(job, RESULT, r, n);
}

void pka_inverse(struct pka_job *job)
{
    const uint32_t bits = pka_length(job, PKA_SECOND_BITS, PKA_RSA_BITS);
    const unsigned n = pka_words(bits);
    uint32_t a[BN_WORDS_MAX], m[BN_WORDS_MAX];
    pka_load(job, OPERAND1, bits, a, n);
    load_modulus(job, OPERAND2, bits, m, n);
    pka_require(job, bn_mod_inverse(a, a, m, n), "the operand has no inverse");
    pka_store(job, RESULT, a, n);
}

/** A pair of operands less than a modulus that is not zero. */
static void load_residues(struct pka_job *job, struct pair *pair, uint32_t *m)
{
    load_pair(job, pair);
    pka_load(job, OPERAND3, pair->bits, m, BN_WORDS_MAX);
    pka_require(job, bn_compare(pair->a, m, pair->n) < 0 && bn_compare(pair->b, m, pair->n) < 0,
                large);
}

void pka_mod_add(struct pka_job *job)
{
    struct pair pair;
    uint32_t m[BN_WORDS_MAX];
    load_residues(job, &pair, m);
    bn_mod_add(pair.a, pair.a, pair.b, m, pair.n);
    pka_store(job, RESULT, pair.a, pair.n);
}

void pka_mod_subtract(struct pka_job *job)
{
    struct pair pair;
    uint32_t m[BN_WORDS_MAX];
    load_residues(job, &pair, m);
    bn_mod_sub(pair.a, pair.a, pair.b, m, pair.n);
    pka_store(job, RESULT, pair.a, pair.n);
}

void pka_montgomery_multiply(struct pka_job *job)
{
    struct pair pair;
    struct bn_field field;
    uint32_t m[BN_WORDS_MAX];
    load_residues(job, &pair, m);
    pka_require(job, (m[0] & 1u) != 0, even);
    m[0] |= 1u;
    bn_field_init(&field, m, pair.n);
    bn_field_multiply(pair.a, pair.a, pair.b, &field);
    pka_store(job, RESULT, pair.a, pair.n);
}
