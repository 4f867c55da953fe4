/*
 * The program that bench_cpu runs: SHA-256 over one block, again and again, with its result stored
 * where the host finds it. Linked to run where it is loaded; no library, no start-up code.
 */
#include <stddef.h>
#include <stdint.h>

#define RESULT ((volatile uint32_t *)0x20051000)

static const uint32_t k[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

/* The compiler fills arrays with these. */
void *memset(void *to, int byte, size_t len);
void *memcpy(void *restrict to, const void *restrict from, size_t len);

void *memset(void *to, int byte, size_t len)
{
    for (volatile uint8_t *p = to; len > 0; len--) {
        *p++ = (uint8_t)byte;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    const uint8_t *in = from;
    for (volatile uint8_t *p = to; len > 0; len--) {
        *p++ = *in++;
    }
    return to;
}

static uint32_t ror(uint32_t x, unsigned n)
{
    return x >> n | x << (32u - n);
}

static void compress(uint32_t state[8], const uint32_t block[16])
{
    uint32_t w[64];
    uint32_t s[8];
    for (unsigned i = 0; i < 16; i++) {
        w[i] = block[i];
    }
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t a = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
        const uint32_t b = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    for (unsigned i = 0; i < 8; i++) {
        s[i] = state[i];
    }
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t e = ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25);
        const uint32_t t1 = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        const uint32_t a = ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22);
        const uint32_t t2 = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + t1;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

__attribute__((section(".start"), used, noreturn)) void start(uint32_t blocks)
{
    uint32_t state[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                         0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
    uint32_t block[16] = {0x61626380};
    for (uint32_t i = 0; i < blocks; i++) {
        compress(state, block);
        block[i & 15u] ^= state[i & 7u];
    }
    for (unsigned i = 0; i < 8; i++) {
        RESULT[i] = state[i];
    }
    for (;;) {
        __asm__ volatile("wfi");
    }
}
