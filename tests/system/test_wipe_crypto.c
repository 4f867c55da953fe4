/*
 * What the crypto service leaves in the chip of keys, texts, hashes and MACs: wipe_lab.h says how it is
 * looked for.
 */
#include "support/test.h"

#include <psa/crypto.h>

#include "support/elf_symbol.h"
#include "wipe_lab.h"

#define CIPHERS (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)
#define MACS    (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)
#define HMAC    PSA_ALG_HMAC(PSA_ALG_SHA_256)
#define ECDSA   PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define P256    PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)

static uint8_t out[4096];
static size_t len;

/*
 * Keys.
 */

static void a_key_stands_in_its_slot_alone(void **state)
{
    (void)state;
    const psa_key_id_t key = wipe_import(PSA_KEY_TYPE_HMAC, PSA_KEY_USAGE_EXPORT, HMAC, 64);
    OK(psa_export_key(key, out, sizeof out, &len));
    assert_int_equal(len, 64);
    wipe_destroy(key);
}

static void a_key_that_is_refused_is_nowhere(void **state)
{
    const psa_key_attributes_t attributes = wipe_attributes(PSA_KEY_TYPE_AES, CIPHERS, PSA_ALG_CTR);
    psa_key_id_t key = 0;
    (void)state;
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_import_key(&attributes, wipe_mark(64), 64, &key));
}

/** In storage it is sealed; in RAM it is while a request uses it. */
static void a_persistent_key_is_in_no_memory_between_calls(void **state)
{
    psa_key_attributes_t attributes =
        wipe_attributes(PSA_KEY_TYPE_AES, CIPHERS | PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
    psa_key_id_t key = 0;
    (void)state;
    psa_set_key_id(&attributes, 7);
    OK(psa_import_key(&attributes, wipe_mark(32), 32, &key));
    OK(psa_cipher_encrypt(key, PSA_ALG_CTR, wipe_mark(64), 64, out, sizeof out, &len));
    OK(psa_export_key(key, out, sizeof out, &len));
    OK(psa_destroy_key(key));
}

static void a_key_that_is_made_stands_in_its_slot_alone(void **state)
{
    static const struct {
        psa_key_type_t type;
        size_t bits;
        psa_algorithm_t alg;
    } rows[] = {{PSA_KEY_TYPE_AES, 256, PSA_ALG_CTR},
                {P256, 256, ECDSA},
                {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 384, ECDSA},
                {PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 255, PSA_ALG_ECDH}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        psa_key_attributes_t attributes =
            wipe_attributes(rows[i].type, PSA_KEY_USAGE_EXPORT, rows[i].alg);
        psa_key_id_t key = 0;
        psa_set_key_bits(&attributes, rows[i].bits);
        OK(psa_generate_key(&attributes, &key));
        OK(psa_export_key(key, out, sizeof out, &len));
        wipe_watch(out, len);
        wipe_expect_held(1);
        wipe_search();
        wipe_destroy(key);
    }
}

static void random_bytes_are_the_clients_alone(void **state)
{
    (void)state;
    OK(psa_generate_random(out, 200));
    wipe_watch(out, 200);
    wipe_search();
}

/*
 * Texts.
 */

static void texts_of_a_cipher_are_the_clients_alone(void **state)
{
    static const psa_algorithm_t algs[] = {PSA_ALG_CTR, PSA_ALG_CBC_PKCS7, PSA_ALG_ECB_NO_PADDING};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(algs); i++) {
        uint8_t sealed[600];
        size_t sealed_len;
        const psa_key_id_t key = wipe_import(PSA_KEY_TYPE_AES, CIPHERS, algs[i], 32);
        OK(psa_cipher_encrypt(key, algs[i], wipe_mark(512), 512, sealed, sizeof sealed,
                              &sealed_len));
        OK(psa_cipher_decrypt(key, algs[i], sealed, sealed_len, out, sizeof out, &len));
        assert_int_equal(len, 512);
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
              psa_cipher_decrypt(key, algs[i], sealed, sealed_len, out, 300, &len));
        wipe_destroy(key);
    }
}

static void a_cipher_in_parts_leaves_nothing(void **state)
{
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    static const uint8_t iv[16];
    (void)state;
    const psa_key_id_t key = wipe_import(PSA_KEY_TYPE_AES, CIPHERS, PSA_ALG_CTR, 16);
    wipe_expect_open();
    OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CTR));
    OK(psa_cipher_set_iv(&operation, iv, sizeof iv));
    OK(psa_cipher_update(&operation, wipe_mark(40), 40, out, sizeof out, &len));
    wipe_expect_held(1);
    OK(psa_cipher_finish(&operation, out, sizeof out, &len));
    wipe_destroy(key);
}

static const struct {
    psa_key_type_t type;
    psa_algorithm_t alg;
    size_t key;
    size_t nonce;
} aeads[] = {{PSA_KEY_TYPE_AES, PSA_ALG_GCM, 32, 12},
             {PSA_KEY_TYPE_AES, PSA_ALG_CCM, 16, 12},
             {PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305, 32, 12}};

static void texts_that_are_sealed_are_the_clients_alone(void **state)
{
    static const uint8_t nonce[12];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(aeads); i++) {
        uint8_t sealed[600];
        size_t size;
        const psa_algorithm_t alg = aeads[i].alg;
        const psa_key_id_t key = wipe_import(aeads[i].type, CIPHERS, alg, aeads[i].key);
        OK(psa_aead_encrypt(key, alg, nonce, sizeof nonce, nonce, 5, wipe_mark(512), 512, sealed,
                            sizeof sealed, &size));
        OK(psa_aead_decrypt(key, alg, nonce, sizeof nonce, nonce, 5, sealed, size, out, sizeof out,
                            &len));
        assert_int_equal(len, 512);
        sealed[3] ^= 1;
        FAILS(PSA_ERROR_INVALID_SIGNATURE, psa_aead_decrypt(key, alg, nonce, sizeof nonce, nonce, 5,
                                                            sealed, size, out, sizeof out, &len));
        wipe_destroy(key);
    }
}

static void sealing_in_parts_leaves_nothing(void **state)
{
    static const uint8_t nonce[12];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(aeads); i++) {
        psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
        uint8_t tag[16];
        size_t tag_len;
        const psa_key_id_t key = wipe_import(aeads[i].type, CIPHERS, aeads[i].alg, aeads[i].key);
        wipe_expect_open();
        OK(psa_aead_encrypt_setup(&operation, key, aeads[i].alg));
        OK(psa_aead_set_lengths(&operation, 0, 100));
        OK(psa_aead_set_nonce(&operation, nonce, aeads[i].nonce));
        OK(psa_aead_update(&operation, wipe_mark(100), 100, out, sizeof out, &len));
        wipe_expect_held(1);
        OK(psa_aead_finish(&operation, out, sizeof out, &len, tag, sizeof tag, &tag_len));
        wipe_destroy(key);
    }
}

static void hashes_leave_nothing(void **state)
{
    static const psa_algorithm_t algs[] = {PSA_ALG_SHA_256, PSA_ALG_SHA_512, PSA_ALG_SHA_1,
                                           PSA_ALG_SHA3_256};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(algs); i++) {
        psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
        wipe_expect_held(0);
        OK(psa_hash_compute(algs[i], wipe_mark(600), 600, out, sizeof out, &len));
        OK(psa_hash_setup(&operation, algs[i]));
        wipe_expect_open();
        OK(psa_hash_update(&operation, wipe_mark(600), 600));
        wipe_expect_held(0);
        OK(psa_hash_abort(&operation));
    }
}

/*
 * MACs.
 */

/** Also in the forms that HMAC computes with (RFC 2104). */
static psa_key_id_t import_padded(psa_key_type_t type, psa_algorithm_t alg, size_t size)
{
    static const uint8_t pads[] = {0x36, 0x5C};
    const uint8_t *value = wipe_mark(size);
    for (size_t i = 0; i < COUNT_OF(pads); i++) {
        uint8_t padded[128];
        assert_in_range(size, 1, sizeof padded);
        for (size_t k = 0; k < size; k++) {
            padded[k] = value[k] ^ pads[i];
        }
        wipe_watch(padded, size);
    }
    return wipe_import_value(type, MACS, alg, value, size);
}

static void macs_leave_nothing(void **state)
{
    static const struct {
        psa_key_type_t type;
        psa_algorithm_t alg;
        size_t key;
    } rows[] = {{PSA_KEY_TYPE_HMAC, HMAC, 64},
                {PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_512), 100},
                {PSA_KEY_TYPE_AES, PSA_ALG_CMAC, 32}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
        uint8_t mac[PSA_MAC_MAX_SIZE];
        size_t mac_len;
        const psa_key_id_t key = import_padded(rows[i].type, rows[i].alg, rows[i].key);
        OK(psa_mac_compute(key, rows[i].alg, wipe_mark(512), 512, mac, sizeof mac, &mac_len));
        wipe_expect_open();
        OK(psa_mac_sign_setup(&operation, key, rows[i].alg));
        OK(psa_mac_update(&operation, wipe_mark(100), 100));
        wipe_expect_held(1);
        OK(psa_mac_sign_finish(&operation, mac, sizeof mac, &mac_len));
        wipe_watch(mac, mac_len);
        wipe_search();
        mac[0] ^= 1;
        FAILS(PSA_ERROR_INVALID_SIGNATURE,
              psa_mac_verify(key, rows[i].alg, wipe_mark(512), 512, mac, mac_len));
        wipe_destroy(key);
    }
}

/** An instruction that is none, in the place of the service's first. */
static void a_restart_leaves_nothing_of_what_was_held(void **state)
{
    static const uint8_t undefined[2] = {0x00, 0xDE};
    const uint32_t service =
        elf_symbol("port/stm32h573/manager", "crypto_service").addr & ~0x04000001u;
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    struct sim_error error;
    uint8_t code[2];
    (void)state;
    const psa_key_id_t key = wipe_import(PSA_KEY_TYPE_AES, CIPHERS, PSA_ALG_CTR, 32);
    wipe_expect_open();
    OK(psa_cipher_encrypt_setup(&operation, key, PSA_ALG_CTR));
    assert_int_equal(sim_peek(wipe_device.sim, service, code, 2, &error), SIM_OK);
    assert_int_equal(sim_poke(wipe_device.sim, service, undefined, 2, &error), SIM_OK);
    wipe_expect_held(0);
    FAILS(PSA_ERROR_COMMUNICATION_FAILURE, psa_generate_random(out, 16));
    assert_int_equal(sim_poke(wipe_device.sim, service, code, 2, &error), SIM_OK);
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_destroy_key(key));
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
        WIPED(a_key_stands_in_its_slot_alone),
        WIPED(a_key_that_is_refused_is_nowhere),
        WIPED(a_persistent_key_is_in_no_memory_between_calls),
        WIPED(a_key_that_is_made_stands_in_its_slot_alone),
        WIPED(random_bytes_are_the_clients_alone),
        WIPED(texts_of_a_cipher_are_the_clients_alone),
        WIPED(a_cipher_in_parts_leaves_nothing),
        WIPED(texts_that_are_sealed_are_the_clients_alone),
        WIPED(sealing_in_parts_leaves_nothing),
        WIPED(hashes_leave_nothing),
        WIPED(macs_leave_nothing),
        WIPED(a_restart_leaves_nothing_of_what_was_held),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, open_device, close_device);
}
