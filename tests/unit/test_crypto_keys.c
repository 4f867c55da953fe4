/*
 * The crypto service as a client sees it: keys.
 */
#include "crypto_fixture.h"

#include <garrison/module.h>

#include "services/clients.h"
#include "services/crypto.h"
#include "support/port_fake.h"
#include "support/psa_direct.h"

#define SHA256 PSA_ALG_SHA_256

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
                                      text("sample"), 6, out, 64, &len),
                     PSA_SUCCESS);
    assert_int_equal(out[0], 0xEF);
    assert_int_equal(out[31], 0x16);
    assert_int_equal(out[32], 0xF7);
    assert_int_equal(out[63], 0xA8);
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
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
    assert_int_equal(count, 28); /* four of the slots are for partitions */
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(psa_destroy_key(keys[i]), PSA_SUCCESS);
    }
    assert_int_equal(psa_generate_key(&attributes, &keys[0]), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(keys[0]), PSA_SUCCESS);
}

static size_t flood(psa_key_id_t keys[64], size_t bytes)
{
    const psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_RAW_DATA, 8 * bytes, PSA_KEY_USAGE_EXPORT, 0);
    static const uint8_t value[2000];
    psa_status_t status = PSA_SUCCESS;
    size_t count = 0;
    while (count < 64 && status == PSA_SUCCESS) {
        status = count % 2u == 0 ? psa_generate_key(&attributes, &keys[count])
                                 : psa_import_key(&attributes, value, bytes, &keys[count]);
        count += status == PSA_SUCCESS;
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
    return count;
}

/** Small keys by number, large ones by the arena; twice: what is given back can be had again. */
static void modules_have_shares_of_slots_and_arena(void **state)
{
    static const struct {
        size_t bytes;
        size_t count;
    } rows[] = {{16, 4}, {1000, 2}, {16, 4}, {2000, 1}};
    psa_key_id_t keys[CLIENT_MODULES][64];
    psa_key_id_t own[64];
    (void)state;
    assert_int_equal(CLIENT_MODULE_FIRST, GARRISON_MODULE_CLIENT_ID(0));
    assert_int_equal(CLIENT_MODULES, MODULES_MAX);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t all = 0;
        for (int32_t module = 0; module < (int32_t)CLIENT_MODULES; module++) {
            psa_direct_client = CLIENT_MODULE_FIRST + module;
            const size_t count = flood(keys[module], rows[i].bytes);
            assert_int_equal(count, module < 4 ? rows[i].count : count);
            for (size_t k = count; k < 64; k++) {
                keys[module][k] = 0;
            }
            all += count;
        }
        assert_true(all <= 16 && all * rows[i].bytes <= 10240); /* half of what there is */
        psa_direct_client = -1;
        const size_t count = flood(own, 16);
        assert_true(count >= 12);
        for (size_t k = 0; k < count; k++) {
            OK(psa_destroy_key(own[k]));
        }
        for (int32_t module = 0; module < (int32_t)CLIENT_MODULES; module++) {
            psa_direct_client = CLIENT_MODULE_FIRST + module;
            for (size_t k = 0; k < 64 && keys[module][k] != 0; k++) {
                OK(psa_destroy_key(keys[module][k]));
            }
        }
    }
    psa_direct_client = -1;
}

/** However many keys there are, one that is stored can still be used. */
static void a_slot_is_left_for_persistent_keys(void **state)
{
    psa_key_attributes_t stored =
        attributes_of(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
    psa_key_id_t own[64];
    psa_key_id_t others[64];
    psa_key_id_t key;
    (void)state;
    psa_set_key_id(&stored, 77);
    OK(psa_generate_key(&stored, &key));
    size_t own_count = flood(own, 1);
    psa_direct_client = CLIENT_MODULE_FIRST;
    size_t others_count = flood(others, 1);
    assert_int_equal(own_count, 28);
    assert_int_equal(others_count, 3);
    psa_direct_client = -1;
    OK(psa_export_key(77, out, sizeof out, &len));
    OK(psa_destroy_key(77));
    while (own_count > 0) {
        OK(psa_destroy_key(own[--own_count]));
    }
    psa_direct_client = CLIENT_MODULE_FIRST;
    while (others_count > 0) {
        OK(psa_destroy_key(others[--others_count]));
    }
    psa_direct_client = -1;
}

static void a_hundred_rounds_leak_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        psa_key_id_t key = make_key(SIGN_AND_VERIFY);
        assert_int_equal(psa_sign_message(key, ECDSA, text("abc"), 3, out, 64, &len), PSA_SUCCESS);
        assert_int_equal(psa_sign_message(key, ECDSA, text("abc"), 3, out, 1, &len),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

#define AES_VALUE "2b7e151628aed2a6abf7158809cf4f3c"
#define COPY      (PSA_KEY_USAGE_COPY | PSA_KEY_USAGE_EXPORT)

static void keys_are_exported_where_that_is_allowed(void **state)
{
    const struct bytes value = bytes_of(AES_VALUE);
    const psa_key_id_t open = import_key(PSA_KEY_TYPE_AES, PSA_KEY_USAGE_EXPORT, 0, &value);
    const psa_key_id_t closed = import_key(PSA_KEY_TYPE_AES, 0, 0, &value);
    (void)state;
    OK(psa_export_key(open, out, sizeof out, &len));
    assert_out(&value);
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_export_key(open, out, 15, &len));
    assert_int_equal(len, 0);
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_export_key(closed, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_export_key(0, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_export_public_key(open, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_export_public_key(0, out, sizeof out, &len));
    psa_direct_client = -2;
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_export_key(open, out, sizeof out, &len));
    psa_direct_client = -1;
    OK(psa_destroy_key(open));
    OK(psa_destroy_key(closed));
}

static void a_copy_has_what_both_policies_allow(void **state)
{
    const struct bytes value = bytes_of(AES_VALUE);
    const psa_key_id_t key =
        import_key(PSA_KEY_TYPE_AES, COPY | PSA_KEY_USAGE_ENCRYPT, PSA_ALG_CTR, &value);
    const psa_key_id_t closed = import_key(PSA_KEY_TYPE_AES, 0, PSA_ALG_CTR, &value);
    psa_key_attributes_t attributes = attributes_of(
        PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_DECRYPT, PSA_ALG_CTR);
    psa_key_id_t copy = 0;
    (void)state;
    OK(psa_copy_key(key, &attributes, &copy));
    OK(psa_get_key_attributes(copy, &attributes));
    assert_int_equal(psa_get_key_usage_flags(&attributes), PSA_KEY_USAGE_EXPORT);
    OK(psa_destroy_key(key));
    OK(psa_export_key(copy, out, sizeof out, &len));
    assert_out(&value);
    OK(psa_destroy_key(copy));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_copy_key(closed, &attributes, &copy));
    assert_int_equal(copy, 0);
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_copy_key(0, &attributes, &copy));
    OK(psa_destroy_key(closed));
    const psa_key_id_t other = import_key(PSA_KEY_TYPE_AES, COPY, PSA_ALG_CTR, &value);
    attributes = attributes_of(PSA_KEY_TYPE_AES, 256, 0, PSA_ALG_CTR);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_copy_key(other, &attributes, &copy));
    attributes = attributes_of(PSA_KEY_TYPE_AES, 128, 0, PSA_ALG_CBC_PKCS7);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_copy_key(other, &attributes, &copy));
    OK(psa_destroy_key(other));
}

static void making_keys_has_its_errors(void **state)
{
    const struct {
        psa_status_t error;
        psa_key_type_t type;
        size_t bits;
    } rows[] = {
        {PSA_ERROR_INVALID_ARGUMENT, PSA_KEY_TYPE_AES, 0},
        {PSA_ERROR_INVALID_ARGUMENT, PSA_KEY_TYPE_AES, 129},
        {PSA_ERROR_NOT_SUPPORTED, PSA_KEY_TYPE_NONE, 128},
        {PSA_ERROR_NOT_SUPPORTED, P256_PAIR, 255},
        {PSA_ERROR_INVALID_ARGUMENT, P256_PUBLIC, 256},
        {PSA_ERROR_NOT_SUPPORTED, PSA_KEY_TYPE_RSA_KEY_PAIR, 16384},
    };
    psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_AES, 128, 0, 0);
    psa_key_id_t key = 9;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        attributes = attributes_of(rows[i].type, rows[i].bits, 0, 0);
        FAILS(rows[i].error, psa_generate_key(&attributes, &key));
        assert_int_equal(key, 0);
    }
    attributes = attributes_of(PSA_KEY_TYPE_AES, 128, 0x80000000, 0);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_generate_key(&attributes, &key));
    attributes = attributes_of(PSA_KEY_TYPE_AES, 128, 0, 0);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_import_key(&attributes, out, 32, &key));
    attributes = attributes_of(PSA_KEY_TYPE_AES, 0, 0, 0);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_import_key(&attributes, out, 17, &key));
    psa_set_key_lifetime(&attributes, PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(0, 9));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_import_key(&attributes, out, 16, &key));
    attributes = attributes_of(PSA_KEY_TYPE_RAW_DATA, 0, 0, 0);
    static const uint8_t large[40000];
    FAILS(PSA_ERROR_INSUFFICIENT_MEMORY, psa_import_key(&attributes, large, sizeof large, &key));
}

static void rsa_keys_may_have_another_exponent(void **state)
{
    static const uint8_t three[] = {3};
    struct {
        psa_key_production_parameters_t params;
        uint8_t room[4];
    } production = {.params = PSA_KEY_PRODUCTION_PARAMETERS_INIT};
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    const psa_custom_key_parameters_t odd = {.flags = 1};
    psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_RSA_KEY_PAIR, 1024, 0, 0);
    psa_key_id_t key = 0;
    (void)state;
    OK(psa_generate_key_custom(&attributes, &custom, three, sizeof three, &key));
    OK(psa_export_public_key(key, out, sizeof out, &len));
    assert_int_equal(out[len - 1], 3); /* RSAPublicKey ends with the exponent */
    OK(psa_destroy_key(key));
    production.params.data[0] = 3;
    OK(psa_generate_key_ext(&attributes, &production.params, 1, &key));
    OK(psa_export_public_key(key, out, sizeof out, &len));
    assert_int_equal(out[len - 1], 3);
    OK(psa_destroy_key(key));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_generate_key_custom(&attributes, &odd, NULL, 0, &key));
    attributes = attributes_of(PSA_KEY_TYPE_AES, 128, 0, 0);
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_generate_key_custom(&attributes, &custom, three, sizeof three, &key));
    assert_int_equal(key, 0);
}

static void volatile_keys_are_opened_purged_and_closed(void **state)
{
    const psa_key_id_t key = make_key(SIGN_AND_VERIFY);
    psa_key_handle_t handle = 0;
    (void)state;
    OK(psa_open_key(key, &handle));
    assert_int_equal(handle, key);
    OK(psa_purge_key(key));
    OK(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 64, &len));
    FAILS(PSA_ERROR_DOES_NOT_EXIST, psa_open_key(PSA_KEY_ID_VENDOR_MIN + 30, &handle));
    assert_int_equal(handle, 0);
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_purge_key(0));
    psa_direct_client = -2;
    FAILS(PSA_ERROR_DOES_NOT_EXIST, psa_open_key(key, &handle));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_purge_key(key));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_close_key(key));
    psa_direct_client = -1;
    OK(psa_close_key(key)); /* as its documentation has it, that destroys a volatile key */
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 64, &len));
    OK(psa_close_key(0));
    OK(psa_destroy_key(0));
}

/** A restart wipes the service; here its client forgets instead, which leaves as little. */
static void begin_anew(uint32_t starts)
{
    OK(crypto_set_up(NULL));
    crypto_note_start(starts);
}

static void what_a_restart_has_ended_names_nothing_new(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_key_id_t old = make_key(SIGN_AND_VERIFY);
    (void)state;
    for (uint32_t starts = 1; starts < 300u; starts += 13u) {
        begin_anew(starts);
        const psa_key_id_t key = make_key(SIGN_AND_VERIFY);
        assert_int_not_equal(key, old);
        FAILS(PSA_ERROR_INVALID_HANDLE, psa_get_key_attributes(old, &attributes));
        FAILS(PSA_ERROR_INVALID_HANDLE, psa_destroy_key(old));
        OK(psa_get_key_attributes(key, &attributes));
        OK(psa_sign_hash(key, ECDSA, sha256_abc, 32, out, 64, &len));
        OK(psa_destroy_key(key));
    }
    begin_anew(0);
}

static void an_operation_of_before_a_restart_names_no_new_one(void **state)
{
    psa_hash_operation_t old[9] = {PSA_HASH_OPERATION_INIT};
    (void)state;
    begin_anew(0);
    for (uint32_t i = 0; i < 8u; i++) {
        OK(psa_hash_setup(&old[i], SHA256));
    }
    begin_anew(1);
    old[8] = psa_hash_operation_init();
    OK(psa_hash_setup(&old[8], SHA256));
    for (uint32_t i = 0; i < 8u; i++) {
        FAILS(PSA_ERROR_BAD_STATE, psa_hash_update(&old[i], text("x"), 1));
    }
    OK(psa_hash_abort(&old[8]));
    begin_anew(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_restart_has_ended_names_nothing_new),
        TEST(an_operation_of_before_a_restart_names_no_new_one),
        TEST(a_key_is_its_clients_own),
        TEST(key_attributes_come_back),
        TEST(import_and_export_follow_the_published_vector),
        TEST(keys_are_limited_and_come_back),
        TEST(modules_have_shares_of_slots_and_arena),
        TEST(a_slot_is_left_for_persistent_keys),
        TEST(a_hundred_rounds_leak_nothing),
        TEST(keys_are_exported_where_that_is_allowed),
        TEST(a_copy_has_what_both_policies_allow),
        TEST(making_keys_has_its_errors),
        TEST(rsa_keys_may_have_another_exponent),
        TEST(volatile_keys_are_opened_purged_and_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
