/*
 * What the crypto service leaves in the chip of what it derives keys from, of private keys and of
 * passwords: wipe_lab.h says how it is looked for.
 */
#include "support/test.h"

#include <string.h>

#include <psa/crypto.h>

#include "../vectors/rsa_keys.h"
#include "bignum.h"
#include "support/hex.h"
#include "wipe_lab.h"

#define CIPHERS (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)
#define SIGNS   (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_SIGN_MESSAGE)
#define HKDF    PSA_ALG_HKDF(PSA_ALG_SHA_256)
#define ECDSA   PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define P256    PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)

static uint8_t out[256];
static size_t len;

/*
 * Derivation.
 */

static void what_is_derived_from_is_forgotten(void **state)
{
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const uint8_t text[] = "info";
    (void)state;
    wipe_expect_open();
    OK(psa_key_derivation_setup(&operation, HKDF));
    OK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, wipe_mark(128),
                                      128));
    OK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, text,
                                      sizeof text));
    OK(psa_key_derivation_output_bytes(&operation, out, 48));
    wipe_expect_held(0);
    OK(psa_key_derivation_abort(&operation));
    wipe_watch(out, 48);
    wipe_search();
}

static void a_password_is_forgotten_when_it_has_been_stretched(void **state)
{
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_algorithm_t alg = PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256);
    const uint8_t salt[] = "salt";
    (void)state;
    OK(psa_key_derivation_setup(&operation, alg));
    OK(psa_key_derivation_input_integer(&operation, PSA_KEY_DERIVATION_INPUT_COST, 4));
    OK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SALT, salt,
                                      sizeof salt));
    wipe_expect_open();
    OK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_PASSWORD, wipe_mark(40),
                                      40));
    OK(psa_key_derivation_output_bytes(&operation, out, 32));
    wipe_expect_held(0);
    OK(psa_key_derivation_abort(&operation));
    wipe_watch(out, 32);
    wipe_search();
}

static void a_derived_key_stands_in_its_slot_alone(void **state)
{
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t attributes =
        wipe_attributes(PSA_KEY_TYPE_AES, PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
    psa_key_id_t derived = 0;
    (void)state;
    const psa_key_id_t key = wipe_import(PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE, HKDF, 48);
    psa_set_key_bits(&attributes, 256);
    wipe_expect_open();
    OK(psa_key_derivation_setup(&operation, HKDF));
    OK(psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, key));
    OK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, NULL, 0));
    OK(psa_key_derivation_output_key(&attributes, &operation, &derived));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_export_key(derived, out, sizeof out, &len));
    wipe_watch(out, len);
    wipe_expect_held(2);
    wipe_search();
    wipe_expect_held(1);
    OK(psa_destroy_key(derived));
    wipe_destroy(key);
}

/*
 * Public keys and their other halves.
 */

static void a_private_key_that_signs_stands_in_its_slot_alone(void **state)
{
    static const psa_algorithm_t algs[] = {ECDSA, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)};
    static const uint8_t hash[32] = {1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(algs); i++) {
        const psa_key_id_t key = wipe_import(P256, SIGNS, algs[i], 32);
        OK(psa_export_public_key(key, out, sizeof out, &len));
        OK(psa_sign_hash(key, algs[i], hash, sizeof hash, out, sizeof out, &len));
        OK(psa_sign_message(key, algs[i], wipe_mark(300), 300, out, sizeof out, &len));
        wipe_destroy(key);
    }
}

#define WORDS 8u
#define BYTES (4u * WORDS)

static const uint32_t p256_order[WORDS] = {0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD,
                                           0xFFFFFFFF, 0xFFFFFFFF, 0x00000000, 0xFFFFFFFF};

static void number_read(uint32_t number[WORDS], const uint8_t bytes[BYTES])
{
    for (size_t i = 0; i < WORDS; i++) {
        const uint8_t *at = bytes + BYTES - 4u * (i + 1u);
        number[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
}

/** (hash + r key) / s: who knows it of one signature has the key. The hash is less than the order. */
static void find_nonce(uint8_t nonce[BYTES], const uint8_t signature[2u * BYTES],
                       const uint8_t key[BYTES], const uint8_t hash[BYTES])
{
    uint32_t number[WORDS];
    uint32_t other[WORDS];
    struct bn_field field;
    bn_field_init(&field, p256_order, WORDS);
    number_read(number, signature);
    number_read(other, key);
    bn_mod_multiply(number, number, other, &field);
    number_read(other, hash);
    bn_mod_add(number, number, other, p256_order, WORDS);
    number_read(other, signature + BYTES);
    assert_true(bn_mod_inverse(other, other, p256_order, WORDS));
    bn_mod_multiply(number, number, other, &field);
    for (size_t i = 0; i < BYTES; i++) {
        nonce[BYTES - 1u - i] = (uint8_t)(number[i / 4u] >> (8u * (i % 4u)));
    }
}

static void the_nonce_of_a_signature_is_nowhere(void **state)
{
    static const psa_algorithm_t algs[] = {ECDSA, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)};
    static const uint8_t hash[BYTES] = {1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(algs); i++) {
        uint8_t nonce[BYTES];
        uint8_t public[65];
        const uint8_t *private = wipe_mark(BYTES);
        psa_key_id_t key = wipe_import_value(P256, SIGNS, algs[i], private, BYTES);
        OK(psa_sign_hash(key, algs[i], hash, sizeof hash, out, sizeof out, &len));
        find_nonce(nonce, out, private, hash);
        wipe_watch(nonce, sizeof nonce);
        wipe_search();
        wipe_destroy(key);
        key = wipe_import_value(P256, SIGNS, algs[i], nonce, BYTES); /* it is the right one: */
        OK(psa_export_public_key(key, public, sizeof public, &len));
        assert_memory_equal(public + 1, out, BYTES);
        wipe_destroy(key);
    }
}

static void signing_in_steps_leaves_nothing(void **state)
{
    psa_sign_hash_interruptible_operation_t operation =
        psa_sign_hash_interruptible_operation_init();
    static const uint8_t hash[32] = {1};
    (void)state;
    const psa_key_id_t key = wipe_import(P256, SIGNS, ECDSA, 32);
    psa_interruptible_set_max_ops(200);
    wipe_expect_open();
    OK(psa_sign_hash_start(&operation, key, ECDSA, hash, sizeof hash));
    psa_status_t status;
    unsigned steps = 0;
    do {
        status = psa_sign_hash_complete(&operation, out, sizeof out, &len);
        steps++;
    } while (status == PSA_OPERATION_INCOMPLETE);
    OK(status);
    assert_true(steps > 2);
    wipe_expect_held(1);
    wipe_search();
    wipe_expect_open();
    OK(psa_sign_hash_start(&operation, key, ECDSA, hash, sizeof hash));
    FAILS(PSA_OPERATION_INCOMPLETE, psa_sign_hash_complete(&operation, out, sizeof out, &len));
    wipe_expect_held(1);
    OK(psa_sign_hash_abort(&operation));
    wipe_destroy(key);
}

/** Private keys of X25519 are stored with some bits set (RFC 7748, section 5). */
static void a_shared_secret_is_the_clients_alone(void **state)
{
    static const struct {
        psa_ecc_family_t family;
        size_t bytes;
        uint8_t first;
        uint8_t last;
    } rows[] = {{PSA_ECC_FAMILY_SECP_R1, 32, 0x51, 0x52},
                {PSA_ECC_FAMILY_SECP_R1, 48, 0x51, 0x52},
                {PSA_ECC_FAMILY_MONTGOMERY, 32, 0x50, 0x52}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t private[48];
        uint8_t public[133];
        size_t public_len;
        memcpy(private, wipe_mark(rows[i].bytes), rows[i].bytes);
        private[0] = rows[i].first;
        private[rows[i].bytes - 1u] = rows[i].last;
        wipe_watch(private, rows[i].bytes);
        const psa_key_id_t key =
            wipe_import_value(PSA_KEY_TYPE_ECC_KEY_PAIR(rows[i].family), PSA_KEY_USAGE_DERIVE,
                              PSA_ALG_ECDH, private, rows[i].bytes);
        OK(psa_export_public_key(key, public, sizeof public, &public_len));
        OK(psa_raw_key_agreement(PSA_ALG_ECDH, key, public, public_len, out, sizeof out, &len));
        wipe_watch(out, len);
        wipe_search();
        wipe_destroy(key);
    }
}

static void an_rsa_key_stands_in_its_slot_alone(void **state)
{
    static uint8_t pair[1024];
    const size_t size = hex_bytes(PAIR, pair, sizeof pair);
    const psa_algorithm_t alg = PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256);
    const psa_key_attributes_t attributes =
        wipe_attributes(PSA_KEY_TYPE_RSA_KEY_PAIR, CIPHERS, alg);
    uint8_t sealed[128];
    psa_key_id_t key = 0;
    (void)state;
    wipe_watch(pair, size);
    wipe_expect_held(1);
    OK(psa_import_key(&attributes, pair, size, &key));
    OK(psa_asymmetric_encrypt(key, alg, wipe_mark(32), 32, NULL, 0, sealed, sizeof sealed, &len));
    OK(psa_asymmetric_decrypt(key, alg, sealed, len, NULL, 0, out, sizeof out, &len));
    assert_int_equal(len, 32);
    wipe_destroy(key);
}

static psa_key_id_t password;

static void begin_pake(psa_pake_operation_t *operation, const char *own, const char *peer)
{
    psa_pake_cipher_suite_t suite = psa_pake_cipher_suite_init();
    psa_pake_cs_set_algorithm(&suite, PSA_ALG_JPAKE);
    psa_pake_cs_set_primitive(
        &suite, PSA_PAKE_PRIMITIVE(PSA_PAKE_PRIMITIVE_TYPE_ECC, PSA_ECC_FAMILY_SECP_R1, 256));
    psa_pake_cs_set_hash(&suite, PSA_ALG_SHA_256);
    OK(psa_pake_setup(operation, &suite));
    OK(psa_pake_set_user(operation, (const uint8_t *)own, 6));
    OK(psa_pake_set_peer(operation, (const uint8_t *)peer, 6));
}

static void pass_pake(psa_pake_operation_t *from, psa_pake_operation_t *to, int count)
{
    static const psa_pake_step_t steps[] = {PSA_PAKE_STEP_KEY_SHARE, PSA_PAKE_STEP_ZK_PUBLIC,
                                            PSA_PAKE_STEP_ZK_PROOF};
    uint8_t sent[6][100];
    size_t sizes[6];
    for (int i = 0; i < 3 * count; i++) {
        OK(psa_pake_output(from, steps[i % 3], sent[i], sizeof sent[i], &sizes[i]));
    }
    for (int i = 0; i < 3 * count; i++) {
        OK(psa_pake_input(to, steps[i % 3], sent[i], sizes[i]));
    }
}

static void finish_pake(psa_pake_operation_t *operation)
{
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    OK(psa_key_derivation_setup(&derivation, PSA_ALG_TLS12_ECJPAKE_TO_PMS));
    OK(psa_pake_get_implicit_key(operation, &derivation));
    OK(psa_key_derivation_output_bytes(&derivation, out, 32));
    OK(psa_key_derivation_abort(&derivation));
}

/** Of 31 bytes: as a number it is what it was. */
static void a_password_is_forgotten_when_the_keys_are_agreed(void **state)
{
    psa_pake_operation_t client = PSA_PAKE_OPERATION_INIT;
    psa_pake_operation_t server = PSA_PAKE_OPERATION_INIT;
    (void)state;
    password = wipe_import(PSA_KEY_TYPE_PASSWORD, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE, 31);
    begin_pake(&client, "client", "server");
    begin_pake(&server, "server", "client");
    wipe_expect_open();
    OK(psa_pake_set_password_key(&client, password));
    OK(psa_pake_set_password_key(&server, password));
    pass_pake(&client, &server, 2);
    pass_pake(&server, &client, 2);
    pass_pake(&client, &server, 1);
    pass_pake(&server, &client, 1);
    finish_pake(&client);
    wipe_expect_held(1);
    OK(psa_pake_abort(&server));
    wipe_watch(out, 32); /* what both have agreed on */
    wipe_search();
    wipe_destroy(password);
}

static int restore(void **state)
{
    (void)state;
    wipe_restore();
    OK(psa_crypto_init());
    return 0;
}

static int open_device(void **state)
{
    (void)state;
    wipe_open();
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    wipe_close();
    return 0;
}

#define WIPED(name) cmocka_unit_test_setup(name, restore)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIPED(what_is_derived_from_is_forgotten),
        WIPED(a_password_is_forgotten_when_it_has_been_stretched),
        WIPED(a_derived_key_stands_in_its_slot_alone),
        WIPED(a_private_key_that_signs_stands_in_its_slot_alone),
        WIPED(the_nonce_of_a_signature_is_nowhere),
        WIPED(signing_in_steps_leaves_nothing),
        WIPED(a_shared_secret_is_the_clients_alone),
        WIPED(an_rsa_key_stands_in_its_slot_alone),
        WIPED(a_password_is_forgotten_when_the_keys_are_agreed),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, open_device, close_device);
}
