/*
 * Keys that outlive a reset, and the storage behind them.
 */
#include "crypto_fixture.h"

#include "its_fake.h"
#include "support/psa_direct.h"

#define KEY 7u

static psa_key_attributes_t persistent(psa_key_id_t id)
{
    psa_key_attributes_t attributes = attributes_of(
        P256_PAIR, 256, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH | PSA_KEY_USAGE_COPY,
        ECDSA);
    psa_set_key_id(&attributes, id);
    return attributes;
}

static void make(psa_key_id_t id)
{
    const psa_key_attributes_t attributes = persistent(id);
    psa_key_id_t key = 0;
    OK(psa_generate_key(&attributes, &key));
    assert_int_equal(key, id);
}

static psa_status_t sign(psa_key_id_t key)
{
    static const uint8_t hash[32];
    return psa_sign_hash(key, ECDSA, hash, sizeof hash, out, 64, &len);
}

static void a_persistent_key_is_stored_under_its_owner(void **state)
{
    (void)state;
    make(KEY);
    assert_int_equal(its_fake_count(), 1);
    assert_true(its_fake.object[0].uid == ((uint64_t)0xFFFFFFFF << 32 | KEY));
    psa_direct_client = -2;
    FAILS(PSA_ERROR_INVALID_HANDLE, sign(KEY));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_destroy_key(KEY));
    make(KEY); /* the same id, and another key */
    assert_int_equal(its_fake_count(), 2);
    assert_true(its_fake.object[1].uid == ((uint64_t)0xFFFFFFFE << 32 | KEY));
    assert_memory_not_equal(its_fake.object[0].data, its_fake.object[1].data,
                            its_fake.object[0].len);
    OK(psa_destroy_key(KEY));
    psa_direct_client = -1;
    OK(sign(KEY));
    OK(psa_destroy_key(KEY));
    assert_int_equal(its_fake_count(), 0);
    FAILS(PSA_ERROR_INVALID_HANDLE, sign(KEY));
}

static void a_persistent_key_is_in_memory_only_while_it_is_used(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    (void)state;
    make(KEY);
    for (int i = 0; i < 3; i++) {
        const unsigned reads = its_fake.reads;
        OK(sign(KEY));
        assert_true(its_fake.reads > reads);
    }
    OK(psa_get_key_attributes(KEY, &attributes));
    assert_int_equal(psa_get_key_id(&attributes), KEY);
    assert_int_equal(psa_get_key_lifetime(&attributes), PSA_KEY_LIFETIME_PERSISTENT);
    assert_int_equal(psa_get_key_bits(&attributes), 256);
    OK(psa_purge_key(KEY));
    psa_key_handle_t handle = 0;
    OK(psa_open_key(KEY, &handle));
    assert_int_equal(handle, KEY);
    OK(psa_close_key(handle));
    OK(sign(KEY)); /* closing does not destroy it */
    OK(psa_destroy_key(KEY));
    FAILS(PSA_ERROR_DOES_NOT_EXIST, psa_open_key(KEY, &handle));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_purge_key(KEY));
}

static void persistent_keys_take_no_slots(void **state)
{
    (void)state;
    for (psa_key_id_t id = 1; id <= ITS_FAKE_OBJECTS; id++) {
        make(id);
    }
    psa_key_id_t keys[28];
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        keys[i] = generate_key(PSA_KEY_TYPE_AES, 128, 0, 0);
    }
    for (psa_key_id_t id = 1; id <= ITS_FAKE_OBJECTS; id++) {
        OK(sign(id));
        OK(psa_destroy_key(id));
    }
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        OK(psa_destroy_key(keys[i]));
    }
}

static void ids_have_their_range(void **state)
{
    static const struct {
        psa_key_id_t id;
        psa_status_t status;
    } rows[] = {
        {PSA_KEY_ID_USER_MIN, PSA_SUCCESS},
        {PSA_KEY_ID_USER_MAX, PSA_SUCCESS},
        {PSA_KEY_ID_USER_MAX + 1, PSA_ERROR_INVALID_ARGUMENT},
        {PSA_KEY_ID_VENDOR_MAX, PSA_ERROR_INVALID_ARGUMENT},
        {PSA_KEY_ID_VENDOR_MAX + 1, PSA_ERROR_INVALID_ARGUMENT},
        {UINT32_MAX, PSA_ERROR_INVALID_ARGUMENT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const psa_key_attributes_t attributes = persistent(rows[i].id);
        psa_key_id_t key = 0;
        FAILS(rows[i].status, psa_generate_key(&attributes, &key));
        if (rows[i].status == PSA_SUCCESS) {
            FAILS(PSA_ERROR_ALREADY_EXISTS, psa_generate_key(&attributes, &key));
            assert_int_equal(key, 0);
            OK(psa_destroy_key(rows[i].id));
        }
    }
    psa_key_attributes_t attributes = persistent(0);
    psa_key_id_t key = 0;
    psa_set_key_lifetime(&attributes, PSA_KEY_LIFETIME_PERSISTENT);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_generate_key(&attributes, &key));
}

static void every_way_of_making_a_key_makes_a_persistent_one(void **state)
{
    psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_COPY, 0);
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const struct bytes value = bytes_of("000102030405060708090a0b0c0d0e0f");
    const psa_key_id_t secret = import_key(PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE,
                                           PSA_ALG_HKDF(PSA_ALG_SHA_256), &value);
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_id(&attributes, 1);
    OK(psa_import_key(&attributes, value.data, value.len, &key));
    psa_set_key_id(&attributes, 2);
    OK(psa_copy_key(1, &attributes, &key));
    assert_int_equal(key, 2);
    OK(psa_export_key(2, out, sizeof out, &len));
    assert_out(&value);
    OK(psa_key_derivation_setup(&derivation, PSA_ALG_HKDF(PSA_ALG_SHA_256)));
    OK(psa_key_derivation_input_key(&derivation, PSA_KEY_DERIVATION_INPUT_SECRET, secret));
    OK(psa_key_derivation_input_bytes(&derivation, PSA_KEY_DERIVATION_INPUT_INFO, NULL, 0));
    psa_set_key_id(&attributes, 3);
    OK(psa_key_derivation_output_key(&attributes, &derivation, &key));
    assert_int_equal(key, 3);
    OK(psa_key_derivation_abort(&derivation));
    assert_int_equal(its_fake_count(), 3);
    for (psa_key_id_t id = 1; id <= 3; id++) {
        OK(psa_destroy_key(id));
    }
    OK(psa_destroy_key(secret));
}

static void what_storage_answers_comes_through(void **state)
{
    const psa_key_attributes_t attributes = persistent(KEY);
    psa_key_id_t key = 0;
    (void)state;
    its_fake.set = PSA_ERROR_INSUFFICIENT_STORAGE;
    FAILS(PSA_ERROR_INSUFFICIENT_STORAGE, psa_generate_key(&attributes, &key));
    assert_int_equal(key, 0);
    its_fake.set = PSA_ERROR_STORAGE_FAILURE;
    FAILS(PSA_ERROR_STORAGE_FAILURE, psa_generate_key(&attributes, &key));
    its_fake.set = PSA_SUCCESS;
    FAILS(PSA_ERROR_INVALID_HANDLE, sign(KEY));
    make(KEY);
    its_fake.get = PSA_ERROR_STORAGE_FAILURE;
    FAILS(PSA_ERROR_STORAGE_FAILURE, sign(KEY));
    its_fake.get = PSA_ERROR_DATA_CORRUPT;
    FAILS(PSA_ERROR_DATA_CORRUPT, sign(KEY));
    its_fake.get = PSA_SUCCESS;
    its_fake.remove = PSA_ERROR_STORAGE_FAILURE;
    FAILS(PSA_ERROR_STORAGE_FAILURE, psa_destroy_key(KEY));
    its_fake.remove = PSA_SUCCESS;
    OK(sign(KEY)); /* still there */
    OK(psa_destroy_key(KEY));
}

static void a_key_that_was_damaged_is_not_used(void **state)
{
    (void)state;
    make(KEY);
    for (size_t at = 0; at < 36;
         at += at == 11 ? 21 : 1) { /* magic, version; length of the value */
        its_fake.object[0].data[at] ^= 0xFF;
        const psa_status_t status = sign(KEY);
        assert_int_not_equal(status, PSA_SUCCESS);
        its_fake.object[0].data[at] ^= 0xFF;
    }
    its_fake.object[0].len--;
    assert_int_not_equal(sign(KEY), PSA_SUCCESS);
    its_fake.object[0].len++;
    OK(sign(KEY));
    OK(psa_destroy_key(KEY));
}

static void a_key_that_only_reads_is_not_removed(void **state)
{
    psa_key_attributes_t attributes = persistent(KEY);
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_lifetime(&attributes,
                         PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(
                             PSA_KEY_PERSISTENCE_READ_ONLY, PSA_KEY_LOCATION_LOCAL_STORAGE));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_generate_key(&attributes, &key));
    assert_int_equal(its_fake_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_persistent_key_is_stored_under_its_owner),
        TEST(a_persistent_key_is_in_memory_only_while_it_is_used),
        TEST(persistent_keys_take_no_slots),
        TEST(ids_have_their_range),
        TEST(every_way_of_making_a_key_makes_a_persistent_one),
        TEST(what_storage_answers_comes_through),
        TEST(a_key_that_was_damaged_is_not_used),
        TEST(a_key_that_only_reads_is_not_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
