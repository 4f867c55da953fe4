#include "hash_block.h"

#include <string.h>

/* The states are set and read directly: the block knows them word by word. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

/* FIPS 180-4, section 5.3. */
static const struct hash_function functions[] = {
    {0x0, 16, 5, 5, {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u}}, /* SHA-1 */
    {0x2,
     16,
     7,
     8,
     {0xc1059ed8u, 0x367cd507u, 0x3070dd17u, 0xf70e5939u, 0xffc00b31u, 0x68581511u, 0x64f98fa7u,
      0xbefa4fa4u}}, /* SHA-224 */
    {0x3,
     16,
     8,
     8,
     {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu,
      0x5be0cd19u}}, /* SHA-256 */
    {0xc,
     32,
     12,
     16,
     {0xcbbb9d5du, 0xc1059ed8u, 0x629a292au, 0x367cd507u, 0x9159015au, 0x3070dd17u, 0x152fecd8u,
      0xf70e5939u, 0x67332667u, 0xffc00b31u, 0x8eb44a87u, 0x68581511u, 0xdb0c2e0du, 0x64f98fa7u,
      0x47b5481du, 0xbefa4fa4u}}, /* SHA-384 */
    {0xd,
     32,
     7,
     16,
     {0x8c3d37c8u, 0x19544da2u, 0x73e19966u, 0x89dcd4d6u, 0x1dfab7aeu, 0x32ff9c82u, 0x679dd514u,
      0x582f9fcfu, 0x0f6d2b69u, 0x7bd44da8u, 0x77e36f73u, 0x04c48942u, 0x3f9d85a8u, 0x6a1d36c8u,
      0x1112e6adu, 0x91d692a1u}}, /* SHA-512/224 */
    {0xe,
     32,
     8,
     16,
     {0x22312194u, 0xfc2bf72cu, 0x9f555fa3u, 0xc84c64c2u, 0x2393b86bu, 0x6f53b151u, 0x96387719u,
      0x5940eabdu, 0x96283ee2u, 0xa88effe3u, 0xbe5e1e25u, 0x53863992u, 0x2b0199fcu, 0x2c85b8aau,
      0x0eb72ddcu, 0x81c52ca2u}}, /* SHA-512/256 */
    {0xf,
     32,
     16,
     16,
     {0x6a09e667u, 0xf3bcc908u, 0xbb67ae85u, 0x84caa73bu, 0x3c6ef372u, 0xfe94f82bu, 0xa54ff53au,
      0x5f1d36f1u, 0x510e527fu, 0xade682d1u, 0x9b05688cu, 0x2b3e6c1fu, 0x1f83d9abu, 0xfb41bd6bu,
      0x5be0cd19u, 0x137e2179u}}, /* SHA-512 */
};

const struct hash_function *hash_function(unsigned code)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (functions[i].code == code) {
            return &functions[i];
        }
    }
    return &functions[0];
}

static uint32_t rotate_left(uint32_t x, unsigned bits)
{
    return (x << bits) | (x >> (32u - bits));
}

/* The function and constant of SHA-1's step t: FIPS 180-4, sections 4.1.1 and 4.2.1. */
static uint32_t sha1_mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20u) {
        return ((b & c) ^ (~b & d)) + 0x5a827999u;
    }
    if (t < 40u) {
        return (b ^ c ^ d) + 0x6ed9eba1u;
    }
    if (t < 60u) {
        return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdcu;
    }
    return (b ^ c ^ d) + 0xca62c1d6u;
}

/* FIPS 180-4, section 6.1.2. The build of Mbed TLS has no SHA-1, which nothing else here wants. */
static void sha1_block(uint32_t state[5], const uint32_t block[16])
{
    uint32_t w[80];
    uint32_t v[5];
    memcpy(w, block, 16u * sizeof w[0]);
    for (unsigned t = 16; t < 80u; t++) {
        w[t] = rotate_left(w[t - 3u] ^ w[t - 8u] ^ w[t - 14u] ^ w[t - 16u], 1);
    }
    memcpy(v, state, sizeof v);
    for (unsigned t = 0; t < 80u; t++) {
        const uint32_t next = rotate_left(v[0], 5) + sha1_mix(t, v[1], v[2], v[3]) + v[4] + w[t];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = rotate_left(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (unsigned i = 0; i < 5u; i++) {
        state[i] += v[i];
    }
}

static void hash_bytes(uint8_t *bytes, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < 4u * count; i++) {
        bytes[i] = (uint8_t)(words[i / 4u] >> (24u - 8u * (i % 4u)));
    }
}

static void sha256_block(uint32_t state[8], const uint32_t block[16])
{
    mbedtls_sha256_context context;
    uint8_t bytes[64];
    hash_bytes(bytes, block, 16);
    mbedtls_sha256_init(&context);
    memcpy(context.state, state, sizeof context.state);
    (void)mbedtls_internal_sha256_process(&context, bytes); /* Cannot fail in software. */
    memcpy(state, context.state, sizeof context.state);
    mbedtls_sha256_free(&context);
}

static void sha512_block(uint32_t state[16], const uint32_t block[32])
{
    mbedtls_sha512_context context;
    uint8_t bytes[128];
    hash_bytes(bytes, block, 32);
    mbedtls_sha512_init(&context);
    for (unsigned i = 0; i < 8u; i++) {
        context.state[i] = (uint64_t)state[2u * i] << 32 | state[2u * i + 1u];
    }
    (void)mbedtls_internal_sha512_process(&context, bytes); /* Cannot fail in software. */
    for (unsigned i = 0; i < 8u; i++) {
        state[2u * i] = (uint32_t)(context.state[i] >> 32);
        state[2u * i + 1u] = (uint32_t)context.state[i];
    }
    mbedtls_sha512_free(&context);
}

void hash_block(const struct hash_function *function, uint32_t state[HASH_STATE_WORDS],
                const uint32_t *block)
{
    if (function->state_words == 5u) {
        sha1_block(state, block);
    } else if (function->state_words == 8u) {
        sha256_block(state, block);
    } else {
        sha512_block(state, block);
    }
}
