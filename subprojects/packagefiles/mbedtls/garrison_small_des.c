/*
 * DES by its description, for few bytes of code: the release's is unrolled and has 2 KB of tables.
 * Source: FIPS 46-3. Bits are counted from 1 at the most significant one, as there.
 */
#include <stdbool.h>

#include "common.h"

#include "mbedtls/des.h"
#include "mbedtls/platform_util.h"

#if defined(MBEDTLS_DES_C) && defined(MBEDTLS_DES_SETKEY_ALT)
/* Permuted choices 1 and 2 of the key schedule. */
static const uint8_t choice_1[56] = {
    57, 49, 41, 33, 25, 17, 9,  1,  58, 50, 42, 34, 26, 18, 10, 2,  59, 51, 43,
    35, 27, 19, 11, 3,  60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7,  62, 54,
    46, 38, 30, 22, 14, 6,  61, 53, 45, 37, 29, 21, 13, 5,  28, 20, 12, 4,
};
static const uint8_t choice_2[48] = {
    14, 17, 11, 24, 1,  5,  3,  28, 15, 6,  21, 10, 23, 19, 12, 4,  26, 8,  16, 7,  27, 20, 13, 2,
    41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
};

/**
 * Exchanges bits of two words: those of `a` whose places, less `by`, are in the mask, and those of `b`
 * that are. Any permutation is a sequence of such steps, each of a few instructions.
 */
struct exchange {
    uint8_t by;
    uint32_t mask;
};

/* The permutation IP, of the left half with the right one; the third and fourth step the other way. */
static const struct exchange initial[5] = {
    {4, 0x0f0f0f0f}, {16, 0x0000ffff}, {2, 0x33333333}, {8, 0x00ff00ff}, {1, 0x55555555},
};
/* The permutation P, of a word with itself: a network of Benes. */
static const struct exchange permutation[9] = {
    {16, 0x0000edfc}, {8, 0x00000090}, {4, 0x00080000}, {2, 0x20000002},  {1, 0x15154011},
    {2, 0x01131113},  {4, 0x070e0705}, {8, 0x008e0038}, {16, 0x000024ab},
};

/* The S-boxes, by their six bits as one number; two values to a byte, the even one high. */
static const uint8_t boxes[8][32] = {
    {
        0xe0, 0x4f, 0xd7, 0x14, 0x2e, 0xf2, 0xbd, 0x81, 0x3a, 0xa6, 0x6c,
        0xcb, 0x59, 0x95, 0x03, 0x78, 0x4f, 0x1c, 0xe8, 0x82, 0xd4, 0x69,
        0x21, 0xb7, 0xf5, 0xcb, 0x93, 0x7e, 0x3a, 0xa0, 0x56, 0x0d,
    },
    {
        0xf3, 0x1d, 0x84, 0xe7, 0x6f, 0xb2, 0x38, 0x4e, 0x9c, 0x70, 0x21,
        0xda, 0xc6, 0x09, 0x5b, 0xa5, 0x0d, 0xe8, 0x7a, 0xb1, 0xa3, 0x4f,
        0xd4, 0x12, 0x5b, 0x86, 0xc7, 0x6c, 0x90, 0x35, 0x2e, 0xf9,
    },
    {
        0xad, 0x07, 0x90, 0xe9, 0x63, 0x34, 0xf6, 0x5a, 0x12, 0xd8, 0xc5,
        0x7e, 0xbc, 0x4b, 0x2f, 0x81, 0xd1, 0x6a, 0x4d, 0x90, 0x86, 0xf9,
        0x38, 0x07, 0xb4, 0x1f, 0x2e, 0xc3, 0x5b, 0xa5, 0xe2, 0x7c,
    },
    {
        0x7d, 0xd8, 0xeb, 0x35, 0x06, 0x6f, 0x90, 0xa3, 0x14, 0x27, 0x82,
        0x5c, 0xb1, 0xca, 0x4e, 0xf9, 0xa3, 0x6f, 0x90, 0x06, 0xca, 0xb1,
        0x7d, 0xd8, 0xf9, 0x14, 0x35, 0xeb, 0x5c, 0x27, 0x82, 0x4e,
    },
    {
        0x2e, 0xcb, 0x42, 0x1c, 0x74, 0xa7, 0xbd, 0x61, 0x85, 0x50, 0x3f,
        0xfa, 0xd3, 0x09, 0xe8, 0x96, 0x4b, 0x28, 0x1c, 0xb7, 0xa1, 0xde,
        0x72, 0x8d, 0xf6, 0x9f, 0xc0, 0x59, 0x6a, 0x34, 0x05, 0xe3,
    },
    {
        0xca, 0x1f, 0xa4, 0xf2, 0x97, 0x2c, 0x69, 0x85, 0x06, 0xd1, 0x3d,
        0x4e, 0xe0, 0x7b, 0x53, 0xb8, 0x94, 0xe3, 0xf2, 0x5c, 0x29, 0x85,
        0xcf, 0x3a, 0x7b, 0x0e, 0x41, 0xa7, 0x16, 0xd0, 0xb8, 0x6d,
    },
    {
        0x4d, 0xb0, 0x2b, 0xe7, 0xf4, 0x09, 0x81, 0xda, 0x3e, 0xc3, 0x95,
        0x7c, 0x52, 0xaf, 0x68, 0x16, 0x16, 0x4b, 0xbd, 0xd8, 0xc1, 0x34,
        0x7a, 0xe7, 0xa9, 0xf5, 0x60, 0x8f, 0x0e, 0x52, 0x93, 0x2c,
    },
    {
        0xd1, 0x2f, 0x8d, 0x48, 0x6a, 0xf3, 0xb7, 0x14, 0xac, 0x95, 0x36,
        0xeb, 0x50, 0x0e, 0xc9, 0x72, 0x72, 0xb1, 0x4e, 0x17, 0x94, 0xca,
        0xe8, 0x2d, 0x0f, 0x6c, 0xa9, 0xd0, 0xf3, 0x35, 0x56, 0x8b,
    },
};

static uint64_t choose(uint64_t in, unsigned bits, const uint8_t *table, unsigned count)
{
    uint64_t chosen = 0;
    for (unsigned i = 0; i < count; i++) {
        chosen = chosen << 1 | (in >> (bits - table[i]) & 1);
    }
    return chosen;
}

/** The 28 bits of half a key, rotated to the left. */
static uint32_t rotate_28(uint32_t half, unsigned by)
{
    return (half << by | half >> (28 - by)) & 0x0FFFFFFF;
}

/* Two words for each round, 24 bits in each. */
void mbedtls_des_setkey(uint32_t SK[32], const unsigned char key[MBEDTLS_DES_KEY_SIZE])
{
    const uint64_t chosen = choose(MBEDTLS_GET_UINT64_BE(key, 0), 64, choice_1, 56);
    uint32_t c = (uint32_t)(chosen >> 28);
    uint32_t d = (uint32_t)chosen & 0x0FFFFFFF;

    for (unsigned round = 0; round < 16; round++) {
        const unsigned by = (0x8103 >> round & 1) != 0 ? 1 : 2; /* 1 in rounds 1, 2, 9 and 16 */
        c = rotate_28(c, by);
        d = rotate_28(d, by);
        const uint64_t subkey = choose((uint64_t)c << 28 | d, 56, choice_2, 48);
        SK[2 * round] = (uint32_t)(subkey >> 24);
        SK[2 * round + 1] = (uint32_t)subkey & 0x00FFFFFF;
    }
}

static uint32_t des_function(uint32_t r, const uint32_t subkey[2])
{
    uint32_t chosen = 0;
    for (unsigned i = 0; i < 8; i++) {
        const unsigned by = (4 * i + 5) % 32;
        const uint32_t six =
            ((r << by | r >> (32 - by)) ^ subkey[i / 4] >> (18 - 6 * (i % 4))) & 63;
        chosen = chosen << 4 | (boxes[i][six / 2] >> (six % 2 != 0 ? 0 : 4) & 15);
    }
    for (unsigned i = 0; i < sizeof permutation / sizeof permutation[0]; i++) {
        const struct exchange *step = &permutation[i];
        const uint32_t differ = (chosen >> step->by ^ chosen) & step->mask;
        chosen ^= differ | differ << step->by;
    }
    return chosen;
}

struct halves {
    uint32_t l;
    uint32_t r;
};

static void exchange(struct halves *block, unsigned step)
{
    const bool is_other_way = step == 2 || step == 3;
    uint32_t *const a = is_other_way ? &block->r : &block->l;
    uint32_t *const b = is_other_way ? &block->l : &block->r;
    const uint32_t differ = (*a >> initial[step].by ^ *b) & initial[step].mask;
    *b ^= differ;
    *a ^= differ << initial[step].by;
}

/* The rounds, and the exchange of the halves behind them. */
static void des_rounds(struct halves *block, const uint32_t sk[32])
{
    for (unsigned round = 0; round < 16; round++) {
        const uint32_t next = block->l ^ des_function(block->r, &sk[2 * round]);
        block->l = block->r;
        block->r = next;
    }
    *block = (struct halves){block->r, block->l};
}

/* One after the other, IP and its inverse between them undo each other. */
static void des_crypt(const uint32_t *sk, unsigned times, const unsigned char input[8],
                      unsigned char output[8])
{
    struct halves block = {MBEDTLS_GET_UINT32_BE(input, 0), MBEDTLS_GET_UINT32_BE(input, 4)};
    for (unsigned step = 0; step < 5; step++) {
        exchange(&block, step);
    }
    for (unsigned i = 0; i < times; i++) {
        des_rounds(&block, &sk[32 * i]);
    }
    for (unsigned step = 5; step-- > 0;) {
        exchange(&block, step);
    }
    MBEDTLS_PUT_UINT32_BE(block.l, output, 0);
    MBEDTLS_PUT_UINT32_BE(block.r, output, 4);
}

int mbedtls_des_crypt_ecb(mbedtls_des_context *ctx, const unsigned char input[8],
                          unsigned char output[8])
{
    des_crypt(ctx->sk, 1, input, output);
    return 0;
}

int mbedtls_des3_crypt_ecb(mbedtls_des3_context *ctx, const unsigned char input[8],
                           unsigned char output[8])
{
    des_crypt(ctx->sk, 3, input, output);
    return 0;
}
#endif
