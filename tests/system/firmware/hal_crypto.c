/* RNG: numbers that differ. HASH: digests that are known. */
#include "hal.h"

#define RCC_AHB2_HASH HAL_BIT(17)
#define RCC_AHB2_RNG  HAL_BIT(18)

/* ---- RNG ------------------------------------------------------------------------------------ */

#define RNG_TIMEOUT_MS 6u

#define RNG_CR_RNGEN   HAL_BIT(2)
#define RNG_CR_CED     HAL_BIT(5)
#define RNG_CR_CONDRST HAL_BIT(30)
#define RNG_CR_CONFIG  0x00F00E00u
#define RNG_NSCR       0x0003AF66u
#define RNG_HTCR       0x00006A91u
#define RNG_SR_DRDY    HAL_BIT(0)
#define RNG_SR_ERRORS  (HAL_BIT(1) | HAL_BIT(2))
#define RNG_SR_CEIS    HAL_BIT(5)
#define RNG_SR_SEIS    HAL_BIT(6)
#define RNG_NUMBERS    16u

static enum hal_status rng_init(void)
{
    hal_clock_enable(&HAL_RCC->ahb2enr, RCC_AHB2_RNG);
    hal_clear(&HAL_RNG->cr, RNG_CR_RNGEN);
    HAL_RNG->cr = RNG_CR_CONFIG | RNG_CR_CONDRST;
    HAL_RNG->nscr = RNG_NSCR;
    HAL_RNG->htcr = RNG_HTCR;
    hal_modify(&HAL_RNG->cr, RNG_CR_CED | RNG_CR_CONDRST, 0);
    if (hal_wait("RNG_CR.CONDRST", &HAL_RNG->cr, RNG_CR_CONDRST, 0, RNG_TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    hal_set(&HAL_RNG->cr, RNG_CR_RNGEN);
    if ((HAL_RNG->sr & RNG_SR_SEIS) != 0) { /* Before any number has been drawn. */
        return HAL_ERROR;
    }
    return hal_wait("RNG_SR.DRDY", &HAL_RNG->sr, RNG_SR_DRDY, RNG_SR_DRDY, RNG_TIMEOUT_MS);
}

static enum hal_status rng_generate(uint32_t *number)
{
    if (hal_wait("RNG_SR.DRDY", &HAL_RNG->sr, RNG_SR_DRDY | RNG_SR_SEIS, RNG_SR_DRDY,
                 RNG_TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    *number = HAL_RNG->dr;
    return *number != 0 ? HAL_OK : HAL_ERROR;
}

bool hal_step_rng(void)
{
    uint32_t numbers[RNG_NUMBERS];
    if (!hal_check("RNG init", rng_init(), HAL_OK)) {
        return false;
    }
    for (unsigned i = 0; i < RNG_NUMBERS; i++) {
        if (!hal_check("RNG_DR", rng_generate(&numbers[i]), HAL_OK)) {
            return false;
        }
        for (unsigned j = 0; j < i; j++) {
            if (!hal_check("RNG_DR twice", numbers[i] == numbers[j], 0)) {
                return false;
            }
        }
    }
    return hal_check("RNG_SR", HAL_RNG->sr & (RNG_SR_ERRORS | RNG_SR_CEIS | RNG_SR_SEIS), 0);
}

/* ---- HASH ----------------------------------------------------------------------------------- */

#define HASH_TIMEOUT_MS 10u

#define HASH_CR_INIT     HAL_BIT(2)
#define HASH_CR_DATATYPE (2u << 4) /* bytes */
#define HASH_CR_SHA256   (3u << 17)
#define HASH_STR_DCAL    HAL_BIT(8)
#define HASH_SR_DINIS    HAL_BIT(0)
#define HASH_SR_DCIS     HAL_BIT(1)
#define HASH_SR_BUSY     HAL_BIT(3)
#define HASH_SR_NBWE(sr) ((sr) >> 16 & 0x1Fu)

static enum hal_status hash_finish(uint32_t valid_bits, uint32_t digest[8])
{
    HAL_HASH->str = valid_bits;
    hal_set(&HAL_HASH->str, HASH_STR_DCAL);
    if (hal_wait("HASH_SR.DCIS", &HAL_HASH->sr, HASH_SR_DCIS | HASH_SR_BUSY, HASH_SR_DCIS,
                 HASH_TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    for (unsigned i = 0; i < 8u; i++) {
        digest[i] = HAL_HASH->hr[i];
    }
    return HAL_OK;
}

static void hash_init(void)
{
    hal_clock_enable(&HAL_RCC->ahb2enr, RCC_AHB2_HASH);
    HAL_HASH->cr = HASH_CR_DATATYPE | HASH_CR_SHA256;
    hal_set(&HAL_HASH->cr, HASH_CR_INIT);
}

/** Feeds zeros, as many words at a time as the block says it expects. */
static enum hal_status hash_feed_zeros(unsigned words)
{
    while (words > 0) {
        unsigned expected = HASH_SR_NBWE(HAL_HASH->sr);
        if (!hal_check("HASH_SR.NBWE", expected == 0, 0)) {
            return HAL_ERROR;
        }
        for (; expected > 0 && words > 0; expected--) {
            HAL_HASH->din = 0;
            words--;
        }
        if (words > 0 && hal_wait("HASH_SR.DINIS", &HAL_HASH->sr, HASH_SR_DINIS, HASH_SR_DINIS,
                                  HASH_TIMEOUT_MS) != HAL_OK) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

/** "abc" (FIPS 180-2, B.1), and three blocks of zeros. */
bool hal_step_hash(void)
{
    static const uint32_t abc[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                    0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    static const uint32_t zeros[8] = {0x5d89f056, 0x865052bc, 0xb89c910d, 0x2d62872e,
                                      0x029fb273, 0xc3db03f8, 0x968a52a4, 0x1593c1b5};
    uint32_t digest[8];
    hash_init();
    HAL_HASH->din = 0x00636261u;
    if (hash_finish(24u, digest) != HAL_OK || !hal_check_words("HASH_HR", digest, abc, 8)) {
        return false;
    }
    hash_init();
    return hash_feed_zeros(48u) == HAL_OK && hash_finish(0, digest) == HAL_OK &&
           hal_check_words("HASH_HR", digest, zeros, 8);
}
