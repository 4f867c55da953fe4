/*
 * The crypto service as a client sees it: unauthenticated ciphers.
 */
#include "crypto_fixture.h"

#include "support/psa_direct.h"

#define ENCRYPT PSA_KEY_USAGE_ENCRYPT
#define DECRYPT PSA_KEY_USAGE_DECRYPT
#define CBC     PSA_ALG_CBC_PKCS7

#define AES_128 "2b7e151628aed2a6abf7158809cf4f3c"
#define BLOCK_1 "6bc1bee22e409f96e93d7e117393172a"
#define BLOCK_2 "ae2d8a571e03ac9c9eb76fac45af8e51"
#define IV      "000102030405060708090a0b0c0d0e0f"

/* SP 800-38A (AES), RFC 8439 section 2.4.2 (ChaCha20), RFC 5794 and RFC 3713 (one block of ARIA and
   of Camellia), SP 800-17 (DES). */
static const struct vector {
    psa_key_type_t type;
    psa_algorithm_t alg;
    const char *key;
    const char *iv;
    const char *plain;
    const char *cipher;
} vectors[] = {
    {PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING, AES_128, "", BLOCK_1 BLOCK_2,
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"},
    {PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "", BLOCK_1,
     "f3eed1bdb5d2a03c064b5a7e3db181f8"},
    {PSA_KEY_TYPE_AES, PSA_ALG_CBC_NO_PADDING, AES_128, IV, BLOCK_1 BLOCK_2,
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"},
    {PSA_KEY_TYPE_AES, PSA_ALG_CFB, AES_128, IV, BLOCK_1 BLOCK_2,
     "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b"},
    {PSA_KEY_TYPE_AES, PSA_ALG_OFB, AES_128, IV, BLOCK_1 BLOCK_2,
     "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825"},
    {PSA_KEY_TYPE_AES, PSA_ALG_CTR, AES_128, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", BLOCK_1 BLOCK_2,
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"},
    {PSA_KEY_TYPE_CHACHA20, PSA_ALG_STREAM_CIPHER,
     "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "00000000000000000000000000000000", "76b8e0ada0f13d90405d6ae55386bd28"},
    {PSA_KEY_TYPE_ARIA, PSA_ALG_ECB_NO_PADDING, "000102030405060708090a0b0c0d0e0f", "",
     "00112233445566778899aabbccddeeff", "d718fbd6ab644c739da95f3be6451778"},
    {PSA_KEY_TYPE_CAMELLIA, PSA_ALG_ECB_NO_PADDING, "0123456789abcdeffedcba9876543210", "",
     "0123456789abcdeffedcba9876543210", "67673138549669730857065648eabe43"},
    {PSA_KEY_TYPE_DES, PSA_ALG_ECB_NO_PADDING, "0101010101010101", "", "8000000000000000",
     "95f8a5e5dd31d900"},
    {PSA_KEY_TYPE_DES, PSA_ALG_ECB_NO_PADDING, "0123456789abcdeffedcba987654321089abcdef01234567",
     "", "4e6f77206973207468652074696d6520666f7220616c6c20",
     "fbe62b683922941e0e05e3677c31fc264259965404d683df"}, /* by OpenSSL */
};

static psa_key_id_t key_of(const struct vector *vector)
{
    const struct bytes value = bytes_of(vector->key);
    return import_key(vector->type, ENCRYPT | DECRYPT, vector->alg, &value);
}

/** Runs an operation with the input in two parts. */
static void run(psa_cipher_operation_t *operation, const struct bytes *iv, const struct bytes *in,
                size_t cut)
{
    size_t part = 0;
    if (iv->len > 0) {
        OK(psa_cipher_set_iv(operation, iv->data, iv->len));
    }
    OK(psa_cipher_update(operation, in->data, cut, out, sizeof out, &len));
    OK(psa_cipher_update(operation, in->data + cut, in->len - cut, out + len, sizeof out - len,
                         &part));
    len += part;
    OK(psa_cipher_finish(operation, out + len, sizeof out - len, &part));
    len += part;
}

static void ciphers_give_the_published_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const struct bytes iv = bytes_of(vectors[i].iv);
        const struct bytes plain = bytes_of(vectors[i].plain);
        const struct bytes cipher = bytes_of(vectors[i].cipher);
        const psa_key_id_t key = key_of(&vectors[i]);
        for (size_t cut = 0; cut <= plain.len; cut++) {
            psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
            OK(psa_cipher_encrypt_setup(&operation, key, vectors[i].alg));
            run(&operation, &iv, &plain, cut);
            assert_out(&cipher);
            OK(psa_cipher_decrypt_setup(&operation, key, vectors[i].alg));
            run(&operation, &iv, &cipher, cut);
            assert_out(&plain);
        }
        OK(psa_destroy_key(key));
    }
}

static void one_call_decrypts_what_one_call_encrypted(void **state)
{
    static const struct {
        psa_key_type_t type;
        size_t bits;
        psa_algorithm_t alg;
        size_t iv;
    } rows[] = {
        {PSA_KEY_TYPE_AES, 128, CBC, 16},
        {PSA_KEY_TYPE_AES, 256, PSA_ALG_CTR, 16},
        {PSA_KEY_TYPE_AES, 192, PSA_ALG_CCM_STAR_NO_TAG, 13},
        {PSA_KEY_TYPE_CAMELLIA, 256, PSA_ALG_CFB, 16},
        {PSA_KEY_TYPE_ARIA, 256, PSA_ALG_CTR, 16},
        {PSA_KEY_TYPE_DES, 192, CBC, 8},
        {PSA_KEY_TYPE_CHACHA20, 256, PSA_ALG_STREAM_CIPHER, 12},
    };
    static uint8_t plain[1000];
    static uint8_t cipher[1040];
    static uint8_t back[1040];
    size_t back_len = 0;
    (void)state;
    memset(plain, 0x3C, sizeof plain);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const psa_key_id_t key =
            generate_key(rows[i].type, rows[i].bits, ENCRYPT | DECRYPT, rows[i].alg);
        OK(psa_cipher_encrypt(key, rows[i].alg, plain, sizeof plain, cipher, sizeof cipher, &len));
        assert_in_range(len, sizeof plain + rows[i].iv, sizeof plain + rows[i].iv + 16);
        OK(psa_cipher_decrypt(key, rows[i].alg, cipher, len, back, sizeof back, &back_len));
        assert_int_equal(back_len, sizeof plain);
        assert_memory_equal(back, plain, sizeof plain);
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
              psa_cipher_encrypt(key, rows[i].alg, plain, sizeof plain, cipher, len - 1, &len));
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_cipher_encrypt(key, rows[i].alg, plain, sizeof plain,
                                                             cipher, rows[i].iv - 1, &len));
        assert_int_equal(len, 0);
        FAILS(PSA_ERROR_INVALID_ARGUMENT,
              psa_cipher_decrypt(key, rows[i].alg, cipher, rows[i].iv - 1, back, sizeof back,
                                 &back_len));
        OK(psa_destroy_key(key));
    }
}

static void a_stream_of_any_length_passes(void **state)
{
    static uint8_t plain[100000];
    static uint8_t cipher[100016];
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT | DECRYPT, PSA_ALG_CTR);
    size_t plain_len = 0;
    (void)state;
    memset(plain, 0x77, sizeof plain);
    OK(psa_cipher_encrypt(key, PSA_ALG_CTR, plain, sizeof plain, cipher, sizeof cipher, &len));
    assert_int_equal(len, sizeof cipher);
    memset(plain, 0, sizeof plain);
    OK(psa_cipher_decrypt(key, PSA_ALG_CTR, cipher, len, plain, sizeof plain, &plain_len));
    assert_int_equal(plain_len, sizeof plain);
    for (size_t i = 0; i < sizeof plain; i++) {
        assert_int_equal(plain[i], 0x77);
    }
    OK(psa_destroy_key(key));
}

static void input_and_output_may_be_the_same_memory(void **state)
{
    const struct bytes iv = bytes_of(IV);
    const struct bytes cipher = bytes_of(vectors[2].cipher);
    const psa_key_id_t key = key_of(&vectors[2]);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    struct bytes plain = bytes_of(vectors[2].plain);
    (void)state;
    OK(psa_cipher_encrypt_setup(&operation, key, vectors[2].alg));
    OK(psa_cipher_set_iv(&operation, iv.data, iv.len));
    OK(psa_cipher_update(&operation, plain.data, plain.len, plain.data, plain.len, &len));
    assert_memory_equal(plain.data, cipher.data, cipher.len);
    OK(psa_cipher_finish(&operation, out, 16, &len));
    OK(psa_destroy_key(key));
}

static void padding_that_is_wrong_is_refused(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT | DECRYPT, CBC);
    uint8_t plain[64];
    (void)state;
    OK(psa_cipher_encrypt(key, CBC, text("0123456789"), 10, out, sizeof out, &len));
    assert_int_equal(len, 32);
    out[15] ^= 1; /* the IV's last byte: the padding's */
    FAILS(PSA_ERROR_INVALID_PADDING,
          psa_cipher_decrypt(key, CBC, out, 32, plain, sizeof plain, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_cipher_decrypt(key, CBC, out, 31, plain, sizeof plain, &len));
    OK(psa_destroy_key(key));
}

static void generated_ivs_differ(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT, CBC);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    uint8_t first[16];
    (void)state;
    OK(psa_cipher_encrypt_setup(&operation, key, CBC));
    OK(psa_cipher_generate_iv(&operation, first, sizeof first, &len));
    assert_int_equal(len, 16);
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_generate_iv(&operation, out, 16, &len));
    OK(psa_cipher_abort(&operation));
    OK(psa_cipher_encrypt_setup(&operation, key, CBC));
    OK(psa_cipher_generate_iv(&operation, out, sizeof out, &len));
    assert_memory_not_equal(first, out, 16);
    OK(psa_cipher_abort(&operation));
    OK(psa_cipher_encrypt_setup(&operation, key, CBC));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_cipher_generate_iv(&operation, out, 15, &len));
    assert_int_equal(len, 0);
    OK(psa_cipher_abort(&operation));
    OK(psa_destroy_key(key));
}

static void cipher_setup_has_its_errors(void **state)
{
    const psa_key_id_t encrypt = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT, CBC);
    const psa_key_id_t decrypt = generate_key(PSA_KEY_TYPE_AES, 128, DECRYPT, CBC);
    const psa_key_id_t raw = generate_key(PSA_KEY_TYPE_HMAC, 128, ENCRYPT | DECRYPT, CBC);
    const struct {
        psa_status_t error;
        psa_key_id_t key;
        psa_algorithm_t alg;
        bool encrypts;
    } rows[] = {
        {PSA_ERROR_NOT_PERMITTED, decrypt, CBC, true},
        {PSA_ERROR_NOT_PERMITTED, encrypt, CBC, false},
        {PSA_ERROR_NOT_PERMITTED, encrypt, PSA_ALG_CTR, true},
        {PSA_ERROR_INVALID_ARGUMENT, encrypt, PSA_ALG_SHA_256, true},
        {PSA_ERROR_INVALID_ARGUMENT, decrypt, PSA_ALG_GCM, false},
        {PSA_ERROR_INVALID_HANDLE, 0, CBC, true},
        {PSA_ERROR_INVALID_HANDLE, 0x40000123, CBC, false},
        {PSA_ERROR_NOT_SUPPORTED, raw, CBC, true},
        {PSA_ERROR_NOT_SUPPORTED, raw, CBC, false},
    };
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].encrypts) {
            FAILS(rows[i].error, psa_cipher_encrypt_setup(&operation, rows[i].key, rows[i].alg));
            FAILS(rows[i].error,
                  psa_cipher_encrypt(rows[i].key, rows[i].alg, out, 16, out + 100, 100, &len));
        } else {
            FAILS(rows[i].error, psa_cipher_decrypt_setup(&operation, rows[i].key, rows[i].alg));
            FAILS(rows[i].error,
                  psa_cipher_decrypt(rows[i].key, rows[i].alg, out, 32, out + 100, 100, &len));
        }
        assert_int_equal(operation.handle, 0);
    }
    OK(psa_destroy_key(encrypt));
    OK(psa_destroy_key(decrypt));
    OK(psa_destroy_key(raw));
}

static void cipher_operations_have_their_states(void **state)
{
    const psa_key_id_t key =
        generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT | DECRYPT, PSA_ALG_CBC_NO_PADDING);
    const struct bytes iv = bytes_of(IV);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    (void)state;
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_generate_iv(&operation, out, 16, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_set_iv(&operation, iv.data, 16));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_update(&operation, out, 1, out, 16, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_finish(&operation, out, 16, &len));
    OK(psa_cipher_abort(&operation));

    OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_decrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_update(&operation, out, 0, out, 16, &len));
    OK(psa_cipher_abort(&operation));

    OK(psa_cipher_decrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
    OK(psa_cipher_set_iv(&operation, iv.data, 16));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_set_iv(&operation, iv.data, 16));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_update(&operation, out, 16, out, 16, &len));
    OK(psa_cipher_abort(&operation));

    for (size_t size = 0; size < 20; size++) {
        OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
        FAILS(size == 16 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT,
              psa_cipher_set_iv(&operation, out, size));
        OK(psa_cipher_abort(&operation));
    }
    OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
    OK(psa_cipher_set_iv(&operation, iv.data, 16));
    OK(psa_cipher_update(&operation, out, 15, out + 100, 0, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_cipher_finish(&operation, out, 16, &len));
    OK(psa_cipher_abort(&operation));
    OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CBC_NO_PADDING));
    OK(psa_cipher_set_iv(&operation, iv.data, 16));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_cipher_update(&operation, out, 16, out + 100, 15, &len));
    assert_int_equal(len, 0);
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_finish(&operation, out, 16, &len));
    OK(psa_cipher_abort(&operation));
    OK(psa_destroy_key(key));
}

static void an_operation_that_failed_takes_no_place(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT, PSA_ALG_CTR);
    (void)state;
    for (int i = 0; i < 20; i++) { /* more than a client may have; none is aborted */
        psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
        OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CTR));
        FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_cipher_set_iv(&operation, out, 17));
    }
    OK(psa_destroy_key(key));
}

static void cipher_operations_belong_to_their_client(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT, PSA_ALG_CTR);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    (void)state;
    OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CTR));
    OK(psa_cipher_generate_iv(&operation, out, 16, &len));
    psa_cipher_operation_t stolen = operation;
    psa_direct_client = -2;
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_update(&stolen, out, 16, out, 16, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_cipher_finish(&stolen, out, 16, &len));
    OK(psa_cipher_abort(&stolen));
    psa_direct_client = -1;
    OK(psa_cipher_update(&operation, out, 16, out, 16, &len));
    OK(psa_cipher_finish(&operation, out, 16, &len));
    OK(psa_destroy_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ciphers_give_the_published_values),
        TEST(one_call_decrypts_what_one_call_encrypted),
        TEST(a_stream_of_any_length_passes),
        TEST(input_and_output_may_be_the_same_memory),
        TEST(padding_that_is_wrong_is_refused),
        TEST(generated_ivs_differ),
        TEST(cipher_setup_has_its_errors),
        TEST(cipher_operations_have_their_states),
        TEST(an_operation_that_failed_takes_no_place),
        TEST(cipher_operations_belong_to_their_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
