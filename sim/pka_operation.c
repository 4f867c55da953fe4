#include "pka_operation.h"

#include <string.h>

#include "pka_job.h"

/* How long an operation takes. [U] Only the order of magnitude is meant. */
enum pka_cost {
    COST_LINEAR,   /* One pass over the operands. */
    COST_SQUARE,   /* One multiplication or reduction. */
    COST_INVERSE,  /* Of the order of one multiplication per bit. */
    COST_EXPONENT, /* Two multiplications for each bit of the exponent. */
    COST_HALVES,   /* Two exponentiations of half the length. */
    COST_CURVE,    /* Twenty multiplications for each bit of the scalar. */
    COST_CURVES,   /* Two scalars. */
};

static const struct pka_operation {
    uint8_t mode; /* CR.MODE. */
    enum pka_cost cost;
    void (*run)(struct pka_job *job);
} operations[] = {
    {0x00, COST_EXPONENT, pka_power},
    {0x01, COST_SQUARE, pka_montgomery_parameter},
    {0x02, COST_EXPONENT, pka_power}, /* With the Montgomery parameter given. */
    {0x03, COST_EXPONENT, pka_power_protected},
    {0x07, COST_HALVES, pka_rsa_crt},
    {0x08, COST_INVERSE, pka_inverse},
    {0x09, COST_LINEAR, pka_add},
    {0x0a, COST_LINEAR, pka_subtract},
    {0x0b, COST_SQUARE, pka_multiply},
    {0x0c, COST_LINEAR, pka_compare},
    {0x0d, COST_SQUARE, pka_reduce},
    {0x0e, COST_LINEAR, pka_mod_add},
    {0x0f, COST_LINEAR, pka_mod_subtract},
    {0x10, COST_SQUARE, pka_montgomery_multiply},
    {0x20, COST_CURVE, pka_ecc_multiply},
    {0x23, COST_SQUARE, pka_ecc_add},
    {0x24, COST_CURVE, pka_ecdsa_sign},
    {0x26, COST_CURVES, pka_ecdsa_verify},
    {0x27, COST_CURVES, pka_ecc_ladder},
    {0x28, COST_SQUARE, pka_ecc_check},
    {0x2f, COST_INVERSE, pka_ecc_affine},
};

static const struct pka_operation *operation_find(unsigned mode)
{
    for (unsigned i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (operations[i].mode == mode) {
            return &operations[i];
        }
    }
    return NULL;
}

bool pka_operation_known(unsigned mode)
{
    return operation_find(mode) != NULL;
}

uint64_t pka_operation_ticks(unsigned mode, const uint32_t ram[PKA_RAM_WORDS])
{
    uint64_t first = ram[(PKA_FIRST_BITS - PKA_RAM) / 4u];
    uint64_t bits = ram[(PKA_SECOND_BITS - PKA_RAM) / 4u];
    const enum pka_cost cost = operation_find(mode)->cost;
    const uint64_t most = cost >= COST_CURVE ? PKA_ECC_BITS : PKA_RSA_BITS;
    first = first < most ? first : most;
    bits = bits < most ? bits : most;
    const uint64_t words = bits / 32u + 1u;
    const uint64_t square = words * words;
    const uint64_t start = 100u;
    switch (cost) {
    case COST_LINEAR:
        return start + 4u * words;
    case COST_SQUARE:
        return start + 4u * square;
    case COST_INVERSE:
        return start + 4u * bits * words;
    case COST_EXPONENT:
        return start + 3u * first * square;
    case COST_HALVES:
        return start + bits * square;
    case COST_CURVE:
        return start + 80u * bits * square;
    case COST_CURVES:
        return start + 100u * bits * square;
    }
    return start;
}

const char *pka_operation_run(unsigned mode, uint32_t ram[PKA_RAM_WORDS])
{
    struct pka_job job = {.ram = ram};
    operation_find(mode)->run(&job);
    return job.why;
}

/* ---- operands ------------------------------------------------------------------------------- */

uint32_t pka_word(const struct pka_job *job, uint32_t off)
{
    return job->ram[(off - PKA_RAM) / 4u];
}

void pka_set_word(struct pka_job *job, uint32_t off, uint32_t value)
{
    job->ram[(off - PKA_RAM) / 4u] = value;
}

void pka_require(struct pka_job *job, bool condition, const char *why)
{
    if (!condition && job->why == NULL) {
        job->why = why;
    }
}

uint32_t pka_length(struct pka_job *job, uint32_t off, uint32_t max)
{
    const uint32_t bits = pka_word(job, off);
    const bool fits = bits > 0 && bits <= max;
    pka_require(job, fits, "a length is zero or too large");
    return fits ? bits : 1u;
}

unsigned pka_words(uint32_t bits)
{
    return 2u * ((bits + 63u) / 64u);
}

void pka_load(struct pka_job *job, uint32_t off, uint32_t bits, uint32_t *r, unsigned n)
{
    const uint32_t *from = &job->ram[(off - PKA_RAM) / 4u];
    const unsigned words = (bits + 31u) / 32u;
    memset(r, 0, n * sizeof r[0]);
    memcpy(r, from, words * sizeof r[0]);
    const bool ends = bn_bits(r, words) <= bits && from[words] == 0 && from[words + 1u] == 0;
    pka_require(job, ends, "an operand is longer than its length, or not followed by zeros");
}

void pka_store(struct pka_job *job, uint32_t off, const uint32_t *a, unsigned n)
{
    memcpy(&job->ram[(off - PKA_RAM) / 4u], a, n * sizeof a[0]);
}
