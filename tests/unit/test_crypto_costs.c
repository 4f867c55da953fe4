/*
 * What the crypto service refuses because it would take too long.
 */
#include "crypto_fixture.h"

#include "its_fake.h"
#include "services/crypto_protocol.h"

#define DERIVE     PSA_KEY_USAGE_DERIVE
#define COST       PSA_KEY_DERIVATION_INPUT_COST
#define SALT       PSA_KEY_DERIVATION_INPUT_SALT
#define PASSWORD   PSA_KEY_DERIVATION_INPUT_PASSWORD
#define ROUNDS_MAX CRYPTO_PBKDF2_ROUNDS_MAX
#define HKDF       PSA_ALG_HKDF(PSA_ALG_SHA_256)
#define FFDH_PAIR  PSA_KEY_TYPE_DH_KEY_PAIR(PSA_DH_FAMILY_RFC7919)
#define SIGNING    PSA_ALG_RSA_PKCS1V15_SIGN_RAW

typedef psa_key_derivation_operation_t derivation_t;

/** @return the password, which is to be destroyed */
static psa_key_id_t begin(derivation_t *operation, psa_algorithm_t hash, uint64_t cost,
                          size_t salt_len)
{
    static const uint8_t salt[1024];
    const psa_algorithm_t alg = PSA_ALG_PBKDF2_HMAC(hash);
    const struct bytes bytes = bytes_of("706173737764");
    const psa_key_id_t key = import_key(PSA_KEY_TYPE_PASSWORD, DERIVE, alg, &bytes);
    *operation = psa_key_derivation_operation_init();
    OK(psa_key_derivation_setup(operation, alg));
    OK(psa_key_derivation_input_integer(operation, COST, cost));
    OK(psa_key_derivation_input_bytes(operation, SALT, salt, salt_len));
    OK(psa_key_derivation_input_key(operation, PASSWORD, key));
    return key;
}

static void end(derivation_t *operation, psa_key_id_t key)
{
    OK(psa_key_derivation_abort(operation));
    OK(psa_destroy_key(key));
}

static psa_status_t ask_for_rounds(psa_algorithm_t hash, uint64_t cost)
{
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    OK(psa_key_derivation_setup(&operation, PSA_ALG_PBKDF2_HMAC(hash)));
    const psa_status_t status = psa_key_derivation_input_integer(&operation, COST, cost);
    OK(psa_key_derivation_abort(&operation));
    return status;
}

/** All rounds of one request count, together. */
static void rounds_are_limited(void **state)
{
    psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_DERIVE, 264, DERIVE, HKDF);
    derivation_t operation;
    psa_key_id_t derived = 0;
    (void)state;
    FAILS(PSA_ERROR_NOT_SUPPORTED, ask_for_rounds(PSA_ALG_SHA_256, ROUNDS_MAX + 1u));
    FAILS(PSA_ERROR_NOT_SUPPORTED, ask_for_rounds(PSA_ALG_SHA_256, UINT32_MAX));

    psa_key_id_t key = begin(&operation, PSA_ALG_SHA_256, ROUNDS_MAX, 16);
    OK(psa_key_derivation_output_bytes(&operation, out, 32));
    FAILS(PSA_ERROR_NOT_SUPPORTED, psa_key_derivation_output_bytes(&operation, out, 33));
    OK(psa_key_derivation_output_bytes(&operation, out, 1));
    end(&operation, key);

    key = begin(&operation, PSA_ALG_SHA_256, ROUNDS_MAX / 2u + 1u, 16);
    FAILS(PSA_ERROR_NOT_SUPPORTED, psa_key_derivation_verify_bytes(&operation, out, 33));
    FAILS(PSA_ERROR_NOT_SUPPORTED,
          psa_key_derivation_output_key(&attributes, &operation, &derived));
    psa_set_key_bits(&attributes, 256);
    OK(psa_key_derivation_output_key(&attributes, &operation, &derived));
    OK(psa_destroy_key(derived));
    end(&operation, key);
}

static void dear_rounds_count_for_more(void **state)
{
    derivation_t operation;
    (void)state;
    FAILS(PSA_ERROR_NOT_SUPPORTED, ask_for_rounds(PSA_ALG_SHA3_224, ROUNDS_MAX / 4u + 1u));
    FAILS(PSA_ERROR_NOT_SUPPORTED, ask_for_rounds(PSA_ALG_SHA3_512, ROUNDS_MAX / 4u + 1u));
    OK(ask_for_rounds(PSA_ALG_SHA3_512, ROUNDS_MAX / 4u));
    OK(ask_for_rounds(PSA_ALG_SHA_512, ROUNDS_MAX));

    /* The salt is a part of each block's first round. */
    psa_key_id_t key = begin(&operation, PSA_ALG_SHA_256, ROUNDS_MAX / 32u - 9u, 640);
    FAILS(PSA_ERROR_NOT_SUPPORTED, psa_key_derivation_output_bytes(&operation, out, 32 * 32));
    end(&operation, key);
    key = begin(&operation, PSA_ALG_SHA_256, ROUNDS_MAX / 32u - 10u, 640);
    OK(psa_key_derivation_output_bytes(&operation, out, 32 * 32));
    end(&operation, key);
}

static psa_status_t make_rsa(size_t bits, const uint8_t *exponent, size_t exponent_len)
{
    const psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_RSA_KEY_PAIR, bits, 0, 0);
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    psa_key_id_t key = 0;
    const psa_status_t status =
        psa_generate_key_custom(&attributes, &custom, exponent, exponent_len, &key);
    OK(psa_destroy_key(key));
    return status;
}

/** Few primes are right for some exponents. */
static void rsa_keys_to_be_made_are_limited(void **state)
{
    static const uint8_t three[] = {3};
    static const uint8_t usual[] = {1, 0, 1};
    static const uint8_t other[] = {1, 0, 3};
    (void)state;
    FAILS(PSA_ERROR_NOT_SUPPORTED, make_rsa(CRYPTO_RSA_GENERATE_BITS_MAX + 8u, NULL, 0));
    FAILS(PSA_ERROR_NOT_SUPPORTED, make_rsa(CRYPTO_RSA_GENERATE_BITS_MAX + 8u, usual, 3));
    FAILS(PSA_ERROR_NOT_SUPPORTED, make_rsa(CRYPTO_RSA_GENERATE_ANY_BITS_MAX + 8u, three, 1));
    FAILS(PSA_ERROR_NOT_SUPPORTED, make_rsa(CRYPTO_RSA_GENERATE_ANY_BITS_MAX + 8u, other, 3));
    OK(make_rsa(CRYPTO_RSA_GENERATE_ANY_BITS_MAX, three, 1));
    OK(make_rsa(CRYPTO_RSA_GENERATE_ANY_BITS_MAX + 8u, usual, 3));
}

static struct bytes der;

/** All bits of the number are one. */
static void add_number(size_t number_len)
{
    const uint8_t head[] = {0x02, 0x82, (uint8_t)((number_len + 1u) >> 8),
                            (uint8_t)(number_len + 1u), 0};
    memcpy(der.data + der.len, head, sizeof head);
    memset(der.data + der.len + sizeof head, 0xFF, number_len);
    der.len += sizeof head + number_len;
}

static psa_status_t import_rsa(psa_key_type_t type)
{
    const psa_key_attributes_t attributes =
        attributes_of(type, 0, PSA_KEY_USAGE_VERIFY_HASH, SIGNING);
    psa_key_id_t key = 0;
    der.data[2] = (uint8_t)((der.len - 4u) >> 8);
    der.data[3] = (uint8_t)(der.len - 4u);
    const psa_status_t status = psa_import_key(&attributes, der.data, der.len, &key);
    OK(psa_destroy_key(key));
    return status;
}

static psa_status_t import_public(size_t exponent)
{
    der = (struct bytes){.data = {0x30, 0x82}, .len = 4};
    add_number(128);
    add_number(exponent);
    return import_rsa(PSA_KEY_TYPE_RSA_PUBLIC_KEY);
}

/** A pair whose n-th number but the modulus has another length than usual: e, d, p, q, and so on. */
static psa_status_t import_pair(unsigned n, size_t its_len)
{
    static const uint16_t usual[] = {3, 128, 64, 64, 64, 64, 64};
    der = (struct bytes){.data = {0x30, 0x82, 0, 0, 0x02, 0x01, 0x00}, .len = 7};
    add_number(128);
    for (unsigned i = 0; i < COUNT_OF(usual); i++) {
        add_number(i == n ? its_len : usual[i]);
    }
    return import_rsa(PSA_KEY_TYPE_RSA_KEY_PAIR);
}

static void rsa_keys_of_unusual_lengths_are_refused(void **state)
{
    (void)state;
    OK(import_public(3));
    OK(import_public(32));
    FAILS(PSA_ERROR_NOT_SUPPORTED, import_public(33));
    OK(import_pair(0, 32));
    FAILS(PSA_ERROR_NOT_SUPPORTED, import_pair(0, 33));
    OK(import_pair(1, 140)); /* nothing is computed with it */
    for (unsigned n = 2; n < 6; n++) {
        OK(import_pair(n, 80));
        FAILS(PSA_ERROR_NOT_SUPPORTED, import_pair(n, 81));
    }
    der.len--;
    FAILS(PSA_ERROR_INVALID_ARGUMENT, import_rsa(PSA_KEY_TYPE_RSA_KEY_PAIR));
}

static void large_finite_fields_are_refused(void **state)
{
    static const uint8_t large[768] = {1};
    psa_key_attributes_t attributes = attributes_of(FFDH_PAIR, 6144, DERIVE, PSA_ALG_FFDH);
    psa_key_id_t key = 0;
    (void)state;
    FAILS(PSA_ERROR_NOT_SUPPORTED, psa_generate_key(&attributes, &key));
    psa_set_key_bits(&attributes, 0);
    FAILS(PSA_ERROR_NOT_SUPPORTED, psa_import_key(&attributes, large, sizeof large, &key));
    OK(psa_destroy_key(generate_key(FFDH_PAIR, 4096, DERIVE, PSA_ALG_FFDH)));
}

/* Of a stored key, as Mbed TLS has it. */
#define STORED_BITS 18u /* u16 */
#define STORED_LEN  32u /* u32 */
#define STORED_DATA 36u

/** An earlier manager made larger ones. */
static void large_finite_fields_that_are_stored_cannot_be_used(void **state)
{
    static const uint8_t peer[768] = {1};
    psa_key_attributes_t attributes = attributes_of(FFDH_PAIR, 4096, DERIVE, PSA_ALG_FFDH);
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_id(&attributes, 7);
    OK(psa_generate_key(&attributes, &key));
    struct its_fake_object *stored = &its_fake.object[0];
    assert_int_equal(stored->data[STORED_BITS] | stored->data[STORED_BITS + 1] << 8, 4096);
    assert_int_equal(stored->data[STORED_LEN] | stored->data[STORED_LEN + 1] << 8, 512);
    stored->data[STORED_BITS + 1] = 6144 >> 8;
    stored->data[STORED_LEN + 1] = 768 >> 8;
    memset(stored->data + STORED_DATA + 512, 1, 256);
    stored->len += 256;
    OK(psa_get_key_attributes(key, &attributes));
    assert_int_equal(psa_get_key_bits(&attributes), 6144);
    assert_int_not_equal(
        psa_raw_key_agreement(PSA_ALG_FFDH, key, peer, sizeof peer, out, sizeof out, &len),
        PSA_SUCCESS);
    assert_int_not_equal(psa_export_public_key(key, out, sizeof out, &len), PSA_SUCCESS);
    OK(psa_destroy_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rounds_are_limited),
        TEST(dear_rounds_count_for_more),
        TEST(rsa_keys_to_be_made_are_limited),
        TEST(rsa_keys_of_unusual_lengths_are_refused),
        TEST(large_finite_fields_are_refused),
        TEST(large_finite_fields_that_are_stored_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
