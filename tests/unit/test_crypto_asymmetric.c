/*
 * The crypto service as a client sees it: signatures, asymmetric encryption and key agreement.
 */
#include "crypto_fixture.h"

#include "support/port_fake.h"
#include "support/psa_direct.h"

#define SHA256 PSA_ALG_SHA_256

static const uint8_t sha256_empty[32] = {
    0xE3, 0xB0, 0xC4, 0x42, 0x98, 0xFC, 0x1C, 0x14, 0x9A, 0xFB, 0xF4, 0xC8, 0x99, 0x6F, 0xB9, 0x24,
    0x27, 0xAE, 0x41, 0xE4, 0x64, 0x9B, 0x93, 0x4C, 0xA4, 0x95, 0x99, 0x1B, 0x78, 0x52, 0xB8, 0x55};

static void a_signature_made_is_a_signature_verified(void **state)
{
    psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    (void)state;
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, sizeof out, &len), PSA_SUCCESS);
    assert_int_equal(len, 64);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, len), PSA_SUCCESS);
    assert_int_equal(psa_verify_message(key, ECDSA, text("abc"), 3, out, len), PSA_SUCCESS);
    assert_int_equal(psa_sign_message(key, ECDSA, text("abc"), 3, out, 64, &len), PSA_SUCCESS);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, 64), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void a_wrong_signature_is_refused(void **state)
{
    psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    psa_key_id_t other = make_key(SIGN_AND_VERIFY);
    (void)state;
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 64, &len), PSA_SUCCESS);
    assert_int_equal(psa_verify_hash(other, ECDSA, sha256_abc, 32, out, 64),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_empty, 32, out, 64),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, 63),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, 65),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_verify_message(key, ECDSA, text("abd"), 3, out, 64),
                     PSA_ERROR_INVALID_SIGNATURE);
    for (size_t i = 0; i < 64; i += 7) {
        out[i] ^= 1;
        assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, 64),
                         PSA_ERROR_INVALID_SIGNATURE);
        out[i] ^= 1;
    }
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(other), PSA_SUCCESS);
}

static void signing_has_its_errors(void **state)
{
    psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    psa_key_id_t verify_only = make_key(PSA_KEY_USAGE_VERIFY_HASH);
    (void)state;
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 63, &len),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 31, out, 64, &len),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 31, out, 64),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_sign_message(key, SHA256, sha256_abc, 32, out, 64, &len),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(
        psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_224), sha256_abc, 28, out, 64, &len),
        PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_sign_hash(verify_only, ECDSA, sha256_abc, 32, out, 64, &len),
                     PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_sign_hash(0x7FFF1234, ECDSA, sha256_abc, 32, out, 64, &len),
                     PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_sign_hash(0, ECDSA, sha256_abc, 32, out, 64, &len),
                     PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(verify_only), PSA_SUCCESS);
}

static void ecdsa_over_any_hash_takes_any_length(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA_ANY);
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_SUCCESS);
    assert_int_equal(psa_sign_hash(key, PSA_ALG_ECDSA_ANY, sha256_abc, 20, out, 64, &len),
                     PSA_SUCCESS);
    assert_int_equal(psa_verify_hash(key, PSA_ALG_ECDSA_ANY, sha256_abc, 20, out, 64), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void a_message_of_any_length_is_signed(void **state)
{
    static uint8_t large[100000];
    const psa_key_id_t key = generate_key(
        P256_PAIR, 256, PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE, ECDSA);
    (void)state;
    OK(psa_sign_message(key, ECDSA, large, sizeof large, out, 64, &len));
    OK(psa_verify_message(key, ECDSA, large, sizeof large, out, 64));
    large[sizeof large - 1] ^= 1;
    FAILS(PSA_ERROR_INVALID_SIGNATURE,
          psa_verify_message(key, ECDSA, large, sizeof large, out, 64));
    OK(psa_destroy_key(key));
}

static void a_key_for_messages_signs_no_hash(void **state)
{
    const psa_key_id_t messages = generate_key(P256_PAIR, 256, PSA_KEY_USAGE_SIGN_MESSAGE, ECDSA);
    const psa_key_id_t checks = generate_key(P256_PAIR, 256, PSA_KEY_USAGE_VERIFY_MESSAGE, ECDSA);
    (void)state;
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_sign_hash(messages, ECDSA, sha256_abc, 32, out, 64, &len));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_verify_hash(checks, ECDSA, sha256_abc, 32, out, 64));
    OK(psa_sign_message(messages, ECDSA, text("abc"), 3, out, 64, &len));
    FAILS(PSA_ERROR_INVALID_SIGNATURE, psa_verify_message(checks, ECDSA, text("abc"), 3, out, 64));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_verify_message(messages, ECDSA, text("abc"), 3, out, 64));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_sign_message(checks, ECDSA, text("abc"), 3, out, 64, &len));
    OK(psa_destroy_key(messages));
    OK(psa_destroy_key(checks));
}

static void signing_a_message_has_its_errors(void **state)
{
    const psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    const psa_key_id_t aes = generate_key(PSA_KEY_TYPE_AES, 128, SIGN_AND_VERIFY, ECDSA);
    (void)state;
    for (size_t size = 0; size < 64; size += 21) {
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
              psa_sign_message(key, ECDSA, text("abc"), 3, out, size, &len));
        FAILS(PSA_ERROR_INVALID_SIGNATURE,
              psa_verify_message(key, ECDSA, text("abc"), 3, out, size));
    }
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_sign_message(key, PSA_ALG_ECDSA_ANY, text("abc"), 3, out, 64, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_verify_message(key, PSA_ALG_ECDSA_ANY, text("abc"), 3, out, 64));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_sign_message(aes, ECDSA, text("abc"), 3, out, 64, &len));
    assert_true(psa_verify_message(aes, ECDSA, text("abc"), 3, out, 64) != PSA_SUCCESS);
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_sign_message(0, ECDSA, text("abc"), 3, out, 64, &len));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_verify_message(0, ECDSA, text("abc"), 3, out, 64));
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(aes));
}

/** Every curve, and every kind of signature that RSA has. */
static const struct {
    psa_key_type_t type;
    size_t bits;
    psa_algorithm_t alg;
    size_t len;
} signers[] = {
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 192, ECDSA, 48},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, ECDSA, 64},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 384, PSA_ALG_ECDSA(PSA_ALG_SHA_384), 96},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 521, PSA_ALG_ECDSA(PSA_ALG_SHA_512), 132},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256,
     PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_512), 64},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_K1), 192, ECDSA, 48},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_K1), 256, ECDSA, 64},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_BRAINPOOL_P_R1), 256, ECDSA, 64},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_BRAINPOOL_P_R1), 384, ECDSA, 96},
    {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_BRAINPOOL_P_R1), 512, ECDSA, 128},
    {PSA_KEY_TYPE_RSA_KEY_PAIR, 1024, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), 128},
    {PSA_KEY_TYPE_RSA_KEY_PAIR, 1024, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), 128},
    {PSA_KEY_TYPE_RSA_KEY_PAIR, 1024, PSA_ALG_RSA_PSS_ANY_SALT(PSA_ALG_SHA_384), 128},
};

static void every_kind_of_signature_is_made_and_verified(void **state)
{
    uint8_t public_key[400];
    size_t public_len = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(signers); i++) {
        const psa_key_id_t key =
            generate_key(signers[i].type, signers[i].bits, SIGN_AND_VERIFY, signers[i].alg);
        OK(psa_export_public_key(key, public_key, sizeof public_key, &public_len));
        const psa_key_type_t type =
            (psa_key_type_t)PSA_KEY_TYPE_PUBLIC_KEY_OF_KEY_PAIR(signers[i].type);
        const psa_key_attributes_t attributes =
            attributes_of(type, 0, SIGN_AND_VERIFY, signers[i].alg);
        psa_key_id_t other = 0;
        OK(psa_import_key(&attributes, public_key, public_len, &other));
        OK(psa_sign_message(key, signers[i].alg, text("abc"), 3, out, sizeof out, &len));
        assert_int_equal(len, signers[i].len);
        OK(psa_verify_message(other, signers[i].alg, text("abc"), 3, out, len));
        FAILS(PSA_ERROR_INVALID_SIGNATURE,
              psa_verify_message(other, signers[i].alg, text("abd"), 3, out, len));
        FAILS(PSA_ERROR_INVALID_ARGUMENT,
              psa_sign_message(other, signers[i].alg, text("abc"), 3, out, sizeof out, &len));
        OK(psa_destroy_key(key));
        OK(psa_destroy_key(other));
    }
}

/* Asymmetric encryption. */

static void what_is_encrypted_is_decrypted(void **state)
{
    static const psa_algorithm_t algs[] = {PSA_ALG_RSA_PKCS1V15_CRYPT,
                                           PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256)};
    uint8_t plain[128];
    size_t plain_len = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(algs); i++) {
        const bool labels = PSA_ALG_IS_RSA_OAEP(algs[i]);
        const psa_key_id_t key =
            generate_key(PSA_KEY_TYPE_RSA_KEY_PAIR, 1024,
                         PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, algs[i]);
        OK(psa_asymmetric_encrypt(key, algs[i], text("secret"), 6, text("label"), labels ? 5 : 0,
                                  out, sizeof out, &len));
        assert_int_equal(len, 128);
        OK(psa_asymmetric_decrypt(key, algs[i], out, len, text("label"), labels ? 5 : 0, plain,
                                  sizeof plain, &plain_len));
        assert_int_equal(plain_len, 6);
        assert_memory_equal(plain, "secret", 6);
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
              psa_asymmetric_decrypt(key, algs[i], out, len, text("label"), labels ? 5 : 0, plain,
                                     5, &plain_len));
        assert_int_equal(plain_len, 0);
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
              psa_asymmetric_encrypt(key, algs[i], text("secret"), 6, NULL, 0, out, 127, &len));
        if (labels) {
            FAILS(PSA_ERROR_INVALID_PADDING,
                  psa_asymmetric_decrypt(key, algs[i], out, 128, text("other"), 5, plain,
                                         sizeof plain, &plain_len));
        } else {
            FAILS(PSA_ERROR_INVALID_ARGUMENT,
                  psa_asymmetric_encrypt(key, algs[i], text("secret"), 6, text("label"), 5, out,
                                         sizeof out, &len));
        }
        OK(psa_destroy_key(key));
    }
}

static void asymmetric_encryption_has_its_errors(void **state)
{
    const psa_algorithm_t alg = PSA_ALG_RSA_PKCS1V15_CRYPT;
    const psa_key_id_t only_encrypt =
        generate_key(PSA_KEY_TYPE_RSA_KEY_PAIR, 1024, PSA_KEY_USAGE_ENCRYPT, alg);
    const psa_key_id_t only_decrypt =
        generate_key(PSA_KEY_TYPE_RSA_KEY_PAIR, 1024, PSA_KEY_USAGE_DECRYPT, alg);
    const psa_key_id_t curve =
        generate_key(P256_PAIR, 256, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, alg);
    uint8_t large[200] = {0};
    (void)state;
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_asymmetric_encrypt(only_decrypt, alg, large, 6, NULL, 0, out, sizeof out, &len));
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_asymmetric_decrypt(only_encrypt, alg, large, 128, NULL, 0, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_asymmetric_encrypt(only_encrypt, alg, large, sizeof large,
                                                             NULL, 0, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_asymmetric_decrypt(only_decrypt, alg, large, 127, NULL, 0, out, sizeof out, &len));
    assert_true(psa_asymmetric_encrypt(curve, alg, large, 6, NULL, 0, out, sizeof out, &len) !=
                PSA_SUCCESS);
    FAILS(PSA_ERROR_INVALID_HANDLE,
          psa_asymmetric_encrypt(0, alg, large, 6, NULL, 0, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_HANDLE,
          psa_asymmetric_decrypt(0, alg, large, 128, NULL, 0, out, sizeof out, &len));
    OK(psa_destroy_key(only_encrypt));
    OK(psa_destroy_key(only_decrypt));
    OK(psa_destroy_key(curve));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_signature_made_is_a_signature_verified),
        TEST(a_wrong_signature_is_refused),
        TEST(signing_has_its_errors),
        TEST(ecdsa_over_any_hash_takes_any_length),
        TEST(a_message_of_any_length_is_signed),
        TEST(a_key_for_messages_signs_no_hash),
        TEST(signing_a_message_has_its_errors),
        TEST(every_kind_of_signature_is_made_and_verified),
        TEST(what_is_encrypted_is_decrypted),
        TEST(asymmetric_encryption_has_its_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
