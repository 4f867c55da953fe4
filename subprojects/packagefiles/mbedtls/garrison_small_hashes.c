/*
 * The compression functions of SHA-1, MD5 and RIPEMD-160, as loops. The release's are unrolled: 10 KB
 * for hashes that nobody should need to be fast.
 * Sources: FIPS 180-4, section 6.1.2; RFC 1321, section 3.4; Dobbertin, Bosselaers, Preneel,
 * "RIPEMD-160: A strengthened version of RIPEMD", appendix A.
 */
#include <string.h>

#include "common.h"

#include "mbedtls/md5.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/ripemd160.h"
#include "mbedtls/sha1.h"

static uint32_t rotate(uint32_t word, unsigned by)
{
    return word << by | word >> (32u - by);
}

#if defined(MBEDTLS_SHA1_PROCESS_ALT) && !defined(MBEDTLS_SHA1_ALT)
int mbedtls_internal_sha1_process(mbedtls_sha1_context *ctx, const unsigned char data[64])
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t w[16];
    uint32_t s[5];

    memcpy(s, ctx->state, sizeof s);
    for (unsigned t = 0; t < 80; t++) {
        uint32_t *word = &w[t % 16];
        if (t < 16) {
            *word = MBEDTLS_GET_UINT32_BE(data, 4 * t);
        } else {
            *word = rotate(w[(t + 13) % 16] ^ w[(t + 8) % 16] ^ w[(t + 2) % 16] ^ *word, 1);
        }
        uint32_t f = s[1] ^ s[2] ^ s[3];
        if (t < 20) {
            f = s[3] ^ (s[1] & (s[2] ^ s[3]));
        } else if (t >= 40 && t < 60) {
            f = (s[1] & s[2]) | (s[3] & (s[1] | s[2]));
        }
        const uint32_t next = rotate(s[0], 5) + f + s[4] + constants[t / 20] + *word;
        s[4] = s[3];
        s[3] = s[2];
        s[2] = rotate(s[1], 30);
        s[1] = s[0];
        s[0] = next;
    }
    for (unsigned i = 0; i < 5; i++) {
        ctx->state[i] += s[i];
    }
    mbedtls_platform_zeroize(w, sizeof w);
    mbedtls_platform_zeroize(s, sizeof s);
    return 0;
}
#endif

#if defined(MBEDTLS_MD5_PROCESS_ALT)
int mbedtls_internal_md5_process(mbedtls_md5_context *ctx, const unsigned char data[64])
{
    static const uint32_t constants[64] = {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
        0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
        0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
        0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
        0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
        0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
        0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
        0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
        0xeb86d391,
    };
    static const uint8_t shifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    static const uint8_t steps[4] = {1, 5, 3, 7};
    static const uint8_t starts[4] = {0, 1, 5, 0};
    uint32_t s[4];

    memcpy(s, ctx->state, sizeof s);
    for (unsigned t = 0; t < 64; t++) {
        const unsigned round = t / 16;
        const unsigned at = (starts[round] + steps[round] * t) % 16;
        uint32_t f;
        if (round == 0) {
            f = s[3] ^ (s[1] & (s[2] ^ s[3]));
        } else if (round == 1) {
            f = s[2] ^ (s[3] & (s[1] ^ s[2]));
        } else if (round == 2) {
            f = s[1] ^ s[2] ^ s[3];
        } else {
            f = s[2] ^ (s[1] | ~s[3]);
        }
        f += s[0] + constants[t] + MBEDTLS_GET_UINT32_LE(data, 4 * at);
        s[0] = s[3];
        s[3] = s[2];
        s[2] = s[1];
        s[1] += rotate(f, shifts[round][t % 4]);
    }
    for (unsigned i = 0; i < 4; i++) {
        ctx->state[i] += s[i];
    }
    mbedtls_platform_zeroize(s, sizeof s);
    return 0;
}
#endif

#if defined(MBEDTLS_RIPEMD160_PROCESS_ALT)
static uint32_t ripemd160_mix(unsigned round, const uint32_t s[5])
{
    switch (round) {
    case 0:
        return s[1] ^ s[2] ^ s[3];
    case 1:
        return s[3] ^ (s[1] & (s[2] ^ s[3]));
    case 2:
        return (s[1] | ~s[2]) ^ s[3];
    case 3:
        return s[2] ^ (s[3] & (s[1] ^ s[2]));
    default:
        return s[1] ^ (s[2] | ~s[3]);
    }
}

int mbedtls_internal_ripemd160_process(mbedtls_ripemd160_context *ctx, const unsigned char data[64])
{
    /* Of each step and line: the word in the high half, the rotation in the low. */
    static const uint8_t order[2][80] = {
        {
            0x0b, 0x1e, 0x2f, 0x3c, 0x45, 0x58, 0x67, 0x79, 0x8b, 0x9d, 0xae, 0xbf, 0xc6, 0xd7,
            0xe9, 0xf8, 0x77, 0x46, 0xd8, 0x1d, 0xab, 0x69, 0xf7, 0x3f, 0xc7, 0x0c, 0x9f, 0x59,
            0x2b, 0xe7, 0xbd, 0x8c, 0x3b, 0xad, 0xe6, 0x47, 0x9e, 0xf9, 0x8d, 0x1f, 0x2e, 0x78,
            0x0d, 0x66, 0xd5, 0xbc, 0x57, 0xc5, 0x1b, 0x9c, 0xbe, 0xaf, 0x0e, 0x8f, 0xc9, 0x48,
            0xd9, 0x3e, 0x75, 0xf6, 0xe8, 0x56, 0x65, 0x2c, 0x49, 0x0f, 0x55, 0x9b, 0x76, 0xc8,
            0x2d, 0xac, 0xe5, 0x1c, 0x3d, 0x8e, 0xbb, 0x68, 0xf5, 0xd6,
        },
        {
            0x58, 0xe9, 0x79, 0x0b, 0x9d, 0x2f, 0xbf, 0x45, 0xd7, 0x67, 0xf8, 0x8b, 0x1e, 0xae,
            0x3c, 0xc6, 0x69, 0xbd, 0x3f, 0x77, 0x0c, 0xd8, 0x59, 0xab, 0xe7, 0xf7, 0x8c, 0xc7,
            0x46, 0x9f, 0x1d, 0x2b, 0xf9, 0x57, 0x1f, 0x3b, 0x78, 0xe6, 0x66, 0x9e, 0xbc, 0x8d,
            0xc5, 0x2e, 0xad, 0x0d, 0x47, 0xd5, 0x8f, 0x65, 0x48, 0x1b, 0x3e, 0xbe, 0xf6, 0x0e,
            0x56, 0xc9, 0x2c, 0xd9, 0x9c, 0x75, 0xaf, 0xe8, 0xc8, 0xf5, 0xac, 0x49, 0x1c, 0x55,
            0x8e, 0x76, 0x68, 0x2d, 0xd6, 0xe5, 0x0f, 0x3d, 0x9b, 0xbb,
        },
    };
    static const uint32_t constants[2][5] = {
        {0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
        {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000},
    };
    uint32_t s[2][5];

    for (unsigned line = 0; line < 2; line++) {
        uint32_t *const v = s[line];
        memcpy(v, ctx->state, sizeof s[line]);
        for (unsigned t = 0; t < 80; t++) {
            const unsigned round = t / 16;
            const uint8_t step = order[line][t];
            const uint32_t sum = v[0] + ripemd160_mix(line == 0 ? round : 4 - round, v) +
                                 MBEDTLS_GET_UINT32_LE(data, 4 * (step >> 4)) +
                                 constants[line][round];
            const uint32_t next = rotate(sum, step & 15) + v[4];
            v[0] = v[4];
            v[4] = v[3];
            v[3] = rotate(v[2], 10);
            v[2] = v[1];
            v[1] = next;
        }
    }
    const uint32_t first = ctx->state[1] + s[0][2] + s[1][3];
    ctx->state[1] = ctx->state[2] + s[0][3] + s[1][4];
    ctx->state[2] = ctx->state[3] + s[0][4] + s[1][0];
    ctx->state[3] = ctx->state[4] + s[0][0] + s[1][1];
    ctx->state[4] = ctx->state[0] + s[0][1] + s[1][2];
    ctx->state[0] = first;
    mbedtls_platform_zeroize(s, sizeof s);
    return 0;
}
#endif
