/*
 * Natural numbers of up to 4160 bits, as the PKA has them in its RAM: words of 32 bits, least
 * significant first.
 *
 * The caller gives the words; nothing is allocated. (Mbed TLS's own numbers live in its arena,
 * which belongs to the crypto service when the core runs natively beside the simulator.) Nothing
 * here runs in constant time: the secrets are those of a simulated chip.
 *
 * Results may be operands of the same call unless said otherwise. `n` counts words.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BN_WORDS_MAX 132u /**< 4160 bits and a spare double word. */

bool bn_is_zero(const uint32_t *a, unsigned n);
/** Position of the highest bit that is set, plus one. */
unsigned bn_bits(const uint32_t *a, unsigned n);
bool bn_bit(const uint32_t *a, unsigned bit);
/** Less than, equal to or greater than zero, as a is to b. */
int bn_compare(const uint32_t *a, const uint32_t *b, unsigned n);
/** @return carry */
uint32_t bn_add(uint32_t *r, const uint32_t *a, const uint32_t *b, unsigned n);
/** @return borrow */
uint32_t bn_sub(uint32_t *r, const uint32_t *a, const uint32_t *b, unsigned n);
/** r, of 2 n words and none of the operands, is a b. */
void bn_multiply(uint32_t *r, const uint32_t *a, const uint32_t *b, unsigned n);
/** r, of n words, is a mod m; a has `an` words and any value; m is not zero. */
void bn_reduce(uint32_t *r, const uint32_t *a, unsigned an, const uint32_t *m, unsigned n);

/* Modulo m; a and b are less than m. */
void bn_mod_add(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *m, unsigned n);
void bn_mod_sub(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *m, unsigned n);
/** r is the inverse of a modulo m, which is odd. @return false, and r is 0, when there is none */
bool bn_mod_inverse(uint32_t *r, const uint32_t *a, const uint32_t *m, unsigned n);

/** An odd modulus, made ready for Montgomery's multiplication with R = 2^(32 n). */
struct bn_field {
    uint32_t m[BN_WORDS_MAX];
    uint32_t r1[BN_WORDS_MAX]; /**< R mod m: one. */
    uint32_t r2[BN_WORDS_MAX]; /**< R^2 mod m. */
    uint32_t inverse;          /**< -1/m mod 2^32. */
    unsigned n;
};

void bn_field_init(struct bn_field *field, const uint32_t *m, unsigned n);
/** r is a b / R mod m; a and b are less than m. */
void bn_field_multiply(uint32_t *r, const uint32_t *a, const uint32_t *b,
                       const struct bn_field *field);
/** To and from Montgomery's form. */
void bn_field_enter(uint32_t *r, const uint32_t *a, const struct bn_field *field);
void bn_field_leave(uint32_t *r, const uint32_t *a, const struct bn_field *field);
/** r is a b mod m, all three in the usual form. */
void bn_mod_multiply(uint32_t *r, const uint32_t *a, const uint32_t *b,
                     const struct bn_field *field);
/** r is a^e mod m in the usual form; e has `en` words. */
void bn_mod_power(uint32_t *r, const uint32_t *a, const uint32_t *e, unsigned en,
                  const struct bn_field *field);
