/*
 * Keys of this device, derived from the root key that SAES holds and nobody can read (DHUK).
 *
 * The root key depends on the device, its product state, the epoch that SBS selects and the level
 * whose option-byte keys are accessible; in product state OPEN all devices have the same.
 */
#include <garrison/port.h>

#include "base/cmac.h"
#include "base/secret.h"
#include "regs.h"

/* A random number, a key and a block each take microseconds. */
#define POLLS_MAX    100000u
#define ATTEMPTS_MAX 3u

#define LABEL_MAX 64u
#define KEY_BYTES 64u

/* Counts regressions of the Secure side, which end the life of what Secure code stores. The vendor's
   driver and register text disagree which value it is. [U] */
#define EPOCH_SECURE 1u

#define CONFIG (SAES_CR_KEY_256 | SAES_CR_KEY_DHUK) /* ECB, encryption, words as they are */

static bool saes_wait(uint32_t addr, uint32_t mask, uint32_t value)
{
    for (uint32_t poll = 0; poll < POLLS_MAX; poll++) {
        if ((reg_read(addr) & mask) == value) {
            return true;
        }
    }
    return false;
}

/** Lets SAES fetch its random number, without which it does nothing. */
static bool saes_start(void)
{
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        reg_write(SAES_CR, SAES_CR_IPRST);
        reg_write(SAES_CR, 0);
        if (saes_wait(SAES_SR, SAES_SR_BUSY, 0) && !(reg_read(SAES_ISR) & SAES_ISR_RNGEIF)) {
            return true;
        }
    }
    return false;
}

/** Loads the root key. */
static bool saes_load_key(void)
{
    reg_write(SAES_CR, CONFIG);
    if (!saes_wait(SAES_SR, SAES_SR_BUSY | SAES_SR_KEYVALID, SAES_SR_KEYVALID)) {
        return false;
    }
    if (reg_read(SAES_ISR) & (SAES_ISR_KEIF | SAES_ISR_RNGEIF)) {
        return false;
    }
    reg_write(SAES_CR, CONFIG | SAES_CR_EN);
    /* Settings that did not hold would encrypt with another key. */
    return reg_read(SAES_CR) == (CONFIG | SAES_CR_EN);
}

/** One block, as a cmac_encrypt_fn. */
static enum garrison_status saes_encrypt(void *cipher, const uint8_t in[CMAC_BYTES],
                                         uint8_t out[CMAC_BYTES])
{
    (void)cipher;
    for (uint32_t i = 0; i < CMAC_BYTES; i += 4u) {
        reg_write(SAES_DINR, (uint32_t)in[i] << 24 | (uint32_t)in[i + 1u] << 16 |
                                 (uint32_t)in[i + 2u] << 8 | in[i + 3u]);
    }
    if (!saes_wait(SAES_ISR, SAES_ISR_CCF, SAES_ISR_CCF)) {
        return GARRISON_ERROR_DEVICE;
    }
    for (uint32_t i = 0; i < CMAC_BYTES; i += 4u) {
        const uint32_t word = reg_read(SAES_DOUTR);
        out[i] = (uint8_t)(word >> 24);
        out[i + 1u] = (uint8_t)(word >> 16);
        out[i + 2u] = (uint8_t)(word >> 8);
        out[i + 3u] = (uint8_t)word;
    }
    const uint32_t isr = reg_read(SAES_ISR);
    reg_write(SAES_ICR, SAES_ISR_CCF);
    return (isr & (SAES_ISR_RWEIF | SAES_ISR_KEIF)) ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

/** The root key leaves SAES, and with it the last block. */
static void saes_end(void)
{
    reg_write(SAES_CR, SAES_CR_IPRST);
    reg_write(SAES_CR, 0);
}

static void clocks_enable(void)
{
    reg_set(RCC_CR, RCC_CR_HSI48ON); /* of the RNG, which SAES draws from */
    (void)saes_wait(RCC_CR, RCC_CR_HSI48RDY, RCC_CR_HSI48RDY);
    reg_set(RCC_AHB2ENR, RCC_AHB2ENR_RNGEN | RCC_AHB2ENR_SAESEN);
    reg_set(RCC_APB3ENR, RCC_APB3ENR_SBSEN);
}

enum garrison_status port_derive_key(const char *label, uint8_t key[KEY_BYTES])
{
    const uint8_t level = (uint8_t)port_hdpl();
    uint32_t len = 0;
    while (len <= LABEL_MAX && label[len] != '\0') {
        len++;
    }
    if (len > LABEL_MAX) {
        secret_wipe(key, KEY_BYTES);
        return GARRISON_ERROR_ARGUMENT;
    }
    clocks_enable();
    reg_write(SBS_EPOCHSELCR, EPOCH_SECURE);
    enum garrison_status status = GARRISON_ERROR_DEVICE;
    struct cmac cmac = {0};
    if (saes_start() && saes_load_key()) {
        status = cmac_init(&cmac, saes_encrypt, NULL);
    }
    if (status == GARRISON_OK) {
        const struct view words = {(const uint8_t *)label, len};
        status = cmac_kdf(&cmac, words, (struct view){&level, sizeof level}, key, KEY_BYTES);
    }
    saes_end();
    secret_wipe(&cmac, sizeof cmac);
    if (status != GARRISON_OK) {
        secret_wipe(key, KEY_BYTES);
    }
    return status;
}
