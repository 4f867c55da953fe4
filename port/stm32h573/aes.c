/*
 * AES by the AES block, a block at a time, in the place of Mbed TLS's four functions under its
 * modes (MBEDTLS_AES_ENCRYPT_ALT): for the crypto service, whose Mbed TLS calls them by these names.
 *
 * The key is written before each block of the message and erased behind it, so contexts may take
 * turns. AES-192 is not the block's: such keys are expanded and used by the library's code.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/error.h>
#include <mbedtls/platform_util.h>

#include "regs.h"

/* A block of the message takes less than a hundred cycles. */
#define POLLS_MAX 100000u

#define WORD_BYTES  4u
#define BLOCK_WORDS 4u

int hardware_aes_setkey_enc(mbedtls_aes_context *ctx, const unsigned char *key,
                            unsigned int keybits);
int hardware_aes_setkey_dec(mbedtls_aes_context *ctx, const unsigned char *key,
                            unsigned int keybits);
int hardware_internal_aes_encrypt(mbedtls_aes_context *ctx, const unsigned char input[16],
                                  unsigned char output[16]);
int hardware_internal_aes_decrypt(mbedtls_aes_context *ctx, const unsigned char input[16],
                                  unsigned char output[16]);

/** Rounds, by which the context tells the lengths of keys. */
enum { ROUNDS_128 = 10, ROUNDS_256 = 14 };

/** Keeps the key as words, most significant first. @return whether it is of a length of the block's */
static bool key_keep(mbedtls_aes_context *ctx, const unsigned char *key, unsigned int keybits)
{
    if (keybits != 128u && keybits != 256u) {
        return false;
    }
    ctx->MBEDTLS_PRIVATE(nr) = keybits == 128u ? ROUNDS_128 : ROUNDS_256;
    for (size_t i = 0; i < keybits / 32u; i++) {
        const unsigned char *at = key + WORD_BYTES * i;
        ctx->MBEDTLS_PRIVATE(buf)[i] =
            (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    return true;
}

int hardware_aes_setkey_enc(mbedtls_aes_context *ctx, const unsigned char *key,
                            unsigned int keybits)
{
    return key_keep(ctx, key, keybits) ? 0 : mbedtls_aes_setkey_enc(ctx, key, keybits);
}

int hardware_aes_setkey_dec(mbedtls_aes_context *ctx, const unsigned char *key,
                            unsigned int keybits)
{
    return key_keep(ctx, key, keybits) ? 0 : mbedtls_aes_setkey_dec(ctx, key, keybits);
}

static bool in_hardware(const mbedtls_aes_context *ctx)
{
    return ctx->MBEDTLS_PRIVATE(nr) == ROUNDS_128 || ctx->MBEDTLS_PRIVATE(nr) == ROUNDS_256;
}

static bool block_wait(void)
{
    for (uint32_t poll = 0; poll < POLLS_MAX; poll++) {
        if (reg_read(AES_ISR) & AES_ISR_CCF) {
            reg_write(AES_ICR, AES_ISR_CCF);
            return true;
        }
    }
    return false;
}

/** @return whether the block has the key */
static bool block_load(const mbedtls_aes_context *ctx, uint32_t config)
{
    const uint32_t words = ctx->MBEDTLS_PRIVATE(nr) == ROUNDS_128 ? 4u : 8u;
    reg_write(AES_CR, AES_CR_IPRST); /* ends what a call has begun that was cut off */
    reg_write(AES_CR, config);
    for (uint32_t i = 0; i < words; i++) {
        reg_write(AES_KEYR(words - 1u - i), ctx->MBEDTLS_PRIVATE(buf)[i]);
    }
    return (reg_read(AES_SR) & AES_SR_VALID) != 0;
}

/** Neither key nor data stay in the block. */
static void block_clear(void)
{
    reg_write(AES_CR, AES_CR_IPRST);
    reg_write(AES_CR, 0);
}

/** A word at a time, so that no more of a text than that is ever on the stack. */
static bool block_run(const unsigned char input[16], unsigned char output[16], uint32_t config)
{
    uint32_t word;
    reg_write(AES_CR, config | AES_CR_EN);
    for (uint32_t i = 0; i < BLOCK_WORDS; i++) {
        memcpy(&word, input + WORD_BYTES * i, WORD_BYTES);
        reg_write(AES_DINR, word);
    }
    if (!block_wait()) {
        return false;
    }
    for (uint32_t i = 0; i < BLOCK_WORDS; i++) {
        word = reg_read(AES_DOUTR);
        memcpy(output + WORD_BYTES * i, &word, WORD_BYTES);
    }
    return (reg_read(AES_ISR) & AES_ISR_ERRORS) == 0;
}

/** Makes the key into that of the last round, from which decryption starts. */
static bool block_prepare(uint32_t config)
{
    reg_write(AES_CR, config | AES_CR_PREPARE | AES_CR_EN);
    if (!block_wait()) {
        return false;
    }
    reg_write(AES_CR, config | AES_CR_DECRYPT);
    return true;
}

static uint32_t config_of(const mbedtls_aes_context *ctx)
{
    return AES_CR_BYTES | (ctx->MBEDTLS_PRIVATE(nr) == ROUNDS_256 ? AES_CR_KEY_256 : 0);
}

static int answer(bool done, unsigned char output[16])
{
    block_clear();
    if (!done) {
        mbedtls_platform_zeroize(output, 16);
    }
    return done ? 0 : MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
}

int hardware_internal_aes_encrypt(mbedtls_aes_context *ctx, const unsigned char input[16],
                                  unsigned char output[16])
{
    if (!in_hardware(ctx)) {
        return mbedtls_internal_aes_encrypt(ctx, input, output);
    }
    const uint32_t config = config_of(ctx);
    return answer(block_load(ctx, config) && block_run(input, output, config), output);
}

int hardware_internal_aes_decrypt(mbedtls_aes_context *ctx, const unsigned char input[16],
                                  unsigned char output[16])
{
    if (!in_hardware(ctx)) {
        return mbedtls_internal_aes_decrypt(ctx, input, output);
    }
    const uint32_t config = config_of(ctx);
    return answer(block_load(ctx, config) && block_prepare(config) &&
                      block_run(input, output, config | AES_CR_DECRYPT),
                  output);
}
