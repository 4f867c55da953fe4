/*
 * ECDSA and ECDH on P-256 by the PKA, with the functions of p256-m.h, so that whoever calls that
 * library calls the hardware instead. Its results are checked against the ranges that the library
 * promises, and what it fails at is P256_RANDOM_FAILED, which no caller takes for an answer.
 *
 * Of a private operation nothing stays in the PKA's RAM; while one runs the block works on masked
 * values, for which it draws random numbers itself. Operands are read back before they are used: a
 * nonce that has not arrived whole would give the key away.
 */
#include <stdbool.h>
#include <stddef.h>

#include <p256-m.h>

#include <garrison/entropy.h>

#include "base/secret.h"
#include "regs.h"

#define BITS         256u
#define WORDS        8u
#define BYTES        32u
#define ATTEMPTS_MAX 4u
/* A random number takes microseconds, a private operation far less than a second. */
#define OPEN_POLLS_MAX 100000u
#define RUN_POLLS_MAX  400000u
#define RUN_PAUSE      256u /* cycles between two looks */

/* CR.MODE */
#define MODE_MONTGOMERY 0x01u
#define MODE_MULTIPLY   0x20u
#define MODE_SIGN       0x24u
#define MODE_VERIFY     0x26u
#define MODE_CHECK      0x28u

/* Results of an operation, in a word of the RAM. */
#define RESULT_OK       0xD60Du
#define RESULT_NEGATIVE 0xA3B7u

/* Offsets in the block of what several operations have at the same place. */
#define ORDER_BITS 0x400u
#define FIELD_BITS 0x408u
#define A_SIGN     0x410u
#define A          0x418u
#define B          0x520u
#define SCALAR     0x12A0u
#define ORDER      0xF88u
#define RESULT     0x680u

struct number {
    uint32_t word[WORDS]; /**< Least significant first. */
};

static const struct number field = {{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 1, 0xFFFFFFFF}};
static const struct number order = {
    {0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFF}};
static const struct number minus_a = {{3}};
static const struct number b = {{0x27D2604B, 0x3BCE3C3E, 0xCC53B0F6, 0x651D06B0, 0x769886BC,
                                 0xB3EBBD55, 0xAA3A93E7, 0x5AC635D8}};
static const struct number base_x = {{0xD898C296, 0xF4A13945, 0x2DEB33A0, 0x77037D81, 0x63A440F2,
                                      0xF8BCE6E5, 0xE12C4247, 0x6B17D1F2}};
static const struct number base_y = {{0x37BF51F5, 0xCBB64068, 0x6B315ECE, 0x2BCE3357, 0x7C0F9E16,
                                      0x8EE7EB4A, 0xFE1A7F9B, 0x4FE342E2}};

/* ---- numbers -------------------------------------------------------------------------------- */

static void number_read(struct number *number, const uint8_t bytes[BYTES])
{
    for (size_t i = 0; i < WORDS; i++) {
        const uint8_t *at = bytes + BYTES - 4u * (i + 1u);
        number->word[i] =
            (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
}

/** a - b. @return 1 if that is negative, and the difference then 2^256 too large, else 0 */
static uint32_t number_subtract(struct number *difference, const struct number *x,
                                const struct number *y)
{
    uint32_t borrow = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        const uint64_t word = (uint64_t)x->word[i] - y->word[i] - borrow;
        difference->word[i] = (uint32_t)word;
        borrow = (uint32_t)(word >> 63);
    }
    return borrow;
}

/** Whether 0 < number < limit; the time does not depend on the number. */
static bool number_is_between(const struct number *number, const struct number *limit)
{
    struct number difference;
    uint32_t any = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        any |= number->word[i];
    }
    const uint32_t below = number_subtract(&difference, number, limit);
    secret_wipe(&difference, sizeof difference);
    return (below & (any != 0 ? 1u : 0u)) != 0;
}

/** The leftmost bits of a hash, modulo the order. */
static void number_read_hash(struct number *number, const uint8_t *hash, size_t len)
{
    uint8_t bytes[BYTES] = {0};
    struct number reduced;
    for (size_t i = 0; i < len && i < BYTES; i++) {
        bytes[len < BYTES ? BYTES - len + i : i] = hash[i];
    }
    number_read(number, bytes);
    if (number_subtract(&reduced, number, &order) == 0) {
        *number = reduced;
    }
}

/* ---- the block ------------------------------------------------------------------------------ */

/** Whether it has its random number, without which it does nothing. */
static bool pka_open(void)
{
    reg_write(PKA_CR, 0); /* ends what a call has begun that was cut off */
    for (uint32_t poll = 0; poll < OPEN_POLLS_MAX; poll++) {
        /* Not taken while the block still erases its RAM after a reset. */
        reg_write(PKA_CR, PKA_CR_EN);
        if (reg_read(PKA_SR) & PKA_SR_INITOK) {
            return true;
        }
    }
    return false;
}

/** Ends whatever runs. */
static void pka_close(void)
{
    reg_write(PKA_CR, 0);
}

/** The same after a private operation: intermediate values may be anywhere. */
static void pka_close_secret(void)
{
    reg_write(PKA_CR, 0);
    for (uint32_t addr = PKA_RAM; addr < PKA_RAM_END; addr += 4u) {
        reg_write(addr, 0);
    }
}

/** A word, and the zeros that end it. @return not 0: it has not arrived */
static uint32_t put_word(uint32_t off, uint32_t word)
{
    reg_write(PKA_BASE + off, word);
    reg_write(PKA_BASE + off + 4u, 0);
    return (reg_read(PKA_BASE + off) ^ word) | reg_read(PKA_BASE + off + 4u);
}

static uint32_t put(uint32_t off, const struct number *number)
{
    uint32_t differ = put_word(off + 4u * WORDS, 0);
    for (uint32_t i = 0; i < WORDS; i++) {
        reg_write(PKA_BASE + off + 4u * i, number->word[i]);
        differ |= reg_read(PKA_BASE + off + 4u * i) ^ number->word[i];
    }
    return differ;
}

static uint32_t get(uint32_t off)
{
    return reg_read(PKA_BASE + off);
}

static void get_bytes(uint32_t off, uint8_t bytes[BYTES])
{
    for (uint32_t i = 0; i < BYTES; i++) {
        bytes[BYTES - 1u - i] = (uint8_t)(get(off + (i & ~3u)) >> (8u * (i & 3u)));
    }
}

/** @return whether the operation has come to its end */
static bool pka_run(uint32_t mode)
{
    reg_write(PKA_CLRFR, PKA_SR_PROCENDF | PKA_SR_ERRORS);
    reg_write(PKA_CR, PKA_CR_EN | PKA_CR_MODE(mode));
    reg_write(PKA_CR, PKA_CR_EN | PKA_CR_MODE(mode) | PKA_CR_START);
    for (uint32_t poll = 0; poll < RUN_POLLS_MAX; poll++) {
        const uint32_t sr = reg_read(PKA_SR);
        if (sr & (PKA_SR_PROCENDF | PKA_SR_ERRORS)) {
            return (sr & PKA_SR_ERRORS) == 0;
        }
        reg_pause(RUN_PAUSE);
    }
    return false;
}

/* ---- operations ----------------------------------------------------------------------------- */

/** What scalar multiplication and signature have in common. */
static uint32_t put_curve(const struct number *x, const struct number *y, const struct number *k)
{
    return put_word(ORDER_BITS, BITS) | put_word(FIELD_BITS, BITS) | put_word(A_SIGN, 1) |
           put(A, &minus_a) | put(B, &b) | put(0x1088, &field) | put(ORDER, &order) |
           put(0x578, x) | put(0x470, y) | put(SCALAR, k) | put_word(RESULT, 0);
}

/** k (x, y), without its y if that is NULL. @return P256_SUCCESS or P256_RANDOM_FAILED */
static int multiply(const struct number *k, const struct number *x, const struct number *y,
                    uint8_t out_x[BYTES], uint8_t *out_y)
{
    int result = P256_RANDOM_FAILED;
    if (pka_open() && put_curve(x, y, k) == 0 && pka_run(MODE_MULTIPLY) &&
        get(RESULT) == RESULT_OK) {
        get_bytes(0x578, out_x);
        if (out_y != NULL) {
            get_bytes(0x5D0, out_y);
        }
        result = P256_SUCCESS;
    }
    pka_close_secret();
    return result;
}

/** R^2 mod p, which the check of a point wants beside the curve. */
static bool montgomery(struct number *parameter)
{
    if ((put_word(FIELD_BITS, BITS) | put(0x1088, &field)) != 0 || !pka_run(MODE_MONTGOMERY)) {
        return false;
    }
    for (uint32_t i = 0; i < WORDS; i++) {
        parameter->word[i] = get(0x620u + 4u * i);
    }
    return true;
}

static int check_point(const struct number *x, const struct number *y)
{
    struct number parameter;
    struct number difference;
    if (number_subtract(&difference, x, &field) == 0 ||
        number_subtract(&difference, y, &field) == 0) {
        return P256_INVALID_PUBKEY;
    }
    int result = P256_RANDOM_FAILED;
    if (pka_open() && montgomery(&parameter) &&
        (put_word(FIELD_BITS, BITS) | put_word(A_SIGN, 1) | put(A, &minus_a) | put(B, &b) |
         put(0x470, &field) | put(0x4C8, &parameter) | put(0x578, x) | put(0x5D0, y) |
         put_word(RESULT, 0)) == 0 &&
        pka_run(MODE_CHECK)) {
        const uint32_t answer = get(RESULT);
        result = answer == RESULT_OK ? P256_SUCCESS : result;
        result = answer == RESULT_NEGATIVE ? P256_INVALID_PUBKEY : result;
    }
    pka_close();
    return result;
}

static int point_read(struct number *x, struct number *y, const uint8_t pub[2u * BYTES])
{
    number_read(x, pub);
    number_read(y, pub + BYTES);
    return check_point(x, y);
}

static int scalar_read(struct number *scalar, const uint8_t priv[BYTES])
{
    number_read(scalar, priv);
    return number_is_between(scalar, &order) ? P256_SUCCESS : P256_INVALID_PRIVKEY;
}

static int scalar_generate(struct number *scalar, uint8_t bytes[BYTES])
{
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (port_entropy(bytes, BYTES) != GARRISON_OK) {
            return P256_RANDOM_FAILED;
        }
        if (scalar_read(scalar, bytes) == P256_SUCCESS) {
            return P256_SUCCESS;
        }
    }
    return P256_RANDOM_FAILED;
}

/* ---- p256-m.h ------------------------------------------------------------------------------- */

/* Here `pub` may be NULL: the private key alone. */
int p256_gen_keypair(uint8_t priv[BYTES], uint8_t pub[2u * BYTES])
{
    struct number scalar;
    int result = scalar_generate(&scalar, priv);
    if (result == P256_SUCCESS && pub != NULL) {
        result = multiply(&scalar, &base_x, &base_y, pub, pub + BYTES);
    }
    secret_wipe(&scalar, sizeof scalar);
    return result;
}

int p256_ecdh_shared_secret(uint8_t secret[BYTES], const uint8_t priv[BYTES],
                            const uint8_t pub[2u * BYTES])
{
    struct number scalar;
    struct number x;
    struct number y;
    int result = scalar_read(&scalar, priv);
    if (result == P256_SUCCESS) {
        result = point_read(&x, &y, pub);
    }
    if (result == P256_SUCCESS) {
        result = multiply(&scalar, &x, &y, secret, NULL);
    }
    secret_wipe(&scalar, sizeof scalar);
    return result;
}

int p256_ecdsa_sign(uint8_t sig[2u * BYTES], const uint8_t priv[BYTES], const uint8_t *hash,
                    size_t hlen)
{
    struct number key;
    struct number nonce;
    struct number digest;
    uint8_t bytes[BYTES];
    int result = scalar_read(&key, priv);
    if (result == P256_SUCCESS) {
        result = scalar_generate(&nonce, bytes);
    }
    if (result == P256_SUCCESS) {
        number_read_hash(&digest, hash, hlen);
        result = P256_RANDOM_FAILED;
        if (pka_open() &&
            (put_curve(&base_x, &base_y, &nonce) | put(0xFE8, &digest) | put(0xF28, &key) |
             put_word(0xFE0, 0)) == 0 &&
            pka_run(MODE_SIGN) && get(0xFE0) == RESULT_OK) {
            get_bytes(0x730, sig);
            get_bytes(0x788, sig + BYTES);
            result = P256_SUCCESS;
        }
        pka_close_secret();
    }
    secret_wipe(&key, sizeof key);
    secret_wipe(&nonce, sizeof nonce);
    secret_wipe(bytes, sizeof bytes);
    return result;
}

/** The signature's numbers are in range, and the key is a point of the curve. */
static int verify(const struct number *r, const struct number *s, const struct number *x,
                  const struct number *y, const struct number *digest)
{
    int result = P256_RANDOM_FAILED;
    if (pka_open() &&
        (put_word(0x408, BITS) | put_word(0x4C8, BITS) | put_word(0x468, 1) | put(0x470, &minus_a) |
         put(0x4D0, &field) | put(0x678, &base_x) | put(0x6D0, &base_y) | put(0x12F8, x) |
         put(0x1350, y) | put(0x10E0, r) | put(0xC68, s) | put(0x13A8, digest) |
         put(0x1088, &order) | put_word(0x5D0, 0)) == 0 &&
        pka_run(MODE_VERIFY)) {
        const uint32_t answer = get(0x5D0);
        result = answer == RESULT_OK ? P256_SUCCESS : result;
        result = answer == RESULT_NEGATIVE ? P256_INVALID_SIGNATURE : result;
    }
    pka_close();
    return result;
}

int p256_ecdsa_verify(const uint8_t sig[2u * BYTES], const uint8_t pub[2u * BYTES],
                      const uint8_t *hash, size_t hlen)
{
    struct number r;
    struct number s;
    struct number x;
    struct number y;
    struct number digest;
    number_read(&r, sig);
    number_read(&s, sig + BYTES);
    if (!number_is_between(&r, &order) || !number_is_between(&s, &order)) {
        return P256_INVALID_SIGNATURE;
    }
    const int result = point_read(&x, &y, pub);
    if (result != P256_SUCCESS) {
        return result;
    }
    number_read_hash(&digest, hash, hlen);
    return verify(&r, &s, &x, &y, &digest);
}

int p256_validate_pubkey(const uint8_t pub[2u * BYTES])
{
    struct number x;
    struct number y;
    return point_read(&x, &y, pub);
}

int p256_validate_privkey(const uint8_t priv[BYTES])
{
    struct number scalar;
    const int result = scalar_read(&scalar, priv);
    secret_wipe(&scalar, sizeof scalar);
    return result;
}

int p256_public_from_private(uint8_t pub[2u * BYTES], const uint8_t priv[BYTES])
{
    struct number scalar;
    int result = scalar_read(&scalar, priv);
    if (result == P256_SUCCESS) {
        result = multiply(&scalar, &base_x, &base_y, pub, pub + BYTES);
    }
    secret_wipe(&scalar, sizeof scalar);
    return result;
}
