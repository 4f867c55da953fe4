#include "chain_verify.h"

#include <string.h>

#include "hash_block.h"
#include "pka_operation.h"

#define ALGO_SHA256    3u
#define MODE_VERIFY    0x26u
#define VERIFY_VERDICT 0x5D0u
#define NUMBER_BYTES   32u

/* NIST P-256 (FIPS 186-4, D.1.2.3), most significant byte first. */
static const uint8_t prime[NUMBER_BYTES] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
static const uint8_t order[NUMBER_BYTES] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
static const uint8_t base_x[NUMBER_BYTES] = {
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96};
static const uint8_t base_y[NUMBER_BYTES] = {
    0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16,
    0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};

static uint32_t word_be(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t half_le(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t word_le(const uint8_t *bytes)
{
    return half_le(bytes) | half_le(bytes + 2) << 16;
}

static void sha256(const uint8_t *data, uint32_t len, uint8_t digest[32])
{
    const struct hash_function *function = hash_function(ALGO_SHA256);
    uint32_t state[HASH_STATE_WORDS];
    memcpy(state, function->start, sizeof state);
    for (uint32_t at = 0; at < len + 9u; at += 64u) {
        uint8_t bytes[64] = {0};
        uint32_t block[16];
        const uint32_t left = at < len ? len - at : 0;
        memcpy(bytes, data + at, left < 64u ? left : 64u);
        if (at <= len && left < 64u) {
            bytes[left] = 0x80;
        }
        for (unsigned i = 0; i < 16; i++) {
            block[i] = word_be(bytes + 4u * i);
        }
        if (len + 9u - at <= 64u) {
            block[15] = len * 8u;
        }
        hash_block(function, state, block);
    }
    for (unsigned i = 0; i < 8; i++) {
        const uint32_t word = state[i];
        const uint8_t bytes[4] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16),
                                  (uint8_t)(word >> 8), (uint8_t)word};
        memcpy(digest + 4u * i, bytes, 4);
    }
}

static void set_number(uint32_t *ram, uint32_t off, const uint8_t number[NUMBER_BYTES])
{
    for (unsigned i = 0; i < 8; i++) {
        ram[(off - PKA_RAM) / 4u + i] = word_be(number + 28u - 4u * i);
    }
}

static bool ecdsa_verifies(const uint8_t digest[32], const uint8_t point[64], const uint8_t r[32],
                           const uint8_t s[32])
{
    static uint32_t ram[PKA_RAM_WORDS];
    uint8_t three[NUMBER_BYTES] = {0};
    three[31] = 3;
    memset(ram, 0, sizeof ram);
    ram[(0x408u - PKA_RAM) / 4u] = 256; /* bits of the order */
    ram[(0x4C8u - PKA_RAM) / 4u] = 256; /* bits of the prime */
    ram[(0x468u - PKA_RAM) / 4u] = 1;   /* the coefficient a is negative */
    set_number(ram, 0x470, three);
    set_number(ram, 0x4D0, prime);
    set_number(ram, 0x678, base_x);
    set_number(ram, 0x6D0, base_y);
    set_number(ram, 0x12F8, point);
    set_number(ram, 0x1350, point + NUMBER_BYTES);
    set_number(ram, 0x10E0, r);
    set_number(ram, 0xC68, s);
    set_number(ram, 0x13A8, digest);
    set_number(ram, 0x1088, order);
    return pka_operation_run(MODE_VERIFY, ram) == NULL &&
           ram[(VERIFY_VERDICT - PKA_RAM) / 4u] == PKA_OK;
}

/** An INTEGER of DER at `*at`, which moves behind it. */
static bool take_integer(const uint8_t *der, uint32_t len, uint32_t *at, uint8_t number[32])
{
    if (*at + 2u > len || der[*at] != 0x02 || der[*at + 1u] == 0 ||
        der[*at + 1u] > len - *at - 2u) {
        return false;
    }
    uint32_t count = der[*at + 1u];
    const uint8_t *bytes = der + *at + 2u;
    *at += 2u + count;
    if (count == 33u && bytes[0] == 0) {
        bytes++;
        count--;
    }
    memset(number, 0, 32);
    if (count <= 32u) {
        memcpy(number + 32u - count, bytes, count);
    }
    return count <= 32u;
}

/** The signature TLV of the area at `off`, which ends with the image; NULL: none. */
static const uint8_t *find_signature(const uint8_t *bytes, uint32_t off, uint32_t len,
                                     uint32_t *signature_len)
{
    if (off + 4u > len || half_le(bytes + off) != 0x6907u ||
        half_le(bytes + off + 2u) != len - off) {
        return NULL;
    }
    for (uint32_t at = off + 4u; at + 4u <= len; at += 4u + half_le(bytes + at + 2u)) {
        *signature_len = half_le(bytes + at + 2u);
        if (half_le(bytes + at) == 0x22u && *signature_len <= len - at - 4u) {
            return bytes + at + 4u;
        }
    }
    return NULL;
}

bool chain_verify(const uint8_t *bytes, uint32_t len, const uint8_t point[64])
{
    uint8_t digest[32];
    uint8_t r[32];
    uint8_t s[32];
    uint32_t at = 2;
    uint32_t signature_len = 0;
    if (len < 32u || word_le(bytes) != 0x96F3B83Du) {
        return false;
    }
    /* Header, body and protected TLVs: what is signed. */
    const uint64_t sum =
        (uint64_t)half_le(bytes + 8) + half_le(bytes + 10) + (uint64_t)word_le(bytes + 12);
    if (sum > len) {
        return false;
    }
    const uint8_t *der = find_signature(bytes, (uint32_t)sum, len, &signature_len);
    if (der == NULL || signature_len < 2u || der[0] != 0x30 || der[1] != signature_len - 2u ||
        !take_integer(der, signature_len, &at, r) || !take_integer(der, signature_len, &at, s) ||
        at != signature_len) {
        return false;
    }
    sha256(bytes, (uint32_t)sum, digest);
    return ecdsa_verifies(digest, point, r, s);
}
