/* AES-CMAC and the key derivation over it. */
#include "support/test.h"

#include <string.h>

#include <mbedtls/aes.h>

#include "base/bytes.h"
#include "base/cmac.h"
#include "support/hex.h"

static const char key128[] = "2b7e1516 28aed2a6 abf71588 09cf4f3c";
static const char key256[] = "603deb10 15ca71be 2b73aef0 857d7781 1f352c07 3b6108d7 2d9810a3 "
                             "0914dff4";
static const char message[] = "6bc1bee2 2e409f96 e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac "
                              "45af8e51 30c81c46 a35ce411 e5fbc119 1a0a52ef f69f2445 df4f9b17 "
                              "ad2b417b e66c3710";

static enum garrison_status encrypt(void *cipher, const uint8_t in[16], uint8_t out[16])
{
    assert_int_equal(mbedtls_aes_crypt_ecb(cipher, MBEDTLS_AES_ENCRYPT, in, out), 0);
    return GARRISON_OK;
}

static void make(mbedtls_aes_context *aes, struct cmac *cmac, const char *hex)
{
    uint8_t key[32];
    const uint32_t len = hex_bytes(hex, key, sizeof key);
    mbedtls_aes_init(aes);
    assert_int_equal(mbedtls_aes_setkey_enc(aes, key, len * 8u), 0);
    assert_int_equal(cmac_init(cmac, encrypt, aes), GARRISON_OK);
}

/** NIST SP 800-38B, appendix D.1 and D.3, as NIST's later examples correct them. */
static const struct {
    const char *key;
    uint32_t len;
    const char *mac;
} vectors[] = {
    {key128, 0, "bb1d6929 e9593728 7fa37d12 9b756746"},
    {key128, 16, "070a16b4 6b4d4144 f79bdd9d d04a287c"},
    {key128, 40, "dfa66747 de9ae630 30ca3261 1497c827"},
    {key128, 64, "51f0bebf 7e3b9d92 fc497417 79363cfe"},
    {key256, 0, "028962f6 1b7bf89e fc6b551f 4667d983"},
    {key256, 16, "28a7023f 452e8f82 bd4bf28d 8c37c35c"},
    {key256, 40, "aaf3d8f1 de5640c2 32f5b169 b9c911e6"},
    {key256, 64, "e1992190 549f6ed5 696a2c05 6c315410"},
};

static void nist_vectors(void **state)
{
    (void)state;
    uint8_t bytes[64];
    assert_int_equal(hex_bytes(message, bytes, sizeof bytes), sizeof bytes);
    for (unsigned i = 0; i < COUNT_OF(vectors); i++) {
        mbedtls_aes_context aes;
        struct cmac cmac;
        uint8_t expected[16];
        uint8_t mac[16];
        make(&aes, &cmac, vectors[i].key);
        (void)hex_bytes(vectors[i].mac, expected, sizeof expected);
        assert_int_equal(cmac_compute(&cmac, (struct view){bytes, vectors[i].len}, mac),
                         GARRISON_OK);
        assert_memory_equal(mac, expected, sizeof mac);
    }
}

/** NIST SP 800-38B, appendix D.3. */
static void nist_subkeys(void **state)
{
    (void)state;
    mbedtls_aes_context aes;
    struct cmac cmac;
    uint8_t expected[16];
    make(&aes, &cmac, key256);
    (void)hex_bytes("cad1ed03 299eedac 2e9a9980 8621502f", expected, sizeof expected);
    assert_memory_equal(cmac.whole, expected, sizeof expected);
    (void)hex_bytes("95a3da06 533ddb58 5d353301 0c42a0d9", expected, sizeof expected);
    assert_memory_equal(cmac.incomplete, expected, sizeof expected);
}

static struct view words(const char *text)
{
    return (struct view){(const uint8_t *)text, (uint32_t)strlen(text)};
}

/** Each block is the CMAC of exactly the bytes that SP 800-108r1 says. */
static void kdf_blocks_are_cmacs_of_counter_label_context_and_length(void **state)
{
    (void)state;
    static const uint8_t input[] = {0, 0, 0, 1, 'l', 'a', 'b', 0, 'c', 0, 0, 1, 0};
    mbedtls_aes_context aes;
    struct cmac cmac;
    uint8_t key[32];
    uint8_t bytes[sizeof input];
    make(&aes, &cmac, key256);
    assert_int_equal(cmac_kdf(&cmac, words("lab"), words("c"), key, sizeof key), GARRISON_OK);
    memcpy(bytes, input, sizeof bytes);
    for (uint32_t i = 0; i < 2; i++) {
        uint8_t mac[16];
        bytes[3] = (uint8_t)(i + 1u);
        assert_int_equal(cmac_compute(&cmac, (struct view){bytes, sizeof bytes}, mac), GARRISON_OK);
        assert_memory_equal(key + 16u * i, mac, sizeof mac);
    }
}

static void kdf_refuses_lengths_it_cannot_do(void **state)
{
    (void)state;
    static const uint8_t label[CMAC_KDF_INPUT_MAX] = {0};
    mbedtls_aes_context aes;
    struct cmac cmac;
    uint8_t key[32];
    make(&aes, &cmac, key128);
    assert_int_equal(cmac_kdf(&cmac, words("lab"), words("c"), key, 17), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(cmac_kdf(&cmac, (struct view){label, sizeof label}, words(""), key, 32),
                     GARRISON_OK);
    assert_int_equal(cmac_kdf(&cmac, (struct view){label, sizeof label}, words("c"), key, 32),
                     GARRISON_ERROR_ARGUMENT);
}

/** A cipher that fails at its n-th block. */
struct failing {
    mbedtls_aes_context aes;
    unsigned until;
};

static enum garrison_status encrypt_until(void *cipher, const uint8_t in[16], uint8_t out[16])
{
    struct failing *failing = cipher;
    if (failing->until == 0) {
        memcpy(out, in, 16);
        return GARRISON_ERROR_DEVICE;
    }
    failing->until--;
    return encrypt(&failing->aes, in, out);
}

static void cipher_that_fails_leaves_no_mac_and_no_key(void **state)
{
    (void)state;
    static const uint8_t block[40] = {1, 2, 3};
    uint8_t mac[16];
    uint8_t key[48];
    struct failing failing;
    struct cmac cmac;
    make(&failing.aes, &cmac, key256);
    failing.until = 0;
    assert_int_equal(cmac_init(&cmac, encrypt_until, &failing), GARRISON_ERROR_DEVICE);
    failing.until = 1;
    assert_int_equal(cmac_init(&cmac, encrypt_until, &failing), GARRISON_OK);
    for (unsigned blocks = 0; blocks < 3u; blocks++) {
        failing.until = blocks;
        assert_int_equal(cmac_compute(&cmac, (struct view){block, sizeof block}, mac),
                         GARRISON_ERROR_DEVICE);
        assert_true(bytes_all(mac, sizeof mac, 0));
        failing.until = blocks;
        assert_int_equal(cmac_kdf(&cmac, words("l"), words("c"), key, sizeof key),
                         GARRISON_ERROR_DEVICE);
        assert_true(bytes_all(key, sizeof key, 0));
    }
    failing.until = 3;
    assert_int_equal(cmac_kdf(&cmac, words("l"), words("c"), key, sizeof key), GARRISON_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nist_vectors),
        cmocka_unit_test(nist_subkeys),
        cmocka_unit_test(kdf_blocks_are_cmacs_of_counter_label_context_and_length),
        cmocka_unit_test(kdf_refuses_lengths_it_cannot_do),
        cmocka_unit_test(cipher_that_fails_leaves_no_mac_and_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
