/*
 * AES as the boot stages have it on the chip, here beside Mbed TLS's own.
 */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/aes.h>

#include <string.h>

#include "support/test.h"

int boot_aes_setkey(mbedtls_aes_context *aes, const unsigned char *key, unsigned keybits);
int boot_aes_encrypt(mbedtls_aes_context *aes, const unsigned char input[16],
                     unsigned char output[16]);

/* FIPS 197, appendix C: keys 00 01 02 ..., plaintext 00 11 22 ... */
static const struct {
    unsigned bits;
    uint8_t ciphertext[16];
} examples[] = {
    {128,
     {0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30, 0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5,
      0x5A}},
    {192,
     {0xDD, 0xA9, 0x7C, 0xA4, 0x86, 0x4C, 0xDF, 0xE0, 0x6E, 0xAF, 0x70, 0xA0, 0xEC, 0x0D, 0x71,
      0x91}},
    {256,
     {0x8E, 0xA2, 0xB7, 0xCA, 0x51, 0x67, 0x45, 0xBF, 0xEA, 0xFC, 0x49, 0x90, 0x4B, 0x49, 0x60,
      0x89}},
};

static void the_standards_examples_come_out(void **state)
{
    uint8_t key[32];
    uint8_t block[16];
    (void)state;
    for (uint8_t i = 0; i < sizeof key; i++) {
        key[i] = i;
    }
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        mbedtls_aes_context aes;
        for (uint8_t k = 0; k < sizeof block; k++) {
            block[k] = (uint8_t)(k * 0x11u);
        }
        mbedtls_aes_init(&aes);
        assert_int_equal(boot_aes_setkey(&aes, key, examples[i].bits), 0);
        assert_int_equal(boot_aes_encrypt(&aes, block, block), 0);
        assert_memory_equal(block, examples[i].ciphertext, sizeof block);
        mbedtls_aes_free(&aes);
    }
}

/** Each block is the key and the plaintext of what follows, so that every byte meets every value. */
static void long_chains_are_those_of_mbed_tls(void **state)
{
    (void)state;
    for (unsigned bits = 128; bits <= 256; bits += 64) {
        mbedtls_aes_context theirs;
        mbedtls_aes_context ours;
        uint8_t chain[48] = {0};
        for (int i = 0; i < 3000; i++) {
            uint8_t expected[16];
            uint8_t block[16];
            mbedtls_aes_init(&theirs);
            mbedtls_aes_init(&ours);
            assert_int_equal(mbedtls_aes_setkey_enc(&theirs, chain, bits), 0);
            assert_int_equal(boot_aes_setkey(&ours, chain, bits), 0);
            assert_int_equal(
                mbedtls_aes_crypt_ecb(&theirs, MBEDTLS_AES_ENCRYPT, chain + 32, expected), 0);
            assert_int_equal(boot_aes_encrypt(&ours, chain + 32, block), 0);
            assert_memory_equal(block, expected, sizeof block);
            memmove(chain + 16, chain, 32);
            memcpy(chain, block, sizeof block);
        }
    }
}

static void a_key_of_another_size_is_refused(void **state)
{
    static const unsigned refused[] = {0, 64, 127, 129, 160, 224, 257, 288, 512};
    static const uint8_t key[64] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        mbedtls_aes_context aes;
        mbedtls_aes_init(&aes);
        assert_int_equal(boot_aes_setkey(&aes, key, refused[i]),
                         MBEDTLS_ERR_AES_INVALID_KEY_LENGTH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_examples_come_out),
        cmocka_unit_test(long_chains_are_those_of_mbed_tls),
        cmocka_unit_test(a_key_of_another_size_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
