/*
 * The crypto service as a client sees it, every call through psa_call() and the manager.
 */
#include "support/test.h"

#include <string.h>

#include <psa/client.h>
#include <psa/crypto.h>

#include "services/crypto_protocol.h"
#include "support/port_fake.h"
#include "support/psa_direct.h"

#define SHA256 PSA_ALG_SHA_256
#define ECDSA  PSA_ALG_ECDSA(PSA_ALG_SHA_256)

static uint8_t out[128];
static size_t len;

static int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    psa_direct_client = -1;
    memset(out, 0, sizeof out);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    return 0;
}

/** A volatile P-256 key pair of the present client. */
static psa_key_id_t make_key(psa_key_usage_t usage)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, ECDSA);
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_SUCCESS);
    assert_int_not_equal(key, 0);
    return key;
}

#define SIGN_AND_VERIFY                                                                            \
    (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH | PSA_KEY_USAGE_SIGN_MESSAGE |            \
     PSA_KEY_USAGE_VERIFY_MESSAGE)

/* Hashes: FIPS 180-4 examples, and a million times "a". */

static const uint8_t sha256_abc[32] = {
    0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23,
    0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17, 0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD};
static const uint8_t sha256_empty[32] = {
    0xE3, 0xB0, 0xC4, 0x42, 0x98, 0xFC, 0x1C, 0x14, 0x9A, 0xFB, 0xF4, 0xC8, 0x99, 0x6F, 0xB9, 0x24,
    0x27, 0xAE, 0x41, 0xE4, 0x64, 0x9B, 0x93, 0x4C, 0xA4, 0x95, 0x99, 0x1B, 0x78, 0x52, 0xB8, 0x55};
static const uint8_t sha256_two_blocks[32] = {
    0x24, 0x8D, 0x6A, 0x61, 0xD2, 0x06, 0x38, 0xB8, 0xE5, 0xC0, 0x26, 0x93, 0x0C, 0x3E, 0x60, 0x39,
    0xA3, 0x3C, 0xE4, 0x59, 0x64, 0xFF, 0x21, 0x67, 0xF6, 0xEC, 0xED, 0xD4, 0x19, 0xDB, 0x06, 0xC1};
static const uint8_t sha256_million[32] = {
    0xCD, 0xC7, 0x6E, 0x5C, 0x99, 0x14, 0xFB, 0x92, 0x81, 0xA1, 0xC7, 0xE2, 0x84, 0xD7, 0x3E, 0x67,
    0xF1, 0x80, 0x9A, 0x48, 0xA4, 0x97, 0x20, 0x0E, 0x04, 0x6D, 0x39, 0xCC, 0xC7, 0x11, 0x2C, 0xD0};
static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static const uint8_t *bytes(const char *text)
{
    return (const uint8_t *)text;
}

static void hash_compute_gives_the_published_values(void **state)
{
    static uint8_t million[1000000];
    (void)state;
    assert_int_equal(psa_hash_compute(SHA256, bytes("abc"), 3, out, 32, &len), PSA_SUCCESS);
    assert_int_equal(len, 32);
    assert_memory_equal(out, sha256_abc, 32);
    assert_int_equal(psa_hash_compute(SHA256, NULL, 0, out, 32, &len), PSA_SUCCESS);
    assert_memory_equal(out, sha256_empty, 32);
    assert_int_equal(psa_hash_compute(SHA256, bytes(two_blocks), 56, out, 32, &len), PSA_SUCCESS);
    assert_memory_equal(out, sha256_two_blocks, 32);
    memset(million, 'a', sizeof million);
    assert_int_equal(psa_hash_compute(SHA256, million, sizeof million, out, 32, &len), PSA_SUCCESS);
    assert_memory_equal(out, sha256_million, 32);
}

static void hash_compute_writes_only_the_hash(void **state)
{
    (void)state;
    memset(out, 0xEE, sizeof out);
    assert_int_equal(psa_hash_compute(SHA256, bytes("abc"), 3, out, sizeof out, &len), PSA_SUCCESS);
    assert_int_equal(len, 32);
    for (size_t i = 32; i < sizeof out; i++) {
        assert_int_equal(out[i], 0xEE);
    }
}

static void hash_compute_has_its_errors(void **state)
{
    (void)state;
    for (size_t size = 0; size < 32; size++) {
        len = 99;
        assert_int_equal(psa_hash_compute(SHA256, bytes("abc"), 3, out, size, &len),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        assert_int_equal(len, 0);
    }
    assert_int_equal(psa_hash_compute(PSA_ALG_MD5, bytes("abc"), 3, out, 32, &len),
                     PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(psa_hash_compute(ECDSA, bytes("abc"), 3, out, 32, &len),
                     PSA_ERROR_INVALID_ARGUMENT);
}

static void hash_compare_sees_every_byte(void **state)
{
    uint8_t hash[33] = {0};
    (void)state;
    memcpy(hash, sha256_abc, 32);
    assert_int_equal(psa_hash_compare(SHA256, bytes("abc"), 3, hash, 32), PSA_SUCCESS);
    assert_int_equal(psa_hash_compare(SHA256, bytes("abc"), 3, hash, 31),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_hash_compare(SHA256, bytes("abc"), 3, hash, 33),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_hash_compare(SHA256, bytes("abc"), 3, NULL, 0),
                     PSA_ERROR_INVALID_SIGNATURE);
    for (size_t i = 0; i < 32; i++) {
        hash[i] ^= 0x80;
        assert_int_equal(psa_hash_compare(SHA256, bytes("abc"), 3, hash, 32),
                         PSA_ERROR_INVALID_SIGNATURE);
        hash[i] ^= 0x80;
    }
}

static void the_longest_hash_is_not_cut_when_compared(void **state)
{
    uint8_t hash[65] = {0};
    (void)state;
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_512, bytes("abc"), 3, hash, 64, &len),
                     PSA_SUCCESS);
    assert_int_equal(psa_hash_compare(PSA_ALG_SHA_512, bytes("abc"), 3, hash, 64), PSA_SUCCESS);
    assert_int_equal(psa_hash_compare(PSA_ALG_SHA_512, bytes("abc"), 3, hash, 65),
                     PSA_ERROR_INVALID_SIGNATURE);
}

static void hash_in_parts_equals_hash_at_once(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    (void)state;
    for (size_t cut = 0; cut <= 56; cut++) {
        assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
        assert_int_equal(psa_hash_update(&operation, bytes(two_blocks), cut), PSA_SUCCESS);
        assert_int_equal(psa_hash_clone(&operation, &clone), PSA_SUCCESS);
        assert_int_equal(psa_hash_update(&operation, bytes(two_blocks) + cut, 56 - cut),
                         PSA_SUCCESS);
        assert_int_equal(psa_hash_finish(&operation, out, sizeof out, &len), PSA_SUCCESS);
        assert_int_equal(len, 32);
        assert_memory_equal(out, sha256_two_blocks, 32);
        assert_int_equal(psa_hash_update(&clone, bytes(two_blocks) + cut, 56 - cut), PSA_SUCCESS);
        assert_int_equal(psa_hash_verify(&clone, sha256_two_blocks, 32), PSA_SUCCESS);
    }
}

static void hash_operations_have_their_states(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t other = PSA_HASH_OPERATION_INIT;
    (void)state;
    assert_int_equal(psa_hash_update(&operation, out, 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_finish(&operation, out, 32, &len), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_verify(&operation, out, 32), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_clone(&operation, &other), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);

    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_setup(&other, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_clone(&operation, &other), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&other), PSA_SUCCESS);

    /* After a failure only psa_hash_abort() helps. */
    assert_int_equal(psa_hash_finish(&operation, out, 31, &len), PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(psa_hash_finish(&operation, out, 32, &len), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_verify(&operation, sha256_abc, 32), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);

    assert_int_equal(psa_hash_setup(&operation, PSA_ALG_MD5), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
}

static void hash_operations_are_limited_and_come_back(void **state)
{
    psa_hash_operation_t operation[9] = {0};
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 8; i++) {
            assert_int_equal(psa_hash_setup(&operation[i], SHA256), PSA_SUCCESS);
        }
        assert_int_equal(psa_hash_setup(&operation[8], SHA256), PSA_ERROR_INSUFFICIENT_MEMORY);
        assert_int_equal(psa_hash_clone(&operation[0], &operation[8]),
                         PSA_ERROR_INSUFFICIENT_MEMORY);
        for (size_t i = 0; i < 8; i++) {
            assert_int_equal(psa_hash_abort(&operation[i]), PSA_SUCCESS);
        }
    }
}

static void hash_operations_belong_to_their_client(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    (void)state;
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_update(&operation, bytes("ab"), 2), PSA_SUCCESS);
    psa_hash_operation_t stolen = operation;
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    psa_direct_client = -2;
    assert_int_equal(psa_hash_update(&stolen, bytes("x"), 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_clone(&stolen, &clone), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_finish(&stolen, out, 32, &len), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&stolen), PSA_SUCCESS); /* aborts nothing */
    psa_direct_client = -1;
    assert_int_equal(psa_hash_update(&operation, bytes("c"), 1), PSA_SUCCESS);
    assert_int_equal(psa_hash_verify(&operation, sha256_abc, 32), PSA_SUCCESS);
}

static void a_replayed_operation_names_nothing(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t next = PSA_HASH_OPERATION_INIT;
    (void)state;
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    psa_hash_operation_t replayed = operation;
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&next, SHA256), PSA_SUCCESS); /* the same place */
    assert_int_equal(psa_hash_update(&replayed, bytes("x"), 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&replayed), PSA_SUCCESS);
    assert_int_equal(psa_hash_verify(&next, sha256_empty, 32), PSA_SUCCESS);
}

/* Random. */

static void random_fills_exactly_what_was_asked(void **state)
{
    uint8_t data[300];
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        memset(data, 0, sizeof data);
        assert_int_equal(psa_generate_random(data, size), PSA_SUCCESS);
        size_t zeros = 0;
        for (size_t i = 0; i < sizeof data; i++) {
            zeros += data[i] == 0;
            assert_true(i < size || data[i] == 0);
        }
        assert_true(zeros <= sizeof data - size + 8);
    }
}

static void random_fails_when_its_source_does(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 55;
    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    port_fake.entropy = GARRISON_ERROR_DEVICE;
    assert_int_equal(psa_generate_random(out, 16), PSA_ERROR_INSUFFICIENT_ENTROPY);
    assert_true(psa_generate_key(&attributes, &key) != PSA_SUCCESS);
    assert_int_equal(key, 0);
}

/* Keys. */

static void a_signature_made_is_a_signature_verified(void **state)
{
    psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    (void)state;
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, sizeof out, &len), PSA_SUCCESS);
    assert_int_equal(len, 64);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, len), PSA_SUCCESS);
    assert_int_equal(psa_verify_message(key, ECDSA, bytes("abc"), 3, out, len), PSA_SUCCESS);
    assert_int_equal(psa_sign_message(key, ECDSA, bytes("abc"), 3, out, 64, &len), PSA_SUCCESS);
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
    assert_int_equal(psa_verify_message(key, ECDSA, bytes("abd"), 3, out, 64),
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

static void an_input_larger_than_the_arena_is_an_error(void **state)
{
    static uint8_t large[40000];
    psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    (void)state;
    assert_int_equal(psa_sign_message(key, ECDSA, large, sizeof large, out, 64, &len),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_sign_message(key, ECDSA, large, 4096, out, 64, &len), PSA_SUCCESS);
    assert_int_equal(psa_verify_message(key, ECDSA, large, 4096, out, 64), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void a_key_is_its_clients_own(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    (void)state;
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 64, &len), PSA_SUCCESS);
    psa_direct_client = -2;
    assert_int_equal(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 64, &len),
                     PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, 64),
                     PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_export_public_key(key, out, sizeof out, &len), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_get_key_attributes(key, &attributes), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(key), PSA_ERROR_INVALID_HANDLE);
    psa_direct_client = -1;
    assert_int_equal(psa_verify_hash(key, ECDSA, sha256_abc, 32, out, 64),
                     PSA_SUCCESS); /* the others wrote nothing to `out` */
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(key), PSA_ERROR_INVALID_HANDLE);
}

static void key_attributes_come_back(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = make_key(PSA_KEY_USAGE_SIGN_HASH);
    (void)state;
    assert_int_equal(psa_get_key_attributes(key, &attributes), PSA_SUCCESS);
    assert_int_equal(psa_get_key_type(&attributes),
                     PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    assert_int_equal(psa_get_key_bits(&attributes), 256);
    assert_int_equal(psa_get_key_algorithm(&attributes), ECDSA);
    assert_int_equal(psa_get_key_usage_flags(&attributes),
                     PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_SIGN_MESSAGE);
    assert_int_equal(psa_get_key_lifetime(&attributes), PSA_KEY_LIFETIME_VOLATILE);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void import_and_export_follow_the_published_vector(void **state)
{
    /* RFC 6979, A.2.5: key and public key for P-256. */
    static const uint8_t private_key[32] = {0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16,
                                            0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
                                            0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12,
                                            0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21};
    static const uint8_t public_key[65] = {
        0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74,
        0xC6, 0x35, 0x6D, 0x68, 0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6,
        0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F, 0xB6, 0x79, 0x03, 0xFE, 0x10, 0x08, 0xB8,
        0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC, 0x64, 0xF2, 0xF1, 0xB2,
        0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99};
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_usage_flags(&attributes, SIGN_AND_VERIFY);
    psa_set_key_algorithm(&attributes, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256));
    assert_int_equal(psa_import_key(&attributes, private_key, 31, &key),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_import_key(&attributes, NULL, 0, &key), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_import_key(&attributes, private_key, 32, &key), PSA_SUCCESS);
    assert_int_equal(psa_export_public_key(key, out, 64, &len), PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(psa_export_public_key(key, out, sizeof out, &len), PSA_SUCCESS);
    assert_int_equal(len, 65);
    assert_memory_equal(out, public_key, 65);

    /* RFC 6979, A.2.5: "sample" with SHA-256, first and last byte of r and s. */
    assert_int_equal(psa_sign_message(key, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256),
                                      bytes("sample"), 6, out, 64, &len),
                     PSA_SUCCESS);
    assert_int_equal(out[0], 0xEF);
    assert_int_equal(out[31], 0x16);
    assert_int_equal(out[32], 0xF7);
    assert_int_equal(out[63], 0xA8);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
}

static void persistent_keys_say_that_they_are_not_there(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_id(&attributes, 7);
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(key, 0);
}

static void keys_are_limited_and_come_back(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t keys[64];
    size_t count = 0;
    psa_status_t status = PSA_SUCCESS;
    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    while (count < COUNT_OF(keys) &&
           (status = psa_generate_key(&attributes, &keys[count])) == PSA_SUCCESS) {
        count++;
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_true(count >= 16);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(psa_destroy_key(keys[i]), PSA_SUCCESS);
    }
    assert_int_equal(psa_generate_key(&attributes, &keys[0]), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(keys[0]), PSA_SUCCESS);
}

static void a_hundred_rounds_leak_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        psa_key_id_t key = make_key(SIGN_AND_VERIFY);
        assert_int_equal(psa_sign_message(key, ECDSA, bytes("abc"), 3, out, 64, &len), PSA_SUCCESS);
        assert_int_equal(psa_sign_message(key, ECDSA, bytes("abc"), 3, out, 1, &len),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

/* The protocol, by hand. */

static psa_status_t call(const void *request, size_t request_len, psa_outvec *out_vec)
{
    psa_invec in = {request, request_len};
    return psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, out_vec, out_vec != NULL);
}

static void unknown_functions_are_not_supported(void **state)
{
    struct crypto_request request = {0};
    (void)state;
    for (uint32_t function = 0; function < 300; function++) {
        request.function = function;
        if (function < CRYPTO_HASH_COMPUTE || function > CRYPTO_VERIFY_MESSAGE) {
            assert_int_equal(call(&request, sizeof request, NULL), PSA_ERROR_NOT_SUPPORTED);
        }
    }
    request.function = UINT32_MAX;
    assert_int_equal(call(&request, sizeof request, NULL), PSA_ERROR_NOT_SUPPORTED);
    request.function = CRYPTO_RANDOM;
    psa_invec in = {&request, sizeof request};
    assert_int_equal(psa_call(CRYPTO_HANDLE, 1, &in, 1, NULL, 0), PSA_ERROR_NOT_SUPPORTED);
}

static void requests_have_one_size(void **state)
{
    uint8_t request[64] = {CRYPTO_RANDOM};
    (void)state;
    for (size_t size = 0; size <= sizeof request; size++) {
        assert_int_equal(call(request, size, NULL), size == sizeof(struct crypto_request)
                                                        ? PSA_SUCCESS
                                                        : PSA_ERROR_PROGRAMMER_ERROR);
    }
    assert_int_equal(psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, NULL, 0, NULL, 0),
                     PSA_ERROR_PROGRAMMER_ERROR);
}

static void every_function_survives_missing_vectors(void **state)
{
    struct crypto_request request = {0};
    (void)state;
    for (uint32_t function = CRYPTO_HASH_COMPUTE; function <= CRYPTO_VERIFY_MESSAGE; function++) {
        request.function = function;
        request.alg = SHA256;
        psa_status_t status = call(&request, sizeof request, NULL);
        bool harmless = function == CRYPTO_RANDOM || function == CRYPTO_HASH_ABORT ||
                        function == CRYPTO_DESTROY_KEY;
        assert_true((status == PSA_SUCCESS) == harmless);
    }
    assert_int_equal(port_fake.panic[0], '\0');
}

static void results_of_a_wrong_size_are_refused_before_anything_is_made(void **state)
{
    static const uint32_t functions[] = {CRYPTO_HASH_SETUP, CRYPTO_HASH_CLONE, CRYPTO_GENERATE_KEY,
                                         CRYPTO_IMPORT_KEY};
    struct crypto_request request = {.alg = SHA256};
    (void)state;
    for (int round = 0; round < 20; round++) { /* more than there are operations */
        for (size_t i = 0; i < COUNT_OF(functions); i++) {
            psa_outvec vec = {out, round % 2 == 0 ? 3 : 5};
            request.function = functions[i];
            assert_int_equal(call(&request, sizeof request, &vec), PSA_ERROR_PROGRAMMER_ERROR);
        }
    }
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hash_compute_gives_the_published_values),
        TEST(hash_compute_writes_only_the_hash),
        TEST(hash_compute_has_its_errors),
        TEST(hash_compare_sees_every_byte),
        TEST(the_longest_hash_is_not_cut_when_compared),
        TEST(hash_in_parts_equals_hash_at_once),
        TEST(hash_operations_have_their_states),
        TEST(hash_operations_are_limited_and_come_back),
        TEST(hash_operations_belong_to_their_client),
        TEST(a_replayed_operation_names_nothing),
        TEST(random_fills_exactly_what_was_asked),
        TEST(random_fails_when_its_source_does),
        TEST(a_signature_made_is_a_signature_verified),
        TEST(a_wrong_signature_is_refused),
        TEST(signing_has_its_errors),
        TEST(ecdsa_over_any_hash_takes_any_length),
        TEST(an_input_larger_than_the_arena_is_an_error),
        TEST(a_key_is_its_clients_own),
        TEST(key_attributes_come_back),
        TEST(import_and_export_follow_the_published_vector),
        TEST(persistent_keys_say_that_they_are_not_there),
        TEST(keys_are_limited_and_come_back),
        TEST(a_hundred_rounds_leak_nothing),
        TEST(unknown_functions_are_not_supported),
        TEST(requests_have_one_size),
        TEST(every_function_survives_missing_vectors),
        TEST(results_of_a_wrong_size_are_refused_before_anything_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
