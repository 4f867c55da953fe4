/*
 * One operation of the PKA under way: operands out of the RAM, results into it, and an error that
 * sticks, so that an operation checks it once before it computes.
 *
 *   pka_operation.c  the table of operations
 *   pka_integer.c    arithmetic, modular arithmetic, RSA
 *   pka_ecc.c        elliptic curves and ECDSA
 */
#pragma once

#include "bignum.h"
#include "pka_operation.h"

#define PKA_RSA_BITS 4160u
#define PKA_ECC_BITS 640u

/* Where most operations have their lengths. */
#define PKA_FIRST_BITS  0x400u
#define PKA_SECOND_BITS 0x408u

struct pka_job {
    uint32_t *ram;
    const char *why; /**< NULL, or what was wrong first. */
};

/** Words of the RAM, by their offset in the device. */
uint32_t pka_word(const struct pka_job *job, uint32_t off);
void pka_set_word(struct pka_job *job, uint32_t off, uint32_t value);

/** A length in bits, 1 to `max`; 1 after an error. */
uint32_t pka_length(struct pka_job *job, uint32_t off, uint32_t max);
/** Words of a number of so many bits: whole 64-bit words. */
unsigned pka_words(uint32_t bits);
/** Reads an operand of `bits` into `n` words, at least pka_words(bits). */
void pka_load(struct pka_job *job, uint32_t off, uint32_t bits, uint32_t *r, unsigned n);
void pka_store(struct pka_job *job, uint32_t off, const uint32_t *a, unsigned n);
/** Notes an error unless there is one. */
void pka_require(struct pka_job *job, bool condition, const char *why);

void pka_montgomery_parameter(struct pka_job *job);
void pka_power(struct pka_job *job);
void pka_power_protected(struct pka_job *job);
void pka_rsa_crt(struct pka_job *job);
void pka_inverse(struct pka_job *job);
void pka_reduce(struct pka_job *job);
void pka_add(struct pka_job *job);
void pka_subtract(struct pka_job *job);
void pka_multiply(struct pka_job *job);
void pka_compare(struct pka_job *job);
void pka_mod_add(struct pka_job *job);
void pka_mod_subtract(struct pka_job *job);
void pka_montgomery_multiply(struct pka_job *job);

void pka_ecc_multiply(struct pka_job *job);
void pka_ecc_check(struct pka_job *job);
void pka_ecc_add(struct pka_job *job);
void pka_ecc_ladder(struct pka_job *job);
void pka_ecc_affine(struct pka_job *job);
void pka_ecdsa_sign(struct pka_job *job);
void pka_ecdsa_verify(struct pka_job *job);
