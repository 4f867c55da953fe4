#include "sha1.h"

#include <string.h>

static uint32_t rotate(uint32_t value, unsigned count)
{
    return value << count | value >> (32 - count);
}

/** The function and the constant of a round. */
static uint32_t mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
    switch (round / 20) {
    case 0:
        return ((b & c) | (~b & d)) + 0x5A827999u;
    case 1:
        return (b ^ c ^ d) + 0x6ED9EBA1u;
    case 2:
        return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCu;
    default:
        return (b ^ c ^ d) + 0xCA62C1D6u;
    }
}

static void add_block(uint32_t state[5], const uint8_t block[SHA1_BLOCK_BYTES])
{
    uint32_t schedule[80];
    uint32_t v[5];
    memcpy(v, state, sizeof v);
    for (unsigned i = 0; i < 16; i++) {
        schedule[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                      (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (unsigned i = 16; i < 80; i++) {
        schedule[i] =
            rotate(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
    }
    for (unsigned i = 0; i < 80; i++) {
        const uint32_t next = rotate(v[0], 5) + mix(i, v[1], v[2], v[3]) + v[4] + schedule[i];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = rotate(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (unsigned i = 0; i < 5; i++) {
        state[i] += v[i];
    }
}

void sha1(const uint8_t *data, size_t len, uint8_t digest[SHA1_BYTES])
{
    uint32_t state[5] = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
    uint8_t padded[2 * SHA1_BLOCK_BYTES] = {0};
    const size_t blocks = len + 9 > SHA1_BLOCK_BYTES ? 2 : 1;
    const size_t bits = 8 * len;
    memcpy(padded, data, len);
    padded[len] = 0x80;
    padded[blocks * SHA1_BLOCK_BYTES - 2] = (uint8_t)(bits >> 8);
    padded[blocks * SHA1_BLOCK_BYTES - 1] = (uint8_t)bits;
    for (size_t i = 0; i < blocks; i++) {
        add_block(state, padded + i * SHA1_BLOCK_BYTES);
    }
    for (unsigned i = 0; i < SHA1_BYTES; i++) {
        digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
    memset(padded, 0, sizeof padded);
}
