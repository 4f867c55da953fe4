#include "aes_chain.h"

#include <string.h>

#include <mbedtls/aes.h>

#define GCM_COUNTER_BYTES 4u
#define CCM_FLAGS_L       0x07u /* Size of the length field, minus one (SP 800-38C, A.2.1). */

void aes_cipher(const struct aes_key *key, bool decrypt, const uint8_t in[AES_BLOCK_BYTES],
                uint8_t out[AES_BLOCK_BYTES])
{
    mbedtls_aes_context context;
    mbedtls_aes_init(&context);
    /* Neither can fail for these key lengths. */
    if (decrypt) {
        (void)mbedtls_aes_setkey_dec(&context, key->bytes, 8u * key->len);
    } else {
        (void)mbedtls_aes_setkey_enc(&context, key->bytes, 8u * key->len);
    }
    (void)mbedtls_aes_crypt_ecb(&context, decrypt ? MBEDTLS_AES_DECRYPT : MBEDTLS_AES_ENCRYPT, in,
                                out);
    mbedtls_aes_free(&context);
}

static void block_xor(uint8_t a[AES_BLOCK_BYTES], const uint8_t b[AES_BLOCK_BYTES])
{
    for (unsigned i = 0; i < AES_BLOCK_BYTES; i++) {
        a[i] ^= b[i];
    }
}

/** a = a * b in GF(2^128) as GCM orders the bits (SP 800-38D, 6.3). */
static void ghash_multiply(uint8_t a[AES_BLOCK_BYTES], const uint8_t b[AES_BLOCK_BYTES])
{
    uint8_t product[AES_BLOCK_BYTES] = {0};
    uint8_t v[AES_BLOCK_BYTES];
    memcpy(v, b, sizeof v);
    for (unsigned bit = 0; bit < 8u * AES_BLOCK_BYTES; bit++) {
        if (a[bit / 8u] & (0x80u >> bit % 8u)) {
            block_xor(product, v);
        }
        const bool carry = (v[AES_BLOCK_BYTES - 1u] & 1u) != 0;
        for (unsigned i = AES_BLOCK_BYTES - 1u; i > 0; i--) {
            v[i] = (uint8_t)(v[i] >> 1 | v[i - 1u] << 7);
        }
        v[0] = (uint8_t)(v[0] >> 1 ^ (carry ? 0xe1u : 0));
    }
    memcpy(a, product, sizeof product);
}

static void ghash(struct aes_chain *chain, const uint8_t block[AES_BLOCK_BYTES])
{
    block_xor(chain->mac, block);
    ghash_multiply(chain->mac, chain->hash_key);
}

static void cbc_mac(struct aes_chain *chain, const struct aes_key *key,
                    const uint8_t block[AES_BLOCK_BYTES])
{
    block_xor(chain->mac, block);
    aes_cipher(key, false, chain->mac, chain->mac);
}

/** Counts up the last 32 bits, which is all the hardware counts. */
static void count_up(uint8_t counter[AES_BLOCK_BYTES])
{
    for (unsigned i = AES_BLOCK_BYTES; i > AES_BLOCK_BYTES - GCM_COUNTER_BYTES; i--) {
        if (++counter[i - 1u] != 0) {
            return;
        }
    }
}

static void counter_mode(struct aes_chain *chain, const struct aes_key *key,
                         const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    uint8_t stream[AES_BLOCK_BYTES];
    aes_cipher(key, false, chain->iv, stream);
    block_xor(stream, in);
    memcpy(out, stream, sizeof stream);
    count_up(chain->iv);
}

static void cbc(struct aes_chain *chain, const struct aes_key *key, bool decrypt,
                const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    uint8_t block[AES_BLOCK_BYTES];
    memcpy(block, in, sizeof block);
    if (decrypt) {
        aes_cipher(key, true, in, out);
        block_xor(out, chain->iv);
        memcpy(chain->iv, block, sizeof block);
        return;
    }
    block_xor(block, chain->iv);
    aes_cipher(key, false, block, out);
    memcpy(chain->iv, out, sizeof block);
}

static void zero_padding(uint8_t block[AES_BLOCK_BYTES], unsigned padding)
{
    for (unsigned i = AES_BLOCK_BYTES - padding; i < AES_BLOCK_BYTES; i++) {
        block[i] = 0;
    }
}

/* ---- GCM (SP 800-38D) ----------------------------------------------------------------------- */

/** The counter block of the tag: the same nonce, counter 1 (7.1, a nonce of 96 bits). */
static void gcm_final(struct aes_chain *chain, const struct aes_key *key,
                      const uint8_t lengths[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    uint8_t first[AES_BLOCK_BYTES];
    memcpy(first, chain->iv, sizeof first);
    memset(first + sizeof first - GCM_COUNTER_BYTES, 0, GCM_COUNTER_BYTES);
    first[AES_BLOCK_BYTES - 1u] = 1;
    ghash(chain, lengths);
    aes_cipher(key, false, first, out);
    block_xor(out, chain->mac);
}

static void gcm_payload(struct aes_chain *chain, const struct aes_key *key,
                        const struct aes_step *step, const uint8_t in[AES_BLOCK_BYTES],
                        uint8_t out[AES_BLOCK_BYTES])
{
    uint8_t ciphertext[AES_BLOCK_BYTES];
    memcpy(ciphertext, in, sizeof ciphertext);
    counter_mode(chain, key, in, out);
    if (!step->decrypt) {
        memcpy(ciphertext, out, sizeof ciphertext);
        zero_padding(ciphertext, step->padding);
    }
    ghash(chain, ciphertext);
}

static void gcm(struct aes_chain *chain, const struct aes_key *key, const struct aes_step *step,
                const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    switch (step->phase) {
    case AES_PHASE_INIT:
        memset(chain->hash_key, 0, sizeof chain->hash_key);
        memset(chain->mac, 0, sizeof chain->mac);
        aes_cipher(key, false, chain->hash_key, chain->hash_key);
        return;
    case AES_PHASE_HEADER:
        ghash(chain, in);
        return;
    case AES_PHASE_PAYLOAD:
        gcm_payload(chain, key, step, in, out);
        return;
    case AES_PHASE_FINAL:
        gcm_final(chain, key, in, out);
        return;
    }
}

/* ---- CCM (SP 800-38C) ----------------------------------------------------------------------- */

/** Makes the vector, which is B0 or a counter block, counter block `counter` of the same nonce. */
static void ccm_counter_block(uint8_t iv[AES_BLOCK_BYTES], uint8_t counter)
{
    const unsigned size = (iv[0] & CCM_FLAGS_L) + 1u;
    iv[0] &= CCM_FLAGS_L;
    memset(iv + AES_BLOCK_BYTES - size, 0, size);
    iv[AES_BLOCK_BYTES - 1u] = counter;
}

static void ccm_payload(struct aes_chain *chain, const struct aes_key *key,
                        const struct aes_step *step, const uint8_t in[AES_BLOCK_BYTES],
                        uint8_t out[AES_BLOCK_BYTES])
{
    uint8_t plaintext[AES_BLOCK_BYTES];
    memcpy(plaintext, in, sizeof plaintext);
    counter_mode(chain, key, in, out);
    if (step->decrypt) {
        memcpy(plaintext, out, sizeof plaintext);
        zero_padding(plaintext, step->padding);
    }
    cbc_mac(chain, key, plaintext);
}

static void ccm(struct aes_chain *chain, const struct aes_key *key, const struct aes_step *step,
                const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    uint8_t first[AES_BLOCK_BYTES];
    switch (step->phase) {
    case AES_PHASE_INIT:
        aes_cipher(key, false, chain->iv, chain->mac);
        ccm_counter_block(chain->iv, 1);
        return;
    case AES_PHASE_HEADER:
        cbc_mac(chain, key, in);
        return;
    case AES_PHASE_PAYLOAD:
        ccm_payload(chain, key, step, in, out);
        return;
    case AES_PHASE_FINAL:
        memcpy(first, chain->iv, sizeof first);
        ccm_counter_block(first, 0);
        aes_cipher(key, false, first, out);
        block_xor(out, chain->mac);
        return;
    }
}

void aes_chain_work(struct aes_chain *chain, const struct aes_key *key, const struct aes_step *step,
                    const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    switch (step->mode) {
    case AES_ECB:
        aes_cipher(key, step->decrypt, in, out);
        return;
    case AES_CBC:
        cbc(chain, key, step->decrypt, in, out);
        return;
    case AES_CTR:
        counter_mode(chain, key, in, out);
        return;
    case AES_GCM:
        gcm(chain, key, step, in, out);
        return;
    case AES_CCM:
        ccm(chain, key, step, in, out);
        return;
    }
}
