/*
 * The crypto service as a client sees it: message authentication codes.
 */
#include "crypto_fixture.h"

#include "support/psa_direct.h"

#define HMAC   PSA_ALG_HMAC(PSA_ALG_SHA_256)
#define SIGN   PSA_KEY_USAGE_SIGN_MESSAGE
#define VERIFY PSA_KEY_USAGE_VERIFY_MESSAGE

/* RFC 4231 cases 1 to 4, 6 and 7 (HMAC), RFC 2202 (SHA-1), RFC 4493 (CMAC, AES-128). */
static const struct vector {
    psa_key_type_t type;
    psa_algorithm_t alg;
    const char *key;
    const char *message;
    const char *mac;
} vectors[] = {
    {PSA_KEY_TYPE_HMAC, HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {PSA_KEY_TYPE_HMAC, HMAC, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_384), "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
     "8e2240ca5e69e2c78b3239ecfab21649"},
    {PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_512), "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {PSA_KEY_TYPE_HMAC, PSA_ALG_TRUNCATED_MAC(HMAC, 16), "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c7"},
    {PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_1), "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {PSA_KEY_TYPE_AES, PSA_ALG_CMAC, "2b7e151628aed2a6abf7158809cf4f3c", "",
     "bb1d6929e95937287fa37d129b756746"},
    {PSA_KEY_TYPE_AES, PSA_ALG_CMAC, "2b7e151628aed2a6abf7158809cf4f3c",
     "6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"},
    {PSA_KEY_TYPE_AES, PSA_ALG_CMAC, "2b7e151628aed2a6abf7158809cf4f3c",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
     "dfa66747de9ae63030ca32611497c827"},
};

static void mac_gives_the_published_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const struct vector *vector = &vectors[i];
        const struct bytes value = bytes_of(vector->key);
        const struct bytes message = bytes_of(vector->message);
        const struct bytes mac = bytes_of(vector->mac);
        const psa_key_id_t key = import_key(vector->type, SIGN | VERIFY, vector->alg, &value);
        OK(psa_mac_compute(key, vector->alg, message.data, message.len, out, sizeof out, &len));
        assert_out(&mac);
        OK(psa_mac_verify(key, vector->alg, message.data, message.len, mac.data, mac.len));
        OK(psa_destroy_key(key));
    }
}

static void mac_in_parts_equals_mac_at_once(void **state)
{
    psa_mac_operation_t sign = PSA_MAC_OPERATION_INIT;
    psa_mac_operation_t verify = PSA_MAC_OPERATION_INIT;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const struct vector *vector = &vectors[i];
        const struct bytes value = bytes_of(vector->key);
        const struct bytes message = bytes_of(vector->message);
        const struct bytes mac = bytes_of(vector->mac);
        const psa_key_id_t key = import_key(vector->type, SIGN | VERIFY, vector->alg, &value);
        for (size_t cut = 0; cut <= message.len; cut += 5) {
            OK(psa_mac_sign_setup(&sign, key, vector->alg));
            OK(psa_mac_verify_setup(&verify, key, vector->alg));
            OK(psa_mac_update(&sign, message.data, cut));
            OK(psa_mac_update(&verify, message.data, cut));
            OK(psa_mac_update(&sign, message.data + cut, message.len - cut));
            OK(psa_mac_update(&verify, message.data + cut, message.len - cut));
            OK(psa_mac_sign_finish(&sign, out, sizeof out, &len));
            assert_out(&mac);
            OK(psa_mac_verify_finish(&verify, mac.data, mac.len));
        }
        OK(psa_destroy_key(key));
    }
}

static void a_long_message_is_no_matter_of_memory(void **state)
{
    static uint8_t message[100000];
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_HMAC, 256, SIGN | VERIFY, HMAC);
    (void)state;
    memset(message, 0x5A, sizeof message);
    OK(psa_mac_compute(key, HMAC, message, sizeof message, out, 32, &len));
    OK(psa_mac_verify(key, HMAC, message, sizeof message, out, 32));
    OK(psa_mac_verify_setup(&operation, key, HMAC));
    OK(psa_mac_update(&operation, message, sizeof message));
    OK(psa_mac_verify_finish(&operation, out, 32));
    message[sizeof message - 1] ^= 1;
    FAILS(PSA_ERROR_INVALID_SIGNATURE, psa_mac_verify(key, HMAC, message, sizeof message, out, 32));
    OK(psa_destroy_key(key));
}

static void mac_verification_sees_every_byte(void **state)
{
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_HMAC, 256, SIGN | VERIFY, HMAC);
    (void)state;
    OK(psa_mac_compute(key, HMAC, text("abc"), 3, out, 32, &len));
    for (size_t i = 0; i < 32; i++) {
        out[i] ^= 4;
        FAILS(PSA_ERROR_INVALID_SIGNATURE, psa_mac_verify(key, HMAC, text("abc"), 3, out, 32));
        OK(psa_mac_verify_setup(&operation, key, HMAC));
        OK(psa_mac_update(&operation, text("abc"), 3));
        FAILS(PSA_ERROR_INVALID_SIGNATURE, psa_mac_verify_finish(&operation, out, 32));
        OK(psa_mac_abort(&operation));
        out[i] ^= 4;
    }
    for (size_t size = 0; size < 40; size++) {
        FAILS(size == 32 ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE,
              psa_mac_verify(key, HMAC, text("abc"), 3, out, size));
    }
    OK(psa_destroy_key(key));
}

static void mac_has_its_errors(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_HMAC, 256, SIGN, HMAC);
    const psa_key_id_t only_verify = generate_key(PSA_KEY_TYPE_HMAC, 256, VERIFY, HMAC);
    const psa_key_id_t aes = generate_key(PSA_KEY_TYPE_AES, 128, SIGN, HMAC);
    const psa_key_id_t odd =
        generate_key(PSA_KEY_TYPE_HMAC, 256, SIGN, PSA_ALG_HMAC(PSA_ALG_SHAKE256_512));
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    (void)state;
    for (size_t size = 0; size < 32; size++) {
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_mac_compute(key, HMAC, out, 1, out, size, &len));
        assert_int_equal(len, 0);
    }
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_mac_compute(only_verify, HMAC, out, 1, out, 32, &len));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_mac_verify(key, HMAC, text("a"), 1, out, 32));
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_mac_compute(key, PSA_ALG_HMAC(PSA_ALG_SHA_512), out, 1, out, 64, &len));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_mac_compute(0x7FFF1234, HMAC, out, 1, out, 32, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_mac_compute(aes, HMAC, out, 1, out, 32, &len));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_mac_compute(key, PSA_ALG_SHA_256, out, 1, out, 32, &len));
    assert_true(psa_mac_compute(odd, PSA_ALG_HMAC(PSA_ALG_SHAKE256_512), out, 1, out, 64, &len) !=
                PSA_SUCCESS);
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_mac_sign_setup(&operation, only_verify, HMAC));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_mac_verify_setup(&operation, key, HMAC));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_mac_sign_setup(&operation, 0, HMAC));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_mac_verify_setup(&operation, 0, HMAC));
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(only_verify));
    OK(psa_destroy_key(aes));
    OK(psa_destroy_key(odd));
}

static void mac_operations_have_their_states(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_HMAC, 256, SIGN | VERIFY, HMAC);
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    (void)state;
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_update(&operation, out, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_sign_finish(&operation, out, 32, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_verify_finish(&operation, out, 32));
    OK(psa_mac_abort(&operation));
    OK(psa_mac_sign_setup(&operation, key, HMAC));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_sign_setup(&operation, key, HMAC));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_verify_setup(&operation, key, HMAC));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_verify_finish(&operation, out, 32));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_sign_finish(&operation, out, 32, &len));
    OK(psa_mac_abort(&operation));
    OK(psa_mac_sign_setup(&operation, key, HMAC));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_mac_sign_finish(&operation, out, 31, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_sign_finish(&operation, out, 32, &len));
    OK(psa_mac_abort(&operation));
    OK(psa_mac_verify_setup(&operation, key, HMAC));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_sign_finish(&operation, out, 32, &len));
    OK(psa_mac_abort(&operation));
    OK(psa_destroy_key(key));
}

static void mac_operations_belong_to_their_client(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_HMAC, 256, SIGN, HMAC);
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    (void)state;
    OK(psa_mac_sign_setup(&operation, key, HMAC));
    psa_mac_operation_t stolen = operation;
    psa_direct_client = -2;
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_update(&stolen, out, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_mac_sign_finish(&stolen, out, 32, &len));
    OK(psa_mac_abort(&stolen));
    psa_direct_client = -1;
    OK(psa_mac_sign_finish(&operation, out, 32, &len));
    OK(psa_destroy_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mac_gives_the_published_values),
        TEST(mac_in_parts_equals_mac_at_once),
        TEST(a_long_message_is_no_matter_of_memory),
        TEST(mac_verification_sees_every_byte),
        TEST(mac_has_its_errors),
        TEST(mac_operations_have_their_states),
        TEST(mac_operations_belong_to_their_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
