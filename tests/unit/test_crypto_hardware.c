/*
 * The port's drivers on the simulated chip: published answers, the software's answers for random
 * inputs, messages that take turns in one block, and nothing secret left behind.
 */
#include "support/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "hardware.h"
#include "host.h"
#include "reg_access.h"
#include "support/hex.h"

/* Typed from the register texts, not taken from the port. */
#define AES      0x520C0000u
#define HASH     0x520C0400u
#define PKA      0x520C2000u
#define PKA_RAM  0x400u
#define PKA_END  0x18D8u
#define AHB2ENR  0x54020C8Cu
#define RNG_EN   0x00040000u
#define HASH_CSR 0xF8u
#define HASH_HR  0x310u

static uint64_t seed;

static uint32_t next_random(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

static void fill_random(uint8_t *data, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        data[i] = (uint8_t)next_random();
    }
}

/** p256-m's source of numbers, for its own signatures. */
int p256_generate_random(uint8_t *output, unsigned output_size)
{
    fill_random(output, output_size);
    return 0;
}

/* ---- HASH ----------------------------------------------------------------------------------- */

static const uint32_t digest_bytes[] = {
    [HASH_SHA_1] = 20,       [HASH_SHA_224] = 28,     [HASH_SHA_256] = 32, [HASH_SHA_384] = 48,
    [HASH_SHA_512_224] = 28, [HASH_SHA_512_256] = 32, [HASH_SHA_512] = 64,
};

struct hash_vector {
    enum hash_algorithm algorithm;
    uint32_t times;
    const char *message;
    const char *digest;
};

/* FIPS 180-4, as its examples are published. */
#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define TWO_BLOCKS_L                                                                               \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmno" \
    "pqrsmnopqrstnopqrstu"

static const struct hash_vector hash_vectors[] = {
    {HASH_SHA_1, 1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {HASH_SHA_1, 1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {HASH_SHA_1, 1, TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {HASH_SHA_1, 1000000, "a", "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
    {HASH_SHA_224, 1, "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {HASH_SHA_224, 1, TWO_BLOCKS, "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"},
    {HASH_SHA_256, 1, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {HASH_SHA_256, 1, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HASH_SHA_256, 1, TWO_BLOCKS,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {HASH_SHA_256, 1000000, "a",
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {HASH_SHA_384, 1, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c8"
     "25a7"},
    {HASH_SHA_384, 1, TWO_BLOCKS_L,
     "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa9174"
     "6039"},
    {HASH_SHA_512_224, 1, "abc", "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"},
    {HASH_SHA_512_224, 1, TWO_BLOCKS_L, "23fec5bb94d60b23308192640b0c453335d664734fe40e7268674af9"},
    {HASH_SHA_512_256, 1, "abc",
     "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
    {HASH_SHA_512_256, 1, TWO_BLOCKS_L,
     "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a"},
    {HASH_SHA_512, 1, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
     "ebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {HASH_SHA_512, 1, TWO_BLOCKS_L,
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5"
     "433ac7d329eeb6dd26545e96e55b874be909"},
    {HASH_SHA_512, 1000000, "a",
     "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577"
     "c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
};

static void hashes_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hash_vectors); i++) {
        const struct hash_vector *row = &hash_vectors[i];
        static uint8_t text[1000000];
        const size_t len = strlen(row->message);
        for (size_t at = 0; at < row->times; at++) {
            memcpy(text + at * len, row->message, len);
        }
        struct any_hash any;
        uint8_t expected[64];
        uint8_t digest[64];
        hash_start(&any.hash, row->algorithm);
        assert_true(hash_add(&any.hash, any.memory, text, len * row->times));
        assert_true(hash_finish(&any.hash, any.memory, digest));
        assert_int_equal(hex_bytes(row->digest, expected, 64), digest_bytes[row->algorithm]);
        assert_memory_equal(digest, expected, digest_bytes[row->algorithm]);
    }
}

static void hash_in_software(enum hash_algorithm algorithm, const uint8_t *data, uint32_t len,
                             uint8_t *digest)
{
    if (algorithm == HASH_SHA_224 || algorithm == HASH_SHA_256) {
        assert_int_equal(mbedtls_sha256(data, len, digest, algorithm == HASH_SHA_224), 0);
    } else {
        assert_int_equal(mbedtls_sha512(data, len, digest, algorithm == HASH_SHA_384), 0);
    }
}

/** One of several messages that are given to the block in pieces, in any order. */
struct stream {
    enum hash_algorithm algorithm;
    struct any_hash any;
    uint8_t text[1500];
    uint32_t len, given;
};

static void stream_open(struct stream *stream)
{
    static const enum hash_algorithm all[] = {HASH_SHA_224, HASH_SHA_256, HASH_SHA_384,
                                              HASH_SHA_512};
    stream->algorithm = all[next_random() % COUNT_OF(all)];
    stream->len = next_random() % (uint32_t)sizeof stream->text;
    stream->given = 0;
    fill_random(stream->text, stream->len);
    hash_start(&stream->any.hash, stream->algorithm);
}

/** Gives the next piece, or ends the message and compares it. */
static void stream_go_on(struct stream *stream)
{
    const uint32_t left = stream->len - stream->given;
    if (left == 0) {
        uint8_t digest[64];
        uint8_t expected[64];
        assert_true(hash_finish(&stream->any.hash, stream->any.memory, digest));
        hash_in_software(stream->algorithm, stream->text, stream->len, expected);
        assert_memory_equal(digest, expected, digest_bytes[stream->algorithm]);
        stream_open(stream);
        return;
    }
    uint32_t piece = next_random() % (next_random() % 2u ? 300u : 20u);
    piece = piece < left ? piece : left;
    assert_true(
        hash_add(&stream->any.hash, stream->any.memory, stream->text + stream->given, piece));
    stream->given += piece;
}

static void messages_take_turns_in_one_block(void **state)
{
    (void)state;
    static struct stream streams[5];
    for (size_t i = 0; i < COUNT_OF(streams); i++) {
        stream_open(&streams[i]);
    }
    for (unsigned turn = 0; turn < 4000u; turn++) {
        stream_go_on(&streams[next_random() % COUNT_OF(streams)]);
    }
}

/** Every length around the ends of blocks, in one piece and byte by byte, and a copy half-way. */
static void every_length_and_a_copy_half_way(void **state)
{
    (void)state;
    uint8_t text[280];
    fill_random(text, sizeof text);
    for (uint32_t len = 0; len <= sizeof text; len++) {
        const enum hash_algorithm algorithm = len % 2u ? HASH_SHA_256 : HASH_SHA_512;
        struct any_hash any;
        uint8_t expected[64];
        uint8_t digest[64];
        hash_in_software(algorithm, text, len, expected);
        hash_start(&any.hash, algorithm);
        for (uint32_t i = 0; i < len; i++) {
            assert_true(hash_add(&any.hash, any.memory, text + i, 1));
            if (i == len / 2u) {
                struct any_hash copy = any;
                assert_true(hash_add(&copy.hash, copy.memory, text + i + 1u, len - i - 1u));
                assert_true(hash_finish(&copy.hash, copy.memory, digest));
                assert_memory_equal(digest, expected, digest_bytes[algorithm]);
            }
        }
        assert_true(hash_finish(&any.hash, any.memory, digest));
        assert_memory_equal(digest, expected, digest_bytes[algorithm]);
    }
}

static void nothing_of_a_message_stays_in_the_block(void **state)
{
    (void)state;
    struct any_hash any;
    uint8_t text[200];
    uint8_t digest[32];
    memset(text, 0x5A, sizeof text);
    hash_start(&any.hash, HASH_SHA_256);
    for (unsigned end = 0; end < 2u; end++) {
        if (end == 0) {
            assert_true(hash_add(&any.hash, any.memory, text, sizeof text));
        } else {
            assert_true(hash_finish(&any.hash, any.memory, digest));
        }
        for (uint32_t i = 0; i < 16u; i++) {
            assert_int_equal(reg_read(HASH + HASH_HR + 4u * i), 0);
        }
        for (uint32_t i = 0; i < 103u; i++) {
            const uint32_t word = reg_read(HASH + HASH_CSR + 4u * i);
            assert_int_not_equal(word, 0x5A5A5A5A);
            for (uint32_t j = 4; j < 38u; j++) {
                assert_true(any.memory[j] == 0 || word != any.memory[j]);
            }
        }
    }
}

/* ---- AES ------------------------------------------------------------------------------------ */

/* SP 800-38A, F.1: ECB, the first block. */
static const struct {
    unsigned bits;
    const char *key;
    const char *cipher;
} aes_vectors[] = {
    {128, "2b7e151628aed2a6abf7158809cf4f3c", "3ad77bb40d7a3660a89ecaf32466ef97"},
    {192, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "bd334f1d6e45f25ff712a214571fa5cc"},
    {256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "f3eed1bdb5d2a03c064b5a7e3db181f8"},
};

static void aes_is_the_published_one(void **state)
{
    (void)state;
    uint8_t plain[16];
    assert_int_equal(hex_bytes("6bc1bee22e409f96e93d7e117393172a", plain, 16), 16);
    for (size_t i = 0; i < COUNT_OF(aes_vectors); i++) {
        mbedtls_aes_context aes;
        uint8_t key[32];
        uint8_t expected[16];
        uint8_t block[16];
        (void)hex_bytes(aes_vectors[i].key, key, sizeof key);
        (void)hex_bytes(aes_vectors[i].cipher, expected, sizeof expected);
        mbedtls_aes_init(&aes);
        assert_int_equal(hardware_aes_setkey_enc(&aes, key, aes_vectors[i].bits), 0);
        assert_int_equal(hardware_internal_aes_encrypt(&aes, plain, block), 0);
        assert_memory_equal(block, expected, 16);
        assert_int_equal(hardware_aes_setkey_dec(&aes, key, aes_vectors[i].bits), 0);
        assert_int_equal(hardware_internal_aes_decrypt(&aes, block, block), 0);
        assert_memory_equal(block, plain, 16);
        assert_int_equal(reg_read(AES), 0);
        assert_int_equal(reg_read(AES + 4u), 0); /* no key */
    }
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    assert_int_not_equal(hardware_aes_setkey_enc(&aes, plain, 64), 0);
}

/** Contexts with other keys, lengths and directions, block by block in any order. */
static void ciphers_take_turns_in_one_block(void **state)
{
    (void)state;
    static const unsigned lengths[] = {128, 192, 256};
    mbedtls_aes_context hard[6];
    mbedtls_aes_context soft[6];
    for (unsigned i = 0; i < COUNT_OF(hard); i++) {
        uint8_t key[32];
        fill_random(key, sizeof key);
        mbedtls_aes_init(&hard[i]);
        mbedtls_aes_init(&soft[i]);
        if (i % 2u) {
            assert_int_equal(hardware_aes_setkey_dec(&hard[i], key, lengths[i / 2u]), 0);
            assert_int_equal(mbedtls_aes_setkey_dec(&soft[i], key, lengths[i / 2u]), 0);
        } else {
            assert_int_equal(hardware_aes_setkey_enc(&hard[i], key, lengths[i / 2u]), 0);
            assert_int_equal(mbedtls_aes_setkey_enc(&soft[i], key, lengths[i / 2u]), 0);
        }
    }
    for (unsigned turn = 0; turn < 1000u; turn++) {
        const unsigned i = next_random() % COUNT_OF(hard);
        uint8_t in[16];
        uint8_t out[16];
        uint8_t expected[16];
        fill_random(in, sizeof in);
        assert_int_equal(mbedtls_aes_crypt_ecb(&soft[i],
                                               i % 2u ? MBEDTLS_AES_DECRYPT : MBEDTLS_AES_ENCRYPT,
                                               in, expected),
                         0);
        assert_int_equal(i % 2u ? hardware_internal_aes_decrypt(&hard[i], in, out)
                                : hardware_internal_aes_encrypt(&hard[i], in, out),
                         0);
        assert_memory_equal(out, expected, sizeof out);
    }
}

/* ---- PKA ------------------------------------------------------------------------------------ */

static void pka_expect_empty(void)
{
    for (uint32_t off = PKA_RAM; off < PKA_END; off += 4u) {
        if (reg_read(PKA + off) != 0) {
            fail_msg("0x%03X of the PKA is not wiped", off);
        }
    }
    assert_int_equal(reg_read(PKA), 0);
}

/* RFC 6979, A.2.5: P-256 with SHA-256. */
static const char rfc6979_pub[] =
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const struct {
    const char *message;
    const char *signature;
} rfc6979[] = {
    {"sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
               "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
    {"test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
             "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
};

static void published_signatures_are_good_and_no_others(void **state)
{
    (void)state;
    uint8_t pub[64];
    uint8_t sig[64];
    uint8_t hash[32];
    (void)hex_bytes(rfc6979_pub, pub, sizeof pub);
    for (size_t i = 0; i < COUNT_OF(rfc6979); i++) {
        const char *message = rfc6979[i].message;
        (void)hex_bytes(rfc6979[i].signature, sig, sizeof sig);
        assert_int_equal(mbedtls_sha256((const unsigned char *)message, strlen(message), hash, 0),
                         0);
        assert_int_equal(hardware_p256_ecdsa_verify(sig, pub, hash, 32), P256_SUCCESS);
        for (unsigned round = 0; round < 6u; round++) {
            uint8_t *const where = round % 3u == 0 ? sig : round % 3u == 1 ? hash : pub;
            const unsigned bit = next_random() % (where == hash ? 256u : 512u);
            where[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
            const int expected = p256_ecdsa_verify(sig, pub, hash, 32);
            assert_int_not_equal(expected, P256_SUCCESS);
            assert_int_equal(hardware_p256_ecdsa_verify(sig, pub, hash, 32), expected);
            where[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        }
    }
}

/* RFC 5903, 8.1. */
static void the_published_secret_is_agreed_on(void **state)
{
    (void)state;
    static const char *const priv[] = {
        "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
        "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
    };
    static const char *const pub[] = {
        "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
        "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
        "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
        "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
    };
    uint8_t expected[32];
    (void)hex_bytes("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de", expected,
                    sizeof expected);
    for (size_t i = 0; i < 2u; i++) {
        uint8_t own[32];
        uint8_t own_pub[64];
        uint8_t peer[64];
        uint8_t point[64];
        uint8_t secret[32];
        (void)hex_bytes(priv[i], own, sizeof own);
        (void)hex_bytes(pub[i], own_pub, sizeof own_pub);
        (void)hex_bytes(pub[1u - i], peer, sizeof peer);
        assert_int_equal(hardware_p256_public_from_private(point, own), P256_SUCCESS);
        assert_memory_equal(point, own_pub, sizeof point);
        assert_int_equal(hardware_p256_ecdh_shared_secret(secret, own, peer), P256_SUCCESS);
        assert_memory_equal(secret, expected, sizeof secret);
        pka_expect_empty();
    }
}

static void keys_of_one_serve_the_other(void **state)
{
    (void)state;
    static const size_t hash_lengths[] = {32, 20, 64, 1, 48};
    for (unsigned round = 0; round < COUNT_OF(hash_lengths); round++) {
        uint8_t priv[2][32];
        uint8_t pub[2][64];
        uint8_t secret[2][32];
        uint8_t hash[64];
        uint8_t sig[64];
        const size_t len = hash_lengths[round];
        assert_int_equal(hardware_p256_gen_keypair(priv[0], pub[0]), P256_SUCCESS);
        pka_expect_empty();
        assert_int_equal(p256_public_from_private(pub[1], priv[0]), P256_SUCCESS);
        assert_memory_equal(pub[0], pub[1], sizeof pub[0]);
        assert_int_equal(hardware_p256_gen_keypair(priv[1], NULL), P256_SUCCESS);
        assert_memory_not_equal(priv[0], priv[1], sizeof priv[0]);
        assert_int_equal(p256_public_from_private(pub[1], priv[1]), P256_SUCCESS);
        assert_int_equal(hardware_p256_ecdh_shared_secret(secret[0], priv[0], pub[1]), 0);
        assert_int_equal(p256_ecdh_shared_secret(secret[1], priv[1], pub[0]), P256_SUCCESS);
        assert_memory_equal(secret[0], secret[1], 32);
        fill_random(hash, sizeof hash);
        if (round == 0) {
            memset(hash, 0xFF, sizeof hash); /* not less than the order */
        }
        assert_int_equal(hardware_p256_ecdsa_sign(sig, priv[0], hash, len), P256_SUCCESS);
        pka_expect_empty();
        assert_int_equal(p256_ecdsa_verify(sig, pub[0], hash, len), P256_SUCCESS);
        assert_int_equal(p256_ecdsa_sign(sig, priv[1], hash, len), P256_SUCCESS);
        assert_int_equal(hardware_p256_ecdsa_verify(sig, pub[1], hash, len), P256_SUCCESS);
    }
}

/** The order of the group and its neighbours, zero and ones. */
static const char *const scalars[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000001",
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void numbers_out_of_range_are_refused_alike(void **state)
{
    (void)state;
    uint8_t pub[64];
    uint8_t hash[32] = {1};
    (void)hex_bytes(rfc6979_pub, pub, sizeof pub);
    for (size_t i = 0; i < COUNT_OF(scalars); i++) {
        uint8_t priv[32];
        uint8_t point[2][64];
        uint8_t secret[2][32];
        uint8_t sig[64];
        (void)hex_bytes(scalars[i], priv, sizeof priv);
        const int expected = p256_validate_privkey(priv);
        assert_int_equal(hardware_p256_validate_privkey(priv), expected);
        assert_int_equal(p256_public_from_private(point[0], priv), expected);
        assert_int_equal(hardware_p256_public_from_private(point[1], priv), expected);
        assert_int_equal(p256_ecdh_shared_secret(secret[0], priv, pub), expected);
        assert_int_equal(hardware_p256_ecdh_shared_secret(secret[1], priv, pub), expected);
        assert_int_equal(hardware_p256_ecdsa_sign(sig, priv, hash, 32), expected);
        if (expected == P256_SUCCESS) {
            assert_memory_equal(point[0], point[1], 64);
            assert_memory_equal(secret[0], secret[1], 32);
        }
        for (size_t half = 0; half < 2u; half++) { /* as r and as s */
            fill_random(sig, sizeof sig);
            memcpy(sig + 32u * half, priv, 32);
            assert_int_equal(hardware_p256_ecdsa_verify(sig, pub, hash, 32),
                             P256_INVALID_SIGNATURE);
        }
    }
}

static void points_that_are_none_are_refused_alike(void **state)
{
    (void)state;
    static const char prime[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    for (size_t round = 0; round < 8u; round++) {
        uint8_t priv[32] = {0};
        uint8_t pub[64];
        uint8_t secret[32];
        priv[31] = 7;
        (void)hex_bytes(rfc6979_pub, pub, sizeof pub);
        if (round < 2u) {
            (void)hex_bytes(prime, pub + 32u * round, 32);
        } else if (round == 2u) {
            memset(pub, 0, sizeof pub);
        } else if (round < 6u) {
            pub[next_random() % 64u] ^= (uint8_t)(1u << next_random() % 8u);
        } /* else it is a point */
        const int expected = p256_validate_pubkey(pub);
        assert_int_equal(expected, round < 6u ? P256_INVALID_PUBKEY : P256_SUCCESS);
        assert_int_equal(hardware_p256_validate_pubkey(pub), expected);
        assert_int_equal(hardware_p256_ecdh_shared_secret(secret, priv, pub), expected);
    }
}

/** Without the RNG's clock the PKA has no random number to mask with, and does nothing. */
static void without_random_numbers_nothing_is_computed(void **state)
{
    (void)state;
    uint8_t priv[32] = {0};
    uint8_t pub[64];
    priv[31] = 1;
    const uint32_t clocks = reg_read(AHB2ENR);
    reg_write(AHB2ENR, clocks & ~RNG_EN);
    assert_int_equal(hardware_p256_public_from_private(pub, priv), P256_RANDOM_FAILED);
    pka_expect_empty();
    reg_write(AHB2ENR, clocks);
    assert_int_equal(hardware_p256_public_from_private(pub, priv), P256_SUCCESS);
}

/** A call may end anywhere, when the manager ends its partition: the next one is none the wiser. */
static void a_call_that_was_cut_off_disturbs_no_other(void **state)
{
    (void)state;
    uint8_t block[16] = {1};
    uint8_t digest[2][32];
    uint8_t point[2][64];
    uint8_t priv[32] = {0};
    struct any_hash any;
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    for (unsigned cut = 0; cut < 2u; cut++) {
        priv[31] = 5;
        if (cut) {
            reg_write(AES, 2u << 1);
            reg_write(AES + 0x1Cu, 1); /* half a key */
            reg_write(AES + 0x18u, 2);
            reg_write(HASH, 2u << 4 | 3u << 17 | 4u);
            reg_write(HASH + 4u, 0x12345678);
            reg_write(PKA, 1);
            while (!(reg_read(PKA + 4u) & 1u)) {
            }
            reg_write(PKA + 0x400u, 256);
            reg_write(PKA + 0x408u, 256);
            reg_write(PKA, 1u | 0x20u << 8);
            reg_write(PKA, 3u | 0x20u << 8); /* and it runs */
        }
        assert_int_equal(hardware_p256_public_from_private(point[cut], priv), P256_SUCCESS);
        assert_int_equal(hardware_aes_setkey_enc(&aes, priv, 128), 0);
        assert_int_equal(hardware_internal_aes_encrypt(&aes, block, block), 0);
        hash_start(&any.hash, HASH_SHA_256);
        assert_true(hash_add(&any.hash, any.memory, point[0], 64));
        assert_true(hash_finish(&any.hash, any.memory, digest[cut]));
    }
    assert_memory_equal(digest[0], digest[1], sizeof digest[0]);
    assert_memory_equal(point[0], point[1], sizeof point[0]);
}

static int start(void **state)
{
    (void)state;
    static const struct garrison_host_config config = {.seed = 1};
    const char *given = getenv("GARRISON_SEED");
    seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    printf("GARRISON_SEED=%llu\n", (unsigned long long)seed);
    return garrison_host_start(&config);
}

static int stop(void **state)
{
    (void)state;
    garrison_host_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_published_ones),
        cmocka_unit_test(messages_take_turns_in_one_block),
        cmocka_unit_test(every_length_and_a_copy_half_way),
        cmocka_unit_test(nothing_of_a_message_stays_in_the_block),
        cmocka_unit_test(aes_is_the_published_one),
        cmocka_unit_test(ciphers_take_turns_in_one_block),
        cmocka_unit_test(published_signatures_are_good_and_no_others),
        cmocka_unit_test(the_published_secret_is_agreed_on),
        cmocka_unit_test(keys_of_one_serve_the_other),
        cmocka_unit_test(numbers_out_of_range_are_refused_alike),
        cmocka_unit_test(points_that_are_none_are_refused_alike),
        cmocka_unit_test(a_call_that_was_cut_off_disturbs_no_other),
        cmocka_unit_test(without_random_numbers_nothing_is_computed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
