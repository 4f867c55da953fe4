#include "crypto_fixture.h"

#include <psa/client.h>

#include "its_fake.h"
#include "services/crypto_protocol.h"
#include "support/hex.h"
#include "support/port_fake.h"
#include "support/psa_direct.h"

#define OPERATIONS_OF_CLIENT 8u

uint8_t out[2048];
size_t len;

const uint8_t sha256_abc[32] = {0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40,
                                0xDE, 0x5D, 0xAE, 0x22, 0x23, 0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17,
                                0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD};

struct bytes bytes_of(const char *digits)
{
    struct bytes bytes = {0};
    bytes.len = hex_bytes(digits, bytes.data, sizeof bytes.data);
    return bytes;
}

const uint8_t *text(const char *text)
{
    return (const uint8_t *)text;
}

/** What a test that failed has left is not the next one's. */
static void forget(int32_t client)
{
    const struct crypto_request request = {.function = CRYPTO_FORGET};
    const psa_invec in = {&request, sizeof request};
    psa_direct_client = client;
    OK(psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, NULL, 0));
}

int crypto_set_up(void **state)
{
    (void)state;
    port_fake_reset();
    memset(&its_fake, 0, sizeof its_fake);
    forget(-2);
    forget(-1);
    memset(out, 0, sizeof out);
    len = 0;
    OK(psa_crypto_init());
    return 0;
}

void assert_out(const struct bytes *expected)
{
    assert_int_equal(len, expected->len);
    assert_memory_equal(out, expected->data, expected->len);
}

psa_key_attributes_t attributes_of(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                                   psa_algorithm_t alg)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    return attributes;
}

psa_key_id_t import_key(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                        const struct bytes *value)
{
    const psa_key_attributes_t attributes = attributes_of(type, 0, usage, alg);
    psa_key_id_t key = 0;
    OK(psa_import_key(&attributes, value->data, value->len, &key));
    assert_int_not_equal(key, 0);
    return key;
}

psa_key_id_t generate_key(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                          psa_algorithm_t alg)
{
    const psa_key_attributes_t attributes = attributes_of(type, bits, usage, alg);
    psa_key_id_t key = 0;
    OK(psa_generate_key(&attributes, &key));
    assert_int_not_equal(key, 0);
    return key;
}

psa_key_id_t make_key(psa_key_usage_t usage)
{
    return generate_key(P256_PAIR, 256, usage, ECDSA);
}

/** All operations can be had, and no volatile key is there: their ids are places. */
static void assert_all_free(void)
{
    psa_hash_operation_t operation[OPERATIONS_OF_CLIENT] = {0};
    for (size_t i = 0; i < OPERATIONS_OF_CLIENT; i++) {
        OK(psa_hash_setup(&operation[i], PSA_ALG_SHA_256));
    }
    for (size_t i = 0; i < OPERATIONS_OF_CLIENT; i++) {
        OK(psa_hash_abort(&operation[i]));
    }
    for (psa_key_id_t id = PSA_KEY_ID_VENDOR_MIN; id < PSA_KEY_ID_VENDOR_MIN + 32; id++) {
        psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
        FAILS(PSA_ERROR_INVALID_HANDLE, psa_get_key_attributes(id, &attributes));
    }
}

int crypto_nothing_is_left(void **state)
{
    (void)state;
    port_fake.entropy = GARRISON_OK;
    for (int32_t client = -2; client <= -1; client++) {
        psa_direct_client = client;
        assert_all_free();
    }
    assert_int_equal(port_fake.panic[0], '\0');
    return 0;
}
